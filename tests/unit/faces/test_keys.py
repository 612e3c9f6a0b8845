"""The commands around the keys: what is typed, what is passed on, what is shown."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lissom.errors import KeyExistsError
from lissom.faces.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.faces.conftest import FakePipeline, Run

ONE = "a" * 64


def test_make_prints_the_fingerprint_alone(run: Run, pipeline: FakePipeline) -> None:
    result = run("keys", "make")
    assert result.stdout == f"{ONE}\n"
    assert "lissom keys export" in result.stderr
    assert pipeline.asked == [("my own key", None)]


def test_a_passphrase_is_asked_for_twice_and_never_shown(pipeline: FakePipeline) -> None:
    typed = "one\nother\nsecret\nsecret\n"
    result = CliRunner().invoke(main, ["keys", "make", "--passphrase"], obj=pipeline, input=typed)
    assert pipeline.asked == [("my own key", "secret")]
    assert "secret" not in result.stdout + result.stderr


def test_a_key_that_is_there_ends_with_1_and_says_what_to_do(
    run: Run, pipeline: FakePipeline
) -> None:
    pipeline.trouble = KeyExistsError("config/signing-key.pem")
    result = run("keys", "make")
    assert result.exit_code == 1
    assert "lissom keys retire" in result.stderr


def test_list_tells_trusted_from_refused(run: Run) -> None:
    said = run("keys", "list").stdout.splitlines()
    assert said[0].endswith(", under a passphrase")
    assert said[1:] == [
        f"retired  {'c' * 64}",
        f"trusted  {ONE}  Jo, until 2027-01-01",
        f"refused  {'b' * 64}  red\ufffd[31m, refused: lost",
    ]


def test_list_before_the_first_key(run: Run, pipeline: FakePipeline) -> None:
    pipeline.is_trusted = False
    assert "nothing yet; lissom keys make" in run("keys", "list").stdout
    assert json.loads(run("keys", "list", "--json").stdout)["own"] is None


def test_list_json_holds_the_same(run: Run) -> None:
    said = json.loads(run("keys", "list", "--json").stdout)
    assert said["own"]["is_locked"] is True
    assert said["retired"] == ["c" * 64]
    assert [(key["name"], key["refused"]) for key in said["trusted"]] == [
        ("Jo", ""),
        ("red\x1b[31m", "lost"),
    ]
    assert said["trusted"][0]["expires"] == "2027-01-01"


def test_export_prints_a_key_or_writes_it(run: Run, tmp_path: Path) -> None:
    said = run("keys", "export").stdout
    assert said.startswith("-----BEGIN PUBLIC KEY-----\n")
    out = tmp_path / "me.pem"
    result = run("keys", "export", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_text() == said
    assert run("keys", "export", "--out", str(tmp_path)).exit_code == 1


def test_retire_passes_on_why(run: Run, pipeline: FakePipeline) -> None:
    assert run("keys", "retire", "aaaaaaaa").stdout == f"retired  {ONE}\n"
    told = run("keys", "retire", "aaaaaaaa", "--compromised", "lost").stderr
    assert "lissom keys untrust" in told
    assert pipeline.asked == [("aaaaaaaa", None), ("aaaaaaaa", "lost")]


def test_trust_passes_on_name_day_and_fingerprint(
    run: Run, pipeline: FakePipeline, tmp_path: Path
) -> None:
    typed = ("--name", "Team", "--expires", "2027-12-31", "--fingerprint", "ab")
    result = run("keys", "trust", str(tmp_path), *typed)
    assert result.stdout == f"trusted  {ONE}  Team\n"
    assert pipeline.asked == [(tmp_path, "Team", date(2027, 12, 31), "ab")]


@pytest.mark.parametrize("day", ["soon", "2027-13-01", "31.12.2027"])
def test_a_day_that_is_none_ends_with_2(day: str, run: Run, tmp_path: Path) -> None:
    assert run("keys", "trust", str(tmp_path), "--expires", day).exit_code == 2


def test_a_source_that_is_not_there_ends_with_2(run: Run) -> None:
    assert run("keys", "trust", "nowhere.pem").exit_code == 2


def test_untrust_passes_on_the_reason(run: Run, pipeline: FakePipeline) -> None:
    assert run("keys", "untrust", "aaaaaaaa", "--reason", "left").stdout.startswith("refused")
    assert pipeline.asked == [("aaaaaaaa", "left")]


@pytest.mark.parametrize("command", ["predict", "serve"])
def test_any_signer_is_taken_only_when_told_to(
    command: str, run: Run, pipeline: FakePipeline
) -> None:
    more = ("--say", "hello") if command == "predict" else ("--host", "192.0.2.1")
    run(command, "m", *more)
    run(command, "m", *more, "--any-signer")
    told = ("any signer", "trust=False")
    assert [any(word in str(asked) for word in told) for asked in pipeline.asked] == [False, True]


def test_a_file_is_answered_by_any_signer_only_when_told_to(
    run: Run, pipeline: FakePipeline
) -> None:
    run("predict", "m", "a.csv", "--out", "b.csv", "--any-signer")
    assert pipeline.asked[0][-1] == "any signer"
