"""What this machine's processor does with small whole numbers."""

from __future__ import annotations

import platform
from pathlib import Path

_X86 = frozenset({"x86_64", "amd64", "i386", "i686"})
_EXACT = frozenset({"amx_int8", "avx512_vnni", "avx_vnni"})


def is_clipping(machine: str, described: str) -> bool:
    """Say whether the processor clips sums of two products of bytes.

    x86 processors without VNNI add two such products in 16 bits, and what does not fit is cut off:
    2 * 255 * 127 is more than 32,767. With weights of seven bits, at most 63, every sum fits.

    Args:
        machine: kind of processor, such as "x86_64" or "arm64".
        described: what the system says of it, in the form of /proc/cpuinfo; "" where it says
            nothing, which is taken for the worse.

    Source: Intel's manual on VPMADDUBSW; ONNX Runtime, "Quantize ONNX models", on reduced range.

    >>> is_clipping("x86_64", "flags : fpu avx2")
    True
    >>> is_clipping("x86_64", "flags : fpu avx2 avx512_vnni")
    False
    >>> is_clipping("arm64", "")
    False
    """
    return machine.lower() in _X86 and not _EXACT & set(described.split())


def clips_here() -> bool:
    """Say whether the processor of this machine does.

    >>> clips_here() in (True, False)
    True
    """
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return is_clipping(platform.machine(), "")
    return is_clipping(platform.machine(), described.read_text(encoding="utf-8", errors="replace"))
