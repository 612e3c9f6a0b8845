"""Whether a bundle may be used: its own decision, somebody else's policy, its documents."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

for room in ("bundle", "govern"):
    sys.path.insert(0, str(Path(__file__).parents[1] / room))

import bundle_makers as make  # noqa: E402 - found through the lines above
import dossiers  # noqa: E402 - likewise
import stories  # noqa: E402 - likewise

from lissom.bundle import (  # noqa: E402 - likewise
    SigningKey,
    TrustedKey,
    make_key,
    open_bundle,
    trust_key,
    write_bundle,
)
from lissom.errors import (  # noqa: E402 - likewise
    DecisionFileError,
    DisagreeingPartsError,
    DocumentDiffersError,
    NotReleasedError,
    PolicyFileError,
    StoryFileError,
)
from lissom.govern.documents import write_documents  # noqa: E402 - likewise
from lissom.govern.drawing import leave_out  # noqa: E402 - likewise
from lissom.govern.record import RowLicence  # noqa: E402 - likewise
from lissom.pipeline import load, verify  # noqa: E402 - likewise
from lissom.pipeline.release import check_policy  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Path]

OLD = Path(__file__).parents[2] / "contract" / "bundles" / "v1.0"
STRICT = 'gates = ["accuracy low bound >= 0.999"]'
LAX = 'gates = ["accuracy low bound >= 0.1"]'
SOLD = '[use]\ncommercial = true\n[data]\nlicence = "CC-BY-NC-4.0"\n'


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return make_key()


@pytest.fixture
def bundle(tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a maker of signed bundles that this user trusts."""
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    for name in ("LISSOM_TRUST", "LISSOM_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    fingerprint = key.public.fingerprint
    trust_key(tmp_path / "config", TrustedKey(name="me", fingerprint=fingerprint))

    def made(change: Callable[[dict[str, bytes]], object] = len, **more: object) -> Path:
        answering = make.files(lexical_safetensors=make.lexical(18))
        files = answering | dossiers.make_files(stories.two(), classes=2, **more)
        files |= {name: answering[name] for name in ("model.onnx", "answer.json")}
        facts = replace(dossiers.FACTS, task="text-classification")
        files = {name: raw for name, raw in files.items() if name not in {"card.md", "report.html"}}
        files |= write_documents(files, facts, "shop", leave_out)
        change(files)
        write_bundle(tmp_path / "shop", files, facts, key)
        return tmp_path / "shop"

    return made


def policy(folder: Path, text: str) -> Path:
    path = folder.parent / "theirs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_released_bundle_is_served(bundle: Make) -> None:
    assert load(bundle(policy=LAX), released=True).predict(["refund please"])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"policy": STRICT}, '"accuracy low bound >= 0.999": Accuracy is'),
        ({"policy": 'gates = ["no poison"]'}, 'The audit does not look for "poison"'),
        (
            {"policy": "", "description": SOLD, "licences": (RowLicence("", 9),)},
            "do not allow commercial use",
        ),
    ],
)
def test_a_bundle_whose_policy_or_licence_says_no_is_not_served(
    bundle: Make, more: dict[str, object], says: str
) -> None:
    folder = bundle(**more)
    assert load(folder).labels  # asked for answers only, it gives them
    with pytest.raises(NotReleasedError) as caught:
        load(folder, released=True)
    assert says in str(caught.value).replace("\u00a0", " ")
    assert caught.value.exit_code == 3


def test_a_policy_of_ones_own_is_held_against_the_bundles_figures(bundle: Make) -> None:
    folder = bundle(policy="")
    assert load(folder, policy=policy(folder, LAX)).labels
    with pytest.raises(NotReleasedError, match="not released"):
        load(folder, policy=policy(folder, STRICT))
    with pytest.raises(PolicyFileError, match="did you mean leak"):
        load(folder, policy=policy(folder, 'gates = ["no leek"]'))
    with pytest.raises(PolicyFileError, match="No such file"):
        load(folder, policy=folder.parent / "nowhere.toml")


