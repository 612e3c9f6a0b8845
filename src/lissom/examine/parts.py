"""The parts of an examination, in the order in which a person wants to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Measured, NotMeasured, RowToRead
from lissom.examine.adversary import examine_adversary
from lissom.examine.calibration import (
    draw_abstention,
    draw_calibration,
    measure_calibration,
    measure_passing,
)
from lissom.examine.case import Found
from lissom.examine.compression import examine_compression
from lissom.examine.cost import Spend, measure_speed
from lissom.examine.energy import measure_energy
from lissom.examine.explanation import examine_explanation
from lissom.examine.groups import examine_groups
from lissom.examine.outside import examine_outside
from lissom.examine.privacy import examine_privacy
from lissom.examine.promise import measure_promise
from lissom.examine.robustness import examine_robustness
from lissom.examine.sets import measure_sets, measure_venn_abers
from lissom.examine.shortcuts import examine_shortcuts
from lissom.examine.task import draw_task, measure_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from lissom.examine.case import Case

_READ = 50
_ENERGY_TEXTS = 300
_ENERGY = "energy.joules_per_text"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the examination.

    Args:
        key: what a user calls it; "task".
        title: its heading.
        figures: what it gives at least; told as not measured where it could not run.
        starts: how the names of its figures begin.
        run: examines.
    """

    key: str
    title: str
    figures: tuple[str, ...]
    starts: tuple[str, ...]
    run: Callable[[Case], Found]


def examine_task(case: Case) -> Found:
    """Measure accuracy and its kin on every row; list the mistakes, the surest first."""
    answered = case.answered
    wrong = np.flatnonzero(~answered.right)
    wrong = wrong[np.argsort(-answered.sureness[wrong], kind="stable")][:_READ]
    names = answered.classes
    rows = tuple(
        RowToRead(
            case.rows.numbers[i],
            case.rows.texts[i],
            f'your file says "{names[answered.targets[i]]}", the model says '
            f'"{names[answered.predicted[i]]}"{_sure(case, i)}',
        )
        for i in wrong.tolist()
    )
    return Found(measure_task(answered, case.rng("task")), draw_task(answered), rows)


def _sure(case: Case, row: int) -> str:
    if case.answered.says == "label":
        return ""
    return f" ({case.answered.sureness[row]:.0%} sure)"


def examine_calibration(case: Case) -> Found:
    """Measure what probabilities and "unsure" are worth, and what could be promised."""
    answered = case.answered
    evidence = (
        *measure_calibration(answered),
        *measure_venn_abers(answered, case.rng("venn-abers")),
        *measure_passing(answered),
        *measure_promise(answered, case.rng("promise"), precision=case.settings.precision),
        *measure_sets(answered, case.rng("sets")),
    )
    return Found(evidence, (*draw_calibration(answered), *draw_abstention(answered)))


def examine_cost(case: Case) -> Found:
    """Measure latency, throughput, energy, and where the target is ours memory and start."""
    texts = list(dict.fromkeys([*case.rows.texts, *case.more]))
    source = f"distinct texts of {case.rows.source}"
    spend = Spend(case.effort.single_queries, case.effort.batch_texts)
    speed = measure_speed(case.asker.answer, texts, case.clock, source=source, spend=spend)
    few = texts[:_ENERGY_TEXTS]
    energy: Measured = NotMeasured(_ENERGY, "the model answers in another process")
    if case.cpu_clock is not None:
        energy = measure_energy(case.asker.answer, few, case.cpu_clock, source=source)
    probed: tuple[Measured, ...] = (
        NotMeasured("cost.memory_mib", "only a bundle can be opened in a process of its own"),
        NotMeasured("cost.start_ms", "only a bundle can be opened in a process of its own"),
    )
    if case.probe is not None:
        probed = case.probe(texts)
    return Found((*speed, *probed, energy))


PARTS: tuple[Part, ...] = (
    Part("task", "Is it right?", ("task.accuracy",), ("task.",), examine_task),
    Part(
        "calibration",
        "Does it know when it is right?",
        ("calibration.ece", "promise.precision"),
        ("calibration.", "abstention.", "promise.", "sets."),
        examine_calibration,
    ),
    Part(
        "outside",
        "Does it notice what it was not made for?",
        ("outside.auroc", "outside.fpr95"),
        ("outside.",),
        examine_outside,
    ),
    Part(
        "robustness",
        "Does it stand careless writing?",
        ("robustness.typo.accuracy",),
        ("robustness.",),
        examine_robustness,
    ),
    Part(
        "adversary",
        "Can it be tricked?",
        ("adversary.success", "adversary.pruthi.accuracy", "adversary.deepwordbug.accuracy"),
        ("adversary.",),
        examine_adversary,
    ),
    Part(
        "groups",
        "Is anyone served worse?",
        ("groups.different",),
        ("groups.",),
        examine_groups,
    ),
    Part(
        "shortcuts",
        "Is it right for the right reasons?",
        ("shortcuts.copies_share", "shortcuts.one_word.flip_share"),
        ("shortcuts.",),
        examine_shortcuts,
    ),
    Part(
        "explanation",
        "Can it say why?",
        ("explanation.faithfulness",),
        ("explanation.",),
        examine_explanation,
    ),
    Part(
        "privacy",
        "Does it give away what it learned from?",
        ("privacy.membership_auroc", "privacy.membership_excess"),
        ("privacy.",),
        examine_privacy,
    ),
    Part(
        "compression",
        "What did shrinking cost?",
        ("compression.disagreement", "compression.accuracy_loss"),
        ("compression.",),
        examine_compression,
    ),
    Part(
        "cost",
        "What does an answer cost?",
        ("cost.latency_p50_ms", "cost.throughput_texts_per_s"),
        ("cost.", "energy."),
        examine_cost,
    ),
)


def not_run(part: Part, reason: str) -> Found:
    """Return the figures of a part that did not run.

    >>> not_run(PARTS[8], "the time was up").evidence[0].reason
    'the time was up'
    """
    return Found(tuple(NotMeasured(name, reason) for name in part.figures))
