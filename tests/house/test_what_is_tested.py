"""`make test` runs against the wheel that users get, not against the source folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lissom

WHEEL = os.environ.get("LISSOM_WHEEL")
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    WHEEL is None, reason="2026-11-23: only `make test` unpacks the wheel and says where"
)


def test_the_package_under_test_is_the_one_in_the_wheel() -> None:
    assert Path(lissom.__file__).is_relative_to(WHEEL or "")


def test_a_command_started_by_a_test_comes_from_the_wheel_too(tmp_path: Path) -> None:
    ask = "import lissom; print(lissom.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(WHEEL or "")


def test_the_wheel_holds_every_file_of_the_package() -> None:
    def inside(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    source = ROOT / "src" / "lissom"
    assert inside(source)
    assert inside(Path(WHEEL or "") / "lissom") == inside(source)
