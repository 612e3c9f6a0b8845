"""A limit on the memory that graphs may take while they run.

A graph of allowed operators can still ask for a tensor of any size, and may do so for one word in
a million, so no look at the file can tell. The arena that all sessions share says no instead.
"""

from __future__ import annotations

import threading

import onnxruntime

from lissom.bundle.limits import RUN_BYTES

SHARED = {
    # Use the arena below; but keep weights out of it: they are bounded by the size of the file.
    "session.use_env_allocators": "1",
    "session.use_device_allocator_for_initializers": "1",
}
"""Settings of a session that is to be limited."""

_LOCK = threading.Lock()
_DONE: list[bool] = []
_AS_USUAL = -1


def limit_memory() -> bool:
    """Limit what all sessions of this process may take together; say whether that worked.

    ONNX Runtime has one such arena for a process, and whoever makes it first decides.

    >>> limit_memory() == limit_memory()
    True
    """
    with _LOCK:
        if not _DONE:
            _DONE.append(_make_arena())
        return _DONE[0]


def _make_arena() -> bool:
    kind = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
    where = onnxruntime.OrtMemoryInfo("Cpu", kind, 0, onnxruntime.OrtMemType.DEFAULT)
    how = onnxruntime.OrtArenaCfg(
        {
            "max_mem": RUN_BYTES,
            "arena_extend_strategy": _AS_USUAL,
            "initial_chunk_size_bytes": _AS_USUAL,
            "max_dead_bytes_per_chunk": _AS_USUAL,
        }
    )
    try:
        onnxruntime.create_and_register_allocator(where, how)
    except Exception:  # noqa: BLE001 - ONNX Runtime's errors share no class below this one
        return False  # the program around us made one before; then its limit holds
    return True
