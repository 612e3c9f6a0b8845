"""Looks at the log, now and then, and says what has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.operate.watching import monitors
from lissom.operate.watching.answers import find_by_number
from lissom.operate.watching.describing import (
    ACCEPT_PART,
    STATUS_PART,
    Facts,
    Promise,
    Story,
    View,
    describe,
    describe_start,
    measure_counts,
)
from lissom.operate.watching.odds import Meter, stake, start_meter
from lissom.operate.watching.states import FORM, Kept, pack, read_tables, unpack
from lissom.operate.watching.status import add_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lissom.operate.watching.log import Log
    from lissom.operate.watching.monitors import Watched
    from lissom.operate.watching.rows import Rows
    from lissom.operate.watching.status import VersionStatus

METERS = ("slow", "errors", "accuracy")
LATEST = 1000
"""Answers that the estimates are made from."""

_MOST_ROWS = 20_000
_MOST_LABELS = 10_000
_LATEST_LABELS = 500
"""Labels that say how it is now; older ones say how it was."""

_WEEK_MS, _MONTH_MS = 7 * 86_400_000, 30 * 86_400_000
_CHANGE_PART, _KEPT_PART, _FIRST_PART = "change", "kept", "first"

_FRESH_LABELS = (
    "select id, label = given from labels "
    "where version = ? and by_lot and given is not null and id > ? order by id limit ?"
)
_LABELLED = (
    "select chance, label = given from labels "
    "where version = ? and by_lot and given is not null order by id desc limit ?"
)


@dataclass(slots=True)
class Counts:
    """What happened since the last look; counted by the one thread that answers."""

    answers: int = 0
    slow: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """What is kept of one version between looks."""

    kept: Kept
    watched: Watched
    meters: dict[str, Meter]
    reference: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to.

    Args:
        status: what is to be shown.
        raised: monitors whose alarm was raised just now.
    """

    status: VersionStatus
    raised: tuple[str, ...] = ()


