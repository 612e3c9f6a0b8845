"""Which rows are learned from, which are kept apart, and what is said about it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lissom.data import Dataset, Roles
from lissom.errors import NoLabelsError, TooFewClassesError
from lissom.learn import MOST_APART, UNKNOWN, Learning, Shaping
from lissom.pipeline.order import Order
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.rows import Inputs, Rows, prepare

_WORDS = [
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "inlet",
    "jetty",
    "knoll",
    "ledge",
    "marsh",
    "north",
    "oasis",
    "plain",
    "quarry",
    "ridge",
    "shore",
    "tundra",
]


def _text(number: int) -> str:
    """Write a text that shares few words with any other, so that none are near-copies."""
    rng = np.random.default_rng(number)
    return " ".join(f"{word}{rng.integers(0, 1000)}" for word in rng.choice(_WORDS, 8))


def _prepare(  # noqa: PLR0913 - every part of an order that decides, all with a default
    labels: list[str | None],
    *,
    texts: list[str] | None = None,
    groups: list[str | None] | None = None,
    more: tuple[str, ...] = (),
    keep_rare: bool = False,
    learn: Learning | None = None,
    shapes: Shaping | None = None,
    seed: int = 0,
) -> Rows:
    columns = {
        "text": texts or [_text(i) for i in range(len(labels))],
        "label": labels,
        "group": groups or [None] * len(labels),
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    data = Dataset.from_frame(frame, Roles("text", "label", group="group"), "made.csv")
    recipe = Recipe(learn=learn or Learning(), shapes=shapes or Shaping())
    order = Order("made.csv", seed=seed, keep_rare_labels=keep_rare, recipe=recipe)
    return prepare(Inputs(data, None, more, (), 0), order)


def test_classes_are_numbered_in_alphabetical_order() -> None:
    rows = _prepare(["b", "a", None, "b", "a"])
    assert rows.classes == ("a", "b")
    assert rows.targets.tolist() == [1, 0, UNKNOWN, 1, 0]
    assert rows.lines.tolist() == [0, 1, 2, 3, 4]


def test_a_label_on_one_row_only_is_set_apart_and_named() -> None:
    rows = _prepare(["a", "a", "b", "b", "oddity"])
    assert rows.classes == ("a", "b")
    assert rows.targets.tolist() == [0, 0, 1, 1, UNKNOWN]
    (note,) = rows.notes
    assert '"oddity"' in note
    assert "--keep-rare-labels" in note


def test_rare_labels_are_kept_when_asked_for() -> None:
    rows = _prepare(["a", "a", "b", "b", "oddity"], keep_rare=True)
    assert rows.classes == ("a", "b", "oddity")
    assert not rows.notes


def test_rare_labels_are_kept_when_too_few_classes_would_be_left() -> None:
    assert _prepare(["a", "a", "b", "c"]).classes == ("a", "b", "c")


def test_many_rare_labels_are_counted() -> None:
    rows = _prepare(["a", "a", "b", "b", *(f"odd {i}" for i in range(9))])
    assert "and 4 more" in rows.notes[0]


def test_blank_texts_are_not_learned_from() -> None:
    texts = [_text(0), " ", _text(2), "", _text(4)]
    rows = _prepare(["a", "a", "a", "b", "b"], texts=texts, more=("\t", _text(6)), keep_rare=True)
    assert rows.texts == [texts[0], texts[2], texts[4], _text(6)]
    assert rows.lines.tolist() == [0, 2, 4, -1]


def test_the_pool_is_drawn_by_the_seed_and_what_was_left_out_is_said() -> None:
    labels: list[str | None] = ["a", "b"] * 5 + [None] * 60
    learn = Learning(max_pool=20)
    rows = _prepare(labels, learn=learn, more=tuple(_text(100 + i) for i in range(20)))
    assert (rows.targets == UNKNOWN).sum() == 20
    assert (rows.targets != UNKNOWN).sum() == 10
    assert "60 unlabelled rows were left out" in rows.notes[0]
    same = _prepare(labels, learn=learn, more=tuple(_text(100 + i) for i in range(20)))
    assert same.fingerprint == rows.fingerprint
    other = _prepare(labels, learn=learn, more=tuple(_text(100 + i) for i in range(20)), seed=1)
    assert other.texts != rows.texts


def test_of_long_texts_fewer_are_read_and_that_is_said() -> None:
    labels: list[str | None] = ["a", "b"] * 5 + [None] * 60
    rows = _prepare(labels, shapes=Shaping(max_characters=10 * len(_text(0))))
    read = int((rows.targets == UNKNOWN).sum())
    assert 8 <= read <= 12
    assert (rows.targets != UNKNOWN).sum() == 10
    assert f"{60 - read} unlabelled rows were left out: the texts are long" in rows.notes[0]
    assert "--time" in rows.notes[0]


def test_texts_that_fit_are_all_read_in_their_order() -> None:
    labels: list[str | None] = ["a", "b"] * 5 + [None] * 60
    rows = _prepare(labels)
    assert rows.lines.tolist() == list(range(70))
    assert not rows.notes


@pytest.mark.parametrize("seed", range(5))
def test_rows_kept_apart_share_no_group_with_any_other_row(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = [str(rng.choice(["a", "b"])) if rng.random() < 0.3 else None for _ in range(200)]
    groups: list[str | None] = [str(rng.integers(0, 60)) for _ in range(200)]
    rows = _prepare(labels, groups=groups, learn=Learning(certify_share=0.3), seed=seed)
    apart, others = rows.groups[rows.is_kept_apart], rows.groups[~rows.is_kept_apart]
    assert len(apart)
    assert not set(apart) & set(others)
    assert (rows.targets[rows.is_kept_apart] == UNKNOWN).all()
    free = (rows.targets == UNKNOWN) & ~np.isin(rows.groups, rows.groups[rows.targets != UNKNOWN])
    assert len(apart) <= 0.3 * free.sum() + 1


def test_a_near_copy_of_a_labelled_row_is_never_kept_apart() -> None:
    copies = [_text(i) for i in range(10)]
    texts = copies + [f"{text} !" for text in copies]
    rows = _prepare(["a", "b"] * 5 + [None] * 10, texts=texts, learn=Learning(certify_share=0.9))
    assert not rows.is_kept_apart.any()


def test_no_more_rows_are_kept_apart_than_are_of_use() -> None:
    labels: list[str | None] = ["a", "b"] * 5 + [None] * 1500
    rows = _prepare(labels, learn=Learning(certify_share=0.9))
    assert rows.is_kept_apart.sum() == MOST_APART


def test_nothing_is_kept_apart_when_every_row_has_a_label() -> None:
    assert not _prepare(["a", "b"] * 20).is_kept_apart.any()


def test_no_label_and_one_label_are_refused() -> None:
    with pytest.raises(NoLabelsError, match=r"made\.csv"):
        _prepare([None, None])
    with pytest.raises(TooFewClassesError):
        _prepare(["a", "a", None])


def test_the_fingerprint_hears_every_thing_that_decides() -> None:
    labels: list[str | None] = ["a", "b", "a", "b"]
    texts = [_text(i) for i in range(4)]
    plain = _prepare(labels, texts=texts).fingerprint
    assert plain == _prepare(labels, texts=texts).fingerprint
    assert plain != _prepare(["b", "a", "a", "b"], texts=texts).fingerprint
    assert plain != _prepare(["a", "c", "a", "c"], texts=texts).fingerprint
    assert plain != _prepare(labels, texts=[*texts[:3], "other words"]).fingerprint
    assert plain != _prepare(labels, texts=texts, groups=["x", "x", None, None]).fingerprint
