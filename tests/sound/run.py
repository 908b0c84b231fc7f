#!/usr/bin/env python3
"""Holds what we hear of real music against other programs: ffmpeg, fpcalc and the ISCC reference."""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "real_music"))

import iscc_core
from tools import ffmpeg, in_parallel, output_of
from tracks import TRACKS, Track

LOSSLESS = {"flac", "alac"}
# Of all bits of a codec's fingerprints together.
MOST_WRONG = 1e-4


@dataclass(frozen=True)
class Form:
    """How a track is encoded; from another form, unless from the WAV."""

    name: str
    arguments: tuple[str, ...] = ()
    source: str = "16.wav"


FORMS = (
    Form("8.wav", ("-c:a", "pcm_u8")),
    Form("24.wav", ("-c:a", "pcm_s24le")),
    Form("32.wav", ("-c:a", "pcm_s32le")),
    Form("float.wav", ("-c:a", "pcm_f32le")),
    Form("double.wav", ("-c:a", "pcm_f64le")),
    Form("8k.wav", ("-ar", "8000")),
    Form("11k-mono.wav", ("-ar", "11025", "-ac", "1")),
    Form("16k.wav", ("-ar", "16000", "-ac", "1")),
    Form("32k.wav", ("-ar", "32000")),
    Form("48k.wav", ("-ar", "48000")),
    Form("96k.wav", ("-ar", "96000")),
    Form("surround.wav", ("-ac", "6")),
    Form("16.aiff"),
    Form("24.aiff", ("-c:a", "pcm_s24be")),
    Form("8.aiff", ("-c:a", "pcm_s8")),
    Form("16.caf", ("-c:a", "pcm_s16be")),
    Form("24.caf", ("-c:a", "pcm_s24le")),
    Form("alac.caf", ("-c:a", "alac")),
    Form("16.flac"),
    Form("24.flac", ("-sample_fmt", "s32", "-bits_per_raw_sample", "24"), "24.wav"),
    Form("flac.ogg", ("-c", "copy"), "16.flac"),
    Form("flac.mka", ("-c", "copy"), "16.flac"),
    Form("alac.m4a", ("-c:a", "alac")),
    Form("alac24.m4a", ("-c:a", "alac"), "24.wav"),
    Form("alac.mka", ("-c", "copy"), "alac.m4a"),
    Form("aac.m4a", ("-c:a", "aac", "-b:a", "128k")),
    Form("aac.mka", ("-c", "copy"), "aac.m4a"),
    Form("aac.mov", ("-c", "copy"), "aac.m4a"),
    Form("aac.aac", ("-c", "copy"), "aac.m4a"),
    Form("lame.mp3", ("-b:a", "128k")),
    Form("mp3.mka", ("-c", "copy"), "lame.mp3"),
    Form("mp3.mp4", ("-c", "copy"), "lame.mp3"),
    Form("vorbis.ogg", ("-c:a", "libvorbis", "-q:a", "4")),
    Form("vorbis.webm", ("-c", "copy"), "vorbis.ogg"),
    Form("opus.opus", ("-c:a", "libopus", "-b:a", "96k")),
    Form("opus.webm", ("-c", "copy"), "opus.opus"),
    Form("opus.mp4", ("-c", "copy"), "opus.opus"),
    Form("adpcm.wav", ("-c:a", "adpcm_ms")),
)


