"""What is asked of rows, and what is said of accuracy without labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from watching_fakes import CALM, Stream

from lissom.evidence import Evidence, NotMeasured
from lissom.operate.watching import monitors as watched_monitors
from lissom.operate.watching.estimates import Trust, guess_accuracy
from lissom.operate.watching.mixture import estimate_mix
from lissom.operate.watching.monitors import begin, look
from lissom.operate.watching.scores import ask
from lissom.operate.watching.unlike import share_unlike

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.operate.watching.rows import Rows

BAR = watched_monitors.bar_for(8760, 3)
MOVED = np.array([0.55, 0.15, 0.15, 0.15])
REFERENCE = 600


def guess(stream: Stream, now: object, **how: float) -> Evidence | NotMeasured:
    reference, latest = stream.rows(1500), stream.rows(1000, now, **how)
    mix = estimate_mix(reference.chances, latest.chances, stream.rng)
    return guess_accuracy(reference.chances, latest.chances, mix, 0.0, Trust(0.02))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("now", [CALM, MOVED], ids=["calm", "moved"])
def test_the_accuracy_without_labels_is_inside_its_interval(
    seed: int, now: NDArray[np.float64]
) -> None:
    # The stream's probabilities come from a softmax of what is seen; they are calibrated.
    found = guess(Stream(seed), now)
    assert isinstance(found, Evidence)
    check = Stream(seed + 50)
    labels = check.rng.choice(4, 20_000, p=now)
    seen = np.eye(4)[labels] * 3 + check.rng.normal(size=(20_000, 4))
    truth = float((seen.argmax(axis=1) == labels).mean())
    assert found.low <= truth <= found.high


def test_where_texts_are_unlike_any_before_the_accuracy_is_unknown() -> None:
    stream = Stream(0)
    reference, latest = stream.rows(500), stream.rows(500)
    mix = estimate_mix(reference.chances, latest.chances, stream.rng)
    found = guess_accuracy(reference.chances, latest.chances, mix, 0.2, Trust(0.02))
    assert isinstance(found, NotMeasured)
    assert "unknown" in found.reason
    few = guess_accuracy(reference.chances, latest.chances[:50], mix, 0.0, Trust(0.02))
    assert isinstance(few, NotMeasured)
    assert "not enough data" in few.reason


def test_texts_unlike_the_reference_make_room_in_the_interval() -> None:
    stream = Stream(0)
    reference, latest = stream.rows(500), stream.rows(500)
    mix = estimate_mix(reference.chances, latest.chances, stream.rng)
    calm, wider = (
        guess_accuracy(reference.chances, latest.chances, mix, unlike, Trust(0.02))
        for unlike in (0.0, 0.1)
    )
    assert isinstance(calm, Evidence)
    assert isinstance(wider, Evidence)
    assert wider.value == calm.value
    # For each that is seen there may be another, and all of them may be wrong.
    assert wider.low == pytest.approx(calm.low - 0.2 * calm.value)
    assert wider.high >= calm.high


def place(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    return 1 - rows.best.astype(np.float64), rows.chances.argmax(axis=1)


def test_another_mix_is_not_unlike_and_texts_of_another_kind_are() -> None:
    stream = Stream(3)
    reference = place(stream.rows(2000))
    assert share_unlike(reference, place(stream.rows(1000, MOVED)), stream.rng) < 0.03
    found = share_unlike(reference, place(stream.rows(1000, strange=0.3)), stream.rng)
    assert 0.15 < found <= 0.3
    nothing = (np.zeros(0), np.zeros(0, np.int64))
    assert share_unlike(reference, nothing, stream.rng) == 0


def test_of_texts_with_one_label_only_those_of_that_label_are_compared() -> None:
    # Label 1 is always stranger than label 0; when it comes alone, nothing is unlike.
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 4000)
    before = (labels + rng.random(4000), labels)
    now = (1 + rng.random(1000), np.ones(1000, np.int64))
    assert share_unlike(before, now, rng) < 0.03


def torn_rows(stream: Stream, count: int, pairs: list[tuple[int, int]]) -> Rows:
    """Return rows of which one in seven is torn between two labels, drawn from `pairs`."""
    rows = stream.rows(count)
    chances = np.full((count, 4), 0.01, np.float32)
    chances[np.arange(count), stream.rng.integers(0, 4, count)] = 0.97
    for row in np.flatnonzero(stream.rng.random(count) < 1 / 7):
        one, other = pairs[int(stream.rng.integers(len(pairs)))]
        chances[row] = 0.01
        chances[row, [one, other]] = 0.49
    return replace(rows, chances=chances)


def test_doubt_that_gathers_about_two_labels_is_seen_though_there_is_no_more_of_it() -> None:
    stream, rng = Stream(5), np.random.default_rng(5)
    pairs = [(a, b) for a in range(4) for b in range(a)]
    watched = begin(torn_rows(stream, REFERENCE, pairs), rng)
    raised: dict[str, int] = {}
    for number in range(40):
        rows = torn_rows(stream, 60, pairs if number < 10 else [(3, 1)])
        watched, seen = look(watched, rows, BAR, rng)
        raised |= dict.fromkeys(seen.raised, number)
    assert raised.get("confidence", 0) >= 10


def test_a_text_is_a_tie_with_its_copies_wherever_it_stands() -> None:
    stream, rng = Stream(6), np.random.default_rng(6)
    watched = begin(stream.rows(REFERENCE), rng)
    for _ in range(3):
        watched, _ = look(watched, stream.rows(60, MOVED), BAR, rng)
    one = stream.rows(1)
    for count in range(2, 70):
        asked = ask(one.take(np.zeros(count, np.int64)), watched.fitted, watched.learned)
        for answers in asked.values():
            assert len(np.unique(answers)) == 1
