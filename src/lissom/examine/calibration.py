"""Do its probabilities mean what they say, and how much can it do alone."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, wilson
from lissom.examine.answered import Answered
from lissom.examine.expected_error import BINS, expected_error
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.answered import Rated

FEWEST = 100
"""Rows under which the interval of the calibration error was not seen to hold."""
_FEWEST_FITTED = 30
_Z = 1.96
_FAR = 3.0
"""A logarithm past which nobody cares how far off a temperature is."""
_SMALLEST = 1e-12
_HALVINGS = 24


def has_chances(answered: Rated) -> bool:
    """Say whether the answers came with a probability."""
    return not isinstance(answered, Answered) or answered.says != "label"


def measure_calibration(answered: Rated) -> tuple[Measured, ...]:
    """Measure the calibration error, which way it leans, and the temperature that would mend it.

    Args:
        answered: answers beside the truth.
    """
    names = ("calibration.ece", "calibration.overconfidence", "calibration.temperature_left")
    if not has_chances(answered):
        return tuple(NotMeasured(name, "the model gives no probabilities") for name in names)
    return (_error(answered), _lean(answered), _temperature(answered))


def _error(answered: Rated) -> Measured:
    name, n = "calibration.ece", len(answered)
    if n < FEWEST:
        reason = f"{n} labelled rows; its interval holds from {FEWEST} on"
        return NotMeasured(name, reason)
    found = expected_error(answered.sureness.astype(np.float64), answered.right)
    how = (
        f"{BINS} bins, bias taken out (plain figure {found.plain:.4f}), test inverted at 95 %; "
        f"{answered.method}"
    )
    return Evidence(name, found.value, found.low, found.high, n, "share", how, answered.source)


def _lean(answered: Rated) -> Measured:
    name, n = "calibration.overconfidence", len(answered)
    if n == 0:
        return NotMeasured(name, "no labelled rows")
    stated, hits = float(answered.sureness.mean()), int(answered.right.sum())
    low, high = wilson(hits, n)
    how = f"mean probability less share right, Wilson 95 %; {answered.method}"
    value, least, most = (100 * (stated - share) for share in (hits / n, high, low))
    return Evidence(name, value, least, most, n, "points", how, answered.source)


def _temperature(answered: Rated) -> Measured:
    name, n = "calibration.temperature_left", len(answered)
    if not isinstance(answered, Answered) or answered.says != "all":
        return NotMeasured(name, "the model gives no probabilities that sum to 1 over classes")
    if n < _FEWEST_FITTED:
        return NotMeasured(name, f"{n} labelled rows; {_FEWEST_FITTED} are needed")
    logs = np.log(np.maximum(answered.probabilities.astype(np.float64), _SMALLEST))
    value, spread = best_temperature(logs, answered.targets)
    reach = exp(min(_Z * spread, _FAR))
    how = f"fitted to the labels; sandwich interval of its logarithm, 95 %; {answered.method}"
    return Evidence(name, value, value / reach, value * reach, n, "factor", how, answered.source)


def best_temperature(logs: NDArray[np.float64], targets: NDArray[np.int64]) -> tuple[float, float]:
    """Return what log probabilities should be divided by so that the labels surprise least.

    Args:
        logs: (rows, classes) logarithms of probabilities.
        targets: (rows,) true class numbers.

    Returns:
        (temperature, standard error of its logarithm). The temperature is a factor in [0.05, 20];
        above 1 the model is too sure of itself.

    Source: Guo, Pleiss, Sun, Weinberger (2017), ICML; White (1982), Econometrica 50(1), for the
    error.

    >>> logs = np.log(np.tile([[0.9, 0.1]], (10, 1)))
    >>> round(best_temperature(logs, np.array([0] * 9 + [1]))[0], 2)
    1.0
    """
    truth = logs[np.arange(len(targets)), targets]

    def slopes(sharpness: float) -> tuple[NDArray[np.float64], float]:
        """Return how each row's surprise changes with sharpness, and how fast their mean does."""
        powers = np.exp(sharpness * (logs - logs.max(axis=1, keepdims=True)))
        shares = powers / powers.sum(axis=1, keepdims=True)
        mean = (shares * logs).sum(axis=1)
        bend = (shares * logs**2).sum(axis=1) - mean**2
        return mean - truth, float(bend.mean())

    low, high = log(0.05), log(20.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        # A positive slope asks for less sharpness, so for a higher temperature.
        if slopes(exp(-middle))[0].mean() > 0:
            low = middle
        else:
            high = middle
    temperature = exp((low + high) / 2)
    each, bend = slopes(1 / temperature)
    if bend <= 0:
        return temperature, _FAR
    # The rows' own spread is too small by chance where rows are few; what the model states is not.
    spread = max(float(each.std()), sqrt(bend))
    return temperature, spread / (sqrt(len(targets)) * bend) * temperature


def draw_calibration(answered: Rated) -> tuple[Picture, ...]:
    """Draw how often answers were right against how sure the model was."""
    if len(answered) < BINS or not has_chances(answered):
        return ()
    sureness = answered.sureness
    rows: list[tuple[float, float, float, float, int]] = []
    for part in np.array_split(np.argsort(sureness, kind="stable"), BINS):
        hits = int(answered.right[part].sum())
        rows.append(
            (
                float(sureness[part].mean()),
                hits / len(part),
                *wilson(hits, len(part)),
                len(part),
            )
        )
    names = ("probability", "right", "low", "high", "rows")
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows) for i, name in enumerate(names)
    }
    title = "When it says 80 %, is it right 80 % of the time?"
    return (
        Picture(
            "calibration.reliability",
            title,
            "line",
            columns,
            "probability",
            "right",
            "low",
            "high",
        ),
    )


