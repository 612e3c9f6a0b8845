"""answer.json refuses whatever it does not understand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lissom.errors import AnswerSettingsError
from lissom.runtime import AnswerSettings, read_settings

_GOOD: dict[str, Any] = {
    "classes": ["a", "b"],
    "max_tokens": 128,
    "encoder_temperature": 1.0,
    "lexical_temperature": 0.5,
    "lexical_share": 0.5,
    "defer_margin": None,
    "defer_known": 0.4,
    "unsure_below": 0.5,
    "promised_precision": None,
}


def _read(**changed: object) -> AnswerSettings:
    return read_settings(json.dumps(_GOOD | changed).encode())


def test_good_settings_are_read_and_written_back() -> None:
    settings = _read(defer_margin=0.25, promised_precision=0.95)
    assert settings.classes == ("a", "b")
    assert read_settings(settings.to_bytes()) == settings


def test_the_ends_of_every_range_are_allowed() -> None:
    assert _read(max_tokens=3, defer_known=0, unsure_below=0, lexical_share=0)
    assert _read(max_tokens=8192, defer_known=1, unsure_below=1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"classes": ["a"]}, "classes holds fewer than 2 names"),
        ({"classes": []}, "classes holds fewer than 2 names"),
        ({"classes": ["a", "b", "a"]}, "classes holds a name twice"),
        ({"max_tokens": 2}, "max_tokens is not in 3..8192"),
        ({"max_tokens": 8193}, "max_tokens is not in 3..8192"),
        ({"encoder_temperature": 0}, "a temperature is not above 0"),
        ({"lexical_temperature": -0.1}, "a temperature is not above 0"),
        ({"lexical_share": -0.01}, "lexical_share is not 0 or more, or endless"),
        ({"defer_known": 1.01}, "defer_known is not in 0..1"),
        ({"defer_known": -0.01}, "defer_known is not in 0..1"),
        ({"unsure_below": 1.01}, "unsure_below is not in 0..1"),
        ({"unsure_below": -0.01}, "unsure_below is not in 0..1"),
        ({"familiar": {"slope": -1}}, "a part of familiar is below 0"),
        ({"familiar": {"unknown": -0.1}}, "a part of familiar is below 0"),
        ({"surprise": 1}, "surprise"),
        ({"classes": "ab"}, "classes"),
        ({"max_tokens": "128"}, "max_tokens"),
    ],
)
def test_a_broken_rule_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(AnswerSettingsError) as caught:
        _read(**changed)
    assert said in str(caught.value)
    assert "answer.json" in str(caught.value)


# The first bundles had no lexical_share; they must still open.
@pytest.mark.parametrize("field", sorted(set(_GOOD) - {"lexical_share"}))
def test_a_missing_field_is_named(field: str) -> None:
    raw = json.dumps({key: value for key, value in _GOOD.items() if key != field}).encode()
    with pytest.raises(AnswerSettingsError, match=field):
        read_settings(raw)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_what_is_not_an_object_is_refused(raw: bytes) -> None:
    with pytest.raises(AnswerSettingsError):
        read_settings(raw)
