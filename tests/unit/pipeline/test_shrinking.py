"""What ships is what was certified, and rows that are too few certify nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.errors import RecipeError
from lissom.evidence import Evidence, NotMeasured
from lissom.evidence.exact import exact_high
from lissom.learn import UNKNOWN, Choice, Field, Schedule
from lissom.nets import RidgeFit, Tuning, embed
from lissom.pipeline.agreement import (
    measure_coverage,
    measure_loss,
    measure_payers,
    repeats_disagree,
    state,
    state_count,
)
from lissom.pipeline.learning import Learned
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.rows import Rows
from lissom.pipeline.settle import lean_trained, settle
from lissom.pipeline.shrinking import Bench, begin_at_best
from lissom.pipeline.store import Store
from lissom.pipeline.tuner import Tuner
from lissom.runtime import Tokens
from lissom.shrink import Moves, Point
from lissom.tasks import Classes

if TYPE_CHECKING:
    from types import ModuleType

    from tiny_models import Made, Shipped

RECIPE = Recipe()
POINT = Point(certify=0.2)
"""Looser than usual, so that the walk is not ended by what the repeats allowed."""


@pytest.fixture(scope="module")
def lesson(
    tiny_models: ModuleType, shipped: Shipped, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Learned, Rows]:
    """Return the tiny model as learned, with 300 further rows that nothing was fitted on."""
    more: Made = tiny_models.make_texts(300, seed=99)
    ids = Tokens(shipped.base.tokenizer, shipped.base.max_tokens).encode(more.texts)
    count = len(made.texts)
    targets = np.concatenate([made.targets, np.full(300, UNKNOWN)])
    groups = np.arange(count + 300)
    material = Material(
        [*shipped.material.ids, *ids],
        np.concatenate([shipped.material.vectors, embed(shipped.graph, ids, threads=1)]),
        targets,
        groups,
        3,
    )
    first = np.arange(count)
    settled = settle(shipped.held, made.targets, first, RECIPE, is_words=False)
    store = Store(tmp_path_factory.mktemp("shrinking"))
    learned = Learned(
        material,
        shipped.held,
        first,
        groups[count:],
        Choice("frozen", "", {"frozen": 1.0}),
        lean_trained(shipped.trained, settled),
        settled,
        Schedule(),
        Tuner(shipped.base, Tuning(), 0, store, 1, lambda _done, _total: None),
        None,
        Field(),
        shipped.fitting,
    )
    classes = tiny_models.CLASSES
    rows = Rows(
        [*made.texts, *more.texts],
        targets,
        groups,
        groups,
        groups >= count,
        classes,
        (),
        Classes(classes),
        np.eye(3, dtype=np.float32),
        "text-classification",
    )
    return learned, rows


def bench(learned: Learned, shipped: Shipped, rows: Rows) -> Bench:
    return Bench(learned, shipped.graph, shipped.base, rows, RECIPE, 1)


def cut(learned: Learned, count: int) -> Learned:
    return replace(learned, apart_rows=learned.apart_rows[:count])


def test_what_is_claimed_is_counted_on_the_very_files(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    found = bench(learned, shipped, rows).shrink(POINT)
    certificate = found.certificate
    assert certificate is not None
    assert certificate.is_walked
    model = found.parts.load(1)
    assert model.settings.defer_margin == certificate.margin
    assert found.deferral == found.learned.settled.deferral
    answers = model.answer([rows.texts[i] for i in learned.apart_rows])
    differs = answers.probabilities.argmax(axis=1) != found.full
    assert (answers.probabilities.argmax(axis=1) == found.small).all()
    assert (differs == (found.small != found.full)).all()
    assert (int(differs.sum()), len(differs)) == (certificate.differing, certificate.n)
    assert certificate.bound <= POINT.certify
    # The lexical tier of the tiny model is good enough to be given a part of the texts.
    assert answers.is_lexical.mean() > 0.2


def test_a_student_that_says_something_else_is_given_no_text(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    words = learned.trained.words
    fault = replace(learned.trained, words=RidgeFit(-words.weights, -words.bias), mix=0.0)
    found = bench(replace(learned, trained=fault), shipped, rows).shrink(POINT)
    answers = found.parts.load(1).answer([rows.texts[i] for i in learned.apart_rows])
    assert answers.is_lexical.mean() < 0.2


def test_a_limit_of_nothing_has_every_text_read(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    found = bench(learned, shipped, rows).shrink(Point(certify=0.0))
    assert found.parts.load(1).settings.defer_margin is None
    assert found.certificate is not None
    assert found.certificate.bound == exact_high(found.certificate.differing, 300)


@pytest.mark.parametrize("count", [0, 49, 50, 199])
def test_few_rows_choose_nothing_and_fewer_say_nothing(
    lesson: tuple[Learned, Rows], shipped: Shipped, count: int
) -> None:
    learned, rows = lesson
    found = bench(cut(learned, count), shipped, rows).shrink(POINT)
    assert found.deferral is None
    assert found.learned is not None
    assert found.learned.settled == learned.settled
    if count < 50:
        assert found.certificate is None
    else:
        assert found.certificate is not None
        assert not found.certificate.is_walked
        assert found.certificate.bound == exact_high(found.certificate.differing, count)


def test_the_figure_says_how_sure_it_is_and_of_what(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    found = bench(learned, shipped, rows).shrink(POINT)
    figure = state(found.certificate, 300, "more.csv")
    assert isinstance(figure, Evidence)
    assert found.certificate is not None
    assert figure.high == found.certificate.bound
    assert figure.value == (found.small != found.full).mean()
    assert figure.low is not None
    assert figure.low <= figure.value <= figure.high
    assert "0.95 confidence" in figure.method
    assert "fixed sequence" in figure.method
    short = state(None, 49, "more.csv")
    assert isinstance(short, NotMeasured)
    assert "49 texts" in short.reason
    counted = state_count((found.small != found.full), "test.csv")
    assert isinstance(counted, Evidence)
    assert counted.high == exact_high(int((found.small != found.full).sum()), 300)
    assert "fixed sequence" not in counted.method


def test_a_planted_loss_is_found_and_none_is_not() -> None:
    right = np.arange(400) % 5 > 0
    worse = right & (np.arange(400) % 10 != 1)
    lost = measure_loss(right, worse, "planted", "rows")
    assert isinstance(lost, Evidence)
    assert lost.value == pytest.approx(10.0)
    assert lost.low is not None
    assert lost.low > 5
    same = measure_loss(right, right, "control", "rows")
    assert isinstance(same, Evidence)
    assert same.value == 0
    assert same.high is not None
    assert 0 < same.high < 1.5
    assert isinstance(measure_loss(right[:49], right[:49], "few", "rows"), NotMeasured)


def test_the_class_that_pays_is_named() -> None:
    parent = np.repeat([0, 1], 50)
    differs = (parent == 1) & (np.arange(100) % 2 == 0)
    free, pays, absent = measure_payers(differs, parent, ("a", "b", "c"), "rows")
    assert isinstance(free, Evidence)
    assert isinstance(pays, Evidence)
    assert isinstance(absent, NotMeasured)
    assert (free.value, pays.value) == (0, 0.5)
    assert pays.name == "compression.class.b.disagreement"
    assert measure_payers(differs[:49], parent[:49], ("a", "b"), "rows") == ()


def test_repeats_and_coverage_need_rows_too() -> None:
    half = np.arange(100) % 2 == 0
    found = repeats_disagree(half, "repeats", "rows")
    assert isinstance(found, Evidence)
    assert found.value == 0.5
    assert isinstance(repeats_disagree(half[:49], "repeats", "rows"), NotMeasured)
    assert isinstance(measure_coverage(half, "rows"), Evidence)
    assert isinstance(measure_coverage(half[:49], "rows"), NotMeasured)


def test_no_rounding_and_no_words_change_no_answer_but_for_the_words_own_rounding(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    found = bench(learned, shipped, rows).shrink(Point("float32", 0.0))
    assert (found.small != found.full).sum() <= 1
    assert found.parts.size_mib > bench(learned, shipped, rows).shrink(POINT).parts.size_mib
    assert found.expected_loss is not None
    assert found.expected_loss[0] <= 0.002


def test_more_comparisons_ask_for_more_certainty(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    work = bench(learned, shipped, rows)
    alone, among = work.shrink(POINT), work.shrink(replace(POINT, compared=10))
    assert alone.certificate is not None
    assert among.certificate is not None
    assert among.certificate.level == pytest.approx(0.995)
    assert among.certificate.differing <= alone.certificate.differing
    everything = work.shrink(Point(certify=1.0))
    assert everything.certificate is not None
    assert everything.certificate.differing >= alone.certificate.differing


def test_without_a_budget_the_certificate_never_makes_the_model_bolder_than_its_repeats(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    for margin in (None, 2.0, 1e9):
        deferral = replace(learned.settled.deferral, margin=margin)
        held_back = replace(learned, settled=replace(learned.settled, deferral=deferral))
        found = bench(held_back, shipped, rows).shrink(Point())
        shipped_margin = found.learned.settled.deferral.margin
        if margin is None:
            assert shipped_margin is None
        elif shipped_margin is not None:
            assert shipped_margin >= margin
        asked = bench(held_back, shipped, rows).shrink(Point(certify=1.0))
        bolder = asked.learned.settled.deferral.margin
        assert bolder is not None
        assert margin is None or bolder < margin


def test_fewer_layers_and_words_are_smaller_and_are_certified_as_they_ship(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    work = bench(learned, shipped, rows)
    assert work.moves == Moves((1,), is_trimmable=True)
    whole = work.shrink(POINT)
    for point in (
        replace(POINT, layers=1),
        replace(POINT, vocabulary="trimmed"),
        replace(POINT, layers=1, vocabulary="trimmed"),
    ):
        found = work.shrink(point)
        # Nothing of the tiny vocabulary is beyond the reserve.
        assert (found.parts.size_mib < whole.parts.size_mib) == (point.layers > 0)
        answers = found.parts.load(1).answer([rows.texts[i] for i in learned.apart_rows])
        said = answers.probabilities.argmax(axis=1)
        assert (said == found.small).all()
        assert (found.full == whole.full).all()
        assert found.certificate is not None
        assert found.certificate.differing == int((said != found.full).sum())
        assert found.certificate.bound <= max(POINT.certify, 0.2)


def test_what_the_repeats_say_is_said_with_the_layers_that_ship(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    found = bench(learned, shipped, rows).shrink(replace(POINT, layers=1))
    held = found.learned.held
    assert not np.allclose(held.reading, learned.held.reading)
    # The uncompressed model they are held against is still the whole one.
    assert (held.parent == learned.held.parent).all()
    assert np.array_equal(held.words, learned.held.words)
    # Near enough to be of use: a linear layer makes up for most of what was left out.
    same = held.reading.argmax(axis=1) == learned.held.reading.argmax(axis=1)
    assert same.mean() > 0.7


def test_a_stand_in_that_was_fitted_on_the_wrong_rows_is_found_out(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    vectors = learned.material.vectors
    shuffled = np.random.default_rng(0).permutation(vectors)
    fault = replace(learned, material=replace(learned.material, vectors=shuffled))
    sound = bench(learned, shipped, rows).shrink(replace(POINT, layers=1))
    found = bench(fault, shipped, rows).shrink(replace(POINT, layers=1))
    assert found.certificate is not None
    assert sound.certificate is not None
    assert found.certificate.bound > 0.4 > sound.certificate.bound


def test_where_repeats_cannot_be_asked_again_all_layers_stay(
    lesson: tuple[Learned, Rows], shipped: Shipped
) -> None:
    learned, rows = lesson
    tuned = replace(learned, fitting=None)
    work = bench(tuned, shipped, rows)
    assert work.moves.layers == ()
    with pytest.raises(RecipeError, match=r"layers = 1 cannot be kept here.*all of them must stay"):
        work.shrink(replace(POINT, layers=1))
    few = replace(learned, apart_rows=np.arange(40, len(rows.texts)))
    assert bench(few, shipped, rows).moves.layers == ()


def test_a_walk_begins_where_held_out_rows_differ_least(shipped: Shipped) -> None:
    held = replace(shipped.held, parent=shipped.held.reading.argmax(axis=1))
    everything = np.ones(len(held.parent), np.bool_)
    margins = (None, 3.0, 1.0, 0.0)
    assert begin_at_best(margins, held, everything) == margins
    # A tier that reads and is always wrong should read as little as it can.
    other = replace(held, reading=-held.reading)
    assert begin_at_best(margins, other, everything) == (0.0,)
