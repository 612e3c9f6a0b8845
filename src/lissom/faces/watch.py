"""Show on stderr how far the work is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from lissom.faces.safe import safe

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TextIO

    from rich.progress import TaskID

_QUARTERS = 4


class Watch(Protocol):
    """A `Progress` that is opened and closed, so that a bar never outlives its work."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        ...

    def stage(self, name: str, detail: str = "") -> None:
        """Say that a named stage begins."""
        ...

    def step(self, done: int, total: int) -> None:
        """Say how far the stage is."""
        ...

    def note(self, text: str) -> None:
        """Say one sentence."""
        ...


class Lines:
    """Plain lines, for a log file or a pipe: each stage, each quarter of it, each note."""

    def __init__(self, out: TextIO) -> None:
        """Write to `out`, which is flushed after every line."""
        self._out = out
        self._stage = ""
        self._quarter = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Leave nothing open."""

    def stage(self, name: str, detail: str = "") -> None:
        """Say that a named stage begins."""
        self._stage, self._quarter = name, 0
        self._say(f"{name}: {detail}" if detail else name)

    def step(self, done: int, total: int) -> None:
        """Say how far the stage is, at most four times in a stage."""
        quarter = _QUARTERS * done // total if total else 0
        if quarter > self._quarter:
            self._quarter = quarter
            self._say(f"{self._stage}: {done} of {total}")

    def note(self, text: str) -> None:
        """Say one sentence."""
        self._say(text)

    def _say(self, line: str) -> None:
        print(safe(line), file=self._out, flush=True)


class Bars:
    """A bar for each stage, with the time left where the stage counts its steps."""

    def __init__(self, console: Console) -> None:
        """Draw on `console`, a terminal; it honours NO_COLOR."""
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=console,
        )
        self._now: TaskID | None = None

    def __enter__(self) -> Self:
        """Begin drawing."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop drawing; the last stage counts as finished only when nothing went wrong."""
        if kind is None:
            self._finish()
        self._bars.stop()

    def stage(self, name: str, detail: str = "") -> None:
        """Tick off the stage before and begin a bar for this one."""
        self._finish()
        said = f"{name}: {detail}" if detail else name
        self._now = self._bars.add_task(safe(said), total=None)

    def step(self, done: int, total: int) -> None:
        """Move the bar."""
        if self._now is not None:
            self._bars.update(self._now, completed=done, total=total)

    def note(self, text: str) -> None:
        """Print one sentence above the bars."""
        self._bars.console.print(Text(safe(text)))

    def _finish(self) -> None:
        if self._now is not None:
            self._bars.update(self._now, completed=1, total=1)


def open_watch(out: TextIO) -> Watch:
    """Return bars when `out` is a terminal that can draw them, plain lines when it is not."""
    console = Console(file=out)
    if console.is_terminal and not console.is_dumb_terminal:
        return Bars(console)
    return Lines(out)
