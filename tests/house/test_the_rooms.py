"""The import contracts hold, and a broken one is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of `folder`/pyproject.toml on the package in `folder`/src."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "lissom", tmp_path / "src" / "lissom", ignore=ignored)
    return tmp_path


def test_every_room_imports_only_rooms_below_it() -> None:
    done = check(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("runtime/model.py", "import torch"),
        ("learn/pool.py", "from lissom.shrink import Shrinking"),
        ("evidence/record.py", "from lissom.pipeline import build"),
        ("newroom.py", "ROOM = 1"),
    ],
)
def test_a_broken_contract_is_found(copy: Path, file: str, line: str) -> None:
    path = copy / "src" / "lissom" / file
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    done = check(copy)
    assert done.returncode == 1
    assert "lissom" in done.stdout
