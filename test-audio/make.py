#!/usr/bin/env python3
"""Makes every file of the test corpus, its README table, its ledger and its sums.

    python3 make.py            writes clean/ tagged/ broken/ README.md expected.txt essences.txt SHA256SUMS
    python3 make.py --check    makes all of it again elsewhere and compares

All sound is synthetic. A case is one call of `built` (bytes made here) or `ran`
(a command, run inside the corpus folder, so that the README can show it as it is).
Needs Python 3.11, the programs of `PROGRAMS` and `pip install mutagen==1.48.1`.
"""

import argparse
import base64
import hashlib
import json
import random
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable

PROGRAMS = [
    ("ffmpeg", "5.1"), ("flac and metaflac", "1.4.2"), ("lame", "3.100"), ("oggenc", "1.4.2"),
    ("opusenc", "0.2 with libopus 1.3.1"), ("mutagen", "1.48.1"), ("eyeD3", "0.9.7"),
    ("kid3-cli", "3.9.3"), ("AtomicParsley", "of Debian 12"), ("wavpack", "5.6.0"),
    ("mpcenc", "of Debian 12"),
]
FOLDERS = ["clean", "tagged", "broken"]
FORMATS = ["mp3", "flac", "ogg", "mp4", "wav", "aiff", "adts", "wavpack", "ape", "musepack", "tta", "caf", "matroska", "-"]
TAGGED = "tagged"
MALFORMED = "refused:malformed"
UNSUPPORTED = "refused:unsupported"
NOT_AUDIO = "refused:not-audio"
PROTECTED = "refused:protected"
CONFLICT = "refused:conflict"
OUTCOMES = [TAGGED, MALFORMED, UNSUPPORTED, NOT_AUDIO, PROTECTED, CONFLICT]

COPYRIGHT = "2026 Test Artist"


@dataclass
class Case:
    """One file of the corpus: what it is for, what is expected of it, how it is made."""

    path: str
    format: str
    outcome: str
    hazards: str
    purpose: str
    how: str
    make: Callable[[Path], None]


CASES: list[Case] = []
ROOT = Path(".")


def add(case: Case) -> None:
    """Registers a case after checking that its words are those of the ledger."""
    assert case.path.split("/")[0] in FOLDERS, case.path
    assert case.format in FORMATS and case.outcome in OUTCOMES, case.path
    assert all(case.path != other.path for other in CASES), case.path
    CASES.append(case)


def built(path, format, outcome, hazards, purpose, make: Callable[[], bytes], how="byte by byte") -> None:
    """Registers a file whose bytes `make` returns."""
    add(Case(path, format, outcome, hazards, purpose, how, lambda root: (root / path).write_bytes(make()) and None))


def ran(path, format, outcome, hazards, purpose, *commands: str,
        undated: Callable[[bytes], bytes] | None = None) -> None:
    """Registers a file that commands write; `OUT` stands for its path, `undated` takes the time of day out of the result."""
    assert all("OUT" in command for command in commands), path
    lines = [command.replace("OUT", path) for command in commands]

    def make(root: Path) -> None:
        for line in lines:
            run(line, root)
        if undated:
            (root / path).write_bytes(undated((root / path).read_bytes()))
    how = " && ".join(f"`{line}`" for line in lines) + (", then the time of the change set to 0" if undated else "")
    add(Case(path, format, outcome, hazards, purpose, how, make))


def mutated(path, format, outcome, hazards, purpose, source: str, how: str, edit: Callable[[str], None]) -> None:
    """Registers a copy of `source` that `edit` changes in place through mutagen."""
    def make(root: Path) -> None:
        shutil.copyfile(root / source, root / path)
        edit(str(root / path))
    add(Case(path, format, outcome, hazards, purpose, f"mutagen on `{source}`: {how}", make))


