"""The table of commands: a named door, so that one command loads no other's parts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Row:
    """One command.

    Args:
        name: what the user types.
        module: the module whose `command` it is; loaded when the command runs, not before.
        summary: one line for `lissom --help`.
        extra: the extra of lissom that holds what it needs, "" for none.
        stopped: what to say after Ctrl-C.
    """

    name: str
    module: str
    summary: str
    extra: str = ""
    stopped: str = "Stopped."


TABLE = (
    Row(
        "build",
        "lissom.faces.build",
        "Make a model out of a table of texts and a few labels.",
        extra="train",
        stopped="Stopped; run the same command again to go on.",
    ),
    Row(
        "next",
        "lissom.faces.next",
        "Choose the rows to label next, and say what more labels would bring.",
        extra="train",
    ),
    Row("describe", "lissom.faces.describe", "Answer what only a person can say of a model."),
    Row(
        "audit",
        "lissom.faces.audit",
        "Look for what is wrong with a table: copies, leaks, wrong labels, personal data.",
        extra="train",
    ),
    Row(
        "fingerprint",
        "lissom.faces.fingerprint",
        "Write hashes of a benchmark's rows, to look for them in other tables.",
        extra="train",
    ),
    Row(
        "fix",
        "lissom.faces.fix",
        "Mend what audit found, in a new file.",
        extra="train",
    ),
    Row("predict", "lissom.faces.predict", "Answer a file, lines on stdin, or one text."),
    Row(
        "examine",
        "lissom.faces.examine",
        "Examine any model: where it fails, with intervals.",
        extra="examine",
        stopped="Stopped; run the same command again, and what was answered is not asked again.",
    ),
    Row(
        "compare",
        "lissom.faces.compare",
        "Say which of two models is better, if the data can.",
        extra="examine",
    ),
    Row("show", "lissom.faces.show", "Show what a bundle is and what was measured."),
    Row("verify", "lissom.faces.verify", "Check that nobody changed a bundle."),
    Row("keys", "lissom.faces.keys", "Make, show and end your key; say whose bundles you take."),
    Row("serve", "lissom.faces.serve", "Answer over HTTP.", extra="serve"),
    Row("release", "lissom.faces.release", "Try a new version, let it serve, or go back."),
    Row("watch", "lissom.faces.monitor", "Say what has changed since a server's log began."),
    Row("incidents", "lissom.faces.incidents", "Say what alarms came to; note, close, report."),
    Row("access", "lissom.faces.access", "Make or drop the keys that a server asks for."),
    Row("sample", "lissom.faces.sample", "Write the sample data to try things with."),
    Row("doctor", "lissom.faces.doctor", "Check this machine, with a remedy for what is missing."),
)


def find_row(name: str | None) -> Row | None:
    """Return the row called `name`, or None.

    >>> find_row("build").extra
    'train'
    """
    return next((row for row in TABLE if row.name == name), None)


def open_command(row: Row) -> click.Command:
    """Load the module of a command and return the command.

    >>> open_command(find_row("verify")).name
    'verify'
    """
    command = import_module(row.module).command
    if not isinstance(command, click.Command):
        message = f"{row.module}.command is no command"
        raise TypeError(message)
    return command


def open_pipeline() -> object:
    """Load the room whose functions the commands call."""
    return import_module("lissom.pipeline")
