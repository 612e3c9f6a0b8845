"""A span of time as people type it."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)")


class Duration(click.ParamType[float]):
    """Seconds out of "90", "90s", "10m" or "1.5h".

    >>> Duration().convert("10m", None, None)
    600.0
    """

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds, above 0."""
        if isinstance(value, float):
            return value
        found = _FORM.fullmatch(str(value).strip().lower())
        seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if seconds <= 0:
            self.fail(f'"{value}" is no span of time; write it like 90s, 10m or 1h.', param, ctx)
        return seconds
