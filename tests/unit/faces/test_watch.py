from __future__ import annotations

import io

import pytest
from rich.console import Console

from lissom.faces.watch import Bars, Lines, Watch, open_watch


def work(watch: Watch) -> None:
    with watch:
        watch.stage("read", "inbox.csv")
        watch.note("3 rows set aside")
        watch.stage("learn")
        for done in range(101):
            watch.step(done, 100)


def test_elsewhere_than_on_a_terminal_there_are_plain_lines_and_few() -> None:
    out = io.StringIO()
    work(open_watch(out))
    assert out.getvalue().splitlines() == [
        "read: inbox.csv",
        "3 rows set aside",
        "learn",
        "learn: 25 of 100",
        "learn: 50 of 100",
        "learn: 75 of 100",
        "learn: 100 of 100",
    ]


def test_no_steps_at_all_is_no_division_by_zero() -> None:
    out = io.StringIO()
    Lines(out).step(0, 0)
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar_for_each_stage() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, _environ={})
    work(Bars(console))
    drawn = out.getvalue()
    assert "━" in drawn
    for said in ("read: inbox.csv", "3 rows set aside", "learn"):
        assert said in drawn


def test_no_color_is_honoured() -> None:
    coloured, plain = io.StringIO(), io.StringIO()
    term = {"TERM": "xterm-256color"}
    work(Bars(Console(file=coloured, force_terminal=True, width=80, _environ=term)))
    quiet = {**term, "NO_COLOR": "1"}
    work(Bars(Console(file=plain, force_terminal=True, width=80, _environ=quiet)))
    assert "\x1b[38;5" in coloured.getvalue() or "\x1b[3" in coloured.getvalue()
    assert "\x1b[3" not in plain.getvalue()


def stop_halfway(watch: Watch) -> None:
    with watch:
        watch.stage("learn")
        raise KeyboardInterrupt


def test_bars_leave_the_terminal_as_it_was_when_work_stops() -> None:
    out = io.StringIO()
    bars = Bars(Console(file=out, force_terminal=True, width=80, _environ={}))
    with pytest.raises(KeyboardInterrupt):
        stop_halfway(bars)
    assert out.getvalue().rstrip("\n").endswith("\x1b[?25h")  # the cursor is shown again
