"""Part 9: do answers tell rows that were learned from from rows that were not."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import near_groups, near_pairs
from lissom.evidence import (
    Evidence,
    Measured,
    NotMeasured,
    Picture,
    RowToRead,
    difference,
    wilson,
)
from lissom.evidence.many import simultaneous
from lissom.evidence.privacy_names import DIFFER
from lissom.examine.case import Found
from lissom.examine.membership import (
    LEAST_OTHERS,
    Scores,
    advantage,
    cut,
    found_at,
    match_classes,
    score_answers,
    spread_out,
    tell_by_text,
)
from lissom.examine.ranks import auroc, auroc_bounds, matched_auroc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.case import Case

NAMES = (
    "privacy.membership_auroc",
    "privacy.membership_excess",
    "privacy.membership_advantage",
    "privacy.tpr_at_1pct_fpr",
    "privacy.text_auroc",
)
PARENT_NAMES = ("privacy.parent.membership_auroc", "privacy.parent.tpr_at_1pct_fpr")
FEWEST = 20
"""Rows of each side under which nothing is said, as for any other AUROC."""
_KINDS = 5
"""Parts that likeness of text is cut into; five take away nine tenths of what it does."""
_COMPARABLE = 0.5
"""Where fewer rows have one like them on the other side, what is left speaks of its edges only."""
_NAMED_BY_TEXT = 0.02
"""The texts alone name rows when they find twice what guessing does, for certain."""
_SHARED = 1.5
"""Scores of one fold were learned from the rows of the others, so they swing together; found by
simulation."""
_READ = 10
_FALSE_ALARMS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_FIFTHS = ("least", "less", "middle", "more", "most")


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Rows of both sides with as many of each class, and how they score.

    Args:
        members: positions among the training rows.
        others: positions among the labelled rows.
        texts: those of the members, then of the others.
        labels: likewise.
        scores: of the members, then of the others.
        by_text: (rows,) how much each text alone looks like a training row's.
    """

    members: NDArray[np.int64]
    others: NDArray[np.int64]
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    scores: Scores
    by_text: NDArray[np.float64]

    def split(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Return the values of the others and those of the members."""
        return values[len(self.members) :], values[: len(self.members)]


def examine_privacy(case: Case) -> Found:
    """Measure whether somebody who has a row, its label and the answers can tell it was learned.

    Training rows are held against rows that the model did not learn from, with the copies between
    the two taken out and every class as frequent on both sides. The score is fixed beforehand: the
    log odds of the true class, less what is usual for that class. A control that never asks the
    model says what the texts alone give away: that is a matter of how rows were drawn.

    Source: Yeom et al. (2018), CSF; Song and Mittal (2021), USENIX Security; Carlini et al. (2022),
    IEEE S&P; for the control Das, Zhang and Tramer (2024), arXiv 2406.16201.
    """
    found = compare_rows(case)
    if isinstance(found, str):
        return Found(tuple(NotMeasured(name, found) for name in (*NAMES, *PARENT_NAMES)))
    parent = ask_parent(case, found)
    figures = (*measure_membership(case, found), *measure_parent(case, found, parent))
    excess = next(item for item in figures if item.name == NAMES[1])
    # Some row always stands out most; where nothing is told for certain, that is chance.
    is_told = isinstance(excess, Evidence) and excess.low is not None and excess.low > 0
    rows = _to_read(case, found) if is_told else ()
    return Found(figures, (draw_roc(found, parent), draw_fifths(found)), rows)


def compare_rows(case: Case) -> Compared | str:
    """Ask about training rows and lay them beside the other rows; or say why that cannot be."""
    train = case.train
    if train is None:
        return "no training rows were given; give them with --train"
    members = np.array(case.sample_train(), np.int64)
    others = np.arange(len(case.rows))
    ours = _alone([train.texts[i] for i in members], case.rows.texts, members)
    theirs = _alone(case.rows.texts, train.texts, others)
    at = {name: number for number, name in enumerate(case.asker.classes)}
    rng = case.rng("privacy")
    kept_ours, kept_theirs = match_classes(
        np.array([at[train.labels[i]] for i in ours], np.int64),
        np.array([at[case.rows.labels[i]] for i in theirs], np.int64),
        rng,
    )
    ours, theirs = ours[kept_ours], theirs[kept_theirs]
    if min(len(ours), len(theirs)) < FEWEST:
        return (
            f"{len(ours)} training rows and {len(theirs)} others are left of the same classes and "
            f"no copies of each other; {FEWEST} of each are needed"
        )
    texts = [*(train.texts[i] for i in ours), *(case.rows.texts[i] for i in theirs)]
    labels = [*(train.labels[i] for i in ours), *(case.rows.labels[i] for i in theirs)]
    replies = case.asker.ask(texts)
    scores = score_answers(replies, np.array([at[label] for label in labels], np.int64))
    is_member = np.arange(len(texts)) < len(ours)
    by_text = tell_by_text(texts, is_member, rng)
    return Compared(ours, theirs, tuple(texts), tuple(labels), scores, by_text)


def _alone(
    texts: Sequence[str], others: Sequence[str], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the places of texts without a near-copy among others; of their own copies, one."""
    is_copy = np.array([not text.strip() for text in texts], np.bool_)
    is_copy[near_pairs(texts, others).left] = True
    kept = np.flatnonzero(~is_copy)
    _, first = np.unique(near_groups([texts[i] for i in kept.tolist()]), return_index=True)
    found: NDArray[np.int64] = places[kept[np.sort(first)]]
    return found


def measure_membership(case: Case, found: Compared) -> tuple[Measured, ...]:
    """Measure what the scores tell, what the texts alone tell, and what goes beyond."""
    others, members = found.split(found.scores.margin)
    n, source = len(members) + len(others), _source(case)
    sides = f"{len(members)} training rows, {len(others)} others, same classes, no copies"
    value = auroc(others, members)
    bounds = auroc_bounds(others, members)
    how = f"log odds of the true class, less the mean of its class; {sides}"
    figures: list[Measured] = [
        Evidence(NAMES[0], value, *bounds, n, "share", f"{how}; DeLong and Newcombe 95 %", source)
    ]
    text, reach = _by_text(found)
    ends = (max(text - reach, 0.0), min(text + reach, 1.0))
    figures += [
        measure_excess(found, source),
        _advantage(case, found, source),
        _low_alarm(NAMES[3], found, found.scores.margin, source),
        Evidence(
            NAMES[4],
            text,
            *ends,
            n,
            "share",
            f"words, length and signs, the model not asked; 5 folds, {sides}; DeLong 95 %, "
            "widened for the folds",
            source,
        ),
        *_other_scores(found, source),
    ]
    return tuple(figures)


def _source(case: Case) -> str:
    train = case.train
    return f"{train.source if train else 'no training rows'} against {case.rows.source}"


def _by_text(found: Compared) -> tuple[float, float]:
    """Return how well the texts alone tell, and how far off that may be."""
    others, members = found.split(found.by_text)
    low, high = auroc_bounds(others, members)
    return auroc(others, members), sqrt(_SHARED) * (high - low) / 2


def measure_excess(found: Compared, source: str) -> Measured:
    """Say how far the answers tell beyond what the texts tell, as two ways see it.

    One compares rows whose texts look equally like a training row's; the other takes what the
    texts tell from what the answers tell. Each fails in its own way where the two files differ:
    so the interval reaches as far as either, and only what both see is certain.

    Args:
        found: rows of both sides, scored by answer and by text.
        source: the two files, for a person.
    """
    others, members = found.split(found.scores.margin)
    parts = max(min(_KINDS, min(len(members), len(others)) // FEWEST), 1)
    kinds = cut(found.by_text, parts)
    first = len(members)
    value, low, high, size = matched_auroc((others, kinds[first:]), (members, kinds[:first]))
    all_rows = 2 * len(members) * len(others) // (len(members) + len(others))
    if size < max(FEWEST, all_rows * _COMPARABLE):
        reason = (
            f"the texts alone tell the two files apart, so that {size} of {all_rows} rows have one "
            "to compare with; draw both files from the same rows"
        )
        return NotMeasured(NAMES[1], reason)
    raw, bounds = auroc(others, members), auroc_bounds(others, members)
    by_text, reach = _by_text(found)
    over = raw - max(by_text, 1 / 2)
    low = min(low - 1 / 2, over - sqrt((raw - bounds[0]) ** 2 + reach**2))
    high = max(high - 1 / 2, over + sqrt((bounds[1] - raw) ** 2 + reach**2))
    how = (
        f"AUROC less guessing, among rows whose texts look alike ({parts} kinds); the interval "
        "reaches as far as that of the AUROC less that of the texts alone; 95 %"
    )
    ends = (100 * (value - 1 / 2), 100 * low, 100 * high)
    return Evidence(NAMES[1], *ends, len(members) + len(others), "points", how, source)


def _advantage(case: Case, found: Compared, source: str) -> Measured:
    others, members = found.split(found.scores.margin)
    hits, alarms = advantage(members, others, case.rng("privacy.halves"))
    low, high = difference(hits, len(members), alarms, len(others))
    value = hits / len(members) - alarms / len(others)
    how = "rows found less false alarms, threshold chosen on the other half; Newcombe 95 %"
    n = len(members) + len(others)
    return Evidence(NAMES[2], 100 * value, 100 * low, 100 * high, n, "points", how, source)


def _low_alarm(name: str, found: Compared, values: NDArray[np.float64], source: str) -> Measured:
    others, members = found.split(values)
    if len(others) < LEAST_OTHERS:
        reason = (
            f"{len(others)} rows that it did not learn from; a claim at 1 % false alarms needs "
            f"{LEAST_OTHERS}, or its threshold has no upper bound"
        )
        return NotMeasured(name, reason)
    told, reach = _by_text(found)
    plain, ours = found.split(found.by_text)
    by_text, surely, _ = found_at(ours, plain)
    if told - reach > DIFFER or surely > _NAMED_BY_TEXT:
        reason = (
            f"the texts alone tell the two files apart in {told:.0%} of pairs and name "
            f"{by_text:.1%} of training rows so, hence a row that stands out need not be learned"
        )
        return NotMeasured(name, reason)
    share, low, high = found_at(members, others)
    how = (
        f"threshold that 1 % of {len(others)} other rows pass; the texts alone name {by_text:.1%}; "
        "Wilson and exact order statistics, 95 %"
    )
    return Evidence(name, share, low, high, len(members), "share", how, source)


def _other_scores(found: Compared, source: str) -> list[Measured]:
    """Say what other scores tell; none of them is judged, so none is picked for being best."""
    scores = found.scores
    named = {
        "loss": scores.loss,
        "entropy": scores.entropy,
        "sureness": scores.sureness,
        "label": scores.label,
    }
    level = simultaneous(len(named))
    how = f"to compare; DeLong and Newcombe, these {len(named)} together at 95 %"
    made: list[Measured] = []
    for name, values in named.items():
        others, members = found.split(values)
        bounds = auroc_bounds(others, members, level=level)
        n, value = len(members) + len(others), auroc(others, members)
        figure = f"privacy.score.{name}.auroc"
        made.append(Evidence(figure, value, *bounds, n, "share", how, source))
    return made


def ask_parent(case: Case, found: Compared) -> NDArray[np.float64] | str:
    """Return how the full model's answers score, or why it is not asked."""
    if case.parent is None:
        return "no parent was given to compare with; give one with --parent"
    most, count = case.effort.compared_rows, len(found.texts)
    if count > most:
        return f"{count} texts to ask the full model; a quick look asks it {most}"
    replies = case.parent.asker.ask(found.texts)
    at = {name: number for number, name in enumerate(replies.classes)}
    if not set(found.labels) <= set(at):
        return "the full model does not know every label of these rows"
    targets = np.array([at[label] for label in found.labels], np.int64)
    return score_answers(replies, targets).margin


def measure_parent(
    case: Case, found: Compared, parent: NDArray[np.float64] | str
) -> tuple[Measured, ...]:
    """Say what the full model gives away of the same rows: more or less than what was made of it.

    Args:
        case: what the part may look at.
        found: rows of both sides.
        parent: how the full model's answers score, or why it was not asked.
    """
    if isinstance(parent, str) or case.parent is None:
        return tuple(NotMeasured(name, str(parent)) for name in PARENT_NAMES)
    others, members = found.split(parent)
    source, n = _source(case), len(parent)
    how = f"as for the model itself, of {case.parent.name}; DeLong and Newcombe 95 %"
    bounds = auroc_bounds(others, members)
    told = Evidence(PARENT_NAMES[0], auroc(others, members), *bounds, n, "share", how, source)
    return told, _low_alarm(PARENT_NAMES[1], found, parent, source)


def draw_roc(found: Compared, parent: NDArray[np.float64] | str) -> Picture:
    """Draw the share of training rows found against false alarms."""
    lines = {"its answers": found.scores.margin, "the texts alone": found.by_text}
    if not isinstance(parent, str):
        lines["the full model"] = parent
    rows: list[tuple[float, float, str]] = []
    for name, values in lines.items():
        others, members = found.split(values)
        rows += [(alarms, _found(members, others, alarms), name) for alarms in _FALSE_ALARMS]
    rows += [(alarms, alarms, "guessing") for alarms in _FALSE_ALARMS]
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows)
        for i, name in enumerate(("false alarms", "found", "by"))
    }
    title = "Training rows found, against other rows that are taken for one"
    return Picture("privacy.roc", title, "line", columns, "false alarms", "found", colour="by")


def _found(members: NDArray[np.float64], others: NDArray[np.float64], alarms: float) -> float:
    """Return the share of members found at a share of false alarms; ties are shared out."""
    limits = np.append(np.unique(np.concatenate([members, others]))[::-1], -np.inf)
    wrong = [0.0, *(float((others >= limit).mean()) for limit in limits)]
    right = [0.0, *(float((members >= limit).mean()) for limit in limits)]
    # Of equal shares of false alarms the last, which finds most, is meant.
    keep = [i for i in range(len(wrong)) if i + 1 == len(wrong) or wrong[i + 1] > wrong[i]]
    return float(np.interp(alarms, [wrong[i] for i in keep], [right[i] for i in keep]))


def draw_fifths(found: Compared) -> Picture:
    """Draw how many training rows lie in each fifth of the other rows' scores."""
    others, members = found.split(found.scores.margin)
    counts = spread_out(members, others, len(_FIFTHS))
    bounds = [wilson(round(count), len(members)) for count in counts.tolist()]
    shares = [count / len(members) for count in counts.tolist()]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "sure of the label": _FIFTHS,
        "training rows": tuple(shares),
        "low": tuple(min(low, share) for (low, _), share in zip(bounds, shares, strict=True)),
        "high": tuple(max(high, share) for (_, high), share in zip(bounds, shares, strict=True)),
    }
    title = "Training rows in each fifth of other rows, by how sure it is of their label"
    shape = ("sure of the label", "training rows", "low", "high")
    return Picture("privacy.fifths", title, "bars", columns, *shape)


def _to_read(case: Case, found: Compared) -> tuple[RowToRead, ...]:
    """Return the training rows that stand out most beside other rows of their class."""
    train = case.train
    if train is None:
        return ()
    others, members = found.split(found.scores.margin)
    order = np.argsort(-members, kind="stable")[:_READ].tolist()
    shown = []
    for i in order:
        row = int(found.members[i])
        share = float((others < members[i]).mean())
        note = (
            f'row {train.numbers[row] + 1} of {train.source}, labelled "{train.labels[row]}": for '
            f"its class it is surer of it than of {share:.0%} of the rows that it did not learn "
            "from"
        )
        shown.append(RowToRead(None, train.texts[row], note))
    return tuple(shown)
