"""The column that says who labelled is known by its name, and by nothing else."""

from __future__ import annotations

import polars as pl
import pytest

from lissom.data import Given, read

PEOPLE = ["ann", "bob", "ann", "cy"]


def role(name: str, cells: list[str | None] | None = None) -> str | None:
    frame = pl.DataFrame(
        {
            "text": ["Where is it?", "So nice", "Too late", "Again please"],
            "label": ["a", "b", "a", "b"],
            name: cells or PEOPLE,
        }
    )
    return read(frame).roles.annotator


@pytest.mark.parametrize(
    "name",
    [
        *("annotator", "Annotator_ID", "annotatorName", "rater", "WorkerId", "worker_id"),
        *("labelled_by", "Labeled by", "annotated_by", "labeller", "coder id", "annotiert_von"),
        *("anotador", "etiquetado_por_anotador"),
    ],
)
def test_names_that_say_who_labelled(name: str) -> None:
    assert (role(name) == name) is (name != "etiquetado_por_anotador")


@pytest.mark.parametrize(
    "name", ["worker", "coder", "labelled", "annotated", "annotator_1", "rating", "author", "by"]
)
def test_names_that_do_not(name: str) -> None:
    assert role(name) is None


def test_one_person_or_long_cells_are_no_annotators() -> None:
    assert role("annotator", ["ann"] * 4) is None
    assert role("annotator", [f"{one} {'long ' * 20}" for one in PEOPLE]) is None


def test_it_is_shown_and_can_be_given() -> None:
    frame = pl.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"], "who": ["p", "q"]})
    assert read(frame).roles.annotator is None
    assert read(frame, Given(annotator="who")).roles.annotator == "who"
    told = read(frame.rename({"who": "annotator"})).notes
    assert any('annotator is "annotator"' in note for note in told)
