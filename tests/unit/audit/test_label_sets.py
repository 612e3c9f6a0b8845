"""The audit of rows that have any number of labels: planted faults and a clean control."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from lissom.audit import Auditing, audit
from lissom.data import Dataset, Roles
from lissom.progress import Silent
from lissom.tasks import TextClassification, TextLabels

if TYPE_CHECKING:
    from lissom.evidence import Finding

WORDS = ("lamp", "cup", "rug", "fork", "vase", "desk", "sofa", "tray", "bowl", "mug", "bed", "jar")


def look(cells: list[str | None], task: TextLabels | TextClassification) -> dict[str, Finding]:
    texts = [
        f"{WORDS[i % 12]} {WORDS[i // 12 % 12]} {chr(97 + i % 26)}{i} {WORDS[-i % 12]} {i * 7919}"
        for i in range(len(cells))
    ]
    frame = pl.DataFrame({"text": texts, "labels": pl.Series(cells, dtype=pl.String)})
    data = Dataset.from_frame(frame, Roles("text", "labels"), "made.csv")
    audited = audit(data, progress=Silent(), how=Auditing(names_in=task.names_in))
    return {finding.kind: finding for finding in audited.findings}


def test_a_rare_label_is_found_inside_its_lists_and_its_slip_named() -> None:
    cells: list[str | None] = ["late|refund", "late", "refund|rude", "rude"] * 6
    cells[3] = "rude|refnud"
    found = look(cells, TextLabels())["label.rare"]
    assert found.rows == (3,)
    assert found.scores == (1.0,)
    assert 'is it "refund"?' in found.title


def test_combinations_that_are_rare_are_no_finding() -> None:
    cells: list[str | None] = ["a|b", "b|c", "a|c", "a", "b", "c", "a|b|c", "-"] * 3
    found = look(cells, TextLabels())
    assert "label.rare" not in found
    assert "label.imbalance" not in found
    # The same cells, taken for one label each, are rare.
    assert look(cells, TextClassification())["label.rare"].count == 24


def test_a_label_that_nearly_all_rows_have_is_found() -> None:
    cells: list[str | None] = ["a|b", "a|c", "a", "a|b|c", "a"] * 6
    found = look(cells, TextLabels())["label.imbalance"]
    assert found.count == 30
    assert '"a"' in found.title


def test_one_hundred_to_one_is_found_and_fifty_to_one_is_not() -> None:
    def uneven(most: int) -> list[str | None]:
        return ["a|b"] * 5 + ["b"] * (most - 5) + ["c", "-"] * most

    assert "label.imbalance" not in look(uneven(250), TextLabels())
    assert "label.imbalance" in look(uneven(500), TextLabels())
