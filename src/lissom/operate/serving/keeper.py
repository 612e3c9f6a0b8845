"""What a server looks after while it runs: keys that were withdrawn, folders that changed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from lissom.errors import LissomError
from lissom.operate.serving.keys import read_keys
from lissom.operate.serving.shelf import list_bundles, look_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lissom.operate.serving.desk import Desk
    from lissom.operate.serving.events import Events
    from lissom.operate.serving.keys import Keyring
    from lissom.operate.serving.versions import Proof, Version

    Opens = Callable[[Path, str], tuple[Version, Proof]]


class KeyFile:
    """Keeps a keyring as its file is.

    A file that cannot be read changes nothing, and says so: a server must not lock everybody out,
    nor let everybody in, because somebody saved half a file.
    """

    def __init__(self, path: Path, keyring: Keyring, events: Events) -> None:
        """Note how the file is now."""
        self._path, self._keyring, self._events = path, keyring, events
        self._seen = self._stamp()

    def look(self) -> None:
        """Take the keys anew when the file was written."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            keys = read_keys(self._path)
        except LissomError as error:
            self._events.say("keys not read", why=str(error))
        else:
            self._keyring.replace(keys)
            self._events.say("keys", count=len(keys))

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size


class Folders:
    """Watches where bundles came from, and takes in new ones.

    A bundle that is replaced on disk goes on being served as it was: what answers is in memory
    and was proven, and whoever replaced it may not have meant to release it. It is said once.

    Args:
        desk: where models are handed in.
        models: a folder in which new bundles may appear, or None.
        opens: checks and proves a bundle; runs in a thread.
        events: the log.
    """

    def __init__(self, desk: Desk, models: Path | None, opens: Opens, events: Events) -> None:
        """Watch nothing yet."""
        self._desk, self._models, self._opens, self._events = desk, models, opens, events
        self._said: dict[str, str | None] = {}
        self._refused: dict[Path, str | None] = {}
        desk.metrics.watch(
            "lissom_changed_on_disk",
            "1 when another bundle, or none, stands where the served one came from.",
            ("model",),
            self._changed,
        )

    async def look(self) -> None:
        """Look once at every folder."""
        # Reading a dozen manifests may wait for a slow disk, so not on the loop's thread.
        found = await asyncio.to_thread(self._look)
        for name, version in found.items():
            if version != self._said.get(name, self._desk.lanes[name].live.version.version):
                self._events.say("bundle changed on disk", model=name, on_disk=version)
            self._said[name] = version
        if self._models is not None:
            await self._take_in(self._models)

    def _look(self) -> dict[str, str | None]:
        lanes = list(self._desk.lanes.values())
        return {lane.name: look_at(lane.live.version.folder) for lane in lanes}

    async def _take_in(self, models: Path) -> None:
        try:
            bundles = await asyncio.to_thread(list_bundles, models)
        except LissomError as error:
            self._events.say_sometimes("models not listed", time.monotonic(), why=str(error))
            return
        for folder in bundles:
            if folder.name in self._desk.lanes:
                continue
            stamp = look_at(folder)
            if self._refused.get(folder, "") == stamp:
                continue
            self._desk.loading.add(folder.name)
            try:
                version, proof = await asyncio.to_thread(self._opens, folder, folder.name)
            except LissomError as error:
                self._refused[folder] = stamp
                self._events.say("bundle refused", model=folder.name, why=str(error))
            else:
                self._desk.put(version, proof)
                self._events.say("ready", model=version.name, version=version.version)
            finally:
                self._desk.loading.discard(folder.name)

    def _changed(self) -> dict[tuple[str, ...], float]:
        return {
            (name,): float(version != self._desk.lanes[name].live.version.version)
            for name, version in self._said.items()
        }
