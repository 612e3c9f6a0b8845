"""`lissom release` on real bundles and a real folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner
from small_bundle import write_small

from lissom import pipeline
from lissom.bundle import load_or_make_key
from lissom.faces.cli import main
from lissom.operate.releasing import TRIAL_FILE, Trial, see
from lissom.operate.releasing.trial import Rules
from lissom.pipeline.places import find_today

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Call = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    key = load_or_make_key(folder / "config", find_today())
    for name, weight in (("one", 20), ("two", 30)):
        write_small(folder / name, key, weight)
    return folder


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("LISSOM_HOME", str(home))

    def call(*typed: str) -> Result:
        typed = tuple(str(home / word) if word in {"one", "two"} else word for word in typed)
        return CliRunner().invoke(main, ["release", str(tmp_path / "shop"), *typed], obj=pipeline)

    return call


def test_a_release_is_told_in_lines(run: Call) -> None:
    assert "nothing was released here" in run().stderr
    assert run("--live", "one", "--why", "the first").exit_code == 0
    said = run("--canary", "two", "--share", "10").stdout
    assert "gets 10% of the requests" in said
    assert "2 lines, unbroken" in said
    assert ": the first" in said
    assert "before" in run("--promote").stdout
    assert "back" in run("--back").stdout.splitlines()[-1]


def test_a_bundle_whose_own_decision_says_no_is_taken_only_by_who_says_so(
    home: Path, run: Call
) -> None:
    key = load_or_make_key(home / "config", find_today())
    gate = {"gate": "no leak", "state": "broken", "reason": "The audit found one.", "rests_on": []}
    decision = {"outcome": "block", "has_policy": True, "gates": [gate]}
    write_small(home / "no", key, 40, {"decision.json": json.dumps(decision).encode()})
    for act in ("--live", "--shadow", "--canary"):
        refused = run(act, str(home / "no"))
        assert refused.exit_code == 3
        assert '"no leak": The audit found one.' in refused.stderr
    assert "nothing was released here" in run().stderr
    assert run("--live", str(home / "no"), "--despite-policy").exit_code == 0


def test_a_release_is_told_in_json(run: Call) -> None:
    first = json.loads(run("--live", "one", "--json").stdout)["plan"]["live"]
    said = json.loads(run("--shadow", "two", "--json").stdout)
    assert (said["plan"]["live"], said["plan"]["canary"]) == (first, None)
    assert [entry["act"] for entry in said["record"]] == ["live", "shadow"]
    assert said["record"][0]["who"]


def test_how_a_trial_stands_is_told(run: Call, tmp_path: Path) -> None:
    live = json.loads(run("--live", "one", "--json").stdout)["plan"]["live"]
    canary = json.loads(run("--canary", "two", "--json").stdout)["plan"]["canary"]
    trial = Trial(canary, live)
    for _ in range(20):
        trial = see(trial, "slow", 1.0, Rules())
    (tmp_path / "shop" / TRIAL_FILE).write_bytes(msgspec.json.encode(trial))
    assert "slow: +1.000 in 20 answers" in run().stdout
    said = json.loads(run("--json").stdout)["trial"]
    assert (said["verdict"], said["seen"]) == ("stop", {"slow": {"mean": 1.0, "answers": 20}})
    assert "trial" not in run("--stop").stdout


def test_a_broken_record_ends_with_5(run: Call, tmp_path: Path) -> None:
    run("--live", "one")
    path = tmp_path / "shop" / "record.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"act":"live"', b'"act":"back"'))
    result = run()
    assert result.exit_code == 5
    assert "line 1" in result.stderr


@pytest.mark.parametrize(
    "typed",
    [("--promote", "--back"), ("--live", "one", "--stop"), ("--canary", "one", "--share", "0")],
)
def test_two_things_at_once_or_a_share_of_nothing_end_with_2(
    run: Call, typed: tuple[str, ...]
) -> None:
    assert run(*typed).exit_code == 2


def test_nothing_to_promote_is_an_error_with_a_remedy(run: Call) -> None:
    run("--live", "one")
    result = run("--promote")
    assert result.exit_code == 1
    assert "--canary BUNDLE" in result.stderr
