"""How far what ships is from the full model, and what that costs: figures for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, paired_difference, wilson
from lissom.evidence.exact import exact_high
from lissom.examine import share
from lissom.pipeline.shrinking import FEWEST_CERTIFIED
from lissom.shrink import Certificate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine import Answered
    from lissom.pipeline.settle import Judged
    from lissom.pipeline.shrinking import Shrunk

AGAINST = "the artefact against the float32 encoder, texts that nothing was fitted on"

FEWEST_PAIRED = 50
"""Labelled rows under which a loss of accuracy is not measured: one row would be 2 points."""

_NAME = "compression.disagreement"


def state(certificate: Certificate | None, n: int, source: str) -> Measured:
    """Return the certificate as a figure.

    Args:
        certificate: what may be claimed, or None where the rows are too few.
        n: rows that nothing was fitted on.
        source: what these rows are.

    Returns:
        The share that was seen to differ. Its upper end is the certified bound, one-sided.
    """
    if certificate is None:
        reason = f"{n} texts were kept apart from fitting; {FEWEST_CERTIFIED} are needed"
        return NotMeasured(_NAME, f"{reason}, and come from unlabelled rows or a test file")
    seen = certificate.differing / certificate.n
    how = (
        "the margin was chosen on the same rows by a fixed sequence of exact binomial tests"
        if certificate.is_walked
        else "exact binomial bound"
    )
    return Evidence(
        _NAME,
        seen,
        wilson(certificate.differing, certificate.n)[0],
        max(seen, certificate.bound),
        certificate.n,
        "share",
        f"{certificate.level:.4g} confidence that no more than the upper end differ; {how}; "
        f"{AGAINST}",
        source,
    )


def state_count(differs: NDArray[np.bool_], source: str) -> Measured:
    """Return a certificate of texts on which nothing was fitted or chosen."""
    n, count = len(differs), int(differs.sum())
    if n < FEWEST_CERTIFIED:
        return state(None, n, source)
    bound = exact_high(count, n)
    return state(Certificate(None, count, n, bound, 0.95, is_walked=False), n, source)


def repeats_disagree(differs: NDArray[np.bool_], how: str, source: str) -> Measured:
    """Return how often the repeats of the recipe differ from their own full models."""
    name = "compression.disagreement_repeats"
    if len(differs) < FEWEST_PAIRED:
        reason = f"{len(differs)} rows were held out; {FEWEST_PAIRED} are needed"
        return NotMeasured(name, reason)
    method = f"{how}; rounding to int8 has no part in it"
    return share(name, int(differs.sum()), len(differs), method, source)


def measure_coverage(is_lexical: NDArray[np.bool_], source: str) -> Measured:
    """Measure how many texts the lexical tier answers."""
    name, n = "compression.coverage_lexical", len(is_lexical)
    if n < FEWEST_CERTIFIED:
        reason = f"{n} texts were kept apart from fitting; {FEWEST_CERTIFIED} are needed"
        return NotMeasured(name, reason)
    return share(name, int(is_lexical.sum()), n, AGAINST, source)


def measure_payers(
    differs: NDArray[np.bool_], parent: NDArray[np.int64], classes: Sequence[str], source: str
) -> tuple[Measured, ...]:
    """Measure, class by class, how often what the full model says is answered otherwise.

    Args:
        differs: (rows,) answered otherwise.
        parent: (rows,) the full model's answers.
        classes: the names.
        source: what these rows are.
    """
    if len(parent) < FEWEST_CERTIFIED:
        return ()
    totals = np.bincount(parent, minlength=len(classes))
    counts = np.bincount(parent, weights=differs, minlength=len(classes))
    how = f"rows to which the full model gives this class; {AGAINST}"
    return tuple(
        share(f"compression.class.{name}.disagreement", int(count), int(n), how, source)
        for name, count, n in zip(classes, counts, totals, strict=True)
    )


def measure_loss(
    full_right: NDArray[np.bool_], right: NDArray[np.bool_], how: str, source: str
) -> Measured:
    """Measure how many points of accuracy the full model is ahead, row by row.

    Args:
        full_right: (rows,) the full model is right.
        right: (rows,) what ships is right.
        how: how both came about.
        source: what these rows are.
    """
    name, n = "compression.accuracy_loss", len(right)
    if n < FEWEST_PAIRED:
        reason = f"{n} labelled rows to compare on; {FEWEST_PAIRED} are needed"
        return NotMeasured(name, reason)
    worse, better = int((full_right & ~right).sum()), int((right & ~full_right).sum())
    low, high = paired_difference(worse, better, n)
    method = (
        f"Tango 95 %, paired: {worse} rows lost, {better} won; not more than the upper end is "
        f"lost, at 97.5 % confidence; {how}"
    )
    value = (worse - better) / n
    return Evidence(name, 100 * value, 100 * low, 100 * high, n, "points", method, source)


def agree_in_repeats(
    shrunk: Shrunk,
    judged: Judged,
    answered: Answered,
    labelled: NDArray[np.int64],
    source: str,
) -> tuple[Measured, ...]:
    """Return how far what ships is from the full model where there is no test file.

    Args:
        shrunk: what ships, and what was told from the rows kept apart.
        judged: answers of the repeats.
        answered: the labelled ones among them.
        labelled: which those are.
        source: what the rows kept apart are.
    """
    said = judged.probabilities.argmax(axis=1)
    certificate = state(shrunk.certificate, len(shrunk.apart), source)
    repeats = repeats_disagree(said != judged.parent, answered.method, answered.source)
    how = f"{answered.method}; rounding to int8 has no part in it"
    full_right = judged.parent[labelled] == answered.targets
    differs = shrunk.small != shrunk.full
    return (
        certificate,
        *(() if isinstance(certificate, Evidence) else (repeats,)),
        state_expected(shrunk, source),
        measure_loss(full_right, answered.right, how, answered.source),
        *measure_payers(differs, shrunk.full, answered.classes, source),
    )


def agree_with_test(answered: Answered, whole: NDArray[np.int64]) -> tuple[Measured, ...]:
    """Return how far what ships is from the full model on the test rows.

    Args:
        answered: the answers of what ships.
        whole: the full model's.
    """
    differs, source = answered.predicted != whole, answered.source
    how = "float32 encoder less artefact"
    return (
        state_count(differs, source),
        measure_loss(whole == answered.targets, answered.right, how, source),
        *measure_payers(differs, whole, answered.classes, source),
    )


def state_expected(shrunk: Shrunk, source: str) -> Measured:
    """Return the loss that is expected without a label, in points."""
    name, n = "compression.expected_loss", len(shrunk.apart)
    if shrunk.expected_loss is None:
        reason = f"{n} texts were kept apart from fitting; {FEWEST_CERTIFIED} are needed"
        return NotMeasured(name, reason)
    value, high = shrunk.expected_loss
    how = "by the full model's own probabilities; an estimate with a cautious upper end"
    return Evidence(name, 100 * value, 0.0, 100 * high, n, "points", how, source)
