"""What one build is asked for, and what it gives back."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.data import Given
from lissom.govern import Gates
from lissom.pipeline.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.data.read import Source
    from lissom.evidence import Story
    from lissom.govern.decision import Decision


@dataclass(frozen=True, slots=True)
class Budget:
    """What the result may cost.

    Args:
        max_mib: most MiB that the files which answer may take, or None for no limit.
        max_ms: most milliseconds that 19 of 20 single texts may wait, or None.
        max_loss: most points of accuracy that shrinking may be expected to cost, or None.
        min_throughput: fewest texts per second, or None.
    """

    max_mib: float | None = None
    max_ms: float | None = None
    max_loss: float | None = None
    min_throughput: float | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the user says of the classes.

    Args:
        classes: a file, names in a list, or names with commas between them; None to have the
            labels name them all. See `lissom.data.read_classes`.
        other: the class that holds whatever fits no other; None to have it known by its name,
            "" when there is none.
    """

    classes: str | Path | Sequence[str] | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One build, as asked for.

    Args:
        data: a file, a folder, an address, or a table in memory.
        out: the bundle's folder; None puts "<name>-model" beside the data.
        test: rows with labels that nothing may learn from.
        unlabelled: more rows to learn from without labels.
        labels: labels of the data that a person filled in beside it; see `lissom next`.
        given: columns that the user named.
        declared: what the user says of the classes.
        base: folder or hub name of another encoder.
        teacher: folder or hub name of an encoder to learn from that does not ship, on this machine
            already; None for none.
        seed: every random choice follows from it.
        gates: what the user demands of the result.
        budget: what the result may cost.
        task: the kind of task, such as "labels"; None to have it told from the label cells.
        none: how a label cell says that its row has none of the labels; None for "-".
        keep_rare_labels: learn labels that stand on one row only.
        threads: cores to use; None for all.
        seconds: what tuning encoders may take, about; None for the default. It is turned into
            counted steps, which the recipe keeps.
        processes: how many tune an encoder together, started by torchrun.
        fresh: repeat every stage, whatever is cached.
        recipe: settings of the stages.
        recipe_file: a recipe.toml whose seed and settings take the place of these.
        recipe_base: sha256 of the encoder that the recipe asks for; read from the file.
        recipe_teacher: sha256 of the teacher that it was made with, "" for none; None where no
            recipe is followed.
        recipe_classes: fingerprint of the list of classes that it was made with, "" for none;
            None where no recipe is followed.
        description: a description.toml; None for the one beside the data, if there is one.
        policy: a policy.toml, likewise.
        unlock: asks a person for the passphrase of the signing key; None where nobody is there.
    """

    data: Source
    out: Path | None = None
    test: Source | None = None
    unlabelled: Source | None = None
    labels: Source | None = None
    given: Given = field(default_factory=Given)
    declared: Declared = field(default_factory=Declared)
    base: str | None = None
    teacher: str | None = None
    seed: int = 0
    gates: Gates = field(default_factory=Gates)
    budget: Budget = field(default_factory=Budget)
    task: str | None = None
    none: str | None = None
    keep_rare_labels: bool = False
    threads: int | None = None
    seconds: float | None = None
    processes: int = 1
    fresh: bool = False
    recipe: Recipe = field(default_factory=Recipe)
    recipe_file: Path | None = None
    recipe_base: str = ""
    recipe_teacher: str | None = None
    recipe_classes: str | None = None
    description: Path | None = None
    policy: Path | None = None
    unlock: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build.

    Args:
        bundle: the folder that was written.
        private_report: the report with rows to read, beside the bundle.
        story: all that was measured and decided.
        reused: stages that were not repeated.
        seconds: wall time by stage.
        decision: whether it may be released, and why.
    """

    bundle: Path
    private_report: Path
    story: Story
    reused: tuple[str, ...]
    seconds: dict[str, float]
    decision: Decision | None = None


def name_paths(step: str, order: Order, out: Path) -> str:
    """Put the user's own paths into a command, so that it can be copied.

    >>> name_paths("Look, then run: lissom build DATA", Order("my rows.csv"), Path("m"))
    "Look, then run: lissom build 'my rows.csv'"
    >>> name_paths("lissom build DATA", Order("in.csv", labels="in-labels.csv"), Path("m"))
    'lissom build in.csv --labels in-labels.csv'
    """
    own = shlex.quote(str(order.data)) if isinstance(order.data, str | Path) else "DATA"
    if isinstance(order.labels, str | Path):
        own += f" --labels {shlex.quote(str(order.labels))}"
    bundle = shlex.quote(str(out))
    return (
        step.replace("lissom build DATA", f"lissom build {own}")
        .replace("predict BUNDLE DATA", f"predict {bundle} new-rows.csv")
        .replace("BUNDLE", bundle)
    )


def default_out(source: str) -> Path:
    """Return the bundle's folder where nobody named one.

    >>> default_out("shop/inbox.csv.gz").name
    'inbox-model'
    """
    return Path(f"{Path(source).name.split('.')[0] or 'lissom'}-model")
