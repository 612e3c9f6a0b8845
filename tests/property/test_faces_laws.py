from __future__ import annotations

import json
import string
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from lissom.errors import NoQuestionError, TensorError
from lissom.faces.predict import lines_of
from lissom.faces.safe import safe
from lissom.faces.web.predict import check_texts, read_question
from lissom.faces.web.tensors import pack_bytes, read_inference, unpack_bytes
from lissom.operate.serving import Limits


class Pieces:
    """Bytes that arrive cut in any way."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def read1(self, size: int, /) -> bytes:
        assert size > 0
        return self._pieces.pop(0) if self._pieces else b""


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\ufeff"))), st.data())
def test_lines_are_the_same_however_the_bytes_arrive(lines: list[str], data: st.DataObject) -> None:
    sent = "".join(f"{line}\n" for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=5)))
    edges = [0, *cuts, len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(edges)]
    assert [line for batch in lines_of(Pieces(pieces)) for line in batch] == lines


@given(st.text())
@example("\x1b]0;title\x07")
@example("a\u202eb")
@example("one\u2028two")
def test_what_is_safe_is_one_line_and_stays_safe(text: str) -> None:
    shown = safe(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)
    assert safe(shown) == shown


@given(st.text(st.sampled_from(string.printable[:95] + "äß你🙂")))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.binary())
@example(b'{"text": "\\ud83d"}')
def test_any_bytes_are_a_question_or_a_422(body: bytes) -> None:
    try:
        assert check_texts(read_question(body), Limits())
    except NoQuestionError as error:
        assert error.status == 422  # noqa: PT017 - both endings are lawful


@given(st.lists(st.text(), min_size=1, max_size=20))
def test_a_question_is_read_as_it_was_asked(texts: list[str]) -> None:
    asked = read_question(json.dumps({"texts": texts}).encode())
    assert check_texts(asked, Limits()) == texts


@given(st.lists(st.text(), max_size=20))
def test_texts_packed_in_binary_come_out_as_they_went_in(texts: list[str]) -> None:
    assert unpack_bytes(pack_bytes(texts)) == texts


@given(st.binary(), st.one_of(st.just(""), st.integers(-5, 400).map(str), st.text(max_size=5)))
@example(b'{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES"}]}', "")
@example(b'{"inputs":[{"name":"text","shape":[-1],"datatype":"BYTES","data":[]}]}', "")
def test_any_bytes_are_an_inference_request_or_a_400(body: bytes, header: str) -> None:
    try:
        assert read_inference(body, header, Limits()).texts
    except TensorError as error:
        assert error.status == 400  # noqa: PT017 - both endings are lawful


@given(st.binary(max_size=60), st.integers(0, 3), st.integers(0, 70))
def test_any_binary_tensor_is_read_or_refused(raw: bytes, count: int, said: int) -> None:
    tensor = {"name": "text", "shape": [count], "datatype": "BYTES"}
    head = json.dumps({"inputs": [{**tensor, "parameters": {"binary_data_size": said}}]}).encode()
    try:
        texts = read_inference(head + raw, str(len(head)), Limits()).texts
    except TensorError as error:
        assert error.status == 400  # noqa: PT017 - both endings are lawful
    else:
        assert (len(texts), said) == (count, len(raw))
        assert pack_bytes(texts) == raw
