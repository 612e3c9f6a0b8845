"""Tests that a user writes: what must not change an answer, what must, what a text must get."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Measured, NotMeasured, RowToRead
from lissom.examine.case import Found
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Case
    from lissom.examine.replies import Replies
    from lissom.examine.settings import TextTest

_READ = 5
_MOVED = 1e-6
"""A probability that moves by less has not moved."""


def examine_tests(case: Case) -> Found:
    """Try every test of the user's on its texts, or on the rows that its change applies to.

    Source: Ribeiro et al. (2020), ACL, "CheckList", for the three kinds.
    """
    figures: list[Measured] = []
    rows: list[RowToRead] = []
    for test in case.settings.tests:
        figure, shown = _try(case, test)
        figures.append(figure)
        rows += shown
    return Found(tuple(figures), (), tuple(rows))


def _try(case: Case, test: TextTest) -> tuple[Measured, list[RowToRead]]:
    name = f"robustness.test.{test.name}.passed_share"
    places = case.sample("tests", case.effort.changed_rows)
    texts = list(test.texts) or [case.rows.texts[i] for i in places]
    changed = [apply(test, text) for text in texts]
    if test.kind != "is":
        both = [pair for pair in zip(texts, changed, strict=True) if pair[0] != pair[1]]
        texts, changed = [one for one, _ in both], [other for _, other in both]
    if not texts:
        return NotMeasured(name, "the change applies to none of the texts"), []
    if test.label and test.label not in case.asker.classes:
        return NotMeasured(name, f'the model never answers "{test.label}"'), []
    after = case.asker.ask(changed)
    holds = _holds(case, test, case.asker.ask(texts), after)
    if holds is None:
        return NotMeasured(name, "the model gives no probability for each class"), []
    how = f"{_SAID[test.kind]}; your own test, at least {test.at_least:.0%}"
    source = "texts of the test" if test.texts else case.rows.source
    shown = [
        RowToRead(
            None,
            changed[i],
            f'your test "{test.name}" fails: the model says "{after.classes[after.predicted[i]]}"',
        )
        for i in np.flatnonzero(~holds)[:_READ].tolist()
    ]
    return share(name, int(holds.sum()), len(holds), how, source), shown


_SAID = {
    "same": "the answer stays the same",
    "rises": "the probability of the label rises",
    "falls": "the probability of the label falls",
    "is": "the text gets the label",
}


def apply(test: TextTest, text: str) -> str:
    """Return a text as a test changes it.

    >>> from lissom.examine.settings import TextTest
    >>> apply(TextTest("x", "same", prefix="Hi. ", replace=(("old", "new"),)), "An old one")
    'Hi. An new one'
    """
    for word, other in test.replace:
        # A backslash in what a user wrote is a backslash.
        plain = other.replace("\\", r"\\")
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", plain, text)
    return f"{test.prefix}{text}{test.suffix}"


def _holds(case: Case, test: TextTest, before: Replies, after: Replies) -> NDArray[np.bool_] | None:
    if test.kind == "same":
        same: NDArray[np.bool_] = before.predicted == after.predicted
        return same
    column = case.asker.classes.index(test.label)
    if test.kind == "is":
        said: NDArray[np.bool_] = after.predicted == column
        return said
    if after.says != "all":
        return None
    moved = after.probabilities[:, column] - before.probabilities[:, column]
    found: NDArray[np.bool_] = moved > _MOVED if test.kind == "rises" else moved < -_MOVED
    return found