def run(line: str, root: Path) -> None:
    """Runs one command in the corpus folder; ffmpeg gets the options that keep its output the same each time."""
    words = shlex.split(line)
    if words[0] == "ffmpeg":
        words[1:1] = ["-v", "error", "-y", "-nostdin"]
        words[-1:-1] = ["-fflags", "+bitexact", "-flags:a", "bitexact", "-flags:v", "bitexact"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{line}\n{done.stdout}{done.stderr}")


def corpus(path: str) -> bytes:
    """Returns the bytes of a file made earlier in the same run."""
    return (ROOT / path).read_bytes()


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Returns bytes with the first `old` made `new`; a replacement that changes nothing would test nothing."""
    changed = data.replace(old, new, 1)
    assert changed != data, f"nothing replaced: {old!r}"
    return changed


# Sound


def triangle(rate: int, seconds: float, hertz: int = 440, peak: int = 12000) -> list[int]:
    """Returns a triangle wave; integers only, so that every machine makes the same samples."""
    period = rate // hertz
    return [peak * (2 * abs(2 * (n % period) - period) - period) // period for n in range(int(rate * seconds))]


def noise(rate: int, seconds: float, seed: int = 1, peak: int = 8000) -> list[int]:
    """Returns white noise from a fixed seed."""
    source = random.Random(seed)
    return [source.randrange(-peak, peak) for _ in range(int(rate * seconds))]


def pcm(samples: list[int], bits: int = 16, order: str = "little") -> bytes:
    """Returns 16-bit samples as signed PCM of another depth, with low bits that are not all zero."""
    def one(sample: int) -> int:
        return sample >> (16 - bits) if bits < 16 else (sample << (bits - 16)) | ((sample & 0xFF) >> 1 if bits > 16 else 0)
    return b"".join(one(sample).to_bytes(bits // 8, order, signed=True) for sample in samples)


TONE = partial(triangle, 8000, 0.3)


# Pictures


def png(pixels: bytes, width: int) -> bytes:
    """Returns a valid grey PNG whose pixels are stored uncompressed, so that any bytes can hide in it."""
    pixels += bytes(-len(pixels) % width)
    rows = b"".join(b"\0" + pixels[at:at + width] for at in range(0, len(pixels), width))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored(rows)) + chunk(b"IEND", b"")


def stored(data: bytes) -> bytes:
    """Returns a zlib stream of stored blocks: the same bytes with every zlib version."""
    blocks = [data[at:at + 65535] for at in range(0, len(data), 65535)] or [b""]
    body = b"".join(struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block for block in blocks)
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(data))


def cover(size: int = 600) -> bytes:
    """Returns a PNG that holds runs of FF, FF 00 and FF E0: all that unsynchronisation must change."""
    return png((b"\xff\x00\xff\xe0\xff\xfb\x90\xff\xff\x01\x02\x03" * (size // 12 + 1))[:size], min(size, 200))


# ID3v1, ID3v2, APEv2, Lyrics3


def synchsafe(number: int, width: int = 4) -> bytes:
    """Returns a number in 7-bit bytes (ID3v2.4 section 6.2)."""
    return bytes((number >> 7 * (width - 1 - place)) & 0x7F for place in range(width))


def unsynchronised(data: bytes) -> bytes:
    """Inserts a zero after each FF that is followed by 00 or by E0 and more (ID3v2.4 section 6.1)."""
    out = bytearray()
    for at, byte in enumerate(data):
        out.append(byte)
        following = data[at + 1] if at + 1 < len(data) else 0
        if byte == 0xFF and (following == 0 or following >= 0xE0):
            out.append(0)
    return bytes(out)


def frame(kind: str, body: bytes, version: int = 3, flags: int = 0, size: int | None = None) -> bytes:
    """Returns one ID3v2.3 or 2.4 frame; `size` overrides the true one, as 2.4 frames of iTunes do."""
    length = struct.pack(">I", len(body) if size is None else size) if version == 3 or size is not None else synchsafe(len(body))
    return kind.encode() + length + struct.pack(">H", flags) + body


def short(kind: str, body: bytes, size: int | None = None) -> bytes:
    """Returns one ID3v2.2 frame: a name of three letters, a size of three bytes, no flags."""
    return kind.encode() + (len(body) if size is None else size).to_bytes(3, "big") + body


def text(kind: str, value: str, version: int = 3, encoding: int = 0, end: bytes = b"") -> bytes:
    """Returns a text frame in encoding 0 Latin-1, 1 UTF-16 with a little-endian BOM, 2 UTF-16BE or 3 UTF-8."""
    coded = [value.encode("latin-1", "replace"), b"\xff\xfe" + value.encode("utf-16-le"),
             value.encode("utf-16-be"), value.encode()][encoding]
    return frame(kind, bytes([encoding]) + coded + end, version)


def txxx(name: str, value: str, version: int = 3) -> bytes:
    """Returns a user text frame in Latin-1."""
    return frame("TXXX", b"\0" + name.encode() + b"\0" + value.encode(), version)


def apic(picture: bytes) -> bytes:
    """Returns the body of a front-cover frame."""
    return b"\0image/png\0\x03\0" + picture


def geob(mime: str, name: str, body: bytes) -> bytes:
    """Returns the body of an encapsulated-object frame."""
    return b"\0" + mime.encode() + b"\0" + name.encode() + b"\0" + name.encode() + b"\0" + body


def id3(frames: bytes, version: int = 3, padding: int | bytes = 0, flags: int = 0, extended: bytes = b"",
        size: int | None = None) -> bytes:
    """Returns an ID3v2 tag; flag 0x10 adds a footer, `size` overrides the true size."""
    body = extended + frames + (bytes(padding) if isinstance(padding, int) else padding)
    head = bytes([version, 0, flags]) + synchsafe(len(body) if size is None else size)
    return b"ID3" + head + body + (b"3DI" + head if flags & 0x10 else b"")


def id3v1(title: str = "Test Tone") -> bytes:
    """Returns a 128-byte ID3v1.1 tag."""
    def field(value: str, width: int) -> bytes:
        return value.encode().ljust(width, b"\0")
    return b"TAG" + field(title, 30) + field("Test Artist", 30) + field("", 30) + field("2026", 4) + field("", 28) + b"\0\x01\x0c"


def enhanced() -> bytes:
    """Returns the 227-byte `TAG+` block that some programs put before ID3v1."""
    return b"TAG+" + b"Test Tone, part two".ljust(60, b"\0") + b"Test Artist".ljust(60, b"\0") + bytes(60) + b"\x02" \
        + b"Test".ljust(30, b"\0") + b"000:00" + b"000:01"


def ape(*items: tuple[str, bytes], header: bool = True, version: int = 2000, size: int | None = None) -> bytes:
    """Returns an APE tag; binary items are those whose key starts with `Cover`."""
    body = b"".join(struct.pack("<II", len(value), 2 if key.startswith("Cover") else 0) + key.encode() + b"\0" + value
                    for key, value in items)

    def end(flags: int) -> bytes:
        return b"APETAGEX" + struct.pack("<IIII", version, len(body) + 32 if size is None else size, len(items), flags) + bytes(8)
    whole = 0x8000_0000 if header else 0
    return (end(whole | 0x2000_0000) if header else b"") + body + end(whole)


def lyrics3v1(words: bytes = b"[00:00]Test tone\r\n") -> bytes:
    """Returns a Lyrics3 v1 block, which ends right before ID3v1."""
    return b"LYRICSBEGIN" + words + b"LYRICSEND"


def lyrics3v2(words: bytes = b"[00:00]Test tone\r\n", size: int | None = None) -> bytes:
    """Returns a Lyrics3 v2 block with its own length before the end mark."""
    body = b"LYRICSBEGIN" + b"IND00002" + b"11" + b"LYR%05d" % len(words) + words + b"ETT00009Test Tone"
    return body + b"%06d" % (len(body) if size is None else size) + b"LYRICS200"


# MPEG frames


def mpeg_length(header: bytes) -> int:
    """Returns the length of a layer III frame from its four header bytes."""
    version, kbps, rate, padded = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    rates = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}[version]
    table = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320) if version == 3 else \
            (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    return (144 if version == 3 else 72) * table[kbps] * 1000 // rates[rate] + padded


def mpeg_frames(data: bytes) -> list[bytes]:
    """Splits a stream that starts with a frame header into its frames."""
    frames, at = [], 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        length = mpeg_length(data[at:at + 4])
        frames.append(data[at:at + length])
        at += length
    return frames


def vbri() -> bytes:
    """Returns a stream whose first frame is a Fraunhofer VBRI header."""
    frames = mpeg_frames(corpus("clean/no-header-frame.mp3"))
    total = sum(map(len, frames))
    body = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 75, total, len(frames), 1, 1, 2, len(frames)) + struct.pack(">H", total)
    # 64 kb/s at 44.1 kHz gives 208 bytes: room for the header in the smallest constant frame.
    first = bytes([0xFF, 0xFB, 0x50, frames[0][3]])
    return (first + bytes(32) + body).ljust(mpeg_length(first), b"\0") + b"".join(frames)


def xing_only() -> bytes:
    """Returns a stream whose first frame is a Xing header without the LAME extension."""
    frames = mpeg_frames(corpus("clean/no-header-frame.mp3"))
    first = bytes([0xFF, 0xFB, 0x50, frames[0][3]])
    side = 17 if frames[0][3] >> 6 == 3 else 32
    body = b"Xing" + struct.pack(">III", 3, len(frames), sum(map(len, frames)) + mpeg_length(first))
    return (first + bytes(side) + body).ljust(mpeg_length(first), b"\0") + b"".join(frames)


def with_id3(tag: bytes, tail: bytes = b"", audio: str = "clean/sine.mp3") -> bytes:
    """Returns an MP3 between a tag and a tail."""
    return tag + corpus(audio) + tail


def mp3_cases() -> None:
    """Registers the MP3 files and their relatives."""
    encode = "ffmpeg -i clean/sine.wav -map_metadata -1 -id3v2_version 0 -c:a libmp3lame"
    ran("clean/sine.mp3", "mp3", TAGGED, "MP3-3", "no tag at all; Info and Lavf/LAME header frame", f"{encode} -b:a 32k OUT")
    ran("clean/noise.mp3", "mp3", TAGGED, "MP3-3", "another recording, stereo, VBR with a Xing frame",
        "ffmpeg -i clean/noise.wav -map_metadata -1 -id3v2_version 0 -ac 2 -c:a libmp3lame -q:a 9 OUT")
    ran("clean/no-header-frame.mp3", "mp3", TAGGED, "MP3-3", "constant bit rate, sound from the first frame on",
        f"{encode} -b:a 32k -write_xing 0 OUT")
    ran("clean/lame.mp3", "mp3", TAGGED, "MP3-3", "Info frame of the LAME program", "lame --quiet -b 32 clean/sine.wav OUT")
    ran("clean/lame-vbr.mp3", "mp3", TAGGED, "MP3-3", "Xing frame of the LAME program", "lame --quiet -V 9 clean/sine.wav OUT")
    ran("clean/mpeg2.mp3", "mp3", TAGGED, "MP3-3", "MPEG-2, 22.05 kHz, mono", f"{encode} -ar 22050 -b:a 16k OUT")
    ran("clean/mpeg25.mp3", "mp3", TAGGED, "MP3-3", "MPEG-2.5, 8 kHz, mono", f"{encode} -ar 8000 -b:a 8k OUT")
    ran("clean/crc.mp3", "mp3", TAGGED, "MP3-3", "frames protected by a CRC", "lame --quiet -p -b 32 clean/sine.wav OUT")
    built("clean/vbri.mp3", "mp3", TAGGED, "MP3-3", "Fraunhofer VBRI header frame", vbri)
    built("clean/xing-only.mp3", "mp3", TAGGED, "MP3-3", "Xing frame without the LAME extension", xing_only)
    built("clean/cut-last-frame.mp3", "mp3", TAGGED, "MP3-3", "the last frame is cut: it still belongs to the sound",
          lambda: corpus("clean/sine.mp3")[:-31])
    built("clean/leading-zeros.mp3", "mp3", TAGGED, "MP3-1", "512 zero bytes before the first frame",
          lambda: bytes(512) + corpus("clean/sine.mp3"))
    built("clean/leading-junk.mp3", "mp3", TAGGED, "MP3-1", "53 bytes that are no tag and no sync before the first frame",
          lambda: b"these bytes are neither a tag nor a frame of sound..." + corpus("clean/sine.mp3"))
    mp3_by_tools()
    mp3_frames()
    mp3_tags()
    mp3_short_names()
    mp3_tails()
    mp3_broken()


def mp3_by_tools() -> None:
    """Registers MP3 files whose tags other programs wrote."""
    encode = "ffmpeg -i clean/sine.wav -map_metadata -1 -metadata title='Test Tone' -metadata artist='Test Artist'"
    for version in (3, 4):
        ran(f"tagged/ffmpeg-v2{version}.mp3", "mp3", TAGGED, "ID3-2 ALL-2", f"ID3v2.{version} with a TCOP and a TXXX by ffmpeg",
            f"{encode} -metadata copyright='{COPYRIGHT}' -metadata mood=calm -id3v2_version {version} -c:a libmp3lame -b:a 32k OUT")
        ran(f"tagged/eyed3-v2{version}.mp3", "mp3", TAGGED, "ALL-2", f"ID3v2.{version} by eyeD3, with a comment and user text",
            "cp clean/sine.mp3 OUT",
            f"eyeD3 --quiet --no-color --to-v2.{version} --title 'Test Tone' --artist 'Test Artist' --comment 'one:two' "
            f"--text-frame 'TCOP:{COPYRIGHT}' --user-text-frame 'mood:calm' OUT")
        mutated(f"tagged/mutagen-v2{version}.mp3", "mp3", TAGGED, "ALL-2 ID3-4", f"ID3v2.{version} by mutagen, with its padding",
                "clean/sine.mp3", f"TIT2, TPE1, TCOP, COMM, WCOP saved as 2.{version}", partial(mutagen_id3, version=version, padding=1024))
        mutated(f"tagged/mutagen-v2{version}-tight.mp3", "mp3", TAGGED, "ID3-4", f"ID3v2.{version} by mutagen, no padding",
                "clean/sine.mp3", f"the same saved as 2.{version} with padding 0", partial(mutagen_id3, version=version, padding=0))
    ran("tagged/lame-tags.mp3", "mp3", TAGGED, "MP3-1", "ID3v2.3 and ID3v1 by the LAME program",
        f"lame --quiet -b 32 --add-id3v2 --tt 'Test Tone' --ta 'Test Artist' --tv 'TCOP={COPYRIGHT}' clean/sine.wav OUT")
    ran("tagged/kid3.mp3", "mp3", TAGGED, "ALL-2", "ID3v2.3 by Kid3", "cp clean/sine.mp3 OUT",
        f"kid3-cli -c \"set title 'Test Tone' 2\" -c \"set copyright '{COPYRIGHT}' 2\" OUT")
    mutated("tagged/mutagen-ape.mp3", "mp3", TAGGED, "MP3-4", "APEv2 at the end by mutagen", "clean/sine.mp3",
            "APEv2 with Title and Copyright", mutagen_ape)


def mutagen_id3(path: str, version: int, padding: int) -> None:
    """Writes a plain tag of one version with a chosen amount of padding."""
    from mutagen import id3 as m
    tag = m.ID3()
    tag.add(m.TIT2(encoding=1, text="Test Tone"))
    tag.add(m.TPE1(encoding=1, text="Test Artist"))
    tag.add(m.TCOP(encoding=1, text=COPYRIGHT))
    tag.add(m.COMM(encoding=1, lang="eng", desc="note", text="café"))
    tag.add(m.WCOP(url="https://example.org/terms"))
    tag.save(path, v2_version=version, padding=lambda info: padding)


def mutagen_ape(path: str) -> None:
    """Writes an APEv2 tag."""
    from mutagen.apev2 import APEv2
    tag = APEv2()
    tag["Title"], tag["Copyright"] = "Test Tone", COPYRIGHT
    tag.save(path)


def mp3_frames() -> None:
    """Registers MP3 files that differ in one ID3v2 frame."""
    def one(name: str, hazards: str, purpose: str, body: Callable[[], bytes], version: int = 3, **rest) -> None:
        built(f"tagged/{name}.mp3", "mp3", TAGGED, hazards, purpose, lambda: with_id3(id3(body(), version, **rest)))

    title, title4 = text("TIT2", "Test Tone"), text("TIT2", "Test Tone", 4)
    notice = COPYRIGHT
    one("latin1-tcop", "ID3-2", "TCOP in Latin-1 with a byte over 7F", lambda: title + text("TCOP", notice + " café"))
    one("utf16-tcop", "ID3-2", "TCOP in UTF-16 with a little-endian BOM, no terminator", lambda: title + text("TCOP", notice, encoding=1))
    one("utf16-tcop-terminated", "ID3-2", "the same with a terminator", lambda: title + text("TCOP", notice, encoding=1, end=b"\0\0"))
    one("utf16-be-tcop", "ID3-2", "TCOP in UTF-16 with a big-endian BOM",
        lambda: title + frame("TCOP", b"\x01\xfe\xff" + notice.encode("utf-16-be")))
    one("v24-utf16-be-tcop", "ID3-2", "v2.4 TCOP in encoding 2: UTF-16BE, where no BOM is the rule",
        lambda: title4 + text("TCOP", notice, 4, 2), 4)
    one("v24-utf8-tcop", "ID3-2", "v2.4 TCOP in UTF-8", lambda: title4 + text("TCOP", notice + " café", 4, 3), 4)
    one("v24-latin1-tcop", "ID3-2", "v2.4 TCOP in Latin-1", lambda: title4 + text("TCOP", notice, 4), 4)
    one("v24-multi-tcop", "ALL-3", "v2.4 TCOP with two values", lambda: title4 + text("TCOP", notice + "\0" + "2025 Test Label", 4, 3), 4)
    one("v24-multi-utf16-tcop", "ID3-2 ALL-3", "two UTF-16 values, a BOM on the first only",
        lambda: title4 + text("TCOP", notice + "\0" + "2025 Test Label", 4, 1), 4)
    one("v24-multi-utf16-two-boms", "ID3-2 ALL-3", "two UTF-16 values, each with its BOM",
        lambda: title4 + text("TCOP", notice + "\0\ufeff" + "2025 Test Label", 4, 1), 4)
    one("empty-tcop", "ID3-2", "TCOP with an encoding byte and no text", lambda: title + text("TCOP", ""))
    one("empty-utf16-tcop", "ID3-2", "TCOP with a BOM and no text", lambda: title + text("TCOP", "", encoding=1))
    one("blank-tcop", "ID3-2", "TCOP of no byte at all, as some programs write blank fields", lambda: title + frame("TCOP", b""))
    one("blank-utf16-tcop", "ID3-2", "TCOP in UTF-16 with neither BOM nor text", lambda: title + frame("TCOP", b"\x01"))
    one("v24-blank-tcop", "ID3-2", "v2.4 TCOP of no byte at all", lambda: title4 + frame("TCOP", b"", 4), 4)
    one("v24-blank-utf16-tcop", "ID3-2", "v2.4 TCOP in UTF-16 with neither BOM nor text", lambda: title4 + frame("TCOP", b"\x01", 4), 4)
    one("v24-blank-tcop-unsync", "ID3-1 ID3-2", "v2.4 TCOP of no byte under the tag's flag of unsynchronisation", lambda: title4 + frame("TCOP", b"", 4), 4, flags=0x80)
    one("v23-blank-utf16-tcop-unsync", "ID3-1 ID3-2", "whole v2.3 tag unsynchronised, TCOP in UTF-16 with neither BOM nor text", lambda: title + frame("TCOP", b"\x01"), flags=0x80)
    one("nul-tcop", "ID3-2", "TCOP with four trailing NUL bytes", lambda: title + text("TCOP", notice, end=bytes(4)))
    one("cc-tcop", "ALL-2", "TCOP in Creative Commons' form, verified at a URL",
        lambda: title + text("TCOP", "2026 Test Artist. Licensed to the public under "
                             "https://creativecommons.org/licenses/by/4.0/ verify at https://example.org/tone"))
    one("utf16-txxx-one-bom", "ID3-2", "UTF-16 TXXX with a BOM on the name and none on the value",
        lambda: title + frame("TXXX", b"\x01\xff\xfe" + "mood".encode("utf-16-le") + bytes(2) + "calm".encode("utf-16-le")))
    one("utf16-title-no-bom", "ID3-2", "a foreign frame in UTF-16 without BOM passes through",
        lambda: frame("TIT2", b"\x01" + "Test Tone".encode("utf-16-le")))
    one("compressed-frame", "ALL-2 ALL-4", "compressed unknown frame passes through",
        lambda: title + frame("XCMP", struct.pack(">I", 64) + stored(bytes(64)), flags=0x80))
    one("encrypted-frame", "ALL-2", "encrypted unknown frame with its ENCR passes through",
        lambda: title + frame("ENCR", b"https://example.org\0\x80data") + frame("XENC", b"\x80" + bytes(range(48)), flags=0x40))
    one("grouped-frame", "ALL-2", "frame with a group byte and its GRID",
        lambda: title + frame("GRID", b"https://example.org\0\x90") + frame("TXXX", b"\x90\0mood\0calm", flags=0x20))
    one("v24-compressed-frame", "ALL-2 ALL-4", "v2.4 compressed frame with a data length indicator",
        lambda: title4 + frame("XCMP", synchsafe(64) + stored(bytes(64)), 4, 0x09), 4)
    one("v24-encrypted-frame", "ALL-2", "v2.4 encrypted frame with its ENCR",
        lambda: title4 + frame("ENCR", b"https://example.org\0\x80data", 4) + frame("XENC", b"\x80" + bytes(range(48)), 4, 0x04), 4)
    one("compression-bomb", "ALL-4", "compressed frame that declares 4 GB", lambda: title + frame("XCMP", b"\xff" * 4 + stored(bytes(64)), flags=0x80))
    one("etco", "ALL-2", "event timing codes, which some libraries cannot save", lambda: title + frame("ETCO", b"\x02\x02\0\0\0\x10\x03\0\0\x01\0"))
    one("owne", "ALL-2", "ownership frame, which some libraries cannot save",
        lambda: title + frame("OWNE", b"\0EUR1.00\00020261101Test Shop"))
    one("utf16-wxxx", "ID3-2", "WXXX with a UTF-16 name and a Latin-1 URL",
        lambda: title + frame("WXXX", b"\x01\xff\xfe" + "shop".encode("utf-16-le") + bytes(2) + b"https://example.org/shop"))
    one("two-wcom", "ALL-3", "two WCOM frames, both kept",
        lambda: title + frame("WCOM", b"https://example.org/1") + frame("WCOM", b"https://example.org/2"))
    one("priv", "ALL-2", "two PRIV frames with binary data",
        lambda: title + frame("PRIV", b"example.org/a\0" + bytes(range(256))) + frame("PRIV", b"example.org/b\0\xff\xfb\x90\x64"))
    one("unknown-frame", "ALL-2", "frame `XYZW` that no standard knows", lambda: title + frame("XYZW", b"\xde\xad\xbe\xef" * 5))
    one("geob", "ALL-2", "encapsulated object as DJ programs write it", lambda: title + frame("GEOB", geob("application/octet-stream", "Markers", bytes(200))))
    one("chapters", "ALL-2", "CTOC and two CHAP with embedded titles", lambda: title + chapters(3))
    one("v24-chapters", "ALL-2 ID3-3", "the same in v2.4 sizes", lambda: title4 + chapters(4), 4)
    one("cover", "ALL-2", "30 KB cover that must be skipped, not loaded", lambda: title + frame("APIC", apic(cover(30000))))
    one("cover-with-frames", "MP3-2", "cover that holds a chain of real MPEG frames",
        lambda: frame("APIC", apic(png(corpus("clean/no-header-frame.mp3"), 2000))))
    one("zero-size-frame", "ID3-4", "a frame with no body between two others", lambda: title + frame("TPUB", b"") + text("TPE1", "Test Artist"))
    one("near-names", "ALL-2", "fields whose names only resemble ours",
        lambda: title + txxx("NOAISE", "1") + txxx("NO_AI_X", "1") + txxx("comment", "NOAI") + txxx("TDM", "1"))
    one("v24-long-frame", "ID3-3", "v2.4 frame over 127 bytes with a proper synchsafe size",
        lambda: txxx("mood", "calm " * 60, 4) + title4, 4)
    one("read-only-frame", "ALL-2", "foreign frame with the read-only and discard flags", lambda: frame("TIT2", b"\0Test Tone", flags=0xE000))
    one("v24-length-indicator", "ID3-3", "v2.4 TCOP with a data length indicator",
        lambda: frame("TCOP", synchsafe(17) + b"\0" + notice.encode(), 4, 0x01), 4)


def chapters(version: int) -> bytes:
    """Returns a table of contents and two chapters (ID3v2 Chapter Frame Addendum)."""
    def chapter(name: bytes, start: int, end: int) -> bytes:
        return frame("CHAP", name + b"\0" + struct.pack(">IIII", start, end, 0xFFFFFFFF, 0xFFFFFFFF)
                     + text("TIT2", "Part " + name.decode(), version), version)
    return frame("CTOC", b"toc\0\x03\x02a\0b\0", version) + chapter(b"a", 0, 200) + chapter(b"b", 200, 400)


def mp3_tags() -> None:
    """Registers MP3 files that differ in the shape of the whole ID3v2 tag."""
    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes]) -> None:
        built(f"tagged/{name}.mp3", "mp3", TAGGED, hazards, purpose, make)

    both = partial(lambda version: text("TIT2", "Test Tone", version) + text("TCOP", COPYRIGHT, version))
    one("empty-tag", "ID3-4", "ID3v2.3 header and nothing else", lambda: with_id3(id3(b"")))
    one("padding-only", "ID3-4", "ID3v2.3 that is all padding", lambda: with_id3(id3(b"", padding=400)))
    one("small-padding", "ID3-4", "7 bytes of padding: less than a frame header", lambda: with_id3(id3(both(3), padding=7)))
    one("large-padding", "ID3-4", "4,096 bytes of padding: no audio need move", lambda: with_id3(id3(both(3), padding=4096)))
    one("v24-padding", "ID3-4", "v2.4 with padding", lambda: with_id3(id3(both(4), 4, 512)))
    one("v23-unsync", "ID3-1", "whole v2.3 tag unsynchronised around a cover full of FF",
        lambda: with_id3(id3(unsynchronised(both(3) + frame("APIC", apic(cover()))), flags=0x80)))
    one("v23-unsync-padding", "ID3-1", "the same with padding", lambda: with_id3(
        id3(unsynchronised(both(3) + frame("APIC", apic(cover()))), padding=300, flags=0x80)))
    one("v23-unsync-flag-only", "ID3-1", "the flag is set and nothing needed it", lambda: with_id3(id3(both(3), flags=0x80)))
    one("v24-unsync", "ID3-1", "v2.4 tag flag and unsynchronised frames with data length indicators",
        lambda: with_id3(id3(b"".join(v24_unsynchronised(kind, body) for kind, body in
                                      [("TIT2", b"\0Test Tone"), ("TCOP", b"\0" + COPYRIGHT.encode()), ("APIC", apic(cover()))]), 4, flags=0x80)))
    one("v24-unsync-frame", "ID3-1", "v2.4 with one unsynchronised frame and no tag flag",
        lambda: with_id3(id3(both(4) + v24_unsynchronised("APIC", apic(cover())), 4)))
    one("v24-unsync-utf16-tcop", "ID3-1 ID3-2", "unsynchronised UTF-16 TCOP: the BOM itself is changed",
        lambda: with_id3(id3(v24_unsynchronised("TCOP", b"\x01\xff\xfe" + COPYRIGHT.encode("utf-16-le")), 4, flags=0x80)))
    one("v23-unsync-utf16-tcop", "ID3-1 ID3-2", "the same in v2.3",
        lambda: with_id3(id3(unsynchronised(text("TCOP", COPYRIGHT, encoding=1)), flags=0x80)))
    one("v24-extended", "ID3-3", "v2.4 extended header without CRC: its size counts itself",
        lambda: with_id3(id3(both(4), 4, 64, 0x40, synchsafe(6) + b"\x01\0")))
    one("v24-footer", "ID3-3", "v2.4 with footer, before the sound", lambda: with_id3(id3(both(4), 4, flags=0x10)))
    one("v24-appended", "MP3-1", "v2.4 with footer, after the sound", lambda: with_id3(b"", id3(both(4), 4, flags=0x10)))
    one("v24-appended-id3v1", "MP3-1 MP3-4", "v2.4 with footer, then ID3v1", lambda: with_id3(b"", id3(both(4), 4, flags=0x10) + id3v1()))
    one("v24-appended-cover", "MP3-1 MP3-2", "appended v2.4 whose cover holds MPEG frames",
        lambda: with_id3(b"", id3(frame("APIC", apic(png(corpus("clean/no-header-frame.mp3"), 2000)), 4), 4, flags=0x10)))
    one("v24-both-ends", "MP3-1", "v2.3 at the start, v2.4 with footer at the end",
        lambda: with_id3(id3(both(3)), id3(text("TALB", "Test Album", 4), 4, flags=0x10)))
    one("two-tags", "MP3-1", "a v2.3 tag followed by a v2.4 tag", lambda: with_id3(id3(both(3), padding=32) + id3(both(4), 4)))
    one("two-same-tags", "MP3-1", "the same v2.3 tag twice", lambda: with_id3(id3(both(3)) * 2))
    one("zeros-after-tag", "MP3-1", "200 zero bytes between the tag and the first frame", lambda: with_id3(id3(both(3)) + bytes(200)))
    one("junk-after-tag", "MP3-1", "junk between the tag and the first frame", lambda: with_id3(id3(both(3)) + b"neither tag nor sound" * 4))
    one("digit-names", "ID3-4", "frame names that end in a digit",
        lambda: with_id3(id3(both(3) + frame("TXX2", b"\0a") + frame("ABC9", b"b"))))


def v24_unsynchronised(kind: str, body: bytes) -> bytes:
    """Returns a v2.4 frame that is unsynchronised and says how long it was."""
    return frame(kind, synchsafe(len(body)) + unsynchronised(body), 4, 0x03)


def mp3_short_names() -> None:
    """Registers MP3 files with an ID3v2.2 tag, whose frames have three letters."""
    def one(name: str, hazards: str, purpose: str, frames: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED, **rest) -> None:
        built(f"{folder}/{name}.mp3", "mp3", outcome, hazards, purpose, lambda: with_id3(id3(frames(), 2, **rest)))

    title, notice = short("TT2", b"\0Test Tone"), short("TCR", b"\0" + COPYRIGHT.encode())
    utf16 = partial(lambda value: b"\x01\xff\xfe" + value.encode("utf-16-le"))
    itunes = title + short("TP1", b"\0Test Artist") + short("TRK", b"\x003/9") + short("COM", b"\0engiTunNORM\0 00000001 00000002") + short("TEN", b"\0iTunes 4.9")
    one("id3v22", "ID3-3", "ID3v2.2, with three-letter frames", lambda: title)
    one("v22-copyright", "ID3-3", "ID3v2.2 with TCR and padding", lambda: itunes + notice, padding=1024)
    one("v22-tight", "ID3-3", "the same without padding", lambda: itunes + notice)
    one("v22-small-padding", "ID3-3 ID3-4", "5 bytes of padding: less than a frame header", lambda: title, padding=5)
    one("v22-utf16", "ID3-2 ID3-3", "TCR and TXX in UTF-16", lambda: short("TCR", utf16(COPYRIGHT) + bytes(2)) + short("TXX", utf16("mood") + bytes(2) + b"\xff\xfe" + "calm".encode("utf-16-le")))
    one("v22-empty-copyright", "ID3-2 ID3-3", "TCR without text", lambda: title + short("TCR", b"\0"))
    one("v22-blank-copyright", "ID3-2 ID3-3", "TCR of no byte at all", lambda: title + short("TCR", b""))
    one("v22-cover", "ALL-2 ID3-3", "PIC, UFI, GEO, CRM and a frame that no standard knows", lambda: title + short("PIC", b"\0PNG\x03\0" + cover()) + short("UFI", b"https://example.org\0" + bytes(range(16)))
        + short("GEO", geob("application/octet-stream", "Markers", bytes(200))) + short("CRM", b"https://example.org\0secret\0" + bytes(range(9))) + short("XYZ", b"\xde\xad"))
    one("v22-unsync", "ID3-1 ID3-3", "ID3v2.2 unsynchronised around a picture full of FF", lambda: unsynchronised(title + short("PIC", b"\0PNG\x03\0" + cover()) + notice), flags=0x80)
    one("v22-unsync-utf16", "ID3-1 ID3-2 ID3-3", "the same with TCR in UTF-16", lambda: unsynchronised(title + short("TCR", utf16(COPYRIGHT))), flags=0x80)
    one("v22-compressed", "ID3-3", "ID3v2.2 with the flag of a compression that was never specified", lambda: title, "broken", UNSUPPORTED, flags=0x40)
    one("v22-frame-too-long", "ID3-4 ID3-3", "ID3v2.2 frame longer than the tag", lambda: title + short("TP1", b"\0Test Artist", 4000), "broken", MALFORMED)
    one("v22-noai", "ALL-2 ID3-3", "TXX:NOAI of somebody else", lambda: title + short("TXX", b"\0NOAI\x001"), "broken", CONFLICT)
    one("v22-c2pa", "FLAC-3 ID3-3", "C2PA manifest in GEO", lambda: title + short("GEO", geob("application/x-c2pa-manifest-store", "c2pa", manifest())), "broken", PROTECTED)
    built("tagged/v22-and-v23.mp3", "mp3", TAGGED, "MP3-1 ID3-3", "an ID3v2.2 tag behind one of 2.3", lambda: with_id3(id3(text("TIT2", "Test Tone")) + id3(title + notice, 2)))
    built("tagged/v22-and-v1.mp3", "mp3", TAGGED, "MP3-4 ID3-3", "ID3v2.2 and ID3v1", lambda: with_id3(id3(title, 2), id3v1()))
    built("tagged/v22.wav", "wav", TAGGED, "ID3-3", "ID3v2.2 in the id3 chunk", lambda: wav(after=chunk("id3 ", id3(itunes + notice, 2, 100))))


def mp3_tails() -> None:
    """Registers MP3 files with tags at the end, alone and together."""
    def one(name: str, hazards: str, purpose: str, tail: Callable[[], bytes], head: bytes = b"") -> None:
        built(f"tagged/{name}.mp3", "mp3", TAGGED, hazards, purpose, lambda: with_id3(head, tail()))

    plain = ape(("Title", b"Test Tone"), ("Year", b"2026"), ("Copyright", COPYRIGHT.encode()))
    front = id3(text("TIT2", "Test Tone"), padding=128)
    one("id3v1", "MP3-4", "ID3v1 alone", id3v1)
    one("id3v2-id3v1", "MP3-4", "ID3v2 and ID3v1", id3v1, front)
    one("ape", "MP3-4", "APEv2 alone", lambda: plain)
    one("ape-no-header", "MP3-4", "APEv2 with a footer only", lambda: ape(("Title", b"Test Tone"), header=False))
    one("apev1", "MP3-4", "APEv1", lambda: ape(("Title", b"Test Tone"), header=False, version=1000))
    one("ape-id3v1", "MP3-4", "APEv2, then ID3v1", lambda: plain + id3v1())
    one("id3v1-ape", "MP3-4", "ID3v1, then APEv2: the wrong way round", lambda: id3v1() + plain)
    one("id3v2-ape-id3v1", "MP3-4", "all three", lambda: plain + id3v1(), front)
    one("tag-plus", "MP3-4", "`TAG+`, then ID3v1", lambda: enhanced() + id3v1())
    one("ape-tag-plus", "MP3-4", "APEv2, `TAG+`, ID3v1", lambda: plain + enhanced() + id3v1())
    one("ape-cover-sync", "MP3-2", "APEv2 cover that holds a chain of real MPEG frames",
        lambda: ape(("Cover Art (Front)", b"cover.png\0" + png(corpus("clean/no-header-frame.mp3"), 2000))))
    one("ape-holds-id3", "MP3-2", "APEv2 item that holds a whole ID3v2 tag", lambda: ape(("Title", b"Test Tone"), ("Cover Art (Back)", b"x.bin\0" + front)))
    one("ape-holds-id3v1", "MP3-2", "APEv2 item that ends in `TAG` 128 bytes before the end",
        lambda: ape(("Title", b"Test Tone"), ("Cover Art (Front)", b"x.bin\0" + id3v1()[:96]), header=False))
    one("lyrics3v1", "MP3-4", "Lyrics3 v1 before ID3v1", lambda: lyrics3v1() + id3v1())
    one("lyrics3v1-longest", "MP3-4", "Lyrics3 v1 of 5,100 bytes", lambda: lyrics3v1(b"[00:00]Test tone\r\n".ljust(5100, b".")) + id3v1())
    one("lyrics3v1-empty", "MP3-4", "Lyrics3 v1 without a word, at the end of the file", lambda: lyrics3v1(b""))
    one("lyrics3v2", "MP3-4", "Lyrics3 v2 before ID3v1", lambda: lyrics3v2() + id3v1())
    one("lyrics3v2-alone", "MP3-4", "Lyrics3 v2 at the end of the file", lyrics3v2)
    one("lyrics3v2-id3v2", "MP3-4", "ID3v2, Lyrics3 v2 and ID3v1", lambda: lyrics3v2() + id3v1(), front)
    one("lyrics3v2-ape", "MP3-4", "APEv2, Lyrics3 v2, ID3v1", lambda: plain + lyrics3v2() + id3v1())
    one("lyrics3v2-before-ape", "MP3-4", "Lyrics3 v2, APEv2, ID3v1", lambda: lyrics3v2() + plain + id3v1())
    one("lyrics3v2-tag-plus", "MP3-4", "Lyrics3 v2, `TAG+`, ID3v1", lambda: lyrics3v2() + enhanced() + id3v1())
    one("lyrics3v2-sync", "MP3-2 MP3-4", "Lyrics3 v2 that holds a chain of real MPEG frames", lambda: lyrics3v2(corpus("clean/no-header-frame.mp3")) + id3v1())
    one("lyrics3v2-marks", "MP3-4", "Lyrics3 v2 whose words are the marks of v1", lambda: lyrics3v2(b"LYRICSBEGIN and LYRICSEND") + id3v1())
    built("tagged/lyrics3.flac", "flac", TAGGED, "MP3-4 FLAC-3", "Lyrics3 v2 and ID3v1 after the last frame", lambda: corpus("clean/sine.flac") + lyrics3v2() + id3v1())
    built("tagged/lyrics3-one-frame.mp3", "mp3", TAGGED, "MP3-4", "Lyrics3 v1 after a single frame", lambda: mpeg_frames(corpus("clean/no-header-frame.mp3"))[0] + lyrics3v1())
    one("ape-multi", "ALL-3", "APEv2 item with two values", lambda: ape(("Artist", b"Test Artist\0Second Artist"), ("Copyright", COPYRIGHT.encode())))


def mp3_broken() -> None:
    """Registers MP3 files and relatives that must be refused."""
    def one(name: str, format: str, outcome: str, hazards: str, purpose: str, make: Callable[[], bytes]) -> None:
        built(f"broken/{name}", format, outcome, hazards, purpose, make)

    title, title4, notice = text("TIT2", "Test Tone"), text("TIT2", "Test Tone", 4), COPYRIGHT.encode()
    one("id3v25.mp3", "mp3", UNSUPPORTED, "ID3-3", "an ID3v2 version that does not exist yet", lambda: with_id3(id3(title4, 5)))
    one("v23-crc.mp3", "mp3", UNSUPPORTED, "ID3-3", "v2.3 extended header with a CRC",
        lambda: with_id3(id3(title, flags=0x40, extended=struct.pack(">IHII", 10, 0x8000, 0, zlib.crc32(title)))))
    one("v24-crc.mp3", "mp3", UNSUPPORTED, "ID3-3", "v2.4 extended header with a CRC",
        lambda: with_id3(id3(title4, 4, 0, 0x40, synchsafe(12) + b"\x01\x20\x05" + synchsafe(zlib.crc32(title4), 5))))
    one("v24-restrictions.mp3", "mp3", UNSUPPORTED, "ID3-3", "v2.4 extended header with restrictions",
        lambda: with_id3(id3(title4, 4, 0, 0x40, synchsafe(8) + b"\x01\x10\x01\x40")))
    one("v23-extended.mp3", "mp3", UNSUPPORTED, "ID3-3",
        "v2.3 extended header without CRC, whose size leaves itself out: the independent reader does not see fields placed in such a tag, so they cannot be confirmed",
        lambda: with_id3(id3(title + text("TCOP", COPYRIGHT), padding=64, flags=0x40, extended=struct.pack(">IHI", 6, 0, 64))))
    one("v24-extended-update.mp3", "mp3", UNSUPPORTED, "ID3-3",
        "v2.4 extended header with the update flag: the independent reader does not see fields placed in such a tag, so they cannot be confirmed",
        lambda: with_id3(id3(title4 + text("TCOP", COPYRIGHT, 4), 4, 64, 0x40, synchsafe(7) + b"\x01\x40\0")))
    one("itunes-sizes.mp3", "mp3", UNSUPPORTED, "ID3-3", "v2.4 frame of 306 bytes with a plain size, as old iTunes wrote",
        lambda: with_id3(id3(frame("TXXX", b"\0mood\0" + b"calm " * 60, 4, size=306) + title4, 4)))
    built("tagged/blank-utf16-tcop-terminated.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: TCOP in UTF-16 with a terminator, no text and no BOM",
        lambda: with_id3(id3(text("TIT2", "Test Tone") + frame("TCOP", b"\x01\0\0"), padding=600)))
    built("tagged/tcop-compressed.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: compressed TCOP",
        lambda: with_id3(id3(frame("TCOP", struct.pack(">I", 17) + stored(b"\0" + notice), flags=0x80))))
    built("tagged/tcop-encrypted.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: encrypted TCOP", lambda: with_id3(id3(frame("TCOP", b"\x80" + bytes(range(20)), flags=0x40))))
    built("tagged/v24-tcop-compressed.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: compressed TCOP in v2.4",
        lambda: with_id3(id3(frame("TCOP", synchsafe(17) + stored(b"\0" + notice), 4, 0x09), 4)))
    built("tagged/v24-tcop-encrypted.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: encrypted TCOP in v2.4",
        lambda: with_id3(id3(frame("TCOP", b"\x80" + bytes(range(20)), 4, 0x04), 4)))
    built("tagged/v24-blank-utf16-tcop-unsync.mp3", "mp3", TAGGED, "ID3-1 ID3-2", "no notice fits: v2.4 TCOP in UTF-16 with neither BOM nor text in an unsynchronised frame",
        lambda: with_id3(id3(title4 + frame("TCOP", b"\x01", 4, 0x02), 4)))
    built("tagged/tcop-no-bom.mp3", "mp3", TAGGED, "ID3-2", "no notice fits: TCOP in UTF-16 (encoding 1) without the BOM",
        lambda: with_id3(id3(frame("TCOP", b"\x01" + COPYRIGHT.encode("utf-16-le")))))
    one("lyrics3v1-no-beginning.mp3", "mp3", MALFORMED, "MP3-4", "Lyrics3 v1 whose beginning is missing", lambda: with_id3(b"", lyrics3v1()[11:] + id3v1()))
    one("lyrics3v1-too-long.mp3", "mp3", MALFORMED, "MP3-4", "Lyrics3 v1 of more than 5,100 bytes", lambda: with_id3(b"", lyrics3v1(b"x" * 5101) + id3v1()))
    one("lyrics3v2-size-small.mp3", "mp3", MALFORMED, "MP3-4", "Lyrics3 v2 whose size is too small", lambda: with_id3(b"", lyrics3v2(size=20) + id3v1()))
    one("lyrics3v2-size-large.mp3", "mp3", MALFORMED, "MP3-4", "Lyrics3 v2 larger than the file", lambda: with_id3(b"", lyrics3v2(size=999_999) + id3v1()))
    one("lyrics3v2-size-letters.mp3", "mp3", MALFORMED, "MP3-4", "Lyrics3 v2 whose size has a sign", lambda: with_id3(b"", replaced(lyrics3v2(), b"000064", b"+00064") + id3v1()))
    one("layer1.mp1", "-", UNSUPPORTED, "ALL-5", "MPEG layer I, silent frames", lambda: (b"\xff\xff\x10\xc4" + bytes(28)) * 60)
    ran("broken/layer2.mp2", "-", UNSUPPORTED, "ALL-5", "MPEG layer II", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a mp2 -b:a 32k OUT")
    ran("broken/layer2.mp3", "-", UNSUPPORTED, "ALL-5", "MPEG layer II called .mp3", "cp broken/layer2.mp2 OUT")

    one("tag-larger-than-file.mp3", "-", MALFORMED, "ID3-4", "ID3v2 size beyond the end: what follows cannot be seen",
        lambda: with_id3(id3(title, size=1_000_000)))
    one("tag-cut.mp3", "-", MALFORMED, "ID3-4", "file that ends inside its ID3v2 tag", lambda: id3(title + frame("APIC", apic(cover(2000))))[:900])
    one("tag-header-cut.mp3", "-", NOT_AUDIO, "ID3-4", "file that ends inside the ID3v2 header: 7 bytes in which no sound can be", lambda: b"ID3\x03\0\0\0")
    one("tag-size-not-synchsafe.mp3", "-", MALFORMED, "ID3-4", "ID3v2 size with a high bit set",
        lambda: b"ID3\x03\0\0\0\0\0\x93" + title + bytes(128) + corpus("clean/sine.mp3"))
    one("frame-larger-than-tag.mp3", "mp3", MALFORMED, "ID3-4", "frame size beyond the tag and the file",
        lambda: with_id3(id3(title + frame("TPE1", b"\0Test Artist", size=1_000_000))))
    one("frame-cut-by-tag.mp3", "mp3", MALFORMED, "ID3-4", "frame that ends one byte after the tag", lambda: with_id3(id3(title)[:9] + b"\x13" + title))
    one("garbage-in-padding.mp3", "mp3", MALFORMED, "ID3-4", "padding that is not zero",
        lambda: with_id3(id3(title, padding=bytes(40) + b"left over" + bytes(40))))
    one("v23-extended-too-long.mp3", "mp3", MALFORMED, "ID3-3", "extended header longer than the tag",
        lambda: with_id3(id3(title, flags=0x40, extended=struct.pack(">IHI", 100_000, 0, 0))))
    one("ape-larger-than-file.mp3", "mp3", MALFORMED, "MP3-4", "APEv2 size beyond the start of the file",
        lambda: with_id3(b"", ape(("Title", b"Test Tone"), header=False, size=1_000_000)))
    one("ape-item-beyond-tag.mp3", "mp3", MALFORMED, "MP3-4", "APEv2 item longer than its tag",
        lambda: with_id3(b"", replaced(ape(("Title", b"Test Tone")), struct.pack("<I", 9), struct.pack("<I", 9000))))

    one("id3-noise.mp3", "-", NOT_AUDIO, "ALL-5", "ID3v2, then random bytes without any frame",
        lambda: id3(title) + bytes(byte & 0x7F for byte in random.Random(2).randbytes(3000)))
    one("id3-only.mp3", "-", NOT_AUDIO, "ALL-5", "ID3v2 and nothing after it", lambda: id3(title, padding=100))
    one("id3v1-only.mp3", "-", NOT_AUDIO, "ALL-5", "ID3v1 and nothing before it", id3v1)
    one("one-sync.mp3", "-", NOT_AUDIO, "ALL-5", "one false frame header in 3,000 bytes of text",
        lambda: b"some text, " * 100 + b"\xff\xfb\x90\x64" + b"some more text, " * 120)
    one("text.mp3", "-", NOT_AUDIO, "ALL-5", "text", lambda: b"This is a text file, not sound.\n" * 8)
    one("text.txt", "-", NOT_AUDIO, "ALL-5", "text that says so", lambda: b"This is a text file, not sound.\n")
    one("empty.mp3", "-", NOT_AUDIO, "ALL-5", "no bytes at all", lambda: b"")
    one("one-byte.wav", "-", NOT_AUDIO, "ALL-5", "one byte", lambda: b"R")
    one("zeros.mp3", "-", NOT_AUDIO, "ALL-5", "zero bytes only", lambda: bytes(2048))
    one("png.mp3", "-", NOT_AUDIO, "ALL-5", "a PNG", lambda: cover())
    one("png-with-frames.mp3", "-", NOT_AUDIO, "ALL-5 MP3-2", "a PNG whose pixels hold MPEG frames",
        lambda: png(corpus("clean/no-header-frame.mp3"), 2000))

    one("jpeg.mp3", "-", NOT_AUDIO, "ALL-5", "a JPEG: its header, then random bytes",
        lambda: bytes.fromhex("FFD8FFE000104A46494600010100000100010000") + random.Random(3).randbytes(3000))
    one("pdf.mp3", "-", NOT_AUDIO, "ALL-5 MP3-2", "a PDF: random bytes around a chain of 10 MPEG frames within the first 1,100 bytes", pdf_with_frames)

    one("c2pa.mp3", "mp3", PROTECTED, "FLAC-3", "GEOB of type application/c2pa",
        lambda: with_id3(id3(title + frame("GEOB", geob("application/c2pa", "manifest", manifest())))))
    one("c2pa-v24.mp3", "mp3", PROTECTED, "FLAC-3", "the same in v2.4", lambda: with_id3(id3(title4 + frame("GEOB", geob("application/c2pa", "manifest", manifest()), 4), 4)))
    one("noai.mp3", "mp3", CONFLICT, "ALL-2", "TXXX:NOAI of somebody else", lambda: with_id3(id3(title + txxx("NOAI", "1"))))
    one("content-usage.mp3", "mp3", CONFLICT, "ALL-2", "TXXX:Content-Usage of somebody else, v2.4",
        lambda: with_id3(id3(title4 + txxx("Content-Usage", "train-ai=n", 4), 4)))
    one("tdm-policy.mp3", "mp3", CONFLICT, "ALL-2", "TXXX:tdm policy, lower case with a space",
        lambda: with_id3(id3(title + txxx("tdm policy", "https://example.org/policy"))))
    one("ai-consent.mp3", "mp3", CONFLICT, "ALL-2", "TXXX:AI_CONSENT that is not a statement of ours", lambda: with_id3(id3(title + txxx("AI_CONSENT", "ask me"))))


def pdf_with_frames() -> bytes:
    """Returns the magic of a PDF, random bytes without FF, ten frames with headers that fit and random bodies, more random bytes."""
    source, header = random.Random(4), b"\xff\xfb\x10\x64"
    frames = b"".join(header + source.randbytes(mpeg_length(header) - 4) for _ in range(10))
    assert [len(frame) for frame in mpeg_frames(frames)] == [104] * 10
    return b"%PDF-1.4\n" + bytes(byte & 0x7F for byte in source.randbytes(50)) + frames + source.randbytes(2000)


def manifest() -> bytes:
    """Returns the outermost JUMBF boxes of a C2PA manifest store, with nothing inside that could be verified."""
    described = box("jumd", bytes.fromhex("63327061 0011 0010 8000 00AA00389B71"), b"\x03c2pa\0")
    return box("jumb", described)


# FLAC

STREAMINFO, PADDING, APPLICATION, SEEKTABLE, COMMENT, CUESHEET, PICTURE = range(7)


def flac_parts(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Splits a FLAC file into its metadata blocks and its frames."""
    blocks, at, last = [], 4, False
    while not last:
        last, kind, length = bool(data[at] & 0x80), data[at] & 0x7F, int.from_bytes(data[at + 1:at + 4], "big")
        blocks.append((kind, data[at + 4:at + 4 + length]))
        at += 4 + length
    return blocks, data[at:]


def flac(*blocks: tuple[int, bytes], info: Callable[[bytes], bytes] = lambda info: info) -> bytes:
    """Returns the short tone under STREAMINFO and the given blocks, the last-block flag on the last one."""
    (_, streaminfo), *_ = (parts := flac_parts(corpus("clean/sine.flac")))[0]
    everything = [(STREAMINFO, info(streaminfo)), *blocks]
    return b"fLaC" + b"".join(flac_block(kind, body, at == len(everything) - 1)
                              for at, (kind, body) in enumerate(everything)) + parts[1]


def flac_block(kind: int, body: bytes, last: bool = False, size: int | None = None) -> bytes:
    """Returns one metadata block."""
    return bytes([kind | (0x80 if last else 0)]) + (len(body) if size is None else size).to_bytes(3, "big") + body


def comments(*fields: str | bytes, vendor: str = "test corpus") -> bytes:
    """Returns a Vorbis comment list without framing bit."""
    raw = [field if isinstance(field, bytes) else field.encode() for field in fields]
    return struct.pack("<I", len(vendor)) + vendor.encode() + struct.pack("<I", len(raw)) \
        + b"".join(struct.pack("<I", len(field)) + field for field in raw)


def flac_picture(picture: bytes) -> bytes:
    """Returns the body of a PICTURE block."""
    return struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 0, 0, 8, 0, len(picture)) + picture


def cuesheet() -> bytes:
    """Returns the body of a CUESHEET block with one track and the lead-out."""
    def track(offset: int, number: int, indices: int) -> bytes:
        return struct.pack(">QB12sB13xB", offset, number, b"", 0, indices) + b"".join(struct.pack(">QB3x", 0, 1) for _ in range(indices))
    return bytes(128) + struct.pack(">QB258xB", 0, 0, 2) + track(0, 1, 1) + track(2400, 255, 0)


