"""What it takes to start answering, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.evidence import Evidence, Measured, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WAIT_S = 120
_MOST_TEXTS = 500


def probe_files(files: Mapping[str, bytes], texts: Sequence[str] = ()) -> tuple[Measured, ...]:
    """Measure peak memory and the time to the first answer.

    Args:
        files: the files that answer, name to bytes.
        texts: what the process is asked; the first 500 count.
    """
    names = ("cost.memory_mib", "cost.start_ms")
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in files.items():
            (Path(folder) / name).write_bytes(raw)
        try:
            # Our own module, run by the Python that runs us; the folder is one we just made.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "lissom.runtime.probe", folder],
                input=json.dumps(list(texts[:_MOST_TEXTS]) or ["a"]).encode(),
                capture_output=True,
                timeout=_WAIT_S,
                check=True,
            )
            found = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return tuple(NotMeasured(name, f"the probe failed: {error}") for name in names)
    source, how = "the artefact that ships", "a process of its own"
    return (
        Evidence(names[0], found["peak_mib"], None, None, 1, "MiB", f"peak of {how}", source),
        Evidence(
            names[1], found["start_ms"], None, None, 1, "ms", f"to the first answer, {how}", source
        ),
    )
