from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.errors import BudgetError, DataError
from lissom.pipeline import Budget, Gates, Given, Order

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


def test_every_option_reaches_the_order(run: Run, pipeline: FakePipeline) -> None:
    options = (
        "build https://example.org/in.csv --test t.csv --unlabelled u.csv --labels l.csv --out m "
        "--seed 7 --text T --label L --group G --date D --id I --base enc "
        "--min-accuracy 0.8 --max-mib 20 --keep-rare-labels --threads 2 --fresh"
    )
    assert run(*options.split()).exit_code == 0
    assert pipeline.asked == [
        Order(
            data="https://example.org/in.csv",
            out=Path("m"),
            test=Path("t.csv"),
            unlabelled=Path("u.csv"),
            labels=Path("l.csv"),
            given=Given(text="T", label="L", date="D", group="G", id="I"),
            base="enc",
            seed=7,
            gates=Gates(min_accuracy=0.8),
            budget=Budget(max_mib=20),
            keep_rare_labels=True,
            threads=2,
            fresh=True,
        )
    ]


def test_a_bare_build_asks_for_nothing_and_writes_beside_the_data(
    run: Run, pipeline: FakePipeline
) -> None:
    assert run("build", "shop/inbox.csv").exit_code == 0
    assert pipeline.asked == [Order(data=Path("shop/inbox.csv"), out=Path("shop/inbox-model"))]


def test_the_verdict_goes_to_stdout_and_the_stages_to_stderr(run: Run) -> None:
    result = run("build", "inbox.csv")
    assert result.stdout.splitlines() == [
        "PASS  Right for 90 of 100 messages.",
        "  Warning: refund is never answered",
        "  - Accuracy 0.90.",
        "  - Calibrated.",
        "  - Small: [2 MiB].",
        "  Changed: accuracy up by 1 point",
        "  Reused: read",
        "",
        "Next:    lissom predict inbox-model new.csv --out answers.csv",
        "Bundle:  demo/m",
        "Report:  demo/m/report.html (figures only)",
        "Private: demo/report-private.html (with rows to read)",
    ]
    assert result.stderr.splitlines() == [
        "read: inbox.csv",
        "read: 1 of 2",
        "text is the column message",
    ]


def test_json_is_one_object_with_the_stable_keys(run: Run) -> None:
    result = run("build", "inbox.csv", "--json")
    said = json.loads(result.stdout)
    assert list(said) == [
        "bundle",
        "private_report",
        "outcome",
        "headline",
        "reasons",
        "next_step",
        "failed_gates",
        "warnings",
        "evidence",
        "not_measured",
        "findings",
        "candidates",
        "changes",
        "decision",
        "reused",
        "seconds",
    ]
    assert said["evidence"] == [
        {
            "name": "task.accuracy",
            "value": 0.9,
            "low": 0.8,
            "high": 0.95,
            "n": 120,
            "unit": "share",
            "method": "Wilson",
            "source": "cross-fitted",
        }
    ]
    assert said["not_measured"] == [{"name": "energy.joules_per_text", "reason": "no meter"}]
    assert said["findings"][0]["rows"] == [3, 9]
    assert said["findings"][0]["error_rate"] is None
    assert said["candidates"][0]["is_chosen"] is True
    assert said["seconds"] == {"read": 0.5}


def test_no_row_of_the_user_is_in_the_json(run: Run) -> None:
    assert "4111" not in run("build", "inbox.csv", "--json").output


def test_a_failed_gate_ends_with_3_after_the_result(run: Run, pipeline: FakePipeline) -> None:
    pipeline.failed_gates = ("accuracy is at least 0.95",)
    plain, as_json = run("build", "inbox.csv"), run("build", "inbox.csv", "--json")
    assert (plain.exit_code, as_json.exit_code) == (3, 3)
    assert "Gate failed: accuracy is at least 0.95" in plain.stdout
    assert json.loads(as_json.stdout)["failed_gates"] == ["accuracy is at least 0.95"]


@pytest.mark.parametrize(
    ("trouble", "exit_code"),
    [(DataError("inbox.csv: no rows."), 1), (BudgetError("4 MiB is too small."), 4)],
)
def test_an_error_is_one_sentence_and_its_exit_code(
    run: Run, pipeline: FakePipeline, trouble: Exception, exit_code: int
) -> None:
    pipeline.trouble = trouble
    result = run("build", "inbox.csv")
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == f"lissom: {trouble}"
    assert "Traceback" not in result.stderr


def test_with_json_an_error_is_an_object_too(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BudgetError("4 MiB is too small.")
    result = run("build", "inbox.csv", "--json")
    assert json.loads(result.stdout) == {"error": "4 MiB is too small.", "exit_code": 4}


def test_ctrl_c_says_how_to_go_on(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = KeyboardInterrupt()
    result = run("build", "inbox.csv")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == (
        "lissom: Stopped; run the same command again to go on."
    )


@pytest.mark.parametrize(
    "typed",
    [
        ["build"],
        ["build", "a.csv", "--min-accuracy", "85"],
        ["build", "a.csv", "--min-accuracy", "nan"],
        ["build", "a.csv", "--max-mib", "0"],
        ["build", "a.csv", "--max-mib", "inf"],
        ["build", "a.csv", "--seed", "-1"],
        ["build", "a.csv", "--threads", "0"],
        ["build", "a.csv", "--sed", "1"],
    ],
)
def test_a_mistyped_build_ends_with_2_and_builds_nothing(
    run: Run, pipeline: FakePipeline, typed: list[str]
) -> None:
    plain, as_json = run(*typed), run(*typed, "--json")
    assert (plain.exit_code, as_json.exit_code) == (2, 2)
    assert json.loads(as_json.stdout)["exit_code"] == 2
    assert pipeline.asked == []
