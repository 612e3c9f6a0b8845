"""The monitors over a log: what each kind of change says, and what no change says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from watching_fakes import CALM, HOUR_MS, Stream, open_log

from lissom.errors import LogError
from lissom.operate.watching import Watcher, accept, erase, read_status
from lissom.operate.watching import monitors as watched_monitors
from lissom.operate.watching.describing import Promise
from lissom.operate.watching.monitors import begin, look
from lissom.operate.watching.status import MEANINGS
from lissom.operate.watching.watcher import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lissom.operate.watching import Log, VersionStatus

BAR = watched_monitors.bar_for(8760, 3)
MOVED = np.array([0.55, 0.15, 0.15, 0.15])
REFERENCE = 600


@pytest.fixture(autouse=True)
def small_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a smaller reference than a server does, so that tests are quick."""
    monkeypatch.setattr(watched_monitors, "REFERENCE_ROWS", REFERENCE)
    monkeypatch.setattr("lissom.operate.watching.describing.REFERENCE_ROWS", REFERENCE)


def raised_by(seed: int, shares: NDArray[np.float64] = CALM, **change: float) -> dict[str, int]:
    """Return monitor to the look of its alarm, of a stream that changes after ten looks."""
    stream, rng = Stream(seed), np.random.default_rng(seed + 100)
    watched = begin(stream.rows(REFERENCE), rng)
    found: dict[str, int] = {}
    for number in range(30):
        rows = stream.rows(60, shares, **change) if number >= 10 else stream.rows(60)
        watched, seen = look(watched, rows, BAR, rng)
        found |= dict.fromkeys(seen.raised, number)
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_stream_that_does_not_change_raises_no_alarm(seed: int) -> None:
    assert raised_by(seed) == {}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("shares", "change", "monitor"),
    [
        (MOVED, {}, "mix"),
        (CALM, {"strange": 0.2}, "outside"),
        (CALM, {"doubt": 1.0}, "confidence"),
        (CALM, {"strange": 0.6}, "inputs"),
    ],
    ids=["mix", "outside", "confidence", "inputs"],
)
def test_a_change_raises_the_monitor_that_it_concerns(
    seed: int, shares: NDArray[np.float64], change: dict[str, float], monitor: str
) -> None:
    found = raised_by(seed, shares, **change)
    assert monitor in found
    assert min(found.values()) >= 10


def test_an_alarm_is_raised_once() -> None:
    stream, rng = Stream(0), np.random.default_rng(0)
    watched = begin(stream.rows(REFERENCE), rng)
    raised = []
    for _ in range(20):
        watched, seen = look(watched, stream.rows(60, strange=0.5), BAR, rng)
        raised += seen.raised
    assert len(raised) == len(set(raised)) > 0


class Desk:
    """A log that grows by the hour and is looked at."""

    def __init__(self, folder: Path, seed: int = 0, promise: Promise | None = None) -> None:
        self.log: Log = open_log(folder)
        self.stream = Stream(seed)
        self.promise = promise or Promise()
        # Not the stream's own seed: its lots would then choose by label.
        self.watcher = Watcher(self.log, self.promise, np.random.default_rng(seed + 1000))
        self.now_ms = 0
        self.raised: list[str] = []

    def hour(
        self,
        count: int = 60,
        shares: NDArray[np.float64] = CALM,
        counts: Counts | None = None,
        **how: float,
    ) -> VersionStatus:
        self.now_ms += HOUR_MS
        entries = [
            replace(one, at_ms=self.now_ms) for one in self.stream.draw(count, shares, **how)
        ]
        self.log.write(entries, [True] * count)
        if counts is not None:
            self.watcher.counts[1] = counts
        looked = self.watcher.look(1, self.now_ms)
        self.raised += looked.raised
        return looked.status


