"""`lissom predict`: answer a file, lines on stdin, or one text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack, cast

import click
import msgspec

from lissom.errors import (
    LineTooLongError,
    NothingToPredictError,
    NoWhereToWriteError,
    OnlyForFilesError,
)
from lissom.faces import options
from lissom.faces.as_json import of_predicted, of_prediction, print_json
from lissom.faces.place import to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.pipeline import Predicted, Prediction
    from lissom.progress import Progress

_PIECE_BYTES = 65_536
_LINE_BYTES = 1_048_576  # a text of a million characters is a file handed in the wrong way


class Answers(Protocol):
    """A model that is ready to be asked."""

    def predict(self, texts: list[str], *, probabilities: bool, why: bool) -> list[Prediction]:
        """Return one answer for each text, in order."""
        ...


class Predicts(Protocol):
    """The part of the pipeline that this command calls."""

    def load(self, bundle: Path, *, trust: bool) -> Answers:
        """Open a bundle."""
        ...

    def predict(  # noqa: PLR0913 - as many as the call takes
        self,
        bundle: Path,
        source: Path | str,
        out: Path | None,
        *,
        text: str | None,
        probabilities: bool,
        why: bool,
        trust: bool,
        threads: int | None,
        progress: Progress,
    ) -> Predicted:
        """Answer a whole file."""
        ...


class Reads(Protocol):
    """Bytes that arrive when they arrive."""

    def read1(self, size: int, /) -> bytes:
        """Return what is there, at most `size` bytes; b"" at the end."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    bundle: Path
    data: str | None
    out: Path | None
    say: str | None
    text: str | None
    probabilities: bool
    why: bool
    threads: int | None
    any_signer: bool
    as_json: bool


@click.command("predict")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("data", required=False)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write DATA with its answers.",
)
@click.option("--say", metavar="TEXT", help="One text to answer, instead of DATA.")
@click.option("--text", metavar="COL", help="Column of DATA to read.  [default: found and shown]")
@click.option("--probabilities", is_flag=True, help="Tell the probability of every label, too.")
@click.option(
    "--why", is_flag=True, help="Tell which words decided, too; takes up to 50 times as long."
)
@options.threads
@options.any_signer
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object on a line.")
@click.pass_obj
def command(calls: Predicts, **chosen: Unpack[Chosen]) -> None:
    """Answer with BUNDLE: DATA into --out, each line on stdin (DATA is "-"), or one text.

    Lines and single texts print label, probability and unsure, with tabs between them; labels of
    one text stand in one cell, late|refund.
    """
    data, everything, why = _pick(chosen), chosen["probabilities"], chosen["why"]
    if chosen["say"] is not None:
        model = calls.load(chosen["bundle"], trust=not chosen["any_signer"])
        found = model.predict([chosen["say"]], probabilities=everything, why=why)
        _print_answers(found, as_json=chosen["as_json"])
    elif data == "-":
        model = calls.load(chosen["bundle"], trust=not chosen["any_signer"])
        # Typed as BinaryIO, which does not promise the read1 that every stdin has.
        for lines in lines_of(cast("Reads", sys.stdin.buffer)):
            found = model.predict(lines, probabilities=everything, why=why)
            _print_answers(found, as_json=chosen["as_json"])
    else:
        _answer_file(calls, data, chosen)


def _pick(chosen: Chosen) -> str:
    """Return DATA, "-" for stdin; refuse what is nothing, or two things at once."""
    data, say = chosen["data"], chosen["say"]
    if data is not None and say is not None:
        raise NothingToPredictError(is_both=True)
    if data is None and say is None and sys.stdin.isatty():
        raise NothingToPredictError(is_both=False)
    data = data or "-"
    if data == "-":
        _refuse_what_is_for_files(chosen)
    elif chosen["out"] is None:
        raise NoWhereToWriteError(data)
    return data


def _refuse_what_is_for_files(chosen: Chosen) -> None:
    # An option that changes nothing would be taken for one that worked.
    for option, value in (("--out", chosen["out"]), ("--text", chosen["text"])):
        if value is not None:
            raise OnlyForFilesError(option)


def _answer_file(calls: Predicts, data: str, chosen: Chosen) -> None:
    with open_watch(sys.stderr) as watch:
        done = calls.predict(
            chosen["bundle"],
            to_source(data),
            chosen["out"],
            text=chosen["text"],
            probabilities=chosen["probabilities"],
            why=chosen["why"],
            trust=not chosen["any_signer"],
            threads=chosen["threads"],
            progress=watch,
        )
    if chosen["as_json"]:
        print_json(of_predicted(done))
        return
    click.echo(
        f"{done.rows} rows answered, {done.unsure} unsure, {done.blank} blank; "
        f"written to {safe(str(done.out))}",
        err=True,
    )


def _print_answers(answers: list[Prediction], *, as_json: bool) -> None:
    """Print one line per answer, all of them in one write."""
    if as_json:
        click.echo(msgspec.json.Encoder().encode_lines(map(of_prediction, answers)), nl=False)
        return
    for answer in answers:
        unsure = "true" if answer.unsure else "false"
        each = answer.probabilities or {}
        more = "".join(f"\t{safe(name)}={chance:.4f}" for name, chance in each.items())
        if answer.why is not None:
            more += f"\twhy={safe(answer.why.sentence)}"
        click.echo(f"{safe(answer.label)}\t{answer.probability:.4f}\t{unsure}{more}")


def lines_of(source: Reads) -> Iterator[list[str]]:
    r"""Yield lines as they arrive: those of a slow writer at once, those of a file by the batch.

    Memory stays constant: at most one piece and one unfinished line are held.

    Args:
        source: UTF-8 text; a byte that is none becomes U+FFFD, a byte order mark is dropped.

    Raises:
        LineTooLongError: a line has over 1 MiB.

    >>> import io
    >>> list(lines_of(io.BytesIO(b"one\r\n\ntwo")))
    [['one', ''], ['two']]
    """
    rest, number = b"", 1
    while piece := source.read1(_PIECE_BYTES):
        *whole, rest = (rest + piece).split(b"\n")
        if whole:
            if number == 1:
                whole[0] = whole[0].removeprefix(b"\xef\xbb\xbf")
            number += len(whole)
            yield [_decode(line) for line in whole]
        if len(rest) > _LINE_BYTES:
            raise LineTooLongError(number, _LINE_BYTES)
    if rest:
        yield [_decode(rest.removeprefix(b"\xef\xbb\xbf") if number == 1 else rest)]


def _decode(line: bytes) -> str:
    return line.removesuffix(b"\r").decode(errors="replace")
