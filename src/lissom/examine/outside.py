"""Part 3: does it notice texts from outside its world, near, far, shuffled and blank apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, RowToRead
from lissom.examine.case import Found
from lissom.examine.ranks import auroc, auroc_bounds, passed
from lissom.examine.strangers import BLANKS, make_far, make_shuffled
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Case
    from lissom.examine.replies import Replies

KEEP = 0.95
_FEWEST_INSIDE = 40
_FEWEST_OUTSIDE = 10
_READ = 15
_CURVE = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_BY = {True: "the model's own detector", False: "1 less the stated probability"}


def examine_outside(case: Case) -> Found:
    """Measure how texts that belong to no class are told from the rows, and what is done with them.

    The user's own outside texts are the near ones: written by people, about something else. Far is
    nonsense, shuffled is the rows with their words in another order, blank is every way to say
    nothing.
    """
    rng = case.rng("outside")
    inside = case.asker.ask(case.rows.texts)
    texts = list(case.rows.texts) or ["a"]
    kinds = {
        "": list(dict.fromkeys(case.outside)),
        "far.": make_far(texts, case.effort.strange, rng),
        "shuffled.": make_shuffled(texts, case.effort.strange, rng),
    }
    figures: list[Measured] = []
    drawn: dict[str, tuple[list[str], Replies]] = {}
    for kind, found in kinds.items():
        replies = case.asker.ask(found)
        drawn[kind] = (found, replies)
        figures += _measure(kind, inside, replies, case)
    figures += _baseline(inside, drawn[""][1], case)
    figures.append(_blank(case.asker.ask(BLANKS)))
    return Found(tuple(figures), _draw(inside, drawn), _to_read(drawn))


def strangeness(replies: Replies) -> NDArray[np.float64]:
    """Return how unlike its world the target takes each text to be; by its detector if it has one.

    >>> from lissom.examine.replies import Replies
    >>> strangeness(Replies(("a", "b"), np.array([[0.25, 0.75]]), "all")).tolist()
    [0.25]
    """
    return 1 - replies.sureness if replies.strangeness is None else replies.strangeness


def _measure(kind: str, inside: Replies, outside: Replies, case: Case) -> list[Measured]:
    return [*_told_apart(kind, inside, outside, case), _let_through(kind, outside, case)]


def _told_apart(kind: str, inside: Replies, outside: Replies, case: Case) -> list[Measured]:
    names = (f"outside.{kind}auroc", f"outside.{kind}fpr95")
    reason = _why_not(kind, inside, outside)
    if reason:
        return [NotMeasured(name, reason) for name in names]
    ours, theirs = strangeness(inside), strangeness(outside)
    value = auroc(ours, theirs)
    low, high = auroc_bounds(ours, theirs)
    by = _BY[inside.strangeness is not None]
    n, source = len(outside), _source(kind, case)
    how = f"by {by}, against {len(inside)} rows; wider of DeLong and Newcombe, 95 %"
    share_passed, least, most = passed(ours, theirs, keep=KEEP)
    about = f"by {by}, {KEEP:.0%} of {len(inside)} rows kept; Wilson and order statistics, 95 %"
    return [
        Evidence(names[0], value, low, high, n, "share", how, source),
        Evidence(names[1], share_passed, least, most, n, "share", about, source),
    ]


def _why_not(kind: str, inside: Replies, outside: Replies) -> str:
    if not len(outside) and not kind:
        return "no texts from outside were given; give some with --outside"
    if inside.strangeness is None and inside.says == "label":
        return "the model gives no probabilities and has no detector"
    if len(inside) < _FEWEST_INSIDE:
        return f"{len(inside)} labelled rows; {_FEWEST_INSIDE} are needed"
    if len(outside) < _FEWEST_OUTSIDE:
        return f"{len(outside)} texts of this kind; {_FEWEST_OUTSIDE} are needed"
    return ""


def _let_through(kind: str, outside: Replies, case: Case) -> Measured:
    name = f"outside.{kind}passed_share"
    if outside.is_unsure is None:
        reason = (
            "the model has no way to say that it is unsure"
            if len(outside)
            else "no texts of this kind"
        )
        return NotMeasured(name, reason)
    through = int((~outside.is_unsure).sum())
    return share(name, through, len(outside), "as it ships", _source(kind, case))


def _blank(blank: Replies) -> Measured:
    name = "outside.blank.passed_share"
    if blank.is_unsure is None:
        return NotMeasured(name, "the model has no way to say that it is unsure")
    value = float((~blank.is_unsure).mean())
    how = "all kinds of blank text, counted"
    return Evidence(name, value, None, None, len(blank), "share", how, "made up")


def _baseline(inside: Replies, outside: Replies, case: Case) -> list[Measured]:
    """Say what the stated probability alone would do, where there is a detector beside it."""
    name = "outside.probability_auroc"
    if inside.strangeness is None or inside.says == "label" or _why_not("", inside, outside):
        return []
    ours, theirs = 1 - inside.sureness, 1 - outside.sureness
    low, high = auroc_bounds(ours, theirs)
    how = "by 1 less the stated probability, to compare; wider of DeLong and Newcombe, 95 %"
    value, source = auroc(ours, theirs), _source("", case)
    return [Evidence(name, value, low, high, len(outside), "share", how, source)]


def _source(kind: str, case: Case) -> str:
    made = {
        "": "outside texts that were given",
        "far.": "random letters, signs and scripts, made up",
        "shuffled.": f"words of {case.rows.source} in another order",
    }
    return made[kind]


_SHOWN = {"": "near (given)", "far.": "far (nonsense)", "shuffled.": "shuffled words"}


def _draw(inside: Replies, drawn: dict[str, tuple[list[str], Replies]]) -> tuple[Picture, ...]:
    if inside.strangeness is None and inside.says == "label":
        return ()
    ours = strangeness(inside)
    rows: list[tuple[float, float, str]] = []
    for kind, (_, replies) in drawn.items():
        if len(ours) < _FEWEST_INSIDE or len(replies) < _FEWEST_OUTSIDE:
            continue
        theirs = strangeness(replies)
        rows += [(keep, passed(ours, theirs, keep=keep)[0], _SHOWN[kind]) for keep in _CURVE]
    if not rows:
        return ()
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows) for i, name in enumerate(("kept", "passed", "kind"))
    }
    title = "Outside texts that slip through, against the share of your own that is kept"
    return (Picture("outside.curve", title, "line", columns, "kept", "passed", colour="kind"),)


def _to_read(drawn: dict[str, tuple[list[str], Replies]]) -> tuple[RowToRead, ...]:
    """Return the outside texts that it takes most for its own."""
    found: list[RowToRead] = []
    for kind, most in (("", _READ), ("far.", 3), ("shuffled.", 3)):
        texts, replies = drawn[kind]
        for i in np.argsort(strangeness(replies), kind="stable")[:most].tolist():
            label = replies.classes[int(replies.predicted[i])]
            is_passed = replies.is_unsure is not None and not replies.is_unsure[i]
            act = "answered without a doubt" if is_passed else "answered"
            note = f'{_SHOWN[kind]}: {act} with "{label}", {replies.sureness[i]:.0%} sure'
            found.append(RowToRead(None, texts[i], note))
    return tuple(found)
