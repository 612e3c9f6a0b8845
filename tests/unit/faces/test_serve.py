"""The command around the app; some tests start the real server on a real port."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from small_bundle import write_small

from lissom.bundle import load_or_make_key
from lissom.errors import BundleError, PortTakenError
from lissom.faces.cli import main
from lissom.faces.serve import find_address
from lissom.operate.loopback import is_loopback
from lissom.pipeline.places import find_today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.faces.conftest import FakePipeline, Run

TESTS = Path(__file__).parents[2]
COMMAND = "import sys; from lissom.faces.cli import main; main(sys.argv[1:])"

SLOW = f"""
import sys, time
sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from serving_fakes import PROOF, FakeModel, make_version
from lissom.faces.cli import main

def dawdle(_number):
    print("begun", flush=True)
    time.sleep(0.8)

class Pipeline:
    answer_upload = None
    def open_models(self, order):
        return ((make_version(FakeModel(before_reading=dawdle)), PROOF),)
    def find_releases(self, order):
        return {{}}
    def open_model(self, folder, name, demands):
        raise AssertionError
    def keys_path(self):
        return Path("nowhere")

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
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@pytest.mark.parametrize("given", ["--tls-cert", "--tls-key"])
def test_half_of_what_https_needs_ends_with_2(run: Run, tmp_path: Path, given: str) -> None:
    path = tmp_path / "x.pem"
    path.touch()
    result = run("serve", "m", given, str(path))
    assert result.exit_code == 2
    assert "HTTPS needs both" in result.stderr
    assert run("serve", "m", "--tls-cert", "no", "--tls-key", str(path)).exit_code == 2


def test_every_option_of_serve_has_a_default() -> None:
    assert "127.0.0.1" in CliRunner().invoke(main, ["serve", "--help"]).stdout


@contextmanager
def running(
    *typed: str, home: Path, code: str = COMMAND, scheme: str = "http"
) -> Iterator[subprocess.Popen[str]]:
    """Run `lissom serve` until the block ends; `port` in typed is where to knock."""
    port = int(typed[typed.index("--port") + 1])
    env = {**os.environ, "LISSOM_HOME": str(home)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code, *typed], env=env, **pipes) as server:
        try:
            wait_for(port, server, scheme)
            yield server
        finally:
            server.kill()


