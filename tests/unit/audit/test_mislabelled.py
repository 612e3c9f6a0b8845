"""Labels that are probably wrong come first; clean labels are left alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lissom.audit import Auditing, audit_labels, judged
from lissom.audit.mislabelled import _Opinions, _reorder, suspect
from lissom.audit.noise import explain
from lissom.audit.views import ask_neighbours, leave_folds_out, leave_one_out, read_words
from lissom.data import Dataset, Roles
from lissom.progress import Silent

CLASSES, EACH = 6, 40
NUMBERS = np.arange(CLASSES * EACH)
RIGHT = NUMBERS // EACH


def draw(seed: int, *, apart: float = 1.2) -> np.ndarray:
    """Return vectors of length 1 in clouds that overlap a little."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(CLASSES, 24)) * apart
    vectors = middles[RIGHT] + rng.normal(size=(len(RIGHT), 24))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def texts() -> list[str]:
    return [f"text number {chr(97 + i % 26)}{i}" for i in NUMBERS]


def spoil(share: float, seed: int, *, is_pair: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    labels = RIGHT.copy()
    wrong = rng.choice(len(RIGHT), int(share * len(RIGHT)), replace=False)
    step = np.ones(len(wrong), np.int64) if is_pair else rng.integers(1, CLASSES, len(wrong))
    labels[wrong] = (RIGHT[wrong] + step) % CLASSES
    return labels


def average_precision(bad: np.ndarray, score: np.ndarray) -> float:
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(bad[order])
    places = np.arange(1, len(bad) + 1)
    return float((hits / places)[bad[order]].mean())


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4])
def test_planted_slips_come_first_and_most_are_named(share: float) -> None:
    labels = spoil(share, 1)
    found = suspect(texts(), labels, draw(1))
    bad = labels != RIGHT
    assert average_precision(bad, found.score) > 0.95
    assert bad[found.is_wrong].mean() > 0.8
    assert found.is_wrong[bad].mean() > 0.6
    named = bad & found.is_wrong
    assert (found.better[named] == RIGHT[named]).mean() > 0.9


def test_a_muddled_pair_is_found_too() -> None:
    labels = spoil(0.2, 2, is_pair=True)
    found = suspect(texts(), labels, draw(2))
    assert average_precision(labels != RIGHT, found.score) > 0.95


def test_clean_labels_are_left_alone() -> None:
    named = [suspect(texts(), RIGHT, draw(seed, apart=1.6)).is_wrong.sum() for seed in range(2)]
    assert max(named) <= 2


def test_the_same_rows_are_judged_alike_again() -> None:
    labels = spoil(0.2, 3)
    one, two = (suspect(texts(), labels, draw(3)) for _ in range(2))
    assert (one.score == two.score).all()


def test_a_copied_mistake_does_not_defend_itself() -> None:
    labels = RIGHT.copy()
    labels[0] = 3
    vectors, said = draw(4), texts()
    many = np.r_[np.zeros(25, np.int64), NUMBERS]
    found = suspect([said[i] for i in many], labels[many], vectors[many])
    assert set(np.argsort(-found.score, kind="stable")[:26]) == set(range(26))


def test_words_alone_will_do_where_there_are_no_vectors() -> None:
    said = [f"{'late parcel' if i < 30 else 'nice lamp'} number {i}" for i in range(60)]
    labels = np.array([0] * 30 + [1] * 30)
    labels[[3, 40]] = [1, 0]
    found = suspect(said, labels, None)
    assert set(np.argsort(-found.score)[:2]) == {3, 40}


def test_mistakes_of_a_pair_are_told_from_slips_that_hit_any_label() -> None:
    opinion = np.full((len(RIGHT), CLASSES), 0.02)
    opinion[NUMBERS, RIGHT] = 0.9
    pair, slips = spoil(0.25, 5, is_pair=True), spoil(0.25, 5)
    assert explain(opinion, pair).concentration <= 3
    assert explain(opinion, slips).concentration >= 10
    assert explain(opinion, RIGHT).share < 0.02


def test_leaving_a_row_out_in_closed_form_is_leaving_it_out() -> None:
    vectors, labels = draw(6)[::6], RIGHT[::6]
    weights = np.random.default_rng(6).uniform(0.3, 1, len(labels))
    scores, _ = leave_one_out(vectors, labels, weights, (1.0,))
    for row in (0, 7, 39):
        rest = np.arange(len(labels)) != row
        wanted = np.eye(CLASSES)[labels[rest]]
        w = weights[rest][:, None]
        middle, aim = (w * vectors[rest]).sum(0) / w.sum(), (w * wanted).sum(0) / w.sum()
        table = vectors[rest] - middle
        pull = np.linalg.solve((w * table).T @ table + np.eye(24), (w * table).T @ (wanted - aim))
        assert np.abs(aim + (vectors[row] - middle) @ pull - scores[row]).max() < 1e-5


