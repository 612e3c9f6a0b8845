"""A server under steady load, with a release, a canary, a rollback, a drift and a kill inside.

Run it as `make soak`, or by itself on any two bundles:

    python benchmarks/soak.py FIRST SECOND TABLE.csv --minutes 30

Every answer is held against what the bundle says of that text alone. The report is a cell of
results/soak.json and is measured once; --redo measures it again. What is not asked here is not
said there.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from cells import Bench

from lissom.pipeline import load

COMMAND = "import sys; from lissom.faces.cli import main; main(sys.argv[1:])"
CLIENTS = 8
LOAD = 0.7
SUBJECTS = 1000
READY_S = 60.0
_IN_A_ROW = 100
EVENTS = (("canary", 0.15), ("back", 0.4), ("drift", 0.6), ("kill", 0.85))
"""What happens, and after which part of the time."""


@dataclass
class Told:
    """What the clients saw; one lock for all of it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    ids: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)

    def add(self, status: str, took_s: float, ids: list[int], wrong: int) -> None:
        """Note one request."""
        with self.lock:
            self.statuses[status] += 1
            self.wrong += wrong
            self.ids += ids
            if status == "200":
                self.times_s.append(took_s)


class Client:
    """Asks one text at a time and checks the answer.

    Args:
        port: of the server.
        expected: version to text to label.
        told: where to note it.
    """

    def __init__(self, port: int, expected: dict[str, dict[str, str]], told: Told) -> None:
        """Open nothing yet."""
        self._port, self._expected, self._told = port, expected, told
        self._line: http.client.HTTPConnection | None = None

    def ask(self, text: str, subject: str, due: float | None = None) -> None:
        """Ask; time counts from when the question was due, so that a stall is not hidden."""
        begun = time.perf_counter() if due is None else due
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            body = json.dumps({"text": text, "subject": subject})
            self._line.request("POST", "/predict", body, {"content-type": "application/json"})
            reply = self._line.getresponse()
            raw = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self._line = None
            self._told.add(type(error).__name__, 0.0, [], 0)
            time.sleep(0.02)
            return
        took_s = time.perf_counter() - begun
        if reply.status != http.client.OK:
            self._told.add(str(reply.status), took_s, [], 0)
            return
        said = json.loads(raw)
        one = said["predictions"][0]
        is_wrong = self._expected.get(said["version"], {}).get(text) != one["label"]
        self._told.add("200", took_s, [int(one["id"])], int(is_wrong))


def drive(clients: list[Client], texts: list[str], seconds: float, rate: float | None) -> None:
    """Let all clients ask for a while: as fast as they can, or at `rate` requests a second."""
    begun = time.perf_counter()

    def one(number: int, client: Client) -> None:
        draw = random.Random(number)  # noqa: S311 - which text is asked is no secret
        count = 0
        while (now := time.perf_counter()) - begun < seconds:
            due = None
            if rate is not None:
                due = begun + (count + number / len(clients)) * len(clients) / rate
                time.sleep(max(0.0, due - now))
            # A canary is sticky by subject: a few texts alone might all fall to one version.
            client.ask(draw.choice(texts), str(draw.randrange(SUBJECTS)), due)
            count += 1

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Server:
    """`lissom serve` of one release folder, in a process of its own."""

    def __init__(self, folder: Path, log: Path, look_minutes: float) -> None:
        """Find a free port; start nothing."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        typed = ["serve", str(folder), "--port", str(self.port), "--log", str(log), "--log-first"]
        self._typed = [*typed, "--look-minutes", f"{max(look_minutes, 0.01)}"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it, and return the seconds until it was ready."""
        begun = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", COMMAND, *self._typed], stderr=subprocess.DEVNULL
        )
        while time.perf_counter() - begun < READY_S:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as line:
                    line.request("GET", "/health/ready")
                    if line.getresponse().status == http.client.OK:
                        return time.perf_counter() - begun
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        message = f"the server was not ready within {READY_S:.0f} s"
        raise RuntimeError(message)

    def end(self, number: signal.Signals) -> None:
        """Send a signal, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever the JSON says
        """Return what a path says."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request("GET", path)
            return json.loads(line.getresponse().read())

    def memory_mib(self) -> float | None:
        """Return what the process holds, or None where the system does not tell."""
        path = Path(f"/proc/{self._process.pid if self._process else 0}/status")
        if not path.exists():
            return None
        line = next(one for one in path.read_text().splitlines() if one.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)


