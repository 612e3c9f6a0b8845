"""Finished work, kept by what it was made from, so that it is never done twice."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


def fingerprint(*parts: object) -> str:
    """Return a sha256 of plain values (numbers, texts, lists, dataclasses).

    >>> fingerprint(1, "a") == fingerprint(1, "a"), fingerprint(1) == fingerprint("1")
    (True, False)
    """
    raw = msgspec.json.encode(parts, order="deterministic")
    return hashlib.sha256(raw).hexdigest()


@dataclass(slots=True)
class Store:
    """A folder of arrays, named by fingerprint.

    Args:
        folder: made when first needed.
        fresh: do everything again, but keep what comes out.
        found: stages of which something was found, in order.
        made: stages of which something had to be made.
        most_bytes: the oldest files go when the folder grows beyond this.
    """

    folder: Path
    fresh: bool = False
    found: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    most_bytes: int = 2 << 30

    @property
    def reused(self) -> tuple[str, ...]:
        """Return the stages of which nothing had to be made again."""
        return tuple(stage for stage in dict.fromkeys(self.found) if stage not in self.made)

    def keep(
        self, stage: str, key: str, make: Callable[[], dict[str, NDArray[np.generic]]]
    ) -> dict[str, NDArray[np.generic]]:
        """Return what `make` returns, or what it returned before for the same stage and key.

        Args:
            stage: a name for the folder and for `reused`.
            key: fingerprint of all that the result depends on.
            make: called only when nothing is kept.
        """
        path = self.folder / stage / f"{key[:32]}.safetensors"
        if not self.fresh:
            found = _read(path)
            if found is not None:
                self.found.append(stage)
                return found
        self.made.add(stage)
        made = make()
        _write(path, made)
        return made

    def unfinished(self, stage: str, key: str) -> Unfinished:
        """Return the place of work that may be stopped half-way.

        Args:
            stage: a name for the folder.
            key: fingerprint of all that the result depends on.
        """
        return Unfinished(self.folder / stage / f"{key[:32]}.unfinished", fresh=self.fresh)

    def look(self, stage: str, key: str) -> dict[str, NDArray[np.generic]] | None:
        """Return what is kept for a stage and key, or None."""
        return _read(self.folder / stage / f"{key[:32]}.safetensors")

    def put(self, stage: str, key: str, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Keep arrays for a stage and key, in place of what was kept."""
        _write(self.folder / stage / f"{key[:32]}.safetensors", arrays)
        _forget_oldest(self.folder, self.most_bytes)

    def vectors(
        self,
        base: str,
        texts: Sequence[str],
        make: Callable[[list[str], Callable[[int], None]], NDArray[np.float32]],
        tell: Callable[[int, int], None],
    ) -> NDArray[np.float32]:
        """Return a vector for each text; a text that was seen before costs nothing.

        Args:
            base: fingerprint of the encoder.
            texts: any number, repeats allowed.
            make: vectors for some texts, telling how many are done.
            tell: hears (texts done, texts in all).
        """
        digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        folder = self.folder / "vectors" / base[:32]
        known = {} if self.fresh else _read_vectors(folder)
        wanted = dict(zip(digests, texts, strict=True))
        missing = [digest for digest in wanted if digest not in known]
        if missing:
            self.made.add("vectors")
        else:
            self.found.append("vectors")
        # Short texts first: each piece then holds texts of like length, which are read together.
        missing.sort(key=lambda digest: len(wanted[digest]))
        done = len(wanted) - len(missing)
        for start in range(0, len(missing), _PIECE):
            piece = missing[start : start + _PIECE]

            def tell_piece(count: int, before: int = done + start) -> None:
                tell(before + count, len(wanted))

            made = make([wanted[digest] for digest in piece], tell_piece)
            keys = np.frombuffer(b"".join(piece), np.uint8).reshape(-1, 32)
            name = hashlib.sha256(keys.tobytes()).hexdigest()[:32]
            _write(folder / f"{name}.safetensors", {"keys": keys, "vectors": made})
            known.update(zip(piece, made, strict=True))
        _forget_oldest(self.folder, self.most_bytes)
        if not digests:
            return np.zeros((0, 0), np.float32)
        return np.stack([known[digest] for digest in digests])


@dataclass(slots=True)
class Unfinished:
    """Arrays of a work that is under way.

    Args:
        path: where they are.
        fresh: leave what an earlier process left.
    """

    path: Path
    fresh: bool = False

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        """Return what was saved last, or None."""
        return None if self.fresh else _read(self.path)

    def save(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Keep the state, in place of what was saved before."""
        _write(self.path, arrays)

    def clear(self) -> None:
        """Forget the state: the work is finished."""
        self.path.unlink(missing_ok=True)


_PIECE = 2048
"""Vectors saved at a time: what a stop loses at most."""


def _read(path: Path) -> dict[str, NDArray[np.generic]] | None:
    try:
        found: dict[str, NDArray[np.generic]] = load_file(path)
    except (OSError, SafetensorError):
        # Not there, or cut short by a full disk: it will be made again.
        return None
    os.utime(path)
    return found


def _write(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, name)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _read_vectors(folder: Path) -> dict[bytes, NDArray[np.float32]]:
    known: dict[bytes, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        found = _read(path)
        if found is not None and set(found) == {"keys", "vectors"}:
            keys = [row.tobytes() for row in found["keys"]]
            known.update(zip(keys, found["vectors"].astype(np.float32, copy=False), strict=True))
    return known


_KEPT = (".safetensors", ".unfinished")


def _forget_oldest(folder: Path, most_bytes: int) -> None:
    kept = [path for path in folder.rglob("*") if path.suffix in _KEPT]
    files = sorted(kept, key=lambda path: path.stat().st_mtime)
    size = sum(path.stat().st_size for path in files)
    for path in files:
        if size <= most_bytes:
            return
        size -= path.stat().st_size
        path.unlink(missing_ok=True)
