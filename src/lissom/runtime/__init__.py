"""Everything that answers from a bundle, without torch."""

from lissom.runtime.encoder import EncoderTier, count_cores, open_session
from lissom.runtime.features import BITS, hash_tokens
from lissom.runtime.golden import FILE as GOLDEN_FILE
from lissom.runtime.golden import check_golden, make_golden
from lissom.runtime.lexical import Lexical, LexicalScores, LexicalTier
from lissom.runtime.model import Answers, Glance, Model, keeps, lead, load_model, softmax
from lissom.runtime.settings import AnswerSettings, read_settings
from lissom.runtime.tokens import Tokens, strip_padding

__all__ = [
    "BITS",
    "GOLDEN_FILE",
    "AnswerSettings",
    "Answers",
    "EncoderTier",
    "Glance",
    "Lexical",
    "LexicalScores",
    "LexicalTier",
    "Model",
    "Tokens",
    "check_golden",
    "count_cores",
    "hash_tokens",
    "keeps",
    "lead",
    "load_model",
    "make_golden",
    "open_session",
    "read_settings",
    "softmax",
    "strip_padding",
]
