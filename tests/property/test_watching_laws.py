"""Laws of watching: how often an alarm may be false, with seeds that are fixed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lissom.operate.watching.conformal import BETS, EDGES, bet, log_bar, rank, start
from lissom.operate.watching.estimates import measure_accuracy
from lissom.operate.watching.mixture import estimate_mix, reweight, solve_mix
from lissom.operate.watching.odds import stake, start_meter
from lissom.operate.watching.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

LOOKS = 1000
PER_ALARM = 50.0
"""A promise that is broken often enough to be counted: one false alarm in fifty looks."""


def most_alarms(runs: int) -> float:
    """Return what a count with the promised mean exceeds once in a hundred thousand times."""
    mean = runs * LOOKS / PER_ALARM
    return mean + 4.3 * math.sqrt(mean)


def count_alarms(looks: Iterator[NDArray[np.float64]]) -> int:
    """Bet on the ranks of each look; start afresh after an alarm."""
    detector, alarms, bar = start(), 0, log_bar(PER_ALARM, 1)
    for ranks in looks:
        detector = bet(detector, ranks)
        if detector.log_sum >= bar:
            alarms, detector = alarms + 1, start()
    return alarms


def follow(
    draw: Callable[[np.random.Generator, int], NDArray[np.float64]],
    seed: int,
    *,
    reference: int,
    texts: int,
    grows: bool,
) -> Iterator[NDArray[np.float64]]:
    """Yield the ranks of each look at a stream that never changes."""
    rng = np.random.default_rng(seed)
    bag = draw(rng, reference)
    for _ in range(LOOKS):
        fresh = draw(rng, texts)
        yield rank(bag, fresh, rng)
        if grows:
            bag = rng.permutation(np.concatenate([bag, fresh]))[: max(reference, 500)]


def normal(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    return rng.normal(size=count)


def lumpy(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Scores that mostly repeat, as lengths and certain answers do."""
    return rng.integers(0, 3, count).astype(np.float64)


@pytest.mark.parametrize("draw", [normal, lumpy])
def test_false_alarms_keep_to_the_promise_however_small_the_reference(
    draw: Callable[[np.random.Generator, int], NDArray[np.float64]],
) -> None:
    alarms = sum(
        count_alarms(follow(draw, seed, reference=100, texts=10, grows=True)) for seed in range(4)
    )
    assert alarms <= most_alarms(4)


def test_without_the_earlier_looks_in_the_bag_the_promise_would_be_broken() -> None:
    """The reference's own sampling error: what the growing bag is there for."""
    alarms = sum(
        count_alarms(follow(normal, seed, reference=100, texts=40, grows=False))
        for seed in range(4)
    )
    assert alarms > most_alarms(4)