def test_at_first_there_is_not_enough_data_and_it_says_how_much_is_wanted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    status = desk.hour(100)
    assert status.state == "not enough data yet"
    assert (status.details, status.wanted) == (100, REFERENCE)
    assert {one.state for one in status.monitors} == {"not enough data yet"}
    assert "100 of 600" in status.says
    assert desk.hour(500).state == "calm"


def test_after_a_week_a_smaller_reference_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_monitors, "FEWEST_REFERENCE", 200)
    desk = Desk(tmp_path)
    assert desk.hour(250).state == "not enough data yet"
    desk.now_ms += 7 * 24 * HOUR_MS
    assert desk.hour(1).state == "calm"


def test_a_change_is_told_with_its_kind_its_time_and_what_changed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(5):
        assert desk.hour().state == "calm"
    for _ in range(12):
        status = desk.hour(60, MOVED)
    assert status.state == "alarm"
    assert "mix" in desk.raised
    alarm = next(one for one in status.monitors if one.name == "mix")
    assert alarm.closeness == 1
    assert 6 * HOUR_MS < alarm.since_ms <= desk.now_ms
    assert status.mix[0].label == "delivery"
    assert status.mix[0].low > status.mix[0].before
    assert MEANINGS["mix"] in status.says
    # The mix has moved and the model is as good as before: a change without harm.
    assert status.harm == "unlikely"
    guess = next(one for one in status.figures if one.name == "watch.accuracy_guess")
    assert guess.low < guess.value < guess.high


def test_what_is_known_is_on_the_disk_and_a_new_process_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(4):
        status = desk.hour(60)
    desk.log.close()
    again = Desk(tmp_path, seed=9)
    again.stream.number, again.now_ms = 10_000, desk.now_ms
    (kept,) = read_status(again.log)
    assert kept == status
    after = again.hour(60)
    assert after.looks == status.looks + 1
    assert after.state == "calm"


def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    desk.log.save_state(1, "change", b"nonsense")
    with pytest.raises(LogError, match="damaged"):
        desk.hour(60)


def test_a_state_of_another_form_begins_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    kept = msgspec.json.decode(desk.log.load_state(1, "kept") or b"")
    desk.log.save_state(1, "kept", msgspec.json.encode({**kept, "form": 0}))
    assert desk.hour(60).looks == 0


def test_a_look_at_too_few_texts_waits_for_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    assert desk.hour(5).looks == 0
    assert desk.hour(5).looks == 0
    assert desk.hour(15).looks == 1


def test_an_accepted_change_is_the_new_normal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(25):
        status = desk.hour(60, MOVED, strange=0.2)
    assert status.state == "alarm"
    assert accept(desk.log, "inbox", None) == 1
    assert accept(desk.log, "outbox", None) == 0
    assert desk.hour(60, MOVED, strange=0.2).state == "not enough data yet"
    for _ in range(20):
        status = desk.hour(60, MOVED, strange=0.2)
    assert status.state == "calm"


def test_an_accepted_change_does_not_vouch_for_the_probabilities(tmp_path: Path) -> None:
    # Drift a little at a time, each step accepted: the guess goes by the first reference.
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    assert "watch.accuracy_guess" in {one.name for one in desk.hour(300).figures}
    accept(desk.log, "inbox", None)
    desk.hour(REFERENCE, strange=0.4)
    for _ in range(6):
        status = desk.hour(200, strange=0.4)
    assert status.state == "calm"
    (gap,) = (one for one in status.not_measured if one.name == "watch.accuracy_guess")
    assert "unlike" in gap.reason


