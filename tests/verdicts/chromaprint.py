"""How alike two files sound to fpcalc, the reference program of Chromaprint."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tools import ToolFailed, output_of

# Fewer items than in 10 seconds tell nothing.
LEAST = 64


@cache
def items(file: Path) -> tuple[int, int]:
    """The fingerprint as one long number, its first item lowest, and how many items of 32 bits it has.

    fpcalc ends with status 3 at the end of many files although its fingerprint is right.
    """
    _, out, err = output_of("fpcalc", "-raw", "-length", "0", file)
    found = [line.removeprefix("FINGERPRINT=") for line in out.splitlines() if line.startswith("FINGERPRINT=")]
    if not found:
        raise ToolFailed(f"fpcalc hears nothing in {file}: {err[-400:]}")
    numbers = [int(text) & 0xFFFF_FFFF for text in found[0].split(",")]
    return int.from_bytes(b"".join(number.to_bytes(4, "little") for number in numbers), "little"), len(numbers)


def similarity(one: Path, other: Path) -> int:
    """Equal bits per mille at the best offset, over at least three quarters of the shorter."""
    (first, length), (second, width) = items(one), items(other)
    least = max(LEAST, -(-min(length, width) * 3 // 4))
    best = 0
    for shift in range(least, length + width - least + 1):
        skip_first, skip_second = max(0, shift - width), max(0, width - shift)
        count = min(length - skip_first, width - skip_second)
        different = ((first >> 32 * skip_first) ^ (second >> 32 * skip_second)) & ((1 << 32 * count) - 1)
        best = max(best, (32 * count - different.bit_count()) * 1000 // (32 * count))
    return best
