"""The heart: no row's held-out answer depends on its own label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.data import folds as cut_folds
from lissom.learn import LEARNERS, UNKNOWN, Learning
from lissom.pipeline.crossfit import Fitting, Held, pick, race, repeat
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.settle import answer, familiarity, hand_over, judge, settle
from lissom.pipeline.store import Store
from lissom.shrink import Shrinking

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lissom.learn import Learnt
    from lissom.nets import Lexicon

_ROWS, _CLASSES = 150, 3
_RECIPE = Recipe(learn=Learning(neighbours=(5,)), shrink=Shrinking(min_pairs=40))


def _material(seed: int = 0, *, is_noise: bool = False) -> Material:
    """Make texts as token ids and vectors of three kinds; every third row has no label."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, _CLASSES, _ROWS)
    ids = [
        [1, *(10 + 20 * kind + rng.integers(0, 12, 3)), *(100 + rng.integers(0, 30, 2)), 2]
        for kind in kinds
    ]
    centres = rng.normal(size=(_CLASSES, 16))
    vectors = centres[kinds] + 1.3 * rng.normal(size=(_ROWS, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = rng.integers(0, _CLASSES, _ROWS) if is_noise else kinds
    targets = np.where(np.arange(_ROWS) % 3 == 2, UNKNOWN, labels)
    return Material(ids, vectors.astype(np.float32), targets, np.arange(_ROWS), _CLASSES)


def _with_targets(material: Material, targets: NDArray[np.int64]) -> Material:
    return Material(material.ids, material.vectors, targets, material.groups, material.classes)


def _quiet(_done: int, _total: int) -> None:
    pass


class _Leaking(Fitting):
    """Planted fault: every candidate is fitted on all rows, those that are scored included."""

    def candidate(self, name: str, rows: NDArray[np.int64]) -> Learnt:
        assert len(rows)
        return super().candidate(name, np.arange(_ROWS))

    def lexicon(self, rows: NDArray[np.int64]) -> Lexicon:
        assert len(rows)
        return super().lexicon(np.arange(_ROWS))


def _fitting(material: Material, cache: Path, kind: type[Fitting] = Fitting) -> Fitting:
    # The targets are part of the key, as they are when a bundle is built.
    return kind(material, _RECIPE, Store(cache), str(material.targets.tolist()))


def _run(
    material: Material, folds: NDArray[np.int64], cache: Path, kind: type[Fitting] = Fitting
) -> Held:
    fitting = _fitting(material, cache, kind)
    scores = race(fitting, material, folds, tuple(LEARNERS), _quiet)
    return repeat(fitting, material, folds, scores, _quiet)


def _flip(material: Material, row: int) -> Material:
    targets = material.targets.copy()
    targets[row] = (targets[row] + 1) % _CLASSES
    return _with_targets(material, targets)


def _of_row(held: Held, row: int) -> list[bytes]:
    parts = [*held.candidates.values(), held.reading, held.words, held.known, held.parent]
    return [part[row].tobytes() for part in parts]


def _rows_that_hear_their_own_label(cache: Path, kind: type[Fitting]) -> tuple[int, int]:
    """Flip the label of one row after another; count the rows whose own scores change.

    The choice among candidates is held fast; what it may hear is another test's matter.

    Returns:
        (rows whose own scores changed, flips under which some other row's did).
    """
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=0)
    before = _run(material, folds, cache, kind)
    own = others = 0
    for row in material.labelled[:8]:
        flipped = _flip(material, row)
        fitting = _fitting(flipped, cache, kind)
        scores = race(fitting, flipped, folds, tuple(LEARNERS), _quiet)
        same_choice = _with_targets(flipped, material.targets)
        held = repeat(fitting, same_choice, folds, before.candidates, _quiet)
        own += _of_row(replace(held, candidates=scores), row) != _of_row(before, row)
        others += held.reading.tobytes() != before.reading.tobytes()
    return own, others


def test_a_rows_held_out_scores_do_not_depend_on_its_own_label(tmp_path: Path) -> None:
    own, others = _rows_that_hear_their_own_label(tmp_path, Fitting)
    assert own == 0
    assert others == 8, "a flipped label must be heard by the other rows, or nothing was learned"


def test_a_planted_leak_is_noticed_by_that_test(tmp_path: Path) -> None:
    own, _ = _rows_that_hear_their_own_label(tmp_path, _Leaking)
    assert own >= 6


@pytest.mark.xfail(
    reason="2026-11-23: the candidate, the temperatures, the margin and the threshold of a fold "
    "are chosen on the other folds' rows, whose scores come from fits that knew this fold's labels"
)
def test_nothing_that_is_judged_of_a_row_depends_on_its_own_label(tmp_path: Path) -> None:
    """Known weakness, of second order; fits without two folds at a time would end it."""
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=0)
    held = _run(material, folds, tmp_path)
    before = judge(held, material.targets, _RECIPE, is_words=False)
    for row in material.labelled[:8]:
        flipped = _flip(material, row)
        after = judge(_run(flipped, folds, tmp_path), flipped.targets, _RECIPE, is_words=False)
        assert after.probabilities[row].tobytes() == before.probabilities[row].tobytes()


