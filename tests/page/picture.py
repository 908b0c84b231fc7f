"""What is in a screenshot: its size, how many colours, how light."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture's size in pixels, its number of different colours, and its mean lightness from 0 to 255."""

    width: int
    height: int
    colours: int
    light: float


NOTHING = Picture(0, 0, 0, 0.0)


def read(png: bytes) -> Picture:
    """Reads a PNG of 8 bits a sample, without interlacing, as Chromium writes it (RFC 2083)."""
    if png[:8] != SIGNATURE:
        raise ValueError("not a PNG")
    place, header, packed = 8, b"", b""
    while place < len(png):
        length, name = struct.unpack_from(">I4s", png, place)
        body = png[place + 8:place + 8 + length]
        header = body if name == b"IHDR" else header
        packed += body if name == b"IDAT" else b""
        place += length + 12
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError(f"a PNG of depth {depth}, kind {kind}, interlacing {interlaced}")
    size = 3 if kind == 2 else 4
    found: Counter[bytes] = Counter()
    for line in lines(zlib.decompress(packed), width * size, height, size):
        found.update(line[at:at + 3] for at in range(0, len(line), size))
    light = sum(sum(colour) * count for colour, count in found.items()) / (3 * width * height)
    return Picture(width, height, len(found), light)


def lines(data: bytes, stride: int, height: int, size: int) -> list[bytes]:
    """The lines with their filters undone (RFC 2083 section 6)."""
    above, unfiltered = bytearray(stride), []
    for number in range(height):
        start = number * (stride + 1)
        kind, line = data[start], bytearray(data[start + 1:start + 1 + stride])
        undo(kind, line, above, size)
        unfiltered.append(bytes(line))
        above = line
    return unfiltered


def undo(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    """Undoes one line's filter in place."""
    if kind == 2:
        line[:] = bytes((a + b) & 255 for a, b in zip(line, above))
        return
    for at in range(len(line) if kind else 0):
        left = line[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        guess = (left, above[at], (left + above[at]) // 2, paeth(left, above[at], corner))[kind - 1]
        line[at] = (line[at] + guess) & 255


def paeth(left: int, up: int, corner: int) -> int:
    """The neighbour that is nearest to left + up - corner."""
    sideways, upwards, across = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if sideways <= upwards and sideways <= across:
        return left
    return up if upwards <= across else corner