def test_verify_tells_the_gates_of_a_policy(bundle: Make) -> None:
    folder = bundle(policy="")
    told = verify(folder, policy=policy(folder, LAX)).checked
    assert any(line.startswith("theirs.toml: accuracy low bound >= 0.1: Accuracy") for line in told)
    with pytest.raises(NotReleasedError):
        verify(folder, policy=policy(folder, STRICT))


def test_an_old_bundle_has_no_decision_and_cannot_be_held_against_a_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    old = Path(shutil.copytree(OLD, tmp_path / "old"))
    assert load(old, trust=False, released=True).labels
    with pytest.raises(StoryFileError, match="older lissom"):
        load(old, trust=False, policy=policy(old, LAX))
    seen = verify(old, needs_signature=False)
    assert seen.unchecked == (
        "documents: the bundle is older than what they could be written again from",
    )


def test_verify_writes_the_documents_again(bundle: Make) -> None:
    told = verify(bundle())
    assert "card.md: says what the figures and the story say" in told.checked
    assert "decision.json: says what the figures and the story say" in told.checked
    assert any(line.endswith("2 classes each") for line in told.checked)
    assert told.is_trusted


@pytest.mark.parametrize("name", ["card.md", "decision.json", "annex-iv.md", "report.html"])
def test_a_document_that_its_signer_changed_by_hand_ends_with_5(bundle: Make, name: str) -> None:
    """Every hash and the signature fit: the signer changed it, and signed that."""

    def flatter(files: dict[str, bytes]) -> None:
        files[name] = files[name].replace(b"8", b"9")

    folder = bundle(flatter)
    assert load(folder).labels
    with pytest.raises(DocumentDiffersError) as caught:
        verify(folder)
    assert name in str(caught.value)
    assert caught.value.exit_code == 5


def test_a_decision_that_contradicts_itself_is_refused(bundle: Make) -> None:
    def release(files: dict[str, bytes]) -> None:
        files["decision.json"] = files["decision.json"].replace(b'"block"', b'"release"')

    with pytest.raises(DecisionFileError, match='its gates say "block"'):
        load(bundle(release, policy=STRICT), released=True)


def test_a_document_that_was_left_out_is_missed(bundle: Make) -> None:
    folder = bundle(lambda files: files.pop("datasheet.md"))
    with pytest.raises(DocumentDiffersError, match=r"datasheet\.md"):
        verify(folder)


def test_a_decision_that_was_left_out_releases_nothing(bundle: Make) -> None:
    folder = bundle(lambda files: files.pop("decision.json"), policy=STRICT)
    assert load(folder).labels
    with pytest.raises(DecisionFileError, match="it is missing"):
        load(folder, released=True)


def test_today_decides_what_the_policy_of_a_receiver_accepts(
    bundle: Make,
) -> None:
    folder = bundle(policy="")
    text = 'gates = ["no unresolved duplicate"]\n[[accept]]\nfinding = "duplicate"\n'
    theirs = policy(folder, text + 'reason = "Wanted."\nby = "Jo"\nuntil = 2026-12-01\n')
    opened = open_bundle(folder, trust=None)
    assert check_policy(opened, theirs, date(2026, 11, 30)).outcome == "release"
    with pytest.raises(NotReleasedError, match="duplicate"):
        check_policy(opened, theirs, date(2026, 12, 1))


def test_verify_finds_parts_that_do_not_fit(bundle: Make) -> None:
    def third(files: dict[str, bytes]) -> None:
        files["answer.json"] = files["answer.json"].replace(b'"praise"', b'"odd", "praise"')

    with pytest.raises(DisagreeingPartsError):
        verify(bundle(third))


def test_the_day_of_the_build_decides_what_was_accepted(bundle: Make) -> None:
    accept = (
        '[[accept]]\nfinding = "duplicate"\nreason = "Wanted."\nby = "Jo"\nuntil = 2026-12-01\n'
    )
    gates = 'gates = ["no unresolved duplicate"]\n'
    assert load(bundle(policy=gates + accept), released=True).labels
    with pytest.raises(NotReleasedError, match="duplicate"):
        load(bundle(policy=gates + accept, day=date(2026, 12, 1)), released=True)
