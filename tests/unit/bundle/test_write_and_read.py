"""What is written is what is read, and nothing of the user's is overwritten."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bundle_makers as make
import pytest

from lissom.bundle import Trust, open_bundle, verify, write_bundle
from lissom.bundle.swap import exchange, new_beside
from lissom.errors import (
    AbsentFileError,
    BundleError,
    ChangedFileError,
    NoBundleError,
    NotReplaceableError,
    UnsignedError,
    WrongFilesError,
)

if TYPE_CHECKING:
    from lissom.bundle import SigningKey
    from lissom.bundle.swap import Exchange


def test_reading_gives_back_the_bytes_and_the_facts(signed: Path, key: SigningKey) -> None:
    bundle = open_bundle(signed, trust=Trust(frozenset({key.public.fingerprint})))
    for name, raw in make.files().items():
        assert bundle.read(name) == raw
    assert bundle.is_signed
    assert bundle.signer == key.public.fingerprint
    assert bundle.manifest.base_model == make.FACTS.base_model
    assert bundle.manifest.task == "text-classification"
    assert bundle.manifest.created_by == "lissom 0.1.0"
    assert bundle.size_bytes == sum(path.stat().st_size for path in signed.iterdir())


def test_a_name_that_no_bundle_has_cannot_be_read(signed: Path) -> None:
    with pytest.raises(AbsentFileError, match=r"weights\.bin is missing"):
        open_bundle(signed, trust=None).read("weights.bin")


def test_what_was_read_stays_when_the_disk_changes(signed: Path) -> None:
    bundle = open_bundle(signed, trust=None)
    (signed / "card.md").write_bytes(b"later")
    assert bundle.read("card.md") == make.files()["card.md"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, key: SigningKey) -> None:
    one = write_bundle(tmp_path / "a", make.files(), make.FACTS, key)
    other = write_bundle(tmp_path / "b", make.files(), make.FACTS, key)
    assert [one.read(name) for name in one.names] == [other.read(name) for name in other.names]


def test_a_bundle_needs_no_base_model_and_no_signature(tmp_path: Path) -> None:
    facts = replace(make.FACTS, base_model=None)
    bundle = write_bundle(tmp_path / "shop", make.files(), facts, None)
    assert bundle.manifest.base_model is None
    assert not bundle.is_signed


def test_a_bundle_opens_through_a_link_and_after_renaming(signed: Path) -> None:
    (signed.parent / "latest").symlink_to(signed)
    assert open_bundle(signed.parent / "latest", trust=None).is_signed
    signed.rename(signed.parent / "other")
    assert open_bundle(signed.parent / "other", trust=None).is_signed


def test_a_bundle_is_found_from_inside(
    signed: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(signed)
    assert open_bundle(Path(), trust=None).is_signed
    assert verify(Path("../shop"), Trust(frozenset({key.public.fingerprint}))).is_trusted
    with pytest.raises(NoBundleError):
        open_bundle(Path("../nowhere"), trust=None)


def test_the_root_is_not_replaced() -> None:
    with pytest.raises(NotReplaceableError, match="/ was left as it is: it holds"):
        write_bundle(Path("/"), make.files(), make.FACTS, None)


def test_the_parent_folder_is_made(tmp_path: Path) -> None:
    assert write_bundle(tmp_path / "a" / "b" / "shop", make.files(), make.FACTS, None).names


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert write_bundle(tmp_path / "shop", make.files(), make.FACTS, None).names


def test_a_damaged_bundle_may_be_replaced(signed: Path, key: SigningKey) -> None:
    (signed / "model.onnx").write_bytes(b"")
    (signed / "report.html").unlink()
    write_bundle(signed, make.files(), make.FACTS, key)
    assert open_bundle(signed, trust=None).is_signed


def test_a_folder_with_files_of_the_user_is_left_as_it_is(signed: Path, key: SigningKey) -> None:
    (signed / "notes.txt").write_text("mine")
    with pytest.raises(NotReplaceableError, match=r'it holds "notes\.txt"') as caught:
        write_bundle(signed, make.files(), make.FACTS, key)
    assert caught.value.exit_code == 1
    assert (signed / "notes.txt").read_text() == "mine"
    assert not new_beside(signed).exists()


def test_the_manifest_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "extension"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"name": "my browser extension"}')
    with pytest.raises(NotReplaceableError, match=r"manifest\.json is not that of a bundle"):
        write_bundle(folder, make.files(), make.FACTS, None)
    assert "extension" in (folder / "manifest.json").read_text()


def test_a_file_or_a_link_is_not_replaced(tmp_path: Path, signed: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(signed)
    with pytest.raises(NotReplaceableError, match="it is a file"):
        write_bundle(tmp_path / "file", make.files(), make.FACTS, None)
    with pytest.raises(NotReplaceableError, match="it is a link"):
        write_bundle(tmp_path / "link", make.files(), make.FACTS, None)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "is missing"),
        (make.files() | {"run.py": b""}, r'the manifest names "run\.py"'),
        (make.files(lexical_safetensors=b"x"), "not a safetensors file"),
        (make.files(card_md=b"\xff"), "not UTF-8"),
    ],
)
def test_what_readers_would_refuse_is_not_written(
    files: dict[str, bytes], says: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongFilesError, match=says):
        write_bundle(tmp_path / "shop", files, make.FACTS, None)
    assert list(tmp_path.iterdir()) == []


def test_facts_that_readers_would_refuse_are_not_written(tmp_path: Path) -> None:
    facts = replace(make.FACTS, data_fingerprint="short")
    with pytest.raises(WrongFilesError, match="data_fingerprint"):
        write_bundle(tmp_path / "shop", make.files(), facts, None)


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_not_a_folder_is_not_a_bundle(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoBundleError, match=f"{name} is not a bundle: "):
        open_bundle(tmp_path / name, trust=None)


@pytest.mark.parametrize("how", [exchange, lambda _one, _other: False])
def test_a_bundle_can_be_read_while_it_is_replaced(
    how: Exchange, signed: Path, key: SigningKey
) -> None:
    def replace(times: int) -> None:
        for i in range(times):
            files = make.files(card_md=b"%d" % i)
            write_bundle(signed, files, make.FACTS, key, exchange=how)

    cards = set()
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(replace, 12)
        while not writer.done():
            cards.add(open_bundle(signed, trust=None).read("card.md"))
        writer.result()
    assert len(cards) > 2


def test_a_file_that_grows_while_it_is_read_is_refused(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = os.fstat

    def smaller(handle: int) -> os.stat_result:
        found = list(status(handle))
        found[6] = max(0, found[6] - 1)
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", smaller)
    with pytest.raises(ChangedFileError):
        open_bundle(signed, trust=None)


def test_no_descriptor_is_left_open(signed: Path) -> None:
    def count() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    before = count()
    open_bundle(signed, trust=None)
    (signed / "card.md").write_bytes(b"")
    with pytest.raises(BundleError):
        open_bundle(signed, trust=None)
    assert count() == before


def test_verify_says_what_was_checked_and_whose_it_is(signed: Path, key: SigningKey) -> None:
    own = verify(signed, Trust(frozenset({key.public.fingerprint})))
    assert own.is_trusted
    assert own.signer == key.public.fingerprint
    for name in make.files():
        assert f"{name}: sha256 as in the manifest" in own.checked
    assert not verify(signed, Trust(frozenset())).is_trusted


def test_verify_refuses_what_nobody_signed(tmp_path: Path) -> None:
    write_bundle(tmp_path / "shop", make.files(), make.FACTS, None)
    with pytest.raises(UnsignedError, match="Bundle shop: it is not signed"):
        verify(tmp_path / "shop", Trust(frozenset()))
