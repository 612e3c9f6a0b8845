"""What a new bundle does otherwise than the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lissom.evidence import Evidence, NotMeasured
from lissom.evidence.written import write_evidence
from lissom.pipeline.changes import what_changed

if TYPE_CHECKING:
    from pathlib import Path


def _accuracy(value: float, low: float, high: float) -> Evidence:
    return Evidence("task.accuracy", value, low, high, 100, "share", "Wilson", "made.csv")


def _write(folder: Path, *items: Evidence | NotMeasured) -> None:
    (folder / "evidence.json").write_bytes(write_evidence(items))


def test_a_figure_that_differs_is_told_with_both_values(tmp_path: Path) -> None:
    _write(tmp_path, _accuracy(0.8, 0.7, 0.85))
    (said,) = what_changed(tmp_path, [_accuracy(0.95, 0.9, 0.99)])
    assert said == "accuracy: 80.0% before, 95.0% now"


def test_overlapping_intervals_may_be_chance(tmp_path: Path) -> None:
    _write(tmp_path, _accuracy(0.8, 0.7, 0.9))
    (said,) = what_changed(tmp_path, [_accuracy(0.85, 0.75, 0.95)])
    assert "may be chance" in said


def test_the_same_figure_is_not_told(tmp_path: Path) -> None:
    _write(tmp_path, _accuracy(0.8, 0.7, 0.9))
    assert what_changed(tmp_path, [_accuracy(0.8, 0.7, 0.9)]) == ()


def test_what_was_not_measured_is_not_compared(tmp_path: Path) -> None:
    _write(tmp_path, NotMeasured("task.accuracy", "no rows"))
    assert what_changed(tmp_path, [_accuracy(0.8, 0.7, 0.9)]) == ()
    _write(tmp_path, _accuracy(0.8, 0.7, 0.9))
    assert what_changed(tmp_path, [NotMeasured("task.accuracy", "no rows")]) == ()


@pytest.mark.parametrize("raw", [None, b"", b"{}", b"\xff"])
def test_without_a_sound_old_bundle_nothing_is_told(tmp_path: Path, raw: bytes | None) -> None:
    if raw is not None:
        (tmp_path / "evidence.json").write_bytes(raw)
    assert what_changed(tmp_path, [_accuracy(0.8, 0.7, 0.9)]) == ()


def test_counts_and_sizes_are_told_in_their_own_way(tmp_path: Path) -> None:
    def count(name: str, value: float, unit: str) -> Evidence:
        return Evidence(name, value, None, None, 1, unit, "counted", "made.csv")

    _write(tmp_path, count("data.labelled_rows", 1200, "rows"), count("size.bundle_mib", 9, "MiB"))
    told = what_changed(
        tmp_path, [count("data.labelled_rows", 1500, "rows"), count("size.bundle_mib", 9.5, "MiB")]
    )
    assert told == ("labelled rows: 1,200 before, 1,500 now", "size in MiB: 9 before, 9.5 now")
