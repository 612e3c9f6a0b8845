"""The engine: who is answered when, and what nobody else has to suffer for."""

from __future__ import annotations

import asyncio
import threading
import zlib

import pytest
from serving_fakes import MEANING, FakeModel, label_of

from lissom.errors import BusyError, FaultError, LateError
from lissom.operate.serving import Answered, Engine, Limits, Metrics
from lissom.operate.serving.engine import INLINE_CHARACTERS


def run(model: FakeModel, go: object, *, limits: Limits | None = None, threads: int = 1) -> object:
    """Run `go(engine)` on a loop of its own."""

    async def main() -> object:
        engine = Engine(model, MEANING, "inbox", threads, limits or Limits(), Metrics())
        try:
            return await go(engine)
        finally:
            if model.gate is not None:
                model.gate.set()
            await asyncio.wait_for(engine.drain(), 20)
            engine.close()

    return asyncio.run(main())


def labels(texts: list[str]) -> list[str]:
    return [label_of(text) for text in texts]


def test_texts_are_answered_in_their_order_by_either_tier() -> None:
    texts = ["one", "?two", "three", "?four", ""]

    async def go(engine: Engine) -> Answered:
        return await engine.ask(texts)

    answered = run(FakeModel(), go, threads=2)
    assert answered.cells == labels(texts)
    assert answered.is_lexical == [True, False, True, False, True]
    assert answered.unsure == [False, False, False, False, True]
    assert answered.chances == [0.5] * 5
    assert answered.probabilities.shape == (5, 16)


def test_requests_of_one_moment_share_a_pass_of_the_word_tier() -> None:
    model = FakeModel()

    async def go(engine: Engine) -> list[Answered]:
        return await asyncio.gather(*(engine.ask([str(i)]) for i in range(20)))

    answered = run(model, go)
    assert [one.cells for one in answered] == [[label_of(str(i))] for i in range(20)]
    assert model.glances == [20]


def test_a_request_alone_is_answered_without_waiting_for_company() -> None:
    model = FakeModel()

    async def go(engine: Engine) -> int:
        asked = engine.ask(["one"])
        turns = 0
        while not asked.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    # One turn of the loop to gather who else is there, and one to be told.
    assert run(model, go) <= 2


def test_a_crowd_is_cut_into_goes_that_do_not_hold_up_the_loop() -> None:
    model = FakeModel()
    text = "x" * 1000

    async def go(engine: Engine) -> None:
        await asyncio.gather(*(engine.ask([text]) for _ in range(20)))

    run(model, go)
    assert sum(model.glances) == 20
    assert max(model.glances) <= INLINE_CHARACTERS // 1000


def test_a_long_request_is_looked_at_beside_the_loop() -> None:
    seen: list[int] = []

    class Noting(FakeModel):
        def glance(self, texts: list[str]) -> object:
            seen.append(threading.get_ident())
            return super().glance(texts)

    long, short = ["x" * INLINE_CHARACTERS + "?"], ["y"]

    async def go(engine: Engine) -> tuple[Answered, ...]:
        return tuple(await asyncio.gather(engine.ask(long), engine.ask(short)))

    first, second = run(Noting(), go)
    assert (first.cells, second.cells) == (labels(long), labels(short))
    assert len(set(seen)) == 2
    assert threading.get_ident() in seen


def test_a_text_that_the_model_chokes_on_fails_its_own_request_only() -> None:
    async def go(engine: Engine) -> list[object]:
        asked = [engine.ask(["fine"]), engine.ask(["poison"]), engine.ask(["?read"])]
        asked.append(engine.ask(["?poison", "?other"]))
        return await asyncio.gather(*asked, return_exceptions=True)

    fine, poison, read, poisoned = run(FakeModel(), go)
    assert (fine.cells, read.cells) == (labels(["fine"]), labels(["?read"]))
    assert (type(poison), type(poisoned)) == (FaultError, FaultError)
    assert poison.kind == "ValueError"
    assert "4111" not in str(poison)


def test_after_a_fault_the_engine_goes_on() -> None:
    async def go(engine: Engine) -> Answered:
        with pytest.raises(FaultError):
            await engine.ask(["?poison"])
        return await engine.ask(["?after"])

    assert run(FakeModel(), go).cells == labels(["?after"])