def test_labels_that_mean_nothing_are_judged_at_chance(tmp_path: Path) -> None:
    """Over 400 labelled rows the share right of pure noise is 1/3 within 4 standard errors."""
    hits = leaked = n = 0
    for seed in range(4):
        material = _material(seed, is_noise=True)
        folds = cut_folds(material.targets, material.groups, 5, seed=seed)
        rows = material.labelled
        for kind in (Fitting, _Leaking):
            held = _run(material, folds, tmp_path / f"{seed}-{kind.__name__}", kind)
            judged = judge(held, material.targets, _RECIPE, is_words=False)
            right = (judged.probabilities.argmax(axis=1) == material.targets)[rows].sum()
            if kind is Fitting:
                hits, n = hits + int(right), n + len(rows)
            else:
                leaked += int(right)
    error = np.sqrt(1 / 3 * 2 / 3 / n)
    assert abs(hits / n - 1 / 3) < 4 * error
    assert leaked / n > 1 / 3 + 6 * error, "with the leak planted, noise looks like skill"


def test_rows_of_one_group_never_help_each_other(tmp_path: Path) -> None:
    # Copies of a text that are labelled wrongly on purpose: seen, they would be believed.
    material = _material()
    groups = np.arange(_ROWS) // 2
    folds = cut_folds(material.targets, groups, 3, seed=0)
    held = _run(material, folds, tmp_path)
    for group in np.unique(groups):
        assert len(set(held.folds[groups == group])) == 1


def test_the_same_seed_twice_gives_identical_results(tmp_path: Path) -> None:
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=4)
    again = cut_folds(material.targets, material.groups, 3, seed=4)
    assert np.array_equal(folds, again)
    first, second = (_run(material, folds, tmp_path / name) for name in ("a", "b"))
    third = _run(material, folds, tmp_path / "a")  # from what was kept
    for row in range(_ROWS):
        assert _of_row(first, row) == _of_row(second, row) == _of_row(third, row)
    settled = [
        settle(held, material.targets, np.arange(_ROWS), _RECIPE, is_words=False)
        for held in (first, second)
    ]
    assert settled[0] == settled[1]


def test_every_fold_is_scored_by_every_candidate(tmp_path: Path) -> None:
    material = _material()
    folds = cut_folds(material.targets, material.groups, 4, seed=0)
    told: list[tuple[int, int]] = []
    fitting = Fitting(material, _RECIPE, Store(tmp_path), "k")
    scores = race(
        fitting, material, folds, tuple(LEARNERS), lambda done, total: told.append((done, total))
    )
    assert set(scores) == set(LEARNERS)
    for found in scores.values():
        assert found.shape == (_ROWS, _CLASSES)
        assert np.abs(found).sum(axis=1).all()
        rows = material.labelled
        assert (found.argmax(axis=1) == material.targets)[rows].mean() > 0.6
    fits = 4 * len(LEARNERS)
    assert told == [(i + 1, fits) for i in range(fits)]
    assert pick(scores, material.targets, material.labelled).name in LEARNERS


