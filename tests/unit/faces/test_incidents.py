"""`lissom incidents` on a real log, and incidents on the status page, in metrics and in watch."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from serving_fakes import make_version, open_shop
from watching_fakes import ALARM, Stream, open_log, remember, tell_nobody

from lissom import pipeline
from lissom.faces.cli import main
from lissom.faces.running import _count_incidents
from lissom.operate.incidents import AlarmOrder, Incidents, Look, Row, Sent, follow
from lissom.operate.watching import Chronicle, Facts, Keeping, Looked, Promise, Recorder, Watcher

if TYPE_CHECKING:
    from click.testing import Result
    from serving_fakes import Shop

    from lissom.operate.watching import Log

SUBJECT, AT = "anna", "2026-01-01T00:00:00+00:00"
STATUS = msgspec.structs.replace(ALARM, model="inbox")


def run(*typed: str) -> Result:
    return CliRunner().invoke(main, list(typed), obj=pipeline)


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Return a log that keeps texts, with an incident that has one row."""
    opened = open_log(tmp_path / "log", Keeping(text_days=10))
    (entry,) = Stream(0).draw(1)
    entry = replace(entry, subject=SUBJECT, text="where \x1b[31mis it?")
    opened.write([entry], [True])
    put_alarm(opened, str(entry.number))
    opened.close()
    return str(tmp_path / "log")


def put_alarm(opened: Log, number: str, status: object = STATUS) -> Incidents:
    incidents = Incidents(opened, tell_nobody)
    row = Row(number, "refund", 0.5, "its label went up")
    look = Look(status, AT, can_go_back=False, pick=lambda _cause: (row,))
    incidents.book.add(partial(follow, look=look))
    return incidents


def test_a_log_without_incidents_says_so(tmp_path: Path) -> None:
    open_log(tmp_path / "log").close()
    result = run("incidents", str(tmp_path / "log"))
    assert (result.exit_code, result.stdout) == (0, "No alarm has come to anything yet.\n")
    assert json.loads(run("incidents", str(tmp_path / "log"), "--json").stdout) == {"incidents": []}
    assert not (tmp_path / "log" / "incidents").exists()


def test_incidents_are_listed(log: str) -> None:
    assert (
        "   1  open    2026-01-01T00:00:00+00:00  inbox: class mix, medium"
        in run("incidents", log).stdout
    )
    (one,) = json.loads(run("incidents", log, "--json").stdout)["incidents"]
    assert (one["number"], one["is_open"], one["cause"]) == (1, True, "class mix")
    assert (one["monitors"], one["suggested"]) == (["mix"], "label these rows")


def test_one_is_shown_with_the_texts_that_the_log_keeps(log: str) -> None:
    said = run("incidents", log, "--show", "1").stdout
    assert "answer 1: refund, 0.50; its label went up" in said
    assert "where \ufffd[31mis it?" in said
    shown = json.loads(run("incidents", log, "--show", "1", "--json").stdout)
    assert shown["rows"][0]["text"] == "where \x1b[31mis it?"
    assert re.fullmatch("[0-9a-f]{32}", shown["rows"][0]["hash"])
    assert shown["lines"][0]["evidence"]["figures"][0]["n"] == 1000


def test_who_is_erased_from_the_log_is_gone_from_the_incident_and_the_chain_holds(log: str) -> None:
    assert json.loads(run("watch", log, "--erase", SUBJECT, "--json").stdout) == {"erased": 1}
    shown = json.loads(run("incidents", log, "--show", "1", "--json").stdout)
    assert (shown["rows"][0]["text"], shown["rows"][0]["hash"]) == (None, "")
    assert "no longer in the log" in run("incidents", log, "--show", "1").stdout


def test_closing_wants_a_reason_and_writes_the_report(log: str) -> None:
    assert run("incidents", log, "--close", "1").exit_code == 2
    assert "--because" in run("incidents", log, "--note", "1", "--because", " ").stderr
    assert run("incidents", log, "--note", "1", "--because", "labelled it").exit_code == 0
    closed = run("incidents", log, "--close", "1", "--because", "a sale", "--cost", "an hour")
    path = Path(closed.stdout.strip().removeprefix("Closed. The report: "))
    report = path.read_text("utf-8")
    for part in ("Closed because: a sale", "an hour", "Done: labelled it", "MISSING"):
        assert part in report
    assert "where" not in report.split("## What was seen")[1].split("## What was done")[0]
    assert report.strip() == run("incidents", log, "--report", "1").stdout.strip()
    again = run("incidents", log, "--close", "1", "--because", "again")
    assert (again.exit_code, "no open incident 1" in again.stderr) == (2, True)
    assert "closed" in run("incidents", log).stdout


def test_an_export_is_json(log: str) -> None:
    found = json.loads(run("incidents", log, "--export", "1").stdout)
    assert found["title"] == 'Text classifier "inbox": class mix'
    assert found["Alleged deployer of AI system"] == ["MISSING"]


def test_two_things_at_once_and_a_folder_without_a_log_are_told(log: str, tmp_path: Path) -> None:
    assert run("incidents", log, "--show", "1", "--close", "1").exit_code == 2
    assert run("incidents", log, "--show", "2").exit_code == 2
    assert run("incidents", str(tmp_path)).exit_code == 1


