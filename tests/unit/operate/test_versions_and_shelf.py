"""Bundles before anybody may ask them, and folders while somebody does."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from serving_fakes import NOW, PROOF, make_version

from lissom.bundle import open_bundle
from lissom.errors import (
    GoldenRowsError,
    LissomError,
    NoSuchModelError,
    ProofError,
    ServeNothingError,
    UnsignedError,
)
from lissom.operate.serving import (
    Desk,
    Events,
    Folders,
    Limits,
    Metrics,
    find_folders,
    look_at,
    open_version,
    prove,
    version_of,
)
from lissom.pipeline.serving import ServeOrder, open_models
from lissom.runtime import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.bundle import Trust
    from lissom.operate.serving import Proof, Version
    from lissom.runtime import Answers


@pytest.fixture(scope="module")
def version(small: Path, trust: Trust) -> Version:
    return open_version(open_bundle(small, trust=trust), small, "inbox")


def test_a_sound_bundle_is_proven_and_says_by_what(version: Version, small: Path) -> None:
    proof = prove(version)
    assert version.version == version_of((small / "manifest.json").read_bytes())
    assert [any(word in line for line in proof.checked) for word in ("signed", "golden")] == [
        True,
        True,
    ]
    assert min(seconds for _, seconds in proof.costs) > 0


def test_an_unsigned_bundle_is_not_served(small: Path, trust: Trust, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    for seal in ("model.sig", "signer.pem"):
        (copy / seal).unlink()
    with pytest.raises(UnsignedError):
        open_version(open_bundle(copy, trust=trust), copy, "copy")


def test_a_model_that_answers_otherwise_than_when_it_was_built_is_found(version: Version) -> None:
    golden = msgspec.json.decode(version.golden or b"")
    for row in golden["rows"]:
        assert set(row) == {"text", "answer", "probability", "read_answer", "read_probability"}
    golden["rows"][3]["read_probability"] = 1 - golden["rows"][3]["read_probability"]
    with pytest.raises(GoldenRowsError, match="row 4"):
        prove(replace(version, golden=msgspec.json.encode(golden)))


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"rows": [{}]}'])
def test_damaged_golden_rows_are_told(version: Version, raw: bytes) -> None:
    with pytest.raises(GoldenRowsError):
        prove(replace(version, golden=raw))


def test_a_bundle_of_the_first_format_is_served_and_says_what_was_not_checked(
    version: Version,
) -> None:
    assert "no golden rows" in prove(replace(version, golden=None)).checked[-1]


class Neighbourly(Model):
    """Adds a hair to every answer but the first, as padding would."""

    def __init__(self, model: Model) -> None:
        self.__dict__ = dict(model.__dict__)

    def answer(self, texts: Sequence[str]) -> Answers:
        found = super().answer(texts)
        found.probabilities[1:] += np.float32(1e-6)
        return found


class Broken(Neighbourly):
    """Gives no numbers."""

    def answer(self, texts: Sequence[str]) -> Answers:
        found = super().answer(texts)
        found.probabilities[0, 0] = np.nan
        return found


@pytest.mark.parametrize(
    ("fault", "why"), [(Neighbourly, "texts beside it"), (Broken, "no probabilities")]
)
def test_a_model_that_answers_wrongly_is_found(
    version: Version, fault: type[Neighbourly], why: str
) -> None:
    with pytest.raises(ProofError, match=why):
        prove(replace(version, model=fault(version.model)))


def make_bundle(folder: Path, manifest: str = "{}") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return folder


def test_the_name_of_a_model_is_the_name_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_bundle(tmp_path / "a"), make_bundle(tmp_path / "all" / "b")
    make_bundle(tmp_path / "all" / ".c.lissom-new")
    (tmp_path / "all" / "notes").mkdir()
    assert find_folders([first], tmp_path / "all") == {"a": first, "b": second}
    monkeypatch.chdir(first)
    assert list(find_folders([Path()], None)) == ["a"]


def test_two_bundles_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ServeNothingError, match='called "a"'):
        find_folders([tmp_path / "x" / "a", tmp_path / "y" / "a"], None)


def test_a_folder_of_models_that_is_not_there_is_told() -> None:
    with pytest.raises(ServeNothingError, match="--models FOLDER"):
        find_folders([], Path("nowhere"))


def test_nothing_to_serve_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServeNothingError, match="There is nothing to serve"):
        open_models(ServeOrder(()))
    with pytest.raises(ServeNothingError, match="holds no bundle"):
        open_models(ServeOrder((), tmp_path))


def follow(folder: Path, models: Path | None, act: object, opens: object = None) -> list[str]:
    """Serve what is in `folder` and run `act(folders, desk)` beside it."""
    log: list[str] = []

    async def go() -> None:
        desk = Desk(Limits(), Metrics(), 1)
        desk.put(replace(make_version(version=look_at(folder) or ""), folder=folder), PROOF)
        events = Events(log.append, lambda: NOW)
        await act(Folders(desk, models, opens or open_fake, events), desk)
        desk.close()

    asyncio.run(go())
    return [json.loads(line) for line in log]


def open_fake(folder: Path, name: str) -> tuple[Version, Proof]:
    if "bad" in name:
        message = f"Bundle {name}: changed."
        raise LissomError(message)
    return replace(make_version(name=name, version=version_of(b"{}")), folder=folder), PROOF


@pytest.mark.parametrize("change", ["replaced", "deleted"])
def test_a_bundle_swapped_on_disk_is_told_once_and_goes_on_being_served(
    tmp_path: Path, change: str
) -> None:
    folder = make_bundle(tmp_path / "inbox")

    async def act(folders: Folders, desk: Desk) -> None:
        before = desk.lanes["inbox"].live
        await folders.look()
        if change == "replaced":
            make_bundle(folder, '{"other": 1}')
        else:
            shutil.rmtree(folder)
        await folders.look()
        await folders.look()
        assert desk.lanes["inbox"].live is before
        assert desk.is_ready
        assert 'lissom_changed_on_disk{model="inbox"} 1' in desk.metrics.write()

    log = follow(folder, None, act)
    assert [(line["event"], line["model"]) for line in log] == [("bundle changed on disk", "inbox")]


def test_a_bundle_that_appears_is_served_and_a_bad_one_is_told_once(tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "inbox")

    async def act(folders: Folders, desk: Desk) -> None:
        await folders.look()
        make_bundle(tmp_path / "second")
        make_bundle(tmp_path / "bad")
        await folders.look()
        await folders.look()
        assert sorted(desk.lanes) == ["inbox", "second"]
        assert desk.is_ready
        with pytest.raises(NoSuchModelError):
            desk.find("bad")
        make_bundle(tmp_path / "bad", '{"mended": 1}')
        await folders.look()

    log = follow(folder, tmp_path, act)
    events = [(line["event"], line["model"]) for line in log]
    assert sorted(events) == [
        ("bundle refused", "bad"),
        ("bundle refused", "bad"),
        ("ready", "second"),
    ]
