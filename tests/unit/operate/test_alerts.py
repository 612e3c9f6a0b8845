"""Alerts to servers on this machine: told once, held back, failing without harm, no leaks."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from watching_fakes import ALARM, remember

from lissom.errors import AlarmFileError
from lissom.operate.incidents import (
    Alert,
    Alerts,
    Book,
    ChannelError,
    GoBack,
    Look,
    Pace,
    follow,
    open_channels,
    read_alarm_file,
    read_sent,
    write_act,
)
from lissom.operate.watching import MonitorStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lissom.operate.incidents.channels import Channel

SECRET = "hunter2-not-to-be-seen"  # noqa: S105 - the example to look for
AT = "2026-01-01T00:00:00+00:00"
ALERT = Alert(1, 1, "open", AT, "in\nbox", "a", "class mix", "high", "Says.", "label these rows")
QUICK = Pace(tries=2, first_wait_s=0.01, again_s=3600)


def wait_for(claim: Callable[[], object]) -> None:
    for _ in range(1000):
        if claim():
            return
        time.sleep(0.01)
    raise AssertionError


def note(book: Book, *monitors: str, harm: str = "unlikely", model: str = "inbox") -> None:
    """Let a look with these alarms be noted."""
    alarms = tuple(MonitorStatus(name, "alarm", 1.0, 1_000) for name in monitors)
    status = msgspec.structs.replace(ALARM, model=model, monitors=alarms, harm=harm)
    look = Look(status, AT, can_go_back=False, pick=lambda _cause: ())
    book.add(partial(follow, look=look))


class Fake:
    """A channel that remembers, and fails while it is told to."""

    def __init__(self, name: str = "fake", error: Exception | None = None) -> None:
        self.name, self.error = name, error
        self.got: list[Alert] = []
        self.tries = 0

    def send(self, alert: Alert) -> None:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self.got.append(alert)


@contextmanager
def sending(book: Book, *channels: Channel, pace: Pace = QUICK) -> Iterator[Alerts]:
    told: list[tuple[str, dict[str, object]]] = []
    alerts = Alerts(book, channels, pace, remember(told))
    alerts.heard = told
    try:
        yield alerts
    finally:
        alerts.close()


def test_an_incident_is_told_once_however_often_it_is_offered(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    note(book, "mix")
    with sending(book, fake) as alerts:
        wait_for(lambda: fake.got)
        for _ in range(5):
            note(book, "mix", "inputs")  # one more alarm, and the incident is known
            alerts.offer()
            time.sleep(0.01)
    assert [(one.incident, one.act, one.cause) for one in fake.got] == [(1, "open", "class mix")]
    # A server that starts anew does not repeat it.
    with sending(book, fake) as alerts:
        note(book, "mix", "errors")
        alerts.offer()
        wait_for(lambda: len(fake.got) == 2)
    assert fake.got[1].cause == "errors"


def test_what_gets_graver_is_told_again(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    note(book, "mix")
    note(book, "mix", harm="likely")
    with sending(book, fake):
        wait_for(lambda: len(fake.got) == 2)
    assert [(one.act, one.severity) for one in fake.got] == [("open", "low"), ("worse", "high")]


def test_what_a_kill_came_in_between_is_told_by_the_next_server(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    note(book, "mix")
    with sending(book, fake):  # nobody offers
        wait_for(lambda: fake.got)


def test_a_closed_incident_is_told_no_more_and_forgotten(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    note(book, "mix")
    with sending(book, fake) as alerts:
        wait_for(lambda: alerts.sent["fake"].told == (1,))
        book.add(lambda found: [write_act(found[0], "close", "over", "anna", AT)])
        alerts.offer()
        wait_for(lambda: alerts.sent["fake"].told == ())
    assert len(fake.got) == 1


@pytest.mark.parametrize("error", [ChannelError("it answered 500"), ZeroDivisionError(SECRET)])
def test_a_channel_that_fails_is_counted_and_told_and_holds_nobody_up(
    tmp_path: Path, error: Exception
) -> None:
    book, bad, good = Book(tmp_path), Fake("bad", error), Fake("good")
    note(book, "mix")
    with sending(book, bad, good) as alerts:
        wait_for(lambda: alerts.heard and alerts.held == {"bad": 1, "good": 0})
        sent = alerts.sent["bad"]
        assert (sent.sent, sent.failed, bad.tries, len(good.got)) == (0, 2, 2, 1)
        alerts.offer()
        time.sleep(0.05)
        assert bad.tries == 2  # it is left alone for a while
        ((event, facts),) = alerts.heard
    assert (event, facts["channel"], facts["incident"]) == ("alert not sent", "bad", 1)
    assert SECRET not in str(facts)
    assert read_sent(book.folder)["bad"].why in {"it answered 500", "ZeroDivisionError"}
    # What failed is not lost.
    bad.error = None
    with sending(book, bad):
        wait_for(lambda: bad.got)
    assert read_sent(book.folder)["bad"].why == ""


def test_no_channel_sends_more_than_its_pace_and_what_waits_is_counted(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    for number in range(5):
        note(book, "mix", model=f"model {number}")
    now = [0.0]
    alerts = Alerts(book, [fake], Pace(per_hour=2), remember([]), lambda: now[0])
    wait_for(lambda: alerts.held == {"fake": 3})
    assert len(fake.got) == 2
    now[0] = 3600.0
    alerts.offer()
    wait_for(lambda: len(fake.got) == 4)
    now[0] = 7200.0
    alerts.offer()
    wait_for(lambda: len(fake.got) == 5)
    alerts.close()


def test_a_record_that_was_changed_is_told_and_the_thread_lives(tmp_path: Path) -> None:
    book, fake = Book(tmp_path), Fake()
    note(book, "mix")
    path = book.folder / "record.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"labels", b"lables"))
    with sending(book, fake) as alerts:
        wait_for(lambda: alerts.heard)
        path.write_bytes(whole)
        alerts.offer()
        wait_for(lambda: fake.got)
    assert alerts.heard[0][0] == "alerts not sent"


# --- a webhook ---------------------------------------------------------------------------------


class Hook(BaseHTTPRequestHandler):
    """Remembers what is posted; what it answers stands in the path."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, self.headers.get("authorization"), json.loads(body)))
        status = int(self.path.strip("/").split("?")[0] or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/200")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    server.got = []
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for this machine that nobody trusts, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = (folder / "cert.pem", folder / "key.pem")
    paths[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def channel(text: str, **environ: str) -> Channel:
    (found,) = open_channels(read_alarm_file(text.encode(), "alarm.toml", environ))
    return found


def test_a_webhook_gets_json_and_the_token_from_the_environment() -> None:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as server:
        url = f"http://127.0.0.1:{server.server_port}/204?a=b"
        hook = channel('[webhook]\nurl_from = "HOOK"\ntoken_from = "T"', HOOK=url, T=SECRET)
        assert SECRET not in repr(hook)
        assert "204" not in repr(hook)
        hook.send(ALERT)
        ((path, token, body),) = server.got
    assert (path, token) == ("/204?a=b", f"Bearer {SECRET}")
    assert (body["incident"], body["cause"], body["suggested"]) == (
        *(1, "class mix"),
        "label these rows",
    )


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_or_sends_elsewhere_has_failed(status: int) -> None:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as server:
        hook = channel(f'[webhook]\nurl = "http://127.0.0.1:{server.server_port}/{status}"')
        with pytest.raises(ChannelError, match=f"it answered {status}"):
            hook.send(ALERT)
        assert len(server.got) == 1  # and nobody went where it was sent


def test_a_webhook_where_nobody_listens_has_failed() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.server_close()
    with pytest.raises(ChannelError, match="refused"):
        channel(f'[webhook]\nurl = "http://127.0.0.1:{server.server_port}/"').send(ALERT)


def test_a_certificate_must_be_trusted(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # the handshake that is refused
    with serving(server):
        text = f'[webhook]\nurl = "https://127.0.0.1:{server.server_port}/200"\n'
        with pytest.raises(ChannelError, match="certificate is not trusted"):
            channel(text).send(ALERT)
        assert server.got == []
        channel(f"{text}ca = {json.dumps(str(certificate[0]))}").send(ALERT)
        assert len(server.got) == 1


# --- a file and a mail -------------------------------------------------------------------------


def test_a_file_gets_a_line_for_each_alert(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    out = channel(f"[file]\npath = {json.dumps(str(path))}")
    out.send(ALERT)
    out.send(ALERT)
    assert [json.loads(line)["line"] for line in path.read_text().splitlines()] == [1, 1]
    path.unlink()
    path.mkdir()
    with pytest.raises(ChannelError):
        out.send(ALERT)


class Post(socketserver.StreamRequestHandler):
    """As much of a mail server as it takes; RFC 5321."""

    def handle(self) -> None:
        self.say(b"220 here")
        while line := self.rfile.readline().strip():
            word = line.split(b" ")[0].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                self.server.got.append(b"".join(lines).decode())
                self.say(b"250 taken")
            elif word == b"RCPT" and b"nobody@" in line:
                self.say(f"550 who is that, {SECRET}?".encode())
            elif word == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 fine")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


def mail(port: int, to: str = "anna@example.org", **more: str) -> str:
    extra = "".join(f'\n{key} = "{value}"' for key, value in more.items())
    return (
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "lissom@example.org"\n'
        f'to = ["{to}"]{extra}'
    )


def test_a_mail_says_it_all_and_its_head_cannot_be_written_by_a_name() -> None:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)) as server:
        channel(mail(server.server_address[1], security="none")).send(ALERT)
        (got,) = server.got
    assert "Subject: Incident 1: in box, class mix, high" in got
    assert "Auto-Submitted: auto-generated" in got
    assert "suggested  label these rows" in got
    assert "\r\nbox" not in got.split("\r\n\r\n")[0]


def test_a_mail_that_is_refused_has_failed_and_the_server_is_not_quoted() -> None:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)) as server:
        out = channel(mail(server.server_address[1], "nobody@example.org", security="none"))
        with pytest.raises(ChannelError) as caught:
            out.send(ALERT)
        assert server.got == []
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("who", [{}, {"user": "u", "password_from": "P"}], ids=["nobody", "user"])
def test_a_server_without_tls_gets_nothing_in_the_clear(who: dict[str, str]) -> None:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)) as server:
        out = channel(mail(server.server_address[1], security="starttls", **who), P=SECRET)
        assert SECRET not in repr(out)
        with pytest.raises(ChannelError):
            out.send(ALERT)
        assert server.got == []


