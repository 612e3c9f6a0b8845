"""The open inference protocol, as its text has it and as its clients use it."""

from __future__ import annotations

import asyncio
import json
import struct

import numpy as np
import pytest
from serving_fakes import LABELS, Reply, label_of, open_shop

from lissom.faces.web.tensors import OUTPUTS, pack_bytes, unpack_bytes

INFER = "/v2/models/inbox/infer"
HEADER = "inference-header-content-length"


def ask(body: object = None, path: str = INFER, **how: object) -> Reply:
    async def go() -> Reply:
        async with open_shop() as shop:
            return await shop.ask(body, path=path, **how)

    return asyncio.run(go())


def tensor(texts: list[str], **changed: object) -> dict[str, object]:
    made = {"name": "text", "shape": [len(texts)], "datatype": "BYTES", "data": texts}
    return {**made, **changed}


def outputs_of(reply: Reply) -> dict[str, dict[str, object]]:
    return {output["name"]: output for output in reply.said["outputs"]}


def test_a_request_in_json_gets_every_output_in_json() -> None:
    texts = ["a", "?b", ""]
    reply = ask({"id": "7", "inputs": [tensor(texts)]})
    assert reply.status == 200
    assert (reply.said["model_name"], reply.said["model_version"]) == ("inbox", "aaaaaaaaaaaa")
    assert reply.said["id"] == "7"
    found = outputs_of(reply)
    assert list(found) == [output.name for output in OUTPUTS]
    assert found["label"]["data"] == [label_of(text) for text in texts]
    assert found["probability"]["data"] == [0.5] * 3
    assert found["unsure"]["data"] == [False, False, True]
    assert found["probabilities"]["shape"] == [3, len(LABELS)]
    assert len(found["probabilities"]["data"]) == 3 * len(LABELS)
    assert HEADER not in reply.headers


def test_only_the_outputs_that_were_asked_for_come_in_their_order() -> None:
    wanted = [{"name": "unsure"}, {"name": "label"}]
    found = outputs_of(ask({"inputs": [tensor(["a"])], "outputs": wanted}))
    assert list(found) == ["unsure", "label"]


@pytest.mark.parametrize("shape", [[2], [2, 1]])
def test_both_shapes_that_clients_send_are_taken(shape: list[int]) -> None:
    data = ["a", "b"] if len(shape) == 1 else [["a"], ["b"]]
    found = outputs_of(ask({"inputs": [tensor(["a", "b"], shape=shape, data=data)]}))
    assert found["label"]["shape"] == [2]


def test_a_version_may_be_named() -> None:
    body = {"inputs": [tensor(["a"])]}
    good = ask(body, "/v2/models/inbox/versions/aaaaaaaaaaaa/infer")
    bad = ask(body, "/v2/models/inbox/versions/1/infer")
    assert (good.status, bad.status) == (200, 404)
    assert "aaaaaaaaaaaa" in bad.said["error"]


def test_binary_tensors_go_in_and_come_out() -> None:
    raw = pack_bytes(["a", "?b"])
    inputs = [tensor(["a", "?b"], parameters={"binary_data_size": len(raw)})]
    del inputs[0]["data"]
    wanted = [
        {"name": "label", "parameters": {"binary_data": True}},
        {"name": "probability", "parameters": {"binary_data": False}},
        {"name": "unsure", "parameters": {"binary_data": True}},
        {"name": "probabilities", "parameters": {"binary_data": True}},
    ]
    head = json.dumps({"inputs": inputs, "outputs": wanted}).encode()
    headers = {HEADER: str(len(head)), "content-type": "application/octet-stream"}
    reply = ask(head + raw, headers=headers)
    assert reply.status == 200
    length = int(reply.headers[HEADER])
    said = json.loads(reply.body[:length])
    tail = reply.body[length:]
    found = {}
    for output in said["outputs"]:
        size = output.get("parameters", {}).get("binary_data_size", 0)
        assert ("data" in output) is (output["name"] == "probability")
        found[output["name"]], tail = tail[:size], tail[size:]
    assert tail == b""
    assert unpack_bytes(found["label"]) == [label_of("a"), label_of("?b")]
    assert found["unsure"] == b"\0\0"
    rows = np.frombuffer(found["probabilities"], "<f4").reshape(2, -1)
    assert rows.argmax(axis=1).tolist() == [LABELS.index(label_of(t)) for t in ("a", "?b")]


def test_all_outputs_may_be_asked_for_in_binary_at_once() -> None:
    reply = ask({"inputs": [tensor(["a"])], "parameters": {"binary_data_output": True}})
    said = json.loads(reply.body[: int(reply.headers[HEADER])])
    assert all("data" not in output for output in said["outputs"])


def binary(said_size: object, raw: bytes, shape: tuple[int, ...] = (1,)) -> tuple[bytes, str]:
    made = {"name": "text", "shape": list(shape), "datatype": "BYTES"}
    head = json.dumps({"inputs": [{**made, "parameters": {"binary_data_size": said_size}}]})
    return head.encode() + raw, str(len(head))


