"""Laws of incidents: no alarm is lost or noted twice, and one cause of a model is open once."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from watching_fakes import ALARM

from lissom.operate.incidents import CAUSE_OF, Book, Look, follow, write_act
from lissom.operate.incidents.causes import ORDER, find_cause
from lissom.operate.incidents.record import fold
from lissom.operate.watching import MonitorStatus

AT = "2026-01-01T00:00:00+00:00"
MONITORS = st.sets(st.sampled_from(sorted(CAUSE_OF)), max_size=7)
LOOKS = st.lists(
    st.tuples(
        st.sampled_from(["inbox", "orders"]),
        st.sampled_from(["a", "b"]),
        MONITORS,
        st.sampled_from(["likely", "unlikely", "unknown"]),
        st.booleans(),
    ),
    max_size=12,
)


def to_look(model: str, version: str, monitors: set[str], harm: str) -> Look:
    alarms = tuple(MonitorStatus(name, "alarm", 1.0, 1) for name in sorted(monitors))
    status = msgspec.structs.replace(
        ALARM, model=model, version=version, monitors=alarms, harm=harm if alarms else ""
    )
    return Look(status, AT, can_go_back=False, pick=lambda _cause: ())


@given(LOOKS)
def test_every_alarm_is_noted_once_and_a_cause_is_open_once(
    looks: list[tuple[str, str, set[str], str, bool]],
) -> None:
    lines, expected = [], set()
    for model, version, monitors, harm, closes in looks:
        look = to_look(model, version, monitors, harm)
        added = follow(fold(lines), look)
        lines += added
        expected |= {(model, version, name) for name in monitors}
        assert follow(fold(lines), look) == []  # a look that is told twice adds nothing
        is_open = [one for one in fold(lines) if not one.closed]
        causes = Counter((one.model, one.last.cause) for one in is_open)
        assert set(causes.values()) <= {1}
        if closes and is_open:
            lines.append(write_act(is_open[0], "close", "over", "anna", AT))
    incidents = fold(lines)
    noted = [(one.model, alarm.version, alarm.monitor) for one in incidents for alarm in one.alarms]
    assert len(noted) == len(set(noted))
    assert set(noted) == expected
    assert [one.number for one in incidents] == list(range(1, len(incidents) + 1))
    for one in incidents:
        grades = [ORDER.index(line.severity) for line in one.lines]
        assert grades == sorted(grades)


@given(MONITORS.filter(bool))
def test_a_cause_is_that_of_one_of_the_alarms(monitors: set[str]) -> None:
    assert find_cause(monitors, ALARM) in {CAUSE_OF[name] for name in monitors}


@given(LOOKS)
def test_what_is_written_is_what_is_read(
    looks: list[tuple[str, str, set[str], str, bool]],
) -> None:
    with TemporaryDirectory() as folder:
        book = Book(Path(folder))
        added = []
        for model, version, monitors, harm, _ in looks[:4]:
            look = to_look(model, version, monitors, harm)
            added += book.add(partial(follow, look=look))
        assert [line for one in book.read() for line in one.lines] == sorted(
            added, key=lambda line: (line.incident, line.number)
        )
