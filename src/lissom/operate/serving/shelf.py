"""Which folders hold the models to serve, and whether what stands in them has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors import ServeNothingError
from lissom.operate.serving.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MANIFEST = "manifest.json"
_MOST_BYTES = 1 << 20


def find_folders(bundles: Sequence[Path], models: Path | None) -> dict[str, Path]:
    """Return name to bundle folder, for all that is to be served.

    Args:
        bundles: folders named one by one.
        models: a folder of bundles, or None; what in it is no bundle is passed over.

    Raises:
        ServeNothingError: two folders have the same name.
    """
    found: dict[str, Path] = {}
    for folder in [*bundles, *(list_bundles(models) if models is not None else [])]:
        # "." and ".." have no name of their own.
        name = folder.name if folder.name not in {"", ".."} else folder.resolve().name
        if name in found and found[name].resolve() != folder.resolve():
            why = f'Two bundles are called "{name}": {found[name]} and {folder}'
            raise ServeNothingError(why)
        found[name] = folder
    return found


def list_bundles(models: Path) -> list[Path]:
    """Return the bundles in a folder, in order of their names.

    Raises:
        ServeNothingError: there is no such folder.
    """
    try:
        inside = sorted(models.iterdir())
    except OSError as error:
        raise ServeNothingError(f"{models}: {error.strerror or error}") from error
    return [
        path for path in inside if not path.name.startswith(".") and (path / _MANIFEST).is_file()
    ]


def look_at(folder: Path) -> str | None:
    """Return the version that stands in a folder now, unchecked; None where there is none.

    Cheap enough to be asked every second.
    """
    try:
        with (folder / _MANIFEST).open("rb") as file:
            return version_of(file.read(_MOST_BYTES))
    except OSError:
        return None
