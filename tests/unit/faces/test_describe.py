"""`lissom describe`, and what build, verify and serve pass on of description and policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.errors import NotReleasedError, UnknownQuestionError
from lissom.faces import describe as face
from lissom.govern.decision import Decision
from lissom.govern.weigh import Weighed
from lissom.pipeline.serving import Demands

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run

BROKEN = Weighed("accuracy low bound >= 0.85", "broken", "Accuracy is 80 %.")


def test_without_a_terminal_it_says_what_is_missing_and_asks_nothing(
    run: Run, pipeline: FakePipeline
) -> None:
    result = run("describe")
    assert result.stdout.splitlines() == [
        "use.purpose: MISSING  What is it for?",
        "use.users: MISSING  Who uses it?",
        "law.risks: MISSING  Which risks?",
    ]
    assert pipeline.asked == [(Path("description.toml"), None)]


def test_answers_are_given_without_being_asked(run: Run, pipeline: FakePipeline) -> None:
    result = run("describe", "d.toml", "--set", "use.purpose=Sorting = mail", "--set", "use.users=")
    assert pipeline.asked == [
        (Path("d.toml"), {"use.purpose": "Sorting = mail", "use.users": ""}),
    ]
    assert result.stdout.splitlines()[0] == "use.purpose: Sorting = mail"
    assert "Kept in d.toml" in result.stderr


@pytest.mark.parametrize(("ask_all", "asked"), [(False, 2), (True, 3)])
def test_in_a_terminal_it_asks_what_nobody_has_answered(
    ask_all: bool,  # noqa: FBT001 - a claim
    asked: int,
    pipeline: FakePipeline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions: list[str] = []

    def answer(text: str, **_: object) -> str:
        questions.append(text)
        return "Sorting mail." if len(questions) == 1 else "  "

    monkeypatch.setattr(face.click, "prompt", answer)
    found = pipeline.describe(Path("d.toml"))
    answers = face._ask(found, ask_all=ask_all)  # noqa: SLF001 - a terminal cannot be had here
    assert len(questions) == asked
    assert answers == {"use.purpose": "Sorting mail."}


def test_json_holds_answers_and_questions(run: Run) -> None:
    said = json.loads(run("describe", "--json", "--set", "use.purpose=x").stdout)
    assert said["answers"] == {"use.purpose": "x"}
    assert said["missing"][0] == {"key": "use.users", "question": "Who uses it?"}


def test_what_is_typed_wrongly_ends_with_2(run: Run, pipeline: FakePipeline) -> None:
    assert run("describe", "--set", "purpose").exit_code == 2
    pipeline.trouble = UnknownQuestionError("use.porpoise", ["use.purpose"])
    result = run("describe", "--set", "use.porpoise=x")
    assert result.exit_code == 2
    assert 'Did you mean "use.purpose"?' in result.stderr


def test_a_build_that_is_not_released_ends_with_3_and_says_why(
    run: Run, pipeline: FakePipeline
) -> None:
    pipeline.decision = Decision("block", (BROKEN,), has_policy=True)
    result = run("build", "inbox.csv", "--policy", "p.toml", "--description", "d.toml")
    assert result.exit_code == 3
    assert "Not released: accuracy low bound >= 0.85: Accuracy is 80 %." in result.stdout
    (order,) = pipeline.asked
    assert (order.policy, order.description) == (Path("p.toml"), Path("d.toml"))
    said = json.loads(run("build", "inbox.csv", "--json").stdout)
    assert said["decision"]["outcome"] == "block"
    assert said["decision"]["gates"][0]["state"] == "broken"


def test_a_build_that_is_released_ends_with_0(run: Run, pipeline: FakePipeline) -> None:
    pipeline.decision = Decision("release", (), has_policy=True)
    result = run("build", "inbox.csv", "--licence", "terms")
    assert result.exit_code == 0
    assert "Not released" not in result.stdout
    assert pipeline.asked[0].given.licence == "terms"


def test_serve_asks_for_a_release_unless_told_otherwise(run: Run, pipeline: FakePipeline) -> None:
    for more in ((), ("--despite-policy",), ("--policy", "p.toml")):
        run("serve", "m", "--host", "192.0.2.1", *more)
    assert [order.demands for order in pipeline.asked] == [
        Demands(),
        Demands(released=False),
        Demands(policy=Path("p.toml")),
    ]


@pytest.mark.parametrize("command", ["serve", "verify"])
def test_a_gate_that_does_not_hold_ends_with_3(
    command: str, run: Run, pipeline: FakePipeline
) -> None:
    pipeline.trouble = NotReleasedError("m", [("no leak", "The audit found leak.test, 9 rows.")])
    result = run(command, "m", "--policy", "p.toml")
    assert result.exit_code == 3
    assert '"no leak": The audit found leak.test, 9 rows.' in result.stderr


def test_verify_passes_on_the_policy(run: Run, pipeline: FakePipeline) -> None:
    run("verify", "m", "--policy", "p.toml")
    assert pipeline.asked == [(Path("m"), (), True, Path("p.toml"))]
