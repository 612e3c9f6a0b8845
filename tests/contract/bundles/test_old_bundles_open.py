"""Every format version ever written still opens, and answers as it did."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from lissom.bundle import Trust, open_bundle, verify
from lissom.bundle.manifest import FORMAT_MINOR
from lissom.pipeline import verify as look
from lissom.runtime import load_model

OLD = sorted(path for path in Path(__file__).parent.glob("v*") if path.is_dir())


def test_there_is_one_for_every_format() -> None:
    names = [path.name for path in OLD]
    assert names == [f"v1.{minor}" for minor in range(FORMAT_MINOR + 1)]


@pytest.mark.parametrize("folder", OLD, ids=lambda folder: folder.name)
def test_an_old_bundle_opens_and_is_signed(folder: Path) -> None:
    bundle = open_bundle(folder, trust=None)
    assert f"v{bundle.manifest.format_version}" == folder.name
    assert bundle.signer is not None
    assert verify(folder, Trust(frozenset({bundle.signer}))).is_trusted


@pytest.mark.parametrize("folder", OLD, ids=lambda folder: folder.name)
def test_nobody_is_accused_because_documents_are_worded_otherwise_today(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    told = look(folder, needs_signature=False)
    written_again = [line for line in told.checked if "what the figures and the story say" in line]
    assert written_again or any(line.startswith("documents: ") for line in told.unchecked)


@pytest.mark.parametrize("folder", OLD, ids=lambda folder: folder.name)
def test_an_old_bundle_answers_as_it_did(folder: Path) -> None:
    # Ids 3 and 4 make a mean of 3.5, so scores of 1.5 and -1.5; ids 1 and 2 make -0.5 and 0.5.
    said = load_model(open_bundle(folder, trust=None), threads=1).answer(
        ["lovely shop", "refund please"]
    )
    expected = 1 / (1 + np.exp([[-3.0, 3.0], [1.0, -1.0]]))
    np.testing.assert_allclose(said.probabilities, expected, atol=1e-6)


def test_a_later_minor_version_without_news_opens(tmp_path: Path) -> None:
    copy = tmp_path / "later"
    shutil.copytree(Path(__file__).parent / "v1.0", copy)
    for seal in ("model.sig", "signer.pem"):
        (copy / seal).unlink()
    path = copy / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"1.0"', b'"1.9"'))
    assert open_bundle(copy, trust=None).manifest.format_version == "1.9"
