"""Chromaprint's compressed fingerprints, and how many of their bits are equal."""

from __future__ import annotations

import base64
from collections.abc import Iterator

NORMAL_BITS, EXCEPTION_BITS = 3, 5
LONGEST = (1 << NORMAL_BITS) - 1
"""A distance of so much, or more, goes on in the exceptions."""


class NotAFingerprint(Exception):
    """The text does not follow the format."""


def decompressed(text: str) -> list[int]:
    """The items of a fingerprint as fpcalc prints it without -raw.

    Behind the algorithm, 1 byte, and the number of items, 3 bytes, stand distances between set bits, counted from 1
    and packed in 3 bits from the lowest on, a 0 behind each item; then, from a whole byte on, what is more than 7 of
    the distances that are 7, in 5 bits each. All items but the first are the difference to the one before.
    """
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(packed) < 4 or packed[0] != 1:
        raise NotAFingerprint(f"not algorithm 2: {text[:20]}")
    count, body = int.from_bytes(packed[1:4], "big"), packed[4:]
    distances: list[list[int]] = []
    normal = numbers(body, NORMAL_BITS)
    used = 0
    for _ in range(count):
        run: list[int] = []
        for distance in normal:
            used += 1
            if distance == 0:
                break
            run.append(distance)
        distances.append(run)
    start = (used * NORMAL_BITS + 7) // 8
    exceptions = sum(distance == LONGEST for run in distances for distance in run)
    if len(body) != start + (exceptions * EXCEPTION_BITS + 7) // 8:
        raise NotAFingerprint(f"{len(body)} bytes for {count} items and {exceptions} exceptions")
    return undone(distances, numbers(body[start:], EXCEPTION_BITS))


def numbers(packed: bytes, width: int) -> Iterator[int]:
    """Numbers of so many bits, the lowest first."""
    whole = int.from_bytes(packed, "little")
    # In blocks, since shifting the whole for each number takes a long time.
    for at in range(0, len(packed) * 8 - width + 1, width * 512):
        block = whole >> at & (1 << width * 512) - 1
        for number in range(min(512, (len(packed) * 8 - at) // width)):
            yield block >> number * width & (1 << width) - 1


def undone(distances: list[list[int]], exceptions: Iterator[int]) -> list[int]:
    """Distances to bits, and differences to items."""
    items, item = [], 0
    for run in distances:
        bit = -1
        for distance in run:
            bit += distance + (next(exceptions) if distance == LONGEST else 0)
            item ^= 1 << bit
        items.append(item)
    return items


def signed(items: list[int]) -> list[int]:
    """Items as the ISCC reference takes them: signed."""
    return [item - (1 << 32) if item >> 31 else item for item in items]


def wrong_bits(ours: list[int], theirs: list[int]) -> int:
    """How many bits differ; an item that only one of them has differs in all."""
    different = sum((a ^ b).bit_count() for a, b in zip(ours, theirs))
    return different + 32 * abs(len(ours) - len(theirs))