def measure_abstention(
    answered: Rated, *, threshold: float, promised: float | None
) -> tuple[Measured, ...]:
    """Measure what share it answers without asking, and how often those answers are right.

    Args:
        answered: answers beside the truth, `is_unsure` set by thresholds chosen on other rows.
        threshold: the shipped threshold on the probability.
        promised: the precision that the threshold was chosen for, or None.
    """
    n = len(answered)
    sure = ~answered.is_unsure
    kept = int(sure.sum())
    hits = int((sure & answered.right).sum())
    method, source = answered.method, answered.source
    goal = f"promise {promised:.0%}" if promised else "no promise could be made"
    shown = Evidence(
        "abstention.threshold",
        threshold,
        None,
        None,
        n,
        "share",
        f"chosen on held-out rows, {goal}",
        source,
    )
    return (
        share("abstention.answered_share", kept, n, f"{goal}; {method}", source),
        share("abstention.precision", hits, kept, f"{goal}; {method}", source),
        shown,
    )


def measure_passing(answered: Answered) -> tuple[Measured, ...]:
    """Measure what share the model answers without saying "unsure", and how often it is right then.

    Args:
        answered: answers beside the truth, `is_unsure` as the model itself said it.
    """
    names = ("abstention.answered_share", "abstention.precision")
    if not answered.can_pass:
        reason = "the model has no way to say that it is unsure"
        return tuple(NotMeasured(name, reason) for name in names)
    sure = ~answered.is_unsure
    kept, hits = int(sure.sum()), int((sure & answered.right).sum())
    how, source = f"as it ships; {answered.method}", answered.source
    return (
        share(names[0], kept, len(answered), how, source),
        share(names[1], hits, kept, how, source),
    )


def draw_abstention(answered: Rated) -> tuple[Picture, ...]:
    """Draw precision against the share of rows that are answered, from the surest on."""
    n = len(answered)
    if n < BINS or not has_chances(answered):
        return ()
    order = np.argsort(-answered.sureness, kind="stable")
    hits = np.cumsum(answered.right[order])
    points = sorted({max(1, round(n * i / 20)) for i in range(1, 21)})
    bounds = [wilson(int(hits[k - 1]), k) for k in points]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "answered": tuple(k / n for k in points),
        "right": tuple(float(hits[k - 1] / k) for k in points),
        "low": tuple(low for low, _ in bounds),
        "high": tuple(high for _, high in bounds),
    }
    title = "How often it is right when it answers only what it is surest of"
    return (
        Picture("abstention.curve", title, "line", columns, "answered", "right", "low", "high"),
    )
