"""The gates that a policy may hold, read from the words a person wrote.

docs/policy.md lists every form with an example; a contract test reads that page and tries them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from lissom.data.licence import ACTS, Act
from lissom.evidence import NAMES, UNITS, find_name
from lissom.govern.description import QUESTIONS
from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Name

Side = Literal["", "low", "high", "value"]
Holds = Literal[">=", ">", "<=", "<"]
Of = Literal["class", "group"]
Severity = Literal["", "high", "medium", "low"]

FINDINGS = frozenset(
    {
        *("annotator", "contamination", "content", "coverage", "duplicate", "encoding", "label"),
        *("language",),
        *("leak", "licence", "personal_data", "poison", "text"),
    }
)
"""How the kinds of findings begin; a word that is none of them is a slip, and would always hold."""


class NoGate(ValueError):  # noqa: N818 - never leaves the room; `read_policy` turns it into an error
    """Words that are no gate; the text says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class FigureGate:
    """A figure against a limit: "accuracy low bound >= 0.85".

    Args:
        text: as it was written.
        figure: name of the evidence.
        side: the bound that is asked; "" asks that the whole interval keeps to the limit.
        holds: how it is compared.
        limit: a number in the figure's unit, or the name of another figure.
    """

    text: str
    figure: str
    side: Side
    holds: Holds
    limit: float | str


@dataclass(frozen=True, slots=True)
class EveryGate:
    """Every class or group against the same: "every group n >= 30 within 5 points".

    Args:
        text: as it was written.
        of: classes or groups.
        figure: "recall", "precision" or "accuracy".
        rows: each has at least this many, or None.
        points: each lies no more than this below the accuracy of all rows, or None.
        side, holds, limit: as of a `FigureGate`; limit None where there is none.
    """

    text: str
    of: Of
    figure: str
    rows: int | None = None
    points: float | None = None
    side: Side = ""
    holds: Holds = ">="
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class FindingGate:
    """No finding of a kind: "no unresolved leak".

    Args:
        text: as it was written.
        kind: how its kind begins, or "" for any.
        severity: only findings as grave as this, or graver; "" for any.
        may_be_accepted: a finding that the policy accepts does not count.
    """

    text: str
    kind: str
    severity: Severity
    may_be_accepted: bool


@dataclass(frozen=True, slots=True)
class LicenceGate:
    """What all licences allow: "licence allows commercial use"; None asks that all are known."""

    text: str
    act: Act | None


@dataclass(frozen=True, slots=True)
class AnswerGate:
    """What a person has said: "use.purpose is answered", "description is complete".

    Args:
        text: as it was written.
        keys: of the questions that must have an answer.
    """

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainGate:
    """A gate without a setting: "verdict is pass", "no warning", "accuracy is measured".

    Args:
        text: as it was written.
        about: "verdict", "warning", or the name of a figure that must have been measured.
    """

    text: str
    about: str


Gate = FigureGate | EveryGate | FindingGate | LicenceGate | AnswerGate | PlainGate

_BOUND = r"(?P<side>low bound|high bound|value)"
_SIGN = r"\s*(?P<holds>>=|<=|>|<)\s*"
_FIGURE = re.compile(rf"(?P<figure>.+?)(?:\s+{_BOUND})?{_SIGN}(?P<limit>.+)")
_EVERY = re.compile(
    r"every (?P<of>class|group)(?: (?P<figure>recall|precision|accuracy))?"
    rf"(?:(?: {_BOUND})?{_SIGN}(?P<limit>[0-9.]+\s*%?))?"
    r"(?:\s+n >= (?P<rows>\d+))?(?:\s+within (?P<points>[0-9.]+) points)?"
)
_FINDING = re.compile(
    r"no (?P<accepted>unresolved )?(?:(?P<severity>high|medium|low) )?(?P<kind>[a-z_.]+)"
)
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(.*)")
_MOST_LETTERS = 300


def read_gate(text: str) -> Gate:
    """Read one gate.

    Raises:
        NoGate: it is none; says what to write instead.

    >>> read_gate("accuracy low bound >= 85 %")
    FigureGate(text='accuracy low bound >= 85 %', figure='task.accuracy', side='low', \
holds='>=', limit=0.85)
    >>> read_gate("no unresolved leak").kind
    'leak'
    """
    plain = " ".join(clean(text).split())
    if len(plain) > _MOST_LETTERS:
        message = f'"{plain[:40]}..." is too long for a gate'
        raise NoGate(message)
    lower = plain.lower()
    for read in (_read_plain, _read_licence, _read_answers, _read_every, _read_finding):
        found = read(plain, lower)
        if found is not None:
            return found
    return _read_figure(plain)


