"""Texts unlike the training rows are less familiar, whichever tier answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from lissom.errors import AnswerSettingsError
from lissom.runtime import AnswerSettings, Familiar, keeps, read_settings

if TYPE_CHECKING:
    from tiny_models import Made

    from lissom.runtime import Model

PLAIN = AnswerSettings(
    classes=("a", "b"),
    max_tokens=8,
    encoder_temperature=1.0,
    lexical_temperature=1.0,
    defer_margin=None,
    defer_known=0.0,
    unsure_below=0.5,
    promised_precision=None,
)


def test_the_first_bundles_had_no_such_settings_and_still_open() -> None:
    tree = msgspec.to_builtins(PLAIN)
    del tree["familiar"], tree["defer_score"]
    found = read_settings(msgspec.json.encode(tree))
    assert isinstance(found, AnswerSettings)
    assert found.familiar == Familiar()
    assert found.defer_score is None
    assert read_settings(PLAIN.to_bytes()) == PLAIN


@pytest.mark.parametrize(
    "given", [{"slope": -1.0}, {"unknown": -0.1}, {"slop": 1.0}, {"least": "low"}]
)
def test_settings_that_mean_nothing_are_refused(given: dict[str, object]) -> None:
    tree = msgspec.to_builtins(PLAIN)
    tree["familiar"] = {**tree["familiar"], **given}
    with pytest.raises(AnswerSettingsError):
        read_settings(msgspec.json.encode(tree))


def test_unknown_features_make_a_text_less_familiar() -> None:
    line = Familiar(slope=2.0, offset=1.0, unknown=4.0)
    found = line.as_read(np.float32([3, 3, 1]), np.float32([1, 0.5, 1]))
    assert found.tolist() == [7.0, 5.0, 3.0]
    assert not Familiar().is_strange(found).any()
    assert Familiar(least=5.0).is_strange(found).tolist() == [False, False, True]


def test_a_text_whose_best_score_is_low_is_not_kept() -> None:
    scores = np.float32([[5, 1], [3, -1]])
    known = np.ones(2, np.float32)
    assert keeps(scores, known, 1.0, 0.0, 4.0).tolist() == [True, False]
    assert keeps(scores, known, 1.0, 0.0).tolist() == [True, True]


def test_strange_texts_are_unsure_and_nonsense_is_stranger_than_rows(
    tiny_model: Model, made: Made
) -> None:
    rows = tiny_model.answer(made.texts[:60])
    nonsense = tiny_model.answer(["zqx vvk 88 ##", "ppp qqq 0 1 2", "xk xk xk"] * 5)
    assert rows.strangeness is not None
    assert nonsense.strangeness is not None
    assert np.median(nonsense.strangeness) > np.median(rows.strangeness)
    least = tiny_model.settings.familiar.least
    assert least is not None
    strange = -rows.strangeness < np.float32(least)
    assert (rows.is_unsure | ~strange).all()
    assert strange.mean() < 0.3


def test_strangeness_of_a_text_does_not_depend_on_its_neighbours(
    tiny_model: Model, made: Made
) -> None:
    together = tiny_model.answer(made.texts[:20]).strangeness
    alone = [tiny_model.answer([text]).strangeness for text in made.texts[:20]]
    assert together is not None
    assert together.tolist() == [float(one[0]) for one in alone if one is not None]