def release(folder: Path, *typed: str) -> Any:  # noqa: ANN401 - whatever the JSON says
    """Run `lissom release`."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, "release", str(folder), *typed, "--json"],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


def percentile(values: list[float], share: float) -> float | None:
    """Return a percentile in milliseconds, or None where too few were seen to tell it."""
    if len(values) * (1 - share) < 10:  # noqa: PLR2004 - ten beyond it, or it is one slow answer
        return None
    return round(sorted(values)[math.ceil(len(values) * share) - 1] * 1000, 2)


def soak(first: Path, second: Path, texts: list[str], minutes: float) -> dict[str, Any]:
    """Run it, and return what was seen."""
    strange = [text[::-1] for text in texts]
    with tempfile.TemporaryDirectory() as made:
        folder, log = Path(made, "models", "soak"), Path(made, "log")
        expected = {}
        for act, bundle in (("--live", first), ("--live", second), ("--live", first)):
            version = release(folder, act, str(bundle), "--why", "soak")["plan"]["live"]
            if version not in expected:
                everything = [*texts, *strange]
                answers = load(bundle, trust=False).predict(everything)
                labels = [one.label for one in answers]
                expected[version] = dict(zip(everything, labels, strict=True))
        server = Server(folder, log, minutes / 60)
        found: dict[str, Any] = {"minutes": minutes, "clients": CLIENTS, "load": LOAD}
        found["ready_s"] = round(server.start(), 2)
        try:
            found.update(_run(server, folder, second, (texts, strange), (minutes, expected)))
        finally:
            server.end(signal.SIGTERM)
        record = release(folder)["record"]
        found["record"] = [
            one["act"] + (", by the test" if one["who"].startswith("lissom") else "")
            for one in record
        ]
        with closing(sqlite3.connect(log / "answers.sqlite")) as base:
            kept = {number for (number,) in base.execute("select id from answers")}
            found["log_is_whole"] = base.execute("pragma integrity_check").fetchone()[0] == "ok"
        sent = found.pop("sent")
        found["acknowledged"], found["lost_from_log"] = len(sent), len(set(sent) - kept)
        found["same_id_twice"] = len(sent) - len(set(sent))
    return found


def _run(
    server: Server,
    folder: Path,
    second: Path,
    kinds: tuple[list[str], list[str]],
    plan: tuple[float, dict[str, dict[str, str]]],
) -> dict[str, Any]:
    (texts, strange), (minutes, expected) = kinds, plan
    warm = Told()
    warm_s = min(10.0, minutes * 6)
    drive([Client(server.port, expected, warm) for _ in range(CLIENTS)], texts, warm_s, None)
    capacity = len(warm.times_s) / warm_s
    told = Told()
    clients = [Client(server.port, expected, told) for _ in range(CLIENTS)]
    found: dict[str, Any] = {"capacity_per_s": round(capacity, 1)}
    found["memory_mib"] = [server.memory_mib()]
    at, total_s = 0.0, minutes * 60
    asked = texts
    for name, share in (*EVENTS, ("end", 1.0)):
        drive(clients, asked, (share - at) * total_s, capacity * LOAD)
        at = share
        found["memory_mib"].append(server.memory_mib())
        if name == "canary":
            release(folder, "--canary", str(second), "--why", "soak")
        elif name == "back":
            found["trial_at_rollback"] = release(folder)["trial"]
            found["rolled_back_in_s"] = _roll_back(server, folder)
        elif name == "drift":
            found["status_before_drift"] = _alarms(server)
            asked = strange
        elif name == "kill":
            found["status_after_drift"] = _alarms(server)
            found["ready_after_kill_s"] = _kill_under_load(server, clients, asked, capacity)
    found["statuses"] = dict(told.statuses)
    found["wrong_answers"] = told.wrong + warm.wrong
    for key, share in (("p50_ms", 0.5), ("p99_ms", 0.99)):
        found[key] = percentile(told.times_s, share)
    found["sent"] = warm.ids + told.ids
    return found


def _roll_back(server: Server, folder: Path) -> float | str:
    """Go back, and return the seconds from the command's end until only the former answers."""
    target = release(folder, "--back", "--why", "soak")["plan"]["live"]
    begun, row = time.perf_counter(), 0
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as line:
        for number in range(100_000):
            # Other texts each time: a canary is sticky by text, and may be this very version.
            body = json.dumps({"text": f"is it back? {number}"})
            line.request("POST", "/predict", body, {"content-type": "application/json"})
            said = json.loads(line.getresponse().read())
            row = row + 1 if said.get("version") == target else 0
            if row == 1:
                found = time.perf_counter() - begun
            if row == _IN_A_ROW:
                return round(found, 3)
            time.sleep(0.002)
    return "not within 100,000 requests"


def _kill_under_load(
    server: Server, clients: list[Client], texts: list[str], capacity: float
) -> float:
    load_ = threading.Thread(target=drive, args=(clients, texts, 2.0, capacity * LOAD))
    load_.start()
    time.sleep(1.0)
    server.end(signal.SIGKILL)
    ready_s = server.start()
    load_.join()
    return round(ready_s, 2)


def _alarms(server: Server) -> list[dict[str, Any]]:
    status = server.get("/status.json")
    versions = status["versions"] if isinstance(status, dict) else status
    return [{key: one[key] for key in ("version", "state", "says", "looks")} for one in versions]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("table", type=Path, help="a CSV with a column called text")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--name", default="soak", help="of the file under results/")
    parser.add_argument("--redo", action="store_true")
    given = parser.parse_args()
    texts = sorted(set(pl.read_csv(given.table)["text"].drop_nulls().to_list()))
    name = f"{given.minutes:g} minutes"
    bench = Bench(given.name, (name,) if given.redo else ())
    cell = bench.cell(name, lambda: soak(given.first, given.second, texts, given.minutes))
    print(json.dumps(cell, indent=1, ensure_ascii=False))
    if cell["wrong_answers"] or cell["lost_from_log"] or cell["same_id_twice"]:
        sys.exit("An answer was wrong, or one that was sent is not in the log.")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
