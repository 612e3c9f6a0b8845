"""How long work tells whoever waits for it; a face shows it, a test ignores it."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far the work is."""

    def stage(self, name: str, detail: str = "") -> None:
        """Say that a named stage begins ("learn"), with one line about it."""
        ...

    def step(self, done: int, total: int) -> None:
        """Say that `done` of `total` equal steps of this stage are finished."""
        ...

    def note(self, text: str) -> None:
        """Say one sentence that a person should see."""
        ...


class Silent:
    """Nobody waits.

    >>> Silent().step(1, 2)
    """

    def stage(self, name: str, detail: str = "") -> None:
        """Do nothing."""

    def step(self, done: int, total: int) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""
