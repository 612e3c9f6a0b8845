from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import lissom
from lissom.errors import BundleError
from lissom.faces.cli import explain, main
from lissom.faces.commands import TABLE, find_row

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


HEAVY = ("torch", "polars", "numpy", "onnxruntime", "transformers", "sklearn", "rich.progress")


def loaded_after(code: str) -> list[str]:
    """Return which heavy modules a new interpreter has loaded after `code`."""
    ask = f"{code}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_import_lissom_loads_nothing_heavy() -> None:
    assert loaded_after("import lissom") == []


def test_help_loads_nothing_heavy() -> None:
    code = "from lissom.faces.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert loaded_after(code) == []


def test_the_check_for_heavy_modules_sees_one() -> None:
    assert loaded_after("import numpy") == ["numpy"]


def test_help_names_every_command_of_the_table() -> None:
    said = CliRunner().invoke(main, ["--help"]).stdout
    assert [row.name for row in TABLE if f"\n  {row.name} " not in said] == []


def test_version_is_the_package_version() -> None:
    assert (
        CliRunner().invoke(main, ["--version"]).stdout == f"lissom, version {lissom.__version__}\n"
    )


@pytest.mark.parametrize("typed", [["biuld"], ["--bug"], ["show"], ["show", "a", "b"]])
def test_what_means_nothing_ends_with_2(run: Run, typed: list[str]) -> None:
    assert run(*typed).exit_code == 2


def test_a_surprise_is_one_sentence_and_debug_shows_where(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = ZeroDivisionError("oh\nno")
    plain, debug = run("verify", "m"), run("--debug", "verify", "m")
    assert (plain.exit_code, debug.exit_code) == (1, 1)
    assert len(plain.stderr.splitlines()) == 1
    assert "ZeroDivisionError: oh no" in plain.stderr
    assert "Traceback" in debug.stderr


def test_debug_keeps_the_exit_code_of_an_error_of_ours(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BundleError("changed")
    assert run("--debug", "verify", "m").exit_code == 5


def test_an_error_cannot_drive_the_terminal(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BundleError("bundle \x1b[31mred")
    assert "\x1b" not in run("verify", "m").stderr


def test_a_part_that_is_not_installed_names_its_extra() -> None:
    missing = ModuleNotFoundError("No module named 'granian'", name="granian")
    sentence, exit_code = explain(missing, find_row("serve"))
    assert (exit_code, 'pip install "lissom[serve]"' in sentence) == (1, True)


def test_serve_without_its_parts_says_how_to_get_them() -> None:
    without = "import sys; sys.modules['granian'] = None"
    start = "from lissom.faces.cli import main; main(['serve', 'm', '--json'], obj=object())"
    done = subprocess.run(
        [sys.executable, "-c", f"{without}; {start}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "lissom: lissom serve needs a part that is not installed. "
        'Run: pip install "lissom[serve]"\n'
    )
    assert json.loads(done.stdout)["exit_code"] == 1


@pytest.mark.parametrize(("module", "command"), [("lissom.learn.x", "build"), ("six", "predict")])
def test_a_missing_module_that_no_extra_brings_is_a_surprise(module: str, command: str) -> None:
    sentence, _ = explain(ModuleNotFoundError(module, name=module), find_row(command))
    assert "pip install" not in sentence


def test_a_reader_who_has_seen_enough_is_no_error(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BrokenPipeError(32, "Broken pipe")
    assert "lissom:" not in run("verify", "m").stderr
