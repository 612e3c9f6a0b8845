"""The app is driven as a server drives it: no client library, no socket."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest
from serving_fakes import PROOF, SETS, FakeModel, Reply, label_of, make_version, open_shop

from lissom.errors import LateError
from lissom.faces.web.openapi import SUMMARIES
from lissom.operate.serving import Keyring, Limits, make_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from serving_fakes import Shop

    from lissom.runtime import Glance

MAX_TEXTS, MAX_CHARACTERS = Limits().texts, Limits().characters


def ask_once(body: object = None, model: FakeModel | None = None, **how: object) -> Reply:
    async def go() -> Reply:
        async with open_shop(model) as shop:
            return await shop.ask(body, **how)

    return asyncio.run(go())


def with_shop(act: Callable[[Shop], Awaitable[None]], *made: object, **house: object) -> None:
    async def go() -> None:
        async with open_shop(*made, **house) as shop:
            await act(shop)

    asyncio.run(go())


def test_one_text_gets_one_prediction() -> None:
    reply = ask_once({"text": "hello"})
    assert reply.status == 200
    assert reply.said == {
        "model": "inbox",
        "version": "aaaaaaaaaaaa",
        "predictions": [{"label": label_of("hello"), "probability": 0.5, "unsure": False}],
    }
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_many_texts_are_answered_in_order() -> None:
    texts = ["a", "?b", "ccc", ""]
    said = ask_once({"texts": texts}).said["predictions"]
    assert [one["label"] for one in said] == [label_of(text) for text in texts]
    assert [one["unsure"] for one in said] == [False, False, False, True]


def test_more_is_told_when_it_is_asked_for() -> None:
    (one,) = ask_once({"text": "?a", "top": 3, "set": 0.52}).said["predictions"]
    assert one["tier"] == "encoder"
    assert one["top"][0]["label"] == one["set"][0] == label_of("?a")
    assert len(one["top"]) == 3
    assert len(one["set"]) == 2
    (plain,) = ask_once({"text": "a", "top": 1}).said["predictions"]
    assert plain["tier"] == "lexical"
    assert "set" not in plain


def test_why_is_told_of_one_text_and_counted_once() -> None:
    async def go() -> None:
        async with open_shop() as shop:
            reply = await shop.ask({"text": "?one word here", "why": True})
            (one,) = reply.said["predictions"]
            assert one["why"]["label"] == one["label"]
            words = {reason["words"] for reason in one["why"]["reasons"]}
            assert words == {"?one", "word", "here"}
            for reason in one["why"]["reasons"]:
                assert "?one word here"[reason["start"] : reason["end"]] == reason["words"]
                assert -1 <= reason["weight"] <= 1
            # The questions behind it are nobody's request: the next one has the next number.
            assert shop.desk.next_number == 2
            refused = await shop.ask({"texts": ["a", "b"], "why": True})
            assert refused.status == 422
            assert "one text at a time, and there are 2" in refused.said["error"]

    asyncio.run(go())


def test_where_a_text_may_have_several_labels_they_are_listed() -> None:
    async def go() -> tuple[Reply, Reply]:
        async with open_shop(meaning=SETS) as shop:
            listed = await shop.ask({"texts": ["a", "?b"], "top": 2})
            return listed, await shop.ask({"text": "a", "set": 0.9})

    listed, refused = asyncio.run(go())
    said = listed.said["predictions"]
    assert [one["labels"] for one in said] == [[label_of("a")], [label_of("?b")]]
    assert [one["label"] for one in said] == [label_of("a"), label_of("?b")]
    assert refused.status == 422
    assert "several labels" in refused.said["error"]
    assert "labels" not in ask_once({"text": "a"}).said["predictions"][0]


class Several(FakeModel):
    """Finds two labels in a text that says "two", and none where it says "none"."""

    def glance(self, texts: Sequence[str]) -> Glance:
        found = super().glance(texts)
        for row, text in zip(found.probabilities, texts, strict=True):
            row[:] = 0.1
            row[[1, 3][: {"two": 2, "none": 0}.get(text, 1)]] = 0.6
        return found


def test_two_labels_one_and_none_are_told_alike_to_people_and_by_the_protocol() -> None:
    texts = ["none", "two", "one"]
    tensor = {"name": "text", "shape": [3], "datatype": "BYTES", "data": texts}

    async def go() -> tuple[Reply, Reply]:
        async with open_shop(Several(), meaning=SETS) as shop:
            asked = await shop.ask({"texts": texts})
            return asked, await shop.ask({"inputs": [tensor]}, path="/v2/models/inbox/infer")

    asked, inferred = asyncio.run(go())
    said = asked.said["predictions"]
    assert [one["labels"] for one in said] == [[], ["label 1", "label 3"], ["label 1"]]
    cells = ["-", "label 1|label 3", "label 1"]
    assert [one["label"] for one in said] == inferred.said["outputs"][0]["data"] == cells


def test_the_largest_request_allowed_is_answered() -> None:
    assert ask_once({"texts": ["x"] * MAX_TEXTS}).status == 200
    long = json.dumps({"text": "é" * MAX_CHARACTERS}, ensure_ascii=False).encode()
    assert ask_once(long).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": null}',
        b'{"text": 3}',
        b'{"text": ["a"]}',
        b'{"texts": "a"}',
        b'{"texts": []}',
        b'{"texts": ["a", null]}',
        b'{"text": "a", "texts": ["b"]}',
        b'{"text": "a", "model": "b"}',
        b'{"text": "a"} {"text": "b"}',
        b'{"text": NaN}',
        b'{"text": "\xff"}',
        b'{"text": "\\ud83d"}',
        b'{"text": "\\ud83d\\u0041"}',
        b'\xef\xbb\xbf{"text": "a"}',
        b'{"text": "a\x00"}',
        b'{"a":' + b"[" * 100_000,
        b'{"text": "a", "top": 0}',
        b'{"text": "a", "set": 1}',
        json.dumps({"texts": ["x"] * (MAX_TEXTS + 1)}).encode(),
        json.dumps({"text": "x" * (MAX_CHARACTERS + 1)}).encode(),
        json.dumps({"texts": ["a", "x" * (MAX_CHARACTERS + 1)]}).encode(),
    ],
    ids=range(26),
)
def test_a_body_that_is_not_a_question_gets_422_and_a_sentence(body: bytes) -> None:
    reply = ask_once(body)
    assert reply.status == 422
    assert list(reply.said) == ["error"]
    assert "Send {" in reply.said["error"]


def test_an_error_quotes_no_text() -> None:
    assert "4111" not in ask_once({"texts": ["my card is 4111", 3]}).said["error"]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_anything_but_json_gets_415(kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    assert ask_once({"text": "a"}, headers=headers).status == 415


def test_a_charset_behind_the_content_type_does_no_harm() -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert ask_once({"text": "a"}, headers=headers).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/predict", 405),
        ("DELETE", "/v2/models/inbox", 405),
        ("POST", "/predicted", 404),
        ("GET", "/v2/models/inbox/versions/1/infer/x", 404),
        ("GET", "/", 404),
        ("POST", "/predict/outbox", 404),
    ],
)
def test_a_wrong_path_or_method_gets_a_sentence(method: str, path: str, status: int) -> None:
    reply = ask_once({"text": "a"}, method=method, path=path)
    assert (reply.status, list(reply.said)) == (status, ["error"])
    if status == 405:
        assert reply.headers["allow"] in reply.said["error"]


def test_a_head_request_is_answered_without_a_body() -> None:
    reply = ask_once(method="HEAD", path="/health/live")
    assert (reply.status, reply.body) == (200, b"")


def test_a_model_is_found_by_its_name_and_version() -> None:
    async def act(shop: Shop) -> None:
        shop.desk.put(make_version(name="out box"), PROOF)
        assert (await shop.ask({"text": "a"})).status == 404  # which of the two?
        reply = await shop.ask({"text": "a"}, path="/predict/out box")
        assert reply.said["model"] == "out box"
        headers = {"content-type": "application/json", "x-model-version": "bbbbbbbbbbbb"}
        path = "/predict/inbox"
        assert (await shop.ask({"text": "a"}, path=path, headers=headers)).status == 404
        shop.desk.put(make_version(version="bbbbbbbbbbbb"), PROOF)
        reply = await shop.ask({"text": "a"}, path=path, headers=headers)
        assert reply.said["version"] == "bbbbbbbbbbbb"
        assert (await shop.ask({"text": "a"}, path=path)).said["version"] == "aaaaaaaaaaaa"

    with_shop(act)


def test_a_switch_of_versions_takes_effect_with_the_next_request() -> None:
    async def act(shop: Shop) -> None:
        shop.desk.put(make_version(version="bbbbbbbbbbbb"), PROOF)
        before = shop.desk.lanes["inbox"].switch("bbbbbbbbbbbb")
        assert before.version.version == "aaaaaaaaaaaa"
        assert (await shop.ask({"text": "a"})).said["version"] == "bbbbbbbbbbbb"

    with_shop(act)


@pytest.mark.parametrize("path", ["/health/live", "/v2/health/live", "/health/ready"])
def test_health_says_so_in_the_status_and_in_the_body(path: str) -> None:
    reply = ask_once(method="GET", path=path)
    assert reply.status == 200
    assert reply.said == {"live": True, "ready": True, "models": ["inbox"]}


def test_a_server_that_loads_a_model_is_live_and_not_ready() -> None:
    async def act(shop: Shop) -> None:
        shop.desk.loading.add("second")
        statuses = [
            (await shop.ask(method="GET", path=path)).status
            for path in ("/health/live", "/health/ready", "/v2/models/second/ready")
        ]
        assert statuses == [200, 503, 503]
        reply = await shop.ask({"text": "a"}, path="/predict/second")
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")

    with_shop(act)


@pytest.mark.parametrize("text", ["poison", "?poison"])
def test_a_fault_of_the_model_puts_no_text_in_log_or_reply(text: str) -> None:
    async def act(shop: Shop) -> None:
        reply = await shop.ask({"text": text})
        assert reply.status == 500
        assert "4111" not in str(reply.said) + str(shop.log)
        assert json.loads(shop.log[0])["kind"] == "ValueError"
        assert (await shop.ask({"text": "next"})).status == 200

    with_shop(act)


def test_more_than_can_wait_gets_429_and_when_to_come_back() -> None:
    gate = threading.Event()

    async def act(shop: Shop) -> None:
        for _ in range(1000):
            shop.desk.lanes["inbox"].live.engine.curve.add(3, 1.0)
        asked = [asyncio.create_task(shop.ask({"text": f"?{i}"})) for i in range(6)]
        await asyncio.sleep(0.05)
        gate.set()
        replies = await asyncio.gather(*asked)
        assert [reply.status for reply in replies] == [200, 200, 200, 429, 429, 429]
        refused = [reply.headers["retry-after"] for reply in replies if reply.status == 429]
        assert refused == ["3", "3", "3"]
        assert (await shop.ask({"text": "?again"})).status == 200
        assert 'lissom_refused_total{reason="BusyError"} 3' in shop.desk.metrics.write()

    with_shop(act, FakeModel(gate=gate), Limits(waiting_s=2.5), threads=1)


def test_a_stopping_server_answers_what_is_under_way_and_refuses_the_rest() -> None:
    gate = threading.Event()
    seen: dict[str, object] = {}

    async def act(shop: Shop) -> None:
        early = asyncio.create_task(shop.ask({"text": "?a"}))
        await asyncio.sleep(0.02)
        stop = asyncio.create_task(shop.desk.drain())
        await asyncio.sleep(0.02)
        late = await shop.ask({"text": "b"})
        ready = await shop.ask(method="GET", path="/health/ready")
        seen.update(late=late.status, ready=ready.status, stopped=stop.done())
        gate.set()
        seen["early"] = (await early).status
        await stop

    with_shop(act, FakeModel(gate=gate))
    assert seen == {"late": 503, "ready": 503, "stopped": False, "early": 200}


def test_keys_are_asked_for_where_they_are_wanted() -> None:
    asks, looks = make_key("asks", ("predict",), 2), make_key("looks", ("look",))

    async def act(shop: Shop) -> None:
        def with_key(secret: str) -> dict[str, str]:
            return {"content-type": "application/json", "authorization": f"bearer {secret}"}

        nobody = await shop.ask({"text": "a"})
        assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
        assert (await shop.ask({"text": "a"}, headers=with_key(looks.secret))).status == 403
        statuses = [
            (await shop.ask({"text": "a"}, headers=with_key(asks.secret))).status for _ in range(3)
        ]
        assert statuses == [200, 200, 429]
        by_name = {"x-api-key": looks.secret}
        metrics = await shop.ask(method="GET", path="/metrics", headers=by_name)
        assert metrics.status == 200
        assert (await shop.ask(method="GET", path="/metrics")).status == 401
        assert (await shop.ask(method="GET", path="/health/ready")).status == 200
        for path in ("/v2/models/inbox/infer", "/predict/file", "/predict/inbox"):
            assert (await shop.ask({"text": "a"}, path=path)).status == 401
        lines = [json.loads(line) for line in shop.log]
        assert [line.get("key") for line in lines if line["status"] == 200][:2] == ["asks"] * 2
        assert asks.secret not in str(shop.log)

    ring = Keyring((asks.key, looks.key))
    with_shop(act, keyring=ring, logs_requests=True)


def test_a_line_is_logged_for_each_request_and_holds_no_text() -> None:
    async def act(shop: Shop) -> None:
        await shop.ask({"texts": ["my card is 4111", "?b"]})
        await shop.ask(path="/my card is 4111")
        first, second = (json.loads(line) for line in shop.log)
        assert first["route"], first["status"] == ("predict", 200)
        assert (first["model"], first["version"], first["texts"]) == ("inbox", "aaaaaaaaaaaa", 2)
        assert (second["route"], second["status"]) == ("other", 404)
        assert "4111" not in str(shop.log)

    with_shop(act, logs_requests=True)


def test_nothing_is_logged_unless_it_was_asked_for() -> None:
    async def act(shop: Shop) -> None:
        await shop.ask({"text": "a"})
        assert shop.log == []

    with_shop(act)


def test_the_metrics_split_the_time_by_stage_and_keep_labels_few() -> None:
    async def act(shop: Shop) -> None:
        await shop.ask({"texts": ["a", "?b", "?c"]})
        for i in range(5):
            await shop.ask(path=f"/made/up/{i}")
        text = (await shop.ask(method="GET", path="/metrics")).body.decode()
        where = '{model="inbox",version="aaaaaaaaaaaa",tier='
        assert f'lissom_texts_total{where}"lexical"}} 1' in text
        assert f'lissom_texts_total{where}"encoder"}} 2' in text
        assert 'lissom_lexical_duration_seconds_count{model="inbox"} 1' in text
        assert 'lissom_encoder_duration_seconds_count{model="inbox"} 2' in text
        assert 'lissom_queue_duration_seconds_count{model="inbox"} 2' in text
        assert 'lissom_requests_total{route="other",status="404"} 5' in text
        assert "made" not in text

    with_shop(act)


def test_the_description_names_every_path_and_every_path_is_described() -> None:
    async def act(shop: Shop) -> None:
        said = (await shop.ask(method="GET", path="/openapi.json")).said
        assert said["openapi"].startswith("3.1")
        described = {
            (method.upper(), path) for path, calls in said["paths"].items() for method in calls
        }
        there = {(method, path) for path, route in shop.app.paths for method in route.calls}
        assert described == there
        assert there <= set(SUMMARIES)
        refs = json.dumps(said).split('"#/components/schemas/')[1:]
        names = {ref.split('"')[0] for ref in refs}
        assert names <= set(said["components"]["schemas"])
        assert {"Asked", "Predictions", "Inference", "Refusal"} <= names

    with_shop(act)


def test_the_description_says_when_a_key_is_wanted() -> None:
    async def act(shop: Shop) -> None:
        paths = (await shop.ask(method="GET", path="/openapi.json")).said["paths"]
        assert paths["/predict"]["post"]["security"] == [{"key": []}]
        assert "security" not in paths["/health/live"]["get"]

    with_shop(act, keyring=Keyring(()))


def test_a_fault_in_the_face_itself_is_a_500_and_not_the_end() -> None:
    async def broken(_desk: object, _upload: object, _question: object) -> bytes:
        raise ZeroDivisionError

    async def act(shop: Shop) -> None:
        headers = {"content-type": "text/csv"}
        reply = await shop.ask(b"text\na\n", path="/predict/file", headers=headers)
        assert reply.status == 500
        assert json.loads(shop.log[0])["kind"] == "ZeroDivisionError"

    with_shop(act, answer_upload=broken)


def test_who_is_late_gets_504() -> None:
    assert LateError.status == 504
    gate = threading.Event()

    async def act(shop: Shop) -> None:
        assert (await shop.ask({"text": "?slow"})).status == 504
        gate.set()

    with_shop(act, FakeModel(gate=gate), Limits(deadline_s=0.02))
