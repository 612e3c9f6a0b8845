"""One rule against one figure: it holds, it is broken, or nobody can tell yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lissom.evidence import Evidence, NotMeasured, class_of, find_name, own_words
from lissom.govern.figures import count, say, say_limit, say_n, say_number
from lissom.govern.gates import ROWS_TO_CALL_A_CLASS_LOST
from lissom.govern.markup import clean
from lissom.govern.settle import rows_to_narrow, rows_to_settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured
    from lissom.govern.gates import Rule

State = Literal["broken", "open", "holds"]
RECALL = "task.class.<label>.recall"
# Figures that are a share of independent rows, so Wilson tells how many would settle them.
_COUNTED = frozenset({"task.accuracy", "task.subset_accuracy", "compression.disagreement"})

# Held against the house's own limit where a figure cannot be had; a user's gate wants the figure.
_STAND_INS = {"compression.disagreement": "compression.disagreement_repeats"}

# Nobody goes and labels a hundred times what they have.
_HOPELESS = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule came to.

    Args:
        state: broken, open (the interval holds the limit, or nothing was measured) or holds.
        short: half a sentence for the headline.
        reason: a full sentence with its figures.
        remedy: what to do about it, in the imperative, without a full stop; "" when it holds.
        gate: the user's gate that it came from, or "".
    """

    state: State
    short: str
    reason: str
    remedy: str = ""
    gate: str = ""


def judge(rule: Rule, evidence: Sequence[Measured]) -> Judged:
    """Hold one rule against the figures.

    >>> from lissom.govern.gates import Gates, policy
    >>> figure = Evidence("task.accuracy", 0.9, 0.86, 0.93, 300, "share", "Wilson", "test")
    >>> judge(policy(Gates(min_accuracy=0.8))[0], [figure]).state
    'holds'
    """
    figure = _find(rule.figure, evidence)
    if isinstance(figure, NotMeasured) and not rule.gate and rule.figure in _STAND_INS:
        stand_in = _find(_STAND_INS[rule.figure], evidence)
        figure = stand_in if isinstance(stand_in, Evidence) else figure
    limit = _limit(rule, evidence)
    title = _title(rule.figure)
    if not isinstance(figure, Evidence) or not isinstance(limit, float):
        missing = figure if isinstance(figure, NotMeasured) else limit
        reason = missing.reason if isinstance(missing, NotMeasured) else ""
        short = f"{title.lower()} was not measured"
        return Judged("open", short, f"{title} was not measured: {reason}.", gate=rule.gate)
    state = _compare(rule, figure, limit)
    reason = f"{title} is {say(figure)}{_say_limit(rule, limit, state)}."
    if state == "holds":
        return Judged(state, "", reason, gate=rule.gate)
    remedy, settled = _more_rows(figure, limit)
    short = _short(rule, state, title.lower(), limit)
    if state == "open":
        return Judged(state, short, f"{reason[:-1]}, {settled}.", remedy, rule.gate)
    better = "Label more rows of the classes that it confuses, or correct wrong labels"
    return Judged(state, short, reason, better, rule.gate)


def judge_classes(evidence: Sequence[Measured], classes: int) -> Judged:
    """Say whether every class is found at least sometimes.

    A class is lost when none of at least `ROWS_TO_CALL_A_CLASS_LOST` rows of it was found; a
    model that finds a single class has fallen to it, however often that class is right.

    Args:
        evidence: figures, with one recall for each class where that was measured.
        classes: different labels that the model can give.
    """
    recalls = {
        class_of(item.name, RECALL): item
        for item in evidence
        if isinstance(item, Evidence) and class_of(item.name, RECALL)
    }
    unfound = {name: item for name, item in recalls.items() if item.value == 0}
    lost = [name for name, item in unfound.items() if item.n >= ROWS_TO_CALL_A_CLASS_LOST]
    rows = sum(item.n for item in recalls.values())
    found = len(recalls) - len(unfound)
    if recalls and found <= 1 and rows >= ROWS_TO_CALL_A_CLASS_LOST:
        return _fell(found, classes, rows)
    if lost:
        return _lost(lost, recalls, classes)
    if unfound or len(recalls) < classes:
        return _too_thin(unfound, len(recalls), classes)
    name, worst = min(recalls.items(), key=lambda pair: (pair[1].value, pair[0]))
    return Judged(
        "holds",
        "",
        f'All {classes} classes are found; the weakest is "{clean(name)}" with '
        f"{say_number(worst.value, worst.unit)} of its rows found ({say_n(worst.n)}).",
    )


def _fell(found: int, classes: int, rows: int) -> Judged:
    return Judged(
        "broken",
        "it answers with one class whatever it reads",
        f"{'One' if found else 'None'} of {classes} classes is ever found, over "
        f"{count(rows, 'row')}.",
        "Label more rows of the other classes",
    )


