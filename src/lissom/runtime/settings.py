"""answer.json: how scores become an answer. Strict: an unknown field is refused."""

from __future__ import annotations

import msgspec

from lissom.errors import AnswerSettingsError


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that the runtime needs besides graph, tokenizer and weights.

    Args:
        classes: the names, in the order of the scores.
        max_tokens: longest text that is read, marks included.
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
    """

    classes: tuple[str, ...]
    max_tokens: int
    encoder_temperature: float
    lexical_temperature: float
    lexical_share: float = 0.0
    defer_margin: float | None
    defer_known: float
    unsure_below: float
    promised_precision: float | None

    def to_bytes(self) -> bytes:
        """Return the JSON form, fields in order."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def read_settings(raw: bytes) -> AnswerSettings:
    """Read answer.json.

    Raises:
        AnswerSettingsError: a field is missing, unknown, or out of range.
    """
    try:
        found = msgspec.json.decode(raw, type=AnswerSettings)
    except msgspec.MsgspecError as error:
        raise AnswerSettingsError(str(error)) from error
    rules = {
        "classes holds fewer than 2 names": len(found.classes) < 2,  # noqa: PLR2004 - a choice
        "classes holds a name twice": len(set(found.classes)) < len(found.classes),
        "max_tokens is not in 3..8192": not 3 <= found.max_tokens <= 8192,  # noqa: PLR2004 - two marks and a token
        "a temperature is not above 0": min(found.encoder_temperature, found.lexical_temperature)
        <= 0,
        "lexical_share is below 0": found.lexical_share < 0,
        "defer_known is not in 0..1": not 0 <= found.defer_known <= 1,
        "unsure_below is not in 0..1": not 0 <= found.unsure_below <= 1,
    }
    for rule, is_broken in rules.items():
        if is_broken:
            raise AnswerSettingsError(rule)
    return found