def wait_for(port: int, server: subprocess.Popen[str], scheme: str) -> None:
    """Wait until somebody listens on `port` and is ready."""
    for _ in range(600):
        assert server.poll() is None, server.communicate()
        try:
            if scheme == "https":
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            if ask(port, "GET", "/health/ready")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    message = f"nobody listens on port {port}"
    raise TimeoutError(message)


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        headers = {"content-type": "application/json"}
        client.request(method, path, json.dumps(body) if body else None, headers)
        reply = client.getresponse()
        return reply.status, json.loads(reply.read())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def bundle(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = load_or_make_key(home / "config", find_today())
    return write_small(tmp_path_factory.mktemp("models") / "inbox", key)


@pytest.fixture(scope="module")
def port(bundle: Path, home: Path) -> Iterator[int]:
    """Return the port of a real server of the small bundle."""
    port = free_port()
    with running("serve", str(bundle), "--port", str(port), home=home):
        yield port


@pytest.mark.slow
def test_a_real_server_answers(port: int) -> None:
    status, said = ask(port, "POST", "/predict", {"texts": ["lovely", "refund"]})
    assert status == 200
    assert [one["label"] for one in said["predictions"]] == ["praise", "refund"]
    assert ask(port, "GET", "/v2/models/inbox")[1]["name"] == "inbox"


@pytest.mark.slow
def test_a_connection_answers_more_than_once_and_survives_a_refusal(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        headers = {"content-type": "application/json"}
        statuses = []
        for body in ('{"text": "a"}', "{", '{"text": "b"}', ""):
            client.request("POST", "/predict", body, headers)
            reply = client.getresponse()
            reply.read()
            statuses.append(reply.status)
    assert statuses == [200, 422, 200, 422]


@pytest.mark.slow
def test_clients_that_say_nothing_or_half_do_not_stand_in_the_way(port: int) -> None:
    heads = [b"", b"POST /pre", b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n{"]
    held = []
    try:
        for head in heads * 20:
            held.append(socket.create_connection(("127.0.0.1", port), 10))
            held[-1].sendall(head)
        for half in held[::7]:
            half.shutdown(socket.SHUT_WR)
        assert ask(port, "POST", "/predict", {"text": "lovely"})[0] == 200
    finally:
        for one in held:
            one.close()
    assert ask(port, "GET", "/health/ready")[0] == 200


@pytest.mark.slow
def test_garbage_gets_400_and_harms_nobody(port: int) -> None:
    for raw in (b"\x16\x03\x01\x00\xa5hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100):
        with socket.create_connection(("127.0.0.1", port), 10) as client:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            client.settimeout(10)
            assert client.recv(100)[:12] in {b"", b"HTTP/1.1 400"}
    assert ask(port, "GET", "/health/ready")[0] == 200


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("tritonclient") is None, reason="2026-11-23: tritonclient[http] is not installed"
)
def test_a_stock_triton_client_works_in_json_and_in_binary(port: int) -> None:
    client_module = pytest.importorskip("tritonclient.http")
    numpy = pytest.importorskip("numpy")
    with closing(client_module.InferenceServerClient(f"127.0.0.1:{port}")) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("inbox")
        (version,) = client.get_model_metadata("inbox")["versions"]
        for in_binary in (True, False):
            texts = client_module.InferInput("text", [3], "BYTES")
            values = numpy.array(["lovely", "refund", "é 漢"], dtype=object)
            texts.set_data_from_numpy(values, binary_data=in_binary)
            names = ("label", "probability", "unsure", "probabilities")
            wanted = [
                client_module.InferRequestedOutput(name, binary_data=in_binary) for name in names
            ]
            found = client.infer("inbox", [texts], version, wanted, request_id="7")
            labels = [
                one.decode() if isinstance(one, bytes) else one for one in found.as_numpy("label")
            ]
            assert labels[:2] == ["praise", "refund"]
            assert found.as_numpy("probabilities").shape == (3, 2)
            assert found.as_numpy("unsure").dtype == bool
            assert found.get_response()["id"] == "7"
        with pytest.raises(client_module.InferenceServerException, match="No model"):
            client.infer("outbox", [texts])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send (2026-11-23)")
def test_sigterm_lets_what_is_under_way_finish(free: int, home: Path) -> None:
    with (
        running("serve", "m", "--port", str(free), home=home, code=SLOW) as server,
        closing(http.client.HTTPConnection("127.0.0.1", free, timeout=20)) as client,
    ):
        headers = {"content-type": "application/json"}
        client.request("POST", "/predict", b'{"text": "?a"}', headers)
        assert server.stdout.readline() == "begun\n"
        server.send_signal(signal.SIGTERM)
        reply = client.getresponse()
        assert (reply.status, b'"label' in reply.read()) == (200, True)
        said = server.communicate(timeout=20)[1]
        assert (server.returncode, said.splitlines()[-1]) == (0, "Stopped.")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such kill (2026-11-23)")
def test_killed_under_load_no_answer_that_was_sent_is_missing_from_the_log(
    bundle: Path, home: Path, free: int, tmp_path: Path
) -> None:
    typed = ("serve", str(bundle), "--port", str(free), "--log", str(tmp_path), "--log-first")
    sent: list[int] = []
    for _ in range(2):
        with running(*typed, home=home):
            for number in range(12):
                texts = [f"text {number}", "lovely"]
                said = ask(free, "POST", "/predict", {"texts": texts})[1]["predictions"]
                sent += [int(one["id"]) for one in said]
        # The block has ended with SIGKILL.
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as base:
        kept = [number for (number,) in base.execute("select id from answers order by id")]
        assert base.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert set(sent) <= set(kept)
    assert sent == sorted(set(sent))


@pytest.mark.slow
def test_a_rollback_takes_effect_while_the_server_runs(
    bundle: Path, home: Path, free: int, tmp_path: Path
) -> None:
    other = write_small(tmp_path / "other", load_or_make_key(home / "config", find_today()), 60)
    folder = tmp_path / "models" / "shop"

    def release(*typed: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "release", str(folder), *typed, "--json"],
            env={**os.environ, "LISSOM_HOME": str(home)},
            capture_output=True,
            check=True,
        )
        return json.loads(done.stdout)

    first = release("--live", str(bundle))["plan"]["live"]
    with running("serve", "--models", str(folder.parent), "--port", str(free), home=home):
        second = release("--live", str(other), "--why", "better")["plan"]["live"]
        assert wait_for_version(free, second) == second
        assert release("--back")["plan"]["live"] == first
        assert wait_for_version(free, first) == first
    told = release()
    assert [entry["act"] for entry in told["record"]] == ["live", "live", "back"]
    assert told["record"][1]["why"] == "better"


def wait_for_version(port: int, version: str) -> str:
    """Ask until a version answers; every request on the way gets an answer."""
    for _ in range(200):
        status, said = ask(port, "POST", "/predict", {"text": "lovely"})
        assert status == 200
        if said["version"] == version:
            break
        time.sleep(0.05)
    return said["version"]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


@pytest.mark.slow
def test_https_is_spoken_where_a_certificate_is_given(
    bundle: Path, home: Path, free: int, tmp_path: Path
) -> None:
    cert, private = make_certificate(tmp_path)
    typed = ("serve", str(bundle), "--port", str(free), "--tls-cert", str(cert))
    with running(*typed, "--tls-key", str(private), home=home, scheme="https"):
        trusting = ssl.create_default_context(cafile=str(cert))
        connection = http.client.HTTPSConnection("127.0.0.1", free, timeout=20, context=trusting)
        with closing(connection) as client:
            client.request("GET", "/health/ready")
            assert client.getresponse().status == 200
        with pytest.raises((OSError, http.client.HTTPException)):
            ask(free, "GET", "/health/ready")
