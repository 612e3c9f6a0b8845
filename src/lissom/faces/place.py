"""Where data comes from and where its model goes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two characters or more: C:// is a drive
_TABLE = re.compile(r"\.(csv|tsv|txt|xlsx?|parquet|jsonl?|ndjson)(\.gz)?$", re.IGNORECASE)


def to_source(typed: str) -> Path | str:
    """Return a web address as it is, anything else as a path.

    >>> to_source("https://example.org/inbox.csv"), to_source("inbox.csv").name
    ('https://example.org/inbox.csv', 'inbox.csv')
    """
    return typed if _ADDRESS.match(typed) else Path(typed)


def beside(source: Path | str, name: str) -> Path:
    """Return a file named after `source`: beside it, or here when it is a web address.

    >>> beside(Path("shop/inbox.csv.gz"), "exam.html").as_posix()
    'shop/inbox-exam.html'
    """
    model = default_out(source)
    return model.with_name(f"{model.name.removesuffix('-model')}-{name}")


def default_sheet(source: Path | str) -> Path:
    """Return the file of labels for `source`: beside it, or here when it is a web address.

    >>> default_sheet(Path("shop/inbox.csv.gz")).as_posix()
    'shop/inbox-labels.csv'
    """
    return beside(source, "labels.csv")


def default_out(source: Path | str) -> Path:
    """Return the bundle folder for `source`: beside it, or here when it is a web address.

    >>> default_out(Path("shop/inbox.csv.gz")).as_posix()
    'shop/inbox-model'
    >>> default_out("https://example.org/mail/inbox.csv?day=1").as_posix()
    'inbox-model'
    """
    if isinstance(source, str):
        name = Path(urlsplit(source).path).name
        return Path(f"{_TABLE.sub('', name) or 'lissom'}-model")
    # A folder may be given as "." or "..", which have no name of their own.
    path = source if source.name not in {"", ".."} else source.resolve()
    return path.with_name(f"{_TABLE.sub('', path.name) or path.name}-model")