def find_figure(words: str, names: Sequence[Name] = NAMES) -> str:
    """Return the name of a figure, given that name, its title, or how its name ends.

    Args:
        words: what a person wrote.
        names: the figures there are.

    Raises:
        NoGate: there is none, or more than one.

    >>> find_figure("Macro F1"), find_figure("task.class.refund.recall")
    ('task.macro_f1', 'task.class.refund.recall')
    """
    quoted = words.strip().strip('"').strip()
    known = find_name(quoted)
    if known is not None:
        return quoted
    wanted = quoted.lower()
    single = [name for name in names if "<" not in name.pattern]
    titled = [name.pattern for name in single if name.title.lower() == wanted]
    ending = wanted.replace(" ", "_")
    found = titled or [n.pattern for n in single if n.pattern.rpartition(".")[2] == ending]
    if len(found) == 1:
        return found[0]
    if found:
        message = f'"{quoted}" may be {" or ".join(found)}; write one of them'
        raise NoGate(message)
    near = get_close_matches(wanted, [name.pattern for name in single], n=1, cutoff=0.6)
    near = near or get_close_matches(wanted, [name.title.lower() for name in single], n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    message = f'"{quoted}" is no figure that is measured{hint}'
    raise NoGate(message)


def _read_plain(text: str, lower: str) -> PlainGate | None:
    if lower in {"verdict is pass", "the verdict is pass"}:
        return PlainGate(text, "verdict")
    if lower in {"no warning", "no warnings"}:
        return PlainGate(text, "warning")
    if lower.endswith(" is measured"):
        return PlainGate(text, find_figure(text[: -len(" is measured")]))
    return None


def _read_licence(text: str, lower: str) -> LicenceGate | None:
    subject, _, rest = lower.partition(" ")
    if subject not in {"licence", "licences", "license", "licenses"}:
        return None
    if rest in {"is known", "are known"}:
        return LicenceGate(text, None)
    for act in ACTS:
        if rest in {f"allows {act}", f"allow {act}"}:
            return LicenceGate(text, act)
    message = f'"{text}": a licence "is known", or "allows" one of {", ".join(ACTS)}'
    raise NoGate(message)


def _read_answers(text: str, lower: str) -> AnswerGate | None:
    if lower == "description is complete":
        return AnswerGate(text, tuple(one.key for one in QUESTIONS if one.is_first))
    if lower == "nothing is missing":
        return AnswerGate(text, tuple(one.key for one in QUESTIONS))
    if not lower.endswith(" is answered"):
        return None
    key = lower[: -len(" is answered")]
    known = [one.key for one in QUESTIONS]
    if key not in known:
        near = get_close_matches(key, known, n=1)
        message = f'"{key}" is no question{f"; did you mean {near[0]}?" if near else ""}'
        raise NoGate(message)
    return AnswerGate(text, (key,))


def _read_every(text: str, lower: str) -> EveryGate | None:
    if not lower.startswith("every "):
        return None
    found = _EVERY.fullmatch(lower)
    if found is None or not (found["limit"] or found["rows"] or found["points"]):
        message = (
            f'"{text}": write like "every class recall >= 0.6" or '
            '"every group n >= 30 within 5 points"'
        )
        raise NoGate(message)
    of: Of = "class" if found["of"] == "class" else "group"
    figure = found["figure"] or ("recall" if of == "class" else "accuracy")
    if (of == "group") is not (figure == "accuracy"):
        message = f'"{text}": classes have recall and precision, groups have accuracy'
        raise NoGate(message)
    return EveryGate(
        text,
        of,
        figure,
        int(found["rows"]) if found["rows"] else None,
        float(found["points"]) if found["points"] else None,
        _side(found["side"]),
        _holds(found["holds"] or ">="),
        _read_number(found["limit"], "share") if found["limit"] else None,
    )


def _read_finding(text: str, lower: str) -> FindingGate | None:
    found = _FINDING.fullmatch(lower)
    if found is None:
        return None
    kind = found["kind"]
    if kind in {"finding", "findings"}:
        kind = ""
    elif kind.split(".")[0] not in FINDINGS:
        near = get_close_matches(kind, sorted(FINDINGS), n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(FINDINGS))}"
        )
        message = f'"{kind}" is no kind of finding{hint}'
        raise NoGate(message)
    levels: dict[str, Severity] = {"high": "high", "medium": "medium", "low": "low"}
    severity = levels.get(found["severity"] or "", "")
    return FindingGate(text, kind, severity, found["accepted"] is not None)


def _read_figure(text: str) -> FigureGate:
    found = _FIGURE.fullmatch(text)
    if found is None:
        message = (
            f'"{text}" is no gate; write like "accuracy low bound >= 0.85", "no unresolved leak" '
            'or "licence allows commercial use"'
        )
        raise NoGate(message)
    figure = find_figure(found["figure"])
    known = find_name(figure)
    unit = known.unit if known else ""
    limit: float | str
    if _NUMBER.fullmatch(found["limit"].strip()):
        limit = _read_number(found["limit"], unit)
    else:
        limit = find_figure(found["limit"])
    return FigureGate(text, figure, _side(found["side"]), _holds(found["holds"]), limit)


def _read_number(text: str, unit: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        message = f'"{text.strip()}" is no number'
        raise NoGate(message)
    number, said = float(found[1]), found[2].strip().lower()
    is_share = unit in {"share", "probability"}
    if said == "%" and is_share:
        number /= 100
    elif said and said != unit.lower():
        is_known = said in {one.lower() for one in UNITS} or said == "%"
        message = f'"{text.strip()}": the figure is in {unit}{"" if is_known else ", not in that"}'
        raise NoGate(message)
    if is_share and not 0 <= number <= 1:
        message = f'"{text.strip()}" is no share between 0 and 1; write 0.85, or 85 %'
        raise NoGate(message)
    return number


def _side(words: str | None) -> Side:
    sides: dict[str, Side] = {"low bound": "low", "high bound": "high", "value": "value"}
    return sides.get(words or "", "")


def _holds(sign: str) -> Holds:
    signs: dict[str, Holds] = {">=": ">=", ">": ">", "<=": "<=", "<": "<"}
    return signs[sign]
