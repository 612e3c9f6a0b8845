"""Cells of a benchmark: each is measured once, kept as JSON, and never measured again unasked."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"
SHARED = Path(os.environ.get("LISSOM_SHARED_DATA", str(ROOT.parent / "shared" / "data")))


def machine() -> dict[str, str]:
    """Return what these figures were measured on."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    flags = next((line for line in lines if line.startswith("flags")), "").split()
    return {
        "processor": model or platform.processor(),
        "cores": str(os.cpu_count()),
        "int8": "avx512_vnni" if "avx512_vnni" in flags else "without avx512_vnni",
        "system": platform.system(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """Return the commit, marked where the working tree differs from it."""
    asked = ["git", "-C", str(ROOT)]
    head = subprocess.run(  # noqa: S603 - git, with our own words
        [*asked, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
    )
    changed = subprocess.run(  # noqa: S603 - likewise
        [*asked, "status", "--porcelain", "--", "src"], capture_output=True, text=True, check=True
    )
    return head.stdout.strip() + ("+changes" if changed.stdout.strip() else "")


class Bench:
    """A file of cells.

    Args:
        name: the file's name under results/.
        redo: names of cells to measure again; "all" for every one.
    """

    def __init__(self, name: str, redo: tuple[str, ...] = ()) -> None:
        """Read what is already measured."""
        self.path = RESULTS / f"{name}.json"
        self._redo = redo
        self.cells: dict[str, Any] = {}
        if self.path.exists():
            self.cells = json.loads(self.path.read_text(encoding="utf-8"))

    def cell(self, name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return a cell; measure it first where it is missing."""
        if name in self.cells and not {"all", name} & set(self._redo):
            print(f"{name}: kept", file=sys.stderr)
            found: dict[str, Any] = self.cells[name]
            return found
        print(f"{name}: measuring", file=sys.stderr, flush=True)
        found = {**measure(), "commit": commit(), "machine": machine()}
        self.cells[name] = found
        RESULTS.mkdir(exist_ok=True)
        part = self.path.with_suffix(".part")
        text = json.dumps(self.cells, indent=1, sort_keys=True, ensure_ascii=False)
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.path)
        return found