def flac_cases() -> None:
    """Registers the FLAC files."""
    ran("clean/sine.flac", "flac", TAGGED, "FLAC-1", "comment block without fields, padding last",
        "flac --totally-silent -f --padding=512 --no-seektable -o OUT clean/short.wav")
    ran("clean/noise.flac", "flac", TAGGED, "FLAC-1", "another recording, stereo, by ffmpeg", "ffmpeg -i clean/noise.wav -map_metadata -1 -t 0.1 -ac 2 -ar 8000 -c:a flac OUT")
    ran("clean/24-bit.flac", "flac", TAGGED, "FLAC-1", "24-bit", "flac --totally-silent -f --padding=64 -o OUT clean/24-bit.wav")
    ran("clean/no-padding.flac", "flac", TAGGED, "FLAC-1", "no PADDING block", "flac --totally-silent -f --no-padding --no-seektable -o OUT clean/short.wav")
    ran("tagged/flac.flac", "flac", TAGGED, "ALL-2", "fields, seek table and padding by flac",
        f"flac --totally-silent -f -S 4x --padding=300 -T 'TITLE=Test Tone' -T 'COPYRIGHT={COPYRIGHT}' -T MOOD=calm -o OUT clean/short.wav")
    ran("tagged/ffmpeg.flac", "flac", TAGGED, "ALL-2", "fields by ffmpeg",
        f"ffmpeg -i clean/short.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a flac OUT")
    ran("tagged/metaflac-picture.flac", "flac", TAGGED, "ALL-2", "PICTURE block by metaflac", "cp clean/sine.flac OUT",
        "metaflac --import-picture-from=broken/png.mp3 OUT")
    mutated("tagged/mutagen.flac", "flac", TAGGED, "FLAC-1", "fields by mutagen, with its padding", "clean/sine.flac",
            "TITLE, COPYRIGHT", mutagen_vorbis)

    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}.flac", "flac", outcome, hazards, purpose, make)

    some = (COMMENT, comments("TITLE=Test Tone", f"COPYRIGHT={COPYRIGHT}"))
    pad = (PADDING, bytes(200))
    one("streaminfo-only", "FLAC-1", "the last-block flag is on STREAMINFO", lambda: flac(), "clean")
    one("no-comment-block", "FLAC-1", "padding and no VORBIS_COMMENT", lambda: flac(pad), "clean")
    one("zero-md5", "HASH-3", "STREAMINFO without MD5", lambda: flac(some, info=lambda info: info[:18] + bytes(16)))
    one("wrong-md5", "HASH-3", "STREAMINFO with an MD5 that is not the sound's: still the same file to us",
        lambda: flac(some, info=lambda info: info[:18] + bytes([info[18] ^ 1]) + info[19:]))
    one("unknown-length", "HASH-3", "STREAMINFO with 0 total samples", lambda: flac(some, pad, info=lambda info: info[:13] + bytes([info[13] & 0xF0]) + bytes(4) + info[18:]))
    one("no-padding", "FLAC-1", "fields and no padding", lambda: flac(some))
    one("padding-first", "FLAC-1", "padding that is not last", lambda: flac(pad, some))
    one("padding-middle", "FLAC-1", "padding before the picture that is last", lambda: flac(some, pad, (PICTURE, flac_picture(cover()))))
    one("two-paddings", "FLAC-1", "padding before and after the fields", lambda: flac(pad, some, (PADDING, bytes(90))))
    one("empty-padding", "FLAC-1", "PADDING of zero bytes", lambda: flac(some, (PADDING, b"")))
    one("dirty-padding", "FLAC-1", "padding that is not zero: never reused", lambda: flac(some, (PADDING, bytes(50) + b"left over" + bytes(141))))
    one("comment-last", "FLAC-1", "VORBIS_COMMENT with the last-block flag", lambda: flac((APPLICATION, b"test" + bytes(20)), some))
    one("application", "ALL-2", "two APPLICATION blocks", lambda: flac((APPLICATION, b"abcd" + bytes(range(99))), some, (APPLICATION, b"efgh"), pad))
    one("seektable", "ALL-2", "SEEKTABLE with a placeholder point", lambda: flac((SEEKTABLE, struct.pack(">QQH", 0, 0, 2400) + b"\xff" * 8 + bytes(10)), some, pad))
    one("cuesheet", "ALL-2", "CUESHEET", lambda: flac((CUESHEET, cuesheet()), some, pad))
    one("reserved-block", "ALL-2", "block of a reserved type", lambda: flac(some, (42, b"from the future"), pad))
    one("picture", "ALL-2", "8 KB picture", lambda: flac((PICTURE, flac_picture(cover(8000))), some, pad))
    one("lower-case-fields", "ALL-2", "field names in lower and mixed case", lambda: flac((COMMENT, comments("title=Test Tone", f"Copyright={COPYRIGHT}")), pad))
    one("two-copyrights", "ALL-3", "COPYRIGHT twice", lambda: flac((COMMENT, comments(f"COPYRIGHT={COPYRIGHT}", "TITLE=Test Tone", "COPYRIGHT=2025 Test Label")), pad))
    one("empty-copyright", "ALL-3", "COPYRIGHT without text", lambda: flac((COMMENT, comments("COPYRIGHT=", "TITLE=Test Tone")), pad))
    one("invalid-utf8", "ALL-2", "field that is not UTF-8", lambda: flac((COMMENT, comments(b"TITLE=Test \xff\xfe Tone", "MOOD=calm")), pad))
    one("no-equals-sign", "ALL-2", "field without `=`, and an empty field", lambda: flac((COMMENT, comments("TITLE=Test Tone", "just words", "")), pad))
    one("comment-suffix", "ALL-2", "bytes after the comment list inside its block", lambda: flac((COMMENT, some[1] + bytes(16)), pad))
    one("track-03", "ALL-2", "numbers that must stay as they are written", lambda: flac((COMMENT, comments("TRACKNUMBER=03", "DATE=2026-1")), pad))
    one("leading-id3v2", "FLAC-3", "ID3v2 before fLaC", lambda: id3(text("TIT2", "Test Tone"), padding=64) + flac(some, pad))
    one("trailing-id3v1", "FLAC-3", "ID3v1 after the last frame", lambda: flac(some, pad) + id3v1())
    one("id3-both-ends", "FLAC-3", "ID3v2 before, ID3v1 after", lambda: id3(text("TIT2", "Test Tone")) + flac(some, pad) + id3v1())

    broken = partial(one, folder="broken", outcome=MALFORMED)
    broken("block-beyond-end", "FLAC-2", "block length beyond the end of the file",
           lambda: flac()[:4] + flac_block(STREAMINFO, flac()[8:42]) + flac_block(PADDING, bytes(100), True, 0xFFFFFF))
    broken("cut-in-block", "FLAC-1", "file that ends inside a block", lambda: flac(some, (PADDING, bytes(500)))[:300])
    broken("no-last-block", "FLAC-1", "no block has the last-block flag", lambda: flac()[:4] + flac_block(STREAMINFO, flac()[8:42]) + flac_block(PADDING, bytes(100)) + flac()[42:])
    broken("streaminfo-second", "FLAC-1", "STREAMINFO is not the first block", lambda: b"fLaC" + flac_block(*pad) + flac_block(STREAMINFO, flac()[8:42], True) + flac()[42:])
    broken("block-127", "FLAC-1", "the forbidden block type", lambda: flac(some, (127, b"no such block")))
    broken("two-comment-blocks", "ALL-3", "two VORBIS_COMMENT blocks, which RFC 9639 forbids", lambda: flac(some, (COMMENT, comments("MOOD=calm")), pad))
    broken("comment-count", "ALL-4", "4 billion fields declared", lambda: flac((COMMENT, struct.pack("<I", 0) + b"\xff" * 4 + bytes(40)), pad))
    broken("comment-length", "ALL-4", "field longer than its block", lambda: flac((COMMENT, replaced(comments("TITLE=Test Tone"), struct.pack("<I", 15), struct.pack("<I", 150_000))), pad))
    broken("magic-only", "FLAC-1", "`fLaC` and nothing else", lambda: b"fLaC")
    one("c2pa", "FLAC-3", "C2PA manifest in an ID3v2 tag before fLaC",
        lambda: id3(frame("GEOB", geob("application/c2pa", "manifest", manifest()))) + flac(some, pad), "broken", PROTECTED)
    one("tdm-reservation", "ALL-2", "TDM-RESERVATION of somebody else", lambda: flac((COMMENT, comments("TDM-RESERVATION=1")), pad), "broken", CONFLICT)
    one("noai", "ALL-2", "NoAI of somebody else", lambda: flac((COMMENT, comments("TITLE=Test Tone", "NoAI=true")), pad), "broken", CONFLICT)


def mutagen_vorbis(path: str) -> None:
    """Writes two Vorbis comments into any file that has them."""
    import mutagen
    file = mutagen.File(path)
    file["TITLE"], file["COPYRIGHT"] = "Test Tone", COPYRIGHT
    file.save()


# Ogg

CONTINUED, FIRST, LAST = 1, 2, 4
NO_PACKET_ENDS = -1


@dataclass
class Page:
    """One Ogg page without its checksum (RFC 3533 section 6)."""

    flags: int
    granule: int
    serial: int
    number: int
    lacing: bytes
    body: bytes

    def write(self) -> bytes:
        """Returns the page with its checksum."""
        head = struct.pack("<4sBBqIII", b"OggS", 0, self.flags, self.granule, self.serial, self.number, 0)
        page = head + bytes([len(self.lacing)]) + self.lacing + self.body
        return page[:22] + struct.pack("<I", ogg_crc(page)) + page[26:]


def crc_table() -> list[int]:
    """Returns the table of the Ogg CRC: polynomial 04C11DB7, not reflected, no final XOR."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return table


CRC_TABLE = crc_table()


def ogg_crc(data: bytes) -> int:
    """Returns the checksum of a page whose checksum field is zero."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ CRC_TABLE[value >> 24 ^ byte]
    return value


def ogg_pages(data: bytes) -> list[Page]:
    """Splits a well-formed file into its pages."""
    pages, at = [], 0
    while at < len(data):
        _, _, flags, granule, serial, number, _, count = struct.unpack_from("<4sBBqIIIB", data, at)
        lacing = data[at + 27:at + 27 + count]
        body = data[at + 27 + count:at + 27 + count + sum(lacing)]
        pages.append(Page(flags, granule, serial, number, lacing, body))
        at += 27 + count + len(body)
    return pages


def segments(packet: bytes) -> list[bytes]:
    """Splits a packet into segments: 255 bytes each and a shorter, perhaps empty, last one."""
    return [packet[at:at + 255] for at in range(0, len(packet) + 1, 255)]


def paginate(packets: list[bytes], serial: int, flush_at: int = 1 << 30) -> list[Page]:
    """Lays header packets over pages of at most 255 segments, ended early after more than `flush_at` bytes."""
    pages, page, continued = [], [], False
    runs = [(piece, piece is pieces[-1]) for packet in packets for pieces in [segments(packet)] for piece in pieces]
    for at, (piece, ends) in enumerate(runs):
        page.append((piece, ends))
        if len(page) == 255 or sum(len(piece) for piece, _ in page) > flush_at or at == len(runs) - 1:
            granule = 0 if any(ends for _, ends in page) else NO_PACKET_ENDS
            pages.append(Page(CONTINUED if continued else 0, granule, serial, 0,
                              bytes(len(piece) for piece, _ in page), b"".join(piece for piece, _ in page)))
            continued, page = not ends, []
    return pages


def headers_and_audio(path: str) -> tuple[list[bytes], list[Page]]:
    """Returns the header packets and the pages of sound of a file whose sound starts on a fresh page."""
    pages, packets, rest = ogg_pages(corpus(path)), [], b""
    first = pages[0].body
    if first.startswith(b"\x7fFLAC"):
        wanted = 1 + int.from_bytes(first[7:9], "big")
    else:
        wanted = 3 if first.startswith(b"\x01vorbis") else 2
    while len(packets) < wanted:
        page, at = pages.pop(0), 0
        for length in page.lacing:
            rest += page.body[at:at + length]
            at += length
            if length < 255:
                packets.append(rest)
                rest = b""
    return packets, pages


def ogg(pages: list[Page], serial: int = 1, start: int = 0) -> bytes:
    """Writes pages as one stream: numbered from `start`, under one serial number."""
    for number, page in enumerate(pages, start):
        page.number = number & 0xFFFFFFFF
        page.serial = serial
    return b"".join(page.write() for page in pages)


VORBIS = b"\x03vorbis"
OPUS = b"OpusTags"


def retagged(path: str, comment: bytes, *, own_pages: bool = False, flush_at: int = 1 << 30, shared: bool = False,
             first: Callable[[bytes], bytes] = lambda first: first, behind: list[bytes] | None = None) -> list[Page]:
    """Returns the pages of a file under another comment packet; `shared` puts sound on the last header page.

    `first` changes the first packet; `behind` stands in the place of the header packets behind the comments.
    """
    (head, _, *setup), audio = headers_and_audio(path)
    [head] = paginate([first(head)], 1)
    setup = setup if behind is None else behind
    head.flags = FIRST
    if own_pages:
        rest = [page for packet in [comment, *setup] for page in paginate([packet], 1, flush_at)]
    else:
        rest = paginate([comment, *setup], 1, flush_at)
    if shared:
        last, sound = rest[-1], audio.pop(0)
        rest[-1] = Page(last.flags | sound.flags, sound.granule, 1, 0, last.lacing + sound.lacing, last.body + sound.body)
        assert len(rest[-1].lacing) <= 255
    return [head, *rest, *audio]


def padded_comments(kind: bytes, total: int) -> bytes:
    """Returns a comment packet of exactly `total` bytes."""
    end = b"\x01" if kind == VORBIS else b""
    empty = len(kind + comments("TITLE=Test Tone", "FILLER=") + end)
    return kind + comments("TITLE=Test Tone", "FILLER=" + "x" * (total - empty)) + end


def full_page(path: str) -> list[Page]:
    """Returns the pages of a Vorbis file whose comments fill up the page that they share with all other headers and sound."""
    (_, _, setup), (sound, *_) = headers_and_audio(path)
    room = 255 - len(segments(setup)) - len(sound.lacing)
    pages = retagged(path, padded_comments(VORBIS, 255 * room - 1), shared=True)
    assert len(pages[1].lacing) == 255
    return pages


def picture_field(size: int) -> str:
    """Returns a picture as a Vorbis comment."""
    return "METADATA_BLOCK_PICTURE=" + base64.b64encode(flac_picture(cover(size))).decode()


def split_packet(pages: list[Page]) -> list[Page]:
    """Cuts the first page of sound so that no packet ends on its first part: granule -1."""
    at = next(at for at, page in enumerate(pages) if page.granule > 0)
    page = pages[at]
    assert page.lacing[0] == 255
    first = Page(page.flags & ~LAST, NO_PACKET_ENDS, page.serial, 0, page.lacing[:1], page.body[:255])
    second = Page(page.flags | CONTINUED, page.granule, page.serial, 0, page.lacing[1:], page.body[255:])
    return pages[:at] + [first, second] + pages[at + 1:]