def _lost(lost: list[str], recalls: dict[str, Evidence], classes: int) -> Judged:
    name = clean(lost[0])
    return Judged(
        "broken",
        f"{len(lost)} of {count(classes, 'class', 'classes')} {_is(len(lost))} never found",
        f'None of {count(recalls[lost[0]].n, "row")} of "{name}" was found, and so it is for '
        f"{len(lost)} of {count(classes, 'class', 'classes')}.",
        f'Label more rows of "{name}", or merge it with the class that it is taken for',
    )


def _too_thin(unfound: dict[str, Evidence], measured: int, classes: int) -> Judged:
    if measured == 0:
        return Judged(
            "open",
            "nobody knows which classes it finds",
            f"For none of the {classes} classes was it measured how many rows it finds.",
            f"Label at least {ROWS_TO_CALL_A_CLASS_LOST} rows of every class",
        )
    missing = classes - measured
    thin = len(unfound) + missing
    which = f' such as "{clean(next(iter(unfound)))}"' if unfound else ""
    return Judged(
        "open",
        f"{count(thin, 'class', 'classes')} {'has' if thin == 1 else 'have'} too few rows",
        f"{thin} of {count(classes, 'class', 'classes')}{which} {_is(thin)} found in no row and "
        f"{'has' if thin == 1 else 'have'} fewer than {ROWS_TO_CALL_A_CLASS_LOST} to judge by.",
        f"Label at least {ROWS_TO_CALL_A_CLASS_LOST} rows of every class",
    )


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _find(name: str, evidence: Sequence[Measured]) -> Measured:
    absent = NotMeasured(name, "no figure was given")
    return next((item for item in evidence if item.name == name), absent)


def _limit(rule: Rule, evidence: Sequence[Measured]) -> float | NotMeasured:
    if not isinstance(rule.limit, str):
        return float(rule.limit)
    other = _find(rule.limit, evidence)
    return float(other.value) if isinstance(other, Evidence) else other


def _title(figure: str) -> str:
    known = find_name(figure)
    own = ": ".join(clean(word) for word in own_words(figure))
    return f"{known.title if known else figure}{f' ({own})' if own else ''}"


def _compare(rule: Rule, figure: Evidence, limit: float) -> State:
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    if rule.holds == "at most":
        return "holds" if high <= limit else "broken" if low > limit else "open"
    if low > limit or (rule.holds == "at least" and low == limit):
        return "holds"
    return "broken" if high < limit else "open"


def _say_limit(rule: Rule, limit: float, state: State) -> str:
    shown = _show(rule.figure, limit)
    if isinstance(rule.limit, str):
        return f"; {rule.instead} gives {shown}"
    owner = "your gate" if rule.gate else "the limit"
    verb = {"holds": "keeps to", "broken": "misses", "open": "may miss"}[state]
    return f", which {verb} {owner} of {rule.holds} {shown}"


def _short(rule: Rule, state: State, title: str, limit: float) -> str:
    if isinstance(rule.limit, str):
        does = "does" if state == "broken" else "may do"
        return f"it {does} no better than {rule.instead}"
    shown = _show(rule.figure, limit)
    if state == "open":
        return f"{title} is too uncertain to be told from {shown}"
    side = "above" if rule.holds == "at most" else "below"
    return f"{title} is {side} {shown}"


def _show(figure: str, limit: float) -> str:
    """Return a limit in the unit of its figure."""
    known = find_name(figure)
    is_share = known is None or known.unit in {"share", "probability"}
    return say_limit(limit) if is_share or known is None else say_number(limit, known.unit)


def _more_rows(figure: Evidence, limit: float) -> tuple[str, str]:
    """Return what to do and the words for the reason when the interval holds the limit."""
    if figure.name in _COUNTED:
        wanted = rows_to_settle(figure.value, limit)
    else:
        low, high = figure.low or figure.value, figure.high or figure.value
        half = figure.value - low if figure.value > limit else high - figure.value
        wanted = rows_to_narrow(abs(figure.value - limit), half, figure.n)
    if wanted is None or wanted > _HOPELESS * figure.n:
        return "", "which is too close to the limit for rows within reach to settle"
    # The interval may be wider than Wilson's: then a few more rows than planned, never fewer.
    more = max(wanted - figure.n, 1)
    kind = "row" if figure.name == "compression.disagreement" else "label"
    act = "Add" if kind == "row" else "Label"
    noun = "row, labelled or not" if kind == "row" else "row"
    many = "rows, labelled or not" if kind == "row" else "rows"
    return f"{act} about {count(more, noun, many)} more", f"{count(more, kind)} more would tell"
