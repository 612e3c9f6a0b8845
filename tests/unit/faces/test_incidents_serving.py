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

import pytest
from small_bundle import write_small

from lissom.bundle import load_or_make_key
from lissom.pipeline.places import find_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "hunter2-not-to-be-seen"  # noqa: S105 - the example to look for
COMMAND = "import sys; from lissom.faces.cli import main; main(sys.argv[1:])"
# A smaller reference than a server takes, so that it is complete within seconds.
SMALL = f"""
from lissom.operate.watching import describing, monitors
monitors.REFERENCE_ROWS = describing.REFERENCE_ROWS = 400
{COMMAND}
"""
CALM = ["lovely", "refund"] * 100
MOVED = ["refund"] * 60


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


def run(home: Path, *typed: str) -> dict[str, object]:
    env = {**os.environ, "LISSOM_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *typed, "--json"], env=env, capture_output=True, check=False
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


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
def serving(home: Path, *typed: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "LISSOM_HOME": str(home), "HOOK_TOKEN": TOKEN}
    command = [sys.executable, "-c", SMALL, "serve", *typed, "--port", str(port)]
    pipes = {"stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=env, **pipes) as server:
        try:
            wait_for(lambda: ask(port, "/health/ready"))
            yield port, server
        finally:
            server.kill()


@pytest.mark.slow
def test_a_change_is_noted_told_and_taken_back_once_through_a_kill(
    tmp_path: Path, hook: ThreadingHTTPServer
) -> None:
    home, shop, log = (tmp_path / name for name in ("home", "shop", "log"))
    key = load_or_make_key(home / "config", find_today())
    for name, weight in (("one", 20), ("two", 30)):
        bundle = write_small(tmp_path / name, key, weight)
        run(home, "release", str(shop), "--live", str(bundle))
    before = run(home, "release", str(shop))["plan"]
    alarm = tmp_path / "alarm.toml"
    alarm.write_text(
        f'[webhook]\nurl = "http://127.0.0.1:{hook.server_port}/"\ntoken_from = "HOOK_TOKEN"\n'
        '[[go_back]]\ncause = "class mix"\nseverity = "low"\n'
    )
    typed = (str(shop), "--log", str(log), "--on-alarm", str(alarm), "--look-minutes", "0.01")
    with serving(home, *typed) as (port, server):
        for _ in range(4):
            ask(port, "/predict", {"texts": CALM})
        # The version that waits sees nothing; the one that serves has its reference.
        wait_for(lambda: "calm" in states(port))
        assert ask(port, "/status.json")["incidents"] == []

        def moves() -> bool:
            ask(port, "/predict", {"texts": MOVED})
            time.sleep(0.6)  # a look: so that each has some rows
            return "back" in [alert["act"] for _, alert in hook.got]

        wait_for(moves)
        (shown,) = ask(port, "/status.json")["incidents"]
        wait_for(lambda: ask(port, "/predict", {"text": "a"})["version"] == before["previous"])
        server.kill()
        said = server.stderr.read()
    assert (shown["cause"], shown["model"], shown["version"]) == (
        *("class mix", "shop"),
        before["live"],
    )
    assert [alert["act"] for _, alert in hook.got] == ["open", "back"]
    assert {token for token, _ in hook.got} == {f"Bearer {TOKEN}"}
    with serving(home, *typed) as (port, server):
        wait_for(lambda: ask(port, "/status.json")["incidents"])
        time.sleep(1.5)  # looks and tries go on meanwhile
        server.kill()
        said += server.stderr.read()
    assert TOKEN not in said
    assert '"event":"incident"' in said
    assert [alert["act"] for _, alert in hook.got] == ["open", "back"]
    released = run(home, "release", str(shop))
    assert [entry["act"] for entry in released["record"]] == ["live", "live", "back"]
    assert "incident 1: class mix" in released["record"][-1]["why"]
    lines = run(home, "incidents", str(log), "--show", "1")["lines"]
    assert [line["act"] for line in lines if line["act"] != "alarm"] == ["open", "back"]
    kept = b"".join(path.read_bytes() for path in log.rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept
    report = run(home, "incidents", str(log), "--report", "1")["report"]
    assert "Went back from version" in report