def test_slow_answers_and_errors_raise_their_own_alarms(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(30):
        desk.hour(20, counts=Counts(answers=1000, slow=10, failed=1))
    assert desk.raised == []
    for _ in range(30):
        desk.hour(20, counts=Counts(answers=1000, slow=150, failed=1))
    assert desk.raised == ["slow"]
    for _ in range(30):
        desk.hour(20, counts=Counts(answers=980, failed=20))
    assert desk.raised == ["slow", "errors"]


def tell_labels(desk: Desk, share_right: float, count: int, *, by_lot: bool = True) -> None:
    """Label the latest answers; so many of them turn out right."""
    found = desk.log.read(
        "select id, label, chance, at_ms from answers order by id desc limit ?", (count,)
    )
    with desk.log.writing() as base:
        for number, label, chance, at_ms in found:
            is_right = desk.stream.rng.random() < share_right
            base.execute(
                "insert into labels (at_ms, answer, version, label, by_lot, who, "
                "given, chance, given_ms) values (?, ?, 1, ?, ?, '', ?, ?, ?)",
                (
                    *(desk.now_ms, number, label if is_right else "another", by_lot),
                    *(label, chance, at_ms),
                ),
            )


def test_labels_say_how_often_it_is_right_and_that_it_became_worse(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(8):
        tell_labels(desk, 0.92, 20)
        status = desk.hour(60)
    (accuracy,) = (one for one in status.figures if one.name == "watch.accuracy")
    assert accuracy.n == 160
    assert accuracy.low < 0.92 < accuracy.high
    assert desk.raised == []
    for _ in range(12):
        tell_labels(desk, 0.5, 20)
        status = desk.hour(60)
    # The texts and the probabilities are as they were: only labels could show it.
    assert desk.raised == ["accuracy"]
    assert status.harm == "likely"
    assert "likely that answers are worse" in status.says


def test_labels_that_were_not_drawn_by_lot_say_nothing_of_accuracy(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(10):
        tell_labels(desk, 0.3, 20, by_lot=False)
        status = desk.hour(60)
    assert desk.raised == []
    (reason,) = (one for one in status.not_measured if one.name == "watch.accuracy")
    assert "0 of 30" in reason.reason
    assert status.labels == 200


def test_labels_that_contradict_the_probabilities_make_the_guess_unknown(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for _ in range(4):
        tell_labels(desk, 0.9, 20)
        status = desk.hour(60)
    assert "watch.accuracy_guess" in {one.name for one in status.figures}
    for _ in range(4):
        tell_labels(desk, 0.2, 60)
        status = desk.hour(60)
    (gap,) = (one for one in status.not_measured if one.name == "watch.accuracy_guess")
    assert "labels say" in gap.reason


def test_the_latest_labels_say_how_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lissom.operate.watching.watcher._LATEST_LABELS", 100)
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    tell_labels(desk, 1.0, 300)
    desk.hour(60)
    tell_labels(desk, 0.0, 100)
    (accuracy,) = (one for one in desk.hour(60).figures if one.name == "watch.accuracy")
    assert (accuracy.n, accuracy.value) == (100, 0.0)


def test_after_a_month_a_small_reference_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_monitors, "FEWEST_REFERENCE", 400)
    monkeypatch.setattr(watched_monitors, "LEAST_REFERENCE", 200)
    desk = Desk(tmp_path)
    assert desk.hour(250).state == "not enough data yet"
    desk.now_ms += 7 * 24 * HOUR_MS
    assert desk.hour(1).state == "not enough data yet"
    desk.now_ms += 23 * 24 * HOUR_MS
    assert desk.hour(1).state == "calm"


def test_erased_rows_leave_the_bag_and_the_watch_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    entries = [replace(one, subject="anna") for one in desk.stream.draw(100)]
    desk.log.write(entries, [True] * 100)
    desk.hour(REFERENCE - 100)
    assert erase(desk.log, "anna") == 100
    for _ in range(3):
        status = desk.hour(60)
    assert status.state == "calm"
    assert status.looks == 3


def test_a_clock_that_jumps_brings_no_look_twice_and_loses_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hour(REFERENCE)
    for jump_ms in (0, -(10**12), 10**12, -5):
        desk.now_ms = max(0, desk.now_ms + jump_ms)
        before = desk.watcher.look(1, desk.now_ms).status.looks
        assert desk.hour(60).looks == before + 1
