"""One gate against what was measured and said: it holds, is broken, or nobody can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from lissom.evidence import Evidence, NotMeasured, find_name
from lissom.govern.figures import count, say, say_limit, say_number
from lissom.govern.gate import (
    AnswerGate,
    EveryGate,
    FigureGate,
    FindingGate,
    LicenceGate,
    PlainGate,
)
from lissom.govern.markup import clean
from lissom.govern.rights import find_rights, weigh_act, weigh_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured
    from lissom.govern.dossier import Dossier
    from lissom.govern.gate import Gate, Holds, Side
    from lissom.govern.judge import State

_RANK = {"": 0, "low": 0, "medium": 1, "high": 2}
_NAMED = 3  # classes or groups that a sentence names
_GROUP = re.compile(r"groups\.(.+)\.accuracy", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one gate came to.

    Args:
        gate: as it was written.
        state: holds, broken, or open: what was measured does not suffice to tell.
        reason: a full sentence with its figures.
        rests_on: names of the figures that it was judged by.
    """

    gate: str
    state: State
    reason: str
    rests_on: tuple[str, ...] = ()


def weigh(gate: Gate, dossier: Dossier) -> Weighed:
    """Judge one gate."""
    match gate:
        case FigureGate():
            found = _figure(gate, dossier)
        case EveryGate():
            found = _every(gate, dossier)
        case FindingGate():
            found = _finding(gate, dossier)
        case LicenceGate(text, act):
            rights = find_rights(dossier)
            found = Weighed(text, *(weigh_known(rights) if act is None else weigh_act(rights, act)))
        case AnswerGate():
            found = _answers(gate, dossier)
        case PlainGate():
            found = _plain(gate, dossier)
        case _:
            assert_never(gate)
    return replace(found, reason=clean(found.reason))


def compare(item: Evidence, side: Side, holds: Holds, limit: float) -> State:
    """Compare a figure with a limit; without a side, its whole interval has to keep to it.

    >>> figure = Evidence("task.accuracy", 0.9, 0.86, 0.93, 300, "share", "Wilson", "test")
    >>> [compare(figure, side, ">=", 0.88) for side in ("", "low", "high", "value")]
    ['open', 'broken', 'holds', 'holds']
    """
    low = item.value if item.low is None else item.low
    high = item.value if item.high is None else item.high
    if side:
        asked = {"low": low, "high": high, "value": item.value}[side]
        return "holds" if _keeps(asked, holds, limit) else "broken"
    ends = [_keeps(end, holds, limit) for end in (low, high)]
    if all(ends):
        return "holds"
    return "open" if any(ends) else "broken"


def _keeps(number: float, holds: Holds, limit: float) -> bool:
    match holds:
        case ">=":
            return number >= limit
        case ">":
            return number > limit
        case "<=":
            return number <= limit
        case "<":
            return number < limit
        case _:
            assert_never(holds)


def _figure(gate: FigureGate, dossier: Dossier) -> Weighed:
    item = dossier.story.find(gate.figure)
    other = dossier.story.find(gate.limit) if isinstance(gate.limit, str) else gate.limit
    names = (gate.figure, *((gate.limit,) if isinstance(gate.limit, str) else ()))
    if isinstance(item, NotMeasured):
        return Weighed(gate.text, "open", _absent(item), names)
    if isinstance(other, NotMeasured):
        return Weighed(gate.text, "open", _absent(other), names)
    limit = other.value if isinstance(other, Evidence) else other
    state = compare(item, gate.side, gate.holds, limit)
    words = {"holds": "keeps to", "broken": "misses", "open": "may miss"}[state]
    bound = {"low": "its low bound ", "high": "its high bound ", "value": "the figure itself "}
    shown = (
        say_limit(limit) if item.unit in {"share", "probability"} else say_number(limit, item.unit)
    )
    reason = (
        f"{_title(gate.figure)} is {say(item)}; {bound.get(gate.side, 'it ')}{words} "
        f"{gate.holds} {shown}."
    )
    return Weighed(gate.text, state, reason, names)


def _every(gate: EveryGate, dossier: Dossier) -> Weighed:
    items = _members(gate, dossier.story.evidence)
    if not items:
        return Weighed(gate.text, "open", f"For no {gate.of} was its {gate.figure} measured.")
    overall = dossier.story.find("task.accuracy")
    judged = {name: _member(gate, item, overall) for name, item in items.items()}
    names = tuple(item.name for item in items.values())
    names += ("task.accuracy",) if gate.points is not None else ()
    noun = count(len(items), gate.of, f"{gate.of}es" if gate.of == "class" else "")
    for state in ("broken", "open"):
        found = {name: why for name, (is_so, why) in judged.items() if is_so == state}
        if found:
            some = "; ".join(f'"{clean(name)}" {why}' for name, why in list(found.items())[:_NAMED])
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            return Weighed(gate.text, state, f"{len(found)} of {noun}: {some}{more}.", names)
    return Weighed(gate.text, "holds", f"All {noun} keep to it.", names)


