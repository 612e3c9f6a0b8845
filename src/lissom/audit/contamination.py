"""Rows that are rows of a public benchmark, whole or nearly, by its fingerprint alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.hashed import RUNS, hash_runs, hash_words
from lissom.audit.seen import Seen, plain
from lissom.evidence import Evidence, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lissom.audit.fingerprints import Fingerprint
    from lissom.audit.hashed import Hashes, Words
    from lissom.data import Dataset
    from lissom.evidence import Measured
    from lissom.progress import Progress

LEAST_SHARE = 0.5
"""Of the runs of a benchmark's row, how many one row must have."""

LEAST_BITS = 40.0
"""How rare what they share must be: a run in one of 1,000 texts counts 10 bits. Without this,
people who ask alike ("how do i change my") were named in every tenth row of BANKING77 beside
clinc150, which share nothing."""

_LEAST_TEXTS = 1024
"""Of fewer texts, what is rare cannot be told; they count as so many."""

MOST_ALIKE = 100
"""Rows of a benchmark that one run is followed to; more of them have nothing of their own."""

NAME = "contamination.share"
_HIGH_SHARE = 0.01
_STEP_ROWS = 8192
_STEP_RUNS = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What rows and a benchmark have in common.

    Args:
        share: (rows,) of the runs of the benchmark's row that is most alike, the part that the row
            has; 1 where the whole text is the same, 0 below `LEAST_SHARE`.
        is_same: (rows,) the whole text is the same.
        present: rows of the benchmark that are here, whole or nearly.
        of: rows of the benchmark that were looked for.
    """

    share: NDArray[np.float64]
    is_same: NDArray[np.bool_]
    present: int
    of: int


class _Index:
    """A fingerprint, turned round: from a run to the rows that it gives away.

    Of a row with k runs, whoever has a share s of them has at least one of any k - ceil(s k) + 1.
    So only the rarest so many of each are looked up, and nothing is missed but where more than 100
    rows have their rarest runs in common.

    Source: prefix filtering, Chaudhuri, Ganti, Kaushik (2006), ICDE; Bayardo, Ma, Srikant (2007),
    WWW.
    """

    def __init__(self, taken: Fingerprint) -> None:
        self.texts, first, self.weight = np.unique(
            taken.texts, return_index=True, return_counts=True
        )
        # Of equal texts one stands for all.
        self.counts = taken.counts[first]
        rows, at = _expand(self.counts, taken.starts[:-1][first])
        self._starts = np.cumsum(self.counts) - self.counts
        self.runs, self._run_of, self.often = np.unique(
            taken.runs[at], return_inverse=True, return_counts=True
        )
        order = np.lexsort((self._run_of, self.often[self._run_of], rows))
        place = np.arange(len(rows)) - self._starts[rows]
        needed = np.ceil(LEAST_SHARE * self.counts - 1e-9).astype(np.int64)
        kept = place < (self.counts - needed + 1)[rows[order]]
        keys, rows = self._run_of[order][kept], rows[order][kept]
        order = np.lexsort((rows, keys))
        self._keys, self._rows = keys[order], rows[order]

    def find(self, runs: Hashes) -> NDArray[np.int64]:
        """Return (runs,) the number of each run here, -1 for one that no row has."""
        if not len(self.runs):
            return np.full(len(runs), -1)
        place = np.minimum(np.searchsorted(self.runs, runs), len(self.runs) - 1)
        return np.where(self.runs[place] == runs, place, -1)

    def follow(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (place among numbers, row of the benchmark) for all that a run may give away."""
        low = np.searchsorted(self._keys, numbers, "left")
        high = np.searchsorted(self._keys, numbers, "right")
        places, at = _expand(np.minimum(high - low, MOST_ALIKE), low)
        return places, self._rows[at]

    def compare(
        self, had: NDArray[np.int64], pairs: NDArray[np.int64], bits: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return, for pairs of a text and a row, the share of its runs and how rare these are.

        Args:
            had: text times runs here plus number of a run, for all that the texts have; sorted.
            pairs: (pairs, 2) numbers of texts and rows of the benchmark.
            bits: (runs,) how rare each is.
        """
        texts, rows = pairs.T
        which, at = _expand(self.counts[rows], self._starts[rows])
        wanted = self._run_of[at]
        key = texts[which] * len(self.runs) + wanted
        is_had = had[np.minimum(np.searchsorted(had, key), len(had) - 1)] == key
        share = np.bincount(which, is_had, minlength=len(rows)) / self.counts[rows]
        rare = np.bincount(which, is_had * bits[wanted], minlength=len(rows))
        return share, rare.astype(np.float64)


def _expand(
    counts: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (which, place) for stretches of `counts` places from `starts` on."""
    which = np.repeat(np.arange(len(counts)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return which, starts[which] + np.arange(len(which)) - before


def look_for(data: Dataset, taken: Fingerprint, progress: Progress) -> Found:
    """Look for the rows of a benchmark among rows.

    The rows are read twice: what is rare is known only when all were read.

    Args:
        data: the rows.
        taken: the benchmark's fingerprint.
        progress: told how far it is.
    """
    search = _Search(data, taken)
    return search.run(progress)


class _Search:
    """One benchmark, one data set, two passes."""

    def __init__(self, data: Dataset, taken: Fingerprint) -> None:
        self._data, self._of = data, len(taken.texts)
        self._index = _Index(taken)
        self._sizes = [run for run in RUNS if (taken.lengths == run).any()]
        self._known: dict[bytes, int] = {}
        self._share = np.zeros(len(data))
        self._is_present = np.zeros(len(self._index.texts), np.bool_)

    def run(self, progress: Progress) -> Found:
        """Read all rows, and those again that may be near copies."""
        total = len(self._data)
        is_same, is_worth = np.zeros(total, np.bool_), np.zeros(total, np.bool_)
        seen = np.zeros(len(self._index.runs), np.int64)
        flat = np.ones(len(self._index.runs))
        for start in range(0, total if self._of else 0, _STEP_ROWS):
            progress.step(start, total)
            part = np.arange(start, min(start + _STEP_ROWS, total))
            words, had = self._read(part)
            seen += np.bincount(had % len(seen), minlength=len(seen)) if len(seen) else 0
            is_same[part] = self._find_same(words)
            for texts, _, _ in self._near(had, flat, 0.0):
                is_worth[part[texts]] = True
        among = max(total + self._of, _LEAST_TEXTS)
        bits = np.log2(among / np.maximum(np.maximum(seen, 1) + self._index.often - 1, 1))
        worth = np.flatnonzero(is_worth & ~is_same)
        for start in range(0, len(worth), _STEP_ROWS):
            part = worth[start : start + _STEP_ROWS]
            _, had = self._read(part)
            for texts, rows, shares in self._near(had, np.maximum(bits, 0), LEAST_BITS):
                np.maximum.at(self._share, part[texts], shares)
                self._is_present[rows] = True
        progress.step(total, total)
        self._share[is_same] = 1.0
        present = int(self._index.weight[self._is_present].sum())
        return Found(self._share, is_same, present, self._of)

    def _read(self, at: NDArray[np.int64]) -> tuple[Words, NDArray[np.int64]]:
        """Return the words of rows, and which runs of the benchmark each has, sorted."""
        words = hash_words(self._data.texts_at(at.tolist()), self._known)
        had = [np.zeros(0, np.int64)]
        for size in self._sizes:
            runs, texts = hash_runs(words, size)
            numbers = self._index.find(runs)
            is_here = numbers >= 0
            had.append(texts[is_here] * len(self._index.runs) + numbers[is_here])
        return words, np.unique(np.concatenate(had))

    def _find_same(self, words: Words) -> NDArray[np.bool_]:
        known = self._index.texts
        place = np.minimum(np.searchsorted(known, words.texts), len(known) - 1)
        is_same: NDArray[np.bool_] = known[place] == words.texts
        self._is_present[place[is_same]] = True
        return is_same

    def _near(
        self, had: NDArray[np.int64], bits: NDArray[np.float64], least: float
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
        """Yield (texts, rows, shares) of pairs that have enough in common, some at a time."""
        if not len(had):
            return
        texts, numbers = np.divmod(had, len(bits))
        places, rows = self._index.follow(numbers)
        count = len(self._index.counts)
        pairs = np.column_stack(np.divmod(np.unique(texts[places] * count + rows), count))
        # No more than so many runs are laid side by side at a time, however a benchmark is made.
        ends = np.cumsum(self._index.counts[pairs[:, 1]]) // _STEP_RUNS
        for block in np.split(pairs, np.flatnonzero(np.diff(ends)) + 1):
            shares, rare = self._index.compare(had, block, bits)
            near = (shares >= LEAST_SHARE) & (rare >= least)
            yield block[near, 0], block[near, 1], shares[near]


def find_contamination(
    data: Dataset, taken: Fingerprint, progress: Progress
) -> tuple[Iterator[Seen], Measured]:
    """See rows that a benchmark has, and say how much of the benchmark is here.

    Args:
        data: the rows.
        taken: the benchmark's fingerprint.
        progress: told how far it is.
    """
    found = look_for(data, taken, progress)
    if not found.of:
        why = f"{taken.name} has no text of four words or more to look for"
        return iter(()), NotMeasured(NAME, why)
    part = found.present / found.of
    share = Evidence(
        NAME,
        part,
        None,
        None,
        found.of,
        "share",
        f"whole texts, or {LEAST_SHARE:.0%} of the runs of words of one",
        taken.name,
    )
    return _see(found, taken.name, part), share


def _see(found: Found, name: str, part: float) -> Iterator[Seen]:
    at = np.flatnonzero(found.share > 0)
    if not len(at):
        return
    same = int(found.is_same.sum())
    yield Seen(
        "contamination",
        "high" if part >= _HIGH_SHARE else "medium",
        f'{{count}} {{are}} in the benchmark "{plain(name)}" too: {same:,} the same, '
        f"{len(at) - same:,} almost. Of the {found.of:,} texts of the benchmark that were looked "
        f"for, {found.present:,} ({part:.1%}) are here.",
        at.astype(np.int64),
        found.share[at],
        "Do not report a figure on this benchmark for what learns from these rows, or remove them "
        "first.",
    )
