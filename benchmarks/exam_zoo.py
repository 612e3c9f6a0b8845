"""Every model with a known fault through the whole examination, and a sound one twenty times.

    python benchmarks/exam_zoo.py [--redo CELL ...]

The models are those of the tests, which ask the guilty part only; here all parts look, so that it
also shows which others complain.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cells import ROOT, Bench

sys.path.insert(0, str(ROOT / "tests" / "contract" / "exam"))

from zoo import FAULTS, SOUND, Fault, World, make_world

from lissom.evidence import Evidence
from lissom.pipeline import Request, Scope, examine
from lissom.pipeline.places import Places

RUNS = 20
FIRST = 100


def look(world: World, model: object, parent: object) -> dict[str, Any]:
    """Examine and return which parts fail and why."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "cache", Path(folder) / "config")
        request = Request(
            model, world.rows, world.outside, world.train, parent, scope=Scope(quick=True)
        )
        started = time.process_time()
        exam = examine(request, places=places)
    return {
        "rows": len(world.rows),
        "figures": sum(isinstance(item, Evidence) for item in exam.evidence),
        "failed": {
            part.key: list(part.reasons[:1]) for part in exam.parts if part.outcome == "fail"
        },
        "not_enough_data": [part.key for part in exam.parts if part.outcome == "not enough data"],
        "cpu_s": time.process_time() - started,
    }


def measure_fault(fault: Fault) -> dict[str, Any]:
    """Say whether the part that should fail does."""
    world = fault.change(make_world(1))
    found = look(world, fault.model(world), fault.parent)
    return {**found, "part": fault.part, "caught": fault.part in found["failed"]}


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    bench = Bench("exam_zoo", tuple(parser.parse_args().redo))
    for fault in FAULTS:
        bench.cell(f"fault:{fault.name}", lambda fault=fault: measure_fault(fault))
    for seed in range(FIRST, FIRST + RUNS):
        bench.cell(f"sound:{seed}", lambda seed=seed: look(make_world(seed), SOUND, SOUND))


if __name__ == "__main__":
    main()
