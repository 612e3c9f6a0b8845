"""Measure what it takes to start answering: `python -m lissom.runtime.probe FOLDER < texts.json`.

A process of its own, because the one that built the model has torch in its memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Load the files of FOLDER, answer the texts on stdin, print JSON with time and memory."""
    # Started here, so that importing the libraries counts: a person waits for that too.
    start = time.perf_counter()
    from lissom.runtime.model import load_model  # noqa: PLC0415 - the import is what is timed

    folder = Path(sys.argv[1])
    model = load_model(_Files(folder))
    texts = json.loads(sys.stdin.buffer.read())
    model.answer(texts[:1])
    ready_ms = (time.perf_counter() - start) * 1000
    model.answer(texts)
    json.dump({"start_ms": ready_ms, "peak_mib": _peak_mib()}, sys.stdout)


def _peak_mib() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would also count what the parent held when it started us.
        found = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(found[0].split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


class _Files:
    """Files of a folder that this program has just written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self._folder / name).read_bytes()


if __name__ == "__main__":
    main()
