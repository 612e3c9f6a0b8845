"""The speed that was planted in a fake clock is the speed that is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lissom.evidence import Evidence, NotMeasured
from lissom.examine import measure_speed

if TYPE_CHECKING:
    from collections.abc import Sequence


class Slow:
    """Answers in the time that each text asks for, on a clock of its own."""

    def __init__(self, *, late_s: float = 0.0) -> None:
        self.now = 100.0
        self.asked: list[int] = []
        self._late_s = late_s  # one text in ten takes this much longer

    def clock(self) -> float:
        return self.now

    def answer(self, texts: Sequence[str]) -> None:
        self.asked.append(len(texts))
        for text in texts:
            self.now += 0.002 + self._late_s * text.endswith("0")


def measure(slow: Slow, texts: list[str]) -> dict[str, Evidence]:
    figures = measure_speed(slow.answer, texts, slow.clock, source="made")
    found = {figure.name: figure for figure in figures if isinstance(figure, Evidence)}
    assert len(found) == 3
    return found


def test_the_planted_speed_is_found() -> None:
    found = measure(Slow(), [f"text {i}" for i in range(50)])
    for name in ("cost.latency_p50_ms", "cost.latency_p95_ms"):
        figure = found[name]
        assert (figure.value, figure.low, figure.high) == pytest.approx((2, 2, 2))
        assert (figure.n, figure.unit) == (50, "ms")
    speed = found["cost.throughput_texts_per_s"]
    assert (speed.value, speed.low, speed.high) == pytest.approx((500, 500, 500))
    assert (speed.n, speed.unit) == (5, "texts/s")


def test_a_slow_tenth_shows_in_p95_and_not_in_p50() -> None:
    found = measure(Slow(late_s=0.05), [f"text {i}" for i in range(100)])
    assert found["cost.latency_p50_ms"].value == pytest.approx(2)
    assert found["cost.latency_p95_ms"].value == pytest.approx(52)
    assert found["cost.throughput_texts_per_s"].value == pytest.approx(1000 / 7)


def test_single_texts_are_asked_one_by_one_after_a_start_that_is_not_timed() -> None:
    slow = Slow()
    measure(slow, [f"text {i}" for i in range(400)])
    assert slow.asked == [20] + [1] * 300 + [400] * 5


def test_repeated_texts_are_asked_once_and_do_not_count() -> None:
    slow = Slow()
    measure(slow, [f"text {i % 20}" for i in range(90)])
    assert slow.asked == [20] + [1] * 20 + [20] * 5
    few = measure_speed(slow.answer, ["a", "b"] * 50, slow.clock, source="made", prefix="cost.part")
    assert [figure.name for figure in few] == [
        "cost.part.latency_p50_ms",
        "cost.part.latency_p95_ms",
        "cost.part.latency_p99_ms",
        "cost.part.throughput_texts_per_s",
    ]
    for figure in few:
        assert isinstance(figure, NotMeasured)
        assert figure.reason.startswith("2 distinct unseen texts")


def test_nothing_is_measured_without_texts() -> None:
    slow = Slow()
    figures = measure_speed(slow.answer, [], slow.clock, source="made")
    assert all(isinstance(figure, NotMeasured) for figure in figures)
    assert not slow.asked