@pytest.mark.parametrize(
    "changed",
    [
        Recipe(learn=Learning(neighbours=(5,)), shrink=Shrinking(min_rows=3)),
        Recipe(learn=Learning(neighbours=(5,), strength=1.0)),
        Recipe(learn=Learning(neighbours=(5,), lexical_strength=5.0)),
    ],
)
def test_a_fit_of_other_settings_is_not_reused(tmp_path: Path, changed: Recipe) -> None:
    material, rows = _material(), np.arange(_ROWS)
    kept, fresh = Store(tmp_path / "kept"), Store(tmp_path / "fresh")
    for name in LEARNERS:
        Fitting(material, _RECIPE, kept, "k").candidate(name, rows)
    for name in LEARNERS:
        reused = Fitting(material, changed, kept, "k").candidate(name, rows)
        wanted = Fitting(material, changed, fresh, "k").candidate(name, rows)
        ours, theirs = reused.head or reused.words, wanted.head or wanted.words
        assert ours is not None
        assert theirs is not None
        assert ours.weights.tobytes() == theirs.weights.tobytes(), name


@pytest.mark.parametrize("labels", [1, 2])
def test_labels_that_all_stand_in_one_fold_are_learned_without_failing(
    tmp_path: Path, labels: int
) -> None:
    material = _material()
    targets = np.full(_ROWS, UNKNOWN)
    targets[:labels] = np.arange(labels)
    few = _with_targets(material, targets)
    groups = np.concatenate([np.zeros(2, np.int64), np.arange(1, _ROWS - 1)])
    folds = cut_folds(targets, groups, 3, seed=0)
    held = _run(few, folds, tmp_path)
    judged = judge(held, targets, _RECIPE, is_words=False)
    assert np.isfinite(judged.probabilities).all()


def test_judged_answers_are_what_the_settings_of_the_other_folds_say(tmp_path: Path) -> None:
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=0)
    held = _run(material, folds, tmp_path)
    judged = judge(held, material.targets, _RECIPE, is_words=False)
    for fold in range(3):
        others, these = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        settled = settle(held, material.targets, others, _RECIPE, is_words=False)
        part = answer(held, these, settled, is_words=False)
        assert part.probabilities.tobytes() == judged.probabilities[these].tobytes()
        assert np.allclose(part.probabilities.sum(axis=1), 1, atol=1e-5)
        kept = hand_over(held, these, settled.deferral)
        assert np.array_equal(kept, judged.is_words[these])


def test_when_words_are_the_model_they_answer_all_but_the_rarest_texts(tmp_path: Path) -> None:
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=0)
    held = _run(material, folds, tmp_path)
    settled = settle(held, material.targets, np.arange(_ROWS), _RECIPE, is_words=True)
    assert settled.deferral.margin == 0.0
    share = answer(held, np.arange(_ROWS), settled, is_words=True).is_words.mean()
    assert 0.9 <= share <= 1.0


def test_both_tiers_are_put_on_one_scale_and_few_labelled_rows_are_strange(tmp_path: Path) -> None:
    material = _material()
    folds = cut_folds(material.targets, material.groups, 3, seed=0)
    held = _run(material, folds, tmp_path)
    settled = settle(held, material.targets, np.arange(_ROWS), _RECIPE, is_words=False)
    familiar = settled.familiar
    words, read = held.words.max(axis=1), familiar.of_read(held.reading.max(axis=1), held.near)
    as_read = familiar.as_read(words, np.ones(_ROWS, np.float32))
    assert abs(float(np.mean(as_read - read))) < 0.5 * float(read.std())
    labelled = np.flatnonzero(material.targets != UNKNOWN)
    assert len(labelled) >= 100
    assert familiar.least is not None
    is_words = hand_over(held, labelled, settled.deferral)
    strange = familiar.is_strange(familiarity(held, labelled, familiar, is_words))
    assert strange.mean() <= 1 - _RECIPE.examine.keep
    few = settle(held, material.targets, np.arange(60), _RECIPE, is_words=False)
    assert few.familiar.least is None
