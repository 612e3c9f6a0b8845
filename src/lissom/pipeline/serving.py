"""Bundles opened and proven, ready to be handed to a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lissom.bundle import open_bundle
from lissom.errors import NotWatchedError, ServeNothingError, ServerKeyError
from lissom.operate.releasing import check, is_release
from lissom.operate.serving import (
    Key,
    Limits,
    find_folders,
    make_key,
    open_version,
    prove,
    read_keys,
    write_keys,
)
from lissom.pipeline.places import find_places, find_today
from lissom.pipeline.release import check_policy, check_released
from lissom.tasks import Classes

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.operate.serving import NewKey, Proof, Version

_KEYS = "api-keys.json"


@dataclass(frozen=True, slots=True)
class Demands:
    """What a bundle must be before it is served.

    Args:
        trust: signed by one of the user's trusted keys; unchanged it must be in any case.
        released: let go by its own policy.
        policy: a policy.toml of the user's own whose gates must hold, too; None for none.
        watched: its answers are of a kind that can be watched.
    """

    trust: bool = True
    released: bool = True
    policy: Path | None = None
    watched: bool = False


@dataclass(frozen=True, slots=True)
class ServeOrder:
    """What is to be served, and how.

    Args:
        bundles: folders named one by one: of a bundle, or of a release.
        models: a folder of such folders, or None.
        demands: what every bundle must be, those that appear later too.
        limits: what one request may hold and how much may wait.
    """

    bundles: tuple[Path, ...]
    models: Path | None = None
    demands: Demands = field(default_factory=Demands)
    limits: Limits = field(default_factory=Limits)


def open_models(order: ServeOrder) -> tuple[tuple[Version, Proof], ...]:
    """Check every bundle, make it answer, and see that it answers right.

    Those of releases are opened by whoever follows them; here their records are checked.

    Raises:
        BundleError: one was changed, is not trusted, or answers wrongly; none is served then.
        RecordBrokenError: the record of a release is.
        ServeNothingError: there is none, or two have the same name.
    """
    releases = find_releases(order)
    bundles = [folder for folder in order.bundles if folder not in releases.values()]
    folders = find_folders(bundles, order.models)
    for folder in releases.values():
        check(folder)
    if not folders and not releases:
        where = "There is nothing to serve"
        raise ServeNothingError(
            where if order.models is None else f"{order.models} holds no bundle"
        )
    return tuple(open_model(folder, name, order.demands) for name, folder in folders.items())


def find_releases(order: ServeOrder) -> dict[str, Path]:
    """Return model to folder, for the folders of `lissom release` that are to be served."""
    inside = [] if order.models is None else sorted(_list(order.models))
    folders = [folder for folder in [*order.bundles, *inside] if is_release(folder)]
    return {folder.resolve().name: folder for folder in folders}


def _list(models: Path) -> list[Path]:
    try:
        return list(models.iterdir())
    except OSError as error:
        raise ServeNothingError(f"{models}: {error.strerror or error}") from error


def open_model(folder: Path, name: str, demands: Demands) -> tuple[Version, Proof]:
    """Check one bundle, make it answer, and see that it answers right.

    Raises:
        BundleError: it was changed, is not trusted, or answers wrongly.
        NotReleasedError: a gate does not hold.
        NotWatchedError: it gives several labels, and a log was asked for.
    """
    trust = find_places().whom_to_trust(find_today()) if demands.trust else None
    bundle = open_bundle(folder, trust=trust)
    if demands.released:
        check_released(bundle)
    if demands.policy is not None:
        check_policy(bundle, demands.policy, find_today())
    version = open_version(bundle, folder, name)
    if demands.watched and not isinstance(version.meaning.output, Classes):
        raise NotWatchedError(name)
    return version, prove(version)


def keys_path() -> Path:
    """Return where the API keys of this machine are kept, as hashes."""
    return find_places().config / _KEYS


def list_access_keys() -> tuple[Key, ...]:
    """Return the keys that a server of this machine takes.

    Raises:
        ServerKeyError: their file cannot be used.
    """
    return read_keys(keys_path())


def add_access_key(name: str, scopes: tuple[str, ...], per_minute: int) -> NewKey:
    """Make a key; the secret in what comes back is kept nowhere.

    Args:
        name: whose it is; one key for each name.
        scopes: what it is for.
        per_minute: requests that it may make in a minute, 0 for any number.

    Raises:
        ServerKeyError: there is one of this name, or the file cannot be used.
    """
    path = keys_path()
    keys = read_keys(path)
    if any(key.name == name for key in keys):
        remedy = f"Choose another name, or run first: lissom access drop {name}"
        raise ServerKeyError(str(path), f'there is a key called "{name}" already', remedy)
    made = make_key(name, scopes, per_minute)
    write_keys(path, (*keys, made.key))
    return made


def drop_access_key(name: str) -> None:
    """Withdraw a key; a server that runs stops taking it within seconds.

    Raises:
        ServerKeyError: there is none of this name, or the file cannot be used.
    """
    path = keys_path()
    keys = read_keys(path)
    left = tuple(key for key in keys if key.name != name)
    if len(left) == len(keys):
        known = ", ".join(key.name for key in keys) or "none"
        raise ServerKeyError(str(path), f'there is no key called "{name}"', f"There are: {known}.")
    write_keys(path, left)
