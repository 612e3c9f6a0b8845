from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.errors import NothingToLabelError
from lissom.pipeline import Ask, Given, Order
from lissom.progress import Silent

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


def test_every_option_reaches_what_is_asked(run: Run, pipeline: FakePipeline) -> None:
    options = (
        "next https://example.org/in.csv -n 7 --out l.csv --labels m.csv --seed 3 --text T "
        "--label L --group G --date D --id I --base enc --threads 2 --fresh"
    )
    assert run(*options.split()).exit_code == 0
    order = Order(
        data="https://example.org/in.csv",
        labels=Path("m.csv"),
        given=Given(text="T", label="L", date="D", group="G", id="I"),
        base="enc",
        seed=3,
        threads=2,
        fresh=True,
    )
    assert pipeline.asked == [Ask(order, 7, Path("l.csv"))]


def test_a_bare_next_asks_for_twenty_rows_and_writes_beside_the_data(
    run: Run, pipeline: FakePipeline
) -> None:
    assert run("next", "shop/inbox.csv").exit_code == 0
    asked = Ask(Order(data=Path("shop/inbox.csv")), 20, Path("shop/inbox-labels.csv"))
    assert pipeline.asked == [asked]


def test_it_says_how_many_rows_what_they_bring_and_what_to_do(run: Run) -> None:
    result = run("next", "my inbox.csv")
    assert result.stdout.splitlines() == [
        "2 rows to label: 1 that teach most, 1 at random, for the examination.",
        "  Labels so far: 50 in 2 classes.",
        "  Accuracy so far: 75% (60% to 90%), on 40 labels that were hidden",
        "  With twice the labels: not measured; too few",
        "  With fewer labels: 50% from 20, 75% from 40",
        "",
        'Fill in: the column "kind\ufffd[2J" of my inbox-labels.csv',
        "         Write ? where you cannot tell, and leave no examine row out.",
        "Next:    lissom build 'my inbox.csv' --labels 'my inbox-labels.csv'",
    ]
    assert result.stderr.splitlines() == ["choose: 4 labels so far, 2 classes"]


def test_without_a_curve_there_is_no_line_about_it(run: Run, pipeline: FakePipeline) -> None:
    plain = pipeline.next_rows(Ask(Order(data="d.csv")), progress=Silent())
    pipeline.proposed = replace(plain, curve=None)
    result = run("next", "inbox.csv", "--json")
    assert json.loads(result.stdout)["curve"] == []
    assert "fewer labels" not in run("next", "inbox.csv").stdout


def test_json_names_rows_by_number_and_quotes_none(run: Run) -> None:
    result = run("next", "inbox.csv", "--json")
    said = json.loads(result.stdout)
    assert list(said) == [
        *("rows", "sheet", "label_column", "kept", "labels", "classes"),
        *("evidence", "not_measured", "curve", "notes", "seconds"),
    ]
    assert said["rows"] == [
        {"row": 12, "why": "learn", "suggested_label": "ship", "suggested_probability": 0.25},
        {"row": 3, "why": "examine", "suggested_label": None, "suggested_probability": None},
    ]
    assert said["sheet"] == "inbox-labels.csv"
    assert said["curve"][1] == {"labels": 40.0, "right": 0.75, "low": 0.6, "high": 0.9}
    assert said["not_measured"] == [{"name": "next.accuracy_doubled", "reason": "too few"}]
    assert "4111" not in result.stdout


@pytest.mark.parametrize("count", ["0", "-3", "1.5", "many"])
def test_no_rows_is_a_mistake_in_usage(run: Run, count: str) -> None:
    assert run("next", "inbox.csv", "-n", count).exit_code == 2


def test_nothing_to_label_is_one_sentence(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = NothingToLabelError("inbox.csv", 9, "kind")
    result = run("next", "inbox.csv")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("lissom: inbox.csv: no row is left to label")
