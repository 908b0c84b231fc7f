"""In which forms each track is tried, and how they are made."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import caf
from music import DEEP, WIDE, Excerpt
from tools import ffmpeg, run

RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000)


@dataclass(frozen=True)
class Form:
    """A file to make: its name, from which other one of the same track, and with which options of ffmpeg."""

    name: str
    source: str
    options: tuple[str, ...] = ()
    depth: str | None = None
    """The form of its PCM digest, where there must be one."""
    is_remux: bool = False
    """It has the packets of its source."""

    @property
    def twin(self) -> str | None:
        """A file with the same samples, for those that the judges cannot decode."""
        return TWINS.get(self.name)


def form(name: str, source: str, *options: str, depth: str | None = None) -> Form:
    """A file that is encoded."""
    return Form(name, source, options, depth)


def remux(name: str, source: str, depth: str | None = None, *options: str) -> Form:
    """A file into which the packets are copied."""
    return Form(name, source, ("-c", "copy", *options), depth, is_remux=True)


SECONDS, DEEP_SECONDS, WIDE_SECONDS = "60", "30", "20"
MASTER, DEEP_MASTER, WIDE_MASTER = "master.wav", "deep.wav", "wide.wav"

# Every track, as it was decoded, with 16 bits.
EVERY = (
    form("16.flac", MASTER, "-c:a", "flac", depth="pcm_s16le"),
    form("cbr.mp3", MASTER, "-c:a", "libmp3lame", "-b:a", "128k"),
    form("aac.m4a", MASTER, "-c:a", "aac", "-b:a", "128k"),
    form("vorbis.ogg", MASTER, "-c:a", "libvorbis", "-q:a", "4"),
    form("opus.opus", MASTER, "-c:a", "libopus", "-b:a", "96k"),
)

DOUBLE = ("-af", "aformat=dbl,volume=0.7:precision=double")
# From floating-point samples, so that the lowest bits of every depth are not zero.
DEPTHS = (
    form("u8.wav", DEEP_MASTER, "-c:a", "pcm_u8", depth="pcm_s8"),
    form("s24.wav", DEEP_MASTER, "-c:a", "pcm_s24le", depth="pcm_s24le"),
    form("s32.wav", DEEP_MASTER, *DOUBLE, "-c:a", "pcm_s32le", depth="pcm_s32le"),
    form("f64.wav", DEEP_MASTER, *DOUBLE, "-c:a", "pcm_f64le", depth="pcm_f64le"),
    form("s8.aiff", DEEP_MASTER, "-c:a", "pcm_s8", depth="pcm_s8"),
    form("s16.aiff", DEEP_MASTER, "-c:a", "pcm_s16be", depth="pcm_s16le"),
    form("s24.aiff", DEEP_MASTER, "-c:a", "pcm_s24be", depth="pcm_s24le"),
    form("s32.aiff", DEEP_MASTER, *DOUBLE, "-c:a", "pcm_s32be", depth="pcm_s32le"),
    form("u8.aifc", DEEP_MASTER, "-c:a", "pcm_u8", depth="pcm_s8"),
    form("s16le.aifc", DEEP_MASTER, "-c:a", "pcm_s16le", depth="pcm_s16le"),
    form("f32.aifc", DEEP_MASTER, "-c:a", "pcm_f32be", depth="pcm_f32le"),
    form("f64.aifc", DEEP_MASTER, *DOUBLE, "-c:a", "pcm_f64be", depth="pcm_f64le"),
    form("alaw.aifc", DEEP_MASTER, "-c:a", "pcm_alaw"),
    form("rf64.wav", DEEP_MASTER, "-c:a", "pcm_s24le", "-rf64", "always", depth="pcm_s24le"),
    form("stream.wav", DEEP_MASTER, "-c:a", "pcm_s24le", "-seekable", "0", depth="pcm_s24le"),
    form("s8.caf", DEEP_MASTER, "-c:a", "pcm_s8", depth="pcm_s8"),
    form("s16le.caf", DEEP_MASTER, "-c:a", "pcm_s16le", depth="pcm_s16le"),
    form("s16be.caf", DEEP_MASTER, "-c:a", "pcm_s16be", depth="pcm_s16le"),
    form("s24le.caf", DEEP_MASTER, "-c:a", "pcm_s24le", depth="pcm_s24le"),
    form("s24be.caf", DEEP_MASTER, "-c:a", "pcm_s24be", depth="pcm_s24le"),
    form("s32.caf", DEEP_MASTER, *DOUBLE, "-c:a", "pcm_s32le", depth="pcm_s32le"),
    form("f32.caf", DEEP_MASTER, "-c:a", "pcm_f32le", depth="pcm_f32le"),
    form("alac.m4a", MASTER, "-c:a", "alac", depth="pcm_s16le"),
    form("alac16.caf", MASTER, "-c:a", "alac", depth="pcm_s16le"),
    form("alac24.caf", "s24.wav", "-c:a", "alac", depth="pcm_s24le"),
    form("alac24.m4a", "s24.wav", "-c:a", "alac", depth="pcm_s24le"),
    form("24.flac", "s24.wav", "-c:a", "flac", depth="pcm_s24le"),
    form("s16.mov", DEEP_MASTER, "-c:a", "pcm_s16be", depth="pcm_s16le"),
    form("s24.mov", DEEP_MASTER, "-c:a", "pcm_s24le", depth="pcm_s24le"),
    form("f32.mov", DEEP_MASTER, "-c:a", "pcm_f32le", depth="pcm_f32le"),
    form("s16.mka", DEEP_MASTER, "-c:a", "pcm_s16le", depth="pcm_s16le"),
    form("s24.mka", DEEP_MASTER, "-c:a", "pcm_s24le", depth="pcm_s24le"),
    form("f32.mka", DEEP_MASTER, "-c:a", "pcm_f32le", depth="pcm_f32le"),
    form("alaw.wav", DEEP_MASTER, "-c:a", "pcm_alaw"),
    form("mulaw.wav", DEEP_MASTER, "-c:a", "pcm_mulaw"),
    form("ms.wav", DEEP_MASTER, "-c:a", "adpcm_ms"),
    form("ms-decoded.wav", "ms.wav", "-c:a", "pcm_s16le", depth="pcm_s16le"),
    form("vbr.mp3", MASTER, "-c:a", "libmp3lame", "-q:a", "2"),
    # Nothing in these says how long they are.
    form("no-xing.mp3", MASTER, "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0"),
    form("no-xing-vbr.mp3", MASTER, "-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0"),
)
# fpcalc hears the first frame of each packet of MS ADPCM; ffmpeg 5.1 decodes no FLAC of 32 bits and does not drop what
# a CAF says to be priming.
TWINS = {"ms.wav": "ms-decoded.wav", "flac-32.flac": "valid-32.wav", "aac.caf": "aac.m4a"}
# What flac makes from a WAV of so many valid bits in a container of so many.
FLAC_DEPTHS = ((8, 8), (12, 16), (16, 16), (20, 24), (24, 24), (32, 32))

REMUXES = (
    remux("24.oga", "24.flac", "pcm_s24le"),
    remux("16.oga", "16.flac", "pcm_s16le"),
    remux("16-flac.mka", "16.flac", "pcm_s16le"),
    remux("24-flac.mkv", "24.flac", "pcm_s24le"),
    remux("16-flac.mp4", "16.flac", "pcm_s16le"),
    remux("alac.mka", "alac.m4a", "pcm_s16le"),
    remux("alac24.mka", "alac24.m4a", "pcm_s24le"),
    remux("alac.mov", "alac.m4a", "pcm_s16le"),
    remux("alac.caf", "alac.m4a", "pcm_s16le"),
    remux("cbr.mka", "cbr.mp3"),
    remux("vbr.mkv", "vbr.mp3"),
    remux("cbr.mp4", "cbr.mp3"),
    remux("aac.mka", "aac.m4a"),
    remux("aac.mkv", "aac.m4a"),
    remux("aac.aac", "aac.m4a"),
    remux("aac.mov", "aac.m4a"),
    remux("aac-again.m4a", "aac.aac", None, "-bsf:a", "aac_adtstoasc"),
    remux("vorbis.mka", "vorbis.ogg"),
    remux("vorbis.webm", "vorbis.ogg"),
    remux("opus.mka", "opus.opus"),
    remux("opus.webm", "opus.opus"),
    remux("opus.mp4", "opus.opus"),
)

WIDE_CODECS = (
    ("wav", "", ("-c:a", "pcm_s16le"), "pcm_s16le"),
    ("flac", "", ("-c:a", "flac"), "pcm_s16le"),
    ("m4a", "alac-", ("-c:a", "alac"), "pcm_s16le"),
    ("mp3", "", ("-c:a", "libmp3lame"), None),
    ("m4a", "aac-", ("-c:a", "aac"), None),
    ("ogg", "", ("-c:a", "libvorbis"), None),
    ("opus", "", ("-c:a", "libopus"), None),
)
OPUS_RATES = (8000, 16000, 48000)
LAYOUTS = (("mono", "1"), ("stereo", "2"), ("surround", "6"))


def wide() -> tuple[Form, ...]:
    """Every codec at every rate, and with one, two and six channels."""
    forms = []
    for suffix, prefix, options, depth in WIDE_CODECS:
        for rate in RATES:
            if (suffix == "opus" and rate not in OPUS_RATES) or (suffix == "mp3" and rate > 48000):
                continue
            name = f"{prefix}{rate}.{suffix}"
            forms.append(form(name, WIDE_MASTER, *options, "-ar", str(rate), depth=depth))
        for layout, channels in LAYOUTS:
            if suffix == "mp3" and channels == "6":
                continue
            source = "six.wav" if channels == "6" else WIDE_MASTER
            forms.append(form(f"{prefix}{layout}.{suffix}", source, *options, "-ac", channels, depth=depth))
    return tuple(forms)


def forms_of(track: Excerpt) -> tuple[Form, ...]:
    """What is made of this track, sources before what is made from them."""
    deep = (*DEPTHS, *REMUXES) if track.name in DEEP else ()
    return (*EVERY, *deep, *(wide() if track.name == WIDE else ()))


def make(track: Excerpt, folder: Path) -> dict[str, Form | None]:
    """Makes every file of the track, and tells from which form each is; the masters are of none."""
    folder.mkdir()
    cut = ("-ss", str(track.start), "-t", SECONDS, "-i", str(track.source), "-map", "0:a:0", "-map_metadata", "-1")
    ffmpeg(*cut, "-c:a", "pcm_s16le", folder / MASTER)
    made: dict[str, Form | None] = {MASTER: Form(MASTER, "", depth="pcm_s16le")}
    if track.name in DEEP:
        ffmpeg(*cut, "-t", DEEP_SECONDS, "-c:a", "pcm_f32le", folder / DEEP_MASTER)
        made[DEEP_MASTER] = Form(DEEP_MASTER, "", depth="pcm_f32le")
    if track.name == WIDE:
        ffmpeg(*cut, "-t", WIDE_SECONDS, "-c:a", "pcm_s16le", folder / WIDE_MASTER)
        surround(folder / WIDE_MASTER, folder / "six.wav")
        made["six.wav"] = Form("six.wav", "", depth="pcm_s16le")
    for each in forms_of(track):
        ffmpeg("-i", folder / each.source, "-map", "0:a:0", "-strict", "-2", *each.options, folder / each.name)
        made[each.name] = each
    if track.name in DEEP:
        caf.from_adts(folder / "aac.aac", folder / "aac.caf")
        made["aac.caf"] = Form("aac.caf", "aac.m4a", is_remux=True)
        # Two files in one, whose first frame knows the length of the first.
        (folder / "joined.mp3").write_bytes((folder / "cbr.mp3").read_bytes() + (folder / "no-xing.mp3").read_bytes())
        made["joined.mp3"] = Form("joined.mp3", "")
        for valid, bits in FLAC_DEPTHS:
            name = f"flac-{valid}.flac"
            made[f"valid-{valid}.wav"] = Form(f"valid-{valid}.wav", "", depth=pcm_form(bits))
            made[name] = Form(name, "", depth=pcm_form(bits))
            with_valid_bits(folder / DEEP_MASTER, folder / f"valid-{valid}.wav", valid, bits)
            run("flac", "--silent", "-f", "-o", folder / name, folder / f"valid-{valid}.wav")
    return made


def pcm_form(bits: int) -> str:
    """The form of the PCM digest of whole numbers of so many bits."""
    return "pcm_s8" if bits == 8 else f"pcm_s{bits}le"


def surround(stereo: Path, target: Path) -> None:
    """Six channels that differ from each other: copies of the two, later and softer from one to the next."""
    parts = ";".join(f"[a{n}]volume={1 - n / 10},adelay={n * 700}|{n * 700},pan=mono|c0=c{n % 2}[b{n}]"
                     for n in range(6))
    split = "[0:a]asplit=6" + "".join(f"[a{n}]" for n in range(6))
    join = "".join(f"[b{n}]" for n in range(6)) + "join=inputs=6:channel_layout=5.1[out]"
    ffmpeg("-i", stereo, "-filter_complex", f"{split};{parts};{join}", "-map", "[out]", "-t", WIDE_SECONDS, target)


def with_valid_bits(source: Path, target: Path, valid: int, bits: int) -> None:
    """A WAV (WAVE_FORMAT_EXTENSIBLE) that says how many bits of its samples are used; the others are zero."""
    raw = target.with_suffix(".raw")
    kind = "u8" if bits == 8 else f"s{bits}le"
    ffmpeg("-i", source, *DOUBLE, "-ac", "2", "-ar", "44100", "-t", DEEP_SECONDS, "-f", kind, "-c:a", f"pcm_{kind}", raw)
    data, size = bytearray(raw.read_bytes()), bits // 8
    raw.unlink()
    if bits > valid:
        mask = 0xFF << (bits - valid) & 0xFF
        data[0::size] = bytes(byte & mask for byte in data[0::size])
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    header = struct.pack("<HHIIHHHHI", 0xFFFE, 2, 44100, 44100 * 2 * size, 2 * size, bits, 22, valid, 3) + guid
    chunks = b"fmt " + struct.pack("<I", len(header)) + header + b"data" + struct.pack("<I", len(data)) + data
    target.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
