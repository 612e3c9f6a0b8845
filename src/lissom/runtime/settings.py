"""answer.json: how scores become an answer. Strict: an unknown field is refused."""

from __future__ import annotations

from math import inf
from typing import Literal

import msgspec

from lissom.errors import AnswerSettingsError
from lissom.runtime.familiar import Familiar
from lissom.tasks import Classes, Labels


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that the runtime needs besides graph, tokenizer and weights.

    Args:
        classes: the names, in the order of the scores.
        max_tokens: longest text that the encoder reads at once, marks included.
        max_windows: pieces of at most that length that are read of a longer text, and whose
            scores are averaged; the first bundles read one, the beginning.
        encoder_temperature: the encoder's scores are divided by this before softmax, > 0.
        lexical_temperature: the same for the lexical tier.
        lexical_share: weight, at least 0, with which the lexical scores are added to the encoder's
            for a text that the encoder reads; the first bundles had none.
        defer_margin: a text is read by the encoder unless its best lexical score leads the second
            by at least this; None sends every text to the encoder.
        defer_known: a text is read by the encoder unless training had seen at least this share of
            its features, in [0, 1].
        unsure_below: answers with a lower probability are marked unsure, in [0, 1].
        promised_precision: what the answers that are not unsure were held to, or None when the
            labels did not suffice to promise anything.
        defer_score: a text is read by the encoder unless its best lexical score is at least this;
            None, as in the first bundles, asks nothing of it.
        familiar: how much a text is like the training rows, and how little is too little.
    """

    classes: tuple[str, ...]
    max_tokens: int
    max_windows: int = 1
    encoder_temperature: float
    lexical_temperature: float
    lexical_share: float = 0.0
    defer_margin: float | None
    defer_known: float
    unsure_below: float
    promised_precision: float | None
    defer_score: float | None = None
    familiar: Familiar = Familiar()

    def to_bytes(self) -> bytes:
        """Return the JSON form, fields in order."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @property
    def output(self) -> Classes:
        """Return what the scores amount to."""
        return Classes(self.classes)

    @property
    def columns(self) -> int:
        """Return how many numbers the graph gives for a text: scores, and cosines if any."""
        return len(self.classes) * (2 if self.familiar.closeness else 1)


class LabelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same where a text has any number of labels.

    Args:
        kind: says so; the other kind has no such field.
        classes: the names, in the order of the scores.
        max_tokens: longest text that the encoder reads at once, marks included.
        max_windows: as for one class.
        encoder_slopes: for each label, at least 0: its score times this where the encoder read.
        encoder_offsets: for each label, what is added then; the sum is its log-odds.
        lexical_slopes: the same for the lexical tier alone.
        lexical_offsets: likewise.
        lexical_share: weight, at least 0, with which the lexical scores are added to the encoder's
            for a text that the encoder reads.
        thresholds: for each label, the probability from which on it is given, between 0 and 1.
        none: what an answer without a label is called; None where there is none such, and the label
            nearest to its threshold is given.
        power: see `lissom.tasks.Labels`, > 0.
        defer_margin: a text is read by the encoder unless each of its labels is this far from its
            threshold, in log-odds; None sends every text to the encoder.
        defer_known: as for one class.
        unsure_below: as for one class; the probability is that of the whole set.
        promised_precision: as for one class.
    """

    kind: Literal["labels"] = "labels"
    classes: tuple[str, ...]
    max_tokens: int
    max_windows: int = 1
    encoder_slopes: tuple[float, ...]
    encoder_offsets: tuple[float, ...]
    lexical_slopes: tuple[float, ...]
    lexical_offsets: tuple[float, ...]
    lexical_share: float
    thresholds: tuple[float, ...]
    none: str | None
    power: float
    defer_margin: float | None
    defer_known: float
    unsure_below: float
    promised_precision: float | None

    def to_bytes(self) -> bytes:
        """Return the JSON form, fields in order."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @property
    def output(self) -> Labels:
        """Return what the scores amount to."""
        return Labels(self.classes, self.none, self.thresholds, self.power)

    @property
    def columns(self) -> int:
        """Return how many numbers the graph gives for a text."""
        return len(self.classes)


Settings = AnswerSettings | LabelSettings


class _Kind(msgspec.Struct):
    kind: str | msgspec.UnsetType = msgspec.UNSET


def read_settings(raw: bytes) -> Settings:
    """Read answer.json.

    Raises:
        AnswerSettingsError: a field is missing, unknown, or out of range.
    """
    try:
        # Told apart by hand: the first bundles had one kind and no field to say so.
        is_plain = msgspec.json.decode(raw, type=_Kind).kind is msgspec.UNSET
        found: Settings = (
            msgspec.json.decode(raw, type=AnswerSettings)
            if is_plain
            else msgspec.json.decode(raw, type=LabelSettings)
        )
    except msgspec.MsgspecError as error:
        raise AnswerSettingsError(str(error)) from error
    for rule, is_broken in _rules(found).items():
        if is_broken:
            raise AnswerSettingsError(rule)
    return found


def _rules(found: Settings) -> dict[str, bool]:
    """Return rule -> whether it is broken."""
    rules = {
        "classes holds fewer than 2 names": len(found.classes) < 2,  # noqa: PLR2004 - a choice
        "classes holds a name twice": len(set(found.classes)) < len(found.classes),
        "max_windows is not in 1..64": not 1 <= found.max_windows <= 64,  # noqa: PLR2004 - a bound
        "max_tokens is not in 3..8192": not 3 <= found.max_tokens <= 8192,  # noqa: PLR2004 - two marks and a token
        # Asked so that what fails every comparison, or is endless, is refused.
        "lexical_share is not 0 or more, or endless": not 0 <= found.lexical_share < inf,
        "defer_margin is no number": found.defer_margin is not None
        and not -inf < found.defer_margin < inf,
        "promised_precision is not in 0..1": found.promised_precision is not None
        and not 0 <= found.promised_precision <= 1,
        "defer_known is not in 0..1": not 0 <= found.defer_known <= 1,
        "unsure_below is not in 0..1": not 0 <= found.unsure_below <= 1,
    }
    match found:
        case AnswerSettings():
            both = (found.encoder_temperature, found.lexical_temperature)
            endless = not all(0 < one < inf for one in both)
            told = found.familiar
            parts = min(told.slope, told.unknown, told.closeness)
            return rules | {
                "a temperature is not above 0, or endless": endless,
                "a part of familiar is below 0": parts < 0,
            }
        case LabelSettings():
            return rules | _label_rules(found)


def _label_rules(found: LabelSettings) -> dict[str, bool]:
    lines = (
        found.encoder_slopes,
        found.encoder_offsets,
        found.lexical_slopes,
        found.lexical_offsets,
        found.thresholds,
    )
    slopes = (*found.encoder_slopes, *found.lexical_slopes)
    offsets = (*found.encoder_offsets, *found.lexical_offsets)
    return {
        "slopes, offsets and thresholds are not one for each label": (
            {len(line) for line in lines} != {len(found.classes)}
        ),
        "a slope is below 0, or endless": not all(0 <= slope < inf for slope in slopes),
        "an offset is endless": not all(-inf < offset < inf for offset in offsets),
        "a threshold is not between 0 and 1": not all(0 < limit < 1 for limit in found.thresholds),
        "power is not above 0, or endless": not 0 < found.power < inf,
    }