def test_a_record_that_was_changed_ends_with_5(log: str) -> None:
    path = Path(log) / "incidents" / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b"labels", b"lables"))
    result = run("incidents", log)
    assert (result.exit_code, "Somebody changed it" in result.stderr) == (5, True)


def test_watch_shows_what_is_open_and_what_was_not_told(log: str) -> None:
    said = run("watch", log).stdout
    assert "inbox: class mix, medium; label these rows" in said
    sent = {"webhook": Sent((), 1, 2, "it answered 500")}
    (Path(log) / "incidents" / "alerts.json").write_bytes(msgspec.json.encode(sent))
    assert "webhook do not arrive: it answered 500" in run("watch", log).stdout
    found = json.loads(run("watch", log, "--json").stdout)
    assert [one["number"] for one in found["incidents"]] == [1]
    assert found["alerts"]["webhook"]["failed"] == 2
    run("incidents", log, "--close", "1", "--because", "over")
    assert json.loads(run("watch", log, "--json").stdout)["incidents"] == []


# --- in the server -----------------------------------------------------------------------------


def in_shop(folder: Path, act: object) -> None:
    """Run something on a shop whose log has an incident."""

    async def go() -> None:
        opened = open_log(folder)
        incidents = put_alarm(opened, "1")
        recorder = Recorder(opened, tell_nobody, np.random.default_rng(0))
        watcher = Watcher(opened, Promise(), np.random.default_rng(1))
        diary = Chronicle(recorder, watcher, lambda: 0, tell_nobody, lambda _: Facts())
        async with open_shop(diary=diary, incidents=incidents) as shop:
            _count_incidents(shop.desk, incidents)
            await act(shop, incidents)
        diary.close()

    asyncio.run(go())


def test_the_status_page_and_the_metrics_have_what_is_open(tmp_path: Path) -> None:
    async def act(shop: Shop, incidents: Incidents) -> None:
        page = (await shop.ask(method="GET", path="/status")).body.decode()
        assert "Open incidents" in page
        assert "<td>class mix</td><td>medium</td>" in page
        said = (await shop.ask(method="GET", path="/status.json")).said
        assert ([one["number"] for one in said["incidents"]], said["troubles"]) == ([1], [])
        figures = (await shop.ask(method="GET", path="/metrics")).body.decode()
        assert 'lissom_open_incidents{model="inbox"} 1' in figures
        # Somebody closes it in another process, and the server sees that.
        run("incidents", str(tmp_path), "--close", "1", "--because", "over")
        figures = (await shop.ask(method="GET", path="/metrics")).body.decode()
        assert "lissom_open_incidents{" not in figures
        assert "Open incidents" not in (await shop.ask(method="GET", path="/status")).body.decode()
        assert incidents.read_open() == ()

    in_shop(tmp_path, act)


def test_a_record_that_was_changed_does_not_darken_the_status_page(tmp_path: Path) -> None:
    async def act(shop: Shop, incidents: Incidents) -> None:
        path = incidents.book.folder / "record.jsonl"
        path.write_bytes(path.read_bytes().replace(b"labels", b"lables"))
        reply = await shop.ask(method="GET", path="/status")
        assert (reply.status, b"Somebody changed it" in reply.body) == (200, True)
        figures = (await shop.ask(method="GET", path="/metrics")).body.decode()
        assert 'lissom_open_incidents{model=""} -1' in figures

    in_shop(tmp_path, act)


def test_a_look_of_a_server_opens_an_incident_and_its_alert_goes_out(tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    opened = open_log(tmp_path / "log")
    recorder = Recorder(opened, tell_nobody, np.random.default_rng(0))

    class Looks:
        """A watcher that always finds the same."""

        def look(self, *_: int) -> Looked:
            return Looked(STATUS)

    chronicle = Chronicle(recorder, Looks(), lambda: 0, remember(told), lambda _: Facts())
    chronicle.add(make_version())
    order = AlarmOrder(file=str(tmp_path / "alerts.jsonl"))
    incidents = pipeline.open_incidents(chronicle, order, {}, remember(told))
    chronicle.look()
    chronicle.look()
    assert [event for event, _ in told] == ["incident"]
    for _ in range(500):
        if incidents.alerts.sent["file"].sent:
            break
        asyncio.run(asyncio.sleep(0.01))
    incidents.close()
    (line,) = (tmp_path / "alerts.jsonl").read_text().splitlines()
    assert json.loads(line)["cause"] == "class mix"
    chronicle.close()


def test_whom_to_tell_is_read_before_anything_starts(tmp_path: Path) -> None:
    result = run("serve", "m", "--on-alarm", "alarm.toml")
    assert (result.exit_code, "--on-alarm says how a log is kept" in result.stderr) == (2, True)
    path = tmp_path / "alarm.toml"
    path.write_text('[webhook]\nurl = "http://example.org/"')
    result = run("serve", "m", "--log", str(tmp_path / "log"), "--on-alarm", str(path))
    assert (result.exit_code, "must be https" in result.stderr) == (2, True)
    result = run("serve", "m", "--log", str(tmp_path / "log"), "--on-alarm", str(tmp_path / "no"))
    assert (result.exit_code, "No such file" in result.stderr) == (2, True)
