"""What a file consists of, by small walkers of our own: chunks, blocks and boxes that no tag writer may touch."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from packets import foreign_part

Parts = Counter[tuple[str, str]]

MP4_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta"}
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
# Offsets have to move with the audio; padding and the tag list are what a tag writer works on.
MP4_VARIABLE = {b"stco", b"co64", b"free", b"skip", b"ilst"}


@dataclass
class Structure:
    """The parts outside the tags with their digests, RIFF INFO items, AIFF notices, and what is malformed."""

    parts: Parts = field(default_factory=Counter)
    info: list[tuple[str, bytes]] | None = None
    notices: list[bytes] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def structure_of(data: bytes) -> Structure:
    """Takes a file apart by its magic; formats without parts of interest give an empty structure."""
    if data[:4] == b"fLaC":
        return flac_structure(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return iff_structure(data, "little")
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return iff_structure(data, "big")
    if data[4:8] == b"ftyp":
        return mp4_structure(data)
    return Structure()


def digest(data: bytes) -> str:
    """A short digest, enough to tell parts apart."""
    return hashlib.sha256(data).hexdigest()[:16]


def name_of(code: bytes) -> str:
    """A four-character code as text."""
    return code.decode("latin-1")


def flac_structure(data: bytes) -> Structure:
    """Every metadata block except Vorbis comments (type 4) and padding (type 1)."""
    found, at, last = Structure(), 4, False
    while not last:
        if at + 4 > len(data):
            found.complaints.append("metadata blocks run past the end")
            break
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        size = int.from_bytes(data[at + 1:at + 4], "big")
        if kind not in (1, 4):
            found.parts[f"block {kind}", digest(data[at + 4:at + 4 + size])] += 1
        at += 4 + size
    return found


def iff_structure(data: bytes, order: str) -> Structure:
    """Every RIFF or IFF chunk except the tags; complains where sizes or padding do not add up."""
    found, at = Structure(), 12
    end = 8 + int.from_bytes(data[4:8], order)
    if end != len(data):
        found.complaints.append("the outer size is not the file's")
    while at + 8 <= len(data):
        code, size = data[at:at + 4], int.from_bytes(data[at + 4:at + 8], order)
        body = data[at + 8:at + 8 + size]
        if len(body) < size:
            found.complaints.append(f"chunk {name_of(code)} runs past the end")
        take_chunk(found, code, body)
        at += 8 + size + size % 2
    if at != len(data):
        found.complaints.append("the last chunk does not end where the file ends")
    return found


def take_chunk(found: Structure, code: bytes, body: bytes) -> None:
    """Sorts a chunk into tags and other parts."""
    if code == b"LIST" and body[:4] == b"INFO":
        found.info = (found.info or []) + list(info_items(body))
    elif code == b"(c) ":
        found.notices.append(body)
    elif code == b"_PMX":
        take_packet(found, name_of(code), b"", body)
    elif code == b"APPL" and body[:4] == b"XMP ":
        take_packet(found, name_of(code), body[:4], body[4:])
    elif code.upper() not in (b"ID3 ",):
        found.parts[name_of(code), digest(body)] += 1


def take_packet(found: Structure, name: str, head: bytes, packet: bytes) -> None:
    """An XMP packet, without what is ours in it."""
    foreign = foreign_part(packet)
    if foreign is not None:
        found.parts[name, digest(head + foreign)] += 1


def info_items(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The items of a LIST INFO chunk, values without their closing zeros."""
    at = 4
    while at + 8 <= len(body):
        size = int.from_bytes(body[at + 4:at + 8], "little")
        yield name_of(body[at:at + 4]), body[at + 8:at + 8 + size].rstrip(b"\0")
        at += 8 + size + size % 2


def mp4_structure(data: bytes) -> Structure:
    """Every box that holds no other, except offsets, padding and the tag list."""
    found = Structure()
    for path, body in mp4_boxes(data, 0, len(data), "", found.complaints):
        if path == "/uuid" and body[:16] == XMP_UUID:
            take_packet(found, path, body[:16], body[16:])
        elif path.endswith("/XMP_"):
            take_packet(found, path, b"", body)
        else:
            found.parts[path, digest(body)] += 1
    return found


def mp4_boxes(data: bytes, at: int, end: int, path: str, complaints: list[str]) -> Iterator[tuple[str, bytes]]:
    """Walks boxes; a meta box has four bytes before its children."""
    while at + 8 <= end:
        size, code, head = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8:at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            # A udta may close with four zero bytes; the loop's condition passes over those.
            complaints.append(f"box {path}/{name_of(code)} runs past its parent")
            return
        inner = f"{path}/{name_of(code)}"
        if code in MP4_CONTAINERS or code == b"meta":
            yield from mp4_boxes(data, at + head + 4 * (code == b"meta"), at + size, inner, complaints)
        elif code not in MP4_VARIABLE:
            yield inner, data[at + head:at + size]
        at += size