def test_a_mail_that_one_of_two_does_not_get_has_failed() -> None:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)) as server:
        to = 'anna@example.org", "nobody@example.org'
        out = channel(mail(server.server_address[1], to, security="none"))
        with pytest.raises(ChannelError, match="1 of the addresses"):
            out.send(ALERT)


# --- the file that says whom to tell -----------------------------------------------------------


def test_a_whole_file_is_read() -> None:
    order = read_alarm_file(
        b'per_hour = 3\n[file]\npath = "a"\n[[go_back]]\ncause = "errors"\n'
        b'[[go_back]]\ncause = "class mix"\nseverity = "medium"',
        "alarm.toml",
        {},
    )
    assert (order.per_hour, order.file, order.webhook, order.mail) == (3, "a", None, None)
    assert order.go_back == (GoBack("errors", "high"), GoBack("class mix", "medium"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[webhook", "alarm.toml"),
        ("\xff", "alarm.toml"),
        ("emails = 1", "unknown field"),
        ("per_hour = 0", ">= 1"),
        ("[webhook]", "exactly one of url and url_from"),
        ('[webhook]\nurl = "http://example.org/x"', "must be https"),
        ('[webhook]\nurl = "http://127.0.0.1.example.org/x"', "must be https"),
        ('[webhook]\nurl = "ftp://127.0.0.1/x"', "must be https"),
        ('[webhook]\nurl = "file:///etc/passwd"', "is none"),
        (f'[webhook]\nurl = "https://me:{SECRET}@example.org/"', "before an @"),
        ('[webhook]\nurl = "https://example.org:99999/"', "is none"),
        ('[webhook]\nurl = "https://example.org/a b\\n"', "is none"),
        ('[webhook]\nurl_from = "HOOK"', "HOOK is not set"),
        ('[webhook]\nurl = "https://example.org/"\ntoken_from = "BAD"', "no header may"),
        ('[mail]\nhost = "mail.example.org"\nsender = "a@b"\nto = []', "length >= 1"),
        ('[mail]\nhost = "h"\nsender = "a"\nto = ["b@c"]', "regex"),
        ('[mail]\nhost = "h"\nsender = "a@b"\nto = ["b@c"]\nsecurity = "none"', "this machine"),
        ('[mail]\nhost = "h"\nsender = "a@b"\nto = ["b@c"]\nuser = "u"', "together"),
        ('[[go_back]]\ncause = "bad luck"', "bad luck"),
        ('[[go_back]]\nseverity = "high"', "cause"),
        ('[[go_back]]\ncause = "latency"', 'needs severity = "medium"'),
    ],
    ids=range(21),
)
def test_a_file_that_means_nothing_is_told_before_anything_starts(text: str, why: str) -> None:
    raw = text.encode("latin-1")
    with pytest.raises(AlarmFileError) as caught:
        read_alarm_file(raw, "alarm.toml", {"BAD": f"{SECRET}\r\nx: y"})
    assert why in str(caught.value)
    assert SECRET not in str(caught.value)
