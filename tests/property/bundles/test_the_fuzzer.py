"""The fuzzer finds a planted fault, and none in the reader; `make fuzz` runs it for longer."""

from __future__ import annotations

import itertools
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "fuzz"))

import reader
from mutations import change_json, change_protobuf, change_tensors, read_fields


def counting(inputs: int) -> object:
    """Return a clock that ticks once for each input, so that no machine is too slow."""
    ticks = itertools.count()
    return lambda: next(ticks) / inputs


def test_the_reader_opens_or_refuses_whatever_it_is_given() -> None:
    assert reader.search_blindly(1, seed=7, clock=counting(1500)) > 1400


@pytest.mark.parametrize("part", reader.PARTS, ids=lambda part: part.name)
def test_every_seed_is_good_or_refused_for_what_it_lacks(part: reader.Part) -> None:
    lacking = {"signature", "lexical"}  # other files; another size than the real one
    if part.name in lacking:
        with pytest.raises((reader.LissomError, reader.Malformed)):
            part.read(part.seed)
    else:
        part.read(part.seed)


def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(raw: bytes) -> object:
        reader.BY_NAME["answer.json"].check(raw)
        return json.loads(raw)["classes"]

    faulty = [replace(part, read=careless) for part in reader.PARTS if part.name == "settings"]
    monkeypatch.setattr(reader, "PARTS", tuple(faulty))
    with pytest.raises(KeyError, match="classes"):
        reader.search_blindly(1, seed=7, clock=counting(1500))


def test_changes_keep_the_form_most_of_the_time() -> None:
    chance = random.Random(3)  # noqa: S311 - inputs, not secrets
    graph, tree = reader.GOOD["model.onnx"], reader.GOOD["tokenizer.json"]
    tensors = reader.GOOD["lexical.safetensors"]
    kept = [0, 0, 0]
    for _ in range(200):
        kept[0] += bool(read_fields(change_protobuf(graph, chance)))
        changed = change_tensors(tensors, chance)
        size = int.from_bytes(changed[:8], "little")
        kept[1] += changed[8 : 8 + size].strip().endswith(b"}")
        try:
            kept[2] += json.loads(change_json(tree, chance)) != json.loads(tree)
        except ValueError:
            continue
    assert min(kept) > 120


def test_an_input_comes_back_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "crash"
    found.write_bytes(b"\x00{}")
    monkeypatch.setattr(sys, "argv", ["reader.py", "--again", str(found)])
    reader.main()
