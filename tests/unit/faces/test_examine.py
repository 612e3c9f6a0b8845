from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.errors import TargetNotFoundError
from lissom.examine import Settings
from lissom.pipeline import Given, Pairing, Policy, Request, Scope

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run

PLAIN = Policy((), Settings())


def test_every_option_reaches_the_examination(run: Run, pipeline: FakePipeline) -> None:
    options = (
        "examine http://127.0.0.1:1 rows.csv --outside o.csv --train t.csv --parent big "
        "--policy exam.toml --only task --only groups --groups city --quick --minutes 2 "
        "--out page.html --seed 3 --text T --label L --date D --id I --threads 2 --fresh"
    )
    assert run(*options.split()).exit_code == 0
    request = Request(
        "http://127.0.0.1:1",
        Path("rows.csv"),
        outside=Path("o.csv"),
        train=Path("t.csv"),
        parent="big",
        given=Given(text="T", label="L", date="D", id="I"),
        policy=Policy((), Settings(columns=("city",)), is_own=True),
        scope=Scope(("task", "groups"), quick=True, minutes=2, seed=3, threads=2, fresh=True),
    )
    assert pipeline.asked == [request, ("Do not use it.", Path("page.html"))]


def test_a_bare_examine_writes_its_page_beside_the_rows(run: Run, pipeline: FakePipeline) -> None:
    assert run("examine", "m", "shop/rows.csv").exit_code == 0
    asked = Request("m", Path("shop/rows.csv"), policy=PLAIN)
    assert pipeline.asked == [asked, ("Do not use it.", Path("shop/rows-exam.html"))]


def test_it_says_a_sentence_for_each_part_and_two_reasons_for_a_failed_one(run: Run) -> None:
    said = run("examine", "m", "rows.csv").stdout.splitlines()
    assert said[0] == "FAIL  Do not use it."
    assert said[2] == "fail            task         Right on 6 of 10."
    assert said[3].strip() == "- Accuracy is 60%, which misses the limit 80%."
    assert said[4].strip() == "- second"
    assert said[5].startswith("no verdict      cost")
    assert "\x1b" not in "".join(said)
    assert "a private text" not in "".join(said)
    assert said[-1] == "Page: rows-exam.html (private: holds rows to read)"


def test_a_broken_rule_of_ones_own_ends_with_3(run: Run, pipeline: FakePipeline) -> None:
    pipeline.failed_gates = ("task.accuracy at least 0.8",)
    result = run("examine", "m", "rows.csv", "--policy", "exam.toml")
    assert result.exit_code == 3
    assert "Gate failed: task.accuracy at least 0.8" in result.stdout


def test_json_names_rows_by_number_and_writes_no_page(run: Run, pipeline: FakePipeline) -> None:
    result = run("examine", "m", "rows.csv", "--json")
    said = json.loads(result.stdout)
    assert list(said) == [
        *("target", "data", "outcome", "headline", "failed_gates", "parts"),
        *("evidence", "not_measured", "facts", "page"),
    ]
    assert said["parts"][0]["rows"] == [7]
    assert said["parts"][1]["outcome"] is None
    assert said["page"] is None
    assert "a private text" not in result.stdout
    assert len(pipeline.asked) == 1


@pytest.mark.parametrize("command", [("examine", "m", "d.csv"), ("compare", "a", "b", "d.csv")])
def test_what_cannot_be_examined_is_one_sentence(
    run: Run, pipeline: FakePipeline, command: tuple[str, ...]
) -> None:
    pipeline.trouble = TargetNotFoundError("m", "there is nothing here")
    result = run(*command)
    assert result.exit_code == 1
    assert "m: there is nothing here. Give a bundle" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_option_reaches_the_comparison(run: Run, pipeline: FakePipeline) -> None:
    options = (
        "compare a b rows.csv --groups city --seed 3 --text T --label L --date D --threads 2 "
        "--fresh"
    )
    assert run(*options.split()).exit_code == 0
    given = Given(text="T", label="L", date="D")
    scope = Scope(seed=3, threads=2, fresh=True)
    assert pipeline.asked == [Pairing("a", "b", Path("rows.csv"), given, ("city",), scope)]


def test_a_comparison_says_which_is_better_and_where(run: Run) -> None:
    assert run("compare", "a", "b", "rows.csv").stdout.splitlines() == [
        "The second is better.",
        "First: m1. Second: m2.",
        "  class \ufffd[31mship: the second is better",
    ]


def test_a_comparison_as_json_has_the_documented_keys(run: Run) -> None:
    said = json.loads(run("compare", "a", "b", "rows.csv", "--json").stdout)
    assert list(said) == [
        *("first", "second", "better", "sentence", "where"),
        *("evidence", "not_measured", "rows"),
    ]
    assert said["rows"] == [4]
    assert said["where"] == [{"slice": "class \x1b[31mship", "better": "second"}]
