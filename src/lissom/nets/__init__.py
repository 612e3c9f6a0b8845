"""Everything that needs torch: encoders, export, training."""

from lissom.nets.embed import embed
from lissom.nets.export import Exported, export
from lissom.nets.fewer_layers import (
    StandIn,
    count_layers,
    first_layers,
    fit_again,
    fit_stand_in,
    join,
)
from lissom.nets.graph import Head, add_head, is_bert, write_graph
from lissom.nets.instructions import clips_here, is_clipping
from lissom.nets.lexicon import Lexicon, RidgeFit, fit_ridge
from lissom.nets.linear import fit_linear
from lissom.nets.quantize import to_int8
from lissom.nets.sequence import SequenceClassifier, open_sequence_classifier
from lissom.nets.source import Base, find_base, look_here
from lissom.nets.tune import Checkpoint, Examples, Tuning, Weights, tune
from lissom.nets.tune_job import tune_in_processes, write_job
from lissom.nets.vocabulary import can_trim, trim_vocabulary

__all__ = [
    "Base",
    "Checkpoint",
    "Examples",
    "Exported",
    "Head",
    "Lexicon",
    "RidgeFit",
    "SequenceClassifier",
    "StandIn",
    "Tuning",
    "Weights",
    "add_head",
    "can_trim",
    "clips_here",
    "count_layers",
    "embed",
    "export",
    "find_base",
    "first_layers",
    "fit_again",
    "fit_linear",
    "fit_ridge",
    "fit_stand_in",
    "is_bert",
    "is_clipping",
    "join",
    "look_here",
    "open_sequence_classifier",
    "to_int8",
    "trim_vocabulary",
    "tune",
    "tune_in_processes",
    "write_graph",
    "write_job",
]
