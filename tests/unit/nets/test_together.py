"""Two processes tune one encoder, and it comes out as one process would have made it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.errors import TuneJobError
from lissom.nets import Examples, Tuning, find_base, tune, tune_in_processes, write_job
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from tiny_models import Made


def test_two_processes_come_out_where_one_does(tiny_base: Path, made: Made, tmp_path: Path) -> None:
    base = find_base(str(tiny_base))
    ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts[:31])
    # 31 texts and three names do not divide evenly, nor do the lengths.
    names = Tokens(base.tokenizer, base.max_tokens).encode(["delivery", "praise", "refund"])
    examples = Examples(ids, made.kinds[:31], names)
    how = Tuning(steps=3, rate=1e-3, batch=40)
    alone = tune(base, examples, how, seed=0)
    write_job(tmp_path / "job", base, examples, how, seed=0)
    together = tune_in_processes(tmp_path / "job", 2)
    assert set(together) == set(alone)
    moved = tune(base, examples, Tuning(steps=1, rate=1e-3, batch=40), seed=0)

    def apart(one: dict[str, NDArray[np.float32]]) -> float:
        return float(np.sqrt(sum(((one[name] - alone[name]) ** 2).sum() for name in alone)))

    # Sums in another order differ in their last digit, and Adam makes much of a small gradient's
    # sign; so far less than a step, and not nothing.
    assert apart(together) < 0.1 * apart(moved)


def test_a_process_that_fails_is_told_in_a_sentence(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    base = find_base(str(tiny_base))
    examples = Examples([[1, 2]], made.kinds[:1])
    write_job(tmp_path / "job", base, examples, Tuning(steps=1), seed=0)
    path = tmp_path / "job" / "job.json"
    job = json.loads(path.read_text())
    path.write_text(json.dumps(job | {"base": str(tmp_path / "gone")}))
    with pytest.raises(TuneJobError, match="in 2 processes broke off"):
        tune_in_processes(tmp_path / "job", 2)
