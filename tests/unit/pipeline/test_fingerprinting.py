"""A benchmark is fingerprinted once, and looked for by whoever has the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from lissom.errors import CannotWriteError, FingerprintFileError, OverInputError
from lissom.pipeline import AuditOrder, FingerprintOrder, audit, findings_json, fingerprint

if TYPE_CHECKING:
    from pathlib import Path


def texts(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    words = np.array([f"word{one}" for one in range(300)])
    return [" ".join(rng.choice(words, 12)) for _ in range(count)]


def write(path: Path, rows: list[str]) -> Path:
    pl.DataFrame({"text": rows}).write_csv(path)
    return path


def test_rows_of_a_benchmark_are_named_with_its_share(tmp_path: Path) -> None:
    public = texts(50, 1)
    made = fingerprint(
        FingerprintOrder(write(tmp_path / "public.csv", [*public, "hi"]), tmp_path / "p.lfp")
    )
    assert (made.name, made.rows, made.too_short) == ("public.csv", 50, 1)
    mine = write(tmp_path / "mine.csv", [*texts(40, 2), *public[:5]])
    order = AuditOrder(mine, reads_texts=False, against=(made.out,))
    report = audit(order)
    (one,) = [found for found in report.findings if found.kind == "contamination"]
    assert one.rows == (40, 41, 42, 43, 44)
    (share,) = [figure for figure in report.evidence if figure.name == "contamination.share"]
    assert (share.value, share.source) == (0.1, "public.csv")
    assert b"contamination.share" in findings_json(report)


def test_a_stranger_s_file_is_refused_before_the_rows_are_read(tmp_path: Path) -> None:
    bad = tmp_path / "bad.lfp"
    bad.write_bytes(b"PK")
    with pytest.raises(FingerprintFileError, match=r"bad\.lfp"):
        audit(AuditOrder(tmp_path / "not-there.csv", against=(bad,)))


def test_a_benchmark_is_not_written_over(tmp_path: Path) -> None:
    public = write(tmp_path / "public.csv", texts(5, 1))
    before = public.read_bytes()
    with pytest.raises(OverInputError):
        fingerprint(FingerprintOrder(public, public))
    assert public.read_bytes() == before
    with pytest.raises(CannotWriteError):
        fingerprint(FingerprintOrder(public, tmp_path / "no" / "folder.lfp"))
