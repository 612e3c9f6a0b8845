"""The questions that only a person can answer, and the file that keeps the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.errors import DescriptionError
from lissom.govern.description import (
    QUESTIONS,
    Description,
    put_answers,
    read_description,
    write_description,
)
from lissom.pipeline.notes import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.govern.description import Question


@dataclass(frozen=True, slots=True)
class Described:
    """A description as it stands.

    Args:
        file: where it is kept.
        answers: key to what a person said, in words; only what was answered.
        questions: all of them, in order.
    """

    file: Path
    answers: dict[str, str]
    questions: tuple[Question, ...]

    @property
    def missing(self) -> tuple[Question, ...]:
        """Return the questions that nobody has answered."""
        return tuple(one for one in self.questions if one.key not in self.answers)


def describe(file: Path, answers: Mapping[str, str] | None = None) -> Described:
    """Put answers into a description.toml, and return it as it then stands.

    Args:
        file: made where it is missing; nothing is written where there are no answers.
        answers: key to what a person typed; a blank one takes an answer back.

    Raises:
        DescriptionError, UnknownQuestionError: the file or an answer means nothing.
    """
    found = Description()
    if file.exists():
        found = read_description(read_file(file, DescriptionError), str(file))
    if answers:
        found = put_answers(found, answers, str(file))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(write_description(found))
        except OSError as error:
            raise DescriptionError(str(file), error.strerror or str(error)) from error
    said = {one.key: found.say(one.key) for one in QUESTIONS if found.find(one.key) is not None}
    return Described(file, said, QUESTIONS)
