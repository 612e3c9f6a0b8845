"""A file behind an http or https address, with a limit on time and size."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urlsplit

from lissom.errors import FetchError

LIMIT_MIB = 2048
WAIT_S = 30.0
_PIECE = 1 << 20


def is_address(source: str) -> bool:
    """Say whether a source is an address rather than a path.

    >>> is_address("https://example.org/inbox.csv"), is_address("inbox.csv")
    (True, False)
    """
    return "://" in source


def fetch(address: str, *, limit_mib: int = LIMIT_MIB, wait_s: float = WAIT_S) -> IO[bytes]:
    """Download a file to a temporary one that vanishes when it is closed.

    Only http and https are spoken, also after a redirect: `file:` and `ftp:` would let an
    address reach what its owner never meant to hand out. Proxies are taken from the environment,
    as every other program does.

    Args:
        address: http:// or https://.
        limit_mib: most that is downloaded, in MiB.
        wait_s: longest silence of the server, in seconds.

    Returns:
        An open binary file, at its start.

    Raises:
        FetchError: another scheme, no answer, an error answer, or a file over the limit.
    """
    if urlsplit(address).scheme.lower() not in {"http", "https"}:
        raise FetchError(address, "only http and https addresses are read")
    try:
        # The opener below has no handler for any other scheme.
        with _opener().open(address, timeout=wait_s) as answer:
            return _save(address, answer, limit_mib)
    except urllib.error.HTTPError as error:
        raise FetchError(address, f"the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise FetchError(address, f"no answer ({error.reason})") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(address, f"the download broke off ({error})") from error


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _save(address: str, answer: IO[bytes], limit_mib: int) -> IO[bytes]:
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    left = limit_mib << 20
    while piece := answer.read(_PIECE):
        left -= len(piece)
        if left < 0:
            kept.close()
            raise FetchError(address, f"the file is larger than {limit_mib} MiB")
        kept.write(piece)
    kept.seek(0)
    return kept
