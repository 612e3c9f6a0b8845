"""OpenSSF model-signing's own command accepts what we sign, and refuses what was changed."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lissom.bundle.parts import BY_NAME, SIGNATURE

if TYPE_CHECKING:
    from pathlib import Path


def ask(folder: Path, signer: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model_signing", "verify", "key", str(folder)]
    return subprocess.run(
        [*command, "--signature", str(folder / SIGNATURE), "--public_key", str(signer)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_accepts_our_signature(signed: Path) -> None:
    done = ask(signed, signed / "signer.pem")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verification succeeded" in done.stdout + done.stderr


def test_what_is_signed_names_every_other_file(signed: Path) -> None:
    envelope = json.loads((signed / SIGNATURE).read_bytes())["dsseEnvelope"]
    resources = json.loads(base64.b64decode(envelope["payload"]))["predicate"]["resources"]
    assert [one["name"] for one in resources] == sorted(BY_NAME.keys() - {SIGNATURE})


# Each takes a second; that every byte counts for our own reader is a law in tests/property.
@pytest.mark.parametrize(
    "name",
    [
        *("manifest.json", "model.onnx", "evidence.json", "decision.json", "description.toml"),
        *("report.html", "signer.pem", "model.sig"),
    ],
)
def test_it_refuses_one_byte_changed(name: str, signed: Path, tmp_path: Path) -> None:
    signer = tmp_path / "kept.pem"  # it compares with the key that we hold, not that of the bundle
    signer.write_bytes((signed / "signer.pem").read_bytes())
    raw = bytearray((signed / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (signed / name).write_bytes(raw)
    done = ask(signed, signer)
    assert done.returncode != 0
    assert "succeeded" not in done.stdout + done.stderr


def test_it_refuses_a_file_more(signed: Path) -> None:
    (signed / "run.py").write_text("payload")
    assert ask(signed, signed / "signer.pem").returncode != 0
