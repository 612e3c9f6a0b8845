from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.errors import LineTooLongError, NothingToPredictError
from lissom.faces.predict import command, lines_of

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


def test_one_text_prints_label_probability_and_unsure(run: Run) -> None:
    assert run("predict", "m", "--say", "hi").stdout == "HI\t0.7500\tfalse\n"


@pytest.mark.parametrize("typed", [["predict", "m"], ["predict", "m", "-"]])
def test_each_line_on_stdin_gets_one_answer_blank_ones_too(run: Run, typed: list[str]) -> None:
    result = run(*typed, stdin=b"one\n\nthree")
    assert result.stdout.splitlines() == [
        "ONE\t0.7500\tfalse",
        "\t0.7500\ttrue",
        "THREE\t0.7500\tfalse",
    ]


def test_json_prints_one_object_for_each_line(run: Run) -> None:
    result = run("predict", "m", "--json", stdin=b"one\ntwo\n")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"label": "ONE", "probability": 0.75, "unsure": False},
        {"label": "TWO", "probability": 0.75, "unsure": False},
    ]


def test_the_words_that_decided_are_told_when_they_are_asked_for(run: Run) -> None:
    plain = run("predict", "m", "--say", "hi", "--why").stdout
    assert plain == 'HI\t0.7500\tfalse\twhy="hi" (+50)\n'
    said = json.loads(run("predict", "m", "--say", "hi", "--why", "--json").stdout)
    assert said["why"]["label"] == "HI"
    assert said["why"]["reasons"] == [{"start": 0, "end": 2, "words": "hi", "weight": 0.5}]
    piped = run("predict", "m", "--why", stdin=b"one\ntwo").stdout.splitlines()
    assert piped[1].endswith('\twhy="two" (+50)')
    assert "why" not in run("predict", "m", "--say", "hi").stdout


def test_a_label_with_a_tab_keeps_its_line_in_three_cells(run: Run) -> None:
    assert run("predict", "m", "--say", "a\tb").stdout.count("\t") == 2


def test_a_file_is_answered_by_the_pipeline(run: Run, pipeline: FakePipeline) -> None:
    typed = ["predict", "m", "new.csv", "--out", "o.csv", "--text", "msg", "--threads", "2"]
    result = run(*typed)
    assert pipeline.asked == [(Path("m"), Path("new.csv"), Path("o.csv"), "msg", 2, False)]
    assert result.stdout == ""
    assert "3 rows answered, 1 unsure, 1 blank; written to o.csv" in result.stderr


def test_a_file_with_json_prints_what_was_done(run: Run) -> None:
    said = json.loads(run("predict", "m", "new.csv", "--out", "o.csv", "--json").stdout)
    assert said == {"rows": 3, "unsure": 1, "blank": 1, "out": "o.csv", "seconds": 0.2}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["predict", "m", "new.csv"], "new.csv: no file to write its answers to. Add --out"),
        (["predict", "m", "new.csv", "--say", "hi"], "Both DATA and --say"),
        (["predict", "m", "-", "--out", "o.csv"], "--out is for DATA that is a file"),
        (["predict", "m", "--say", "hi", "--text", "msg"], "--text is for DATA that is a file"),
    ],
)
def test_a_question_that_is_not_clear_ends_with_2(
    run: Run, pipeline: FakePipeline, typed: list[str], says: str
) -> None:
    result = run(*typed)
    assert (result.exit_code, says in result.stderr, pipeline.asked) == (2, True, [])


class Trickle:
    """A writer who sends what it has, piece by piece."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read1(self, size: int, /) -> bytes:
        assert size > 0
        return self._pieces.pop(0) if self._pieces else b""


def test_lines_of_a_slow_writer_are_answered_at_once() -> None:
    assert list(lines_of(Trickle(b"one\ntw", b"o", b"\nthree", b"\n"))) == [
        ["one"],
        ["two"],
        ["three"],
    ]


def test_a_byte_order_mark_and_carriage_returns_are_no_text() -> None:
    assert list(lines_of(Trickle(b"\xef\xbb\xbfone\r\ntwo\r\n"))) == [["one", "two"]]
    assert list(lines_of(Trickle(b"\xef\xbb\xbfone"))) == [["one"]]


def test_a_letter_cut_by_a_piece_is_put_together() -> None:
    assert list(lines_of(Trickle(b"gr\xc3", b"\xbcn\n"))) == [["grün"]]


def test_a_byte_that_is_no_utf_8_still_gets_its_line() -> None:
    assert list(lines_of(Trickle(b"caf\xe9\n"))) == [["caf\ufffd"]]


def test_a_line_without_end_is_refused_with_its_number() -> None:
    with pytest.raises(LineTooLongError, match="stdin, line 2: "):
        list(lines_of(io.BytesIO(b"one\n" + b"x" * 3_000_000)))


class Keyboard(io.StringIO):
    """A person, who has not piped anything in."""

    def isatty(self) -> bool:
        return True


def test_nothing_to_answer_does_not_wait_for_a_person_to_type(
    pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard())
    with pytest.raises(NothingToPredictError, match="There is nothing to answer"):
        command.main(["m"], obj=pipeline, standalone_mode=False)
