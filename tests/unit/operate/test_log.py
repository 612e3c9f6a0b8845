"""The log on disk: what is in it, what is not, and what a bad day does to it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from watching_fakes import NAMES, Stream, open_log, remember, tell_nobody

from lissom.errors import LogError
from lissom.operate.watching import FILE, Facts, Keeping, Log, Recorder, delete_old, erase

SECRET_TEXT = "my card is 4111 1111"  # noqa: S105 - a text that must not be found


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def write(log: Log, count: int = 5, seed: int = 0, **changed: object) -> list[int]:
    entries = [replace(one, **changed) for one in Stream(seed).draw(count)]
    log.write(entries, [True] * count)
    return [one.number for one in entries]


def count(log: Log, table: str) -> int:
    ((found,),) = log.read(f"select count(*) from {table}")  # noqa: S608 - our own tables
    return int(str(found))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    entries = Stream(1).draw(7)
    log.write(entries, [True, False] * 3 + [True])
    rows = log.rows(1, 0, 100)
    kept = entries[::2]
    assert rows.numbers.tolist() == [one.number for one in kept]
    np.testing.assert_allclose(rows.chances, [one.chances for one in kept], atol=1e-3)
    assert rows.tokens.tolist() == [6] * 4
    np.testing.assert_allclose(rows.known, [one.known for one in kept], atol=1e-6)
    assert count(log, "answers") == 7
    assert log.last_number() == 7
    assert log.rows(1, 3, 100).numbers.tolist() == [5, 7]
    assert log.rows(2, 0, 100).chances.shape == (0, 0)
    assert log.latest(1, 2).numbers.tolist() == [5, 7]
    assert log.rows_by_number(1, np.array([1, 2, 7])).numbers.tolist() == [1, 7]


def test_no_text_and_no_subject_is_on_the_disk(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    write(log, text=SECRET_TEXT, subject="customer 4711")
    assert SECRET_TEXT.encode() not in on_disk(tmp_path)
    assert b"customer 4711" not in on_disk(tmp_path)
    log.close()
    assert SECRET_TEXT.encode() not in on_disk(tmp_path)


def test_texts_are_there_only_when_they_were_asked_for_and_for_so_long(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(days=30, text_days=2))
    write(log, text=SECRET_TEXT, at_ms=0)
    assert SECRET_TEXT.encode() in on_disk(tmp_path)
    day = 86_400_000
    delete_old(log, 1 * day)
    assert count(log, "texts") == 5
    delete_old(log, 3 * day)
    assert (count(log, "texts"), count(log, "answers")) == (0, 5)
    assert SECRET_TEXT.encode() not in on_disk(tmp_path)
    delete_old(log, 31 * day)
    assert (count(log, "answers"), count(log, "details")) == (0, 0)


def test_the_same_text_has_the_same_hash_here_and_another_one_elsewhere(tmp_path: Path) -> None:
    here, there = open_log(tmp_path / "a"), open_log(tmp_path / "b")
    assert here.hash("hello") == here.hash("hello") != here.hash("hello ")
    assert here.hash("hello") != there.hash("hello")
    again = open_log(tmp_path / "a")
    assert again.hash("hello") == here.hash("hello")
    if os.name == "posix":
        assert (tmp_path / "a" / "hashing.key").stat().st_mode & 0o777 == 0o600


def test_a_subject_is_erased_from_every_table_and_from_the_disk(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(text_days=9))
    log.write([replace(one, subject="anna") for one in Stream(0).draw(4)], [True] * 4)
    stream = Stream(0)
    stream.number = 100
    log.write(
        [replace(one, text=SECRET_TEXT, subject="bert") for one in stream.draw(3)], [True] * 3
    )
    with log.writing() as base:
        base.execute(
            "insert into labels (at_ms, answer, label, by_lot, who) values (0, 101, 'x', 0, '')"
        )
    assert erase(log, "bert") == 3
    assert [count(log, table) for table in ("answers", "details", "texts", "labels")] == [
        4,
        4,
        4,
        0,
    ]
    assert SECRET_TEXT.encode() not in on_disk(tmp_path)
    assert erase(log, "bert") == 0


def test_a_transaction_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    good, bad = Stream(0).draw(2)
    with pytest.raises(LogError):
        log.write([good, replace(bad, label=None)], [True, True])
    assert count(log, "answers") == 0


def test_a_full_disk_loses_nothing_that_was_written_and_is_told(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    write(log, 50)
    ((pages,),) = log.read("pragma page_count")
    log.read(f"pragma max_page_count = {pages}")
    stream = Stream(1)
    stream.number = 1000
    with pytest.raises(LogError, match=r"full.*Make room"):
        log.write(stream.draw(5000), [True] * 5000)
    assert count(log, "answers") == 50
    log.read("pragma max_page_count = 1000000")
    log.write(stream.draw(10), [True] * 10)
    assert count(log, "answers") == 60


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to be read"])
def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path, damage: bytes) -> None:
    open_log(tmp_path).close()
    path = tmp_path / FILE
    raw = bytearray(path.read_bytes())
    raw[4096:8192] = b"\xff" * 4096
    path.write_bytes(damage or bytes(raw))
    if damage:
        with pytest.raises(LogError, match="another folder"):
            open_log(tmp_path)
        assert path.read_bytes() == damage
    else:
        with pytest.raises(LogError, match=r"damaged|malformed"):
            open_log(tmp_path)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError):
        open_log(tmp_path / "file" / "log")


def test_a_version_is_found_again_with_its_number(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    assert log.add_version("inbox", "bbbbbbbbbbbb", NAMES, Facts()) == 2
    assert log.add_version("inbox", "aaaaaaaaaaaa", NAMES, Facts()) == 1


def test_states_are_kept_and_forgotten(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    assert log.load_state(1, "x") is None
    log.save_state(1, "x", b"one")
    log.save_state(1, "x", b"two")
    assert log.load_state(1, "x") == b"two"
    log.save_state(1, "x", None)
    assert log.load_state(1, "x") is None


def make_recorder(log: Log, told: list[tuple[str, dict[str, object]]] | None = None) -> Recorder:
    tell = tell_nobody if told is None else remember(told)
    return Recorder(log, tell, np.random.default_rng(0))


def test_answers_are_written_beside_and_all_of_them_at_the_end(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    recorder = make_recorder(log)
    stream = Stream(0)
    for _ in range(20):
        taken = recorder.take(stream.draw(5))
    assert recorder.wait(taken, 20)
    assert count(log, "answers") == 100
    recorder.take(stream.draw(7))
    recorder.close()
    assert count(log, "answers") == 107
    assert recorder.held == 0


def test_while_the_disk_is_full_answers_are_held_and_written_later(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    write(log, 50)
    ((pages,),) = log.read("pragma page_count")
    log.read(f"pragma max_page_count = {pages}")
    told: list[tuple[str, dict[str, object]]] = []
    recorder = make_recorder(log, told)
    stream = Stream(1)
    stream.number = 1000
    taken = recorder.take(stream.draw(3000))
    for _ in range(200):
        if told:
            break
        time.sleep(0.05)
    assert [event for event, _ in told] == ["log not written"]
    taken = recorder.take(stream.draw(3))
    log.read("pragma max_page_count = 1000000")
    assert recorder.wait(taken, 30)
    assert [event for event, _ in told] == ["log not written", "log written again"]
    assert count(log, "answers") == 3053
    recorder.close()


def test_more_than_memory_allows_is_counted_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lissom.operate.watching.recorder._MOST_HELD", 10)
    log = open_log(tmp_path)
    with log.writing():  # nobody else can write
        recorder = make_recorder(log)
        stream = Stream(0)
        taken = 0
        for _ in range(6):
            taken = recorder.take(stream.draw(5))
    assert recorder.wait(taken, 20)
    assert recorder.lost > 0
    assert taken + recorder.lost == 30
    recorder.close()


def test_details_keep_to_their_allowance_and_are_chosen_fairly(tmp_path: Path) -> None:
    log = open_log(tmp_path, Keeping(details_per_hour=200))
    now = [0.0]
    recorder = Recorder(log, tell_nobody, np.random.default_rng(0), lambda: now[0])
    stream = Stream(0)
    recorder.wait(recorder.take(stream.draw(100)), 20)
    first = count(log, "details")
    assert 60 <= first <= 100  # while few come, most are kept
    for minute in range(1, 61):
        now[0] = minute * 60.0
        recorder.wait(recorder.take(stream.draw(50)), 20)
    hour = count(log, "details") - first
    assert 200 <= hour <= 420  # an hour's allowance, and what was left of the first
    rows = log.rows(1, 100, 10_000)
    late = (rows.numbers > 1600).mean()
    assert 0.2 <= late <= 0.6  # not all of them from the beginning
    recorder.close()


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import numpy as np
from watching_fakes import Stream, open_log, tell_nobody
from lissom.operate.watching import Recorder
recorder = Recorder(open_log(Path(sys.argv[2])), tell_nobody, np.random.default_rng(0))
stream = Stream(0)
while True:
    taken = recorder.take(stream.draw(20))
    recorder.wait(taken, 30)
    print(stream.number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such kill (2026-11-23)")
def test_killed_in_the_middle_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    typed = [sys.executable, "-c", KILLED, str(Path(__file__).parents[2]), str(tmp_path)]
    with subprocess.Popen(typed, stdout=subprocess.PIPE, text=True) as writer:
        try:
            acknowledged = [int(writer.stdout.readline()) for _ in range(8)][-1]
        finally:
            writer.kill()
        acknowledged = int(([str(acknowledged), *writer.stdout.read().split()])[-1])
    log = open_log(tmp_path)
    numbers = [int(str(number)) for (number,) in log.read("select id from answers order by id")]
    assert numbers[:acknowledged] == list(range(1, acknowledged + 1))
    with sqlite3.connect(tmp_path / FILE) as base:
        assert base.execute("pragma integrity_check").fetchall() == [("ok",)]
