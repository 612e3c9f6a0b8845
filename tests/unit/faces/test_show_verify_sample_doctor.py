from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.errors import BundleError

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


def test_show_has_facts_signature_and_every_figure(run: Run) -> None:
    said = run("show", "m").stdout
    for part in ("inbox", "signed by me@here, trusted here", "task.accuracy", "0.8 to 0.95"):
        assert part in said
    assert "Wilson" in said
    assert "not measured" in said
    assert "no meter" in said


def test_a_bundle_cannot_drive_the_terminal_or_write_markup(run: Run) -> None:
    said = run("show", "m").stdout
    assert "[bold]inbox.csv\ufffd[31m" in said


def test_show_says_so_when_the_signer_is_not_trusted(run: Run, pipeline: FakePipeline) -> None:
    pipeline.is_trusted = False
    assert "NOT trusted here" in run("show", "m").stdout


def test_show_json_has_figures_and_gaps_apart(run: Run) -> None:
    said = json.loads(run("show", "m", "--json").stdout)
    assert [item["name"] for item in said["evidence"]] == ["task.accuracy"]
    assert [item["name"] for item in said["not_measured"]] == ["energy.joules_per_text"]
    assert (said["is_signed"], said["signer"], said["is_trusted"]) == (True, "me@here", True)


def test_verify_says_what_was_checked_and_ends_with_0(run: Run) -> None:
    result = run("verify", "m")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "checked  model.onnx",
        "checked  signature",
        "not      report.html: not drawn",
        "signed   by me@here, trusted here",
        "m: unchanged",
    ]


def test_verify_ends_with_5_on_a_changed_bundle(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BundleError("Bundle m: model.onnx changed after signing.")
    result = run("verify", "m")
    assert (result.exit_code, result.stdout) == (5, "")


def test_verify_ends_with_5_on_an_untrusted_signer(run: Run, pipeline: FakePipeline) -> None:
    pipeline.is_trusted = False
    result = run("verify", "m", "--json")
    assert result.exit_code == 5
    assert json.loads(result.stdout)["exit_code"] == 5


def test_verify_json_says_what_was_checked(run: Run) -> None:
    said = json.loads(run("verify", "m", "--json").stdout)
    assert said == {
        "checked": ["model.onnx", "signature"],
        "unchecked": ["report.html: not drawn"],
        "signer": "me@here",
        "is_trusted": True,
    }


def test_verify_passes_on_who_must_have_signed(run: Run, pipeline: FakePipeline) -> None:
    assert run("verify", "m", "--signed-by", "a.pem", "--signed-by", "b" * 64).exit_code == 0
    assert pipeline.asked == [(Path("m"), ("a.pem", "b" * 64), True)]


def test_verify_takes_any_signer_and_none_only_when_told_to(
    run: Run, pipeline: FakePipeline
) -> None:
    pipeline.is_trusted = False
    result = run("verify", "m", "--any-signer")
    assert result.exit_code == 0
    assert "signed   by nobody" in result.stdout
    assert pipeline.asked == [(Path("m"), (), False)]


def test_sample_prints_the_files_and_names_the_next_command(run: Run) -> None:
    result = run("sample", "inbox", "my demo")
    assert result.stdout.splitlines() == ["my demo/inbox.csv", "my demo/truth.json"]
    assert result.stderr == "Next: lissom build 'my demo/inbox.csv'\n"


def test_doctor_gives_a_remedy_for_what_is_missing_only(run: Run) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "ok    Python: 3.11",
        "look  extra train: no",
        "      pip it",
    ]


def test_doctor_json_lists_the_checks(run: Run) -> None:
    said = json.loads(run("doctor", "--json").stdout)
    assert said["checks"][1] == {
        "name": "extra train",
        "ok": False,
        "found": "no",
        "remedy": "pip it",
    }