@dataclass
class Report:
    """What was compared, and what differs."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    bits: dict[str, tuple[int, int]] = field(default_factory=dict)

    def check(self, what: str, ours: object, theirs: object) -> None:
        """Counts one comparison."""
        if ours == theirs:
            self.passed += 1
        else:
            self.failures.append(f"{what}: ours {str(ours)[:80]}, theirs {str(theirs)[:80]}")


def decompressed(text: str) -> list[int]:
    """The items of a compressed Chromaprint fingerprint."""
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    count, body = int.from_bytes(packed[1:4], "big"), int.from_bytes(packed[4:], "little")
    at, runs, run = 0, [], []
    while len(runs) < count:
        distance = body >> at & 7
        at += 3
        if distance:
            run.append(distance)
        else:
            runs.append(run)
            run = []
    at = (at + 7) // 8 * 8
    items, item = [], 0
    for run in runs:
        bit = 0
        for distance in run:
            bit += distance
            if distance == 7:
                bit += body >> at & 31
                at += 5
            item ^= 1 << (bit - 1)
        items.append(item)
    return items


def signed(items: list[int]) -> list[int]:
    """Items as the signed numbers that the ISCC reference takes."""
    return [item - (1 << 32) if item >> 31 else item for item in items]


def digest_by_ffmpeg(path: Path, *arguments: str) -> str:
    """The SHA-256 that ffmpeg prints."""
    command = ("ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:a:0", *arguments, "-hash", "sha256", "-")
    return "sha256:" + output_of(*command)[1].strip().rpartition("=")[2].lower()


def by_others(path: Path) -> dict[str, object]:
    """What other programs say of the file."""
    extra = ("-bsf:a", "aac_adtstoasc") if path.suffix == ".aac" else ()
    heard = path
    if path.name == "adpcm.wav":
        # fpcalc gives up on it half-way; ffmpeg does not.
        heard = path.with_suffix(".decoded.wav")
        ffmpeg("-i", path, heard)
    raw = output_of("fpcalc", "-raw", "-plain", "-length", "0", heard)[1].strip()
    return {
        "essence": digest_by_ffmpeg(path, "-c", "copy", *extra, "-f", "streamhash"),
        "items": [int(item) for item in raw.split(",") if item],
    }


def compare(path: Path, ours: dict[str, object], report: Report) -> None:
    """Counts every comparison of one file."""
    name = f"{path.parent.name}/{path.name}"
    if "error" in ours or "undecoded" in ours:
        report.failures.append(f"{name}: {ours.get('error', ours.get('undecoded'))}")
        return
    theirs = by_others(path)
    codec = str(ours["codec"])
    report.check(f"{name}: essence", ours["essence"], theirs["essence"])
    is_lossless = codec in LOSSLESS or codec.startswith("pcm_")
    report.check(f"{name}: a PCM digest of lossless codecs alone", "pcm" in ours, is_lossless)
    if "pcm" in ours:
        form, _, digest = str(ours["pcm"]).partition(":")
        wanted = digest_by_ffmpeg(path, "-c:a", form.split("/")[0], "-f", "hash")
        report.check(f"{name}: pcm", digest, wanted)
    if codec == "flac":
        report.check(f"{name}: FLAC's MD5", ours.get("md5"), "right")
    items, others = decompressed(str(ours["fingerprint"])), theirs["items"]
    # Padding at the end is cut by some of ffmpeg's demultiplexers and not by others.
    report.check(f"{name}: number of items", abs(len(items) - len(others)) <= (not is_lossless), True)
    wrong = sum((a ^ b).bit_count() for a, b in zip(items, others))
    if is_lossless:
        # Fused multiplication in ffmpeg's assembly: a sample in millions is rounded otherwise.
        report.check(f"{name}: more than two wrong bits of the fingerprint", wrong <= 2, True)
    before = report.bits.get(codec, (0, 0))
    report.bits[codec] = (before[0] + wrong, before[1] + 32 * len(items))
    code = iscc_core.gen_audio_code_v0(signed(items), bits=256)["iscc"]
    report.check(f"{name}: content code", ours.get("iscc"), code)


def make(track: Track, folder: Path) -> list[Path]:
    """Every form of one track."""
    made = folder / track.name
    made.mkdir()
    excerpt = ("-ss", str(track.start), "-t", str(track.seconds), "-i", track.source)
    ffmpeg(*excerpt, "-map", "0:a:0", "-map_metadata", "-1", "-ar", "44100", "-ac", "2", made / "16.wav")
    for form in FORMS:
        ffmpeg("-i", made / form.source, "-map", "0:a:0", "-strict", "-2", *form.arguments, made / form.name)
    return sorted(made.iterdir())


def main() -> int:
    """Makes the forms, asks everybody, compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    options = parser.parse_args()
    tracks = [track for track in TRACKS if 25 <= track.seconds <= 45]
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sound-", dir="target") as folder:
        files = [path for made in in_parallel(lambda t: make(t, Path(folder)), tracks) for path in made]
        levels = "file,essence,pcm,iscc,fingerprint"
        out = output_of((options.bin / "identify").resolve(), "--json", "--levels", levels, *files)[1]
        lines = {line["path"]: line for line in map(json.loads, out.splitlines())}
        in_parallel(lambda path: compare(path, lines[str(path)], report), files)
    for codec, (wrong, bits) in sorted(report.bits.items()):
        print(f"{codec:12} {wrong} of {bits} bits of the fingerprints differ from fpcalc's ({1e6 * wrong / bits:.0f} ppm)")
        if wrong > MOST_WRONG * bits:
            report.failures.append(f"{codec}: {wrong} of {bits} bits differ")
    for failure in report.failures:
        print(f"FAIL {failure}")
    print(f"{report.passed} passed, {len(report.failures)} failed")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
