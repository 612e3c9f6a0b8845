"""Laws of serving: whoever asks gets their own answers, whatever happens beside them."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving_fakes import LABELS, MEANING, FakeModel, label_of
from small_bundle import WORDS, Files, small_files

from lissom.errors import BusyError, LateError, RequestError
from lissom.operate.serving import Answered, Curve, Engine, Limits, Meaning, Metrics, smallest_set
from lissom.runtime import load_model
from lissom.tasks import Classes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lissom.runtime import Model

CLIENTS = 64
REQUESTS = 10_000
ROOMY = Limits(waiting_s=1e9, deadline_s=1e9)


def serve(
    model: FakeModel | Model,
    meaning: Meaning,
    clients: list[Callable[[Engine], Awaitable[None]]],
    limits: Limits = ROOMY,
) -> None:
    """Let all clients ask one engine at the same time."""

    async def go() -> None:
        engine = Engine(model, meaning, "inbox", 3, limits, Metrics())
        await asyncio.gather(*(client(engine) for client in clients))
        await engine.drain()
        assert engine.waiting == 0
        engine.close()

    asyncio.run(go())


class Dawdling(FakeModel):
    """Reads come back in another order than they went out."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._order = np.random.default_rng(seed)
        self._lock = threading.Lock()

    def read(self, ids: list[int], words: np.ndarray) -> tuple[np.ndarray, float]:
        with self._lock:
            is_slow = self._order.random() < 0.1
        time.sleep(0.001 if is_slow else 0)
        return super().read(ids, words)


@pytest.mark.slow
def test_ten_thousand_requests_of_64_clients_swap_no_row() -> None:
    """The label is a checksum of the text, so any swapped row is a wrong label."""
    swapped: list[str] = []
    answered = [0]

    def client(who: int) -> Callable[[Engine], Awaitable[None]]:
        rng = np.random.default_rng(who)

        async def ask(engine: Engine) -> None:
            for number in range(REQUESTS // CLIENTS + 1):
                count = (1, 1, 1, 1, 2, 5, 17)[rng.integers(7)]
                texts = [
                    f"{'?' * int(rng.random() < 0.12)}{who}/{number}/{i}" for i in range(count)
                ]
                found = await engine.ask(texts)
                answered[0] += 1
                swapped.extend(
                    text
                    for text, cell, row in zip(texts, found.cells, found.probabilities, strict=True)
                    if not cell == label_of(text) == LABELS[row.argmax()]
                )

        return ask

    model = Dawdling(seed=1)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns at any point
    try:
        serve(model, MEANING, [client(who) for who in range(CLIENTS)])
    finally:
        sys.setswitchinterval(before)
    assert (swapped, answered[0] >= REQUESTS) == ([], True)
    assert len(model.read_texts) > 1000  # the encoder took part
    assert max(model.glances) > 10  # requests shared passes


def test_that_law_finds_a_swapped_row() -> None:
    class Swapping(FakeModel):
        def glance(self, texts: list[str]) -> object:
            found = super().glance(texts)
            found.probabilities[:2] = found.probabilities[:2][::-1].copy()
            return found

    wrong: list[bool] = []

    async def client(engine: Engine) -> None:
        texts = ["one", "two"]
        wrong.append((await engine.ask(texts)).cells != [label_of(text) for text in texts])

    serve(Swapping(), MEANING, [client])
    assert wrong == [True]


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(Files(small_files()), threads=1)


_TEXT = st.lists(st.sampled_from([*WORDS, "unknown", "!"]), max_size=4).map(" ".join)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.lists(_TEXT, min_size=1, max_size=6), min_size=1, max_size=12))
def test_a_served_answer_is_the_single_answer_bit_for_bit(
    model: Model, asked: list[list[str]]
) -> None:
    found: dict[int, Answered] = {}

    def client(number: int) -> Callable[[Engine], Awaitable[None]]:
        async def ask(engine: Engine) -> None:
            found[number] = await engine.ask(asked[number])

        return ask

    meaning = Meaning(MEANING.task, Classes(model.settings.classes))
    serve(model, meaning, [client(i) for i in range(len(asked))])
    for number, texts in enumerate(asked):
        for row, text in enumerate(texts):
            alone = model.answer([text])
            assert found[number].probabilities[row].tobytes() == alone.probabilities[0].tobytes()
            assert found[number].is_lexical[row] == alone.is_lexical[0]
            assert found[number].unsure[row] == alone.is_unsure[0]


def test_both_tiers_take_part_in_that_law(model: Model) -> None:
    kept = model.answer(["lovely", "refund", "lovely shop", "please", ""]).is_lexical
    assert kept.tolist()[:2] == [True, True]
    assert not kept[3]


@settings(max_examples=30)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=30),
    waiting_s=st.floats(0.001, 0.2),
    seed=st.integers(0, 99),
)
def test_everybody_is_answered_or_refused_and_nothing_is_left_behind(
    sizes: list[int], waiting_s: float, seed: int
) -> None:
    endings: list[str] = []

    def client(who: int, size: int) -> Callable[[Engine], Awaitable[None]]:
        async def ask(engine: Engine) -> None:
            texts = [f"?{who}/{i}" for i in range(size)]
            try:
                found = await engine.ask(texts, 0.05 if who % 3 else None)
            except (BusyError, LateError) as error:
                endings.append(type(error).__name__)
            else:
                assert found.cells == [label_of(text) for text in texts]
                endings.append("answered")

        return ask

    limits = Limits(waiting_s=waiting_s)
    clients = [client(who, size) for who, size in enumerate(sizes)]
    serve(Dawdling(seed), MEANING, clients, limits)
    assert len(endings) == len(sizes)
    assert "answered" in endings or "LateError" in endings  # the first is always taken


@given(
    points=st.lists(st.tuples(st.integers(1, 500), st.floats(1e-5, 1)), min_size=1, max_size=50),
    tokens=st.integers(0, 10_000),
)
def test_the_cost_of_a_text_is_always_guessed_above_nothing(
    points: list[tuple[int, float]], tokens: int
) -> None:
    curve = Curve()
    assert curve.guess(tokens) > 0
    for known, seconds in points:
        curve.add(known, seconds)
    assert curve.guess(tokens) > 0
    assert curve.guess(tokens) < 1e6


@given(
    weights=st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20),
    share=st.floats(0.01, 0.999),
)
def test_a_set_holds_its_share_and_no_label_could_be_left_out(
    weights: list[float], share: float
) -> None:
    raw = np.asarray(weights, np.float32) + np.float32(1e-3)
    chances = raw / raw.sum()
    labels = [str(i) for i in range(len(weights))]
    chosen = smallest_set(chances, labels, share)
    held = sum(float(chances[int(label)]) for label in chosen)
    assert held >= share - 1e-6
    assert held - min(float(chances[int(label)]) for label in chosen) < share + 1e-6
    assert len(set(chosen)) == len(chosen)


def test_a_refusal_is_a_request_error_with_a_status() -> None:
    kinds = RequestError.__subclasses__()
    assert len(kinds) > 10
    assert all(400 <= kind.status < 600 for kind in kinds)
