"""Laws of fingerprints and of exact tests over layers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lissom.audit.fingerprints import read_fingerprint, take_fingerprint, write_fingerprint
from lissom.audit.strata import tails, usual
from lissom.errors import FingerprintFileError

TEXTS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=80), max_size=12)
WORDS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "\u6c34\u6728", "d-e"]), max_size=40).map(" ".join),
    max_size=12,
)


def write_and_read(raw: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "b.lfp"
        path.write_bytes(raw)
        return write_fingerprint(read_fingerprint(path))


@given(st.one_of(TEXTS, WORDS), st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_whatever_was_written_is_read_back(texts: list[str], name: str) -> None:
    raw = write_fingerprint(take_fingerprint(texts, name))
    assert write_and_read(raw) == raw


RAW = write_fingerprint(take_fingerprint(["one two three four five six seven eight nine"] * 3, "b"))


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_is_refused_or_changes_only_the_header(at: int, by: int) -> None:
    changed = RAW[:at] + bytes([RAW[at] ^ by]) + RAW[at + 1 :]
    head, same = RAW.split(b"\n", 1)[0], RAW.split(b"\n", 1)[1]
    if at > len(head):
        with pytest.raises(FingerprintFileError):
            write_and_read(changed)
        return
    try:
        assert write_and_read(changed).endswith(same)
    except FingerprintFileError:
        return


@st.composite
def layers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    own = [draw(st.integers(0, n)) for n in rows]
    marked = [draw(st.integers(0, n)) for n in rows]
    return np.array(own), np.array(rows), np.array(marked)


@given(layers())
@settings(max_examples=80, deadline=None)
def test_chances_of_all_counts_are_one_and_their_mean_is_the_usual(
    layer: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    most = int(layer[0].sum())
    few = [tails(hits, *layer)[0] for hits in range(-1, most + 1)]
    chances = np.diff(few)
    assert few[0] == 0.0
    assert few[-1] == pytest.approx(1.0)
    assert (chances >= -1e-12).all()
    assert (chances * np.arange(most + 1)).sum() == pytest.approx(usual(*layer))
    for hits in range(most + 1):
        below, above = tails(hits, *layer)
        assert below + above == pytest.approx(1 + chances[hits])
