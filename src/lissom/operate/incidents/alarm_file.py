"""The file that says whom to tell of an incident, and when to go back without being told."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from lissom.errors import AlarmFileError
from lissom.operate.incidents.going_back import (  # noqa: TC001 - msgspec reads the annotations
    GoBack,
)
from lissom.operate.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Said = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^@\s,<>]+@[^@\s,<>]+$", max_length=300)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class InFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that gets one JSON line for each alert.

    Args:
        path: made when it is not there.
    """

    path: Said


class InWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address that gets each alert as a JSON body.

    Args:
        url: https, or http on this machine.
        url_from: the environment variable that holds it, where the address is a secret itself.
        token_from: the environment variable with what is sent as `authorization: Bearer`.
        ca: file with the certificates to trust, in PEM; the system's when not given.
    """

    url: Said | None = None
    url_from: Said | None = None
    token_from: Said | None = None
    ca: Said | None = None


class InMail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mail server, and who gets a message.

    Args:
        host: of the server.
        sender: address it comes from.
        to: addresses it goes to.
        security: "tls" from the first byte, "starttls", or "none", on this machine only.
        port: 465, 587 and 25 when not given.
        user: to log in as; no log-in when not given.
        password_from: the environment variable with the password.
        ca: file with the certificates to trust, in PEM; the system's when not given.
    """

    host: Said
    sender: Address
    to: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=50)]
    security: Literal["tls", "starttls", "none"] = "tls"
    port: Port | None = None
    user: Said | None = None
    password_from: Said | None = None
    ca: Said | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    per_hour: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10
    file: InFile | None = None
    webhook: InWebhook | None = None
    mail: InMail | None = None
    go_back: tuple[GoBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """A checked address, with its secrets; they never show in a traceback or a log.

    Args:
        host: to connect to.
        port: of it.
        path: with the query; may be a secret.
        is_tls: False on this machine only.
        token: or "" for none.
        ca: file with the certificates to trust, or None for the system's.
    """

    host: str
    port: int
    path: str = field(repr=False)
    is_tls: bool
    token: str = field(repr=False)
    ca: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A checked mail server, with its password.

    Args:
        settings: as they stand in the file.
        port: of the server.
        password: or "" where nobody logs in.
    """

    settings: InMail
    port: int
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AlarmOrder:
    """What is done on an incident.

    Args:
        per_hour: alerts that each channel sends at most; the rest wait.
        file: where they are written, or None.
        webhook: where they are posted, or None.
        mail: whom they are sent to, or None.
        go_back: for which incidents the server goes back by itself; for none when empty.
    """

    per_hour: int = 10
    file: str | None = None
    webhook: Webhook | None = None
    mail: Mail | None = None
    go_back: tuple[GoBack, ...] = ()


def read_alarm_file(raw: bytes, where: str, environ: Mapping[str, str]) -> AlarmOrder:
    r"""Read the file strictly: a channel that cannot work is an error now, not on the first alarm.

    Args:
        raw: its bytes.
        where: its name, for errors.
        environ: holds the secrets that the file names.

    Raises:
        AlarmFileError: not TOML, an unknown key, an address in the clear, a secret that is not
            there.

    >>> read_alarm_file(b'[file]\npath = "alerts.jsonl"', "alarm.toml", {}).file
    'alerts.jsonl'
    """
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), _File)
    except (ValueError, RecursionError) as error:
        raise AlarmFileError(where, str(error)) from error

    _check_go_back(found.go_back, where)

    def secret(name: str | None) -> str:
        if name is None:
            return ""
        if not environ.get(name):
            raise AlarmFileError(where, f"the environment variable {name} is not set")
        return environ[name].strip()

    webhook = mail = None
    if found.webhook is not None:
        one = found.webhook
        if (one.url is None) == (one.url_from is None):
            raise AlarmFileError(where, "webhook needs exactly one of url and url_from")
        url = one.url or secret(one.url_from)
        webhook = _check_url(url, secret(one.token_from), one.ca, where)
    if found.mail is not None:
        mail = _check_mail(found.mail, secret(found.mail.password_from), where)
    path = None if found.file is None else found.file.path
    return AlarmOrder(found.per_hour, path, webhook, mail, found.go_back)


def _check_go_back(rules: Sequence[GoBack], where: str) -> None:
    if any((rule.cause, rule.severity) == ("latency", "high") for rule in rules):
        why = 'latency is never worse than "medium", so its go_back needs severity = "medium"'
        raise AlarmFileError(where, why)


def _check_url(url: str, token: str, ca: str | None, where: str) -> Webhook:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AlarmFileError(where, "the address of the webhook is none") from error
    is_tls = parts.scheme == "https"
    if not host or parts.username is not None or not (url.isascii() and url.isprintable()):
        why = "the address of the webhook is none; secrets belong in token_from, not before an @"
        raise AlarmFileError(where, why)
    if not is_tls and not (parts.scheme == "http" and is_loopback(host)):
        raise AlarmFileError(where, "the webhook must be https, or http on this machine")
    if not token.isascii() or not token.isprintable():
        raise AlarmFileError(where, "the token of the webhook holds what no header may")
    path = parts.path or "/"
    path += f"?{parts.query}" if parts.query else ""
    return Webhook(host, port or (443 if is_tls else 80), path, is_tls, token, ca)


def _check_mail(settings: InMail, password: str, where: str) -> Mail:
    if settings.security == "none" and not is_loopback(settings.host):
        raise AlarmFileError(where, 'mail with security = "none" is for this machine only')
    if (settings.user is None) != (settings.password_from is None):
        raise AlarmFileError(where, "mail needs user and password_from together, or neither")
    port = settings.port or {"tls": 465, "starttls": 587, "none": 25}[settings.security]
    return Mail(settings, port, password)
