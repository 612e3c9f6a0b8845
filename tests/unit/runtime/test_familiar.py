"""Texts unlike the training rows are less familiar, whichever tier answers them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from lissom.errors import AnswerSettingsError, DisagreeingPartsError
from lissom.nets import add_head
from lissom.pipeline.crossfit import find_places, repeat
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.settle import settle
from lissom.pipeline.shipping import ship
from lissom.runtime import AnswerSettings, Familiar, keeps, read_settings
from lissom.runtime.rules import rule_of

if TYPE_CHECKING:
    from tiny_models import Made, Shipped

    from lissom.pipeline.shipping import Parts
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
    "given",
    [{"slope": -1.0}, {"unknown": -0.1}, {"slop": 1.0}, {"least": "low"}, {"closeness": -1.0}],
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


def test_cosines_stand_behind_the_scores_and_change_no_answer() -> None:
    plain = rule_of(PLAIN)
    near = rule_of(msgspec.structs.replace(PLAIN, familiar=Familiar(closeness=10.0)))
    read, words = np.float32([[3, 1, 0.2, 0.7], [3, 1, 0.1, 0.1]]), np.zeros((2, 2), np.float32)
    assert np.array_equal(near.from_reading(read, words), plain.from_reading(read[:, :2], words))
    assert np.allclose(near.reading_familiar(read, words), [10, 4])
    assert plain.reading_familiar(read[:, :2], words).tolist() == [3, 3]


def test_a_graph_without_the_cosines_that_settings_speak_of_is_refused(shipped: Shipped) -> None:
    head = shipped.trained.reading
    with_cosines, without = (
        add_head(shipped.graph, one).SerializeToString() for one in (head.beside(head), head)
    )
    for closeness, graph in ((0.0, without), (1.0, with_cosines)):
        parts = _with(shipped.parts, graph, closeness)
        assert len(parts.load(1).answer(["a"]).probabilities[0]) == 3
    with pytest.raises(DisagreeingPartsError, match="gives 3 numbers, where 6 are wanted"):
        _with(shipped.parts, without, 1.0).load(1)
    with pytest.raises(DisagreeingPartsError, match="gives 6 numbers, where 3 are wanted"):
        _with(shipped.parts, with_cosines, 0.0).load(1)


def test_nearness_is_held_out_and_counts_as_much_as_the_best_score(
    shipped: Shipped,
) -> None:
    material, folds = shipped.material, shipped.held.folds
    frozen = {"frozen": shipped.held.candidates["frozen"]}
    held = repeat(shipped.fitting, material, folds, frozen, lambda _done, _total: None)
    rows = np.arange(len(folds))
    settled = settle(held, material.targets, rows, Recipe(), is_words=False)
    found = settled.familiar.closeness * held.near.std() / held.reading.max(axis=1).std()
    assert abs(found - 1.0) < 0.01
    # A row is no part of the middle that it is held against.
    whole = shipped.trained.nearness(material)
    labelled = material.labelled
    assert held.near[labelled].mean() < whole[labelled].mean() - 1e-4
    # And what ships knows the middles.
    parts = ship(
        shipped.trained, settled, shipped.graph, shipped.base, settings_of(shipped.parts).classes
    )
    model = parts.load(1)
    ids = [material.ids[i] for i in rows[:30]]
    read = np.stack([model.read(one, np.zeros(3, np.float32))[1] for one in ids])
    best = shipped.trained.reading.score(material.vectors[:30]).max(axis=1)
    wanted = settled.familiar.of_read(best, whole[:30])
    assert np.corrcoef(read, wanted)[0, 1] > 0.9  # int8 weights


def _with(parts: Parts, graph: bytes, closeness: float) -> Parts:
    settings = settings_of(parts)
    familiar = msgspec.structs.replace(settings.familiar, closeness=closeness)
    told = msgspec.structs.replace(settings, familiar=familiar).to_bytes()
    return replace(parts, files={**parts.files, "answer.json": told, "model.onnx": graph})


def test_what_lies_far_from_every_class_is_stranger_though_its_scores_are_not() -> None:
    rng = np.random.default_rng(4)
    middles = np.eye(8, dtype=np.float32)[:2]
    rows = np.repeat(middles, 60, axis=0) + 0.1 * rng.standard_normal((120, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kinds = np.arange(120) // 60
    places = find_places(rows, kinds, np.eye(2, dtype=np.float32)[kinds])
    far = (np.float32([0.3, 0, 0.95, 0, 0, 0, 0, 0]), np.float32([1, 0, 0, 0, 0, 0, 0, 0]))
    scores = np.float32([[5, 0], [5, 0]])
    read = np.concatenate([scores, places.score(np.stack(far))], axis=1)
    rule = rule_of(msgspec.structs.replace(PLAIN, familiar=Familiar(closeness=10.0)))
    stranger, known = rule.reading_familiar(read, np.zeros((2, 2), np.float32))
    assert stranger < known - 3


def settings_of(parts: Parts) -> AnswerSettings:
    settings = read_settings(parts.files["answer.json"])
    assert isinstance(settings, AnswerSettings)
    return settings