def ogg_cases() -> None:
    """Registers the Ogg Vorbis and Ogg Opus files."""
    ran("clean/sine.ogg", "ogg", TAGGED, "OGG-1", "Vorbis by ffmpeg", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libvorbis -q:a 0 OUT")
    ran("clean/sine.opus", "ogg", TAGGED, "OGG-1", "Opus by ffmpeg", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libopus -b:a 24k OUT")
    ran("clean/noise.ogg", "ogg", TAGGED, "OGG-1", "another recording, Vorbis by oggenc", "oggenc --quiet --serial 7 -q 0 -o OUT clean/noise.wav")
    ran("clean/noise.opus", "ogg", TAGGED, "OGG-1", "another recording, Opus by opusenc, without comment padding",
        "opusenc --quiet --serial 7 --padding 0 --bitrate 128 clean/noise.wav OUT")
    ran("clean/ogg-flac.oga", "ogg", TAGGED, "OGG-5", "FLAC in Ogg by flac: three header packets behind the first",
        "flac --totally-silent -f --ogg --serial-number=3 -o OUT clean/short.wav")
    ran("clean/ogg-flac-ffmpeg.oga", "ogg", TAGGED, "OGG-5", "FLAC in Ogg by ffmpeg: the comment block has the last-block flag",
        "ffmpeg -i clean/short.wav -map_metadata -1 -c:a flac OUT")
    ran("clean/speex.spx", "ogg", TAGGED, "OGG-5", "Speex by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a libspeex OUT")
    ran("tagged/oggenc.ogg", "ogg", TAGGED, "ALL-2", "fields by oggenc",
        f"oggenc --quiet --serial 5 -q 0 -t 'Test Tone' -a 'Test Artist' -c 'COPYRIGHT={COPYRIGHT}' -o OUT clean/sine.wav")
    ran("tagged/ffmpeg.ogg", "ogg", TAGGED, "ALL-2", "fields by ffmpeg",
        f"ffmpeg -i clean/sine.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a libvorbis -q:a 0 OUT")
    ran("tagged/ffmpeg.opus", "ogg", TAGGED, "ALL-2", "fields by ffmpeg",
        f"ffmpeg -i clean/sine.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a libopus -b:a 24k OUT")
    ran("tagged/opusenc.opus", "ogg", TAGGED, "OGG-4", "fields and 512 bytes of zero padding by opusenc",
        f"opusenc --quiet --serial 5 --bitrate 24 --title 'Test Tone' --comment 'COPYRIGHT={COPYRIGHT}' clean/sine.wav OUT")
    ran("tagged/opusenc-picture.opus", "ogg", TAGGED, "OGG-2", "picture by opusenc",
        "opusenc --quiet --serial 5 --bitrate 24 --picture '3||cover||broken/png.mp3' clean/sine.wav OUT")
    mutated("tagged/mutagen.ogg", "ogg", TAGGED, "OGG-5", "fields and padding after the framing bit by mutagen", "clean/sine.ogg", "TITLE, COPYRIGHT", mutagen_vorbis)
    mutated("tagged/mutagen.opus", "ogg", TAGGED, "OGG-4", "fields by mutagen", "clean/sine.opus", "TITLE, COPYRIGHT", mutagen_vorbis)

    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}", "ogg", outcome, hazards, purpose, make)

    vorbis, opus = "clean/sine.ogg", "clean/sine.opus"
    fields = comments("TITLE=Test Tone", f"COPYRIGHT={COPYRIGHT}")
    plain = VORBIS + fields + b"\x01"
    one("no-fields.ogg", "OGG-1", "comment header without a field", lambda: ogg(retagged(vorbis, VORBIS + comments() + b"\x01")), "clean")
    one("no-vendor.opus", "OGG-1", "empty vendor, no field: 16 bytes", lambda: ogg(retagged(opus, OPUS + comments(vendor=""))), "clean")
    for total in (255, 510):
        one(f"length-{total}.ogg", "OGG-1", f"comment packet of {total} bytes: its last segment is empty", lambda total=total: ogg(retagged(vorbis, padded_comments(VORBIS, total))))
        one(f"length-{total}.opus", "OGG-1", f"comment packet of {total} bytes: its last segment is empty", lambda total=total: ogg(retagged(opus, padded_comments(OPUS, total))))
    one("length-254.opus", "OGG-1", "comment packet one byte short of a full segment", lambda: ogg(retagged(opus, padded_comments(OPUS, 254))))
    one("length-65025.opus", "OGG-1 OGG-2", "comment packet that fills a page and ends by an empty segment on the next", lambda: ogg(retagged(opus, padded_comments(OPUS, 65025))))
    one("many-pages.ogg", "OGG-2", "comment packet over 64 KB with a picture", lambda: ogg(retagged(vorbis, VORBIS + comments("TITLE=Test Tone", picture_field(50000)) + b"\x01")))
    one("many-pages.opus", "OGG-2", "comment packet over 64 KB with a picture", lambda: ogg(retagged(opus, OPUS + comments("TITLE=Test Tone", picture_field(50000)))))
    one("shared-page.ogg", "OGG-1", "sound begins on the page where the setup header ends", lambda: ogg(retagged(vorbis, plain, shared=True)))
    one("shared-page-long.ogg", "OGG-2", "the same after a comment packet over many pages", lambda: ogg(
        retagged(vorbis, VORBIS + comments(picture_field(9000)) + b"\x01", flush_at=4096, shared=True)))
    one("shared-page-full.ogg", "OGG-1", "headers and sound on one page of 255 segments: longer comments leave no room for what follows them",
        lambda: ogg(full_page(vorbis)))
    one("flush-4096.ogg", "OGG-2", "header pages of a little over 4,096 bytes, as old libraries wrote", lambda: ogg(
        retagged(vorbis, VORBIS + comments(picture_field(9000)) + b"\x01", flush_at=4096)))
    one("flush-4096.opus", "OGG-2", "the same for Opus", lambda: ogg(retagged(opus, OPUS + comments(picture_field(9000)), flush_at=4096)))
    one("own-pages.ogg", "OGG-2", "each header packet on its own page", lambda: ogg(retagged(vorbis, plain, own_pages=True)))
    one("small-pages.ogg", "OGG-2", "one segment a page: headers over many pages with granule -1", lambda: ogg(retagged(vorbis, plain, flush_at=0)))
    one("suffix-kept.opus", "OGG-4", "binary suffix whose first byte has the low bit set: must be kept", lambda: ogg(retagged(opus, OPUS + fields + b"\x01binary\0data\xff")))
    one("suffix-padding.opus", "OGG-4", "binary suffix whose first byte has the low bit clear", lambda: ogg(retagged(opus, OPUS + fields + b"\x02binary\0data\xff")))
    one("suffix-zeros.opus", "OGG-4", "100 zero bytes after the fields", lambda: ogg(retagged(opus, OPUS + fields + bytes(100))))
    one("padding.ogg", "OGG-5", "100 zero bytes after the framing bit", lambda: ogg(retagged(vorbis, plain + bytes(100))))
    one("starts-at-5.opus", "OGG-3", "page numbers start at 5", lambda: ogg(retagged(opus, OPUS + fields), start=5))
    one("number-wraps.opus", "OGG-3", "page numbers wrap past 2^32", lambda: ogg(retagged(opus, OPUS + fields), start=0xFFFFFFFF))
    one("serial-0.opus", "OGG-3", "serial number 0", lambda: ogg(retagged(opus, OPUS + fields), 0))
    one("serial-max.ogg", "OGG-3", "serial number FFFFFFFF", lambda: ogg(retagged(vorbis, plain), 0xFFFFFFFF))
    one("granule-minus-1.opus", "OGG-2", "page of sound on which no packet ends", lambda: ogg(split_packet(retagged("clean/noise.opus", OPUS + fields)), 1))
    one("no-last-page.opus", "OGG-3", "no page has the end-of-stream flag, as recorders leave it", lambda: ogg(
        [Page(page.flags & ~LAST, page.granule, 1, 0, page.lacing, page.body) for page in retagged(opus, OPUS + fields)]))
    one("empty-last-page.opus", "OGG-3", "the end-of-stream flag is on a page without packets", lambda: ogg(with_empty_end(retagged(opus, OPUS + fields))))
    one("missing-page.ogg", "OGG-2", "a page number between two packets of sound is left out: the gap stays", lambda: without_page(2, small_audio(retagged(vorbis, plain))))
    one("invalid-utf8.opus", "ALL-2", "field that is not UTF-8, one without `=`", lambda: ogg(retagged(opus, OPUS + comments(b"TITLE=\xff\xfe", "just words"))))
    one("two-copyrights.ogg", "ALL-3", "COPYRIGHT twice", lambda: ogg(retagged(vorbis, VORBIS + comments("COPYRIGHT=" + COPYRIGHT, "copyright=2025 Test Label") + b"\x01")))

    broken = partial(one, folder="broken")
    broken("multiplexed.ogg", "OGG-3", "two Opus streams, page by page", multiplexed, outcome=UNSUPPORTED)
    bad = partial(broken, outcome=MALFORMED)
    good = partial(lambda: ogg(retagged(opus, OPUS + fields)))
    bad("page-crc.opus", "OGG-2", "one bit of sound changed: the page's CRC is wrong", lambda: (data := good())[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    bad("comment-crc.opus", "OGG-2", "wrong CRC on the comment page", lambda: replaced(good(), b"Test Tone", b"Best Tone"))
    bad("cut-last-page.opus", "OGG-2", "file that ends inside its last page", lambda: good()[:-15])
    bad("cut-in-comment.opus", "OGG-2", "file that ends inside the comment packet", lambda: ogg(retagged(opus, padded_comments(OPUS, 65025))[:2])[:2000])
    bad("junk-between-pages.opus", "OGG-2", "100 bytes between two pages of sound",
        lambda: junk_before_last(small_audio(retagged(opus, OPUS + fields), 960)))
    bad("junk-between-headers.ogg", "OGG-2", "junk between the first page and the second",
        lambda: (pages := numbered(retagged(vorbis, plain)))[0].write() + b"junk" * 5 + b"".join(page.write() for page in pages[1:]))
    bad("junk-after-end.opus", "OGG-2", "junk after the last page", lambda: good() + b"junk" * 9)
    bad("missing-page-cut.opus", "OGG-2", "a page of sound is missing on which a packet begins", lambda: without_page(2, split_packet(retagged("clean/noise.opus", OPUS + fields))))
    bad("page-number-twice.ogg", "OGG-2", "two pages of sound have the same number", lambda: numbers_of(small_audio(retagged(vorbis, plain)), lambda number: min(number, 2)))
    bad("page-number-back.ogg", "OGG-2", "the numbers of pages run backwards from the sound on", lambda: numbers_of(small_audio(retagged(vorbis, plain)), lambda number: min(number, 4 - number)))
    bad("missing-header-page.ogg", "OGG-2", "the comment page is missing", lambda: without_page(1, retagged(vorbis, plain, own_pages=True)))
    bad("no-framing-bit.ogg", "OGG-5", "comment header without its framing bit", lambda: ogg(retagged(vorbis, VORBIS + fields + b"\0")))
    bad("comment-count.opus", "ALL-4", "4 billion fields declared", lambda: ogg(retagged(opus, OPUS + struct.pack("<II", 0, 0xFFFFFFFF))))
    bad("comment-length.ogg", "ALL-4", "field longer than its packet", lambda: ogg(retagged(vorbis, replaced(plain, struct.pack("<I", 15), struct.pack("<I", 150_000)))))
    bad("page-version-1.opus", "OGG-2", "page of a structure version that does not exist", lambda: other_version(retagged(opus, OPUS + fields)))
    bad("headers-only.opus", "OGG-2", "first page alone", lambda: ogg(retagged(opus, OPUS + fields)[:1]))
    ogg_flac_cases(one, bad)
    speex_cases(one, bad)
    chain_cases(one, partial(broken, outcome=UNSUPPORTED), bad, partial(broken, outcome=CONFLICT))
    broken("tdm-reservation.opus", "ALL-2", "tdm_reservation of somebody else", lambda: ogg(retagged(opus, OPUS + comments("tdm_reservation=1"))), outcome=CONFLICT)
    broken("noai.ogg", "ALL-2", "NOAI of somebody else", lambda: ogg(retagged(vorbis, VORBIS + comments("NOAI=1") + b"\x01")), outcome=CONFLICT)


def ogg_flac_cases(one: Callable, bad: Callable) -> None:
    """Registers FLAC in Ogg (RFC 9639 section 10.1)."""
    source = "clean/ogg-flac.oga"
    fields = comments("TITLE=Test Tone", f"COPYRIGHT={COPYRIGHT}")
    block, last = flac_block(COMMENT, fields), flac_block(COMMENT, fields, True)
    picture = flac_block(PICTURE, flac_picture(cover(70000)))
    pad = flac_block(PADDING, bytes(40), True)

    def declared(count: int) -> Callable[[bytes], bytes]:
        return lambda first: first[:7] + count.to_bytes(2, "big") + first[9:]

    def of(comment: bytes, behind: list[bytes], count: int | None = None, **how) -> bytes:
        first = declared(1 + len(behind) if count is None else count)
        return ogg(retagged(source, comment, first=first, behind=behind, **how))
    one("ogg-flac-picture.oga", "OGG-5", "a picture over two pages behind the comments", lambda: of(block, [picture, pad], own_pages=True))
    one("ogg-flac-one-page.oga", "OGG-5", "all blocks on pages together, and sound behind them", lambda: of(block, [picture, pad], shared=True))
    one("ogg-flac-long.oga", "OGG-2 OGG-5", "comment block over two pages", lambda: of(flac_block(COMMENT, comments(picture_field(50000))), [pad], own_pages=True))
    one("ogg-flac-only.oga", "OGG-5", "no block but the comments", lambda: of(last, []))
    one("ogg-flac-0.oga", "OGG-5", "number of header packets left open: they end where frames begin", lambda: of(block, [picture, pad], 0, own_pages=True))
    one("ogg-flac-0-shared.oga", "OGG-5", "the same, with sound on the page of the last block", lambda: of(block, [pad], 0, shared=True))
    one("ogg-flac-0-silent.oga", "OGG-5", "the same, with no sound at all", lambda: ogg(retagged(source, block, first=declared(0), behind=[pad])[:2]))
    one("ogg-flac-no-last.oga", "OGG-5", "no block has the last-block flag", lambda: of(block, [flac_block(PADDING, bytes(40))], 0))
    bad("ogg-flac-count-small.oga", "OGG-5", "fewer header packets declared than there are", lambda: of(block, [picture, pad], 2))
    bad("ogg-flac-count-large.oga", "OGG-5", "more header packets declared than there are", lambda: of(block, [pad], 3))
    bad("ogg-flac-no-comments.oga", "OGG-5", "the second packet is no VORBIS_COMMENT", lambda: of(flac_block(PADDING, bytes(9)), [last]))
    bad("ogg-flac-block-length.oga", "OGG-5", "comment block shorter than its packet", lambda: of(flac_block(COMMENT, fields, size=len(fields) - 1), [pad]))
    bad("ogg-flac-no-blocks.oga", "OGG-5", "frames right behind the first packet", lambda: ogg(
        (pages := retagged(source, block, first=declared(0), behind=[]))[:1] + pages[2:]))


def speex_cases(one: Callable, bad: Callable) -> None:
    """Registers Speex in Ogg: comments without a magic, then as many packets as the header's last field but two says."""
    source = "clean/speex.spx"
    fields = comments("TITLE=Test Tone", f"COPYRIGHT={COPYRIGHT}")

    def extra(count: int) -> Callable[[bytes], bytes]:
        return lambda first: first[:68] + struct.pack("<I", count) + first[72:]
    one("speex.spx", "OGG-5", "fields in Speex", lambda: ogg(retagged(source, fields)))
    one("speex-suffix.spx", "OGG-5", "bytes behind the comment list", lambda: ogg(retagged(source, fields + b"\0left over")))
    one("speex-extra.spx", "OGG-5", "two further header packets, which ffmpeg takes for sound", lambda: ogg(
        retagged(source, fields, first=extra(2), behind=[b"one", b"two" * 100])))
    bad("speex-extra-missing.spx", "OGG-5", "more header packets declared than the file has packets", lambda: ogg(retagged(source, fields, first=extra(1000))))
    bad("speex-extra-max.spx", "OGG-5", "a number of header packets that overflows", lambda: ogg(retagged(source, fields, first=extra(0xFFFFFFFF))))


def chain_cases(one: Callable, no: Callable, bad: Callable, foreign: Callable) -> None:
    """Registers chained files: complete streams one after the other (RFC 3533 section 4)."""
    vorbis, opus = "clean/sine.ogg", "clean/sine.opus"
    fields = comments("TITLE=Test Tone", f"COPYRIGHT={COPYRIGHT}")

    def tones(*lists: bytes) -> bytes:
        return b"".join(ogg(retagged(opus, OPUS + fields), serial) for serial, fields in enumerate(lists, 1))
    one("chained.opus", "OGG-3", "two streams, one after the other", lambda: corpus(opus) + ogg(ogg_pages(corpus(opus)), 99))
    one("chained.ogg", "OGG-3", "two streams, the second with fields and with sound on its header page",
        lambda: corpus(vorbis) + ogg(retagged(vorbis, VORBIS + fields + b"\x01", shared=True), 99))
    one("chained.oga", "OGG-3 OGG-5", "two streams of FLAC", lambda: corpus("clean/ogg-flac.oga") + ogg(
        retagged("clean/ogg-flac.oga", flac_block(COMMENT, fields), own_pages=True), 99))
    one("chained.spx", "OGG-3 OGG-5", "two streams of Speex", lambda: corpus("clean/speex.spx") + ogg(retagged("clean/speex.spx", fields), 99))
    one("chained-layouts.opus", "OGG-2 OGG-3", "four streams: comments on one page, on one after an older flush, on two that fill up, with another copyright", lambda: b"".join([
        ogg(retagged(opus, OPUS + fields), 1),
        ogg(retagged(opus, OPUS + comments(picture_field(9000)), flush_at=4096), 2, start=0xFFFFFFFE),
        ogg(retagged(opus, padded_comments(OPUS, 65025)), 3, start=5),
        ogg(retagged(opus, OPUS + comments("COPYRIGHT=2025 Test Label")), 4)]))
    one("chained-no-end.opus", "OGG-3", "no page has the end-of-stream flag, as recorders of radio leave it", lambda: b"".join(
        ogg([Page(page.flags & ~LAST, page.granule, 1, 0, page.lacing, page.body) for page in retagged(opus, OPUS + fields)], serial) for serial in (1, 2)))
    one("chained-gap.ogg", "OGG-2 OGG-3", "a page of the first stream is missing between two packets",
        lambda: without_page(2, small_audio(retagged(vorbis, VORBIS + fields + b"\x01"))) + ogg(ogg_pages(corpus(vorbis)), 2))
    no("chained-rates.ogg", "OGG-3", "two streams of different sampling rates", lambda: corpus(vorbis) + ogg(ogg_pages(corpus("clean/noise.ogg")), 99))
    no("chained-codecs.ogg", "OGG-3", "Opus behind Vorbis", lambda: corpus(vorbis) + ogg(ogg_pages(corpus(opus)), 99))
    no("chained-serial.opus", "OGG-3", "two streams under one serial number, which RFC 3533 forbids", lambda: tones(fields) * 2)
    no("chained-serial-back.opus", "OGG-3", "a third stream under the serial number of the first", lambda: tones(fields, fields) + tones(fields))
    bad("chained-crc.opus", "OGG-2 OGG-3", "one bit of sound of the second stream changed", lambda: (data := tones(fields, fields))[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    bad("chained-cut.opus", "OGG-2 OGG-3", "file that ends inside the comments of the second stream", lambda: (data := tones(fields, fields))[:data.rindex(b"Test Tone")])
    bad("chained-junk.opus", "OGG-2 OGG-3", "junk between two streams", lambda: tones(fields) + b"junk" * 9 + ogg(retagged(opus, OPUS + fields), 2))
    bad("chained-count.opus", "OGG-3 ALL-4", "4 billion fields declared in the second stream", lambda: tones(fields, struct.pack("<II", 0, 0xFFFFFFFF)))
    foreign("chained-noai.opus", "OGG-3 ALL-2", "NOAI of somebody else in the second stream", lambda: tones(fields, comments("NOAI=1")))


def numbered(pages: list[Page]) -> list[Page]:
    """Numbers the pages of one stream under serial 1."""
    ogg(pages, 1)
    return pages


def without_page(number: int, pages: list[Page]) -> bytes:
    """Writes a stream without one page that is neither its first nor its last."""
    assert 0 < number < len(pages) - 1
    return b"".join(page.write() for page in numbered(pages) if page.number != number)


def numbers_of(pages: list[Page], number: Callable[[int], int]) -> bytes:
    """Writes a stream with other page numbers, each made from the true one."""
    for page in numbered(pages):
        page.number = number(page.number)
    return b"".join(page.write() for page in pages)


def other_version(pages: list[Page]) -> bytes:
    """Writes a stream whose first page has structure version 1 under a true checksum."""
    first, *rest = [page.write() for page in numbered(pages)]
    first = first[:4] + b"\x01" + first[5:22] + bytes(4) + first[26:]
    return first[:22] + struct.pack("<I", ogg_crc(first)) + b"".join([first[26:], *rest])


def junk_before_last(pages: list[Page]) -> bytes:
    """Writes a stream with 100 bytes that are no page between its last two pages, both of sound."""
    *before, last = numbered(pages)
    assert before[-1].granule > 0 and last.granule > 0
    return b"".join(page.write() for page in before) + b"junk" * 25 + last.write()


def small_audio(pages: list[Page], granule: int = 64) -> list[Page]:
    """Cuts the last page in two after its first packet, so that a page in the middle can go missing."""
    last = pages[-1]
    at = next(at for at, length in enumerate(last.lacing, 1) if length < 255)
    size = sum(last.lacing[:at])
    return pages[:-1] + [Page(last.flags & ~LAST, granule, 1, 0, last.lacing[:at], last.body[:size]),
                         Page(last.flags & ~CONTINUED, last.granule, 1, 0, last.lacing[at:], last.body[size:])]


def with_empty_end(pages: list[Page]) -> list[Page]:
    """Moves the end-of-stream flag to an empty page of its own."""
    pages[-1].flags &= ~LAST
    return pages + [Page(LAST, NO_PACKET_ENDS, pages[-1].serial, 0, b"", b"")]


def multiplexed() -> bytes:
    """Returns two streams whose pages alternate, both first pages in front."""
    one = numbered(ogg_pages(corpus("clean/sine.opus")))
    two = ogg_pages(corpus("clean/sine.opus"))
    ogg(two, 2)
    return b"".join(page.write() for pair in zip(one, two) for page in pair)


# MP4

HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts"}
C2PA_UUID = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
Boxes = list[tuple[bytes, "bytes | Boxes"]]


def box(kind: str | bytes, *parts: bytes, size: int | None = None) -> bytes:
    """Returns a box; `size` overrides the true one."""
    body = b"".join(parts)
    name = kind if isinstance(kind, bytes) else kind.encode("latin-1")
    return struct.pack(">I", len(body) + 8 if size is None else size) + name + body


def box64(kind: str, body: bytes) -> bytes:
    """Returns a box with a 64-bit size."""
    return struct.pack(">I4sQ", 1, kind.encode(), len(body) + 16) + body


def full(kind: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Returns a box that begins with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def parse_boxes(data: bytes) -> Boxes:
    """Parses boxes, and the boxes in those that only hold boxes."""
    boxes, at = [], 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + size]
        boxes.append((kind, parse_boxes(body) if kind in HOLDERS else body))
        at += size
    return boxes


def write_boxes(boxes: Boxes) -> bytes:
    """Writes what `parse_boxes` returns."""
    return b"".join(box(kind, write_boxes(body) if isinstance(body, list) else body) for kind, body in boxes)


def child(boxes: Boxes, *path: str):
    """Returns the body of the first box at a path."""
    for name in path:
        boxes = next(body for kind, body in boxes if kind == name.encode())
    return boxes


def data_atom(kind: int, value: bytes) -> bytes:
    """Returns a `data` atom: 1 is UTF-8, 2 UTF-16BE, 14 PNG, 0 binary."""
    return box("data", struct.pack(">II", kind, 0), value)


def free_form(name: str, *values: str, mean: str = "com.apple.iTunes") -> bytes:
    """Returns a `----` item."""
    return box("----", full("mean", mean.encode()), full("name", name.encode()), *(data_atom(1, value.encode()) for value in values))


def ilst(*items: bytes) -> bytes:
    """Returns an `ilst` that starts with a title."""
    return box("ilst", box("©nam", data_atom(1, b"Test Tone")), *items)


HANDLER = full("hdlr", bytes(4) + b"mdirappl" + bytes(9))


def meta(*parts: bytes) -> bytes:
    """Returns the `meta` of iTunes metadata."""
    return full("meta", HANDLER, *parts)


def notice_items(*items: bytes) -> bytes:
    """Returns a whole `udta` with a title, a copyright notice and more items."""
    return box("udta", meta(ilst(box("cprt", data_atom(1, COPYRIGHT.encode())), *items)))


def mp4(*layout: str | bytes, udta: bytes = b"", chunks: int = 4, co64: bool = False, shift: int = 0, extra: bytes = b"",
        saio: bool = False, bits: int = 0, edit: Callable[[bytes], bytes] = lambda moov: moov) -> bytes:
    """Returns the AAC tone in another arrangement.

    `layout` names the top-level boxes in order: `ftyp`, `moov`, `mdat`, `mdat64`, `mdat0` (size 0, to the end),
    `half` (each takes half of the chunks), or ready bytes. `shift` makes every chunk offset wrong,
    `extra` goes into moov, `saio` is for auxiliary information of which the offset is that of the first chunk, `bits`
    for sizes of 8 or 16 bits in `stz2`, and `edit` changes the finished moov.
    """
    top = parse_boxes(corpus("clean/sine.m4a"))
    base = child(top, "moov")
    sizes = child(base, "trak", "mdia", "minf", "stbl", "stsz")
    lengths = struct.unpack(f">{(len(sizes) - 12) // 4}I", sizes[12:])
    sound, samples = child(top, "mdat"), []
    for length in lengths:
        samples.append(sound[:length])
        sound = sound[length:]
    per_chunk = -(-len(samples) // chunks)
    groups = [b"".join(samples[at:at + per_chunk]) for at in range(0, len(samples), per_chunk)]

    def moov(offsets: list[int]) -> bytes:
        def rebuilt(kind: bytes, body):
            if kind == b"stsc":
                runs = [(1, per_chunk, 1)] + ([(len(groups), len(samples) % per_chunk, 1)] if len(samples) % per_chunk else [])
                return kind, struct.pack(">II", 0, len(runs)) + b"".join(struct.pack(">III", *entry) for entry in runs)
            if kind == b"stco":
                width = ">Q" if co64 else ">I"
                return b"co64" if co64 else kind, struct.pack(">II", 0, len(offsets)) + b"".join(struct.pack(width, at + shift) for at in offsets)
            if isinstance(body, list):
                body = [rebuilt(*each) for each in body if each[0] != b"udta"]
                aux = full("saio", struct.pack(">IQ" if co64 else ">II", 1, offsets[0]), version=int(co64))
                return kind, body + parse_boxes(full("saiz", struct.pack(">BI", 1, 4)) + aux) if kind == b"stbl" and saio else body
            if kind == b"stsz" and bits:
                return b"stz2", struct.pack(f">III{len(lengths)}{'H' if bits == 16 else 'B'}", 0, bits, len(lengths), *lengths)
            return kind, body
        body = [rebuilt(*each) for each in base if each[0] != b"udta"]
        return edit(box("moov", write_boxes(body), udta, extra))

    def place(offsets: list[int]) -> tuple[bytes, list[int]]:
        out, found, left = b"", [], list(groups)
        for part in layout:
            if isinstance(part, bytes):
                out += part
            elif part == "ftyp":
                out += box("ftyp", child(top, "ftyp"))
            elif part == "moov":
                out += moov(offsets)
            else:
                mine = left[:len(groups) // 2] if part == "half" and len(left) == len(groups) else left
                left = left[len(mine):]
                at = len(out) + (16 if part == "mdat64" else 8)
                for group in mine:
                    found.append(at)
                    at += len(group)
                body = b"".join(mine)
                out += box64("mdat", body) if part == "mdat64" else box("mdat", body, size=0 if part == "mdat0" else None)
        return out, found
    _, offsets = place([0] * len(groups))
    return place(offsets)[0]


FIRST_MOOV = ("ftyp", "moov", "mdat")
LAST_MOOV = ("ftyp", "mdat", "moov")


def fragmented(base: str, udta: bytes = b"", held: int = 3, sizes: str = "trun", wide: bool = True,
               each: bytes = b"", traf: bytes = b"", apart: bool = False, shift: int = 0, mvex: bool = True,
               mdat_first: bool = False, behind: bytes = b"") -> bytes:
    """Returns the AAC tone with its first `held` packets under moov and four to each movie fragment behind it.

    `base` is what a fragment counts from: `file` (an absolute offset in tfhd) or `moof`. `sizes` is where a fragment states them: `trun`,
    `tfhd` or `trex` (a packet for each fragment, and only where they do not differ). `wide` is for 64 bits in tfra and
    sidx, `apart` for two runs of which the second states no offset, `shift` is added to every base, `mdat_first` puts
    the sound before its moof. `behind` goes behind moov, `each` before every fragment, `traf` into the track's.
    """
    top = parse_boxes(corpus("clean/sine.m4a"))
    stbl = child(top, "moov", "trak", "mdia", "minf", "stbl")
    lengths = struct.unpack(f">{(len(child(stbl, 'stsz')) - 12) // 4}I", child(stbl, "stsz")[12:])
    sound, samples = child(top, "mdat"), []
    for length in lengths:
        samples.append(sound[:length])
        sound = sound[length:]
    usual = max(set(lengths), key=lengths.count)
    count = 4 if sizes == "trun" else 1
    groups = [samples[at:at + count] for at in range(held, len(samples), count)]

    def moov(at: int) -> bytes:
        tables = {b"stsz": struct.pack(f">III{held}I", 0, 0, held, *lengths[:held]), b"stsc": struct.pack(">IIIII", 0, 1, 1, held, 1),
                  b"stts": struct.pack(">IIII", 0, 1, held, 1024), b"stco": struct.pack(">III", 0, 1, at)}

        def rebuilt(kind: bytes, body):
            body = tables.get(kind, body)
            return kind, [rebuilt(*each) for each in body if each[0] not in (b"udta", b"sgpd", b"sbgp", b"edts")] if isinstance(body, list) else body
        extends = full("trex", struct.pack(">IIIII", 1, 1, 1024, usual, 0))
        body = write_boxes([rebuilt(*each) for each in child(top, "moov") if each[0] != b"udta"])
        return box("moov", body, box("mvex", extends) if mvex else b"", udta)

    def fragment(number: int, at: int) -> tuple[bytes, int]:
        """Returns one fragment that begins at a position, and where in it its moof stands."""
        group = groups[number]
        data = box("mdat", b"".join(group))
        place = at + (len(data) if mdat_first else 0)

        def moof(offset: int) -> bytes:
            listed = sizes == "trun" or sizes == "trex" and len(group[0]) != usual
            flags = (1 if base == "file" else 0x20000) | (0x10 if sizes == "tfhd" else 0)
            head = full("tfhd", struct.pack(">I", 1), struct.pack(">Q", place + shift) if base == "file" else b"",
                        struct.pack(">I", len(group[0])) if sizes == "tfhd" else b"", flags=flags)
            runs = [group[:2], group[2:]] if apart and len(group) > 2 else [group]
            packed = [full("trun", struct.pack(">I", len(run)), struct.pack(">i", offset) if not position else b"",
                           struct.pack(f">{len(run)}I", *map(len, run)) if listed else b"", flags=(0 if position else 1) | (0x200 if listed else 0))
                      for position, run in enumerate(runs)]
            return box("moof", full("mfhd", struct.pack(">I", number + 1)),
                       box("traf", head, full("tfdt", struct.pack(">I", (held + count * number) * 1024)), *packed, traf))
        offset = 8 - len(data) if mdat_first else len(moof(0)) + 8
        return (data + moof(offset), len(data)) if mdat_first else (moof(offset) + data, 0)

    def place(sound_at: int, index_length: int) -> bytes:
        out = box("ftyp", child(top, "ftyp")) + moov(sound_at) + behind + box("mdat", b"".join(samples[:held]))
        start, moofs, pieces = len(out) + index_length, [], b""
        lengths = []
        for number in range(len(groups)):
            made, at = fragment(number, start + len(pieces) + len(each))
            moofs.append(start + len(pieces) + len(each) + at)
            lengths.append(len(each) + len(made))
            pieces += each + made
        width = "Q" if wide else "I"
        index = full("sidx", struct.pack(f">II{width * 2}HH", 1, 44100, held * 1024, 0, 0, len(lengths)),
                     *(struct.pack(">III", length, count * 1024, 0x90000000) for length in lengths), version=int(wide))
        table = full("tfra", struct.pack(">III", 1, 0, len(moofs)),
                     *(struct.pack(f">{width * 2}BBB", (held + count * number) * 1024, at, 1, 1, 1) for number, at in enumerate(moofs)), version=int(wide))
        end = box("mfra", table, full("mfro", struct.pack(">I", len(table) + 24)))
        return out + index + pieces + end if index_length else place(sound_at, len(index))
    return place(len(box("ftyp", child(top, "ftyp")) + moov(0) + behind) + 8, 0)


def without(data: bytes, kind: bytes) -> bytes:
    """Turns the first box of a kind into free space."""
    return replaced(data, kind, b"free")


def chpl() -> bytes:
    """Returns Nero chapters."""
    return full("chpl", struct.pack(">IB", 0, 2), b"".join(struct.pack(">QB", at, 1) + name for at, name in [(0, b"a"), (2_000_000, b"b")]), version=1)


def keys_meta(value: bytes) -> bytes:
    """Returns QuickTime `mdta` metadata: names in `keys`, values by number, and no version in `meta`."""
    name = b"com.apple.quicktime.copyright"
    return box("meta", full("hdlr", bytes(4) + b"mdta" + bytes(13)), full("keys", struct.pack(">I", 1), box("mdta", name)),
               box("ilst", box(struct.pack(">I", 1), data_atom(1, value))))


def mp4_cases() -> None:
    """Registers the MP4, M4A and MOV files."""
    aac = "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a aac -b:a 24k"
    ran("clean/sine.m4a", "mp4", TAGGED, "MP4-1", "AAC by ffmpeg, moov last", f"{aac} OUT")
    ran("clean/faststart.m4a", "mp4", TAGGED, "MP4-1", "moov first", f"{aac} -movflags +faststart OUT")
    ran("clean/noise.m4a", "mp4", TAGGED, "MP4-1", "another recording, stereo", "ffmpeg -i clean/noise.wav -map_metadata -1 -ac 2 -c:a aac -b:a 48k OUT")
    ran("clean/alac.m4a", "mp4", TAGGED, "MP4-1", "ALAC", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a alac OUT")
    ran("clean/sine.mp4", "mp4", TAGGED, "MP4-1", "MP3 in MP4", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libmp3lame -b:a 32k -f mp4 OUT")
    ran("clean/opus.mp4", "mp4", TAGGED, "MP4-1", "Opus in MP4", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libopus -b:a 24k OUT")
    ran("clean/flac.mp4", "mp4", TAGGED, "MP4-1", "FLAC in MP4", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a flac -strict -2 OUT")
    ran("clean/pcm.mov", "mp4", TAGGED, "MP4-1", "PCM in QuickTime, `wide` before mdat", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a pcm_s16le OUT")
    for codec in ("pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_f32le"):
        ran(f"clean/{codec}.mov", "mp4", TAGGED, "MP4-1", f"{codec} in QuickTime", f"ffmpeg -i clean/short.wav -map_metadata -1 -c:a {codec} OUT")
    ran("clean/mp3.mov", "mp4", TAGGED, "MP4-1", "MP3 in QuickTime", "ffmpeg -i clean/short.wav -map_metadata -1 -ar 44100 -c:a libmp3lame -b:a 32k OUT")
    ran("clean/ac3.mp4", "mp4", TAGGED, "MP4-1", "AC-3 in MP4", "ffmpeg -i clean/short.wav -map_metadata -1 -ar 48000 -c:a ac3 -b:a 64k OUT")
    ran("clean/eac3.mp4", "mp4", TAGGED, "MP4-1", "E-AC-3 in MP4", "ffmpeg -i clean/short.wav -map_metadata -1 -ar 48000 -c:a eac3 -b:a 64k OUT")
    ran("tagged/ffmpeg.m4a", "mp4", TAGGED, "ALL-2", "items by ffmpeg",
        f"{aac} -metadata title='Test Tone' -metadata artist='Test Artist' -metadata copyright='{COPYRIGHT}' OUT")
    ran("broken/ffmpeg-mdta.mp4", "mp4", UNSUPPORTED, "ALL-2", "`mdta` keys by ffmpeg: metadata under keys and no iTunes item list",
        f"{aac} -metadata title='Test Tone' -metadata mood=calm -movflags use_metadata_tags OUT")
    ran("tagged/ffmpeg.mov", "mp4", TAGGED, "MP4-5", "QuickTime text atoms in udta by ffmpeg",
        f"ffmpeg -i clean/short.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a pcm_s16le OUT")
    ran("tagged/two-tracks.m4a", "mp4", TAGGED, "MP4-3", "two audio tracks",
        "ffmpeg -i clean/sine.wav -i clean/noise.wav -map 0 -map 1 -map_metadata -1 -c:a aac -b:a 24k OUT")
    ran("tagged/audio-and-video.mp4", "mp4", TAGGED, "MP4-3", "an audio track after a video track",
        "ffmpeg -i clean/sine.wav -f lavfi -i color=c=gray:s=16x16:r=5:d=0.4 -map 1 -map 0 -map_metadata -1 -c:v mpeg4 -c:a aac -b:a 24k OUT")
    built("broken/chapters.ffmeta", "-", NOT_AUDIO, "MP4-3", "chapters for `chapter-track.m4a`, in ffmpeg's text form",
          lambda: b";FFMETADATA1\n" + b"".join(b"[CHAPTER]\nTIMEBASE=1/1000\nSTART=%d\nEND=%d\ntitle=Part %c\n" % each
                                               for each in [(0, 200, 97), (200, 400, 98)]))
    ran("tagged/chapter-track.m4a", "mp4", TAGGED, "MP4-3", "audio and a chapter text track, with Nero chapters beside",
        "ffmpeg -i clean/sine.wav -i broken/chapters.ffmeta -map 0 -map_chapters 1 -c:a aac -b:a 24k OUT")
    ran("tagged/atomicparsley.m4a", "mp4", TAGGED, "MP4-5", "items and cover by AtomicParsley, which moves moov to the front", "cp clean/sine.m4a OUT",
        f"AtomicParsley OUT --title 'Test Tone' --copyright '{COPYRIGHT}' --artwork broken/png.mp3 --overWrite",
        undated=lambda data: changed_after(data, b"mvhd", 8, bytes(4)))
    mutated("tagged/mutagen.m4a", "mp4", TAGGED, "ALL-2 MP4-5", "items, foreign freeform and cover by mutagen, with its free space", "clean/sine.m4a",
            "©nam, cprt, covr, two freeform items", mutagen_mp4)
    mutated("tagged/mutagen-faststart.m4a", "mp4", TAGGED, "MP4-1", "the same where moov comes first", "clean/faststart.m4a",
            "©nam, cprt, covr, two freeform items", mutagen_mp4)

    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}", "mp4", outcome, hazards, purpose, make)

    notice = COPYRIGHT.encode()
    one("no-udta-first.m4a", "MP4-1", "no udta, moov first, several chunks", lambda: mp4(*FIRST_MOOV), "clean")
    one("no-udta-last.m4a", "MP4-1", "no udta, moov last", lambda: mp4(*LAST_MOOV), "clean")
    one("co64.m4a", "MP4-1", "64-bit chunk offsets", lambda: mp4(*FIRST_MOOV, co64=True), "clean")
    one("mdat-64.m4a", "MP4-3", "mdat with a 64-bit size", lambda: mp4("ftyp", "moov", "mdat64"), "clean")
    one("mdat-to-end.m4a", "MP4-3", "mdat of size 0: to the end of the file", lambda: mp4("ftyp", "moov", "mdat0"), "clean")
    one("two-mdat.m4a", "MP4-3", "two mdat after moov", lambda: mp4("ftyp", "moov", "half", "half"), "clean")
    one("mdat-moov-mdat.m4a", "MP4-3", "moov between two mdat: only half of the offsets move", lambda: mp4("ftyp", "half", "moov", "half"), "clean")
    one("mdat-free-mdat.m4a", "MP4-3", "free space between two mdat", lambda: mp4("ftyp", "moov", "half", box("free", bytes(50)), "half"), "clean")
    one("one-sample-chunks.m4a", "MP4-1", "a chunk for every packet", lambda: mp4(*FIRST_MOOV, chunks=999), "clean")
    one("empty-udta.m4a", "MP4-1", "udta without meta", lambda: mp4(*FIRST_MOOV, udta=box("udta")))
    one("udta-other.m4a", "MP4-1", "udta with Nero chapters and no meta", lambda: mp4(*FIRST_MOOV, udta=box("udta", chpl())))
    one("meta-no-ilst.m4a", "MP4-1", "meta without ilst", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta())))
    one("empty-ilst.m4a", "MP4-1", "ilst without an item", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(box("ilst")))))
    one("ilst.m4a", "MP4-1", "title and copyright, no free space", lambda: mp4(*FIRST_MOOV, udta=notice_items()))
    one("ilst-moov-last.m4a", "MP4-1", "the same, moov last", lambda: mp4(*LAST_MOOV, udta=notice_items()))
    one("free-in-meta.m4a", "MP4-5", "zero free after ilst in meta", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(ilst(), box("free", bytes(300))))))
    one("free-before-ilst.m4a", "MP4-5", "zero free before ilst in meta", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(box("free", bytes(300)), ilst()))))
    one("dirty-free-in-meta.m4a", "MP4-5", "free after ilst that is not zero: never reused", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(ilst(), box("free", b"left over" * 30)))))
    one("free-after-moov.m4a", "MP4-5", "zero top-level free after moov", lambda: mp4("ftyp", "moov", box("free", bytes(2048)), "mdat", udta=notice_items()))
    one("dirty-free-after-moov.m4a", "MP4-5", "top-level free that is not zero", lambda: mp4("ftyp", "moov", box("free", b"left over" * 200), "mdat", udta=notice_items()))
    one("skip-after-moov.m4a", "MP4-5", "`skip` in the place of `free`", lambda: mp4("ftyp", "moov", box("skip", bytes(900)), "mdat"))
    one("unknown-top.m4a", "ALL-2", "unknown boxes before, between and after", lambda: mp4("ftyp", box("abcd", b"1"), "moov", box("efgh", b"22"), "mdat", box("ijkl", b"333")))
    one("uuid-xmp.m4a", "ALL-2", "XMP in a top-level uuid", lambda: mp4(*FIRST_MOOV, box("uuid", bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC"), XMP)))
    one("free-form.m4a", "ALL-2", "freeform items of other means, two values, one binary", lambda: mp4(*FIRST_MOOV, udta=notice_items(
        free_form("MOOD", "calm", "slow"),
        box("----", full("mean", b"org.example"), full("name", b"blob"), data_atom(0, bytes(range(64)))))))
    one("cover.m4a", "ALL-2", "two covers, the first of 8 KB", lambda: mp4(*FIRST_MOOV, udta=notice_items(box("covr", data_atom(14, cover(8000)), data_atom(14, cover())))))
    one("cprt-utf16.m4a", "MP4-5", "cprt in UTF-16", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(ilst(box("cprt", data_atom(2, COPYRIGHT.encode("utf-16-be"))))))))
    one("cprt-two-values.m4a", "ALL-3", "cprt with two data atoms", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(ilst(box("cprt", data_atom(1, notice), data_atom(1, b"2025 Test Label")))))))
    one("cprt-empty.m4a", "ALL-3", "cprt with an empty value", lambda: mp4(*FIRST_MOOV, udta=box("udta", meta(ilst(box("cprt", data_atom(1, b"")))))))
    one("cprt-3gpp.m4a", "ALL-2", "3GPP cprt in udta, outside ilst", lambda: mp4(*FIRST_MOOV, udta=box("udta", full("cprt", b"\x15\xc7" + notice + b"\0"))))
    one("two-udta.m4a", "MP4-5", "two udta in moov", lambda: mp4(*FIRST_MOOV, udta=box("udta", chpl()) + notice_items()))
    one("udta-first.m4a", "MP4-5", "free space before udta, at the end of moov", lambda: mp4(*FIRST_MOOV, udta=box("free", bytes(40)) + notice_items(), extra=box("free", bytes(100))))
    one("udta-terminator.m4a", "MP4-5", "udta that ends in four zero bytes, as QuickTime allows", lambda: mp4(*FIRST_MOOV, udta=box("udta", chpl(), bytes(4))))
    one("udta-terminator.mov", "MP4-5", "the same after a text atom", lambda: mp4(
        box("ftyp", b"qt  " + bytes(4) + b"qt  "), "moov", "mdat", udta=box("udta", box("©cpy", struct.pack(">HH", len(notice), 0) + notice), bytes(4))))
    one("quicktime-meta.mov", "MP4-5", "`mdta` keys in a meta without version and flags", lambda: mp4(
        box("ftyp", b"qt  " + bytes(4) + b"qt  "), "moov", "mdat", extra=keys_meta(notice)))
    one("udta-quicktime-meta.mov", "MP4-5", "udta/meta of iTunes items without version and flags", lambda: mp4(
        box("ftyp", b"qt  " + bytes(4) + b"qt  "), "moov", "mdat", udta=box("udta", box("meta", HANDLER, ilst()))))
    one("no-ftyp.mov", "MP4-5", "old QuickTime: moov and no ftyp", lambda: mp4("moov", "mdat"))
    one("top-meta.m4a", "MP4-5", "an XML meta at the top level beside the one in udta", lambda: mp4(
        *FIRST_MOOV, full("meta", full("hdlr", bytes(4) + b"mp7t" + bytes(13)), full("xml ", b"<a/>\0")), udta=notice_items()))

    one("saio.m4a", "MP4-2", "auxiliary information, whose offset counts from the start of the file", lambda: mp4(*FIRST_MOOV, saio=True, udta=notice_items()))
    one("saio-64.m4a", "MP4-2", "the same in 64 bits", lambda: mp4(*FIRST_MOOV, saio=True, co64=True))
    one("stz2-8.m4a", "HASH-1", "sample sizes of 8 bits", lambda: mp4(*FIRST_MOOV, bits=8), "clean")
    one("stz2-16.m4a", "HASH-1", "sample sizes of 16 bits", lambda: mp4(*LAST_MOOV, bits=16), "clean")
    one("stz2-4.mov", "HASH-1", "sample sizes of 4 bits, two in a byte", nibbles, "clean")
    fragment_cases(aac, one)
    no = partial(one, folder="broken", outcome=UNSUPPORTED)
    no("iloc.m4a", "MP4-2", "item locations in a top-level meta", lambda: mp4(*FIRST_MOOV, full(
        "meta", full("hdlr", bytes(4) + b"pict" + bytes(13)), full("iloc", b"\x44\0" + struct.pack(">HHHHII", 1, 1, 0, 1, 48, 10)))))
    no("unknown-items.m4a", "ALL-2", "items without a data atom or of unknown names: the independent reader does not see fields placed beside them, so they cannot be confirmed",
       lambda: mp4(*FIRST_MOOV, udta=notice_items(box("zzzz", b"any bytes"), box("©zzz", data_atom(99, b"?")))))
    no("cmov.mov", "MP4-4", "compressed moov", lambda: mp4("ftyp", "mdat", "moov", edit=compressed_moov))
    no("external-data.mov", "MP4-2", "data reference to another file", lambda: mp4(
        *FIRST_MOOV, edit=external))
    bad = partial(one, folder="broken", outcome=MALFORMED)
    bad("atom-beyond-file.m4a", "MP4-4", "mdat longer than the file", lambda: mp4(*FIRST_MOOV)[:-200])
    bad("cut-in-moov.m4a", "MP4-4", "file that ends inside moov", lambda: mp4(*LAST_MOOV)[:-60])
    bad("no-moov.m4a", "MP4-4", "ftyp and mdat alone: the recording was never finished", lambda: mp4("ftyp", "mdat"))
    bad("atom-beyond-parent.m4a", "MP4-4", "trak longer than moov", lambda: mp4(*FIRST_MOOV, edit=lambda moov: resized(moov, b"trak", 100_000)))
    bad("ilst-beyond-meta.m4a", "MP4-5", "ilst longer than meta", lambda: mp4(*FIRST_MOOV, udta=notice_items(), edit=lambda moov: resized(moov, b"ilst", 4_000)))
    bad("item-beyond-ilst.m4a", "MP4-5", "data atom longer than its item", lambda: mp4(*FIRST_MOOV, udta=notice_items(), edit=lambda moov: resized(moov, b"data", 4_000)))
    bad("size-below-8.m4a", "MP4-4", "box of 4 bytes: smaller than its own header", lambda: mp4("ftyp", box("free", size=4), "moov", "mdat"))
    bad("offsets-beyond-file.m4a", "HASH-1", "chunk offsets beyond the end of the file", lambda: mp4(*FIRST_MOOV, shift=1_000_000))
    bad("last-chunk-beyond-file.m4a", "HASH-1", "chunk offsets that leave only the last chunk outside", lambda: mp4(*FIRST_MOOV, shift=100))
    bad("chunk-count.m4a", "MP4-4", "4 billion chunk offsets declared", lambda: mp4(
        *FIRST_MOOV, edit=lambda moov: changed_after(moov, b"stco", 4, b"\xff\xff\xff\xff")))
    bad("sample-count.m4a", "MP4-4", "4 billion packet sizes declared", lambda: mp4(
        *FIRST_MOOV, edit=lambda moov: changed_after(moov, b"stsz", 8, b"\xff\xff\xff\xff")))
    bad("size-64-huge.m4a", "MP4-3", "64-bit size near 2^64", lambda: replaced(
        mp4("ftyp", "moov", "mdat64"), b"\0\0\0\x01mdat\0\0\0\0", b"\0\0\0\x01mdat\xff\xff\xff\xff"))
    one("c2pa.m4a", "FLAC-3", "C2PA manifest in a top-level uuid", lambda: mp4(
        "ftyp", box("uuid", C2PA_UUID, bytes(4), b"manifest\0", bytes(8), manifest()), "moov", "mdat"), "broken", PROTECTED)
    one("noai.m4a", "ALL-2", "freeform NOAI of somebody else", lambda: mp4(*FIRST_MOOV, udta=notice_items(free_form("NOAI", "1"))), "broken", CONFLICT)
    one("foreign-noai.m4a", "ALL-2", "freeform NOAI under the mean of somebody else, `org.example`: the name alone is in conflict", lambda: mp4(
        *FIRST_MOOV, udta=notice_items(free_form("NOAI", "1", mean="org.example"))), "broken", CONFLICT)
    one("content-usage.m4a", "ALL-2", "freeform content usage of somebody else", lambda: mp4(
        *FIRST_MOOV, udta=notice_items(free_form("Content Usage", "train-ai=n"))), "broken", CONFLICT)
    ran("broken/video-only.mp4", "mp4", NOT_AUDIO, "ALL-5", "no audio track", "ffmpeg -f lavfi -i color=c=gray:s=16x16:r=5:d=0.4 -map_metadata -1 -c:v mpeg4 OUT")


