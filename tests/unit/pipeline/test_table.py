"""The rows that may be asked about, in an order that chance decided once."""

from __future__ import annotations

import polars as pl

from lissom.data import Dataset, Filled, Roles
from lissom.learn import UNKNOWN, Learning
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.table import Table, chance_order, set_table

WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "haven")


def text(number: int) -> str:
    """Write a text that shares few words with any other."""
    return " ".join(f"{word}{number * 7 + at}" for at, word in enumerate(WORDS))


def made(
    labels: list[str | None],
    *,
    texts: list[str] | None = None,
    chosen: tuple[int, ...] = (),
    undecided: tuple[int, ...] = (),
    learn: Learning | None = None,
) -> Table:
    columns = {"text": texts or [text(i) for i in range(len(labels))], "label": labels}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    data = Dataset.from_frame(frame, Roles("text", "label"), "made.csv")
    recipe = Recipe(learn=learn or Learning())
    return set_table(Filled(data, frozenset(chosen), frozenset(undecided), ()), 0, recipe)


def test_classes_are_those_that_have_a_label() -> None:
    table = made(["b", None, "a", "b"])
    assert table.classes == ("a", "b")
    assert table.targets.tolist() == [1, UNKNOWN, 0, 1]
    assert table.is_open.tolist() == [False, True, False, False]
    assert table.is_fair.tolist() == [True, False, True, True]


def test_no_label_at_all_is_no_class() -> None:
    table = made([None, None])
    assert table.classes == ()
    assert len(table.labelled) == 0
    assert table.is_open.all()


def test_a_blank_text_is_no_row_even_with_a_label() -> None:
    table = made(["a", None, None], texts=["  ", "", "something"])
    assert table.texts == ["something"]
    assert table.numbers.tolist() == [2]
    assert table.classes == ()


def test_rows_chosen_to_be_learned_from_are_no_fair_sample() -> None:
    table = made(["a", "b", "a", None], chosen=(1,))
    assert table.is_fair.tolist() == [True, False, True, False]


def test_a_row_that_nobody_could_label_is_not_open() -> None:
    table = made([None, None, None], undecided=(2,))
    assert table.is_open.tolist() == [True, True, False]


def test_near_copies_share_a_group() -> None:
    table = made([None] * 3, texts=[text(1), text(2), text(1) + "!"])
    assert table.groups[0] == table.groups[2] != table.groups[1]


def test_too_many_rows_are_cut_by_chance_never_the_labelled_ones_and_it_is_said() -> None:
    labels: list[str | None] = [None] * 40
    labels[3] = labels[30] = "a"
    table = made(labels, learn=Learning(max_pool=10))
    assert len(table.texts) == 12
    assert {3, 30} <= set(table.numbers.tolist())
    assert table.numbers.tolist() != list(range(12))
    (note,) = table.notes
    assert note.startswith("28 unlabelled rows were not looked at")


def test_the_order_stays_when_labels_and_rows_are_added() -> None:
    before = made([None] * 30)
    after = made([None, "a", None] * 10 + ["b"] * 10)
    first = before.numbers[before.ranks.argsort()].tolist()
    later = [n for n in after.numbers[after.ranks.argsort()].tolist() if n < 30]
    assert first == later
    assert sorted(before.ranks.tolist()) == list(range(30))


def test_another_seed_gives_another_order() -> None:
    keys = [text(i) for i in range(20)]
    assert chance_order(keys, 0).tolist() != chance_order(keys, 1).tolist()
    assert chance_order(keys, 0).tolist() == chance_order(keys, 0).tolist()
