"""Are the labels found: the rule for rows that have any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, class_of
from lissom.govern.figures import count, say_n, say_number
from lissom.govern.gates import ROWS_TO_CALL_A_CLASS_LOST
from lissom.govern.judge import RECALL, Judged
from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured

MOST_LOST = 0.1
"""A lost label spoils no other label, so a few may be lost; a larger part is another model than
the one that was asked for."""


def has_sets(evidence: Sequence[Measured]) -> bool:
    """Say whether the figures speak of rows with any number of labels.

    >>> has_sets(())
    False
    """
    return any(item.name == "task.micro_f1" for item in evidence)


def judge_labels(evidence: Sequence[Measured], labels: int) -> Judged:
    """Say whether enough of the labels are ever found.

    A label is lost when none of at least `ROWS_TO_CALL_A_CLASS_LOST` rows of it was found.

    Args:
        evidence: figures, with one recall for each label where that was measured.
        labels: different labels that the model can give.
    """
    recalls = {
        class_of(item.name, RECALL): item
        for item in evidence
        if isinstance(item, Evidence) and class_of(item.name, RECALL)
    }
    judged = {name: item for name, item in recalls.items() if item.n >= ROWS_TO_CALL_A_CLASS_LOST}
    if not judged:
        return Judged(
            "open",
            "every label has too few rows to judge by",
            f"None of {count(labels, 'label')} has {ROWS_TO_CALL_A_CLASS_LOST} rows to judge by.",
            f"Label rows until the labels that matter have {ROWS_TO_CALL_A_CLASS_LOST} each",
        )
    lost = [name for name, item in judged.items() if item.value == 0]
    if lost and len(lost) > MOST_LOST * len(judged):
        name = clean(lost[0])
        told = f"{len(lost)} of {count(len(judged), 'label')} {'is' if len(lost) == 1 else 'are'}"
        return Judged(
            "broken",
            f"{told} never given where it should be",
            f'{told} given to none of the rows that have it, such as "{name}" '
            f"({say_n(judged[lost[0]].n)}).",
            f'Label more rows of "{name}", or leave that label out',
        )
    name, worst = min(judged.items(), key=lambda pair: (pair[1].value, pair[0]))
    thin = labels - len(judged)
    few = f"; {count(thin, 'label')} more {'has' if thin == 1 else 'have'} too few rows to judge by"
    return Judged(
        "holds",
        "",
        f"Of {count(len(judged), 'label')}, {len(judged) - len(lost)} are found; the weakest is "
        f'"{clean(name)}" with {say_number(worst.value, worst.unit)} of its rows '
        f"({say_n(worst.n)}){few if thin else ''}.",
    )