def nibbles() -> bytes:
    """Returns the PCM of `pcm.mov` with the size of each sample in 4 bits."""
    boxes = parse_boxes(corpus("clean/pcm.mov"))
    stbl = child(boxes, "moov", "trak", "mdia", "minf", "stbl")
    size, count = struct.unpack_from(">II", child(stbl, "stsz"), 4)
    at = next(index for index, each in enumerate(stbl) if each[0] == b"stsz")
    stbl[at] = (b"stz2", struct.pack(">III", 0, 4, count) + bytes([size << 4 | size]) * (count // 2) + bytes([size << 4]) * (count % 2))
    return write_boxes(boxes)


def fragment_cases(aac: str, one: Callable[..., None]) -> None:
    """Registers the fragmented files."""
    cut = "-frag_duration 100000 -movflags"

    def by_ffmpeg(name: str, purpose: str, flags: str, more: str = "", source: str = aac, folder: str = "clean", outcome: str = TAGGED) -> None:
        ran(f"{folder}/{name}", "mp4", outcome, "MP4-2", purpose, f"{source} {cut} {flags}{more} OUT")
    two = "ffmpeg -i clean/sine.wav -i clean/noise.wav -map 0 -map 1 -map_metadata -1 -c:a aac -b:a 24k"
    video = "ffmpeg -f lavfi -i color=c=gray:s=16x16:r=10:d=0.4 -i clean/sine.wav -map 0 -map 1 -map_metadata -1 -c:v mpeg4 -c:a aac -b:a 24k"
    by_ffmpeg("fragmented.mp4", "fragmented, absolute offsets in tfhd", "frag_keyframe+empty_moov")
    by_ffmpeg("fragmented-dash.mp4", "fragmented, offsets from moof, a sidx before each", "frag_keyframe+empty_moov+default_base_moof+dash")
    by_ffmpeg("fragmented-base-moof.mp4", "fragmented, offsets from moof, one sidx for all", "empty_moov+default_base_moof+global_sidx")
    by_ffmpeg("fragmented-cmaf.mp4", "fragmented as CMAF asks, with prft", "empty_moov+cmaf", " -write_prft pts")
    by_ffmpeg("fragmented-delay.mp4", "fragmented, with an edit list", "frag_keyframe+delay_moov")
    by_ffmpeg("fragmented-hybrid.mp4", "the first samples under moov, the others in fragments", "frag_keyframe")
    by_ffmpeg("fragmented-two-tracks.mp4", "fragments of two tracks that share a moof", "empty_moov", source=two)
    by_ffmpeg("fragmented-apart.mp4", "fragments of two tracks, a moof for each", "empty_moov+separate_moof", source=two)
    by_ffmpeg("fragmented-video.mp4", "fragments in which the sound counts from where the pictures end", "empty_moov+omit_tfhd_offset", source=video, folder="tagged")
    by_ffmpeg("fragmented-title.mp4", "absolute offsets in tfhd, and a title", "empty_moov", " -metadata title='Test Tone'", folder="tagged")
    by_ffmpeg("fragmented-global-sidx.mp4", "ffmpeg 5.1 puts a sidx before the fragments and lets tfhd point to where they were", "empty_moov+global_sidx",
              folder="broken", outcome=MALFORMED)

    def ours(name: str, purpose: str, *arguments, folder: str = "tagged", outcome: str = TAGGED, hazards: str = "MP4-2", **more) -> None:
        one(name, hazards, purpose, lambda: fragmented(*arguments, **more), folder, outcome)
    segment = box("styp", b"msdh" + bytes(4) + b"msdhmsix") + full("emsg", b"urn:example\0" + b"1\0", struct.pack(">IIII", 1000, 0, 10, 1), b"message")
    ours("fragments-file.m4a", "absolute offsets in tfhd, copyright, 64-bit sidx and tfra, styp and emsg before each fragment", "file", notice_items(), each=segment)
    ours("fragments-narrow.m4a", "absolute offsets in tfhd, 32-bit sidx and tfra", "file", notice_items(), wide=False)
    ours("fragments-trex.m4a", "sizes in trex where they fit", "moof", notice_items(), sizes="trex")
    ours("fragments-tfhd.m4a", "sizes in tfhd", "moof", notice_items(), sizes="tfhd")
    ours("fragments-two-runs.m4a", "a second run without an offset: right behind the first", "moof", notice_items(), apart=True)
    ours("fragments-mdat-first.m4a", "each mdat before its moof: offsets below 0", "moof", notice_items(), mdat_first=True)
    ours("fragments-saio.m4a", "auxiliary information, whose offset counts from the fragment", "file", notice_items(),
         traf=full("saiz", bytes([1]), struct.pack(">I", 4)) + full("saio", struct.pack(">II", 1, 24)))
    ours("fragments-free.m4a", "zero free space behind moov that the fields fit into", "file", notice_items(), behind=box("free", bytes(2048)), hazards="MP4-2 MP4-5")
    bad = partial(ours, folder="broken", outcome=MALFORMED)
    bad("fragments-beyond-file.m4a", "offsets in tfhd beyond the end of the file", "file", shift=1_000_000)
    bad("fragments-beyond-end.m4a", "offsets in tfhd that leave only the last samples outside", "file", shift=200)
    bad("fragments-no-mvex.m4a", "fragments that moov does not announce", "moof", mvex=False)
    one("fragments-trun-count.m4a", "MP4-4", "4 billion samples in a run", lambda: changed_after(fragmented("moof"), b"trun", 4, b"\xff\xff\xff\xff"), "broken", MALFORMED)
    one("fragments-no-size.m4a", "MP4-2", "samples whose size nobody states", lambda: without(fragmented("moof", sizes="trex"), b"trex"), "broken", MALFORMED)
    one("fragments-base-0.m4a", "MP4-2", "a fragment that counts from the start of the file, which does not move", lambda: changed_after(
        fragmented("file"), b"tfhd", 8, bytes(8)), "broken", UNSUPPORTED)
    one("fragments-before-moov.m4a", "MP4-2", "a fragment before moov", lambda: fragment_first(fragmented("moof")), "broken", UNSUPPORTED)
    one("two-moov.m4a", "MP4-5", "a second moov", lambda: mp4("ftyp", "moov", "mdat", "moov"), "broken", UNSUPPORTED)


def fragment_first(data: bytes) -> bytes:
    """Puts a copy of the first movie fragment before moov."""
    at, moov = data.index(b"moof") - 4, data.index(b"moov") - 4
    size = struct.unpack_from(">I", data, at)[0]
    return data[:moov] + data[at:at + size] + data[moov:]


def resized(data: bytes, kind: bytes, size: int) -> bytes:
    """Gives the first box of a kind another size."""
    at = data.index(kind) - 4
    changed = data[:at] + struct.pack(">I", size) + data[at + 4:]
    assert changed != data, kind
    return changed


def changed_after(data: bytes, kind: bytes, distance: int, value: bytes) -> bytes:
    """Overwrites bytes at a distance after the name of the first box of a kind."""
    at = data.index(kind) + 4 + distance
    return data[:at] + value + data[at + len(value):]


def compressed_moov(moov: bytes) -> bytes:
    """Returns a moov that holds another one in a zlib stream."""
    return box("moov", box("cmov", box("dcom", b"zlib"), box("cmvd", struct.pack(">I", len(moov)), stored(moov))))


def external(moov: bytes) -> bytes:
    """Makes the data reference of the first track name another file."""
    boxes = parse_boxes(moov)
    child(boxes, "moov", "trak", "mdia", "minf", "dinf")[0] = (
        b"dref", struct.pack(">II", 0, 1) + full("url ", b"https://example.org/sound.bin\0"))
    return write_boxes(boxes)


def mutagen_mp4(path: str) -> None:
    """Writes usual items, two foreign freeform items and a cover."""
    from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    file["\xa9nam"], file["cprt"] = ["Test Tone"], [COPYRIGHT]
    file["covr"] = [MP4Cover(cover(), imageformat=MP4Cover.FORMAT_PNG)]
    file["----:com.apple.iTunes:MOOD"] = [MP4FreeForm(b"calm"), MP4FreeForm(b"slow")]
    file["----:org.example:NOTE"] = [MP4FreeForm(bytes(range(32)), dataformat=0)]
    file.save()


# WAV

XMP = b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'/><?xpacket end='w'?>"
PCM, FLOAT, A_LAW, MU_LAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
GUID_TAIL = bytes.fromhex("00001000800000AA00389B71")


def chunk(kind: str, body: bytes, order: str = "<", pad: bool = True, size: int | None = None) -> bytes:
    """Returns a RIFF (`<`) or IFF (`>`) chunk, padded to an even length unless `pad` is false."""
    return kind.encode("latin-1") + struct.pack(order + "I", len(body) if size is None else size) + body + (b"\0" if pad and len(body) % 2 else b"")


def fmt(codec: int = PCM, bits: int = 16, channels: int = 1, rate: int = 8000) -> bytes:
    """Returns the `fmt ` chunk that each codec asks for."""
    align = channels * bits // 8
    body = struct.pack("<HHIIHH", codec, channels, rate, rate * align, align, bits)
    if codec == EXTENSIBLE:
        body += struct.pack("<HHI", 22, bits, 4) + struct.pack("<I", PCM) + GUID_TAIL
    elif codec != PCM:
        body += b"\0\0"
    return chunk("fmt ", body)


def riff(*chunks: bytes, size: int | None = None, magic: str = "RIFF") -> bytes:
    """Returns a RIFF WAVE file; `size` overrides the true one."""
    body = b"WAVE" + b"".join(chunks)
    return magic.encode() + struct.pack("<I", len(body) if size is None else size) + body


def sound(count: int | None = None) -> bytes:
    """Returns the `data` chunk of the short tone, or of its first `count` 8-bit samples."""
    return chunk("data", pcm(TONE())) if count is None else chunk("data", unsigned8()[:count])


def unsigned8() -> bytes:
    """Returns the short tone in the unsigned 8 bits of WAV."""
    return bytes((sample >> 8) + 128 for sample in TONE())


def wav(before: bytes = b"", after: bytes = b"") -> bytes:
    """Returns the short tone with chunks before and after the sound."""
    return riff(fmt(), before, sound(), after)


def odd(after: bytes = b"", pad: bool = True, size: int | None = None) -> bytes:
    """Returns 1,001 bytes of 8-bit sound, with or without the pad byte."""
    return riff(fmt(bits=8), chunk("data", unsigned8()[:1001], pad=pad), after, size=size)


def info(*items: tuple[str, bytes], pad: bool = True) -> bytes:
    """Returns a `LIST` chunk of type INFO."""
    return chunk("LIST", b"INFO" + b"".join(chunk(kind, value, pad=pad) for kind, value in items))


def a_law(samples: list[int], mask: int = 0x55) -> bytes:
    """Returns samples in G.711 A-law."""
    def one(sample: int) -> int:
        value, sign = (sample >> 3, 0x80) if sample >= 0 else ((-sample - 1) >> 3, 0)
        exponent = max(value.bit_length() - 5, 0)
        mantissa = value >> max(exponent, 1) & 15
        return (sign | exponent << 4 | mantissa) ^ mask
    return bytes(map(one, samples))


def bext() -> bytes:
    """Returns a Broadcast Wave `bext` chunk of version 1."""
    return chunk("bext", b"Test Tone".ljust(256, b"\0") + b"Test Artist".ljust(32, b"\0") + b"TEST0001".ljust(32, b"\0")
                 + b"2026-11-01" + b"12:00:00" + struct.pack("<QH", 0, 1) + bytes(254) + b"A=PCM,F=8000,W=16,M=mono\r\n")


def adtl() -> bytes:
    """Returns labels and notes for cue points."""
    return chunk("LIST", b"adtl" + chunk("labl", struct.pack("<I", 1) + b"start\0") + chunk("note", struct.pack("<I", 1) + b"odd\0") + chunk("ltxt", struct.pack("<IIIHHHH", 1, 9, 0, 0, 0, 0, 0)))


def cue() -> bytes:
    """Returns one cue point."""
    return chunk("cue ", struct.pack("<III4sIII", 1, 1, 100, b"data", 0, 0, 100))


def wav_cases() -> None:
    """Registers the WAV files and their relatives."""
    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED, format: str = "wav") -> None:
        built(f"{folder}/{name}", format, outcome, hazards, purpose, make)

    title, notice = ("INAM", b"Test Tone\0"), ("ICOP", COPYRIGHT.encode() + b"\0")
    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    one("sine.wav", "WAV-3", "16-bit tone at 44.1 kHz, the source of most encodings", lambda: riff(fmt(rate=44100), chunk("data", pcm(triangle(44100, 0.4)))), "clean")
    one("noise.wav", "WAV-3", "16-bit noise at 22.05 kHz, the source of the other recording", lambda: riff(fmt(rate=22050), chunk("data", pcm(noise(22050, 0.4)))), "clean")
    one("short.wav", "WAV-3", "16-bit tone at 8 kHz", wav, "clean")
    one("8-bit.wav", "WAV-3", "8-bit, unsigned", lambda: riff(fmt(bits=8), sound(1000)), "clean")
    one("24-bit.wav", "WAV-3", "24-bit", lambda: riff(fmt(bits=24), chunk("data", pcm(TONE(), 24))), "clean")
    one("32-bit.wav", "WAV-3", "32-bit integers", lambda: riff(fmt(bits=32), chunk("data", pcm(TONE(), 32))), "clean")
    one("float.wav", "WAV-3", "32-bit float with its fact chunk", lambda: riff(
        fmt(FLOAT, 32), chunk("fact", struct.pack("<I", len(TONE()))), chunk("data", b"".join(struct.pack("<f", sample / 32768) for sample in TONE()))), "clean")
    one("float-64.wav", "WAV-3", "64-bit float", lambda: riff(
        fmt(FLOAT, 64), chunk("data", b"".join(struct.pack("<d", sample / 32768) for sample in TONE()))), "clean")
    one("extensible.wav", "WAV-3", "WAVE_FORMAT_EXTENSIBLE, 24-bit", lambda: riff(fmt(EXTENSIBLE, 24), chunk("data", pcm(TONE(), 24))), "clean")
    one("stereo.wav", "WAV-3", "two channels", lambda: riff(fmt(channels=2), chunk("data", b"".join(
        struct.pack("<hh", left, -left) for left in TONE()))), "clean")
    one("a-law.wav", "WAV-3", "G.711 A-law", lambda: riff(fmt(A_LAW, 8), chunk("fact", struct.pack("<I", len(TONE()))), chunk("data", a_law(TONE()))), "clean")
    ran("clean/mu-law.wav", "wav", TAGGED, "WAV-3", "G.711 mu-law by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a pcm_mulaw OUT")
    one("empty-data.wav", "WAV-3", "no samples: a chunk behind them would be taken for sound", lambda: riff(fmt(), chunk("data", b"")), "broken", UNSUPPORTED)
    one("odd-padded.wav", "WAV-2", "odd data, pad byte present and counted", odd, "clean")
    one("odd-unpadded.wav", "WAV-2", "odd data at the end of the file, no pad byte", lambda: odd(pad=False), "clean")
    one("odd-pad-uncounted.wav", "WAV-2", "odd data, pad byte present and not in the RIFF size", lambda: odd(size=len(odd()) - 9), "clean")
    one("odd-pad-counted-absent.wav", "WAV-2", "odd data, pad byte counted in the RIFF size and absent", lambda: odd(pad=False, size=len(odd()) - 8), "clean")

    ran("tagged/ffmpeg.wav", "wav", TAGGED, "WAV-3", "LIST INFO by ffmpeg", f"ffmpeg -i clean/short.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c copy OUT")
    mutated("tagged/mutagen.wav", "wav", TAGGED, "WAV-3", "id3 chunk by mutagen, with padding", "clean/short.wav", "TIT2, TCOP with 200 bytes of padding", mutagen_chunk)
    mutated("tagged/mutagen-odd.wav", "wav", TAGGED, "WAV-2", "id3 chunk by mutagen after odd data", "clean/odd-padded.wav", "TIT2, TCOP with 200 bytes of padding", mutagen_chunk)
    one("info.wav", "WAV-3", "LIST INFO with ICOP after the sound", lambda: wav(after=info(title, notice)))
    one("info-first.wav", "WAV-3", "LIST INFO with ICOP before the sound", lambda: wav(before=info(title, notice)))
    one("info-no-icop.wav", "WAV-3", "LIST INFO without ICOP", lambda: wav(after=info(title)))
    one("info-first-no-icop.wav", "WAV-3", "LIST INFO without ICOP before the sound", lambda: wav(before=info(title)))
    one("info-both.wav", "WAV-3", "LIST INFO before and after the sound", lambda: wav(before=info(title), after=info(notice)))
    one("info-empty.wav", "WAV-3", "LIST INFO without an item", lambda: wav(after=info()))
    one("info-odd.wav", "WAV-2", "INFO items of odd length, padded", lambda: wav(after=info(("INAM", b"Test Tones\0"), ("ICOP", COPYRIGHT.encode() + b".\0"), title)))
    one("info-no-nul.wav", "WAV-2", "ICOP without a terminator", lambda: wav(after=info(("ICOP", COPYRIGHT.encode()), title)))
    one("info-nuls.wav", "WAV-2", "ICOP with several NUL bytes", lambda: wav(after=info(("ICOP", COPYRIGHT.encode() + bytes(6)))))
    one("info-empty-icop.wav", "WAV-3", "ICOP of no length", lambda: wav(after=info(title, ("ICOP", b""))))
    one("info-two-icop.wav", "ALL-3", "ICOP twice", lambda: wav(after=info(notice, ("ICOP", b"2025 Test Label\0"))))
    one("info-latin1.wav", "WAV-3", "ICOP in a code page, not UTF-8", lambda: wav(after=info(("ICOP", b"\xa9 2026 Test Artist\0"))))
    one("info-id3.wav", "WAV-3", "LIST INFO and id3 chunk", lambda: wav(after=info(title, notice) + chunk("id3 ", tag)))
    one("id3-info.wav", "WAV-3", "id3 chunk before the sound, LIST INFO after it", lambda: wav(chunk("id3 ", tag), info(title, notice)))
    one("id3-upper.wav", "WAV-3", "`ID3 ` chunk in upper case", lambda: wav(after=chunk("ID3 ", tag)))
    one("id3-v24.wav", "WAV-3", "id3 chunk of version 2.4 without padding", lambda: wav(after=chunk("id3 ", id3(text("TCOP", COPYRIGHT, 4, 3), 4))))
    one("id3-slack.wav", "WAV-3", "id3 chunk longer than its tag, the rest zero", lambda: wav(after=chunk("id3 ", tag + bytes(80))))
    one("geob.wav", "WAV-3", "id3 chunk with an encapsulated object as DJ programs write it", lambda: wav(after=chunk("id3 ", id3(
        frame("GEOB", geob("application/octet-stream", "Markers", bytes(101)))))))
    one("adtl.wav", "WAV-3", "LIST adtl with cue points and no INFO", lambda: wav(after=cue() + adtl()))
    one("bext.wav", "WAV-3", "bext before fmt, iXML after the sound", lambda: riff(bext(), fmt(), sound(), chunk("iXML", b"<BWFXML><NOTE>odd</NOTE></BWFXML>")))
    one("smpl.wav", "WAV-3", "smpl and inst", lambda: wav(after=chunk("smpl", struct.pack("<9I6I", 0, 0, 125000, 60, 0, 0, 0, 1, 0, 0, 0, 0, 2399, 0, 0)) + chunk("inst", bytes([60, 0, 0, 0, 127, 1, 127]))))
    one("axml.wav", "WAV-3", "axml and chna", lambda: wav(chunk("chna", struct.pack("<HHH12s14s11sx", 1, 1, 1, b"ATU_00000001", b"AT_00031001_01", b"AP_00031001")),
                                                            chunk("axml", b"<ebuCoreMain/>")))
    one("xmp.wav", "WAV-3", "XMP in `_PMX`", lambda: wav(after=chunk("_PMX", XMP)))
    one("junk.wav", "WAV-3", "JUNK before fmt, PAD and unknown chunks after", lambda: riff(chunk("JUNK", bytes(28)), fmt(), chunk("minf", bytes(16)), sound(), chunk("PAD ", bytes(100)), chunk("zzzz", b"odd")))
    one("everything.wav", "WAV-3", "most chunks in one file", lambda: riff(
        chunk("JUNK", bytes(28)), bext(), fmt(bits=8), info(title), sound(1001), cue(), adtl(), chunk("_PMX", XMP), chunk("id3 ", tag), chunk("iXML", b"<BWFXML/>")))
    one("junk-after-end.wav", "WAV-2", "bytes after the end of RIFF", lambda: wav() + b"bytes after the end")
    one("zeros-after-end.wav", "WAV-2", "zero bytes after the end of RIFF", lambda: wav(after=info(title)) + bytes(12))
    one("id3v1-after-end.wav", "WAV-2", "ID3v1 after the end of RIFF", lambda: wav() + id3v1())

    bad = partial(one, folder="broken", outcome=MALFORMED)
    bad("data-beyond-end.wav", "WAV-2", "file cut inside its data chunk", lambda: wav()[:-1000])
    bad("riff-size-large.wav", "WAV-1", "RIFF size beyond the end of the file", lambda: riff(fmt(), sound(), size=1_000_000))
    bad("riff-size-small.wav", "WAV-1", "RIFF size that ends inside the data chunk", lambda: riff(fmt(), sound(), size=2000))
    bad("odd-unpadded-middle.wav", "WAV-2", "odd data without its pad byte before another chunk", lambda: odd(info(title, notice), pad=False))
    bad("chunk-beyond-end.wav", "WAV-2", "last chunk longer than the file", lambda: wav(after=chunk("zzzz", b"1234", size=4000)))
    bad("info-item-beyond-list.wav", "WAV-2", "INFO item longer than its LIST", lambda: wav(after=chunk("LIST", b"INFO" + chunk("INAM", b"Test Tone\0", size=4000))))
    bad("no-fmt.wav", "WAV-2", "data and no fmt", lambda: riff(sound()))
    bad("no-data.wav", "WAV-2", "fmt and no data", lambda: riff(fmt(), info(title)))
    bad("fmt-short.wav", "WAV-2", "fmt of 8 bytes", lambda: riff(chunk("fmt ", fmt()[8:16]), sound()))
    bad("id3-larger-than-chunk.wav", "ID3-4", "id3 tag longer than its chunk", lambda: wav(after=chunk("id3 ", id3(text("TIT2", "Test Tone"), size=100_000))))
    bad("header-cut.wav", "WAV-2", "`RIFF`, a size, `WAVE` and nothing else", lambda: riff())

    no = partial(one, folder="broken", outcome=UNSUPPORTED)
    one("info-odd-last-unpadded.wav", "WAV-2", "no notice fits: INFO whose last item, ICOP, is odd and has no pad byte inside the LIST, which is itself odd and padded",
       lambda: wav(after=info(title, notice, pad=False)))
    no("rifx.wav", "WAV-1", "RIFX: big-endian", rifx, format="-")
    ran("broken/sony.w64", "-", UNSUPPORTED, "WAV-1", "Wave64 by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c copy OUT")
    ran("clean/adpcm.wav", "wav", TAGGED, "WAV-1", "IMA ADPCM by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a adpcm_ima_wav OUT")
    ran("clean/adpcm-ms.wav", "wav", TAGGED, "WAV-1", "Microsoft ADPCM by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a adpcm_ms OUT")
    layer3 = struct.pack("<HHIIHHHHIHHH", 0x55, 1, 44100, 4000, 1152, 0, 12, 1, 2, 1152, 1, 1393)
    one("mp3-in-wav.wav", "WAV-1 MP3-3", "MP3 in WAV whose first frame holds a table, and LIST INFO", lambda: riff(
        chunk("fmt ", layer3), chunk("data", corpus("clean/sine.mp3")), info(title, notice)))
    no("ac3-in-wav.wav", "WAV-1", "format 2000: AC-3", lambda: riff(fmt(0x2000, 16), chunk("data", bytes(400))))
    ran("clean/mp3-in-wav.wav", "wav", TAGGED, "WAV-1", "MP3 in WAV by ffmpeg", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libmp3lame -b:a 32k OUT")
    no("webp.wav", "ALL-5", "RIFF that is a picture", lambda: b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8L" + struct.pack("<I", 10) + bytes.fromhex("2f000000100710111188"), outcome=NOT_AUDIO, format="-")
    one("c2pa.wav", "FLAC-3", "C2PA manifest in a `C2PA` chunk", lambda: wav(after=chunk("C2PA", manifest())), "broken", PROTECTED)
    one("noai.wav", "ALL-2", "TXXX:NOAI of somebody else in the id3 chunk", lambda: wav(after=chunk("id3 ", id3(txxx("NOAI", "1")))), "broken", CONFLICT)
    wide_cases()
    stream_cases()


def wide_cases() -> None:
    """Registers RF64 and BW64 files: WAV whose sizes need more than 32 bits, and short ones that are written so all the same."""
    def one(name: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}", "wav", outcome, "WAV-1", purpose, make)

    title, notice = ("INAM", b"Test Tone\0"), ("ICOP", COPYRIGHT.encode() + b"\0")
    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    elsewhere = 0xFFFFFFFF
    one("rf64.wav", "RF64 with ds64", lambda: rf64(), "clean")
    one("bw64.wav", "BW64 with ds64", lambda: rf64(magic="BW64"), "clean")
    ran("clean/rf64-ffmpeg.wav", "wav", TAGGED, "WAV-1", "RF64 by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c copy -rf64 always OUT")
    one("rf64-odd.wav", "RF64, odd data without its pad byte", lambda: rf64(body=pcm(TONE()[:1001], 8), form=fmt(bits=8), pad=False), "clean")
    one("rf64-size-in-chunk.wav", "RF64 whose data chunk states its true size, too", lambda: rf64(size=len(pcm(TONE()))), "clean")
    one("rf64-room.wav", "RF64 whose ds64 is longer than its table", lambda: rf64(room=24), "clean")
    one("rf64-info.wav", "RF64 with LIST INFO", lambda: rf64(before=info(title, notice)))
    one("rf64-id3.wav", "RF64 with an id3 chunk", lambda: rf64(after=chunk("id3 ", tag)))
    one("rf64-table.wav", "RF64 with two chunks whose sizes are in the table of ds64, an id3 chunk among them", lambda: rf64(
        chunk("axml", b"<ebuCoreMain/>", size=elsewhere), chunk("id3 ", tag, size=elsewhere), [("zzzz", 7), ("axml", 14), ("id3 ", len(tag))]))
    one("rf64-table-twice.wav", "RF64 with two chunks of one name in the table", lambda: rf64(
        chunk("zzzz", b"1234", size=elsewhere), chunk("zzzz", b"12345678", size=elsewhere), [("zzzz", 4), ("zzzz", 8)]))
    bad = partial(one, folder="broken", outcome=MALFORMED)
    bad("rf64-no-ds64.wav", "RF64 without ds64", lambda: riff(fmt(), sound(), size=elsewhere, magic="RF64"))
    bad("rf64-ds64-late.wav", "RF64 whose ds64 is not the first chunk", lambda: riff(fmt(), chunk("ds64", struct.pack("<QQQI", 5000, 4800, 2400, 0)), sound(), size=elsewhere, magic="RF64"))
    bad("rf64-ds64-short.wav", "RF64 whose ds64 has no table", lambda: replaced(rf64(), b"ds64\x1c", b"ds64\x18"))
    bad("rf64-size-32.wav", "RF64 with a size of 32 bits", lambda: replaced(rf64(), b"RF64" + b"\xff" * 4, b"RF64" + struct.pack("<I", 5000)))
    bad("rf64-two-sizes.wav", "RF64 whose data chunk states another size than ds64", lambda: rf64(size=100))
    bad("rf64-unfilled.wav", "RF64 of a stream: ds64 is zero", lambda: replaced(rf64(), struct.pack("<QQQ", len(rf64()) - 8, 4800, 2400), bytes(24)))
    bad("rf64-beyond-end.wav", "RF64 cut inside its data chunk", lambda: rf64()[:-1000])
    bad("rf64-size-huge.wav", "RF64 whose data size is near the largest of 64 bits", lambda: replaced(rf64(), struct.pack("<Q", 4800), struct.pack("<Q", 2**64 - 8)))
    bad("rf64-table-lacks.wav", "RF64 with a chunk of size FFFFFFFF that the table lacks", lambda: rf64(chunk("axml", b"<ebuCoreMain/>", size=elsewhere)))
    bad("rf64-table-long.wav", "RF64 whose table is longer than ds64", lambda: rf64(entries=2**32 - 1))


def rf64(before: bytes = b"", after: bytes = b"", table: list[tuple[str, int]] = [], *, magic: str = "RF64", body: bytes | None = None,
         form: bytes | None = None, pad: bool = True, size: int = 0xFFFFFFFF, room: int = 0, entries: int | None = None) -> bytes:
    """Returns the short tone as RF64 or BW64 (EBU Tech 3306, ITU-R BS.2088): sizes in ds64, FFFFFFFF elsewhere."""
    body = pcm(TONE()) if body is None else body
    rows = b"".join(name.encode() + struct.pack("<Q", length) for name, length in table) + bytes(room)
    rest = (form or fmt()) + before + chunk("data", body, size=size, pad=pad) + after
    sizes = struct.pack("<QQQI", 4 + 36 + len(rows) + len(rest), len(body), len(body) // 2, len(table) if entries is None else entries)
    return riff(chunk("ds64", sizes + rows), rest, size=0xFFFFFFFF, magic=magic)


def stream_cases() -> None:
    """Registers WAV files whose sizes were never filled in, as programs write them that cannot go back."""
    def one(name: str, purpose: str, make: Callable[[], bytes], folder: str = "clean", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}", "wav", outcome, "WAV-1", purpose, make)

    def stream(riff_size: int, data_size: int, before: bytes = b"", body: bytes | None = None, form: bytes | None = None) -> bytes:
        return riff(form or fmt(), before, chunk("data", pcm(TONE()) if body is None else body, size=data_size, pad=False), size=riff_size)

    title, notice = ("INAM", b"Test Tone\0"), ("ICOP", COPYRIGHT.encode() + b"\0")
    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    top, odd8 = 0xFFFFFFFF, pcm(TONE()[:1001], 8)
    ran("clean/stream-ffmpeg.wav", "wav", TAGGED, "WAV-1", "RIFF and data size FFFFFFFF, by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c copy -seekable 0 OUT")
    ran("tagged/stream-ffmpeg.wav", "wav", TAGGED, "WAV-1", "the same with LIST INFO before the sound",
        f"ffmpeg -i clean/short.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c copy -seekable 0 OUT")
    one("riff-size-0.wav", "RIFF size 0, data size true", lambda: riff(fmt(), sound(), size=0))
    one("riff-size-max.wav", "RIFF size FFFFFFFF, data size true", lambda: riff(fmt(), sound(), size=top))
    one("riff-data-size-0.wav", "RIFF and data size 0", lambda: stream(0, 0))
    one("riff-0-data-max.wav", "RIFF size 0, data size FFFFFFFF", lambda: stream(0, top))
    one("data-size-max.wav", "data size FFFFFFFF under a true RIFF size", lambda: stream(len(stream(0, 0)) - 8, top))
    one("data-size-0.wav", "data size 0 under a true RIFF size, and sound behind it", lambda: stream(len(stream(0, 0)) - 8, 0))
    one("stream-closed.wav", "data size 0 and a RIFF size that ends there: the header of a file that was still empty", lambda: stream(36, 0))
    one("stream-sox.wav", "7FFFF000 for the sound, as sox writes it", lambda: stream(0x7FFFF024, 0x7FFFF000))
    one("stream-sox-24.wav", "the same with three bytes a sample", lambda: stream(0x7FFFF024, 0x7FFFEFFE, body=pcm(TONE(), 24), form=fmt(bits=24)))
    one("stream-arecord.wav", "80000000 for the sound, as arecord writes it", lambda: stream(0x80000024, 0x80000000))
    one("stream-lame.wav", "7FFFFFFF for the sound, as LAME writes it", lambda: stream(0x80000023, 0x7FFFFFFF))
    one("stream-opusdec.wav", "7FFFFFFF for both, as opusdec writes it", lambda: stream(0x7FFFFFFF, 0x7FFFFFFF))
    one("stream-odd.wav", "sizes of FFFFFFFF, an odd number of bytes", lambda: stream(top, top, body=odd8, form=fmt(bits=8)))
    one("stream-odd-0.wav", "sizes of 0, an odd number of bytes", lambda: stream(0, 0, body=odd8, form=fmt(bits=8)))
    one("stream-empty.wav", "sizes of 0 and no sound", lambda: stream(0, 0, body=b""), "broken", UNSUPPORTED)
    one("stream-silence.wav", "sizes of 0 and zeros for sound", lambda: stream(0, 0, body=bytes(500)))
    one("empty-data-info.wav", "data size 0 that is true: LIST INFO follows", lambda: riff(fmt(), chunk("data", b""), info(title)), "broken", UNSUPPORTED)
    one("stream-id3-first.wav", "id3 chunk before sound without a size", lambda: stream(top, top, chunk("id3 ", tag)), "tagged")
    one("stream-info-first.wav", "LIST INFO before sound without a size", lambda: stream(0, 0, info(title, notice)), "tagged")
    one("stream-both-first.wav", "id3 chunk and LIST INFO before sound whose size is FFFFFFFF under a true RIFF size",
        lambda: stream(len(stream(0, 0, chunk("id3 ", tag) + info(title, notice))) - 8, top, chunk("id3 ", tag) + info(title, notice)), "tagged")
    one("riff-size-0-info.wav", "RIFF size 0, LIST INFO behind the sound", lambda: riff(fmt(), sound(), info(title, notice), size=0), "tagged")
    one("riff-size-0-id3.wav", "RIFF size 0, an id3 chunk behind the sound", lambda: riff(fmt(), sound(), chunk("id3 ", tag), size=0), "tagged")
    one("riff-size-0-odd.wav", "RIFF size 0, an odd last chunk without its pad byte", lambda: riff(fmt(), sound(), chunk("zzzz", b"odd", pad=False), size=0), "tagged")
    one("riff-size-max-odd.wav", "RIFF size FFFFFFFF, an odd last chunk with its pad byte", lambda: riff(fmt(), sound(), chunk("zzzz", b"odd"), size=top), "tagged")
    bad = partial(one, folder="broken", outcome=MALFORMED)
    bad("stream-other-size.wav", "RIFF size FFFFFFFF and a data size that is too large", lambda: stream(top, 1_000_000))
    bad("stream-riff-smaller.wav", "data size FFFFFFFF and a RIFF size that ends inside the sound", lambda: stream(2000, top))
    bad("stream-riff-other.wav", "7FFFF000 for the sound and a RIFF size that does not fit it", lambda: stream(1_000_000, 0x7FFFF000))
    bad("stream-riff-overflowed.wav", "data size FFFFFFFF and a RIFF size that overflowed to 35", lambda: stream(35, top))
    bad("stream-junk.wav", "RIFF size 0, and behind the sound what is no chunk", lambda: riff(fmt(), sound(), size=0) + b"\0\0bytes after the end")


def rifx() -> bytes:
    """Returns the short tone in big-endian RIFF."""
    body = b"WAVE" + chunk("fmt ", struct.pack(">HHIIHH", PCM, 1, 8000, 16000, 2, 16), ">") + chunk("data", pcm(TONE(), order="big"), ">")
    return b"RIFX" + struct.pack(">I", len(body)) + body


def mutagen_chunk(path: str) -> None:
    """Writes an ID3 chunk into a WAV or AIFF file."""
    import mutagen
    from mutagen import id3 as m
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    file.tags.add(m.TIT2(encoding=3, text="Test Tone"))
    file.tags.add(m.TCOP(encoding=3, text=COPYRIGHT))
    file.save(padding=lambda info: 200)


# AIFF


def iff(kind: str, body: bytes, pad: bool = True, size: int | None = None) -> bytes:
    """Returns one chunk of an AIFF file."""
    return chunk(kind, body, ">", pad, size)


def comm(frames: int, bits: int = 16, channels: int = 1) -> bytes:
    """Returns the COMM chunk for 8 kHz, which is 400BFA00... in the 80-bit numbers of the format."""
    return iff("COMM", struct.pack(">HIH", channels, frames, bits) + bytes.fromhex("400BFA00000000000000"))


def ssnd(bits: int = 16, offset: int = 0, count: int | None = None, **rest) -> bytes:
    """Returns the SSND chunk of the short tone, `offset` bytes of alignment before the samples."""
    return iff("SSND", struct.pack(">II", offset, 0) + bytes(offset) + pcm(TONE()[:count], bits, "big"), **rest)


def form(*chunks: bytes, size: int | None = None, kind: bytes = b"AIFF") -> bytes:
    """Returns a FORM file; `size` overrides the true one."""
    body = kind + b"".join(chunks)
    return b"FORM" + struct.pack(">I", len(body) if size is None else size) + body


def aiff(before: bytes = b"", after: bytes = b"") -> bytes:
    """Returns the short tone with chunks before and after the sound."""
    return form(comm(len(TONE())), before, ssnd(), after)


def aiff_cases() -> None:
    """Registers the AIFF files and their relatives."""
    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED, format: str = "aiff") -> None:
        built(f"{folder}/{name}", format, outcome, hazards, purpose, make)

    count = len(TONE())
    name, notice = iff("NAME", b"Test Tone"), iff("(c) ", COPYRIGHT.encode())
    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    ran("clean/sine.aiff", "aiff", TAGGED, "WAV-3", "16-bit by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a pcm_s16be OUT")
    one("24-bit.aiff", "WAV-3", "24-bit", lambda: form(comm(count, 24), ssnd(24)), "clean")
    one("8-bit.aif", "WAV-3", "8-bit, signed", lambda: form(comm(count, 8), ssnd(8)), "clean")
    one("odd.aiff", "WAV-2", "odd sound with its pad byte", lambda: form(comm(1001, 8), ssnd(8, count=1001)), "clean")
    one("odd-unpadded.aiff", "WAV-2", "odd sound at the end of the file, no pad byte", lambda: form(comm(1001, 8), ssnd(8, count=1001, pad=False)), "clean")
    one("ssnd-first.aiff", "WAV-3", "SSND before COMM", lambda: form(ssnd(), comm(count)), "clean")
    one("ssnd-offset.aiff", "WAV-3", "SSND whose samples start 6 bytes late", lambda: form(comm(count), ssnd(offset=6)), "clean")
    one("no-ssnd.aiff", "WAV-3", "no samples and so no SSND", lambda: form(comm(0)), "clean")
    ran("tagged/ffmpeg.aiff", "aiff", TAGGED, "WAV-3", "text and ID3 chunks by ffmpeg",
        f"ffmpeg -i clean/short.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -write_id3v2 1 -c:a pcm_s16be OUT")
    mutated("tagged/mutagen.aiff", "aiff", TAGGED, "WAV-3", "ID3 chunk by mutagen, with padding", "clean/sine.aiff", "TIT2, TCOP with 200 bytes of padding", mutagen_chunk)
    one("text.aiff", "WAV-3", "NAME, AUTH, `(c) ` and two ANNO", lambda: aiff(name + iff("AUTH", b"Test Artist") + notice, iff("ANNO", b"odd") + iff("ANNO", b"even")))
    one("copyright-last.aiff", "WAV-3", "`(c) ` after the sound", lambda: aiff(after=notice))
    one("copyright-odd.aiff", "WAV-2", "`(c) ` of odd length", lambda: aiff(after=iff("(c) ", COPYRIGHT.encode() + b".") + name))
    one("copyright-empty.aiff", "WAV-3", "`(c) ` without text", lambda: aiff(after=iff("(c) ", b"")))
    one("two-copyrights.aiff", "ALL-3", "`(c) ` twice", lambda: aiff(after=notice + iff("(c) ", b"2025 Test Label")))
    one("copyright-mac-roman.aiff", "WAV-3", "`(c) ` with a byte over 7F", lambda: aiff(after=iff("(c) ", b"\xa9 " + COPYRIGHT.encode())))
    one("markers.aiff", "WAV-3", "MARK, INST, COMT, APPL and MIDI", lambda: aiff(
        iff("MARK", struct.pack(">HHI", 1, 1, 100) + b"\x05start") + iff("INST", bytes([60, 0, 0, 127, 1, 127]) + bytes(14)),
        iff("COMT", struct.pack(">HIHH", 1, 0, 0, 4) + b"note") + iff("APPL", b"stocodd") + iff("MIDI", b"\xf0\x7e\xf7")))
    one("id3-first.aiff", "WAV-3", "ID3 chunk before the sound", lambda: aiff(chunk("ID3 ", tag, ">")))
    one("id3-slack.aiff", "WAV-3", "ID3 chunk longer than its tag, the rest zero", lambda: aiff(after=chunk("ID3 ", tag + bytes(80), ">")))
    one("id3-text.aiff", "WAV-3", "ID3 chunk and `(c) `", lambda: aiff(notice, chunk("ID3 ", tag, ">")))
    one("junk-after-end.aiff", "WAV-2", "bytes after the end of FORM", lambda: aiff() + b"bytes after the end")

    bad = partial(one, folder="broken", outcome=MALFORMED)
    bad("ssnd-beyond-end.aiff", "WAV-2", "file cut inside its SSND chunk", lambda: aiff()[:-1000])
    bad("form-size-0.aiff", "WAV-1", "FORM size 0", lambda: form(comm(count), ssnd(), size=0))
    bad("form-size-large.aiff", "WAV-1", "FORM size beyond the end of the file", lambda: form(comm(count), ssnd(), size=1_000_000))
    bad("form-size-small.aiff", "WAV-1", "FORM size that ends inside SSND", lambda: form(comm(count), ssnd(), size=1000))
    bad("no-comm.aiff", "WAV-2", "SSND and no COMM", lambda: form(ssnd()))
    bad("ssnd-offset-beyond.aiff", "WAV-3", "SSND offset beyond its chunk", lambda: form(comm(count), iff("SSND", struct.pack(">II", 100_000, 0) + pcm(TONE(), order="big"))))
    bad("chunk-beyond-end.aiff", "WAV-2", "last chunk longer than the file", lambda: aiff(after=iff("ANNO", b"text", size=4000)))
    no = partial(one, folder="broken", outcome=UNSUPPORTED)
    one("id3v22.aiff", "ID3-3", "ID3v2.2 in the ID3 chunk", lambda: aiff(after=iff("ID3 ", id3(short("TT2", b"\0Test Tone") + short("TCR", b"\0" + COPYRIGHT.encode()), 2))))
    no("8svx.aiff", "ALL-5", "FORM of another kind than AIFF or AIFC: no sound of a kind we know",
       lambda: form(iff("VHDR", bytes(20)), iff("BODY", bytes(100)), kind=b"8SVX"), format="-", outcome=NOT_AUDIO)
    one("noai.aiff", "ALL-2", "TXXX:NOAI of somebody else in the ID3 chunk", lambda: aiff(after=chunk("ID3 ", id3(txxx("NOAI", "1")), ">")), "broken", CONFLICT)
    aifc_cases()


def aifc(kind: str, bits: int, body: bytes, before: bytes = b"", after: bytes = b"", *, name: bytes = b"\0", frames: int | None = None) -> bytes:
    """Returns an AIFC file of this compression type, whose name is a Pascal string of even length."""
    head = comm(len(TONE()) if frames is None else frames, bits)[8:] + kind.encode() + name + bytes(len(name) % 2)
    return form(iff("FVER", bytes.fromhex("A2805140")), iff("COMM", head), before, iff("SSND", bytes(8) + body), after, kind=b"AIFC")


def aifc_cases() -> None:
    """Registers AIFC files: AIFF that names the form of its samples."""
    def one(name: str, purpose: str, make: Callable[[], bytes], folder: str = "clean", outcome: str = TAGGED, hazards: str = "WAV-1") -> None:
        built(f"{folder}/{name}", "aiff", outcome, hazards, purpose, make)

    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    tone = TONE()
    floats = partial(lambda code: b"".join(struct.pack(code, sample / 32768) for sample in tone))
    one("none.aifc", "NONE, 16-bit, with its name", lambda: aifc("NONE", 16, pcm(tone, 16, "big"), name=b"\x0enot compressed"))
    one("none-24.aifc", "NONE, 24-bit", lambda: aifc("NONE", 24, pcm(tone, 24, "big")))
    one("twos.aifc", "twos", lambda: aifc("twos", 16, pcm(tone, 16, "big")))
    one("sowt.aifc", "sowt: little-endian", lambda: aifc("sowt", 16, pcm(tone)))
    one("sowt-24.aifc", "sowt of 24 bits", lambda: aifc("sowt", 24, pcm(tone, 24)))
    one("raw.aifc", "raw: unsigned bytes, of odd number", lambda: aifc("raw ", 8, unsigned8()[:1001], frames=1001))
    one("in24.aifc", "in24", lambda: aifc("in24", 24, pcm(tone, 24, "big")))
    one("in32.aifc", "in32", lambda: aifc("in32", 32, pcm(tone, 32, "big")))
    one("23ni.aifc", "23ni: in32 backwards", lambda: aifc("23ni", 32, pcm(tone, 32)))
    one("42ni.aifc", "42ni: in24 backwards", lambda: aifc("42ni", 24, pcm(tone, 24)))
    for kind, bits, code in (("fl32", 32, ">f"), ("FL32", 32, ">f"), ("fl64", 64, ">d"), ("FL64", 64, ">d")):
        one(f"{'upper-' if kind[0] == 'F' else ''}{kind.lower()}.aifc", kind, partial(lambda kind, bits, code: aifc(kind, bits, floats(code)), kind, bits, code))
    one("alaw.aifc", "alaw", lambda: aifc("alaw", 16, a_law(tone)))
    one("upper-alaw.aifc", "ALAW", lambda: aifc("ALAW", 16, a_law(tone)))
    ran("clean/ulaw.aifc", "aiff", TAGGED, "WAV-1", "ulaw by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a pcm_mulaw -f aiff OUT")
    one("upper-ulaw.aifc", "ULAW", lambda: aifc("ULAW", 16, corpus("clean/mu-law.wav")[-2400:]))
    one("text.aifc", "AIFC with NAME and `(c) `", lambda: aifc("sowt", 16, pcm(tone), iff("NAME", b"Test Tone"), iff("(c) ", COPYRIGHT.encode())), "tagged")
    one("id3.aifc", "AIFC with an ID3 chunk before the sound", lambda: aifc("sowt", 16, pcm(tone), chunk("ID3 ", tag, ">")), "tagged")
    mutated("tagged/mutagen.aifc", "aiff", TAGGED, "WAV-1", "ID3 chunk by mutagen", "clean/sowt.aifc", "TIT2, TCOP with 200 bytes of padding", mutagen_chunk)
    one("aifc.aiff", "AIFC called .aiff", lambda: corpus("clean/sowt.aifc"), "tagged", hazards="ALL-5")
    no = partial(one, folder="broken", outcome=UNSUPPORTED)
    ran("clean/ima4.aifc", "aiff", TAGGED, "WAV-1", "ima4 by ffmpeg", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a adpcm_ima_qt -f aiff OUT")
    no("mac3.aifc", "MACE 3:1", lambda: aifc("MAC3", 8, bytes(800), frames=400))
    no("sowt-40.aifc", "sowt of 40 bits", lambda: aifc("sowt", 40, bytes(800), frames=160))
    one("comm-short.aifc", "AIFC whose COMM is as short as that of AIFF", lambda: form(comm(len(tone)), ssnd(), kind=b"AIFC"), "broken", MALFORMED)


# Sound between tags: ADTS


def adts_frames(data: bytes) -> list[bytes]:
    """Splits a stream of ADTS frames."""
    frames, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at + 3:at + 6], "big") >> 5 & 0x1FFF
        frames.append(data[at:at + length])
        at += length
    return frames


def adts_frame(header: bytes, *blocks: bytes, check: bytes = b"") -> bytes:
    """Returns an ADTS frame of raw data blocks under the header of another frame; with `check` one that is protected."""
    length = 7 + len(check) + sum(map(len, blocks))
    second = header[1] & 0xFE if check else header[1] | 1
    return bytes([header[0], second, header[2], header[3] & 0xFC | length >> 11, length >> 3 & 0xFF,
                  (length & 7) << 5 | header[5] & 0x1F, header[6] & 0xFC | len(blocks) - 1]) + check + b"".join(blocks)


def adts(check: bytes = b"", together: int = 1) -> bytes:
    """Returns the tone with so many raw data blocks in each frame."""
    frames = adts_frames(corpus("clean/sine.aac"))
    groups = [frames[at:at + together] for at in range(0, len(frames), together)]
    return b"".join(adts_frame(group[0], *(frame[7:] for frame in group), check=check) for group in groups)


def adts_cases() -> None:
    """Registers ADTS AAC, whose main tag is an ID3v2 tag in front as in MP3."""
    def one(name: str, hazards: str, purpose: str, make: Callable[[], bytes], folder: str = "tagged", outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}.aac", "adts", outcome, hazards, purpose, make)

    def around(name: str, hazards: str, purpose: str, head: bytes = b"", tail: bytes = b"") -> None:
        one(name, hazards, purpose, lambda: with_id3(head, tail, "clean/sine.aac"))

    encode = "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a aac -b:a 24k"
    ran("clean/sine.aac", "adts", TAGGED, "ALL-5", "no tag at all; a sync that resembles MPEG layer 0", f"{encode} OUT")
    ran("clean/noise.aac", "adts", TAGGED, "ALL-5", "another recording, stereo",
        "ffmpeg -i clean/noise.wav -map_metadata -1 -ac 2 -c:a aac -b:a 32k OUT")
    one("two-blocks", "EDGE-1", "two raw data blocks in each frame", lambda: adts(together=2), "clean")
    one("protected", "EDGE-1", "frames with headers of 9 bytes, whose checksum nobody compares", lambda: adts(check=bytes(2)), "clean")
    one("cut-last-frame", "EDGE-1", "the last frame is cut: it still belongs to the sound", lambda: corpus("clean/sine.aac")[:-2], "clean")
    for tag in ("id3v2", "apetag"):
        ran(f"tagged/ffmpeg-{tag}.aac", "adts", TAGGED, "MP3-1 MP3-4", f"a tag by ffmpeg, `-write_{tag} 1`",
            f"ffmpeg -i clean/sine.wav -map_metadata -1 -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a aac -b:a 24k -write_{tag} 1 OUT")
    for version in (3, 4):
        mutated(f"tagged/mutagen-v2{version}.aac", "adts", TAGGED, "ALL-2 ID3-4", f"ID3v2.{version} by mutagen, with its padding",
                "clean/sine.aac", f"TIT2, TPE1, TCOP, COMM, WCOP saved as 2.{version}", partial(mutagen_id3, version=version, padding=256))
    title, title4 = text("TIT2", "Test Tone"), text("TIT2", "Test Tone", 4)
    plain = ape(("Title", b"Test Tone"), ("Copyright", COPYRIGHT.encode()))
    around("id3v2", "MP3-1", "ID3v2, then ADTS", id3(title))
    around("cover", "MP3-2", "ID3v2 with a picture that holds ADTS frames", id3(title + frame("APIC", apic(b"\xff\xf1\x60\x40\x01\x7f\xfc" * 90))))
    around("v24-footer", "ID3-3", "v2.4 with a footer", id3(title4, 4, flags=0x10))
    around("two-tags", "MP3-1", "two ID3v2 tags", id3(title, padding=64) + id3(text("TPE1", "Test Artist")))
    around("id3v1", "MP3-4", "ID3v1 alone", tail=id3v1())
    around("id3v2-id3v1", "MP3-4", "ID3v2 and ID3v1", id3(title, padding=600), id3v1())
    around("ape", "MP3-4", "APEv2 alone", tail=plain)
    around("id3v2-ape-id3v1", "MP3-4", "all three", id3(title), plain + id3v1())
    around("appended", "MP3-1", "v2.4 tag at the end, found by its footer", tail=id3(title4, 4, flags=0x10))

    def refused(name: str, outcome: str, hazards: str, purpose: str, make: Callable[[], bytes]) -> None:
        one(name, hazards, purpose, make, "broken", outcome)
    refused("noai", CONFLICT, "ALL-2", "TXXX:NOAI of somebody else", lambda: with_id3(id3(txxx("NOAI", "1")), b"", "clean/sine.aac"))
    refused("c2pa", PROTECTED, "FLAC-3", "GEOB of type application/c2pa",
            lambda: with_id3(id3(frame("GEOB", geob("application/c2pa", "manifest", manifest()))), b"", "clean/sine.aac"))
    refused("two-protected-blocks", UNSUPPORTED, "EDGE-1", "two raw data blocks in each frame, with a checksum", lambda: adts(bytes(2), 2))
    refused("other-rate", UNSUPPORTED, "EDGE-1", "the last frame has another sampling rate", lambda: adts_then(2, 0x04))
    refused("no-channels", UNSUPPORTED, "EDGE-1", "channel configuration 0: the sound says it",
            lambda: b"".join(frame[:3] + bytes([frame[3] & 0x3F]) + frame[4:] for frame in adts_frames(corpus("clean/sine.aac"))))
    refused("junk-between", MALFORMED, "EDGE-1", "bytes that are no frame before the last one",
            lambda: b"junk".join([b"".join(adts_frames(corpus("clean/sine.aac"))[:-1]), adts_frames(corpus("clean/sine.aac"))[-1]]))


def adts_then(at: int, change: int) -> bytes:
    """Returns the tone with bits of one header byte of the last frame changed."""
    *frames, last = adts_frames(corpus("clean/sine.aac"))
    return b"".join(frames) + last[:at] + bytes([last[at] ^ change]) + last[at + 1:]


# Sound before APEv2: WavPack


def item(key: str, value: bytes, flags: int = 0) -> bytes:
    """Returns one APEv2 item."""
    return struct.pack("<II", len(value), flags) + key.encode() + b"\0" + value


def ape_of(*items: bytes, header: bool = True, flags: int = 0, count: int | None = None, other: int = 0) -> bytes:
    """Returns an APEv2 tag of whole items; `flags` are more of the tag's, `other` is added to the size in the header."""
    body = b"".join(items)

    def end(own: int, more: int) -> bytes:
        number = len(items) if count is None else count
        return b"APETAGEX" + struct.pack("<IIII", 2000, len(body) + 32 + more, number, own | flags) + bytes(8)
    whole = 0x8000_0000 if header else 0
    return (end(whole | 0x2000_0000, other) if header else b"") + body + end(whole, 0)


def tails(format: str, suffix: str, audio: str, few: bool) -> None:
    """Registers files of one kind of sound with an APEv2 tag, or what readers take for one, behind it."""
    def one(name: str, hazards: str, purpose: str, tail: Callable[[], bytes], head: bytes = b"", folder: str = "tagged",
            outcome: str = TAGGED) -> None:
        built(f"{folder}/{name}.{suffix}", format, outcome, hazards, purpose, lambda: with_id3(head, tail(), audio))

    title, notice = item("Title", "Prüfton".encode()), COPYRIGHT.encode()
    copyright = item("Copyright", notice)
    mutated(f"tagged/mutagen.{suffix}", format, TAGGED, "ALL-2", "APEv2 by mutagen", audio, "APEv2 with Title and Copyright", mutagen_ape)
    one("ape", "MP3-4", "APEv2 alone", lambda: ape_of(title, copyright, item("Year", b"2026")))
    one("apev1", "MP3-4", "APEv1", lambda: ape(("Title", b"Test Tone"), header=False, version=1000))
    one("ape-id3v1", "MP3-4", "APEv2, then ID3v1", lambda: ape_of(title, copyright) + id3v1())
    if format == "musepack":
        one("id3v1", "MP3-4", "ID3v1 alone: an APEv2 tag before it would be heard as a packet of sound, since both begin with `AP`", id3v1, folder="broken", outcome=UNSUPPORTED)
    else:
        one("id3v1", "MP3-4", "ID3v1 alone", id3v1)
    one("ape-no-header", "MP3-4", "APEv2 with a footer only", lambda: ape_of(title, copyright, header=False))
    one("ape-multi", "ALL-3", "a copyright item and another one with two values each",
        lambda: ape_of(item("Artist", b"Test Artist\0Second Artist"), item("Copyright", notice + b"\0" + b"2025 Test Label")))
    one("ape-odd-items", "ALL-2", "a binary item, a link, an item of the reserved type, one that is read-only, one without text and one that is no UTF-8",
        lambda: ape_of(item("Cover Art (Front)", b"cover.png\0" + cover(), 2), item("Related", b"https://example.org/", 4), item("Odd", b"\x01\x02", 6),
                       item("ISRC", b"DEABC2600001", 1), item("Comment", b""), item("Latin", b"caf\xe9"), copyright))
    one("ape-empty", "ID3-4", "APEv2 without any item", lambda: ape_of())
    one("id3v2-ape", "MP3-1", "ID3v2 in front, APEv2 behind", lambda: ape_of(title, copyright), id3(text("TIT2", "Test Tone"), padding=32))
    one("ape-noai", "ALL-2", "an item NOAI of somebody else", lambda: ape_of(title, item("NoAI", b"1")), folder="broken", outcome=CONFLICT)
    one("ape-junk", "MP3-4", "bytes that are neither sound nor tag before APEv2", lambda: b"neither" + ape_of(title), folder="broken", outcome=MALFORMED)
    if few:
        return
    one("ape-lyrics3", "MP3-4", "APEv2, Lyrics3 v2, ID3v1: the independent reader sees no tag before Lyrics3, so our fields cannot be confirmed",
        lambda: ape_of(title, copyright) + lyrics3v2() + id3v1(), folder="broken", outcome=UNSUPPORTED)
    one("ape-tag-plus", "MP3-4", "APEv2, `TAG+`, ID3v1: the independent reader sees no tag before `TAG+`, so our fields cannot be confirmed",
        lambda: ape_of(title) + enhanced() + id3v1(), folder="broken", outcome=UNSUPPORTED)
    one("ape-two", "MP3-4", "two APEv2 tags, of which the last one counts", lambda: ape_of(title) + ape_of(copyright))
    one("ape-lower-case", "ALL-2", "the copyright item under another spelling", lambda: ape_of(item("cOPYRIGHT", notice), title))
    one("ape-two-copyrights", "ALL-3", "two copyright items, which the standard forbids", lambda: ape_of(copyright, title, item("Copyright", b"2025 Test Label")))
    one("ape-empty-copyright", "ALL-3", "a copyright item without text", lambda: ape_of(item("Copyright", b""), title))
    one("ape-terminated", "ALL-3", "values that end in zero bytes", lambda: ape_of(item("Copyright", notice + b"\0\0"), item("Title", b"Test Tone\0")))
    one("ape-latin1", "ID3-2", "a copyright item in Latin-1, against the standard", lambda: ape_of(item("Copyright", b"2026 caf\xe9"), title))
    one("ape-cc", "ALL-2", "a copyright item that is verified at a URL", lambda: ape_of(item("Copyright", b"2026 Me. Licensed CC BY-SA, verify at https://example.org/licence")))
    one("ape-binary-copyright", "ALL-2", "no notice fits: a copyright item that is no text", lambda: ape_of(item("Copyright", notice, 2)))
    one("ape-read-only-item", "ALL-2", "no notice fits: a copyright item marked read-only", lambda: ape_of(item("Copyright", notice, 1)))
    one("ape-read-only", "ALL-2", "a tag marked read-only", lambda: ape_of(title, flags=1), folder="broken", outcome=UNSUPPORTED)
    one("ape-count", "ID3-4", "an item more than the count says", lambda: ape_of(title, copyright, count=1), folder="broken", outcome=MALFORMED)
    one("ape-count-large", "ALL-4", "4,294,967,295 items, says the count", lambda: ape_of(title, count=0xFFFF_FFFF), folder="broken", outcome=MALFORMED)
    one("ape-sizes", "ID3-4", "header and footer state different sizes", lambda: ape_of(title, other=1), folder="broken", outcome=MALFORMED)
    one("ape-header-gone", "ID3-4", "a footer that promises a header, and none", lambda: ape_of(title)[32:], folder="broken", outcome=MALFORMED)
    one("ape-key", "ALL-4", "a key of 300 bytes", lambda: ape_of(item("k" * 300, b"value")), folder="broken", outcome=MALFORMED)


def wavpack_block(body: bytes, samples: int, flags: int, index: int = 0, version: int = 0x410, size: int | None = None) -> bytes:
    """Returns a WavPack block around sub-blocks, with a checksum of zero."""
    length = len(body) + 24 if size is None else size
    return struct.pack("<4sIHBBIIIII", b"wvpk", length, version, 0, 0, samples, index, samples, flags, 0) + body


def wavpack_flags(data: bytes, change: int) -> bytes:
    """Returns a WavPack file with bits of its first block's flags changed."""
    return data[:24] + struct.pack("<I", struct.unpack("<I", data[24:28])[0] ^ change) + data[28:]


def wavpack_cases() -> None:
    """Registers WavPack."""
    def one(name: str, folder: str, outcome: str, hazards: str, purpose: str, make: Callable[[], bytes]) -> None:
        built(f"{folder}/{name}.wv", "wavpack", outcome, hazards, purpose, make)

    encode = "ffmpeg -i clean/short.wav -map_metadata -1"
    ran("clean/sine.wv", "wavpack", TAGGED, "EDGE-1", "no tag at all", f"{encode} -c:a wavpack OUT")
    ran("clean/six-channels.wv", "wavpack", TAGGED, "EDGE-1", "a block for each pair of channels; a sampling rate without an index",
        f"{encode} -ar 7000 -ac 6 -c:a wavpack OUT")
    ran("clean/md5.wv", "wavpack", TAGGED, "EDGE-1", "by WavPack's program, with a last block that holds only an MD5",
        "wavpack -q -y -m clean/noise.wav -o OUT")
    ran("clean/hybrid.wv", "wavpack", TAGGED, "EDGE-1", "lossy, by WavPack's program", "wavpack -q -y -b3 clean/sine.wav -o OUT")
    ran("clean/float.wv", "wavpack", TAGGED, "EDGE-1", "floating point", "wavpack -q -y clean/float.wav -o OUT")
    ran("clean/24-bit.wv", "wavpack", TAGGED, "EDGE-1", "24 bits", "wavpack -q -y clean/24-bit.wav -o OUT")
    one("blocks-before", "clean", TAGGED, "EDGE-1", "a block without samples before the sound",
        lambda: wavpack_block(b"\x21\x02RIFF", 0, 0x1000) + corpus("clean/sine.wv"))
    tails("wavpack", "wv", "clean/sine.wv", few=False)
    one("cut", "broken", MALFORMED, "EDGE-1", "the last block is cut", lambda: corpus("clean/sine.wv")[:-20])
    one("junk-between", "broken", MALFORMED, "EDGE-1", "bytes between blocks", lambda: b"junk".join([corpus("clean/sine.wv")] * 2))
    one("other-rate", "broken", UNSUPPORTED, "EDGE-1", "a second block of another sampling rate",
        lambda: corpus("clean/sine.wv") + wavpack_flags(corpus("clean/sine.wv"), 1 << 23))
    one("other-channels", "broken", UNSUPPORTED, "EDGE-1", "a second block with two channels",
        lambda: corpus("clean/sine.wv") + wavpack_flags(corpus("clean/sine.wv"), 4))
    one("dsd", "broken", UNSUPPORTED, "EDGE-1", "a block flagged as DSD", lambda: wavpack_flags(corpus("clean/sine.wv"), 1 << 31))
    one("correction", "broken", UNSUPPORTED, "EDGE-1", "a block of a correction file",
        lambda: wavpack_block(b"\x0b\x02\x01\x02\x03\x04", 2400, 0x0480_1805))
    one("no-sound", "broken", MALFORMED, "EDGE-1", "blocks without samples alone", lambda: wavpack_block(b"\x21\x02RIFF", 0, 0x1000))
    one("version", "broken", UNSUPPORTED, "EDGE-1", "a version of the stream that does not exist yet",
        lambda: wavpack_block(b"\x0a\x01\0\0", 2400, 0x0480_1805, version=0x420))
    one("sub-block", "broken", MALFORMED, "EDGE-1", "a sub-block longer than its block", lambda: wavpack_block(b"\x0a\x09\0\0", 2400, 0x0480_1805))
    one("no-rate", "broken", MALFORMED, "EDGE-1", "neither an index of the sampling rate nor the rate",
        lambda: wavpack_block(b"\x0a\x01\0\0", 2400, 0x0780_1805))


# Monkey's Audio, Musepack, True Audio


def silent_frame(samples: int) -> bytes:
    """Returns a frame of Monkey's Audio that is flagged as silence, with the checksum of its samples and an empty range coder."""
    return struct.pack("<II", 0x8000_0000 | zlib.crc32(bytes(2 * samples)) >> 1, 1) + bytes(8)


def monkeys_audio(frames: int = 3, behind: bytes = b"", version: int = 3990, **sizes: int) -> bytes:
    """Returns Monkey's Audio 3.98 or later: silence in frames of 800 samples, as it decodes; `sizes` override those of the descriptor."""
    header = struct.pack("<HHIIIHHI", 2000, 0, 800, 800, frames, 16, 1, 8000)
    before = riff_start(frames * 1600)
    coded = silent_frame(800) * frames
    first = 52 + len(header) + 4 * frames + len(before)
    table = struct.pack(f"<{frames}I", *(first + 16 * number for number in range(frames)))
    numbers = {"descriptor": 52, "header": len(header), "table": len(table), "before": len(before), "frames": len(coded), "high": 0, "behind": len(behind)}
    md5 = hashlib.md5(before + coded + behind + header + table).digest()
    return struct.pack("<4sHH7I16s", b"MAC ", version, 0, *(numbers | sizes).values(), md5) + header + table + before + coded + behind


def monkeys_audio_before(version: int, flags: int, behind: bytes = b"") -> bytes:
    """Returns Monkey's Audio before 3.98, of which the header states no length of the frames: one frame."""
    frames, before = 1, b"" if flags & 0x20 else riff_start(1600)
    more = (bytes(4) if flags & 4 else b"") + (struct.pack("<I", frames) if flags & 0x10 else b"")
    first = 32 + len(more) + len(before) + 4 * frames
    table = struct.pack("<I", first) + (bytes(frames) if version < 3810 else b"")
    header = struct.pack("<4sHHHHIIIII", b"MAC ", version, 2000, flags, 1, 8000, len(before), len(behind), frames, 800)
    return header + more + before + table + silent_frame(800) * frames + behind


def riff_start(length: int) -> bytes:
    """Returns what stands before `length` bytes of samples in a WAV."""
    return riff(fmt(), b"data" + struct.pack("<I", length))[:44]


def musepack7(frames: int = 4) -> bytes:
    """Returns Musepack of stream version 7 whose frames have no band: each 8 bits behind a length of 20."""
    header = struct.pack("<4sIIIIIB", b"MP+\x07", frames, 0, 0, 0, 0x8000_0000 | 576 << 20, 0)[:24]
    bits = "0" * 8 + "00000000000000001000" "00000000" * frames + "0" * 11
    bits += "0" * (-len(bits) % 32)
    words = [int(bits[at:at + 32], 2) for at in range(0, len(bits), 32)]
    return header + struct.pack(f"<{len(words)}I", *words)


def musepack_packets(data: bytes) -> list[bytes]:
    """Splits Musepack of stream version 8 into its packets, which are shorter than 16,384 bytes here."""
    packets, at = [], 4
    while at < len(data):
        size = data[at + 2] if data[at + 2] < 0x80 else (data[at + 2] & 0x7F) << 7 | data[at + 3]
        packets.append(data[at:at + size])
        at += size
    return packets


def musepack_of(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Returns the tone with other packets."""
    return b"MPCK" + b"".join(change(musepack_packets(corpus("clean/sine.mpc"))))


def tta_changed(at: int, value: bytes) -> bytes:
    """Returns the True Audio tone with other bytes at a place."""
    data = corpus("clean/sine.tta")
    return data[:at] + value + data[at + len(value):]


def edge_cases() -> None:
    """Registers Monkey's Audio, Musepack and True Audio."""
    def one(name: str, folder: str, outcome: str, hazards: str, purpose: str, make: Callable[[], bytes]) -> None:
        format = {"ape": "ape", "mpc": "musepack", "tta": "tta"}[name.split(".")[1]]
        built(f"{folder}/{name}", format, outcome, hazards, purpose, make)

    def clean(name: str, purpose: str, make: Callable[[], bytes]) -> None:
        one(name, "clean", TAGGED, "EDGE-1", purpose, make)

    def refused(name: str, outcome: str, purpose: str, make: Callable[[], bytes]) -> None:
        one(name, "broken", outcome, "EDGE-1", purpose, make)

    clean("sine.ape", "version 3.99, silence, no tag at all", monkeys_audio)
    clean("longer.ape", "another length, and bytes behind the samples of the WAV that was packed", lambda: monkeys_audio(7, b"LIST\4\0\0\0INFO"))
    clean("version-3970.ape", "the header before 3.98, with a peak level and a count of seek points", lambda: monkeys_audio_before(3970, 0x14, b"LIST"))
    clean("version-3950.ape", "the same with neither, and without the header of the WAV", lambda: monkeys_audio_before(3950, 0x20))
    clean("version-3800.ape", "the oldest one, with a table of bits behind the seek table; its frame is no frame of that version", lambda: monkeys_audio_before(3800, 0))
    tails("ape", "ape", "clean/sine.ape", few=True)
    refused("sizes.ape", MALFORMED, "the descriptor states a byte less than there is", lambda: monkeys_audio(frames=3, before=43))
    refused("sizes-huge.ape", MALFORMED, "the high half of the frames' length is set", lambda: monkeys_audio(frames=3, high=0xFFFF_FFFF))
    refused("cut.ape", MALFORMED, "the last frame is cut", lambda: monkeys_audio()[:-5])
    refused("version-4100.ape", UNSUPPORTED, "a version that does not exist yet", lambda: monkeys_audio(version=4100))
    refused("version-3970-cut.ape", MALFORMED, "the header before 3.98 counts more seek points than there are bytes",
            lambda: monkeys_audio_before(3970, 0x14).replace(struct.pack("<I", 1), struct.pack("<I", 0x4000_0000)))
    built("broken/float.ape", "-", UNSUPPORTED, "EDGE-1", "floating point, which has a magic of its own", lambda: b"MACF" + monkeys_audio()[4:])

    ran("clean/sine.mpc", "musepack", TAGGED, "EDGE-1", "stream version 8 by mpcenc, no tag at all", "mpcenc --silent --overwrite --quality 3 clean/sine.wav OUT")
    clean("version-7.mpc", "stream version 7: frames without a band", musepack7)
    clean("longer-7.mpc", "the same, longer", lambda: musepack7(9))
    tails("musepack", "mpc", "clean/sine.mpc", few=True)
    tails_of = {"id3v1": id3v1(), "ape": ape(("Title", b"Test Tone"), ("Copyright", COPYRIGHT.encode()))}
    for name, tail in tails_of.items():
        one(f"{name}-7.mpc", "tagged", TAGGED, "MP3-4", f"stream version 7, then {name}", lambda tail=tail: musepack7() + tail)
    one("id3v2-7.mpc", "tagged", TAGGED, "MP3-1", "ID3v2 in front of stream version 7", lambda: id3(text("TIT2", "Test Tone")) + musepack7())
    one("chapter.mpc", "tagged", TAGGED, "ALL-2", "a packet of an unknown key among the sound", lambda: musepack_of(lambda all: [*all[:-2], b"CT\x05\1\2", *all[-2:]]))
    refused("no-end.mpc", MALFORMED, "no packet that ends the stream", lambda: musepack_of(lambda all: all[:-1]))
    refused("behind-end.mpc", MALFORMED, "sound behind the packet that ends the stream", lambda: musepack_of(lambda all: [*all, all[-2]]))
    refused("no-header.mpc", MALFORMED, "no stream header first", lambda: musepack_of(lambda all: all[1:]))
    refused("packet-size.mpc", MALFORMED, "a packet that is shorter than its own header", lambda: musepack_of(lambda all: [*all[:-1], b"CT\x01", all[-1]]))
    refused("version-9.mpc", UNSUPPORTED, "a stream version that does not exist yet",
            lambda: musepack_of(lambda all: [all[0][:7] + b"\x09" + all[0][8:], *all[1:]]))
    refused("version-6.mpc", UNSUPPORTED, "an old stream version under the same magic", lambda: b"MP+\x06" + musepack7()[4:])

    encode = "ffmpeg -i clean/short.wav -map_metadata -1"
    ran("clean/sine.tta", "tta", TAGGED, "EDGE-1", "True Audio, no tag at all", f"{encode} -c:a tta OUT")
    ran("clean/stereo.tta", "tta", TAGGED, "EDGE-1", "stereo, 24 bits", "ffmpeg -i clean/24-bit.wav -map_metadata -1 -ac 2 -c:a tta -sample_fmt s32 OUT")
    ran("tagged/ffmpeg.tta", "tta", TAGGED, "MP3-4", "APEv2 by ffmpeg", f"{encode} -metadata title='Test Tone' -metadata copyright='{COPYRIGHT}' -c:a tta OUT")
    for version in (3, 4):
        mutated(f"tagged/mutagen-v2{version}.tta", "tta", TAGGED, "ALL-2 ID3-4", f"ID3v2.{version} by mutagen, with its padding",
                "clean/sine.tta", f"TIT2, TPE1, TCOP, COMM, WCOP saved as 2.{version}", partial(mutagen_id3, version=version, padding=256))
    one("id3v2-id3v1.tta", "tagged", TAGGED, "MP3-4", "ID3v2 and ID3v1", lambda: with_id3(id3(text("TIT2", "Test Tone")), id3v1(), "clean/sine.tta"))
    one("two-tags.tta", "tagged", TAGGED, "MP3-1", "two ID3v2 tags",
        lambda: with_id3(id3(text("TIT2", "Test Tone"), padding=900) + id3(text("TPE1", "Test Artist")), b"", "clean/sine.tta"))
    one("empty-tag.tta", "tagged", TAGGED, "ID3-4", "ID3v2 with padding alone", lambda: with_id3(id3(b"", padding=300), b"", "clean/sine.tta"))
    tails("tta", "tta", "clean/sine.tta", few=True)
    refused("cut.tta", MALFORMED, "the last frame is cut", lambda: corpus("clean/sine.tta")[:-9])
    refused("encrypted.tta", UNSUPPORTED, "format 2: encrypted", lambda: tta_changed(4, b"\2\0"))
    refused("no-rate.tta", MALFORMED, "a sampling rate of 0", lambda: tta_changed(10, bytes(4)))
    refused("samples.tta", MALFORMED, "more samples than the file has room for in its seek table", lambda: tta_changed(14, b"\xff" * 4))


# XMP packets

XMP_UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
SCHEMAS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "xmp": "http://ns.adobe.com/xap/1.0/", "dc": "http://purl.org/dc/elements/1.1/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/", "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "tdm": "http://www.w3.org/ns/tdmrep/", "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
DMI = "http://ns.useplus.org/ldf/vocab/DMI-"
PROHIBITED = f"<plus:DataMining>{DMI}PROHIBITED</plus:DataMining>"
ALLOWED = f"<plus:DataMining>{DMI}ALLOWED</plus:DataMining>"


def alternative(name: str, value: str) -> str:
    """Returns a property with a value for each language."""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{value}</rdf:li></rdf:Alt></{name}>'


def described(inside: str = "", attributes: str = "", about: str = "", schemas: dict[str, str] = SCHEMAS) -> str:
    """Returns an `rdf:Description`, one property a line."""
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in schemas.items() if f"{prefix}:" in inside + attributes and prefix != "rdf")
    return f'  <rdf:Description rdf:about="{about}"{names}{attributes}>\n   {inside}\n  </rdf:Description>\n'


def xmp_packet(*descriptions: str, padding: int = 300, meta: bool = True) -> bytes:
    """Returns a packet with its wrapper and the white space in which other programs write."""
    body = f' <rdf:RDF xmlns:rdf="{SCHEMAS["rdf"]}">\n{"".join(descriptions)} </rdf:RDF>\n'
    if meta:
        body = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="test corpus">\n{body}</x:xmpmeta>\n'
    space = (" " * 99 + "\n") * (padding // 100) + " " * (padding % 100)
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{body}{space}<?xpacket end="w"?>'.encode()


TOOL = "<xmp:CreatorTool>Test Program 1.0</xmp:CreatorTool>"
SOME = described(f"{TOOL}\n   {alternative('dc:title', 'Test Tone')}\n   <dc:creator><rdf:Seq><rdf:li>Test Artist</rdf:li></rdf:Seq></dc:creator>")


def xmp_shapes() -> list[tuple[str, str, bytes]]:
    """Returns packets by name and purpose."""
    said = lambda inside, **rest: xmp_packet(described(f"{TOOL}\n   {inside}", **rest))
    hash_tdm = {**SCHEMAS, "tdm": "http://www.w3.org/ns/tdmrep#"}
    usual = xmp_packet(SOME)
    return [
        ("attributes", "properties as attributes", xmp_packet('  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Test Program 1.0"/>\n')),
        ("several", "three descriptions", xmp_packet(SOME, described("<xmpDM:artist>Test Artist</xmpDM:artist>"), described(alternative("dc:rights", COPYRIGHT)))),
        ("about", "a description of a named resource", xmp_packet(described(TOOL, about="uuid:00000000-0000-4000-8000-000000000001"))),
        ("no-meta", "rdf:RDF and no x:xmpmeta around it", xmp_packet(SOME, meta=False)),
        ("no-wrapper", "no xpacket lines", usual.split(b"?>\n", 1)[1].split(b"</x:xmpmeta>")[0] + b"</x:xmpmeta>"),
        ("empty-rdf", "rdf:RDF that ends where it begins: no place for properties", replaced(replaced(xmp_packet(), b'ns#">', b'ns#"/>'), b"\n </rdf:RDF>", b"")),
        ("no-rdf", "x:xmpmeta without rdf:RDF", XMP),
        ("two-rdf", "two rdf:RDF", replaced(usual, b"</x:xmpmeta>", usual[usual.index(b" <rdf:RDF"):usual.index(b"</x:xmpmeta>")] + b"</x:xmpmeta>")),
        ("prefix", "another prefix for RDF", usual.replace(b"rdf:", b"r:").replace(b":rdf=", b":r=")),
        ("default", "RDF as the default namespace", usual.replace(b"<rdf:", b"<").replace(b"</rdf:", b"</").replace(b"xmlns:rdf=", b"xmlns=").replace(b"rdf:about", b"about")),
        ("comment", "comments and character data around the end of rdf:RDF", replaced(usual, b" </rdf:RDF>", b"<!-- </rdf:RDF> --> </rdf:RDF><!-- </rdf:RDF> -->")),
        ("allowed", "data mining allowed by somebody", said(ALLOWED)),
        ("prohibited", "data mining prohibited by somebody", said(PROHIBITED)),
        ("resource", "data mining prohibited, as an address", said(f'<plus:DataMining rdf:resource="{DMI}PROHIBITED-AIMLTRAINING"/>')),
        ("label", "data mining prohibited, as the label that people see", said("<plus:DataMining>Prohibited for Generative AI/ML training</plus:DataMining>")),
        ("attribute", "data mining prohibited, as an attribute", said(TOOL, attributes=f' plus:DataMining="{DMI}PROHIBITED"').replace(TOOL.encode() + b"\n   ", b"", 1)),
        ("constraint", "data mining under constraints", said(f"<plus:DataMining>{DMI}PROHIBITED-SEECONSTRAINT</plus:DataMining>\n   {alternative('plus:OtherConstraints', 'Ask Test Artist first.')}")),
        ("two-words", "data mining allowed in one description and prohibited in another", xmp_packet(described(ALLOWED), described(PROHIBITED))),
        ("terms-alone", "terms of data mining without a word on it", said(f"<tdm:policy>https://example.org/terms</tdm:policy>{alternative('plus:OtherConstraints', 'Ask Test Artist first.')}")),
        ("reservation", "TDMRep, reserved", said("<tdm:reservation>1</tdm:reservation>")),
        ("reservation-hash", "TDMRep, reserved, in the namespace of its other forms", said("<tdm:reservation>1</tdm:reservation><tdm:policy>https://example.org/terms</tdm:policy>", schemas=hash_tdm)),
        ("unreserved", "TDMRep, not reserved", said("<tdm:reservation>0</tdm:reservation>")),
        ("terms", "usage terms and rights of somebody", said(f"{alternative('xmpRights:UsageTerms', 'Ask first.')}\n   {alternative('dc:rights', COPYRIGHT)}")),
        ("denial-in-terms", "usage terms that deny", said(alternative("xmpRights:UsageTerms", "No AI training without permission."))),
        ("utf16", "UTF-16", b"\xff\xfe" + usual.decode().encode("utf-16-le")),
        ("latin1", "a byte that is no UTF-8", replaced(said(PROHIBITED), b"Test Program", b"Test Progr\xe4m")),
        ("not-xml", "not well-formed", replaced(said(PROHIBITED), b"</rdf:Description>", b"")),
        ("doctype", "a document type", replaced(usual, b"<x:xmpmeta", b'<!DOCTYPE x [<!ENTITY e "e">]>\n<x:xmpmeta')),
        ("zeros", "zeros alone: room for a packet", bytes(400)),
        ("spaces", "white space alone", b" " * 200 + b"\n"),
        ("zeros-behind", "a packet in a longer room of zeros", usual + bytes(200)),
        ("empty", "no byte", b""),
    ]


def xmp_cases() -> None:
    """Registers files with XMP packets of other programs: every shape of a packet in WAV, every place in the others."""
    def one(name: str, format: str, purpose: str, make: Callable[[], bytes]) -> None:
        built(f"tagged/xmp-{name}", format, TAGGED, "XMP-1", purpose, make)

    usual, denied = xmp_packet(SOME), xmp_packet(described(f"{TOOL}\n   {PROHIBITED}"))
    even, odd_one = xmp_packet(SOME, padding=300 + len(usual) % 2), xmp_packet(SOME, padding=301 + len(usual) % 2)
    assert (len(even) % 2, len(odd_one) % 2) == (0, 1)
    for name, purpose, packet in xmp_shapes():
        one(f"{name}.wav", "wav", f"XMP in `_PMX`: {purpose}", lambda packet=packet: wav(after=chunk("_PMX", packet)))
    tag = id3(text("TIT2", "Test Tone") + text("TCOP", COPYRIGHT), padding=101)
    one("before.wav", "wav", "XMP in `_PMX` before the sound, of even length", lambda: wav(chunk("_PMX", even)))
    one("odd.wav", "wav", "XMP in `_PMX` of odd length before the sound, LIST INFO behind", lambda: wav(chunk("_PMX", odd_one), info(("ICOP", COPYRIGHT.encode() + b"\0"))))
    one("odd-last.wav", "wav", "XMP in `_PMX` of odd length at the end of the file", lambda: wav(after=chunk("_PMX", odd_one)))
    one("odd-unpadded.wav", "wav", "the same without its pad byte: no size can change", lambda: wav(after=chunk("_PMX", odd_one, pad=False)))

    def uncounted(before: bytes, kind: str, body: bytes) -> bytes:
        """Returns a file whose last chunk has a pad byte that the outer size does not count."""
        last = before + chunk(kind, body)
        assert len(body) % 2 == 1
        return riff(fmt(), sound(), last, size=len(riff(fmt(), sound(), last)) - 9)
    last = wav(after=chunk("_PMX", odd_one))
    one("odd-uncounted.wav", "wav", "the same with a pad byte that the outer size does not count", lambda: uncounted(b"", "_PMX", odd_one))
    one("odd-uncounted-id3.wav", "wav", "the same behind an id3 chunk", lambda: uncounted(chunk("id3 ", tag), "_PMX", odd_one))
    one("odd-uncounted-info.wav", "wav", "no XMP, and an odd LIST INFO whose pad byte the outer size does not count", lambda: uncounted(
        b"", "LIST", b"INFO" + chunk("ICOP", COPYRIGHT.encode() + b".", pad=False)))
    one("odd-promised.wav", "wav", "the same without the pad byte that the outer size counts", lambda: last[:-1])
    one("other-name.wav", "wav", "XMP in `XMP `, as some programs name the chunk", lambda: wav(after=chunk("XMP ", denied)))
    one("both-names.wav", "wav", "XMP in `XMP ` and in `_PMX`", lambda: wav(chunk("XMP ", denied), chunk("_PMX", usual)))
    one("two.wav", "wav", "two `_PMX`, the second with a word on data mining", lambda: wav(chunk("_PMX", usual), chunk("_PMX", denied)))
    one("id3.wav", "wav", "XMP in `_PMX` between the id3 chunk and another", lambda: wav(after=chunk("id3 ", tag) + chunk("_PMX", usual) + chunk("iXML", b"<BWFXML/>")))
    one("in-id3.wav", "wav", "XMP in PRIV of the id3 chunk, where no reader of WAV expects it", lambda: wav(after=chunk("id3 ", id3(text("TIT2", "Test Tone") + frame("PRIV", b"XMP\0" + denied)))))
    one("odd-sound.wav", "wav", "odd sound, its pad byte, then XMP", lambda: odd(chunk("_PMX", usual)))
    one("rf64.wav", "wav", "RF64 with XMP in `_PMX`", lambda: rf64(after=chunk("_PMX", usual)))
    one("rf64-table.wav", "wav", "RF64 with the size of `_PMX` in the table of ds64", lambda: rf64(chunk("_PMX", even, size=0xFFFFFFFF), table=[("_PMX", len(even))]))

    one("appl.aiff", "aiff", "XMP in APPL behind the sound", lambda: aiff(after=iff("APPL", b"XMP " + usual)))
    one("appl-odd.aiff", "aiff", "XMP in APPL of odd length before the sound", lambda: aiff(iff("APPL", b"XMP " + odd_one)))
    one("appl-denied.aiff", "aiff", "data mining prohibited in APPL", lambda: aiff(after=iff("APPL", b"XMP " + denied)))
    one("appl-other.aiff", "aiff", "APPL of another signature that holds a packet", lambda: aiff(after=iff("APPL", b"XMPX" + usual)))
    one("appl-two.aiff", "aiff", "two APPL with XMP, and one of another program between", lambda: aiff(iff("APPL", b"XMP " + usual), iff("APPL", b"stocodd") + iff("APPL", b"XMP " + denied)))
    one("appl-empty.aiff", "aiff", "APPL with the signature of XMP alone", lambda: aiff(after=iff("APPL", b"XMP ")))
    one("in-id3.aiff", "aiff", "XMP in PRIV of the ID3 chunk", lambda: aiff(after=iff("ID3 ", id3(text("TIT2", "Test Tone") + frame("PRIV", b"XMP\0" + usual)))))
    one("both.aiff", "aiff", "XMP in APPL and in PRIV of the ID3 chunk", lambda: aiff(iff("APPL", b"XMP " + usual), iff("ID3 ", id3(frame("PRIV", b"XMP\0" + usual), padding=40))))
    one("aifc.aiff", "aiff", "AIFC with XMP in APPL", lambda: aifc("sowt", 16, pcm(TONE()), after=iff("APPL", b"XMP " + usual)))

    title = partial(text, "TIT2", "Test Tone")
    priv = b"XMP\0" + usual

    def mp3(name: str, purpose: str, make: Callable[[], bytes]) -> None:
        one(f"{name}.mp3", "mp3", purpose, lambda: with_id3(make()))
    mp3("v23", "XMP in PRIV of v2.3", lambda: id3(title() + frame("PRIV", priv)))
    mp3("v23-padding", "the same with padding that our properties fit into", lambda: id3(frame("PRIV", priv) + title(), padding=6000))
    mp3("v23-unsync", "the same in a tag that is unsynchronised around a cover full of FF", lambda: id3(unsynchronised(title() + frame("PRIV", priv) + frame("APIC", apic(cover()))), flags=0x80))
    mp3("v23-denied", "data mining prohibited in PRIV", lambda: id3(title() + frame("PRIV", b"XMP\0" + denied)))
    mp3("v23-other-owner", "PRIV of other owners: one whose name begins with XMP, one that holds a packet", lambda: id3(frame("PRIV", b"XMPX\0" + usual) + frame("PRIV", b"org.example\0" + usual)))
    mp3("v23-two", "two PRIV with XMP", lambda: id3(frame("PRIV", priv) + title() + frame("PRIV", b"XMP\0" + denied)))
    mp3("v23-compressed", "XMP in a compressed PRIV, and none that can be read", lambda: id3(title() + frame("PRIV", struct.pack(">I", len(priv)) + stored(priv), flags=0x80)))
    mp3("v24", "XMP in PRIV of v2.4", lambda: id3(title(version=4) + frame("PRIV", priv, 4), 4))
    mp3("v24-unsync-frame", "XMP in an unsynchronised PRIV of v2.4", lambda: id3(title(version=4) + v24_unsynchronised("PRIV", priv), 4))
    mp3("v24-unsync-utf16", "XMP in UTF-16 in an unsynchronised PRIV", lambda: id3(v24_unsynchronised("PRIV", b"XMP\0\xff\xfe" + usual.decode().encode("utf-16-le")), 4))
    mp3("v24-unsync", "v2.4, unsynchronised as a whole", lambda: id3(v24_unsynchronised("TIT2", b"\0Test Tone") + v24_unsynchronised("PRIV", priv) + v24_unsynchronised("APIC", apic(cover())), 4, flags=0x80))
    mp3("v24-length", "XMP in a PRIV of v2.4 with a data length", lambda: id3(frame("PRIV", synchsafe(len(priv)) + priv, 4, 0x01) + title(version=4), 4, 200))
    mp3("v24-zeros", "PRIV with zeros in the place of a packet", lambda: id3(frame("PRIV", b"XMP\0" + bytes(100), 4), 4))
    mp3("v22", "v2.2, which has no PRIV", lambda: id3(short("TT2", b"\0Test Tone"), 2))
    one("appended.mp3", "mp3", "XMP in a v2.4 tag behind the sound alone", lambda: with_id3(b"", id3(frame("PRIV", b"XMP\0" + denied, 4), 4, flags=0x10)))
    one("leading.flac", "flac", "XMP in an ID3v2 tag before fLaC", lambda: id3(title() + frame("PRIV", b"XMP\0" + denied)) + flac((COMMENT, comments("TITLE=Test Tone"))))
    one("priv.aac", "adts", "XMP in PRIV before ADTS", lambda: id3(title() + frame("PRIV", b"XMP\0" + denied)) + corpus("clean/sine.aac"))

    uuid, atom = box("uuid", XMP_UUID, usual), box("XMP_", usual)

    def m4a(name: str, purpose: str, make: Callable[[], bytes]) -> None:
        one(name, "mp4", purpose, make)
    m4a("before-moov.m4a", "XMP in a uuid before moov", lambda: mp4("ftyp", uuid, "moov", "mdat"))
    m4a("behind-moov.m4a", "XMP in a uuid between moov and mdat", lambda: mp4("ftyp", "moov", uuid, "mdat", udta=notice_items()))
    m4a("behind-free.m4a", "XMP in a uuid behind the free space behind moov", lambda: mp4("ftyp", "moov", box("free", bytes(4096)), uuid, "mdat", udta=notice_items()))
    m4a("before-free.m4a", "XMP in a uuid before the free space", lambda: mp4("ftyp", "moov", uuid, box("free", bytes(4096)), "mdat", udta=notice_items()))
    m4a("behind-mdat.m4a", "XMP in a uuid behind mdat", lambda: mp4("ftyp", "moov", "mdat", uuid))
    m4a("moov-last.m4a", "XMP in a uuid between mdat and the last moov", lambda: mp4("ftyp", "mdat", uuid, "moov"))
    m4a("behind-last-moov.m4a", "XMP in a uuid behind the last moov", lambda: mp4("ftyp", "mdat", "moov", uuid, udta=notice_items()))
    m4a("between-mdat.m4a", "XMP in a uuid between two mdat", lambda: mp4("ftyp", "half", uuid, "moov", "half"))
    m4a("denied.m4a", "data mining prohibited in a uuid", lambda: mp4(*FIRST_MOOV, box("uuid", XMP_UUID, denied)))
    m4a("wide.m4a", "XMP in a uuid with a 64-bit size", lambda: mp4("ftyp", "moov", box64("uuid", XMP_UUID + usual), "mdat"))
    m4a("to-end.m4a", "XMP in a uuid of size 0: to the end of the file", lambda: mp4("ftyp", "moov", "mdat", box("uuid", XMP_UUID, usual, size=0)))
    m4a("two.m4a", "two uuid with XMP", lambda: mp4("ftyp", uuid, "moov", "mdat", box("uuid", XMP_UUID, denied)))
    m4a("other-uuid.m4a", "a uuid of another kind that holds a packet", lambda: mp4(*FIRST_MOOV, box("uuid", XMP_UUID[::-1], usual)))
    m4a("in-udta.m4a", "XMP in moov/udta/XMP_, as in QuickTime", lambda: mp4(*FIRST_MOOV, udta=box("udta", atom)))
    m4a("both.m4a", "XMP in a uuid and in moov/udta/XMP_", lambda: mp4(*FIRST_MOOV, uuid, udta=box("udta", box("XMP_", denied), meta(ilst()))))
    m4a("fragments.m4a", "fragments, XMP in a uuid behind moov", lambda: fragmented("file", notice_items(), behind=uuid))
    m4a("fragments-free.m4a", "fragments, XMP in a uuid behind free space", lambda: fragmented("moof", notice_items(), behind=box("free", bytes(4096)) + uuid))
    m4a("fragments-counted.m4a", "fragments, XMP in a uuid before each, over which sidx counts", lambda: fragmented("file", notice_items(), each=uuid))
    m4a("fragments-behind.m4a", "fragments, XMP in a uuid behind them", lambda: fragmented("file", notice_items()) + uuid)

    quicktime = box("ftyp", b"qt  " + bytes(4) + b"qt  ")
    words = box("©cpy", struct.pack(">HH", len(COPYRIGHT), 0) + COPYRIGHT.encode())

    def mov(name: str, purpose: str, *udta: bytes, layout: tuple = ("moov", "mdat")) -> None:
        one(f"{name}.mov", "mp4", purpose, lambda: mp4(quicktime, *layout, udta=b"".join(udta)))
    mov("alone", "XMP in moov/udta/XMP_ alone", box("udta", atom))
    mov("beside", "XMP_ between other user data", box("udta", words, atom, meta(ilst(), box("free", bytes(60)))))
    mov("zero", "XMP_ before the 32-bit zero that ends user data", box("udta", atom, bytes(4)))
    mov("zero-beside", "XMP_ beside a text, before the 32-bit zero", box("udta", words, atom, bytes(4)), layout=("mdat", "moov"))
    mov("none", "no user data", layout=("moov", "mdat"))
    mov("other-only", "user data without XMP_", box("udta", words, bytes(4)))
    mov("denied", "data mining prohibited in XMP_", box("udta", box("XMP_", denied), meta(ilst())))
    mov("two", "two XMP_", box("udta", atom, box("XMP_", denied)))
    mov("second-udta", "XMP_ in a udta before that with the items", box("udta", atom), notice_items())
    mov("later-udta", "XMP_ in a second udta, none with items", box("udta", words), box("udta", atom))
    def in_track(moov: bytes) -> bytes:
        """Puts a packet into the user data of the track."""
        boxes = parse_boxes(moov)
        child(boxes, "moov", "trak").append((b"udta", box("XMP_", denied)))
        return write_boxes(boxes)
    one("track.mov", "mp4", "data mining prohibited in the user data of the track", lambda: mp4(quicktime, "moov", "mdat", edit=in_track))
    one("track-beside.mov", "mp4", "the same beside XMP_ in moov", lambda: mp4(quicktime, "mdat", "moov", udta=box("udta", atom), edit=in_track))
    mov("top", "XMP in a uuid at the top, as in MP4", layout=("moov", "mdat", uuid))
    mov("both", "XMP in a uuid at the top and in XMP_", box("udta", atom), layout=("moov", "mdat", box("uuid", XMP_UUID, denied)))
    one("no-ftyp.mov", "mp4", "old QuickTime without ftyp, XMP in XMP_", lambda: mp4("moov", "mdat", udta=box("udta", atom)))


# Other containers, and names that disagree with the content


AC3 = {"ac3": "-ar 48000 -c:a ac3 -b:a 64k", "eac3": "-ar 48000 -c:a eac3 -b:a 64k"}
MP3 = {"mp3": "-ar 44100 -c:a libmp3lame -b:a 32k"}


def plain(*codecs: str) -> dict[str, str]:
    """Codecs that need no other options, by their names at ffmpeg."""
    return {codec: f"-c:a {codec}" for codec in codecs}


READ_ONLY = [
    ("mka", "matroska", plain("pcm_u8", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f64le", "flac", "alac")
     | {"vorbis": "-c:a libvorbis"} | MP3 | AC3),
    ("caf", "caf", plain("pcm_mulaw", "pcm_alaw", "pcm_f32le", "pcm_f64be", "pcm_s24le", "flac", "alac")
     | {"adpcm_ima_qt": "-c:a adpcm_ima_qt", "opus": "-ar 48000 -c:a libopus -b:a 24k"} | MP3),
]


def other_cases() -> None:
    """Registers formats that are not written yet, and files under a wrong name."""
    aac = "-map_metadata -1 -c:a aac -b:a 24k"
    short = "ffmpeg -i clean/short.wav -map_metadata -1"
    ran("broken/sine.caf", "caf", UNSUPPORTED, "ALL-5", "CAF", "ffmpeg -i clean/short.wav -map_metadata -1 -c:a pcm_s16be OUT")
    ran("broken/sine.mka", "matroska", UNSUPPORTED, "ALL-5", "Matroska", f"ffmpeg -i clean/sine.wav {aac} OUT")
    ran("broken/sine.webm", "matroska", UNSUPPORTED, "ALL-5", "WebM", "ffmpeg -i clean/sine.wav -map_metadata -1 -c:a libopus -b:a 24k OUT")
    for suffix, format, codecs in READ_ONLY:
        for codec, options in codecs.items():
            ran(f"broken/{codec}.{suffix}", format, UNSUPPORTED, "ALL-5", f"{codec} in {'CAF' if suffix == 'caf' else 'Matroska'}", f"{short} {options} OUT")
    ran("broken/caf-called.mp3", "caf", UNSUPPORTED, "ALL-5", "CAF called .mp3", "cp broken/sine.caf OUT")
    built("broken/caf-with-sync.caf", "caf", UNSUPPORTED, "ALL-5 MP3-2", "CAF whose free chunk holds MPEG frames within the first 1,024 bytes", caf_with_frames)

    def renamed(name: str, format: str, source: str) -> None:
        ran(f"tagged/{name}", format, TAGGED, "ALL-5", f"`{source.split('.')[-1]}` content under another name", f"cp {source} OUT")
    renamed("flac-called.mp3", "flac", "clean/sine.flac")
    renamed("mp3-called.wav", "mp3", "clean/sine.mp3")
    renamed("mp3-called.m4a", "mp3", "tagged/utf16-tcop.mp3")
    renamed("m4a-called.mp3", "mp4", "clean/sine.m4a")
    renamed("ogg-called.mp3", "ogg", "clean/sine.ogg")
    renamed("opus-called.ogg", "ogg", "clean/sine.opus")
    renamed("wav-called.flac", "wav", "clean/short.wav")
    renamed("aiff-called.wav", "aiff", "clean/sine.aiff")
    renamed("no-extension", "mp3", "clean/sine.mp3")
    renamed("upper-case.FLAC", "flac", "clean/sine.flac")


def caf_with_frames() -> bytes:
    """Returns the CAF file with a `free` chunk of MPEG frames after its description."""
    data = corpus("broken/sine.caf")
    at = 8 + 12 + 32
    frames = corpus("clean/no-header-frame.mp3")
    return data[:at] + struct.pack(">4sq", b"free", len(frames)) + frames + data[at:]


# The folder

EARLY = ["clean/sine.wav", "clean/sine.aac", "clean/noise.wav", "clean/short.wav", "clean/sine.wv", "clean/sine.mpc", "clean/sine.tta", "clean/24-bit.wav", "clean/no-header-frame.mp3", "broken/png.mp3", "broken/chapters.ffmeta"]

ABOUT = """# Test audio

Every file here is made by `make.py`: no recording, no file of another project. `clean/` has no tags, `tagged/` has
tags of other programs or of odd but lawful shape, `broken/` is malformed, unsupported, protected or in conflict on purpose.

    python3 make.py            make everything again
    python3 make.py --check    make everything elsewhere and compare with SHA256SUMS

This file, `expected.txt`, `essences.txt` and `SHA256SUMS` are written by the script: change the script, not them.
`expected.txt` says for each file what the crate must do with it, `essences.txt` what ffmpeg delivers of those that are
tagged or only read. A new case is one more call in the script.
Classes such as `ID3-2` are the families of damage that tag writers have done; [the list](#classes) is below the table.
Commands run in this folder; the script adds `-v error -y -nostdin -fflags +bitexact -flags:a bitexact -flags:v bitexact`
to each `ffmpeg`. "byte by byte" means that the script writes the container itself, around sound that it makes or takes
from `clean/`. The sums hold for these versions, other versions of the encoders may write other bytes:
{programs}.

Dedicated to the public domain under CC0 1.0, see `LICENSE`.

| file | purpose | class | expected | made |
|---|---|---|---|---|
{rows}

## Classes

{classes}
"""

ESSENCES = """\
# SHA-256 of the packets of the first audio stream of each file that is tagged or only read, as ffmpeg delivers them
# (`-c copy -f streamhash`, for ADTS behind `aac_adtstoasc`), then codec, sampling rate and channels of that stream by
# ffprobe; `-` where they find none. Written by make.py.
"""

PROBE = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=codec_name,sample_rate,channels", "-of", "json"]


def parameters(path: Path) -> str:
    """Codec, sampling rate and channels of the first audio stream, as ffprobe tells them."""
    done = subprocess.run([*PROBE, str(path)], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    streams = json.loads(done.stdout or b"{}").get("streams", [])
    return "/".join(str(streams[0][key]) for key in ("codec_name", "sample_rate", "channels")) if streams else "-"


CLASSES = {
    "MP4-1": "chunk offsets that must move; no udta, meta or ilst yet",
    "MP4-2": "offsets outside the chunk tables: fragments, sidx, saio, iloc, other files",
    "MP4-3": "several mdat, mdat before or after moov, 64-bit sizes, size 0, several tracks",
    "MP4-4": "sizes and counts that cannot be true",
    "MP4-5": "free space, the shapes of meta and udta, values of several kinds",
    "OGG-1": "packets whose length is a multiple of 255, header pages",
    "OGG-2": "comment packets over many pages, checksums, granule -1, damaged page chains",
    "OGG-3": "chained and multiplexed streams, unusual serial and page numbers",
    "OGG-4": "bytes after the Opus comment list",
    "OGG-5": "the Vorbis framing bit, FLAC and Speex in Ogg",
    "FLAC-1": "the last-block flag, padding in every place",
    "FLAC-2": "block lengths",
    "FLAC-3": "ID3 around FLAC, C2PA manifests",
    "ID3-1": "unsynchronisation",
    "ID3-2": "text encodings, BOM, terminators",
    "ID3-3": "extended headers, footers, sizes of the versions",
    "ID3-4": "tag and frame sizes, padding",
    "MP3-1": "several ID3v2 tags, junk before the sound, tags at the end",
    "MP3-2": "MPEG frames inside tags and pictures",
    "MP3-3": "Xing, Info and VBRI frames, MPEG versions, cut frames",
    "MP3-4": "APE, Lyrics3 and ID3v1 in any order",
    "EDGE-1": "the frames and blocks of other formats with tags at the ends: ADTS, WavPack, Monkey's Audio, Musepack, True Audio",
    "WAV-1": "RF64, BW64, Wave64, other codecs; sizes of streams",
    "WAV-2": "odd lengths, pad bytes, bytes after the end",
    "WAV-3": "foreign chunks and sample formats, kept byte for byte",
    "XMP-1": "XMP packets of other programs: where they stand, what shape they have, what they say already",
    "ALL-2": "frames, fields, boxes and chunks that only their writers know; fields under our names",
    "ALL-3": "fields with several values",
    "ALL-4": "memory or time taken from a declared size",
    "ALL-5": "names that disagree with the content; content that is not ours to write",
    "HASH-1": "MP4 sound found through the sample tables",
    "HASH-3": "FLAC STREAMINFO that is zero or wrong",
}

LEDGER = """# What the crate must do with each file: path, format, outcome. Decided from the rules, not from what the code does.
# Written by make.py.
# format: the container by its own magic, whatever the name says: mp3 flac ogg mp4 wav aiff adts wavpack ape
# musepack tta, and caf matroska, which are read and never written; `-` where it is none of them
# (RIFX has a magic of its own) or cannot be told because the file ends inside an ID3v2 tag.
# outcome: tagged, or refused:KIND with KIND one of
#   malformed    the bytes contradict the standard, are cut or declare wrong sizes
#   unsupported  valid or plausible, deliberately not handled yet
#   not-audio    no sound of any known kind
#   protected    holds a C2PA manifest, which any edit would void
#   conflict     holds a field under one of our names that is not ours
"""

LICENSE = """CC0 1.0 Universal

SPDX-License-Identifier: CC0-1.0

To the extent possible under law, the makers of this corpus have waived all copyright and related or
neighbouring rights to the files in this folder, the script that makes them included. They may be copied,
changed, distributed and used, also commercially, without asking permission.

The files are provided as they are, without any warranty.

Legal text: https://creativecommons.org/publicdomain/zero/1.0/legalcode
"""


def register() -> None:
    """Registers every case, those that others are made from first."""
    for cases in (wav_cases, mp3_cases, flac_cases, ogg_cases, mp4_cases, aiff_cases, adts_cases, wavpack_cases, edge_cases, xmp_cases, other_cases):
        cases()
    CASES.sort(key=lambda case: EARLY.index(case.path) if case.path in EARLY else len(EARLY) + (not case.path.startswith("clean/")))
    for case in CASES:
        unknown = set(case.hazards.split()) - CLASSES.keys()
        assert not unknown, (case.path, unknown)


def essence(path: Path, format: str) -> str:
    """SHA-256 of the first audio stream's packets as ffmpeg delivers them; `-` where it finds none."""
    bare = ["-bsf:a", "aac_adtstoasc"] if format == "adts" else []
    words = ["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:a:0", "-c", "copy", *bare, "-f", "streamhash", "-hash", "sha256", "-"]
    printed = subprocess.run(words, capture_output=True, text=True).stdout
    return printed.strip().rpartition("=")[2].lower() or "-"


def make_all(root: Path) -> None:
    """Writes the whole corpus under a folder."""
    global ROOT
    ROOT = root
    for folder in FOLDERS:
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir(parents=True)
    for case in CASES:
        case.make(root)
    listed = sorted(CASES, key=lambda case: (FOLDERS.index(case.path.split("/")[0]), case.path))
    rows = "\n".join(f"| `{case.path}` | {case.purpose} | {case.hazards.replace(' ', ', ')} | {case.format} {case.outcome.replace('refused:', '')} | {case.how} |" for case in listed)
    classes = "\n".join(f"- **{name}** {words}" for name, words in CLASSES.items())
    programs = ", ".join(f"{name} {version}" for name, version in PROGRAMS)
    (root / "README.md").write_text(ABOUT.format(programs=programs, rows=rows.replace("||cover||", "&#124;&#124;cover&#124;&#124;"), classes=classes))
    (root / "expected.txt").write_text(LEDGER + "".join(f"{case.path} {case.format} {case.outcome}\n" for case in listed))
    heard = [case for case in listed if case.outcome == "tagged" or case.format in ("caf", "matroska")]
    (root / "essences.txt").write_text(ESSENCES + "".join(f"{case.path} {essence(root / case.path, case.format)} {parameters(root / case.path)}\n" for case in heard))
    (root / "SHA256SUMS").write_text("".join(f"{hashlib.sha256((root / case.path).read_bytes()).hexdigest()}  {case.path}\n" for case in listed))
    (root / "LICENSE").write_text(LICENSE)


def check(here: Path) -> int:
    """Makes everything in a temporary folder and reports what differs from this one."""
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder)
        make_all(again)
        names = sorted({str(path.relative_to(root)) for root in (here, again) for path in root.rglob("*") if path.is_file()} - {"make.py"})
        differing = [name for name in names if not (here / name).is_file() or not (again / name).is_file()
                     or (here / name).read_bytes() != (again / name).read_bytes()]
    for name in differing:
        print(f"differs: {name}")
    print(f"{len(names) - len(differing)} of {len(names)} files are the same")
    return 1 if differing else 0


def main() -> int:
    """Writes the corpus beside this script, or checks it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="make everything elsewhere and compare")
    arguments = parser.parse_args()
    here = Path(__file__).resolve().parent
    register()
    if arguments.check:
        return check(here)
    make_all(here)
    print(f"{len(CASES)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
