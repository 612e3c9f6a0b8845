"""Texts whose answers were noted when a bundle was built, to be asked again before it is used.

A graph can be whole to the last byte and still answer wrongly: on a processor that computes int8
another way, or under another version of what runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.errors import GoldenRowsError

if TYPE_CHECKING:
    from lissom.runtime.model import Model
    from lissom.tasks import Output, Task

FILE = "golden.json"

_ALLOWED = 0.05
"""How far a probability may be off. int8 ranges differ a little between instruction sets, which
moves a probability by a hundredth or so; a broken one is off by tenths."""

_SURE = 0.5
"""Below this, two labels may be so close that the first of them changes for no good reason."""

_MOST_LABELS = 32
_SENTENCES = (
    *("Where is my order?", "Please cancel it and pay me back.", "Thank you, that was great!"),
    *("I cannot log in any more.", "HOW LONG DOES THIS TAKE???", "ok"),
    *("The third one, from 2024-11-02, cost 19.99 and is broken.", "Das ist kaputt.", "🙂", ""),
)
"""Nobody's data: texts of every kind, made up here."""


class GoldenRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One text and what was said of it when the bundle was built.

    Args:
        text: made up, or the name of a label.
        answer: of the cascade, as the task writes it.
        probability: that it is right.
        read_answer: of the encoder, whether or not the cascade would have asked it.
        read_probability: likewise.
    """

    text: str
    answer: str
    probability: float
    read_answer: str
    read_probability: float


class _Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: tuple[GoldenRow, ...]


def make_golden(model: Model, task: Task, output: Output) -> bytes:
    """Return golden.json: what this model says of some texts that are nobody's.

    Args:
        model: the one that ships.
        task: writes its answers.
        output: what it gives out.
    """
    names = [name.replace("_", " ") for name in model.settings.classes[:_MOST_LABELS]]
    rows = _ask(model, task, output, [*_SENTENCES, *names])
    return msgspec.json.format(msgspec.json.encode(_Golden(rows)), indent=1) + b"\n"


def check_golden(raw: bytes, model: Model, task: Task, output: Output) -> int:
    """Ask every golden row again.

    Returns:
        How many there are.

    Raises:
        GoldenRowsError: the file is damaged, or an answer is another than it was.
    """
    try:
        rows = msgspec.json.decode(raw, type=_Golden).rows
    except msgspec.MsgspecError as error:
        raise GoldenRowsError(str(error)) from error
    found = _ask(model, task, output, [row.text for row in rows])
    for number, (now, then) in enumerate(zip(found, rows, strict=True), 1):
        pairs = (
            ("", now.answer, then.answer, now.probability, then.probability),
            (
                "the encoder's ",
                *(now.read_answer, then.read_answer),
                *(now.read_probability, then.read_probability),
            ),
        )
        for who, answer, was, chance, chance_was in pairs:
            is_other = answer != was and chance_was >= _SURE
            if is_other or abs(chance - chance_was) > _ALLOWED:
                why = f"{who}probability of row {number} is {chance:.3f} and was {chance_was:.3f}"
                raise GoldenRowsError(why)
    return len(rows)


def _ask(model: Model, task: Task, output: Output, texts: list[str]) -> tuple[GoldenRow, ...]:
    # Rounded here, so that what is written is what was meant.
    said = model.answer(texts).probabilities
    read = model.read_all(texts)
    columns = (
        texts,
        *(task.decode(said, output), np.round(task.confidence(said, output), 6).tolist()),
        *(task.decode(read, output), np.round(task.confidence(read, output), 6).tolist()),
    )
    return tuple(
        GoldenRow(
            text=text,
            answer=answer,
            probability=chance,
            read_answer=read_answer,
            read_probability=read_chance,
        )
        for text, answer, chance, read_answer, read_chance in zip(*columns, strict=True)
    )
