"""Fuzz the reader of bundles: whatever it is given, it opens it or says in one error why not.

    python tests/fuzz/reader.py --seconds 60

With atheris installed the search is guided by coverage and ends at the first crash, hang or memory
blow-up; without it, the same changes are tried blindly. Either way it takes the time given and no
more. An input is one byte that names a part, and the bytes of that part.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
UNIT = HERE.parent / "unit"
sys.path[:0] = [str(HERE), str(UNIT / "bundle"), str(UNIT / "govern")]

try:
    import atheris
except ImportError:  # it has no wheel for every system and every Python
    atheris = None

if atheris is not None:
    with atheris.instrument_imports(include=["lissom"]):
        import lissom.pipeline.looking  # noqa: F401 - brings everything that is fuzzed

import bundle_makers as make  # noqa: E402 - after what is instrumented
import dossiers  # noqa: E402 - likewise
import stories  # noqa: E402 - likewise
from mutations import (  # noqa: E402 - likewise
    change_bytes,
    change_json,
    change_lines,
    change_protobuf,
    change_tensors,
)

from lissom.bundle import make_key, open_bundle  # noqa: E402 - likewise
from lissom.bundle.keys import read_private, read_public  # noqa: E402 - likewise
from lissom.bundle.malformed import Malformed  # noqa: E402 - likewise
from lissom.bundle.manifest import read_manifest  # noqa: E402 - likewise
from lissom.bundle.parts import BY_NAME  # noqa: E402 - likewise
from lissom.bundle.sign import check_signature  # noqa: E402 - likewise
from lissom.bundle.trust import read_trust  # noqa: E402 - likewise
from lissom.bundle.write import seal  # noqa: E402 - likewise
from lissom.data.licence import read_licence  # noqa: E402 - likewise
from lissom.errors import LissomError  # noqa: E402 - likewise
from lissom.govern.decision import decide_release, read_decision  # noqa: E402 - likewise
from lissom.govern.documents import check_documents, write_documents  # noqa: E402 - likewise
from lissom.govern.drawing import leave_out  # noqa: E402 - likewise
from lissom.govern.policy_file import read_policy  # noqa: E402 - likewise
from lissom.runtime import Lexical, LexicalTier, Tokens, read_settings  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable

    from mutations import Change

MOST_BYTES = 1 << 20
MEMORY_MIB = 2048
HANG_S = 10
GOOD = make.files(lexical_safetensors=make.lexical(4))
KEY = make_key()
SEALED = seal("shop", GOOD, make.FACTS, KEY)
DIGESTS = {name: "0" * 64 for name in SEALED if name != "model.sig"}
STORY = dossiers.make_files(stories.two(), classes=2)
DOCUMENTED = STORY | write_documents(STORY, dossiers.FACTS, "shop", leave_out)
DOSSIER = dossiers.make_dossier(stories.two(), classes=2)
TRUST = (
    'format = "lissom-trust"\n[[keys]]\nname = "a"\nadded = 2026-01-01\n'
    f'fingerprint = "{"0" * 64}"\n'
)


@dataclass(frozen=True)
class Part:
    """Something that a stranger may hand in.

    Args:
        name: what it is.
        seed: a good one.
        change: spoils it and keeps its form.
        read: reads it; raises `LissomError` or `Malformed`, and nothing else.
    """

    name: str
    seed: bytes
    change: Change
    read: Callable[[bytes], object]


def read_file(name: str, then: Callable[[bytes], object] = len) -> Callable[[bytes], object]:
    """Return a reader that checks the bytes of a file, and goes on with what passes."""

    def read(raw: bytes) -> object:
        BY_NAME[name].check(raw)
        return then(raw)

    return read


def read_lexical(raw: bytes) -> object:
    return LexicalTier(Lexical.from_bytes(raw))


def read_tokens(raw: bytes) -> object:
    return Tokens(raw, 64).encode(["", "Refund, please \u2603 a\u0301"])


def read_trust_text(raw: bytes) -> object:
    with tempfile.NamedTemporaryFile(dir=_place()) as file:
        file.write(raw)
        file.flush()
        return read_trust(Path(file.name))


def read_whole(raw: bytes) -> object:
    """Open a folder in which one file, chosen by the first byte, has been replaced."""
    names = sorted(SEALED)
    name = names[raw[0] % len(names)] if raw else names[0]
    with tempfile.TemporaryDirectory(dir=_place()) as folder:
        for other, good in SEALED.items():
            (Path(folder) / other).write_bytes(raw[1:] if other == name else good)
        return open_bundle(Path(folder), trust=None)


def read_source(name: str) -> Callable[[bytes], object]:
    """Return a reader that writes every document from a file, and compares with those there."""

    def read(raw: bytes) -> object:
        BY_NAME[name].check(raw)
        return check_documents(DOCUMENTED | {name: raw}, dossiers.FACTS, "shop", leave_out)

    return read


def read_gates(raw: bytes) -> object:
    return decide_release(DOSSIER, read_policy(raw, "policy.toml"))


def _place() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - memory, not disk


PARTS = (
    Part("manifest", SEALED["manifest.json"], change_json, lambda raw: read_manifest(raw, "shop")),
    Part(
        "signature",
        SEALED["model.sig"],
        change_json,
        lambda raw: check_signature(raw, SEALED["signer.pem"], DIGESTS),
    ),
    Part("public key", SEALED["signer.pem"], change_lines, read_public),
    Part("private key", KEY.to_pem(None), change_lines, lambda raw: read_private(raw, None)),
    Part("graph", GOOD["model.onnx"], change_protobuf, read_file("model.onnx")),
    Part(
        "tokenizer", GOOD["tokenizer.json"], change_json, read_file("tokenizer.json", read_tokens)
    ),
    Part(
        "lexical",
        GOOD["lexical.safetensors"],
        change_tensors,
        read_file("lexical.safetensors", read_lexical),
    ),
    Part("settings", GOOD["answer.json"], change_json, read_file("answer.json", read_settings)),
    Part("evidence", STORY["evidence.json"], change_json, read_source("evidence.json")),
    Part("story", STORY["story.json"], change_json, read_source("story.json")),
    Part("description", STORY["description.toml"], change_lines, read_source("description.toml")),
    Part("policy", STORY["policy.toml"], change_lines, read_gates),
    Part(
        "decision",
        DOCUMENTED["decision.json"],
        change_json,
        read_file("decision.json", read_decision),
    ),
    Part(
        "licence",
        b"MIT OR (Apache-2.0 WITH LLVM-exception AND CC-BY-NC-4.0)",
        change_bytes,
        lambda raw: read_licence(raw.decode("utf-8", "replace")),
    ),
    Part("card", GOOD["card.md"], change_lines, read_file("card.md")),
    Part("trust", TRUST.encode(), change_lines, read_trust_text),
    Part("whole", b"\x00" + GOOD["answer.json"], change_bytes, read_whole),
)


def try_one(data: bytes) -> None:
    """Read one input; any other exception than those of the reader is a find."""
    part = PARTS[data[0] % len(PARTS)] if data else PARTS[0]
    try:
        part.read(data[1:])
    except (LissomError, Malformed):
        return


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Return an input that differs from this one, and is still of its form."""
    if not data:
        at = chance.randrange(len(PARTS))
        return bytes([at]) + PARTS[at].seed
    part = PARTS[data[0] % len(PARTS)]
    change = part.change if chance.random() < 0.85 else change_bytes
    return (data[:1] + change(data[1:], chance))[:MOST_BYTES]


