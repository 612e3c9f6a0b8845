"""Findings as JSON: what `audit` prints and writes, and what `fix` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lissom.errors import FindingsFileError
from lissom.evidence import Evidence, Finding, NotMeasured
from lissom.pipeline.results import Described, NotLooked  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.pipeline.results import AuditReport

_MOST_BYTES = 1 << 30


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """The file. Row numbers only: no text of a row is ever in it.

    Args:
        data: the rows that were looked at.
        test: those of the test file.
        findings: the gravest first.
        not_looked: what could not be looked for.
        evidence: the smallest attacks that would have been found.
        not_measured: why there is no such figure.
        seconds: wall time.
    """

    data: Described
    test: Described | None = None
    findings: tuple[Finding, ...]
    not_looked: tuple[NotLooked, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()
    seconds: float = 0.0


def to_json(report: AuditReport) -> bytes:
    """Return what `lissom audit --json` prints."""
    found = Findings(
        data=report.data,
        test=report.test,
        findings=report.findings,
        not_looked=report.not_looked,
        evidence=tuple(one for one in report.evidence if isinstance(one, Evidence)),
        not_measured=tuple(one for one in report.evidence if isinstance(one, NotMeasured)),
        seconds=report.seconds,
    )
    return msgspec.json.encode(found)


def read_findings(path: Path) -> Findings:
    """Read what `audit` wrote.

    Raises:
        FindingsFileError: it is not there, or not such a file.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FindingsFileError(str(path), "the file is over 1 GiB")
        return msgspec.json.decode(path.read_bytes(), type=Findings)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise FindingsFileError(str(path), why) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FindingsFileError(str(path), f"these are no findings ({error})") from error
