"""AAC in a Core Audio Format file, which ffmpeg reads and does not write.

Apple's Core Audio Format Specification 1.0: `desc`, `kuki` (the ES descriptor of MPEG-4, ISO/IEC 14496-1 7.2.6.5),
`pakt` (sizes of packets), `data`.
"""

from __future__ import annotations

import struct
from pathlib import Path

RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
FRAMES = 1024
"""Samples of a packet of AAC-LC."""


def from_adts(source: Path, target: Path) -> None:
    """Copies the packets of an ADTS stream (ISO/IEC 13818-7 6.2) without their headers."""
    data, at, packets = source.read_bytes(), 0, []
    index, channels = data[2] >> 2 & 15, (data[2] & 1) << 2 | data[3] >> 6
    while at + 7 <= len(data):
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        packets.append(data[at + (7 if data[at + 1] & 1 else 9):at + length])
        at += length
    configuration = struct.pack(">H", 2 << 11 | index << 7 | channels << 3)
    profile = struct.pack(">BBBHII", 0x40, 0x15, 0, 6144, 256_000, 128_000)
    decoder = descriptor(4, profile + descriptor(5, configuration))
    cookie = descriptor(3, struct.pack(">HB", 0, 0) + decoder + descriptor(6, b"\x02"))
    description = struct.pack(">d4sIIIII", RATES[index], b"aac ", 0, 0, FRAMES, channels, 0)
    sizes = b"".join(size(len(packet)) for packet in packets)
    table = struct.pack(">qqii", len(packets), len(packets) * FRAMES - FRAMES, FRAMES, 0) + sizes
    chunks = ((b"desc", description), (b"kuki", cookie), (b"pakt", table), (b"data", bytes(4) + b"".join(packets)))
    target.write_bytes(b"caff\0\1\0\0" + b"".join(name + struct.pack(">q", len(body)) + body for name, body in chunks))


def descriptor(tag: int, body: bytes) -> bytes:
    """A descriptor of less than 128 bytes, its length in four, as Apple writes it and as ffmpeg has to find it."""
    return bytes((tag, 0x80, 0x80, 0x80, len(body))) + body


def size(number: int) -> bytes:
    """A number in groups of 7 bits, the highest first, all but the last with the eighth bit set."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(128 | number & 127)
    return bytes(reversed(groups))
