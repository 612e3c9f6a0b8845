"""`lissom watch` on a real log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner
from watching_fakes import ALARM, Stream, open_log

from lissom import pipeline
from lissom.faces.cli import main

if TYPE_CHECKING:
    from click.testing import Result


def run(*typed: str) -> Result:
    return CliRunner().invoke(main, ["watch", *typed], obj=pipeline)


@pytest.fixture
def log(tmp_path: Path) -> str:
    open_log(tmp_path / "log").close()
    return str(tmp_path / "log")


def put_status(folder: str, status: msgspec.Struct) -> None:
    opened = open_log(Path(folder))
    opened.save_state(1, "status", msgspec.json.encode(status))
    opened.close()


def test_a_log_that_was_never_looked_at_says_so(log: str) -> None:
    result = run(log)
    assert (result.exit_code, result.stdout.count("Nothing was looked at yet")) == (0, 1)


def test_an_active_alarm_ends_with_6(log: str) -> None:
    put_status(log, ALARM)
    result = run(log)
    assert result.exit_code == 6
    assert "Alarm: some labels come more often." in result.stdout
    said = run(log, "--json")
    assert said.exit_code == 6
    (version,) = json.loads(said.stdout)["versions"]
    assert (version["state"], version["monitors"][0]["name"]) == ("alarm", "mix")


def test_a_calm_log_ends_with_0(log: str) -> None:
    put_status(log, msgspec.structs.replace(ALARM, state="calm"))
    assert run(log).exit_code == 0


def test_a_subject_is_erased(log: str) -> None:
    opened = open_log(Path(log))
    entries = Stream(0).draw(3)
    opened.write(entries, [True] * 3)
    opened.close()
    assert json.loads(run(log, "--erase", "anna", "--json").stdout) == {"erased": 0}


def test_a_change_is_accepted_for_a_model_that_is_there(log: str) -> None:
    assert json.loads(run(log, "--accept", "inbox", "--json").stdout)["versions"] == 1
    unknown = run(log, "--accept", "imbox")
    assert unknown.exit_code == 2
    assert 'Did you mean "inbox"' in unknown.stderr


def test_two_things_at_once_end_with_2(log: str) -> None:
    assert run(log, "--accept", "inbox", "--erase", "anna").exit_code == 2


def test_a_folder_without_a_log_is_told_and_left_alone(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert result.exit_code == 1
    assert "lissom serve --log" in result.stderr
    assert list(tmp_path.iterdir()) == []
