"""No row's held-out labels depend on its own cell; what is chosen can be vouched for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.data import label_folds
from lissom.learn import UNKNOWN
from lissom.pipeline.label_fitting import (
    HeldLabels,
    LabelFitting,
    LabelTiers,
    marks_of,
    repeat_labels,
)
from lissom.pipeline.label_settle import (
    answer_labels,
    give_labels,
    judge_labels,
    settle_labels,
    weigh_words,
)
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.store import Store
from lissom.shrink import Shrinking
from lissom.tasks import Labels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ROWS, _LABELS = 240, 4
_RECIPE = Recipe(shrink=Shrinking(min_pairs=40))
_OUTPUT = Labels(("a", "b", "c", "d"), "-")
_EVERY_SET = np.array([[i >> k & 1 for k in range(_LABELS)] for i in range(16)], np.float32)


def _material(seed: int = 0, *, is_noise: bool = False) -> Material:
    """Make rows of up to four labels; every third has no cell."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 16, _ROWS)
    marks = _EVERY_SET[numbers]
    ids = [
        [1, *(10 + 20 * k + int(rng.integers(0, 6)) for k in np.flatnonzero(row)), 90, 2]
        + [int(i) for i in 100 + rng.integers(0, 30, 2)]
        for row in marks
    ]
    vectors = marks @ rng.normal(size=(_LABELS, 16)) + 0.8 * rng.normal(size=(_ROWS, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    told = rng.integers(0, 16, _ROWS) if is_noise else numbers
    targets = np.where(np.arange(_ROWS) % 3 == 2, UNKNOWN, told)
    return Material(ids, vectors.astype(np.float32), targets, np.arange(_ROWS), _LABELS)


def _folds(material: Material) -> NDArray[np.int64]:
    return label_folds(marks_of(material.targets, _EVERY_SET), material.groups, 5, 0)


def _fitting(material: Material, folder: Path) -> LabelFitting:
    return LabelFitting(material, _EVERY_SET, _RECIPE, Store(folder), "planted")


def _quiet(_done: int, _total: int) -> None:
    pass


def _held(material: Material, folder: Path) -> HeldLabels:
    return repeat_labels(_fitting(material, folder), _folds(material), _quiet)


@pytest.fixture(scope="module")
def material() -> Material:
    return _material()


@pytest.fixture(scope="module")
def held(material: Material, tmp_path_factory: pytest.TempPathFactory) -> HeldLabels:
    return _held(material, tmp_path_factory.mktemp("held"))


def test_a_row_is_scored_without_its_own_labels(material: Material, tmp_path: Path) -> None:
    folds, row = _folds(material), 0
    plain = repeat_labels(_fitting(material, tmp_path / "a"), folds, _quiet)
    targets = material.targets.copy()
    targets[row] = 15 - targets[row]
    flipped = replace(material, targets=targets)
    other = repeat_labels(_fitting(flipped, tmp_path / "b"), folds, _quiet)
    for name in ("read", "alone", "words", "known"):
        assert getattr(plain, name)[row].tobytes() == getattr(other, name)[row].tobytes()
    elsewhere = folds != folds[row]
    assert not np.array_equal(plain.read[elsewhere], other.read[elsewhere])


class _Leaking(LabelFitting):
    """Planted fault: tiers are fitted on all rows, those that are scored included."""

    def fit(self, rows: NDArray[np.int64]) -> LabelTiers:
        return super().fit(np.arange(_ROWS) if len(rows) < _ROWS else rows)


def test_on_pure_noise_nothing_is_found_and_a_leak_would_show(tmp_path: Path) -> None:
    noise = _material(1, is_noise=True)
    rows = noise.labelled
    wanted = _EVERY_SET[noise.targets[rows]]

    def right(fitting: LabelFitting) -> float:
        judged = judge_labels(
            repeat_labels(fitting, _folds(noise), _quiet),
            noise.targets,
            _EVERY_SET,
            _RECIPE,
            _OUTPUT,
        )
        return float(((judged.probabilities[rows] > 0.5) == (wanted > 0)).mean())

    sound = right(_fitting(noise, tmp_path / "a"))
    leaking = right(_Leaking(noise, _EVERY_SET, _RECIPE, Store(tmp_path / "b"), "leak"))
    assert 0.42 < sound < 0.58
    assert leaking > 0.6


def test_labels_are_found_and_probabilities_are_true(material: Material, held: HeldLabels) -> None:
    judged = judge_labels(held, material.targets, _EVERY_SET, _RECIPE, _OUTPUT)
    rows = material.labelled
    wanted = _EVERY_SET[material.targets[rows]] > 0
    assert (judged.given[rows] == wanted).mean() > 0.85
    assert abs(judged.probabilities[rows].mean() - wanted.mean()) < 0.05
    right = (judged.given[rows] == wanted).all(axis=1)
    assert abs(judged.sureness[rows].mean() - right.mean()) < 0.1


def test_what_ships_is_what_was_judged(material: Material, held: HeldLabels) -> None:
    everything = np.arange(_ROWS)
    settings = settle_labels(held, material.targets, _EVERY_SET, everything, _RECIPE, _OUTPUT)
    assert len(settings.thresholds) == len(settings.encoder_slopes) == _LABELS
    assert settings.none == "-"
    judged = answer_labels(held, everything, settings)
    assert (judged.is_unsure == (judged.sureness < settings.unsure_below)).all()
    assert judged.given.shape == judged.full.shape == (_ROWS, _LABELS)


def test_the_lexical_tier_answers_what_it_may_and_no_more(
    material: Material, held: HeldLabels
) -> None:
    everything = np.arange(_ROWS)
    shares = []
    for allowed in (0.0, 0.02, 0.3):
        recipe = replace(_RECIPE, shrink=Shrinking(min_pairs=40, max_disagreement=allowed))
        settings = settle_labels(held, material.targets, _EVERY_SET, everything, recipe, _OUTPUT)
        judged = answer_labels(held, everything, settings)
        assert (judged.given != judged.full).any(axis=1).mean() <= allowed
        open_rows = held.known >= settings.defer_known
        shares.append(open_rows.mean() if settings.defer_margin is not None else 0)
    assert shares == sorted(shares)


def test_few_pairs_leave_everything_to_the_encoder(material: Material, held: HeldLabels) -> None:
    recipe = replace(_RECIPE, shrink=Shrinking(min_pairs=_ROWS + 1))
    settings = settle_labels(held, material.targets, _EVERY_SET, np.arange(_ROWS), recipe, _OUTPUT)
    assert settings.defer_margin is None


def test_words_count_where_they_tell_what_vectors_do_not(
    material: Material, held: HeldLabels
) -> None:
    rows = material.labelled
    wanted = _EVERY_SET[material.targets[rows]]
    blind = replace(held, read=np.zeros_like(held.read))
    assert weigh_words(blind, rows, wanted).share > 0
    deaf = replace(held, words=np.random.default_rng(0).normal(size=held.read.shape).astype("f4"))
    weighed = weigh_words(deaf, rows, wanted)
    assert weighed.share == 0
    assert "standard error" in weighed.why


def test_with_hardly_a_row_the_encoder_stays(held: HeldLabels) -> None:
    one = np.array([0])
    assert weigh_words(held, one, np.ones((1, _LABELS), np.float32)).share == 0


def test_ways_are_compared_with_thresholds_of_other_folds(
    material: Material, held: HeldLabels
) -> None:
    rows = material.labelled
    wanted = _EVERY_SET[material.targets[rows]]
    given = give_labels(held.read[rows], wanted, held.folds[rows])
    assert ((given > 0) == (wanted > 0)).mean() > 0.8
    flipped = wanted.copy()
    flipped[0] = 1 - flipped[0]
    again = give_labels(held.read[rows], flipped, held.folds[rows])
    same_fold = held.folds[rows] == held.folds[rows][0]
    assert np.array_equal(given[same_fold], again[same_fold])


def test_a_finished_fit_is_kept(material: Material, tmp_path: Path) -> None:
    fitting = _fitting(material, tmp_path)
    first = fitting.fit(np.arange(100))
    store = Store(tmp_path)
    again = replace(fitting, store=store).fit(np.arange(100))
    assert store.reused == ("learn",)
    assert first.words.weights.tobytes() == again.words.weights.tobytes()
    assert first.head.weights.tobytes() == again.head.weights.tobytes()
