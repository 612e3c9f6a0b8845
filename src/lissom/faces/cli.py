"""The command line: find the command, run it, turn what goes wrong into one sentence."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING

import click

from lissom import __version__
from lissom.errors import LissomError, MissingPartError
from lissom.faces.commands import TABLE, find_row, open_command, open_pipeline
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from lissom.faces.commands import Row

_AS_JSON = "lissom.as_json"
_ROW = "lissom.row"
_STOPPED = 130  # 128 + SIGINT, as shells have it


class Commands(click.Group):
    """The commands of the table; each is loaded when it runs and not before.

    What a command calls is `ctx.obj`, the pipeline; a test passes a fake in its place.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Name the commands in the order in which a newcomer meets them."""
        return [row.name for row in TABLE]

    def get_command(
        self,
        ctx: click.Context,
        cmd_name: str,
    ) -> click.Command | None:
        """Load one command, or return None when there is no such command."""
        # click notes the command's name only once it is loaded, and loading is what may fail.
        row = ctx.meta[_ROW] = find_row(cmd_name)
        return open_command(row) if row else None

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands from the table, so that help loads none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(row.name, row.summary) for row in TABLE])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether JSON was asked for: a mistake in the options must be told as JSON too."""
        ctx.meta[_AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong ends in one sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            if ctx.meta[_AS_JSON]:
                _print_error(error.format_message(), error.exit_code)
            raise
        except (click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click ends quietly; a broken pipe is a reader who has seen enough
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  nobody wants a traceback
            sentence, exit_code = explain(error, ctx.meta.get(_ROW))
            if ctx.params.get("debug"):
                click.echo(traceback.format_exc(), err=True)
            if ctx.meta[_AS_JSON]:
                _print_error(sentence, exit_code)
            click.echo(f"lissom: {safe(sentence)}", err=True)
            ctx.exit(exit_code)


def explain(error: BaseException, row: Row | None) -> tuple[str, int]:
    """Return the sentence and the exit code for what ended the command of `row`.

    >>> explain(KeyboardInterrupt(), find_row("build"))
    ('Stopped; run the same command again to go on.', 130)
    """
    if isinstance(error, KeyboardInterrupt):
        return (row.stopped if row else "Stopped."), _STOPPED
    if isinstance(error, LissomError):
        return str(error), error.exit_code
    # One of our own modules missing is a fault of ours, not of the installation.
    is_missing = isinstance(error, ModuleNotFoundError) and not _is_ours(error.name or "")
    if is_missing and row and row.extra:
        return str(MissingPartError(f"lissom {row.name}", row.extra)), 1
    return (
        f"Something went wrong that lissom did not expect ({type(error).__name__}: {error}). "
        "Run it again as `lissom --debug ...` to see where, and please report it."
    ), 1


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "lissom"


def _print_error(sentence: str, exit_code: int) -> None:
    click.echo(json.dumps({"error": sentence, "exit_code": exit_code}))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start here: lissom sample inbox demo, then lissom build demo/inbox.csv",
)
@click.version_option(__version__, prog_name="lissom", help="Show the version and end.")
@click.option("--debug", is_flag=True, help="Show the traceback when something goes wrong.")
@click.pass_context
def main(ctx: click.Context, *, debug: bool) -> None:  # noqa: ARG001  read from ctx in `invoke`
    """Your own texts and a few labels in, a small model you can trust out."""
    if ctx.obj is None:
        ctx.obj = open_pipeline()
