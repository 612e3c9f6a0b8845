"""A real server in a process of its own: the mix moves, it tells, goes back, and is killed."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import numpy as np
import pytest
from small_bundle import write_small

from lissom import pipeline
from lissom.bundle import load_or_make_key
from lissom.pipeline import Act
from lissom.pipeline.places import find_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "hunter2-not-to-be-seen"  # noqa: S105 - the example to look for
# A smaller reference than a server takes, so that it is complete within seconds.
SMALL = """
from lissom.operate.watching import describing, monitors
monitors.REFERENCE_ROWS = describing.REFERENCE_ROWS = 400
import sys
from lissom.faces.cli import main
main(sys.argv[1:])
"""
LOTS = np.random.default_rng(0)


def texts(words: list[str], count: int) -> list[str]:
    """Return texts with one of some words in each, among others that say nothing."""
    return [
        " ".join([*LOTS.choice(["please", "shop"], LOTS.integers(0, 7)), LOTS.choice(words)])
        for _ in range(count)
    ]


class Hook(BaseHTTPRequestHandler):
    """Remembers what is posted."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.headers["authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.got = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ask(port: int, path: str, body: object = None) -> dict[str, object]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        headers = {"content-type": "application/json"}
        raw = None if body is None else json.dumps(body)
        client.request("GET" if body is None else "POST", path, raw, headers)
        found: dict[str, object] = json.loads(client.getresponse().read())
        return found


def wait_for(claim: Callable[[], object]) -> None:
    for _ in range(200):
        try:
            if claim():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError


def states(port: int) -> list[str]:
    return [one["state"] for one in ask(port, "/status.json")["versions"]]


@contextmanager
def serving(*typed: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "HOOK_TOKEN": TOKEN}
    command = [sys.executable, "-c", SMALL, "serve", *typed, "--port", str(port)]
    pipes = {"stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=env, **pipes) as server:
        try:
            wait_for(lambda: ask(port, "/health/ready"))
            yield port, server
        finally:
            server.kill()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a release in which the second of two bundles serves."""
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path / "home"))
    key = load_or_make_key(tmp_path / "home" / "config", find_today())
    for name, weight in (("one", 20), ("two", 30)):
        bundle = write_small(tmp_path / name, key, weight)
        pipeline.change_release(Act(tmp_path / "shop", "live", bundle, 0.0, "anna", "because"))
    return tmp_path / "shop"


def write_alarms(path: Path, port: int) -> None:
    # A toy of two labels: which of these causes it is depends on a few words.
    causes = ("out of scope", "class mix", "input drift", "confidence")
    path.write_text(
        f'[webhook]\nurl = "http://127.0.0.1:{port}/"\ntoken_from = "HOOK_TOKEN"\n'
        + "".join(f'[[go_back]]\ncause = "{cause}"\nseverity = "low"\n' for cause in causes)
    )


def acts(hook: ThreadingHTTPServer) -> list[str]:
    """Return what was told, without what got graver meanwhile."""
    return [alert["act"] for _, alert in hook.got if alert["act"] != "worse"]


@pytest.mark.slow
def test_a_change_is_noted_told_and_taken_back_once_through_a_kill(
    tmp_path: Path, hook: ThreadingHTTPServer, shop: Path
) -> None:
    before, log = pipeline.show_release(shop).plan, tmp_path / "log"
    write_alarms(tmp_path / "alarm.toml", hook.server_port)
    typed = (str(shop), "--log", str(log), "--on-alarm", str(tmp_path / "alarm.toml"))
    with serving(*typed, "--look-minutes", "0.01") as (port, server):
        for _ in range(4):
            ask(port, "/predict", {"texts": texts(["lovely", "refund"], 200)})
        # The version that waits sees nothing; the one that serves has its reference.
        wait_for(lambda: "calm" in states(port))
        assert ask(port, "/status.json")["incidents"] == []

        def moves() -> bool:
            ask(port, "/predict", {"texts": texts(["refund"], 60)})
            time.sleep(0.5)  # until about the next look
            return "back" in acts(hook)

        wait_for(moves)
        (shown,) = ask(port, "/status.json")["incidents"]
        assert (shown["model"], shown["version"]) == ("shop", before.live)
        wait_for(lambda: ask(port, "/predict", {"text": "a"})["version"] == before.previous)
        server.kill()
        said = server.stderr.read()
    with serving(*typed, "--look-minutes", "0.01") as (port, server):
        wait_for(lambda: ask(port, "/status.json")["incidents"])
        time.sleep(1.5)  # looks and tries go on meanwhile
        server.kill()
        said += server.stderr.read()
    assert acts(hook) == ["open", "back"]
    assert len({alert["line"] for _, alert in hook.got}) == len(hook.got)
    assert {token for token, _ in hook.got} == {f"Bearer {TOKEN}"}
    kept = b"".join(path.read_bytes() for path in log.rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept + said.encode()
    assert '"event":"incident"' in said
    record = pipeline.show_release(shop).record
    assert [entry.act for entry in record] == ["live", "live", "back"]
    assert "incident 1: " in record[-1].why
    lines = pipeline.list_incidents(log)[0].lines
    assert [line.act for line in lines[:2]] == ["open", "back"]
    assert {line.act for line in lines[2:]} <= {"alarm", "worse"}
    assert "Went back from version" in pipeline.report_incident(log, 1)
