"""Everything that answers from a bundle, without torch."""

from lissom.runtime.encoder import EncoderTier, count_cores, open_session
from lissom.runtime.familiar import Familiar
from lissom.runtime.features import BITS, hash_tokens
from lissom.runtime.golden import FILE as GOLDEN_FILE
from lissom.runtime.golden import check_golden, make_golden
from lissom.runtime.lexical import Lexical, LexicalScores, LexicalTier
from lissom.runtime.model import Answers, Glance, Model, Tiers, check_fit, load_model
from lissom.runtime.rules import (
    ClassRule,
    LabelRule,
    keeps,
    lead,
    set_margin,
    sigmoid,
    softmax,
    straighten,
)
from lissom.runtime.settings import AnswerSettings, LabelSettings, Settings, read_settings
from lissom.runtime.tokens import Tokens, strip_padding
from lissom.runtime.why import (
    MOST_PIECES,
    Inquiry,
    Reason,
    find_reasons,
    inquire,
    say_reasons,
    say_why,
    worth_naming,
)
from lissom.runtime.windows import Windows

__all__ = [
    "BITS",
    "GOLDEN_FILE",
    "MOST_PIECES",
    "AnswerSettings",
    "Answers",
    "ClassRule",
    "EncoderTier",
    "Familiar",
    "Glance",
    "Inquiry",
    "LabelRule",
    "LabelSettings",
    "Lexical",
    "LexicalScores",
    "LexicalTier",
    "Model",
    "Reason",
    "Settings",
    "Tiers",
    "Tokens",
    "Windows",
    "check_fit",
    "check_golden",
    "count_cores",
    "find_reasons",
    "hash_tokens",
    "inquire",
    "keeps",
    "lead",
    "load_model",
    "make_golden",
    "open_session",
    "read_settings",
    "say_reasons",
    "say_why",
    "set_margin",
    "sigmoid",
    "softmax",
    "straighten",
    "strip_padding",
    "worth_naming",
]
