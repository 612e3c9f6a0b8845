"""`lissom access`: a key is shown once, and the command says what is wrong with a name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lissom import pipeline
from lissom.faces.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command on the real pipeline, with a home of its own."""
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))

    def call(*typed: str) -> Result:
        return CliRunner().invoke(main, ["access", *typed], obj=pipeline)

    return call


def test_a_key_is_made_listed_and_dropped(run: Callable[..., Result], tmp_path: Path) -> None:
    made = run("new", "shop", "--for", "predict", "--for", "look", "--per-minute", "60")
    secret = made.stdout.strip()
    assert secret.startswith("lsm_")
    assert "not shown again" in made.stderr
    assert run("list").stdout == "shop\tpredict,look\t60 a minute\n"
    kept = (tmp_path / "config" / "api-keys.json").read_text("utf-8")
    assert secret not in kept
    assert run("drop", "shop").exit_code == 0
    assert run("list").stdout == ""


def test_a_key_is_for_asking_unless_told(run: Callable[..., Result]) -> None:
    said = json.loads(run("new", "shop", "--json").stdout)
    assert (said["name"], said["key"][:4]) == ("shop", "lsm_")
    (listed,) = json.loads(run("list", "--json").stdout)["keys"]
    assert listed == {"name": "shop", "for": ["predict"], "per_minute": 0}
    assert json.loads(run("drop", "shop", "--json").stdout) == {"dropped": "shop"}


@pytest.mark.parametrize("typed", [("new",), ("new", "a b"), ("drop", "../x"), ("new", "x" * 65)])
def test_a_name_that_is_none_ends_with_2(run: Callable[..., Result], typed: tuple[str]) -> None:
    assert run(*typed).exit_code == 2


def test_a_name_that_is_taken_or_unknown_is_told(run: Callable[..., Result]) -> None:
    run("new", "shop")
    again, unknown = run("new", "shop"), run("drop", "shap")
    assert (again.exit_code, unknown.exit_code) == (1, 1)
    assert "lissom access drop shop" in again.stderr
    assert "There are: shop." in unknown.stderr


def test_a_purpose_that_is_none_ends_with_2(run: Callable[..., Result]) -> None:
    assert run("new", "shop", "--for", "everything").exit_code == 2