def test_a_row_is_not_judged_by_a_regression_that_learned_it() -> None:
    rng = np.random.default_rng(8)
    table = rng.normal(size=(120, 200)).astype(np.float32)
    chance = rng.permutation(np.arange(120) % 4)
    logs = leave_folds_out(table, chance, np.ones(120))
    # One that had seen the labels would know all of them: there are more dimensions than rows.
    assert (logs.argmax(axis=1) == chance).mean() < 0.45
    assert np.abs(np.exp(logs).sum(axis=1) - 1).max() < 1e-6
    known = leave_folds_out(draw(8), RIGHT, np.ones(len(RIGHT)))
    assert (known.argmax(axis=1) == RIGHT).mean() > 0.9


def test_a_row_of_no_weight_teaches_a_regression_nothing() -> None:
    vectors, labels = draw(9), RIGHT.copy()
    labels[::2] = (RIGHT[::2] + 1) % CLASSES
    weights = np.where(labels == RIGHT, 1.0, 1e-6)
    logs = leave_folds_out(vectors, labels, weights)
    assert (logs.argmax(axis=1) == RIGHT).mean() > 0.9


@pytest.mark.parametrize(("each", "rounds"), [(50, 2), (49, 0)])
def test_the_plain_regression_is_asked_twice_where_classes_have_fifty_rows(
    each: int, rounds: int
) -> None:
    rng = np.random.default_rng(10)
    labels = np.repeat([0, 1, 2], each)
    vectors = (np.eye(3, 8)[labels] + rng.normal(size=(len(labels), 8)) / 9).astype(np.float32)
    opinions = _Opinions(["a text"] * len(labels), vectors)
    for _ in range(3):
        chances = opinions.ask(labels, np.ones(len(labels)))
    assert len(opinions.plain) == rounds
    assert (chances.argmax(axis=1) == labels).all()


def test_slips_among_larger_classes_come_first() -> None:
    rng = np.random.default_rng(11)
    right = np.repeat([0, 1, 2, 3], 60)
    vectors = np.eye(4, 12)[right] + rng.normal(size=(240, 12)) / 4
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = right.copy()
    labels[::7] = (labels[::7] + rng.integers(1, 4, len(labels[::7]))) % 4
    found = suspect([f"row {at}" for at in range(240)], labels, vectors.astype(np.float32))
    bad = labels != right
    assert average_precision(bad, found.score) > 0.95
    assert bad[found.is_wrong].mean() > 0.8


def test_scores_dealt_out_anew_are_the_same_ones() -> None:
    score, plain = np.array([3.0, 2.0, 2.0, -1.0]), np.array([0.0, 0.0, 9.0, 0.0])
    assert _reorder(score, plain).tolist() == [2.0, 2.0, 3.0, -1.0]
    assert _reorder(score, np.ones(4)).tolist() == score.tolist()


def test_a_row_is_not_its_own_neighbour() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    shares = ask_neighbours(vectors, np.array([0, 1, 0, 1]), np.ones(4))
    assert shares.argmax(axis=1).tolist() == [1, 0, 1, 0]


def test_texts_without_a_shared_word_have_no_features() -> None:
    assert not read_words(["one", "two", ""]).any()


def data_of(labels: list[str | None]) -> Dataset:
    said = ["" if i == 5 else text for i, text in enumerate(texts())]
    frame = pl.DataFrame({"text": said, "label": labels})
    return Dataset.from_frame(frame, Roles("text", "label"), "a.csv")


def test_a_finding_names_rows_suggests_labels_and_ranks_all_when_asked() -> None:
    labels = spoil(0.1, 7)
    cells: list[str | None] = [f"class {label}" for label in labels]
    cells[8] = None
    data = data_of(cells)
    vectors = draw(7)
    asked: list[int] = []

    def read(some: list[str]) -> np.ndarray:
        asked.append(len(some))
        return vectors[judged(data)]

    how = Auditing(most_rows=None)
    few = audit_labels(data, read, progress=Silent(), how=how)
    every = audit_labels(data, read, progress=Silent(), how=how, is_all=True)
    one, all_rows = few.findings[0], every.findings[0]
    assert asked == [len(RIGHT) - 2] * 2
    assert (one.kind, one.count, len(one.rows)) == ("label.error", all_rows.count, one.count)
    assert all_rows.rows[: one.count] == one.rows
    assert sorted(all_rows.rows) == [i for i in NUMBERS.tolist() if i not in {5, 8}]
    assert list(all_rows.scores) == sorted(all_rows.scores, reverse=True)
    assert one.suggestions[0] == f"class {RIGHT[one.rows[0]]}"
    assert len(all_rows.suggestions) == len(all_rows.rows)


def test_too_few_or_too_many_labels_are_not_judged() -> None:
    few = data_of(["a" if i < 9 else "b" if i < 19 else None for i in range(len(RIGHT))])
    assert audit_labels(few, None, progress=Silent()).findings == ()
    one_class = data_of(["a"] * len(RIGHT))
    assert audit_labels(one_class, None, progress=Silent()).findings == ()
    frame = pl.DataFrame({"text": ["x"] * 100_001, "label": ["a", *["b"] * 100_000]})
    many = Dataset.from_frame(frame, Roles("text", "label"), "a.csv")
    found = audit_labels(many, None, progress=Silent())
    assert found.findings == ()
    assert "100,001 rows" in found.not_looked["label.error"]
