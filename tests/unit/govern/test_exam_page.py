"""What the page of an examination shows beside its figures."""

from __future__ import annotations

import re

from lissom.evidence import Exam, Examined, Picture, RowToRead
from lissom.govern.drawing import STROKES
from lissom.govern.exam_page import write_exam
from lissom.govern.figure import figure
from lissom.govern.report_rows import MOST_LETTERS, quote

LINES = Picture(
    "adversary.questions",
    "Two lines",
    "line",
    {"questions": (0, 9, 0, 9), "right": (0.9, 0.1, 0.9, 0.5), "attack": ("b<", "b<", "a", "a")},
    "questions",
    "right",
    colour="attack",
)


def test_lines_are_told_apart_in_words() -> None:
    drawn = str(figure(LINES, "k"))
    assert "Lines, solid: <bdi>b&lt;</bdi>; dashed: <bdi>a</bdi>.</p>" in drawn
    # The first line is drawn whole and the second in dashes, whatever their names.
    assert len(set(re.findall(r'stroke-dasharray="([\d,]+)"', drawn))) == 2
    assert drawn.index('stroke-dasharray="1,0"') < drawn.index('stroke-dasharray="8,4"')
    plain = Picture("a", "One", "line", {"x": (0, 1), "y": (1, 2)}, "x", "y")
    assert STROKES[0] not in str(figure(plain, "k"))


def test_words_that_decide_stand_out_and_nothing_else_changes() -> None:
    words = "<b> is bad & late"
    marked = str(quote(words, [(7, 10), (13, 17)]))
    assert marked.count("<mark>") == 2
    assert "<mark>bad</mark> &amp; <mark>late</mark>" in marked
    assert re.sub(r"</?(?:mark|bdi)>", "", marked) == re.sub(
        r"</?(?:mark|bdi)>", "", str(quote(words))
    )


def test_marks_beyond_the_cut_are_left_out() -> None:
    long = "a" * (MOST_LETTERS + 50)
    assert "<mark>" not in str(quote(long, [(MOST_LETTERS - 1, MOST_LETTERS + 2)]))
    assert "and 50 more characters" in str(quote(long, [(0, 3)]))


def test_the_page_marks_the_rows_to_read() -> None:
    row = RowToRead(3, "my parcel is late", 'says "ship" because of "parcel"', ((3, 9),))
    part = Examined("explanation", "pass", "Its reasons are reasons.", (), (), (), (row,))
    exam = Exam("m", "d.csv", "pass", "It passes.", (part,), {})
    page = write_exam(exam, {"explanation": "Can it say why?"})
    assert "my <mark>parcel</mark> is late" in page