def test_a_change_is_found_soon_after_it_came() -> None:
    def change(rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
        bag = normal(rng, 1000)
        for look in range(60):
            fresh = normal(rng, 50) + (look >= 20)
            yield rank(bag, fresh, rng)
            bag = np.concatenate([bag, fresh])

    for seed in range(5):
        detector, found = start(), None
        for look, ranks in enumerate(change(np.random.default_rng(seed))):
            detector = bet(detector, ranks)
            if detector.log_sum >= log_bar(8760, 12):
                found = look
                break
        assert found is not None
        assert 20 <= found <= 25


@given(
    bag=arrays(np.float64, st.integers(0, 30), elements=st.sampled_from([0.0, 1.0, 2.0])),
    fresh=arrays(np.float64, st.integers(0, 30), elements=st.sampled_from([0.0, 1.0, 2.0])),
    seed=st.integers(0, 9),
)
def test_a_rank_is_what_counting_gives(
    bag: NDArray[np.float64], fresh: NDArray[np.float64], seed: int
) -> None:
    found = rank(bag, fresh, np.random.default_rng(seed))
    lots = np.random.default_rng(seed).random(len(fresh))
    for i, score in enumerate(fresh):
        before = [*bag, *fresh[:i]]
        below = sum(other < score for other in before)
        equal = sum(other == score for other in before) + 1
        assert found[i] == pytest.approx((below + lots[i] * equal) / (len(before) + 1))


def pairs_of_ranks(*, keeps: bool) -> NDArray[np.float64]:
    """Return ranks of two rows, one after the other, with a small bag from which one row leaves.

    `keeps` puts the first of them into the bag, as the monitors do.
    """
    rng = np.random.default_rng(3)
    pairs = []
    for _ in range(4000):
        bag, row = lumpy(rng, 5), lumpy(rng, 1)
        first = rank(bag, row, rng)[0]
        if keeps:
            bag = rng.permutation(np.concatenate([bag, row]))[:5]
        pairs.append((first, rank(bag, lumpy(rng, 1), rng)[0]))
    return np.array(pairs)


def test_ranks_are_uniform_and_know_nothing_of_each_other() -> None:
    ranks = pairs_of_ranks(keeps=True)
    for column in ranks.T:
        counts = np.histogram(column, np.linspace(0, 1, 11))[0]
        assert ((counts - 400) ** 2 / 400).sum() < 33  # chi-square of 9: once in ten thousand
    assert abs(np.corrcoef(ranks.T)[0, 1]) < 0.065


def test_with_one_bag_for_all_ranks_would_know_of_each_other() -> None:
    assert np.corrcoef(pairs_of_ranks(keeps=False).T)[0, 1] > 0.065


def test_no_bet_gains_on_average_while_nothing_has_changed() -> None:
    gains = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        detector = bet(start(), rng.random(5))
        assert detector.weights.sum() == pytest.approx(1)
        gains.append(math.exp(detector.log_sum))
    # One unit was staked, so the mean of the sums is 1.
    assert np.mean(gains) == pytest.approx(1, abs=4 * np.std(gains) / 20)
    widths = np.diff(EDGES)
    assert len(widths) == 8
    assert detector.weights.shape == (BETS,)


def test_a_look_at_nothing_changes_nothing() -> None:
    detector = bet(start(), np.array([0.5, 0.999]))
    assert bet(detector, np.zeros(0)) is detector


def rates(seed: int, true: float) -> Iterator[list[float]]:
    """Yield hours of which a few are bad: rates that hang together within the hour."""
    rng = np.random.default_rng(seed)
    for _ in range(LOOKS):
        bad = 1.0 if rng.random() < true / 0.5 else 0.0
        yield [0.5 * bad]


def count_meter_alarms(hours: Iterator[list[float]], promised: float) -> int:
    meter, alarms = start_meter(), 0
    for hour in hours:
        meter = stake(meter, hour, promised)
        if meter.log_sum >= log_bar(PER_ALARM, 1):
            alarms, meter = alarms + 1, start_meter()
    return alarms


def test_a_rate_that_keeps_its_promise_raises_no_more_alarms_than_promised() -> None:
    alarms = sum(count_meter_alarms(rates(seed, 0.01), 0.01) for seed in range(10))
    assert alarms <= most_alarms(10)


def test_a_rate_four_times_too_high_is_found() -> None:
    counts = [count_meter_alarms(rates(seed, 0.2), 0.05) for seed in range(5)]
    assert min(counts) >= 5


def draw_rows(
    shares: NDArray[np.float64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """Return calibrated probabilities for even shares, the true labels, and the answers' odds."""
    means = np.eye(len(shares)) * 2.0
    labels = rng.choice(len(shares), count, p=shares)
    seen = means[labels] + rng.normal(size=(count, len(shares)))
    logits = seen @ means.T - 0.5 * (means**2).sum(axis=1)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances, labels, seen


def test_the_mix_is_found_and_its_interval_holds_it() -> None:
    even = np.full(4, 0.25)
    now = np.array([0.55, 0.25, 0.15, 0.05])
    held, errors, seconds = [], [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        reference, _, _ = draw_rows(even, 800, rng)
        latest, _, _ = draw_rows(now, 800, rng)
        mix = estimate_mix(reference, latest, rng)
        held += ((mix.low <= now) & (now <= mix.high)).tolist()
        errors.append(np.abs(mix.shares - now).max())
        seconds.append(np.abs(solve_mix(reference, latest) - now).max())
        counted = np.bincount(latest.argmax(axis=1), minlength=4) / 800
        assert errors[-1] < np.abs(counted - now).max() + 0.02
    assert np.mean(held) >= 0.8
    assert max(errors) < 0.08
    assert max(seconds) < 0.1


@settings(max_examples=50)
@given(
    weights=arrays(np.float64, (3, 4), elements=st.floats(0.01, 1)),
    learned=arrays(np.float64, 4, elements=st.floats(0.01, 1)),
    now=arrays(np.float64, 4, elements=st.floats(0.01, 1)),
)
def test_moved_probabilities_are_probabilities_and_move_back(
    weights: NDArray[np.float64], learned: NDArray[np.float64], now: NDArray[np.float64]
) -> None:
    chances = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    moved = reweight(chances, learned, now)
    assert np.allclose(moved.sum(axis=1), 1)
    back = reweight(moved.astype(np.float32), now, learned)
    assert np.allclose(back, chances, atol=1e-4)


@pytest.mark.parametrize("lean", [0.0, 0.25])
def test_the_accuracy_from_few_labels_is_inside_its_interval(lean: float) -> None:
    """Whatever the probabilities are worth: `lean` makes them claim too much."""
    held, widths, plain = 0, [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        chances = rng.beta(5, 2, 3000)
        right = rng.random(3000) < np.clip(chances - lean, 0, 1)
        truth = np.clip(chances - lean, 0, 1).mean()
        found = measure_accuracy(chances[:200], right[:200], chances[200:])
        held += found.low <= truth <= found.high
        widths.append(found.high - found.low)
        plain.append(2 * 1.96 * right[:200].std() / math.sqrt(200))
    assert 180 <= held <= 199
    assert np.mean(widths) < np.mean(plain) * 0.99


@given(st.lists(st.lists(st.integers(0, 2**20), max_size=12), min_size=1, max_size=6))
def test_a_sketch_is_a_texts_own(ids: list[list[int]]) -> None:
    together = sketch(ids)
    for row, one in zip(together, ids, strict=True):
        assert (sketch([one])[0] == row).all()
        length = float(np.linalg.norm(row))
        # Features may cancel each other out; else the length is 1.
        assert length == pytest.approx(1, abs=1e-3) or length == 0
        assert one or length == 0
