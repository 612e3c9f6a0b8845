"""The ways an alert takes: a file, a webhook, a mail. Nobody's text goes out on any of them."""

from __future__ import annotations

import http.client
import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from lissom.operate.incidents.causes import MEANS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.operate.incidents.alarm_file import AlarmOrder, Mail, Webhook
    from lissom.operate.incidents.record import Line

_WAIT_S = 10.0
_MOST_READ = 1024
_FIRST_BAD = 300
_ACTS = {
    "open": "Incident {0}",
    "worse": "Incident {0} is graver than it was",
    "back": "Incident {0}: went back",
    "not back": "Incident {0}: did not go back",
}


class Alert(msgspec.Struct, frozen=True):
    """What is told of a line of the record.

    Args:
        line: its number; two alerts never have the same.
        incident: its number.
        act: what happened.
        at: time in UTC, ISO 8601.
        model: its name.
        version: of the bundle.
        cause: what probably lies behind it.
        severity: how grave it is.
        says: in a sentence.
        suggested: what to do.
    """

    line: int
    incident: int
    act: str
    at: str
    model: str
    version: str
    cause: str
    severity: str
    says: str
    suggested: str

    @property
    def subject(self) -> str:
        """Return one line for the head of a mail."""
        what = _ACTS[self.act].format(self.incident)
        said = f"{what}: {self.model}, {self.cause}, {self.severity}"
        return "".join(sign if sign.isprintable() else " " for sign in said)[:200]


def to_alert(line: Line) -> Alert | None:
    """Return what is told of a line, or None where it is nothing to be called for."""
    if line.act not in _ACTS:
        return None
    facts = (line.at, line.model, line.version, line.cause, line.severity, line.says)
    return Alert(line.number, line.incident, line.act, *facts, line.suggested)


class ChannelError(Exception):
    """An alert did not get through; the words hold no address and no secret."""


class Channel(Protocol):
    """A way that an alert takes."""

    @property
    def name(self) -> str:
        """Return what status and metrics call it."""
        ...

    def send(self, alert: Alert) -> None:
        """Hand an alert over; returns when it is sure to have arrived.

        Raises:
            ChannelError: it did not.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Adds a JSON line to a file."""

    path: str
    name: str = "file"

    def send(self, alert: Alert) -> None:
        """Write one line through to the disk."""
        try:
            with Path(self.path).open("ab") as file:
                file.write(msgspec.json.encode(alert) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ChannelError(_why(error)) from error


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts JSON. A redirect is a failure: an alert goes where it was sent, or nowhere."""

    to: Webhook
    wait_s: float = _WAIT_S
    name: str = "webhook"

    def send(self, alert: Alert) -> None:
        """Post one alert; anything but a 2xx is a failure."""
        headers = {"content-type": "application/json", "user-agent": "lissom"}
        if self.to.token:
            headers["authorization"] = f"Bearer {self.to.token}"
        try:
            link = self._connect()
            try:
                link.request("POST", self.to.path, msgspec.json.encode(alert), headers)
                answer = link.getresponse()
                answer.read(_MOST_READ)
            finally:
                link.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ChannelError(_why(error)) from error
        if answer.status >= _FIRST_BAD:
            raise ChannelError(f"it answered {answer.status}")

    def _connect(self) -> http.client.HTTPConnection:
        to = self.to
        if not to.is_tls:
            return http.client.HTTPConnection(to.host, to.port, timeout=self.wait_s)
        context = ssl.create_default_context(cafile=to.ca)
        return http.client.HTTPSConnection(to.host, to.port, timeout=self.wait_s, context=context)


@dataclass(frozen=True, slots=True)
class MailChannel:
    """Sends a mail, over TLS unless the server is on this machine."""

    to: Mail
    wait_s: float = _WAIT_S
    name: str = "mail"

    def send(self, alert: Alert) -> None:
        """Send one mail; a server that refuses any of the addresses is a failure."""
        settings = self.to.settings
        try:
            with self._connect() as server:
                if settings.user is not None:
                    server.login(settings.user, self.to.password)
                refused = server.send_message(write_mail(alert, settings.sender, settings.to))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise ChannelError(_why(error)) from error
        if refused:
            raise ChannelError(f"{len(refused)} of the addresses were refused")

    def _connect(self) -> smtplib.SMTP:
        settings, port = self.to.settings, self.to.port
        if settings.security == "none":
            return smtplib.SMTP(settings.host, port, timeout=self.wait_s)
        context = ssl.create_default_context(cafile=settings.ca)
        if settings.security == "tls":
            return smtplib.SMTP_SSL(settings.host, port, timeout=self.wait_s, context=context)
        server = smtplib.SMTP(settings.host, port, timeout=self.wait_s)
        try:
            # Raises where the server offers none: nothing is ever sent in the clear instead.
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


def write_mail(alert: Alert, sender: str, to: Sequence[str]) -> EmailMessage:
    """Return an alert as a mail."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = alert.subject, sender, ", ".join(to)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"{alert.says}\n\n"
        f"model      {alert.model}, version {alert.version}\n"
        f"cause      {alert.cause}: {MEANS[alert.cause]}\n"  # type: ignore[index]  # a Cause
        f"severity   {alert.severity}\n"
        f"seen       {alert.at}\n"
        f"suggested  {alert.suggested}\n\n"
        f"More: lissom incidents LOG --show {alert.incident}\n"
    )
    return mail


def open_channels(order: AlarmOrder) -> tuple[Channel, ...]:
    """Return the ways that a file asks for."""
    found: list[Channel] = []
    if order.file is not None:
        found.append(FileChannel(order.file))
    if order.webhook is not None:
        found.append(WebhookChannel(order.webhook))
    if order.mail is not None:
        found.append(MailChannel(order.mail))
    return tuple(found)


def _why(error: Exception) -> str:
    """Say what went wrong in our words: what a server wrote may quote what it was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if (
        isinstance(error, OSError)
        and error.strerror
        and not isinstance(error, smtplib.SMTPException)
    ):
        return error.strerror
    return type(error).__name__
