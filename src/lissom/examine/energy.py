"""What an answer costs in energy: measured where the machine has a meter, else an honest range."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lissom.evidence import Evidence, Measured, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_METERS = Path("/sys/class/powercap")
_NAME = "energy.joules_per_text"
_WATTS = (2.0, 15.0)
"""A busy core of a current processor, from a thrifty laptop to a server at full clock."""
_LEAST_S = 0.2


def read_meter(folder: Path = _METERS) -> float | None:
    """Return the joules that the processors' own meters have counted, None without a meter.

    >>> read_meter(Path("no such folder")) is None
    True
    """
    total, found = 0, False
    for path in sorted(folder.glob("intel-rapl:?/energy_uj")):
        try:
            total += int(path.read_text(encoding="ascii"))
            found = True
        except (OSError, ValueError):
            return None  # there, and not for us to read
    return total / 1e6 if found else None


def measure_energy(
    answer: Callable[[list[str]], object],
    texts: Sequence[str],
    cpu_clock: Callable[[], float],
    *,
    source: str,
    meter: Callable[[], float | None] = read_meter,
) -> Measured:
    """Measure or bound the energy of one answer.

    Args:
        answer: anything that answers a list of texts in this process.
        texts: what to ask.
        cpu_clock: seconds of processor time that this process has used.
        source: what these texts are.
        meter: joules so far, or None where nothing measures them.

    Returns:
        With a meter, what the whole machine used, which includes what else ran. Without one a
        range: the processor time, at the power of a thrifty and of a hungry core.
    """
    if not texts:
        return NotMeasured(_NAME, "no texts to ask")
    before, start = meter(), cpu_clock()
    answer(list(texts))
    after, spent = meter(), cpu_clock() - start
    n = len(texts)
    if before is not None and after is not None and after > before:
        how = "measured (RAPL), the whole machine, one round"
        return Evidence(_NAME, (after - before) / n, None, None, n, "joules", how, source)
    if spent < _LEAST_S:
        return NotMeasured(_NAME, "no meter, and too little processor time in this process")
    low, high = (watts * spent / n for watts in _WATTS)
    how = (
        f"estimated, not measured: {1000 * spent / n:.3g} ms of processor time at {_WATTS[0]:g} to "
        f"{_WATTS[1]:g} W a core"
    )
    return Evidence(_NAME, (low * high) ** 0.5, low, high, n, "joules", how, source)
