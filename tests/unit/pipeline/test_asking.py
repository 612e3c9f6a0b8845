"""What to label next, end to end with a tiny encoder, and back into a build."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tiny_labels import make_marked

from lissom.data import near_groups
from lissom.errors import NoLabelsError, NothingToLabelError
from lissom.evidence import Evidence, NotMeasured, find_name
from lissom.learn import Schedule
from lissom.pipeline import Ask, Order, build, next_rows
from lissom.pipeline.recipe import Recipe
from lissom.progress import Silent

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Made

    from lissom.pipeline import Proposed
    from lissom.pipeline.places import Places

CLASSES = ("delivery", "praise", "refund")


@pytest.fixture
def order(tiny_base: Path, made: Made) -> Order:
    """Return an order for the texts without any label."""
    frame = pl.DataFrame({"text": made.texts})
    return Order(frame, base=str(tiny_base), threads=1)


def label(order: Order, labels: list[str | None]) -> Order:
    """Return the order with these labels, one for each row."""
    assert isinstance(order.data, pl.DataFrame)
    column = pl.Series("label", labels, pl.String)
    return replace(order, data=order.data.with_columns(column))


def some(made: Made, count: int) -> list[str | None]:
    """Return labels for the first rows."""
    return [CLASSES[kind] if i < count else None for i, kind in enumerate(made.kinds)]


def fill(path: Path, made: Made) -> None:
    """Do what a person does: fill in every label."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"] = CLASSES[made.kinds[int(row["data_row"])]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def numbers(proposed: Proposed) -> list[int]:
    return [one.row for one in proposed.rows]


def test_without_a_label_rows_of_every_kind_are_asked_about(
    order: Order, tiny_places: Places, made: Made
) -> None:
    proposed = next_rows(Ask(order, 15), places=tiny_places)
    assert len(set(numbers(proposed))) == 15
    assert [one.why for one in proposed.rows].count("examine") == 3
    assert {one.suggestion for one in proposed.rows} == {None}
    assert {one.probability for one in proposed.rows} == {None}
    assert {int(made.kinds[row]) for row in numbers(proposed)} == {0, 1, 2}
    assert [one.text for one in proposed.rows] == [made.texts[row] for row in numbers(proposed)]
    assert (proposed.labels, proposed.classes, proposed.label_column) == (0, 0, "label")
    reasons = {item.reason for item in proposed.evidence if isinstance(item, NotMeasured)}
    assert reasons == {"there are no labels yet"}
    assert proposed.curve is None


def test_the_same_order_asks_for_the_same_rows_and_another_seed_for_others(
    order: Order, tiny_places: Places
) -> None:
    first, again = (numbers(next_rows(Ask(order, 15), places=tiny_places)) for _ in range(2))
    other = numbers(next_rows(Ask(replace(order, seed=1), 15), places=tiny_places))
    assert first == again
    assert first != other


def test_no_row_with_a_label_and_no_near_copy_is_asked_about(
    order: Order, tiny_places: Places, made: Made
) -> None:
    texts = [*made.texts[:40], *[f"{text}!" for text in made.texts[:40]]]
    labels: list[str | None] = [CLASSES[kind] for kind in made.kinds[:10]] + [None] * 70
    data = pl.DataFrame({"text": texts, "label": pl.Series(labels, dtype=pl.String)})
    proposed = next_rows(Ask(replace(order, data=data), 500), places=tiny_places)
    groups = near_groups(texts)
    asked = groups[numbers(proposed)]
    assert len(set(asked.tolist())) == len(asked)
    assert not set(asked.tolist()) & set(groups[:10].tolist())
    assert any("500 rows were wanted; only" in note for note in proposed.notes)
    assert len(asked) == len(set(groups.tolist()) - set(groups[:10].tolist()))


def test_nothing_left_to_label_is_one_sentence(
    order: Order, tiny_places: Places, made: Made
) -> None:
    full = label(order, some(made, len(made.texts)))
    with pytest.raises(NothingToLabelError, match=r"360 have a label in column \"label\""):
        next_rows(Ask(full), places=tiny_places)


def test_one_class_so_far_asks_for_more_and_measures_nothing(
    order: Order, tiny_places: Places
) -> None:
    few = label(order, ["praise"] * 3 + [None] * 357)
    proposed = next_rows(Ask(few, 10), places=tiny_places)
    assert len(proposed.rows) == 10
    taught = [one for one in proposed.rows if one.why == "learn"]
    assert {one.suggestion for one in taught} == {"praise"}
    assert {one.probability for one in taught} == {None}
    assert all('all 3 labels are "praise"' in getattr(i, "reason", "") for i in proposed.evidence)


@pytest.fixture(scope="module")
def informed(tiny_base: Path, tiny_places: Places, made: Made) -> Proposed:
    """Return 100 rows to label next, after 150."""
    data = pl.DataFrame({"text": made.texts, "label": pl.Series(some(made, 150), dtype=pl.String)})
    return next_rows(Ask(Order(data, base=str(tiny_base), threads=1), 100), places=tiny_places)


def test_many_labels_give_suggestions_with_chances(informed: Proposed, made: Made) -> None:
    taught = [one for one in informed.rows if one.why == "learn"]
    examined = [one for one in informed.rows if one.why == "examine"]
    assert (len(taught), len(examined)) == (80, 20)
    assert all(0 < (one.probability or 0) <= 1 for one in taught)
    right = [one.suggestion == CLASSES[made.kinds[one.row]] for one in taught]
    assert np.mean(right) > 0.45  # the hardest rows of three kinds
    # Nobody is led where the answer will be counted.
    assert {(one.suggestion, one.probability) for one in examined} == {(None, None)}


def test_many_labels_give_a_curve(informed: Proposed) -> None:
    now, doubled = informed.evidence
    assert isinstance(now, Evidence)
    assert isinstance(doubled, Evidence)
    assert now.n == 150
    assert now.value > 0.6
    assert (doubled.low or 0) <= now.value <= doubled.value <= (doubled.high or 1)
    assert all(find_name(item.name) is not None for item in informed.evidence)
    assert informed.curve is not None
    assert informed.curve.columns["labels"][-1] == pytest.approx(120, abs=1)


def test_rows_that_come_first_are_in_more_doubt_than_those_that_come_last(
    informed: Proposed,
) -> None:
    chances = [one.probability for one in informed.rows if one.probability is not None]
    assert np.mean(chances[:20]) < np.mean(chances[-20:])


def test_a_row_for_the_examination_is_never_one_that_was_chosen_to_learn_from(
    order: Order, tiny_places: Places, tmp_path: Path, made: Made
) -> None:
    whys: dict[int, str] = {}
    ask = Ask(order, 20, tmp_path / "labels.csv")
    for done in range(3):
        proposed = next_rows(ask, places=tiny_places)
        assert proposed.kept == 20 * done
        assert not set(numbers(proposed)) & set(whys)
        whys |= {one.row: one.why for one in proposed.rows}
        fill(tmp_path / "labels.csv", made)
    assert list(whys.values()).count("examine") == 12
    # The random rows are the first of one fixed order, whatever was chosen in between.
    alone = next_rows(Ask(order, 12, examine_share=1.0), places=tiny_places)
    assert {row for row, why in whys.items() if why == "examine"} == set(numbers(alone))


def test_labels_filled_in_beside_a_table_build_the_model_that_labels_in_it_build(
    order: Order, tiny_places: Places, tmp_path: Path, made: Made
) -> None:
    sheet = tmp_path / "labels.csv"
    next_rows(Ask(order, 60, sheet), places=tiny_places)
    with pytest.raises(NoLabelsError):
        build(replace(order, labels=sheet, out=tmp_path / "none"), places=tiny_places)
    fill(sheet, made)
    # One candidate is enough to compare by.
    plain = Recipe(schedule=Schedule(candidates=("frozen",)))
    order = replace(order, recipe=plain)
    beside = build(replace(order, labels=sheet, out=tmp_path / "beside"), places=tiny_places)
    assert f"lissom build DATA --labels {sheet}" in beside.story.verdict.next_step
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = {int(row["data_row"]): row for row in csv.DictReader(file)}
    inside = label(order, [rows[i]["label"] if i in rows else None for i in range(360)])
    built = build(replace(inside, out=tmp_path / "inside"), places=tiny_places)
    for name in ("model.onnx", "lexical.safetensors", "answer.json"):
        one, two = (story.bundle / name for story in (beside, built))
        assert one.read_bytes() == two.read_bytes(), name
    # What differs is the examination: rows that were chosen because they are hard do not count.
    figures = [
        {item.name: item for item in story.story.evidence if isinstance(item, Evidence)}
        for story in (beside, built)
    ]
    examine = sum(row["why"] == "examine" for row in rows.values())
    assert [found["task.accuracy"].n for found in figures] == [examine, 60]
    assert [found["data.labelled_rows"].value for found in figures] == [60, 60]
    assert "without those that were chosen" in figures[0]["task.accuracy"].source


def test_a_row_that_nobody_could_label_is_not_asked_about_again(
    order: Order, tiny_places: Places, tmp_path: Path
) -> None:
    sheet = tmp_path / "labels.csv"
    first = next_rows(Ask(order, 5, sheet), places=tiny_places)
    text = sheet.read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    at = lines[0].split(",").index("label")
    for i in range(1, len(lines)):
        cells = lines[i].split(",")
        cells[at] = "?"
        lines[i] = ",".join(cells)
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    second = next_rows(Ask(order, 5, sheet), places=tiny_places)
    assert not set(numbers(first)) & set(numbers(second))
    assert (second.labels, second.kept) == (0, 5)


class Hears(Silent):
    """Remembers which stages told how far they were."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.counted: set[str] = set()

    def stage(self, name: str, detail: str = "") -> None:  # noqa: ARG002 - Progress has it
        self.stages.append(name)

    def step(self, done: int, total: int) -> None:  # noqa: ARG002 - likewise
        self.counted.add(self.stages[-1])


def test_texts_that_were_read_are_not_read_again(order: Order, tiny_places: Places) -> None:
    hears = Hears()
    next_rows(Ask(order, 5), places=tiny_places)
    next_rows(Ask(order, 5), progress=hears, places=tiny_places)
    assert hears.counted == set()
    assert hears.stages == ["read", "encoder", "read texts", "choose"]


def test_rows_with_several_labels_go_the_same_round(
    tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    marked = make_marked(150, seed=3)
    cells = [cell or None if i < 60 else None for i, cell in enumerate(marked.cells)]
    data = pl.DataFrame({"text": marked.texts, "label": pl.Series(cells, dtype=pl.String)})
    order = Order(data, base=str(tiny_base), threads=1, task="labels", out=tmp_path / "model")
    sheet = tmp_path / "labels.csv"
    next_rows(Ask(order, 20, sheet), places=tiny_places)
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"] = "|".join(marked.sets[int(row["data_row"])]) or "-"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    built = build(replace(order, labels=sheet), places=tiny_places)
    figures = {i.name: i for i in built.story.evidence if isinstance(i, Evidence)}
    given = sum(cell is not None for cell in cells)
    assert figures["data.labelled_rows"].value == given + 20
    assert figures["task.subset_accuracy"].n == given + 4
