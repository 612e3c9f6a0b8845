"""Answers of finished hours in Parquet files: nothing is lost, counted twice, or left behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from watching_fakes import HOUR_MS, NAMES, Stream, open_log, tell_nobody

from lissom.errors import HourDamagedError, NoSuchAnswerError
from lissom.operate.watching import (
    FILE,
    Chronicle,
    Facts,
    Keeping,
    Log,
    Promise,
    Recorder,
    Told,
    Watcher,
    count_answers,
    delete_old,
    erase,
    find_by_number,
    move,
)
from lissom.operate.watching.answers import find_by_hash
from lissom.operate.watching.hours import MANY, SHAPE, list_hours
from lissom.operate.watching.moving import STAY, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = HOUR_MS * 1000
AT_ONCE = Keeping(hot_hours=0.0)
LATE = STAY + STAY // 2  # two thirds of them have details
SECRET_TEXT = "my card is 4111 1111"  # noqa: S105 - a text that must not be found
DAY_MS = 24 * HOUR_MS


def fill(log: Log, early: int = 30, *, seed: int = 0, subject: str = "") -> Stream:
    """Write some answers in each of two hours long ago, and so many late that none of them moves.

    Every third answer has no details.
    """
    stream = Stream(seed)
    for hour, count in ((900, early), (901, early), (995, LATE)):
        entries = [
            replace(one, at_ms=hour * HOUR_MS + i, subject=subject if i % 2 else "")
            for i, one in enumerate(stream.draw(count))
        ]
        log.write(entries, [bool(i % 3) for i in range(count)])
    return stream


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "hours").rglob("*.*"))


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def everything(log: Log) -> tuple[object, ...]:
    """Return what the monitors, the status and the reports can see of a log."""
    rows = log.rows(1, 0, MANY)
    numbers = range(1, 5000)
    return (
        *(rows.numbers.tolist(), rows.sketches.tobytes(), rows.chances.tobytes()),
        *(rows.tokens.tolist(), rows.known.tobytes()),
        find_by_number(log, numbers),
        count_answers(log, "inbox", 0, NOW),
        log.rows_by_number(1, np.array(numbers)).numbers.tolist(),
    )


def test_after_moving_every_question_has_the_answer_it_had_before(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    fill(log, 100)
    before = everything(log)
    assert move(log, NOW) == 2
    assert files_of(tmp_path) == [f"hours/inbox/1970-02-07T{hour}.parquet" for hour in (12, 13)]
    assert everything(log) == before
    ((hot,),) = log.read("select count(*) from answers")
    assert hot == LATE
    assert move(log, NOW) == 0
    for most in (1, 60, 67, 68, 150):
        assert log.rows(1, 20, most).numbers.tolist() == [n for n in before[0] if n > 20][:most]


def test_a_file_has_what_the_page_says_and_no_text(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(text_days=9, hot_hours=0))
    entries = [replace(one, at_ms=HOUR_MS * 900, text=SECRET_TEXT) for one in Stream(1).draw(STAY)]
    log.write(entries, [True] * STAY)
    fill_late = [replace(one, number=one.number + STAY) for one in Stream(2).draw(STAY)]
    log.write([replace(one, at_ms=HOUR_MS * 990) for one in fill_late], [True] * STAY)
    move(log, NOW)
    (file,) = files_of(tmp_path)
    rows = pl.read_parquet(tmp_path / file)
    assert rows.schema == pl.Schema(SHAPE)
    assert SECRET_TEXT.encode() not in (tmp_path / file).read_bytes()
    page = (Path(__file__).parents[3] / "docs" / "watch.md").read_text(encoding="utf-8")
    assert [name for name in SHAPE if f"`{name}`" not in page] == []
    assert rows["label"].to_list() == [one.label for one in entries]
    assert rows["version"].unique().to_list() == ["aaaaaaaaaaaa"]
    # The text of one that moved is still known, and goes when it is past its time.
    assert log.read("select text from texts where id = 1") == [(SECRET_TEXT,)]
    delete_old(log, HOUR_MS * 900 + 9 * DAY_MS + 1)
    assert log.read("select count(*) from texts where id <= ?", (STAY,)) == [(0,)]


def test_an_hour_is_hot_until_it_is_over_and_while_its_version_has_few(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(hot_hours=24))
    log.write(
        [replace(one, at_ms=HOUR_MS * 900) for one in Stream(0).draw(STAY - 1)], [True] * (STAY - 1)
    )
    assert move(log, NOW) == 0
    more = [replace(one, number=one.number + STAY) for one in Stream(0).draw(STAY)]
    log.write([replace(one, at_ms=HOUR_MS * 901) for one in more], [True] * STAY)
    assert move(log, HOUR_MS * 925 - 1) == 0
    assert move(log, HOUR_MS * 925) == 1
    assert len(list_hours(log)) == 1
    assert move(log, NOW) == 0  # the latest of a version stay, however old they are


def test_an_answer_that_comes_late_joins_the_file_of_its_hour(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    stream = fill(log)
    move(log, NOW)
    (late,) = stream.draw(1)
    log.write([replace(late, at_ms=HOUR_MS * 900 + 7)], [True])
    before = everything(log)
    assert move(log, NOW) == 1
    assert everything(log) == before
    files = ["1970-02-07T12.1.parquet", "1970-02-07T13.parquet"]
    assert files_of(tmp_path) == [f"hours/inbox/{name}" for name in files]


def test_two_models_have_files_of_their_own_though_they_are_one_bundle(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    assert log.add_version("../shop", "aaaaaaaaaaaa", NAMES, Facts()) == 2
    stream = Stream(0)
    for hour in (900, 990):
        for version in (1, 2):
            entries = [
                replace(one, at_ms=hour * HOUR_MS, version=version) for one in stream.draw(STAY)
            ]
            log.write(entries, [True] * STAY)
    assert move(log, NOW) == 2
    assert {name.split("/")[1] for name in files_of(tmp_path)} == {"..%2Fshop", "inbox"}
    assert {one.version for one in find_by_number(log, range(STAY)).values()} == {1}
    assert log.rows(2, 0, 5).numbers.tolist() == [STAY + i for i in range(1, 6)]


def test_a_subject_is_erased_from_files_too_with_labels_and_texts(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(text_days=9, hot_hours=0))
    fill(log, subject="anna")
    move(log, NOW)
    digest = log.hash("anna")
    assert digest in on_disk(tmp_path)
    with log.writing() as base:
        base.execute("insert into labels (at_ms, answer, label, by_lot, who) values (0,2,'x',0,'')")
        base.execute("insert into labels (at_ms, answer, label, by_lot, who) values (0,3,'x',0,'')")
    left = [n for n in everything(log)[0] if not is_anna(n)]
    assert erase(log, "anna") == 15 + 15 + (LATE) // 2
    assert everything(log)[0] == left
    assert digest not in on_disk(tmp_path)
    assert log.read("select answer from labels") == [(3,)]
    assert log.read("select count(*) from texts where id = 2") == [(0,)]
    assert log.read("select count(*) from texts where id = 3") == [(1,)]
    assert all(hour.subjects == 0 for hour in list_hours(log))
    assert erase(log, "anna") == 0


def is_anna(number: int) -> bool:
    return bool((number - 1 - (0 if number <= 30 else 30 if number <= 60 else 60)) % 2)


def test_what_is_past_its_time_is_deleted_to_the_answer(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(days=10, hot_hours=0))
    fill(log)
    move(log, NOW)
    delete_old(log, HOUR_MS * 900 + 10 * DAY_MS + 12)
    assert everything(log)[0][0] == 14  # the answers of the first 12 ms went; the 13th has none
    assert len(find_by_number(log, range(1, 61))) == 48
    delete_old(log, HOUR_MS * 901 + 10 * DAY_MS)
    assert files_of(tmp_path) == ["hours/inbox/1970-02-07T13.parquet"]
    delete_old(log, NOW + 10 * DAY_MS)
    assert files_of(tmp_path) == []
    assert (count_answers(log, "inbox", 0, NOW), list_hours(log)) == (0, [])


def test_answers_are_counted_to_the_millisecond_wherever_they_are(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    fill(log)
    begins = [0, HOUR_MS * 900 + 3, HOUR_MS * 901, HOUR_MS * 901 + 29]
    ends = [HOUR_MS * 900 + 9, HOUR_MS * 901 - 1, HOUR_MS * 901 + 5, NOW]
    asked = [(begin, end) for begin in begins for end in ends]
    before = [count_answers(log, "inbox", *span) for span in asked]
    move(log, NOW)
    assert [count_answers(log, "inbox", *span) for span in asked] == before
    assert count_answers(log, "outbox", 0, NOW) == 0


def open_chronicle(log: Log) -> Chronicle:
    rng = np.random.default_rng(0)
    watcher = Watcher(log, Promise(), rng)
    recorder = Recorder(log, tell_nobody, rng)
    return Chronicle(recorder, watcher, lambda: NOW, tell_nobody, lambda _: Facts())


def test_true_labels_find_answers_that_have_moved(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    fill(log)
    move(log, NOW)
    found = find_by_number(log, [5, 40])
    with closing(open_chronicle(log)) as chronicle:
        told = [
            Told(found[5].label, 5, by_lot=True),
            Told("refund", text="text 40", by_lot=True),
            Told("praise", text="text 300"),
        ]
        assert chronicle.tell_labels(told, "anna") == 3
        rows = log.read("select answer, version, label = given, chance, given_ms from labels")
        assert rows[0] == (5, 1, 1, found[5].chance, HOUR_MS * 900 + 4)
        assert rows[1][:3] == (40, 1, int(found[40].label == "refund"))
        assert rows[2][0] == 300
        with pytest.raises(NoSuchAnswerError):
            chronicle.tell_labels([Told("refund", 77_777)], "anna")
        with pytest.raises(NoSuchAnswerError):
            chronicle.tell_labels([Told("refund", text="never asked")], "anna")


def test_the_latest_answer_to_a_text_is_found_in_the_latest_file(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    stream = fill(log)
    for hour in (902, 903):
        (one,) = stream.draw(1)
        log.write([replace(one, at_ms=hour * HOUR_MS, text="again")], [True])
    move(log, NOW)
    assert len(files_of(tmp_path)) == 4
    digest = log.hash("again")
    assert find_by_hash(log, [digest])[digest].at_ms == 903 * HOUR_MS


@pytest.mark.slow
def test_the_monitors_say_the_same_whether_answers_move_or_not(tmp_path: Path) -> None:
    said = []
    for name, hot_hours in (("stay", 1e6), ("move", 0.0)):
        log = open_log(tmp_path / name, Keeping(hot_hours=hot_hours))
        stream, watcher = Stream(3), Watcher(log, Promise(), np.random.default_rng(9))
        statuses = []
        for hour in range(900, 909):
            count = 4000 if hour == 900 else 500
            entries = [replace(one, at_ms=hour * HOUR_MS) for one in stream.draw(count)]
            log.write(entries, [True] * count)
            statuses.append(watcher.look(1, (hour + 1) * HOUR_MS).status)
            move(log, (hour + 1) * HOUR_MS)
        assert bool(list_hours(log)) == (name == "move")
        said.append(statuses)
    assert said[0] == said[1]


def test_a_log_from_before_there_were_files_goes_on(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(text_days=5))
    fill(log)
    log.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as base:
        for column in ("given", "chance", "given_ms"):
            base.execute(f"alter table labels drop column {column}")
        base.execute("alter table texts drop column at_ms")
        base.execute("drop table hours")
        base.execute(
            "insert into labels (at_ms, answer, version, label, by_lot, who) "
            "values (0, 7, 1, 'x', 1, '')"
        )
        base.commit()
    log = Log(tmp_path, AT_ONCE)
    answer = find_by_number(log, [7])[7]
    assert log.read("select given, chance, given_ms from labels") == [
        (answer.label, answer.chance, answer.at_ms)
    ]
    assert log.read("select at_ms from texts where id = 7") == [(answer.at_ms,)]
    assert move(log, NOW) == 2


def test_a_damaged_file_is_named_and_a_deleted_one_is_counted_no_more(tmp_path: Path) -> None:
    log = open_log(tmp_path, AT_ONCE)
    fill(log)
    move(log, NOW)
    path = tmp_path / files_of(tmp_path)[0]
    path.write_bytes(b"not a Parquet file at all")
    with pytest.raises(HourDamagedError, match=r"12\.parquet.*or delete it"):
        log.rows(1, 0, MANY)
    path.unlink()
    assert len(find_by_number(log, range(1, 61))) == 30
    sweep(log)
    assert [hour.first for hour in list_hours(log)] == [31]


def test_whoever_reads_while_hours_move_misses_nothing_and_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    log = open_log(tmp_path, AT_ONCE)
    fill(log, 60)
    expected, count = everything(log)[0], 120 + LATE
    is_over, seen = threading.Event(), []

    def read() -> None:
        with closing(Log(tmp_path, AT_ONCE)) as reader:
            while not is_over.is_set():
                numbers = reader.rows(1, 0, MANY).numbers.tolist()
                seen.append((numbers == expected, count_answers(reader, "inbox", 0, NOW)))

    thread = threading.Thread(target=read)
    thread.start()
    stream = Stream(5)
    stream.number = 10_000
    for late in range(12):
        # A row without details, so that what the monitors see stays as it is.
        if late:
            (one,) = stream.draw(1)
            log.write([replace(one, at_ms=HOUR_MS * 900, version=1)], [False])
            erase(log, "nobody")
        move(log, NOW)
    is_over.set()
    thread.join()
    assert len(seen) > 2
    assert all(is_whole and count <= n <= count + 11 for is_whole, n in seen)
    assert [n for _, n in seen] == sorted(n for _, n in seen)


CRASHES = """
import os, shutil, sys
from itertools import count
from pathlib import Path
from lissom.operate.watching import Keeping, Log, erase, hours, move, moving
prepared, out = map(Path, sys.argv[1:3])
now = 3_600_000 * 1000
acts = {"move": lambda log: move(log, now), "erase": lambda log: erase(log, "anna")}
files = {hours.__file__, moving.__file__}

