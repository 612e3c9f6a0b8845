"""Tuning as a job of several processes: `torchrun --nproc-per-node 2 -m lissom.nets.tune_job JOB`.

A job is a folder with `job.json` (base, settings, seed, examples); the process of rank 0 leaves
`weights.safetensors` in it. On several machines, start the same line on each with torchrun's own
options and a folder that all of them see.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.distributed as dist
from safetensors.numpy import load_file, save_file

from lissom.errors import TuneJobError
from lissom.nets.source import find_base
from lissom.nets.tune import Examples, Tuning, tune

if TYPE_CHECKING:
    from lissom.nets.source import Base
    from lissom.nets.tune import Weights

_JOB, _WEIGHTS = "job.json", "weights.safetensors"


def write_job(folder: Path, base: Base, examples: Examples, how: Tuning, *, seed: int) -> None:
    """Write a job for `run_job`.

    Args:
        folder: made if need be.
        base: the encoder to start from.
        examples: texts whose classes are known.
        how: steps, rate, batch.
        seed: decides the batches.
    """
    folder.mkdir(parents=True, exist_ok=True)
    job = {
        "base": str(base.folder),
        "how": asdict(how),
        "seed": seed,
        "ids": [list(ids) for ids in examples.ids],
        "targets": examples.targets.tolist(),
        "names": [list(ids) for ids in examples.names] if examples.names is not None else None,
        "other": examples.other,
    }
    (folder / _JOB).write_text(json.dumps(job), encoding="utf-8")


def run_job(folder: Path) -> None:
    """Do one process's part of a job; torchrun says which."""
    job = json.loads((folder / _JOB).read_text(encoding="utf-8"))
    examples = Examples(job["ids"], np.array(job["targets"], np.int64), job["names"], job["other"])
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        how = Tuning(**job["how"])
        weights = tune(find_base(job["base"]), examples, how, seed=job["seed"])
        if dist.get_rank() == 0:
            save_file(weights, folder / _WEIGHTS)
    finally:
        dist.destroy_process_group()


def tune_in_processes(folder: Path, processes: int) -> Weights:
    """Run a job in several processes of this machine by torchrun, and return the weights.

    Args:
        folder: from `write_job`.
        processes: at least 1.

    Raises:
        TuneJobError: a process failed; the message holds what it said last.
    """
    # Our own module, run by the Python that runs us; torchrun meets on a free loopback port.
    done = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", str(processes), "-m", "lissom.nets.tune_job", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line]
        raise TuneJobError(processes, said[-1] if said else f"exit code {done.returncode}")
    return load_file(folder / _WEIGHTS)


if __name__ == "__main__":
    run_job(Path(sys.argv[1]))