def _members(gate: EveryGate, evidence: Sequence[Measured]) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    pattern = (
        _GROUP
        if gate.of == "group"
        else re.compile(rf"task\.class\.(.+)\.{gate.figure}", re.DOTALL)
    )
    for item in evidence:
        match = pattern.fullmatch(item.name)
        if match:
            found[match[1]] = item
    return found


def _member(gate: EveryGate, item: Measured, overall: Measured) -> tuple[State, str]:
    """Judge one class or group: enough rows first, then the rest."""
    if isinstance(item, NotMeasured):
        return "open", f"was not measured ({item.reason.rstrip('.')})"
    if gate.rows is not None and item.n < gate.rows:
        return "broken", f"has {count(item.n, 'row')} of {gate.rows}"
    if gate.limit is not None:
        state = compare(item, gate.side, gate.holds, gate.limit)
        if state != "holds":
            return state, f"has {say(item)}"
    return _distance(gate, item, overall) if gate.points is not None else ("holds", "")


def _distance(gate: EveryGate, item: Evidence, overall: Measured) -> tuple[State, str]:
    """Judge how far below all rows one group lies; broken only where that is certain."""
    if isinstance(overall, NotMeasured):
        return "open", "has nothing to be compared with: accuracy was not measured"
    floor = overall.value - (gate.points or 0) / 100
    if item.value >= floor:
        return "holds", ""
    high = item.value if item.high is None else item.high
    return "broken" if high < floor else "open", (
        f"has {say(item)}, {100 * (overall.value - item.value):.1f} points below all rows"
    )


def _finding(gate: FindingGate, dossier: Dossier) -> Weighed:
    found = [
        one
        for one in dossier.story.findings
        if (not gate.kind or one.kind == gate.kind or one.kind.startswith(f"{gate.kind}."))
        and _RANK[one.severity] >= _RANK[gate.severity]
    ]
    accepted = [
        one
        for one in found
        if gate.may_be_accepted
        and any(who.covers(one.kind, dossier.day) for who in dossier.policy.accepted)
    ]
    if gate.kind and not dossier.record.looks_for(gate.kind):
        return Weighed(gate.text, "open", f'The audit does not look for "{gate.kind}".')
    left = [one for one in found if one not in accepted]
    if left:
        some = "; ".join(f"{one.kind}, {count(one.count, 'row')}" for one in left[:_NAMED])
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        return Weighed(gate.text, "broken", f"The audit found {some}{more}.")
    gaps = dossier.record.gaps(gate.kind) if gate.kind else {}
    if gaps:
        why = "; ".join(f"{kind}: {reason}" for kind, reason in gaps.items())
        return Weighed(gate.text, "open", f"The audit could not look for all of it: {why}.")
    rest = f" that nobody accepted ({len(accepted)} accepted)" if accepted else ""
    what = f"{gate.severity} finding" if gate.severity else "finding"
    kind = f' of the kind "{gate.kind}"' if gate.kind else ""
    return Weighed(gate.text, "holds", f"The audit has no {what}{kind}{rest}.")


def _plain(gate: PlainGate, dossier: Dossier) -> Weighed:
    story = dossier.story
    if gate.about == "verdict":
        states: dict[str, State] = {"pass": "holds", "fail": "broken"}
        state = states.get(story.verdict.outcome, "open")
        return Weighed(gate.text, state, f"The verdict is {story.verdict.outcome}.")
    if gate.about == "warning":
        if story.warnings:
            return Weighed(gate.text, "broken", f"{count(len(story.warnings), 'warning')} given.")
        return Weighed(gate.text, "holds", "No warning was given.")
    item = story.find(gate.about)
    if isinstance(item, NotMeasured):
        return Weighed(gate.text, "broken", _absent(item), (gate.about,))
    return Weighed(gate.text, "holds", f"{_title(gate.about)} is {say(item)}.", (gate.about,))


def _answers(gate: AnswerGate, dossier: Dossier) -> Weighed:
    missing = [key for key in gate.keys if key in dossier.description.missing]
    if missing:
        return Weighed(gate.text, "broken", f"Nobody has answered {', '.join(missing)}.")
    answered = count(len(gate.keys), "question")
    return Weighed(gate.text, "holds", f"{answered} answered by a person.")


def _absent(item: NotMeasured) -> str:
    return f"{_title(item.name)} was not measured: {item.reason.rstrip('.')}."


def _title(name: str) -> str:
    known = find_name(name)
    return known.title if known and "<" not in known.pattern else clean(name)
