"""From what was typed, or handed over, to a target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lissom.pipeline as rooms
from lissom.errors import MissingPartError, PickleRefusedError, TargetNotFoundError
from lissom.pipeline.targets.callables import open_callable
from lissom.pipeline.targets.target import Target

PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".ckpt", ".sav", ".dill"})
"""Endings of files that run code when they are opened."""


def open_target(
    target: Any,  # noqa: ANN401 - a path, an address, or anything that answers
    *,
    trust: bool = True,
    threads: int | None = None,
) -> Target:
    """Open what is to be examined. Nothing is unpickled, whatever it is called.

    Args:
        target: a bundle, an .onnx or .skops file, a Hugging Face folder, the address of a running
            server; or a live estimator or callable.
        trust: refuse a bundle that none of the user's trusted keys has signed.
        threads: texts that a bundle reads at a time; None for one per core.

    Raises:
        TargetError: there is nothing, or nothing that can be examined.
        BundleError: a bundle that cannot be used.
        MissingPartError: what opens it is not installed.
    """
    if isinstance(target, Target):
        return target
    if not isinstance(target, str | Path):
        return open_callable(target)
    typed = str(target)
    if typed.startswith(("http://", "https://")):
        return rooms.open_server(typed)
    path = Path(typed).expanduser()
    if path.is_dir():
        return _open_folder(path, trust=trust, threads=threads)
    return _open_file(path, typed)


def _open_file(path: Path, typed: str) -> Target:
    if path.suffix.lower() in PICKLES:
        raise PickleRefusedError(typed)
    if not path.is_file():
        raise TargetNotFoundError(typed, "there is nothing here")
    if path.suffix.lower() == ".onnx":
        return rooms.open_onnx(path)
    if path.suffix.lower() in {".skops", ".sklearn"}:
        return _open_skops(path)
    raise TargetNotFoundError(typed, f'a file ending in "{path.suffix}" cannot be examined')


def _open_folder(path: Path, *, trust: bool, threads: int | None) -> Target:
    if (path / "manifest.json").exists() or not (path / "config.json").exists():
        return rooms.open_bundle_target(path, trust=trust, threads=threads)
    try:
        return rooms.open_hugging_face(path)
    except ModuleNotFoundError as error:
        raise MissingPartError("Examining a Hugging Face folder", "train") from error


def _open_skops(path: Path) -> Target:
    try:
        return rooms.open_skops(path)
    except ModuleNotFoundError as error:
        raise MissingPartError("Examining a skops file", "examine") from error