def killer(at):
    passed = set()
    def trace(frame, event, _arg):
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            passed.add((frame.f_code.co_filename, frame.f_lineno))
            if len(passed) == at:
                os._exit(9)
        return trace
    return trace

for at in count(1):
    folder = out / f"{at:03}"
    shutil.copytree(prepared, folder)
    child = os.fork()
    if not child:
        log = Log(folder, Keeping(hot_hours=0.0))
        sys.settrace(killer(at))
        acts[sys.argv[3]](log)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(at)
"""


def crash(prepared: Path, out: Path, act: str) -> Iterator[Path]:
    """Do something to copies of a log, and kill it before its first line, its second, and so on.

    A line that is passed often counts once; so many lines are deadly, each the first time.
    """
    typed = [sys.executable, "-c", CRASHES, str(prepared), str(out), act]
    done = subprocess.run(typed, capture_output=True, text=True, check=True)
    folders = sorted(path for path in out.iterdir() if path.is_dir())
    assert len(folders) == int(done.stdout) > 30
    yield from folders


def check_files(log: Log, folder: Path) -> None:
    assert sorted({hour.file for hour in list_hours(log)}) == files_of(folder)


no_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="no processes to copy on Windows (2026-11-24)"
)


def in_short(log: Log) -> tuple[object, ...]:
    rows = log.rows_by_number(1, np.arange(1, 30)).numbers.tolist()
    return rows, find_by_number(log, range(1, 30)), count_answers(log, "inbox", 0, NOW)


@no_fork
@pytest.mark.slow
def test_killed_at_any_line_while_moving_nothing_is_lost_or_there_twice(tmp_path: Path) -> None:
    with closing(open_log(tmp_path / "log", AT_ONCE)) as log:
        stream = fill(log, 12)
        move(log, NOW)
        late, other = stream.draw(2)
        # One hour has a file already that gains an answer, the other gets its first.
        log.write([replace(late, at_ms=HOUR_MS * 900)], [True])
        log.write([replace(other, at_ms=HOUR_MS * 902)], [True])
        before = in_short(log)
    for folder in crash(tmp_path / "log", tmp_path / "out", "move"):
        with closing(Log(folder, AT_ONCE)) as log:
            assert in_short(log) == before, folder
            move(log, NOW)
            assert in_short(log) == before, folder
            check_files(log, folder)
            assert len(files_of(folder)) == 3


@no_fork
@pytest.mark.slow
def test_killed_at_any_line_while_erasing_asking_again_erases_the_rest(tmp_path: Path) -> None:
    with closing(open_log(tmp_path / "log", AT_ONCE)) as log:
        fill(log, 8, subject="anna")
        move(log, NOW)
        digest, numbers = log.hash("anna"), set(find_by_number(log, range(40)))
    others = {number for number in numbers if (number - 1 - 8 * ((number - 1) // 8)) % 2 == 0}
    for folder in crash(tmp_path / "log", tmp_path / "out", "erase"):
        with closing(Log(folder, AT_ONCE)) as log:
            assert others <= set(find_by_number(log, range(40))), folder
            erase(log, "anna")
            assert set(find_by_number(log, range(40))) == others, folder
            assert digest not in on_disk(folder), folder
            check_files(log, folder)
