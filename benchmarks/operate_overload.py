"""Three times as many questions as our server can answer, for a minute.

    python benchmarks/operate_overload.py [--redo] [--seconds 60]

Every text is read by the encoder. `wrk` sends three times the capacity that it measured just
before, while a client of its own asks once in 50 ms, before, during and after: what happened to
its questions, and how long the answers took, is what is recorded.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cells import Bench
from operate_serving import PEERS, ask, bodies, served, variants
from operate_streams import FOLDER, open_pools

CONNECTIONS = 400
TIMES = 3
EVERY_S = 0.05
UNLOADED_S, AFTER_S = 20.0, 10.0
WAITING_S = 0.5
"""What the server lets wait; the bound of its queue."""

IN_A_ROW = 20
OK, BUSY = http.client.OK, http.client.TOO_MANY_REQUESTS


class Probe:
    """A client that asks now and then."""

    def __init__(self, address: str, lines: list[bytes]) -> None:
        """Ask nothing yet."""
        split = urlsplit(address)
        self._host, self._path = split.netloc, split.path
        self._lines = lines
        self.seen: list[tuple[float, int, float, bool]] = []

    def go(self, seconds: float) -> None:
        """Ask for a while, noting when, status, seconds and whether a refusal says when to come."""
        ends = time.monotonic() + seconds
        number = len(self.seen)
        while time.monotonic() < ends:
            began = time.monotonic()
            status, is_told = self._ask(self._lines[number % len(self._lines)])
            self.seen.append((began, status, time.monotonic() - began, is_told))
            number += 1
            time.sleep(max(0.0, began + EVERY_S - time.monotonic()))

    def _ask(self, body: bytes) -> tuple[int, bool]:
        try:
            with closing(http.client.HTTPConnection(self._host, timeout=20)) as line:
                line.request("POST", self._path, body, {"content-type": "application/json"})
                reply = line.getresponse()
                said = json.loads(reply.read())
                is_clean = bool(reply.getheader("retry-after")) and "error" in said
                return reply.status, is_clean
        except (OSError, http.client.HTTPException, ValueError):
            return 0, False


def measure(seconds: int) -> dict[str, Any]:
    """Return what the probe saw before, during and after."""
    pools = open_pools("clinc150")
    texts = list(dict.fromkeys(pools.texts[: len(pools.parts["plain"].truth)]))
    body = bodies(texts)["text"]
    kinds = variants(FOLDER / "clinc150-bundle")
    with served("lissom, encoder", kinds, {"text": body}) as address:
        process = _find_process(address)
        ask(address, body, 8, 3)
        capacity = ask(address, body, 8, 8)["per_s"]
        probe = Probe(address, body.read_bytes().splitlines())
        probe.go(UNLOADED_S)
        before = list(probe.seen)
        memory = [_memory_mib(process)]
        told: dict[str, Any] = {}
        load = threading.Thread(
            target=lambda: told.update(_overload(address, body, capacity, seconds))
        )
        load.start()
        time.sleep(1.0)
        for _ in range(3):
            probe.go((seconds - 2) / 3)
            memory.append(_memory_mib(process))
        load.join()
        during, ended = probe.seen[len(before) :], time.monotonic()
        probe.go(AFTER_S)
        after = probe.seen[len(before) + len(during) :]
    unloaded = [took for _, status, took, _ in before if status == OK]
    accepted = [took for _, status, took, _ in during if status == OK]
    refused = [one for one in during if one[1] == BUSY]
    return {
        "capacity_per_s": capacity,
        "wanted_per_s": TIMES * capacity,
        "offered_per_s": told["requests"] / told["us"] * 1e6,
        "wrk": told,
        "seconds": seconds,
        "unloaded": _spread(unloaded),
        "accepted": _spread(accepted),
        "statuses": dict(Counter(str(status) for _, status, _, _ in during)),
        "refusals_with_retry_after": sum(one[3] for one in refused),
        "refused_p99_ms": _spread([took for _, _, took, _ in refused]),
        "memory_mib": memory,
        "recovered_s": _recovery(after, ended, 2 * _p99(unloaded)),
        "queue_bound_s": WAITING_S,
    }


def _overload(address: str, body: Path, capacity: float, seconds: int) -> dict[str, Any]:
    wrk = shutil.which("wrk") or "wrk"
    pause = 1000 * CONNECTIONS / (TIMES * capacity)
    done = subprocess.run(  # noqa: S603 - a command of our own
        [
            wrk,
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "20s",
            "-s",
            str(PEERS / "overload.lua"),
            address,
        ],
        env={**os.environ, "BODIES": str(body), "PAUSE_MS": f"{pause:.0f}"},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(one for one in done.stdout.splitlines() if one.startswith("FOUND "))
    found: dict[str, Any] = json.loads(line.removeprefix("FOUND "))
    return found


def _find_process(address: str) -> int:
    """Return the number of the process whose command line holds the port of an address."""
    port = str(urlsplit(address).port)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if port.encode() in words and b"serve" in words:
                return int(folder.name)
    return 0


def _memory_mib(process: int) -> float | None:
    path = Path(f"/proc/{process}/status")
    if not path.exists():
        return None
    line = next(one for one in path.read_text().splitlines() if one.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else float("nan")


def _spread(values: list[float]) -> dict[str, float]:
    if len(values) < 2:  # noqa: PLR2004 - no spread of one
        return {"n": len(values)}
    return {
        "n": len(values),
        "p50_ms": 1000 * statistics.median(values),
        "p99_ms": 1000 * _p99(values),
    }


def _recovery(
    after: list[tuple[float, int, float, bool]], ended: float, usual_s: float
) -> float | None:
    """Return the seconds from the load's end to the first of twenty usual answers in a row."""
    row = 0
    for number, (_, status, took, _) in enumerate(after):
        row = row + 1 if status == OK and took <= usual_s else 0
        if row == IN_A_ROW:
            return max(0.0, after[number - IN_A_ROW + 1][0] - ended)
    return None


def main() -> None:
    """Measure it, unless it has been."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", action="store_true")
    parser.add_argument("--seconds", type=int, default=60)
    chosen = parser.parse_args()
    name = f"{chosen.seconds} s"
    bench = Bench("operate_overload", (name,) if chosen.redo else ())
    bench.cell(name, partial(measure, chosen.seconds))


if __name__ == "__main__":
    main()
