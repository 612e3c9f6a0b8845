"""What a part of an examination came to, in one sentence for anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lissom.evidence import Evidence, NotMeasured
from lissom.evidence.privacy_names import DIFFER
from lissom.govern.figures import count, say_number, say_range
from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.evidence import Examined, Measured, Outcome

    Figures = dict[str, Measured]

_LOSS = re.compile(r"robustness\.([^.]+)\.loss")
_BEHIND = re.compile(r"groups\.(.+?)\.(.+)\.difference", re.DOTALL)
_WORDS = {"typo": "typing errors", "lookalike": "look-alike letters", "scan": "misread letters"}


def say_part(key: str, evidence: Sequence[Measured]) -> str:
    """Return one sentence about a part.

    Args:
        key: of the part; "task".
        evidence: its figures.

    >>> say_part("groups", [NotMeasured("groups.different", "the time was up")])
    'Not looked at: the time was up.'
    """
    measured = [item for item in evidence if isinstance(item, Evidence)]
    if not measured:
        reasons = [item.reason for item in evidence if isinstance(item, NotMeasured)]
        why = clean(reasons[0]) if reasons else "nothing was measured"
        return f"Not looked at: {why}."
    figures = {item.name: item for item in evidence}
    return _SENTENCES[key](figures)


def headline(outcome: Outcome, parts: Sequence[Examined]) -> str:
    """Return one sentence about the whole examination."""
    judged = [part for part in parts if part.outcome is not None]
    failed = [part.key for part in judged if part.outcome == "fail"]
    open_parts = [part.key for part in judged if part.outcome == "not enough data"]
    if outcome == "fail":
        return f"It fails in {count(len(failed), 'part')}: {', '.join(failed)}."
    if outcome == "not enough data":
        if not judged:
            return "Nothing that was examined has a rule to be held to."
        return f"There are too few rows to tell in {', '.join(open_parts)}; nothing fails."
    return f"It passes: {count(len(judged), 'part')} examined, and no rule broken."


def on_known_rows(outcome: Outcome, sentence: str) -> str:
    """Return the sentence about an examination on the rows that a model was made from.

    >>> on_known_rows("fail", "It fails in 1 part: task.")[:44]
    'It fails in 1 part: task. And it learned fro'
    """
    if outcome == "fail":
        return f"{sentence} And it learned from these very rows: on new ones it will be worse."
    return (
        "It learned from these very rows, so nothing here says how good it is. Give rows that it "
        "has not seen; what it reached on rows held out while it learned is in its own report."
    )


def _of(figures: Figures, name: str) -> Evidence | None:
    found = figures.get(name)
    return found if isinstance(found, Evidence) else None


def _value(item: Evidence) -> str:
    return say_number(item.value, item.unit)


def _span(item: Evidence) -> str:
    """Return a figure with its interval in brackets."""
    span = say_range(item.low, item.high, item.unit)
    return f"{_value(item)} ({span})" if span else _value(item)


def _task(figures: Figures) -> str:
    accuracy, majority = _of(figures, "task.accuracy"), _of(figures, "task.majority_share")
    if accuracy is None:
        return "Whether it is right could not be measured."
    guess = f"; always guessing the largest class would give {_value(majority)}" if majority else ""
    return f"It is right on {_span(accuracy)} of {count(accuracy.n, 'row')}{guess}."


def _calibration(figures: Figures) -> str:
    error, lean = _of(figures, "calibration.ece"), _of(figures, "calibration.overconfidence")
    alone = _of(figures, "promise.answered_share")
    kept = _of(figures, "promise.precision")
    parts = []
    if error is not None:
        parts.append(f"its probabilities are off by {_span(error)} on average")
    elif lean is not None:
        side = "too sure" if lean.value >= 0 else "too modest"
        parts.append(f"it is {side} by {say_number(abs(lean.value), 'points')}")
    if alone is not None and kept is not None:
        right = f"be right on {_span(kept)} of them"
        parts.append(f"it could answer {_value(alone)} of the rows alone and {right}")
    else:
        parts.append("these rows back no promise about answering alone")
    return _sentence(parts)


def _outside(figures: Figures) -> str:
    told, passed = _of(figures, "outside.auroc"), _of(figures, "outside.passed_share")
    far = _of(figures, "outside.far.auroc")
    parts = []
    if told is not None:
        parts.append(
            f"a text about something else looks stranger to it than one of yours in {_span(told)} "
            "of pairs"
        )
    elif far is not None:
        parts.append(
            f"nonsense looks stranger to it than one of your rows in {_span(far)} of pairs"
        )
    if passed is not None:
        parts.append(f"as it ships it answers {_value(passed)} of them without a doubt")
    if told is None:
        parts.append("give texts about other things with --outside to learn more")
    return _sentence(parts)


def _robustness(figures: Figures) -> str:
    losses = [
        (found[1], item)
        for item in figures.values()
        if isinstance(item, Evidence) and (found := _LOSS.fullmatch(item.name))
    ]
    if not losses:
        return "There are too few rows to tell."
    key, worst = max(losses, key=lambda pair: pair[1].value)
    name = _WORDS.get(key, key.replace("_", " "))
    if worst.value <= 0:
        return f"None of {len(losses)} ways to change a text costs any accuracy."
    return (
        f"Of {len(losses)} ways to change a text without its sense, the worst ({name}) costs "
        f"{_span(worst)} of accuracy."
    )


def _groups(figures: Figures) -> str:
    different = _of(figures, "groups.different")
    if different is None:
        return "There are no two groups with enough rows to compare."
    compared = count(different.n, "group")
    if different.value == 0:
        return f"Of {compared} compared, none is served differently from the rest for certain."
    behind = [
        (found[1], found[2], item)
        for item in figures.values()
        if isinstance(item, Evidence) and (found := _BEHIND.fullmatch(item.name))
    ]
    column, group, worst = min(behind, key=lambda one: one[2].value)
    return (
        f'Of {compared} compared, {int(different.value)} differ for certain; "{clean(group)}" of '
        f'"{clean(column)}" is worst served, {_span(worst)} against the rest.'
    )


def _shortcuts(figures: Figures) -> str:
    word = _of(figures, "shortcuts.one_word.flip_share")
    copies = _of(figures, "shortcuts.copies_share")
    numbers = _of(figures, "shortcuts.numbers.loss")
    parts = []
    if copies is not None:
        parts.append(f"{_value(copies)} of the rows are near-copies of training rows")
    if word is not None:
        parts.append(f"the most powerful single word turns {_span(word)} of other texts")
    if numbers is not None:
        parts.append(f"other numbers in a text cost {_span(numbers)}")
    return _sentence(parts or ["no shortcut was found that could be tried"])


def _compression(figures: Figures) -> str:
    differs = _of(figures, "compression.disagreement")
    loss = _of(figures, "compression.accuracy_loss")
    worse = _of(figures, "compression.slices_worse")
    parts = []
    if differs is not None:
        parts.append(f"it answers {_span(differs)} of rows otherwise than the full model")
    if loss is not None:
        parts.append(f"it lost {_span(loss)} of accuracy")
    if worse is not None:
        parts.append(
            f"{count(int(worse.value), 'class or group', 'classes and groups')} of {worse.n} lost "
            "for certain"
        )
    return _sentence(parts)


def _cost(figures: Figures) -> str:
    wait = _of(figures, "cost.latency_p50_ms")
    speed = _of(figures, "cost.throughput_texts_per_s")
    parts = []
    if wait is not None:
        parts.append(f"half of the single texts are answered within {_value(wait)}")
    if speed is not None:
        parts.append(f"many together at {_value(speed)}")
    return _sentence(parts or ["its speed was not measured"])


def _adversary(figures: Figures) -> str:
    tricked = _of(figures, "adversary.success")
    one = _of(figures, "adversary.pruthi_one.loss")
    silent = _of(figures, "adversary.unnoticed")
    parts = []
    if tricked is not None:
        parts.append(
            f"somebody who may ask it turns {_span(tricked)} of its right answers by changing a "
            "few letters or words"
        )
    if one is not None:
        parts.append(f"one letter, chosen so, costs {_value(one)} of accuracy")
    if silent is not None:
        parts.append(f"{_value(silent)} are turned without its being unsure")
    return _sentence(parts or ["there are too few rows to tell"])


def _explanation(figures: Figures) -> str:
    wins = _of(figures, "explanation.faithfulness")
    lost = _of(figures, "explanation.comprehensiveness")
    beyond = _of(figures, "explanation.comprehensiveness_gain")
    shared = _of(figures, "explanation.agreement")
    parts = []
    if lost is not None and beyond is not None:
        by_chance = say_number(lost.value - beyond.value, "points")
        parts.append(
            f"without the words that decide, an answer loses {_value(lost)} of its probability; "
            f"without as many others, {by_chance}"
        )
    if wins is not None:
        parts.append(f"its reasons beat words drawn by chance in {_span(wins)} of tries")
    if shared is not None:
        parts.append(f"it shares {_value(shared)} of them with the full model")
    return _sentence(parts or ["there are too few rows to tell"])


def _privacy(figures: Figures) -> str:
    told = _of(figures, "privacy.membership_auroc")
    text = _of(figures, "privacy.text_auroc")
    excess = _of(figures, "privacy.membership_excess")
    named = _of(figures, "privacy.tpr_at_1pct_fpr")
    parts = []
    if told is not None:
        parts.append(
            "of a row that it learned from and one that it did not, its answers tell which in "
            f"{_span(told)} of pairs; guessing tells 50 %"
        )
    if text is not None and text.low is not None and text.low > DIFFER:
        parts.append(
            f"but the texts alone tell in {_span(text)}, so the two files differ in themselves"
        )
        if excess is not None:
            parts.append(f"beyond that it gives away {_span(excess)}")
    if named is not None:
        full = _of(figures, "privacy.parent.tpr_at_1pct_fpr")
        beside = "" if full is None else f", and {_value(full)} by the full model"
        parts.append(f"with 1 % false alarms {_span(named)} of the training rows are named{beside}")
    return _sentence(parts or ["there are too few rows to tell"])


def _sentence(parts: Sequence[str]) -> str:
    whole = "; ".join(part for part in parts if part)
    return f"{whole[:1].upper()}{whole[1:]}."


_SENTENCES: dict[str, Callable[[Figures], str]] = {
    "task": _task,
    "calibration": _calibration,
    "outside": _outside,
    "robustness": _robustness,
    "groups": _groups,
    "shortcuts": _shortcuts,
    "compression": _compression,
    "cost": _cost,
    "adversary": _adversary,
    "explanation": _explanation,
    "privacy": _privacy,
}
