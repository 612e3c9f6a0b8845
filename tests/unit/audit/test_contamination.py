"""A benchmark's rows are found by hashes, whole and nearly; a stranger's file is read with care."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from lissom.audit import audit_contamination
from lissom.audit.contamination import LEAST_SHARE, look_for
from lissom.audit.fingerprints import (
    Fingerprint,
    clean_name,
    read_fingerprint,
    take_fingerprint,
    write_fingerprint,
)
from lissom.audit.hashed import hash_runs, hash_words
from lissom.data import Dataset, Roles
from lissom.errors import FingerprintFileError
from lissom.evidence import Evidence, NotMeasured
from lissom.progress import Silent

if TYPE_CHECKING:
    from pathlib import Path


def made(count: int, seed: int, words: int = 12) -> list[str]:
    rng = np.random.default_rng(seed)
    known = np.array([f"w{one}" for one in range(400)])
    return [" ".join(rng.choice(known, words)) for _ in range(count)]


def rows(texts: list[str | None]) -> Dataset:
    return Dataset.from_frame(pl.DataFrame({"text": texts}), Roles("text"), "rows")


def shares(texts: list[str], benchmark: list[str]) -> list[float]:
    return look_for(rows(texts), take_fingerprint(benchmark, "b"), Silent()).share.tolist()


BENCHMARK = made(300, 1)
OTHERS = made(900, 2)


def test_copies_whole_and_nearly_are_found_and_nothing_else() -> None:
    planted = [
        BENCHMARK[3],
        BENCHMARK[5].upper().replace(" ", "  ") + " !!",
        BENCHMARK[7].replace("w", "\u200bw", 1),
        "as they say, " + BENCHMARK[11] + " and much more than that",
        " ".join(BENCHMARK[13].split()[1:]),
    ]
    found = look_for(rows([*OTHERS, *planted]), take_fingerprint(BENCHMARK, "b"), Silent())
    assert np.flatnonzero(found.share).tolist() == list(range(900, 905))
    assert found.is_same[900:].tolist() == [True, True, True, False, False]
    assert found.share[903] == 1.0
    assert found.share[904] == pytest.approx(0.9)
    assert (found.present, found.of) == (5, 300)


def test_less_than_half_is_no_copy_and_half_is() -> None:
    words = BENCHMARK[0].split()
    fresh = made(1, 9)[0].split()
    half = " ".join([*words[:7], *fresh[:5]])  # 5 of 10 runs of three
    less = " ".join([*words[:6], *fresh[:6]])
    found = shares([*OTHERS, half, less], BENCHMARK)
    assert found[-2:] == [LEAST_SHARE, 0.0]


def test_common_runs_prove_nothing() -> None:
    opening = "i would really very much like to know how to"
    benchmark = [f"{opening} {one}" for one in ("fly", "swim", "sing")] + BENCHMARK
    asked = [f"{opening} {text}" for text in made(300, 4, words=1)]
    assert not any(shares([*OTHERS, *asked], benchmark))
    alone = [*OTHERS, f"{opening} dance"]
    assert shares(alone, [*BENCHMARK[:5], f"{opening} fly"])[-1] > LEAST_SHARE


def test_short_texts_count_whole_from_four_words_on() -> None:
    benchmark = ["thank you", "freeze my card please", "where is it now today"]
    found = shares(["thank you", "Freeze my card, please!", "freeze my card", "hello"], benchmark)
    assert found == [0.0, 1.0, 0.0, 0.0]


def test_every_length_of_run_finds_its_texts() -> None:
    for words in (8, 20, 40, 90):
        benchmark = made(50, words, words=words)
        near = [" ".join(text.split()[1:]) for text in benchmark[:20]]
        assert min(shares([*OTHERS, *near], benchmark)[-20:]) >= LEAST_SHARE, words


def test_letters_without_blanks_are_words() -> None:
    text = "我想知道我的包裹今天到底在哪里"
    assert shares([*OTHERS, text[1:]], [*BENCHMARK, text])[-1] >= LEAST_SHARE


def test_rows_of_many_chunks_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lissom.audit.contamination._STEP_ROWS", 64)
    monkeypatch.setattr("lissom.audit.contamination._STEP_RUNS", 50)
    planted = [" ".join(text.split()[1:]) for text in BENCHMARK]
    found = look_for(rows([*OTHERS, *planted]), take_fingerprint(BENCHMARK, "b"), Silent())
    assert np.flatnonzero(found.share).tolist() == list(range(900, 1200))
    assert found.present == 300


def test_equal_texts_of_a_benchmark_count_each() -> None:
    taken = take_fingerprint([BENCHMARK[0]] * 3 + BENCHMARK[1:10], "b")
    found = look_for(rows([BENCHMARK[0], None, ""]), taken, Silent())
    assert (found.present, found.of) == (3, 12)


def test_the_finding_says_how_much_of_the_benchmark_is_here() -> None:
    taken = take_fingerprint(BENCHMARK, "shop {0}\u202e test")
    found = audit_contamination(rows([*OTHERS, *BENCHMARK[:6]]), [taken], progress=Silent())
    (one,) = found.findings
    assert (one.kind, one.severity, one.count) == ("contamination", "high", 6)
    assert one.rows == tuple(range(900, 906))
    assert 'in the benchmark "shop {0} test" too: 6 the same, 0 almost' in one.title
    assert "6 (2.0%) are here" in one.title
    (share,) = found.evidence
    assert isinstance(share, Evidence)
    assert (share.value, share.n, share.source) == (0.02, 300, "shop {0} test")
    clean = audit_contamination(rows(OTHERS), [taken], progress=Silent())
    assert clean.findings == ()
    assert clean.evidence[0].value == 0.0


def test_a_benchmark_of_nothing_is_not_measured() -> None:
    for texts in ([], ["hello", "thank you"]):
        taken = take_fingerprint(texts, "b")
        found = audit_contamination(rows(OTHERS[:3]), [taken], progress=Silent())
        assert found.findings == ()
        assert isinstance(found.evidence[0], NotMeasured)


def test_a_run_is_hashed_as_the_page_says() -> None:
    def blake(word: str) -> int:
        return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")

    def mix(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    h = 3
    for word in ("where", "is", "it"):
        h = mix((h * 0x9E3779B97F4A7C15 + blake(word)) % 2**64)
    words = hash_words(["Where is it?", "no"], {})
    runs, texts = hash_runs(words, 3)
    assert (runs.tolist(), texts.tolist()) == ([h], [0])
    assert words.texts.tolist() == [blake("where is it"), blake("no")]


def test_written_and_read_it_is_the_same_and_holds_no_word(tmp_path: Path) -> None:
    taken = take_fingerprint([*BENCHMARK, "freeze my card please"], "b")
    raw = write_fingerprint(taken)
    path = tmp_path / "b.lfp"
    path.write_bytes(raw)
    found = read_fingerprint(path)
    for name in ("texts", "lengths", "starts", "runs"):
        assert (getattr(found, name) == getattr(taken, name)).all(), name
    assert (found.name, found.too_short) == ("b", 0)
    assert write_fingerprint(found) == raw
    assert not [word for text in BENCHMARK for word in text.split() if f" {word} ".encode() in raw]


def body_of(raw: bytes, **changes: object) -> bytes:
    header, body = raw.split(b"\n", 1)
    body = changes.pop("body", body)  # type: ignore[assignment]  # bytes, as given below
    tree = json.loads(header) | {"sha256": hashlib.sha256(body).hexdigest()} | changes
    return json.dumps(tree).encode() + b"\n" + body


RAW = write_fingerprint(take_fingerprint(BENCHMARK[:4], "b"))
BODY = RAW.split(b"\n", 1)[1]
HOSTILE = {
    "empty": b"",
    "no header": b"PK\x03\x04" * 500,
    "not utf-8": b"\xff\xfe\n" + BODY,
    "deep": b"[" * 4000 + b"\n",
    "a long header": b'{"name": "' + b"a" * 8000 + b'"}\n' + BODY,
    "another format": body_of(RAW, format="pickle"),
    "another version": body_of(RAW, version=2),
    "an unknown key": body_of(RAW, code="os.system"),
    "more rows than bytes": body_of(RAW, rows=10**12),
    "more runs than bytes": body_of(RAW, runs=2**62),
    "rows below 0": body_of(RAW, rows=-1),
    "too short below 0": body_of(RAW, too_short=-5),
    "cut": RAW[:-1],
    "longer": RAW + b"\x00",
    "another sha256": body_of(RAW, sha256="0" * 64),
    "a changed byte": RAW[:-1] + bytes([RAW[-1] ^ 1]),
    "strange runs": body_of(RAW, body=BODY[:32] + b"\x07" * 4 + BODY[36:]),
    "no runs for a length": body_of(RAW, body=BODY[:32] + b"\x00" * 4 + BODY[36:]),
    "counts that add up to more": body_of(RAW, body=BODY[:36] + b"\xff" * 4 + BODY[40:]),
    "runs out of order": body_of(RAW, body=BODY[:52] + BODY[60:68] + BODY[52:60] + BODY[68:]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_fingerprint_is_refused_with_a_sentence(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.lfp"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(FingerprintFileError, match=r"hostile\.lfp: .*lissom fingerprint"):
        read_fingerprint(path)


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FingerprintFileError, match="no such file"):
        read_fingerprint(tmp_path / "nothing")
    with pytest.raises(FingerprintFileError, match="no such file"):
        read_fingerprint(tmp_path)
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(600 << 20)
    with pytest.raises(FingerprintFileError, match="more than 512 MiB"):
        read_fingerprint(huge)


def test_a_benchmark_made_to_be_slow_is_not_followed_without_end() -> None:
    """Every row has the same runs, and so has every row of the user."""
    count = 20_000
    runs = take_fingerprint(["a b c d e f g h i j"], "b").runs
    lengths = np.full(count, 3)
    starts = np.arange(count + 1) * len(runs)
    texts = np.arange(count).astype(np.uint64)
    taken = Fingerprint("b", texts, lengths, starts, np.tile(runs, count))
    found = look_for(rows(["x a b c d e f g h i j"] * 2000), taken, Silent())
    assert not found.share.any()


def test_a_name_is_one_short_line() -> None:
    assert clean_name("\x1b[31m" + "n" * 500) == "[31m" + "n" * 76
    assert clean_name(" \n ") == "benchmark"
