"""Tables over HTTP: what comes back, and what is turned away before it is unpacked."""

from __future__ import annotations

import asyncio
import io
import struct
import threading

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving_fakes import SETS, FakeModel, Reply, label_of, open_shop

from lissom.errors import BadRequestError
from lissom.operate.serving import Limits
from lissom.pipeline import answer_upload
from lissom.pipeline.arrow_frames import check_arrow
from lissom.pipeline.uploads import FILE_ROWS

ARROW = "application/vnd.apache.arrow.stream"


def send(raw: bytes, kind: str = "text/csv", query: str = "", **made: object) -> Reply:
    async def go() -> Reply:
        async with open_shop(**made, answer_upload=answer_upload) as shop:
            path = f"/predict/file{query}"
            return await shop.ask(raw, path=path, headers={"content-type": kind})

    return asyncio.run(go())


def to_arrow(frame: pl.DataFrame, compression: str = "uncompressed") -> bytes:
    out = io.BytesIO()
    frame.write_ipc_stream(out, compression=compression)
    return out.getvalue()


def test_a_csv_comes_back_with_its_answers_row_by_row() -> None:
    reply = send(b'id,text\n1,hello there\n2,"?two\nlines"\n3,\n')
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv")
    frame = pl.read_csv(reply.body, infer_schema=False)
    assert frame.columns == ["id", "text", "predicted_label", "probability", "unsure"]
    assert frame["id"].to_list() == ["1", "2", "3"]
    texts = ["hello there", "?two\nlines", ""]
    assert frame["predicted_label"].to_list() == [label_of(text) for text in texts]
    assert frame["unsure"].to_list() == ["false", "false", "true"]


def test_several_labels_come_back_in_a_column_of_their_own_name() -> None:
    frame = pl.read_csv(send(b"text\nhello\n", meaning=SETS).body, infer_schema=False)
    assert frame.columns == ["text", "predicted_labels", "probability", "unsure"]
    assert frame["predicted_labels"].to_list() == [label_of("hello")]


def test_an_arrow_stream_comes_back_as_one() -> None:
    texts = [f"{'?' if i % 7 == 0 else ''}text {i}" for i in range(300)]
    frame = pl.DataFrame({"n": range(300), "body": texts})
    reply = send(to_arrow(frame), ARROW, "?text=body")
    assert (reply.status, reply.headers["content-type"]) == (200, ARROW)
    back = pl.read_ipc_stream(io.BytesIO(reply.body))
    assert back["predicted_label"].to_list() == [label_of(text) for text in texts]
    assert back["probability"].to_list() == [0.5] * 300


def test_an_upload_waits_while_the_server_is_busy_instead_of_failing() -> None:
    gate = threading.Event()

    async def go() -> Reply:
        async with open_shop(
            FakeModel(gate=gate), Limits(waiting_s=0.001), threads=1, answer_upload=answer_upload
        ) as shop:
            stuck = asyncio.create_task(shop.ask({"text": "?a"}))
            await asyncio.sleep(0.02)
            raw = b"text\n?one longer text\n?two longer text\n"
            headers = {"content-type": "text/csv"}
            upload = asyncio.create_task(shop.ask(raw, path="/predict/file", headers=headers))
            await asyncio.sleep(0.2)
            assert not upload.done()
            gate.set()
            await stuck
            return await upload

    assert asyncio.run(go()).status == 200


@pytest.mark.parametrize(
    ("raw", "kind", "query", "status"),
    [
        (b"", "text/csv", "", 400),
        (b"\x00\xff\x00", ARROW, "", 400),
        (b"a,b\n1,2\n", "text/csv", "?text=c", 400),
        (b"text,predicted_label\nx,y\n", "text/csv", "", 400),
        (b"text\n" + b"x" * 20_001 + b"\n", "text/csv", "", 400),
        (b"text\nx\n", "application/json", "", 415),
        (b"text\nx\n", "text/csv", "?model=outbox", 404),
        (b"text\nx\n", "text/csv", "?column=text", 400),
        (b"text\nx\n", "text/csv", "?text=a&text=b", 400),
    ],
    ids=range(9),
)
def test_a_table_that_cannot_be_answered_gets_a_sentence(
    raw: bytes, kind: str, query: str, status: int
) -> None:
    reply = send(raw, kind, query)
    assert (reply.status, list(reply.said)) == (status, ["error"])


@pytest.mark.parametrize("how", ["zstd", "lz4"])
def test_a_packed_stream_is_refused_before_it_is_unpacked(how: str) -> None:
    raw = to_arrow(pl.DataFrame({"text": ["x" * 1_000_000]}), how)
    assert len(raw) < 100_000
    reply = send(raw, ARROW)
    assert reply.status == 400
    assert "without compression" in reply.said["error"]


def test_too_many_rows_are_refused_before_they_are_read() -> None:
    raw = to_arrow(pl.DataFrame({"text": [""] * (FILE_ROWS + 1)}))
    assert f"more than {FILE_ROWS} rows" in send(raw, ARROW).said["error"]
    packed = b"text\n" + b"x\n" * (FILE_ROWS + 1)
    assert f"more than {FILE_ROWS} rows" in send(packed).said["error"]


def test_the_rows_of_a_stream_are_counted_over_its_batches() -> None:
    parts = [pl.DataFrame({"text": ["a", None]}), pl.DataFrame({"text": ["c"]})]
    frame = pl.concat(parts, rechunk=False)
    assert check_arrow(to_arrow(frame), 100) == 3
    kinds = pl.DataFrame({"kind": pl.Series(["a", "b", "a"], dtype=pl.Categorical)})
    assert check_arrow(to_arrow(kinds), 100) == 3


@given(st.binary(max_size=200))
def test_any_bytes_are_an_arrow_stream_or_refused(raw: bytes) -> None:
    try:
        check_arrow(raw, 10)
    except BadRequestError as error:
        assert error.status == 400  # noqa: PT017 - both endings are lawful


@given(at=st.integers(0, 600), value=st.integers(0, 255), cut=st.integers(0, 700))
def test_a_damaged_stream_is_refused_or_read_and_never_a_fault(
    at: int, value: int, cut: int
) -> None:
    raw = bytearray(to_arrow(pl.DataFrame({"text": ["hello", "there"], "n": [1, 2]})))
    raw[at % len(raw)] = value
    try:
        assert 0 <= check_arrow(bytes(raw[: max(cut, 8)]), 100) <= 100
    except BadRequestError as error:
        assert "Arrow" in str(error) or "rows" in str(error)  # noqa: PT017 - likewise


def test_a_stream_that_claims_a_giant_message_is_refused() -> None:
    with pytest.raises(BadRequestError):
        check_arrow(struct.pack("<Ii", 0xFFFFFFFF, 2**31 - 1) + b"x" * 16, 10)
