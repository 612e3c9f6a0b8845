"""The learning stage, with an encoder that is tuned for each repeat."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.errors import RecipeError
from lissom.learn import LEARNERS, TAUGHT, TUNED, UNKNOWN, Schedule
from lissom.nets import Tuning, embed, export, find_base
from lissom.pipeline import Order, build, load
from lissom.pipeline.crossfit import Fitting
from lissom.pipeline.learning import Lesson, learn, schedule_for
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe, read_recipe
from lissom.pipeline.store import Store
from lissom.pipeline.tuner import Tuner
from lissom.progress import Silent
from lissom.runtime import Tokens
from lissom.shrink import Shrinking

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Made

    from lissom.pipeline.learning import Learned
    from lissom.pipeline.places import Places

_ALL = Schedule(
    tuple(name for name in LEARNERS if name not in TAUGHT), folds=3, steps=30, spare_rows=50
)
_ONLY_TUNED = Schedule(("frozen", "contrastive"), folds=3, steps=30, spare_rows=50)
_RECIPE = Recipe(
    shrink=Shrinking(min_pairs=20), tune=Tuning(rate=3e-3, batch=24), schedule=_ONLY_TUNED
)


class _StoppedError(Exception):
    pass


class _StopsAt(Silent):
    """Planted interruption."""

    def __init__(self, at: int) -> None:
        self._at = at

    def step(self, done: int, total: int) -> None:
        if done == self._at and total == 120:
            raise _StoppedError


def _lesson(folder: Path, made: Made, recipe: Recipe = _RECIPE) -> Lesson:
    base = find_base(str(folder))
    ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts)
    vectors = embed(export(base, ids[:2]).graph, ids, threads=1)
    # Two in three of the labels are hidden, so that the plain encoder has little to go by.
    targets = np.where(np.arange(len(ids)) % 3 == 0, made.kinds, UNKNOWN)
    material = Material(ids, vectors, targets, np.arange(len(ids)), 3)
    apart = (targets == UNKNOWN) & (np.arange(len(ids)) % 10 == 1)
    return Lesson(material, apart, base, recipe, 0, "key")


def _learned(lesson: Lesson, store: Store) -> Learned:
    return learn(lesson, schedule_for(lesson), store, 1, Silent())


def test_a_tuned_encoder_that_is_better_is_what_ships(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    found = _learned(_lesson(tiny_base, made), Store(tmp_path))
    assert found.choice.name in TUNED
    assert found.trained.is_tuned
    assert found.folds == 3
    # What is answered is what the exported graph of the tuned encoder sees.
    exported = found.export()
    assert exported is not None
    rows = found.apart_rows[:20]
    ids = [list(found.material.ids[i]) for i in rows]
    seen = found.material.select(rows).tuned
    assert seen is not None
    np.testing.assert_allclose(embed(exported.graph, ids, threads=1), seen.vectors, atol=1e-5)
    hits = found.trained.parent(found.material.select(found.apart_rows))
    assert (hits == made.kinds[found.apart_rows]).mean() > 0.6


def test_the_repeats_read_only_the_rows_that_there_is_time_for(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    lesson = _lesson(tiny_base, made)
    found = _learned(lesson, Store(tmp_path))
    labelled = lesson.material.labelled
    assert set(labelled) <= set(found.held_rows.tolist())
    assert len(found.held_rows) == len(labelled) + 50
    assert not set(found.held_rows.tolist()) & set(np.flatnonzero(lesson.apart).tolist())


def test_a_held_out_label_does_not_reach_the_encoder_that_judges_it(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    lesson = _lesson(tiny_base, made)
    inside, outside = np.arange(0, 240), np.arange(240, 360)
    flipped = lesson.material.targets.copy()
    held_out = outside[flipped[outside] != UNKNOWN]
    flipped[held_out] = (flipped[held_out] + 1) % 3
    seen = []
    for number, targets in enumerate((lesson.material.targets, flipped)):
        material = replace(lesson.material, targets=targets)
        store = Store(tmp_path / str(number))
        tuner = Tuner(lesson.base, _RECIPE.tune, 0, store, 1, _ignore)
        fitting = Fitting(material, _RECIPE, store, "key", tuner)
        view = fitting.see("contrastive", inside).select(outside).tuned
        assert view is not None
        seen.append(view.vectors)
        assert not np.allclose(view.vectors, material.vectors[outside], atol=1e-2)
    np.testing.assert_array_equal(seen[0], seen[1])


def _ignore(_done: int, _total: int) -> None:
    """Hear nothing."""


def test_stopped_while_tuning_it_goes_on_and_comes_out_the_same(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    lesson = _lesson(tiny_base, made)
    whole = _learned(lesson, Store(tmp_path / "whole"))
    store = Store(tmp_path / "stopped")
    with pytest.raises(_StoppedError):
        learn(lesson, schedule_for(lesson), store, 1, _StopsAt(57))
    told: list[int] = []

    class _Counting(Silent):
        def step(self, done: int, total: int) -> None:
            told.extend([total] * (done > 0))

    again = learn(lesson, schedule_for(lesson), store, 1, _Counting())
    assert len([total for total in told if total == 120]) < 120 - 50, "nothing is tuned twice"
    np.testing.assert_allclose(again.held.reading, whole.held.reading, atol=1e-4)


def test_a_recipe_is_replayed_with_its_steps(
    tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    recipe = replace(_RECIPE, schedule=_ALL)
    order = Order(
        tiny_csv, out=tmp_path / "first", base=str(tiny_base), threads=1, seed=3, recipe=recipe
    )
    first = build(order, places=tiny_places)
    path = first.bundle / "recipe.toml"
    assert read_recipe(path.read_bytes(), "recipe.toml").recipe.schedule == _ALL
    again = build(
        Order(
            tiny_csv,
            out=tmp_path / "again",
            base=str(tiny_base),
            threads=1,
            recipe_file=path,
            fresh=True,
        ),
        places=tiny_places,
    )
    texts = ["where is my parcel", "money back please", "lovely, thanks"]
    answers = [load(each.bundle, trust=False).predict(texts) for each in (first, again)]
    assert answers[0] == answers[1]
    assert {candidate.name for candidate in again.story.candidates} >= TUNED


def test_a_recipe_of_another_base_is_refused(
    tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text('base = "0123456789abcdef"\n')
    order = Order(tiny_csv, out=tmp_path / "out", base=str(tiny_base), threads=1, recipe_file=path)
    with pytest.raises(RecipeError, match="weights begin with 0123456789ab"):
        build(order, places=tiny_places)
    missing = replace(order, recipe_file=tmp_path / "none.toml")
    with pytest.raises(RecipeError, match="cannot be read"):
        build(missing, places=tiny_places)


def test_a_plan_is_made_where_the_recipe_holds_none(tiny_base: Path, made: Made) -> None:
    lesson = _lesson(tiny_base, made, Recipe())
    planned = schedule_for(lesson)
    assert set(planned.candidates) >= TUNED, "a tiny base costs next to nothing"
    assert schedule_for(replace(lesson, seconds=1e-6)).candidates == tuple(
        name for name in LEARNERS if name not in TUNED | TAUGHT
    )
