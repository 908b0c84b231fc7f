"""What ffmpeg, fpcalc and metaflac say of a file."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import ToolFailed, output_of

MEASURES = {"pcm_s8": 1, "pcm_s16le": 2, "pcm_s24le": 3, "pcm_s32le": 4, "pcm_f32le": 4, "pcm_f64le": 8}
"""Bytes of a sample in every form of the PCM digest."""


def ffmpeg_digest(file: Path, *options: str, kind: str = "sha256") -> str:
    """The digest that ffmpeg prints."""
    status, out, err = output_of(
        "ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:a:0", *options, "-hash", kind, "-")
    found = re.search(rf"{kind}=([0-9a-f]+)", out, re.IGNORECASE)
    if status or found is None:
        raise ToolFailed(f"ffmpeg cannot hash {file.name}: {err[:300]}")
    return found[1]


def essence(file: Path) -> str:
    """The digest of the coded packets; those of ADTS without their headers."""
    plain = ("-bsf:a", "aac_adtstoasc") if file.suffix == ".aac" else ()
    return ffmpeg_digest(file, "-c", "copy", *plain, "-f", "streamhash")


def samples(file: Path, codec: str, kind: str = "sha256") -> str:
    """The digest of the decoded samples in this form."""
    return ffmpeg_digest(file, "-c:a", codec, "-f", "hash", kind=kind)


def streaminfo_md5(file: Path) -> str:
    """The digest that a FLAC has of its own samples."""
    return output_of("metaflac", "--show-md5sum", file)[1].strip()


@dataclass(frozen=True)
class Stream:
    """What ffprobe says of the first audio stream."""

    codec: str
    sample_rate: int
    channels: int


def stream(file: Path) -> Stream:
    """Asks ffprobe."""
    _, out, err = output_of("ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries",
                            "stream=codec_name,sample_rate,channels", "-of", "default=noprint_wrappers=1", file)
    found = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
    if "codec_name" not in found:
        raise ToolFailed(f"ffprobe says nothing of {file.name}: {err[:300]}")
    return Stream(found["codec_name"], int(found["sample_rate"]), int(found["channels"]))


def fpcalc(file: Path, *options: str) -> str:
    """The fingerprint of the whole file, as text.

    At the end of many files fpcalc ends with status 3 although its fingerprint is right.
    """
    _, out, err = output_of("fpcalc", *options, "-plain", "-length", "0", file)
    if not out.strip():
        raise ToolFailed(f"fpcalc hears nothing in {file.name}: {err[:300]}")
    return out.strip()


def float_items(file: Path) -> list[int]:
    """What fpcalc makes of ffmpeg's resampling in floats.

    libswresample 4.7, Debian's, resamples 16-bit samples in 16-bit integers unless it is told otherwise, 6.3 in
    floats: two fpcalcs differ in a few bits of a million.
    """
    filters = ("aresample=11025:filter_size=16:phase_shift=8:linear_interp=1:cutoff=0.8:internal_sample_fmt=fltp,"
               "aformat=sample_fmts=s16:channel_layouts=mono")
    with tempfile.NamedTemporaryFile(suffix=".wav") as slow:
        status, _, err = output_of("ffmpeg", "-v", "error", "-nostdin", "-y", "-i", file, "-map", "0:a:0", "-af", filters,
                                   slow.name)
        if status:
            raise ToolFailed(f"ffmpeg cannot resample {file.name}: {err[:300]}")
        return fpcalc_items(Path(slow.name))


def fpcalc_items(file: Path) -> list[int]:
    """The fingerprint's items."""
    return [int(text) & 0xFFFF_FFFF for text in fpcalc(file, "-raw").split(",")]
