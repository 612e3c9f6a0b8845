"""Bundles made to do harm: each is refused, by its own error, in one sentence that says why."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bundle_makers as make
import numpy as np
import pytest
from attacks import manifest, swap
from attacks_within import ANSWERING, OPENING, computing

from lissom import errors
from lissom.bundle import Trust, make_key, open_bundle
from lissom.bundle.json_form import canonical
from lissom.bundle.manifest import describe
from lissom.bundle.sign import sign
from lissom.runtime import check_fit, load_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from attacks import Attack

    from lissom.bundle import SigningKey


@pytest.mark.parametrize("attack", OPENING, ids=lambda attack: attack.name)
def test_a_hostile_bundle_is_refused_in_one_sentence(attack: Attack, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    make.put(folder, make.files())
    open_bundle(folder, trust=None)  # the control: it opens before it is spoilt
    attack.spoil(folder)
    with pytest.raises(attack.error) as caught:
        open_bundle(folder, trust=None)
    said = str(caught.value)
    assert attack.says in said
    assert type(caught.value) is attack.error
    assert "shop" in said
    assert "\n" not in said
    assert said.isprintable()
    assert said.endswith(".")
    assert caught.value.exit_code == 5
    assert len(said) < 400


def good_files() -> dict[str, bytes]:
    """Return parts that answer; the lexical tier has the size that answering asks for."""
    return make.files(lexical_safetensors=make.lexical(18))


@pytest.mark.parametrize("attack", ANSWERING, ids=lambda attack: attack.name)
def test_parts_that_cannot_answer_are_refused_before_anybody_asks(
    attack: Attack, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    make.put(folder, good_files())
    assert load_model(open_bundle(folder, trust=None), threads=1).answer(["refund"])
    attack.spoil(folder)
    bundle = open_bundle(folder, trust=None)
    with pytest.raises(attack.error) as caught:
        load_model(bundle, threads=1)
    said = str(caught.value)
    assert attack.says in said
    assert type(caught.value) is attack.error
    assert "\n" not in said
    assert said.isprintable()
    assert said.endswith(".")
    assert caught.value.exit_code == 5
    assert len(said) < 450


def test_there_are_as_many_attacks_as_were_asked_for_and_no_two_alike() -> None:
    names = [attack.name for attack in (*OPENING, *ANSWERING)]
    assert len(names) == len(set(names)) > 160


def test_parts_that_disagree_are_found_without_running_them(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    make.put(folder, good_files())
    assert check_fit(open_bundle(folder, trust=None))
    next(attack for attack in ANSWERING if attack.name == "graph of four").spoil(folder)
    with pytest.raises(errors.DisagreeingPartsError):
        check_fit(open_bundle(folder, trust=None))


def test_a_graph_that_fails_on_one_word_only_is_refused_on_that_word(tmp_path: Path) -> None:
    table = make.tensor("table", np.zeros((3, 2), np.float32))
    nodes = (
        make.node("Gather", "table input_ids", "found"),
        make.node(
            "ReduceMean",
            "found",
            "scores",
            make.message((1, b"axes"), (8, 1), (20, 7)),
            make.message((1, b"keepdims"), (3, 0), (20, 2)),
        ),
    )
    folder = tmp_path / "shop"
    make.put(
        folder, good_files() | {"model.onnx": make.model(computing(*nodes, more=((5, table),)))}
    )
    loaded = load_model(open_bundle(folder, trust=None), threads=1)
    assert loaded.read_all(["refund"]).shape == (1, 2)
    with pytest.raises(errors.GraphFailedError, match="out of data bounds"):
        loaded.read_all(["lovely"])


ALL_AT_ONCE = """
import json, resource, sys, tempfile
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import bundle_makers as make
from attacks_within import ANSWERING, OPENING, computing
from lissom.bundle import open_bundle
from lissom.errors import BundleError
from lissom.runtime import load_model

def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

good = make.files(lexical_safetensors=make.lexical(18))
with tempfile.TemporaryDirectory() as place:
    make.put(Path(place) / "good", good)
    load_model(open_bundle(Path(place) / "good", trust=None), threads=1).answer(["refund"])
    start, names = peak_mib(), []
    address = int(sys.argv[3]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (address, address))
    for number, attack in enumerate([*OPENING, *ANSWERING]):
        folder = Path(place) / str(number)
        make.put(folder, good)
        attack.spoil(folder)
        try:
            load_model(open_bundle(folder, trust=None), threads=1)
        except BundleError:
            names.append(attack.name)
