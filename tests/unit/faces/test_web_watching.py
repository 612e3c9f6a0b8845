"""True labels in, status out, and ids that lead from one to the other."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest
from serving_fakes import FakeModel, Reply, label_of, open_shop
from watching_fakes import ALARM, remember

from lissom.faces.monitor import tell
from lissom.faces.web.status_page import write_page
from lissom.operate.watching import (
    Chronicle,
    Facts,
    Keeping,
    Log,
    Promise,
    Recorder,
    Watcher,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from serving_fakes import Shop


@asynccontextmanager
async def open_watched(
    folder: Path, *, first: bool = False, model: FakeModel | None = None
) -> AsyncIterator[tuple[Shop, Chronicle]]:
    """Open a shop whose answers are logged."""
    told: list[tuple[str, dict[str, object]]] = []
    log = Log(folder, Keeping())
    recorder = Recorder(log, remember(told), np.random.default_rng(0))
    watcher = Watcher(log, Promise(), np.random.default_rng(1))
    now = [1_000_000_000_000]
    chronicle = Chronicle(recorder, watcher, lambda: now[0], remember(told), lambda _: Facts())
    async with open_shop(model, diary=chronicle) as shop:
        chronicle.add(shop.desk.lanes["inbox"].live.version)
        shop.desk.hearers.append(chronicle)
        shop.desk.next_number = chronicle.first_number()
        if first:
            shop.desk.before_reply = chronicle.written
        yield shop, chronicle
    chronicle.close()


def watched(folder: Path, act: Callable[[Shop, Chronicle], Awaitable[None]], **how: object) -> None:
    async def go() -> None:
        async with open_watched(folder, **how) as (shop, chronicle):
            await act(shop, chronicle)

    asyncio.run(go())


def feedback(shop: Shop, body: object, **how: object) -> Awaitable[Reply]:
    return shop.ask(body, path="/feedback", **how)


def test_every_answer_has_an_id_that_a_true_label_may_name(tmp_path: Path) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        said = (await shop.ask({"texts": ["a", "?b", "c"]})).said["predictions"]
        ids = [one["id"] for one in said]
        assert len(set(ids)) == 3
        reply = await feedback(shop, {"id": ids[1], "label": "label 3", "by_lot": True})
        assert (reply.status, reply.said) == (200, {"taken": 1})
        found = chronicle.log.read("select answer, label, by_lot from labels")
        assert found == [(int(ids[1]), "label 3", 1)]

    watched(tmp_path, act)


def test_ids_grow_from_one_run_of_a_server_to_the_next(tmp_path: Path) -> None:
    seen: list[int] = []

    async def act(shop: Shop, _chronicle: Chronicle) -> None:
        said = (await shop.ask({"texts": ["a", "b"]})).said["predictions"]
        seen.extend(int(one["id"]) for one in said)

    for _ in range(3):
        watched(tmp_path, act)
    assert seen == sorted(set(seen))


def test_a_label_may_come_with_its_text_and_correct_an_earlier_one(tmp_path: Path) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        await shop.ask({"text": "hello"})
        several = {"labels": [{"text": "hello", "label": "label 1"}]}
        assert (await feedback(shop, several)).said == {"taken": 1}
        await feedback(shop, {"text": "hello", "label": "label 2"})
        assert chronicle.log.read("select label from labels") == [("label 2",)]

    watched(tmp_path, act)
    assert b"hello" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{}", 422),
        (b'{"label": "label 1"}', 422),
        (b'{"label": "label 1", "id": "1", "text": "a"}', 422),
        (b'{"label": "label 1", "id": "one"}', 422),
        (b'{"label": "label 1", "id": "99999999999999999999999"}', 422),
        (b'{"labels": []}', 422),
        (b'{"label": "\xff", "id": "1"}', 422),
        (b'{"label": "label 1", "id": "1"}', 404),
        (b'{"label": "label 1", "text": "never asked"}', 404),
        (b'{"label": "lable 1", "text": "asked"}', 422),
        (b'{"labels": [{"label": "label 1", "text": "asked"}, {"label": "x", "id": "1"}]}', 404),
    ],
    ids=range(12),
)
def test_a_label_for_nothing_is_refused_and_nothing_is_written(
    tmp_path: Path, body: bytes, status: int
) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        await shop.ask({"text": "asked"})
        reply = await feedback(shop, body)
        assert (reply.status, list(reply.said)) == (status, ["error"])
        assert "asked" not in reply.said["error"].replace("nobody asked", "")
        assert chronicle.log.read("select * from labels") == []

    watched(tmp_path, act)


def test_labels_are_taken_as_json_only(tmp_path: Path) -> None:
    async def act(shop: Shop, _chronicle: Chronicle) -> None:
        headers = {"content-type": "text/plain"}
        body = {"label": "label 1", "id": "1"}
        assert (await feedback(shop, body, headers=headers)).status == 415

    watched(tmp_path, act)


def test_without_a_log_there_are_no_such_paths_and_no_ids() -> None:
    async def go() -> None:
        async with open_shop() as shop:
            for method, path in (("POST", "/feedback"), ("GET", "/status")):
                assert (await shop.ask({}, method=method, path=path)).status == 404
            (one,) = (await shop.ask({"text": "a"})).said["predictions"]
            assert "id" not in one

    asyncio.run(go())


def test_an_answer_that_must_be_logged_first_is_in_the_log_when_it_comes(tmp_path: Path) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        for number in range(1, 6):
            assert (await shop.ask({"text": f"?{number}"})).status == 200
            ((count,),) = chronicle.log.read("select count(*) from answers")
            assert count == number

    watched(tmp_path, act, first=True)


def test_an_answer_that_cannot_be_logged_first_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lissom.operate.watching.chronicle._FLUSHED_S", 0.05)

    async def act(shop: Shop, chronicle: Chronicle) -> None:
        with chronicle.log.writing():
            reply = await shop.ask({"text": "a"})
            assert (reply.status, reply.headers["retry-after"]) == (503, "5")

    watched(tmp_path, act, first=True)


def test_without_that_wish_a_full_disk_holds_nobody_up(tmp_path: Path) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        with chronicle.log.writing():
            assert (await shop.ask({"text": "a"})).status == 200

    watched(tmp_path, act)


def test_faults_and_slow_answers_are_counted_for_the_next_look(tmp_path: Path) -> None:
    async def act(shop: Shop, chronicle: Chronicle) -> None:
        await shop.ask({"text": "a"})
        await shop.ask({"text": "poison"})
        counts = chronicle.watcher.counts[1]
        assert (counts.answers, counts.failed) == (1, 1)
        chronicle.look()
        assert 1 not in chronicle.watcher.counts
        said = (await shop.ask(method="GET", path="/status.json")).said["versions"]
        assert [(one["model"], one["answers"], one["state"]) for one in said] == [
            ("inbox", 1, "not enough data yet")
        ]

    watched(tmp_path, act)


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(not name.startswith("on") for name, _ in attrs)
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_says_it_all_and_runs_nothing() -> None:
    page = Page(write_page((ALARM,), datetime(2026, 1, 1, tzinfo=UTC), 8760))
    seen = " ".join(page.texts)
    for part in (
        *("in<b>box", "Alarm: some labels", "12,345", "40 true labels", "<script>", "30.0%"),
        *("25.0% to 35.0%", "not enough data yet: 3 of 30 labels", "25% of the bar", "8,760"),
    ):
        assert part in seen
    assert not {"script", "b", "img", "link", "iframe"} & set(page.tags)
    assert page.tags.count("caption") == page.tags.count("table") == 3


def test_an_empty_page_says_when_to_come_back() -> None:
    assert "within the hour" in write_page((), datetime(2026, 1, 1, tzinfo=UTC), 8760)


def test_the_page_is_sent_with_a_policy(tmp_path: Path) -> None:
    async def act(shop: Shop, _chronicle: Chronicle) -> None:
        reply = await shop.ask(method="GET", path="/status")
        assert reply.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in reply.headers["content-security-policy"]

    watched(tmp_path, act)


def test_the_terminal_says_the_same() -> None:
    lines = tell((ALARM,))
    assert lines[0] == "in<b>box, version aaaaaaaaaaaa: Alarm: some labels come more often."
    text = "\n".join(lines)
    for part in ("12345 answers", "calm, 25% of the bar", "2.0% (1.0% to 3.0%, n = 1000)"):
        assert part in text
    assert "not measured: not enough data yet: 3 of 30 labels" in text


def test_labels_of_the_fake_model_are_its_own() -> None:
    assert label_of("a") in json.dumps([f"label {i}" for i in range(16)])
