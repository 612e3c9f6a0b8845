"""The command around the app; one test starts the real server on a real port."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lissom.errors import BundleError, PortTakenError
from lissom.faces.cli import main
from lissom.faces.serve import find_address, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.faces.conftest import FakePipeline, Run

SERVER = """
import sys, time
from lissom.faces.cli import main
from lissom.pipeline import Prediction

class Model:
    name = "inbox"
    def predict(self, texts):
        print("begun", flush=True)
        time.sleep(float(texts[0]))
        return [Prediction("late", 0.5, False, "lexical")]

class Pipeline:
    def load(self, bundle, *, trust, released, policy):
        return Model()

main(sys.argv[1:], obj=Pipeline())
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  the very address to warn about
        ("::", False),
        ("192.168.1.4", False),
        ("shop.example.org", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, expected: bool) -> None:  # noqa: FBT001  a claim
    assert is_loopback(host) is expected


def test_a_free_port_gives_the_number_of_the_host(free: int) -> None:
    assert find_address("127.0.0.1", free) == "127.0.0.1"


def test_a_port_in_use_is_told_before_anything_starts(taken: int, run: Run) -> None:
    result = run("serve", "m", "--port", str(taken))
    assert result.exit_code == 1
    assert f"Cannot listen on 127.0.0.1 port {taken}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "no such host"])
def test_a_host_that_is_not_ours_is_told(free: int, host: str) -> None:
    with pytest.raises(PortTakenError, match=f"Cannot listen on {host} port {free}: "):
        find_address(host, free)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_ends_with_2(run: Run, port: str) -> None:
    assert run("serve", "m", "--port", port).exit_code == 2


def test_a_changed_bundle_is_never_served(run: Run, pipeline: FakePipeline) -> None:
    pipeline.trouble = BundleError("Bundle m: model.onnx changed after signing.")
    assert run("serve", "m").exit_code == 5


def test_every_option_of_serve_has_a_default() -> None:
    assert "127.0.0.1" in CliRunner().invoke(main, ["serve", "--help"]).stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send (2026-11-23)")
def test_sigterm_lets_what_is_under_way_finish(free: int) -> None:
    typed = [sys.executable, "-c", SERVER, "serve", "m", "--port", str(free)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(typed, **pipes) as server:
        try:
            wait_for(free)
            with closing(http.client.HTTPConnection("127.0.0.1", free, timeout=20)) as client:
                headers = {"content-type": "application/json"}
                client.request("POST", "/predict", b'{"text": "0.8"}', headers)
                assert server.stdout.readline() == "begun\n"
                server.send_signal(signal.SIGTERM)
                reply = client.getresponse()
                assert (reply.status, b'"late"' in reply.read()) == (200, True)
            said = server.communicate(timeout=20)[1]
            # Not the last line: on a crowded machine a thread of the server may grumble after it.
            assert (server.returncode, "Stopped." in said.splitlines()) == (0, True)
        finally:
            server.kill()


def wait_for(port: int) -> None:
    """Wait until somebody listens on `port`."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    message = f"nobody listens on port {port}"
    raise TimeoutError(message)