print(json.dumps({"refused": names, "grew_mib": peak_mib() - start}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="2026-11: limits and their units are Linux's")
def test_no_attack_makes_the_reader_ask_for_memory(tmp_path: Path) -> None:
    """All of them in one process whose address space is a tenth of what some of them ask for."""
    folders = [str(Path(make.__file__).parent), str(Path(__file__).parent)]
    done = subprocess.run(
        [sys.executable, "-c", ALL_AT_ONCE, *folders, "6144"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["refused"] == [attack.name for attack in (*OPENING, *ANSWERING)]
    assert said["grew_mib"] < 512


@pytest.mark.skipif(not hasattr(os, "mknod"), reason="2026-11: this system makes no devices")
def test_a_device_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    make.put(folder, make.files())
    (folder / "model.onnx").unlink()
    try:
        os.mknod(folder / "model.onnx", 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("2026-11: only the superuser may make a device")
    with pytest.raises(errors.SpecialFileError, match="is a device, not a file"):
        open_bundle(folder, trust=None)


def test_a_folder_that_links_to_itself_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "shop").symlink_to(tmp_path / "shop")
    with pytest.raises(errors.NoBundleError):
        open_bundle(tmp_path / "shop", trust=None)


def test_every_error_about_opening_has_an_attack_or_a_test_of_its_own() -> None:
    tried = {attack.error for attack in OPENING}
    elsewhere = {
        errors.UnreadableFileError,
        errors.UnsignedError,
        errors.BrokenSignatureError,
        errors.UntrustedSignerError,
        errors.RevokedSignerError,
    }
    assert make.own_errors() == tried | elsewhere


@dataclass(frozen=True)
class Forgery:
    """A way to tamper with a signed bundle so that every hash in the manifest still fits."""

    name: str
    forge: Callable[[Path, SigningKey], object]
    says: str


def resigned(folder: Path, key: SigningKey) -> None:
    """Sign again with another key, and leave the first signer's name."""
    digests = {p.name: describe(p.read_bytes()).sha256 for p in folder.iterdir()}
    del digests["model.sig"]
    (folder / "model.sig").write_bytes(sign(digests, key))


def edited(change: Callable[[dict[str, object]], object]) -> Callable[[Path, SigningKey], None]:
    def forge(folder: Path, _: SigningKey) -> None:
        path = folder / "model.sig"
        tree = json.loads(path.read_bytes())
        change(tree)
        path.write_bytes(canonical(tree))

    return forge


FORGERIES = [
    Forgery(
        "report and its hash swapped",
        lambda folder, _: swap("report.html", b"<h1>99 %</h1>")(folder),
        "made for other files",
    ),
    Forgery("manifest changed", lambda f, _: manifest(task="other")(f), "made for other files"),
    Forgery("signed by another", resigned, "speaks of another key"),
    Forgery(
        "another key put in",
        lambda folder, key: (folder / "signer.pem").write_bytes(key.public.pem),
        "made for other files",
    ),
    Forgery(
        "key with a note",
        lambda f, _: (f / "signer.pem").write_bytes(b"note\n" + (f / "signer.pem").read_bytes()),
        "not in the one form",
    ),
    Forgery("no key", lambda f, _: (f / "signer.pem").write_bytes(b"x"), "not a P-256 public key"),
    Forgery("key lost", lambda f, _: (f / "signer.pem").unlink(), "signer.pem is missing"),
    Forgery("signature lost", lambda f, _: (f / "model.sig").unlink(), "model.sig is missing"),
    Forgery("empty", lambda f, _: (f / "model.sig").write_bytes(b""), "model.sig: not JSON"),
    Forgery("not a bundle", lambda f, _: (f / "model.sig").write_bytes(b"{}\n"), "not a sigstore"),
    Forgery(
        "spaces between",
        lambda f, _: (f / "model.sig").write_bytes((f / "model.sig").read_bytes() + b" "),
        "was changed",
    ),
    Forgery(
        "key id", edited(lambda t: t["dsseEnvelope"]["signatures"][0].update(keyid="a")), "changed"
    ),
    Forgery("media type", edited(lambda t: t.update(mediaType="x")), "was changed"),
    Forgery("payload type", edited(lambda t: t["dsseEnvelope"].update(payloadType="x")), "changed"),
    Forgery(
        "no signature", edited(lambda t: t["dsseEnvelope"].update(signatures=[])), "one signature"
    ),
    Forgery(
        "two signatures",
        edited(lambda t: t["dsseEnvelope"]["signatures"].append({"keyid": "", "sig": ""})),
        "one signature",
    ),
    Forgery(
        "signature of nothing",
        edited(lambda t: t["dsseEnvelope"]["signatures"][0].update(sig="AAAA")),
        "did not sign these files",
    ),
    Forgery("field of its own", edited(lambda t: t.update(more=1)), "not a sigstore bundle"),
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forged_signature_is_refused_even_when_nobody_asks_whose(
    forgery: Forgery, signed: Path, key: SigningKey
) -> None:
    other = make_key()
    assert open_bundle(signed, trust=None).signer == key.public.fingerprint
    forgery.forge(signed, other)
    with pytest.raises(errors.BrokenSignatureError, match=re.escape(forgery.says)):
        open_bundle(signed, trust=None)


def test_a_stripped_signature_is_refused_by_whoever_asks_for_one(
    signed: Path, key: SigningKey
) -> None:
    trust = Trust(frozenset({key.public.fingerprint}))
    assert open_bundle(signed, trust=trust).is_signed
    (signed / "model.sig").unlink()
    (signed / "signer.pem").unlink()
    assert not open_bundle(signed, trust=None).is_signed
    with pytest.raises(errors.UnsignedError, match="it is not signed, so nothing says who made it"):
        open_bundle(signed, trust=trust)


def test_a_valid_signature_of_a_stranger_is_refused_with_the_fingerprint(signed: Path) -> None:
    signer = open_bundle(signed, trust=None).signer
    with pytest.raises(errors.UntrustedSignerError, match=re.escape(str(signer))) as caught:
        open_bundle(signed, trust=Trust(frozenset()))
    assert "lissom keys trust BUNDLE --fingerprint KEY" in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="2026-11: the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(signed: Path) -> None:
    (signed / "card.md").chmod(0)
    with pytest.raises(errors.UnreadableFileError, match=r"card\.md cannot be read"):
        open_bundle(signed, trust=None)