@dataclass(slots=True)
class Watcher:
    """Looks at the versions in a log.

    Nothing is kept in memory between looks but what was counted since: a killed server loses that
    and nothing else.

    Args:
        log: to look at; states are kept in it too.
        promise: how often an alarm may be false.
        rng: for lots and ties.
    """

    log: Log
    promise: Promise
    rng: np.random.Generator
    counts: dict[int, Counts] = field(default_factory=dict)

    def look(self, version: int, now_ms: int) -> Looked:
        """Look at what came since the last look.

        Args:
            version: number of the version in the log.
            now_ms: the time, in milliseconds since 1970.

        Raises:
            LogError: the log cannot be read or written; the look did not take place.
        """
        counts = self.counts.pop(version, Counts())
        state = self._load(version)
        raised: tuple[str, ...] = ()
        if state is None:
            state = self._begin(version, now_ms)
        else:
            state, raised = self._look(version, state, counts, now_ms)
        view = View(version, now_ms, self._began(version), self._facts(version), self.promise)
        if state is None:
            status = describe_start(self.log, view)
        else:
            status = describe(
                self.log, view, state.kept, state.watched, self._story(version, state)
            )
        counted = measure_counts(counts.answers, counts.slow, counts.failed, self.promise)
        status = add_figures(status, counted)
        self.log.save_state(version, STATUS_PART, msgspec.json.encode(status))
        return Looked(status, raised)

    def _load(self, version: int) -> _State | None:
        raw, change = (self.log.load_state(version, part) for part in (_KEPT_PART, _CHANGE_PART))
        if raw is None or change is None:
            return None
        kept = msgspec.json.decode(raw, type=Kept)
        if kept.form != FORM or self._began(version) > kept.began:
            return None
        tables = read_tables(change)
        bag = self.log.rows_by_number(version, tables["bag"].astype(np.int64))
        watched, meters = unpack(change, kept, bag)
        return _State(kept, watched, meters, tables["reference"].astype(np.int64))

    def _begin(self, version: int, now_ms: int) -> _State | None:
        """Take a reference, when there are rows enough for one."""
        began = self._began(version)
        rows = self.log.rows(version, began, monitors.REFERENCE_ROWS)
        if len(rows) < self._wanted(rows, now_ms):
            return None
        if self.log.load_state(version, _FIRST_PART) is None:
            self.log.save_state(version, _FIRST_PART, msgspec.json.encode(rows.numbers.tolist()))
        watched = monitors.begin(rows, self.rng)
        kept = Kept(last=int(rows.numbers[-1]), began=began, last_label=self._last_label())
        state = _State(kept, watched, {name: start_meter() for name in METERS}, watched.bag.numbers)
        self._save(version, state)
        return state

    def _wanted(self, rows: Rows, now_ms: int) -> int:
        """Return how many rows a reference needs: fewer when they have been coming for long."""
        if not len(rows):
            return monitors.REFERENCE_ROWS
        number = int(rows.numbers[0])
        first = find_by_number(self.log, [number]).get(number)
        age_ms = now_ms - (now_ms if first is None else first.at_ms)
        if age_ms >= _MONTH_MS:
            return monitors.LEAST_REFERENCE
        return monitors.FEWEST_REFERENCE if age_ms >= _WEEK_MS else monitors.REFERENCE_ROWS

    def _began(self, version: int) -> int:
        """Return the number behind which the reference begins."""
        return int(self.log.load_state(version, ACCEPT_PART) or b"0")

    def _story(self, version: int, state: _State) -> Story:
        """Return the rows that the estimates are made from.

        Probabilities are compared with those of the first reference. Whoever accepts a change says
        that texts are like this now, not that the model is right about them; else a model that
        drifts a little at a time would be believed to the end.
        """
        first = msgspec.json.decode(self.log.load_state(version, _FIRST_PART) or b"[]")
        found = self.log.read(_LABELLED, (version, _LATEST_LABELS))
        return Story(
            self.log.rows_by_number(version, np.array(first, np.int64)),
            self.log.rows_by_number(version, state.reference),
            self.log.latest(version, LATEST),
            np.array([float(str(chance)) for chance, _ in found]),
            np.array([bool(is_right) for _, is_right in found], np.bool_),
            self.rng,
        )

    def _look(
        self, version: int, state: _State, counts: Counts, now_ms: int
    ) -> tuple[_State, tuple[str, ...]]:
        kept = state.kept
        rows = self.log.rows(version, kept.last, _MOST_ROWS)
        bar = monitors.bar_for(self.promise.looks, len(METERS))
        watched, last = state.watched, kept.last
        raised: tuple[str, ...] = ()
        closeness = dict(kept.closeness)
        # Whether there are enough is known before anybody asks what they say.
        if len(rows) >= monitors.FEWEST:
            watched, seen = monitors.look(watched, rows, bar, self.rng)
            raised, last = seen.raised, int(rows.numbers[-1])
            closeness |= seen.closeness
        labels, last_label = self._labels(version, kept.last_label)
        meters = self._stake(version, state.meters, counts, labels)
        since = dict(watched.since)
        for name, meter in meters.items():
            closeness[name] = max(0.0, meter.log_sum / bar)
            if name not in since and meter.log_sum >= bar:
                since[name] = watched.looks
                raised = (*raised, name)
        kept = msgspec.structs.replace(
            kept,
            looks=watched.looks,
            since=since,
            last=last,
            last_label=last_label,
            closeness=closeness,
        )
        after = _State(kept, watched, meters, state.reference)
        self._save(version, after, tuple((name, now_ms) for name in raised))
        return after, raised

    def _stake(
        self,
        version: int,
        meters: Mapping[str, Meter],
        counts: Counts,
        labels: list[tuple[int, bool]],
    ) -> dict[str, Meter]:
        promise, asked = self.promise, counts.answers + counts.failed
        wrong = 1 - self._facts_accuracy(version) + promise.tolerance
        rates = {
            "slow": ([counts.slow / counts.answers] if counts.answers else [], promise.slow_share),
            "errors": ([counts.failed / asked] if asked else [], promise.error_share),
            "accuracy": ([float(not is_right) for _, is_right in labels], min(wrong, 0.99)),
        }
        return {
            name: stake(meters.get(name, start_meter()), values, promised)
            for name, (values, promised) in rates.items()
        }

    def _facts(self, version: int) -> Facts:
        ((raw,),) = self.log.read("select facts from versions where id = ?", (version,))
        return msgspec.json.decode(str(raw), type=Facts)

    def _facts_accuracy(self, version: int) -> float:
        measured = self._facts(version).accuracy
        return 0.5 if measured is None else measured

    def _labels(self, version: int, after: int) -> tuple[list[tuple[int, bool]], int]:
        """Return (row, is right) of true labels that were drawn by lot, and the last row."""
        found = self.log.read(_FRESH_LABELS, (version, after, _MOST_LABELS))
        labels = [(int(str(number)), bool(is_right)) for number, is_right in found]
        return labels, labels[-1][0] if labels else after

    def _last_label(self) -> int:
        ((found,),) = self.log.read("select coalesce(max(id), 0) from labels")
        return int(str(found))

    def _save(self, version: int, state: _State, raised: tuple[tuple[str, int], ...] = ()) -> None:
        raw = pack(state.watched, state.meters, state.reference)
        with self.log.writing() as base:
            for part, value in ((_CHANGE_PART, raw), (_KEPT_PART, msgspec.json.encode(state.kept))):
                base.execute(
                    "insert or replace into states values (?, ?, ?)", (version, part, value)
                )
            for name, at_ms in raised:
                facts = msgspec.json.encode({"monitor": name, "look": state.kept.looks}).decode()
                base.execute(
                    "insert into events (at_ms, version, kind, facts) values (?, ?, 'alarm', ?)",
                    (at_ms, version, facts),
                )