@pytest.mark.parametrize(
    ("body", "header", "why"),
    [
        (b"", "", "body"),
        (b"[]", "", "body"),
        (b'{"inputs": []}', "", "one tensor"),
        (b'{"inputs": "x"}', "", "body"),
        (json.dumps({"inputs": [tensor(["a"], name="input")]}).encode(), "", 'called "text"'),
        (json.dumps({"inputs": [tensor(["a"]), tensor(["a"])]}).encode(), "", "one tensor"),
        (json.dumps({"inputs": [tensor(["a"], datatype="FP32")]}).encode(), "", "FP32"),
        (json.dumps({"inputs": [tensor(["a"], shape=[2])]}).encode(), "", "shape says 2"),
        (json.dumps({"inputs": [tensor(["a"], shape=[1, 2])]}).encode(), "", "neither"),
        (json.dumps({"inputs": [tensor(["a"], shape=[0])]}).encode(), "", "1 to 512"),
        (json.dumps({"inputs": [tensor(["a"], shape=[513])]}).encode(), "", "1 to 512"),
        (json.dumps({"inputs": [tensor(["a"], data=[3])]}).encode(), "", "no text"),
        (json.dumps({"inputs": [tensor(["a"], data=[["a", "b"]])]}).encode(), "", "no text"),
        (json.dumps({"inputs": [tensor(["x" * 20_001])]}).encode(), "", "20000 characters"),
        (b'{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES"}]}', "", "no data"),
        (json.dumps({"inputs": [tensor(["a"])]}).encode(), "9999", "no length"),
        (json.dumps({"inputs": [tensor(["a"])]}).encode(), "-1", "no length"),
        (json.dumps({"inputs": [tensor(["a"])]}).encode(), "5", "body"),
        (*binary(99, pack_bytes(["a"])), "not the 5 bytes"),
        (*binary(3, b"\1\0\0"), "inside a length"),
        (*binary(5, struct.pack("<I", 2) + b"a"), "inside a text"),
        (*binary(8, struct.pack("<I", 2**32 - 1) + b"aaaa"), "inside a text"),
        (*binary(5, struct.pack("<I", 1) + b"\xff"), "not UTF-8"),
        (*binary(10, pack_bytes(["a", "b"])), "shape says 1"),
        (json.dumps({"inputs": [tensor(["a"])], "outputs": [{"name": "x"}]}).encode(), "", "known"),
    ],
    ids=range(25),
)
def test_what_does_not_fit_gets_400_and_the_name_of_what_is_wrong(
    body: bytes, header: str, why: str
) -> None:
    reply = ask(body, headers={HEADER: header} if header else {})
    assert reply.status == 400
    assert why in reply.said["error"]


def test_bytes_behind_the_json_must_belong_to_a_tensor() -> None:
    head = json.dumps({"inputs": [tensor(["a"])]}).encode()
    reply = ask(head + b"more", headers={HEADER: str(len(head))})
    assert "binary_data_size is missing" in reply.said["error"]


def test_what_the_protocol_allows_and_nobody_needs_is_passed_over() -> None:
    body = {
        "inputs": [tensor(["a"], parameters={"content_type": "str"})],
        "parameters": {"priority": 1, "sequence_id": 3},
        "raw": None,
    }
    assert ask(body).status == 200


def test_a_clients_own_deadline_is_kept() -> None:
    body = {"inputs": [tensor(["a"])], "parameters": {"timeout": 1}}
    assert ask(body).status == 504


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_what_another_sites_page_could_send_is_refused(kind: str) -> None:
    headers = {"content-type": kind}
    assert ask({"inputs": [tensor(["a"])]}, headers=headers).status == 415


def test_a_packed_body_is_refused() -> None:
    headers = {"content-encoding": "gzip"}
    assert ask({"inputs": [tensor(["a"])]}, headers=headers).status == 415


def test_the_metadata_is_what_the_protocol_asks_for() -> None:
    server = ask(path="/v2", method="GET").said
    assert (server["name"], server["extensions"]) == ("lissom", ["binary_tensor_data"])
    for path in ("/v2/models/inbox", "/v2/models/inbox/versions/aaaaaaaaaaaa"):
        model = ask(path=path, method="GET").said
        assert set(model) == {"name", "versions", "platform", "inputs", "outputs"}
        assert model["versions"] == ["aaaaaaaaaaaa"]
        assert model["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
        assert [one["name"] for one in model["outputs"]] == [output.name for output in OUTPUTS]


def test_a_models_readiness_is_told() -> None:
    reply = ask(path="/v2/models/inbox/ready", method="GET")
    assert (reply.status, reply.said) == (200, {"name": "inbox", "ready": True})
    assert ask(path="/v2/models/outbox/ready", method="GET").status == 404