def seeds() -> list[bytes]:
    return [bytes([at]) + part.seed for at, part in enumerate(PARTS)]


def search_blindly(seconds: float, seed: int, clock: Callable[[], float] = time.monotonic) -> int:
    """Try inputs for so long; return how many. A find is an exception."""
    chance = random.Random(seed)  # noqa: S311 - inputs, not secrets
    pool, tried, end = seeds(), 0, clock() + seconds
    while clock() < end:
        data = spoil(chance.choice(pool), chance)
        try_one(data)
        tried += 1
        if chance.random() < 0.02:
            pool[chance.randrange(len(pool))] = data  # goes on from here now and then
        if chance.random() < 0.001:
            pool = seeds()
    return tried


def search_guided(seconds: int, seed: int, corpus: Path) -> None:
    """Search by coverage; libFuzzer ends the process, with another status than 0 on a find."""

    def change(data: bytes, most: int, number: int) -> bytes:
        chance = random.Random(number)  # noqa: S311 - likewise
        if chance.random() < 0.15:
            return bytes(atheris.Mutate(data, most))
        return spoil(data, chance)[:most]

    for at, data in enumerate(seeds()):
        (corpus / f"seed-{at}").write_bytes(data)
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "timeout": HANG_S,
        "rss_limit_mb": MEMORY_MIB,
        "max_len": MOST_BYTES,
        "artifact_prefix": f"{corpus}/",
        "print_final_stats": 1,
    }
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], str(corpus), *arguments], try_one, custom_mutator=change)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blind", action="store_true", help="do without atheris")
    parser.add_argument("--again", type=Path, help="read one input that was found")
    asked = parser.parse_args()
    if asked.again:
        try_one(asked.again.read_bytes())
        return
    if atheris is not None and not asked.blind:
        # Kept when something is found: libFuzzer ends the process before this is left.
        search_guided(asked.seconds, asked.seed, Path(tempfile.mkdtemp(prefix="lissom-fuzz-")))
        return
    limit = MEMORY_MIB << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    tried = search_blindly(asked.seconds, asked.seed)
    print(f"{tried} inputs in {asked.seconds} s, none of which the reader choked on")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