def test_who_would_wait_too_long_is_told_to_come_back() -> None:
    model = FakeModel(gate=threading.Event())

    async def go(engine: Engine) -> list[object]:
        for _ in range(50):
            engine.curve.add(5, 0.1)
        asked = [engine.ask([f"?{i}"]) for i in range(9)]
        await asyncio.sleep(0.05)
        model.gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    # Each text costs 0.1 s and half a second may wait: the first and five more.
    found = run(model, go, limits=Limits(waiting_s=0.55))
    assert [type(one) for one in found] == [Answered] * 6 + [BusyError] * 3
    assert {one.retry_after_s for one in found[6:]} == {1}


def test_words_alone_are_answered_while_the_encoder_is_full() -> None:
    model = FakeModel(gate=threading.Event())

    async def go(engine: Engine) -> Answered:
        stuck = [engine.ask([f"?{i}"]) for i in range(4)]
        quick = await asyncio.wait_for(engine.ask(["quick"]), 5)
        assert not any(one.done() for one in stuck)
        model.gate.set()
        await asyncio.gather(*stuck)
        return quick

    assert run(model, go, limits=Limits(waiting_s=100)).cells == labels(["quick"])


def test_a_request_larger_than_what_may_wait_is_taken_when_nobody_waits() -> None:
    texts = [f"?{i}" for i in range(100)]

    async def go(engine: Engine) -> Answered:
        for _ in range(50):
            engine.curve.add(5, 1.0)
        return await engine.ask(texts, 1000)

    assert run(FakeModel(), go, limits=Limits(waiting_s=0.1)).cells == labels(texts)


def test_a_deadline_is_kept_and_what_is_left_is_not_read() -> None:
    model = FakeModel(gate=threading.Event())

    async def go(engine: Engine) -> None:
        with pytest.raises(LateError):
            await engine.ask([f"?{i}" for i in range(50)], 0.05)
        model.gate.set()
        await engine.drain()
        assert (await engine.ask(["?next"])).cells == labels(["?next"])

    run(model, go)
    assert len(model.read_texts) <= 4  # those already in a thread's hands, and the next


def test_a_client_who_goes_away_takes_its_texts_out_of_the_line() -> None:
    model = FakeModel(gate=threading.Event())

    async def go(engine: Engine) -> None:
        gone = engine.ask([f"?{i}" for i in range(50)])
        await asyncio.sleep(0.02)
        gone.cancel()
        await asyncio.sleep(0)
        model.gate.set()
        await engine.drain()

    run(model, go)
    assert len(model.read_texts) <= 2


def test_one_text_does_not_stand_behind_somebodys_hundred() -> None:
    order: list[int] = []
    model = FakeModel(gate=threading.Event(), before_reading=order.append)

    async def go(engine: Engine) -> None:
        many = engine.ask([f"?{i:03}" for i in range(100)])
        await asyncio.sleep(0.02)
        one = engine.ask(["?one"])
        await asyncio.sleep(0.02)
        model.gate.set()
        await asyncio.gather(many, one)

    run(model, go, limits=Limits(waiting_s=100))
    assert order.index(zlib.crc32(b"?one")) <= 4


def test_ten_texts_are_not_starved_by_others_who_never_stop_asking() -> None:
    async def go(engine: Engine) -> int:
        many = engine.ask([f"?{i:03}" for i in range(10)])
        answered = 0

        async def ask_on(who: int) -> None:
            nonlocal answered
            while not many.done() and answered < 500:
                await engine.ask([f"?{who} {answered}"])
                answered += 1

        await asyncio.gather(many, *(ask_on(who) for who in range(3)))
        return answered

    # Four who take turns: the ten are done when the others have had about ten each.
    assert run(FakeModel(), go, limits=Limits(waiting_s=100)) <= 60


def test_an_idle_engine_says_so() -> None:
    async def go(engine: Engine) -> list[bool]:
        before = engine.is_idle
        asked = engine.ask(["?a"])
        during = engine.is_idle
        await asked
        await engine.drain()
        return [before, during, engine.is_idle]

    assert run(FakeModel(), go) == [True, False, True]
