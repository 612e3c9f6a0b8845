"""How scores become labels: settings refused, margins that mean something, one row at a time."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lissom.errors import AnswerSettingsError
from lissom.runtime import LabelRule, LabelSettings, read_settings, set_margin, sigmoid
from lissom.tasks import Labels, choose_labels, log_odds

_GOOD: dict[str, Any] = {
    "kind": "labels",
    "classes": ["a", "b"],
    "max_tokens": 128,
    "encoder_slopes": [1.0, 2.0],
    "encoder_offsets": [0.0, -1.0],
    "lexical_slopes": [0.5, 1.0],
    "lexical_offsets": [0.25, 0.0],
    "lexical_share": 0.5,
    "thresholds": [0.5, 0.25],
    "none": "-",
    "power": 0.8,
    "defer_margin": 1.0,
    "defer_known": 0.4,
    "unsure_below": 0.5,
    "promised_precision": None,
}
_LOGITS = arrays(
    np.float32, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.floats(-9, 9, width=32)
)


def _read(**changed: object) -> LabelSettings:
    found = read_settings(json.dumps(_GOOD | changed).encode())
    assert isinstance(found, LabelSettings)
    return found


def test_good_settings_are_read_and_written_back() -> None:
    settings = _read(none=None, defer_margin=None)
    assert read_settings(settings.to_bytes()) == settings
    assert b'"kind": "labels"' in settings.to_bytes()
    assert settings.output == Labels(("a", "b"), None, (0.5, 0.25), 0.8)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "riddles"}, "riddles"),
        ({"kind": 3}, "kind"),
        ({"classes": ["a"]}, "fewer than 2"),
        ({"classes": ["a", "a"]}, "twice"),
        ({"thresholds": [0.5]}, "not one for each label"),
        ({"encoder_slopes": [1.0, 1.0, 1.0]}, "not one for each label"),
        ({"lexical_offsets": []}, "not one for each label"),
        ({"lexical_slopes": [1.0, -0.1]}, "a slope is below 0"),
        ({"thresholds": [0.5, 0.0]}, "a threshold is not between 0 and 1"),
        ({"thresholds": [0.5, 1.0]}, "a threshold is not between 0 and 1"),
        ({"power": 0}, "power is not above 0"),
        ({"unsure_below": 1.5}, "unsure_below"),
        ({"encoder_temperature": 1.0}, "encoder_temperature"),
        ({"max_tokens": 1}, "max_tokens"),
        ({"lexical_share": -1}, "lexical_share"),
    ],
)
def test_a_broken_rule_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(AnswerSettingsError, match=said):
        _read(**changed)


@pytest.mark.parametrize("field", sorted(set(_GOOD) - {"kind"}))
def test_a_missing_field_is_named(field: str) -> None:
    raw = json.dumps({key: value for key, value in _GOOD.items() if key != field}).encode()
    with pytest.raises(AnswerSettingsError, match=field):
        read_settings(raw)


def test_each_tier_has_its_own_lines() -> None:
    rule = LabelRule(_read())
    words, read = np.float32([[2, 1]]), np.float32([[1, -1]])
    assert np.allclose(rule.from_words(words), sigmoid(np.float32([[1.25, 1]])))
    assert np.allclose(rule.from_reading(read, words), sigmoid(np.float32([[2, -2]])))


def test_a_text_is_kept_when_every_label_is_far_from_its_threshold() -> None:
    rule = LabelRule(_read(lexical_offsets=[0, 0], lexical_slopes=[1, 1], thresholds=[0.5, 0.5]))
    scores = np.float32([[2, -3], [2, -0.5], [0.9, 4], [2, -3]])
    known = np.float32([1, 1, 1, 0.3])
    assert rule.keeps(scores, known).tolist() == [True, False, False, False]
    nothing = LabelRule(_read(defer_margin=None))
    assert not nothing.keeps(scores, known).any()


@given(_LOGITS, st.booleans(), st.data())
def test_no_smaller_step_than_the_margin_changes_the_set(
    logits: np.ndarray,
    may_be_none: bool,  # noqa: FBT001 - a claim
    data: st.DataObject,
) -> None:
    labels = logits.shape[1]
    output = Labels(tuple("abcde"[:labels]), "-" if may_be_none else None, (0.3,) * labels)
    margin = set_margin(logits, output)
    assert (margin >= 0).all()
    before = choose_labels(sigmoid(logits), output)
    at = data.draw(st.integers(0, labels - 1))
    step = data.draw(st.sampled_from([-0.9, 0.9]))
    moved = logits.copy()
    moved[:, at] += step * np.maximum(margin - 1e-3, 0)
    assert (choose_labels(sigmoid(moved), output) == before).all()


def test_a_label_that_must_be_given_stays_until_another_is_nearer() -> None:
    output = Labels(("a", "b"), None)
    assert set_margin(np.float32([[-1, -3]]), output).tolist() == [2]
    assert set_margin(np.float32([[5, -3]]), output).tolist() == [3]
    assert set_margin(np.float32([[5, 3]]), output).tolist() == [3]
    assert set_margin(np.float32([[-1, -3]]), Labels(("a", "b"), "-")).tolist() == [1]


@given(_LOGITS)
def test_a_row_of_many_is_what_it_is_alone_bit_for_bit(logits: np.ndarray) -> None:
    labels = logits.shape[1]
    ones = [1.0] * labels
    rule = LabelRule(
        _read(
            classes=list("abcde"[:labels]),
            encoder_slopes=ones,
            encoder_offsets=ones,
            lexical_slopes=ones,
            lexical_offsets=ones,
            thresholds=[0.4] * labels,
        )
    )
    known = np.ones(len(logits), np.float32)
    together = (
        rule.keeps(logits, known),
        rule.from_words(logits),
        rule.from_reading(logits, logits),
        rule.sureness(rule.from_words(logits)),
    )
    for i in range(len(logits)):
        row = logits[i : i + 1].copy()
        alone = (
            rule.keeps(row, known[:1]),
            rule.from_words(row),
            rule.from_reading(row, row),
            rule.sureness(rule.from_words(row)),
        )
        assert [part[i].tobytes() for part in together] == [part[0].tobytes() for part in alone]


def test_log_odds_and_sigmoid_undo_each_other() -> None:
    logits = np.linspace(-8, 8, 33, dtype=np.float32)
    assert np.allclose(log_odds(sigmoid(logits)), logits, atol=1e-2)
    assert sigmoid(np.float32([-1000, 1000])).tolist() == pytest.approx([0, 1], abs=1e-6)
