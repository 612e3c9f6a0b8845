"""Everything that needs torch: encoders, export, training."""

from lissom.nets.embed import embed
from lissom.nets.export import Exported, export
from lissom.nets.graph import Head, add_head, is_bert, write_graph
from lissom.nets.lexicon import Lexicon, RidgeFit, fit_ridge
from lissom.nets.linear import fit_linear
from lissom.nets.quantize import to_int8
from lissom.nets.sequence import SequenceClassifier, open_sequence_classifier
from lissom.nets.source import Base, find_base
from lissom.nets.tune import Checkpoint, Examples, Tuning, Weights, tune
from lissom.nets.tune_job import tune_in_processes, write_job

__all__ = [
    "Base",
    "Checkpoint",
    "Examples",
    "Exported",
    "Head",
    "Lexicon",
    "RidgeFit",
    "SequenceClassifier",
    "Tuning",
    "Weights",
    "add_head",
    "embed",
    "export",
    "find_base",
    "fit_linear",
    "fit_ridge",
    "is_bert",
    "open_sequence_classifier",
    "to_int8",
    "tune",
    "tune_in_processes",
    "write_graph",
    "write_job",
]
