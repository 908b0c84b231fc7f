"""What other programs say about a file: its essence, its faults and its tags."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import mutagen
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.apev2 import TEXT, APENoHeaderError, APEv2
from mutagen.flac import FLAC
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from packets import foreign_part
from structure import Structure, structure_of
from taggers import FREEFORM
from tools import in_parallel, output_of

OURS = ("AI_CONSENT", "NOAI", "CONTENT_USAGE", "TDM_RESERVATION")


@dataclass
class Tags:
    """What mutagen reads: ours, the copyright notices, and everything else in its order."""

    version: tuple[int, ...] | None = None
    foreign: list[tuple[str, str]] = field(default_factory=list)
    copyright: list[str] = field(default_factory=list)
    ours: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """Files a custom field under ours or under the foreign ones."""
        spelled = spelling(name)
        if spelled in OURS:
            self.ours.setdefault(spelled, []).append(value)
        else:
            self.foreign.append((name, shortened(value)))


@dataclass
class Measure:
    """Everything that is known about a file at one moment."""

    sha256: str
    mtime_ns: int
    mode: int
    essence: str
    decoded: str
    complaints: Counter[str]
    tags: Tags
    probe: dict[str, str]
    structure: Structure


def spelling(name: str) -> str:
    """A field's name with case, space, hyphen and underscore made equal."""
    return name.upper().replace(" ", "_").replace("-", "_")


def shortened(text: str) -> str:
    """A text that is fit to be compared and printed: a long one (a picture) by its digest."""
    if len(text) <= 300:
        return text
    return f"{text[:60]}… sha256:{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def measure_all(folder: Path, names: list[str]) -> dict[str, Measure]:
    """Measures every file of the folder."""
    warnings = exiftool_warnings(folder)
    measures = in_parallel(lambda name: measure(folder / name), names)
    for name, found in zip(names, measures):
        found.complaints.update(warnings.get(name, ()))
    return dict(zip(names, measures))


def measure(file: Path) -> Measure:
    """Asks every oracle but exiftool, which is asked once for the whole folder."""
    data, status = file.read_bytes(), file.stat()
    structure = structure_of(data)
    decoded, faults = decode(file)
    complaints = Counter(f"structure: {text}" for text in structure.complaints)
    complaints.update(faults)
    for validate in validators(file):
        complaints.update(validate(file))
    return Measure(
        sha256=hashlib.sha256(data).hexdigest(), mtime_ns=status.st_mtime_ns, mode=status.st_mode,
        essence=streamhash(file), decoded=decoded, complaints=complaints, tags=read_tags(file),
        probe=probe(file), structure=structure,
    )


def sha256_of(file: Path) -> str:
    """The digest of all of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# The sound.

def streamhash(file: Path) -> str:
    """The digest of the coded packets, by ffmpeg."""
    bare = ["-bsf:a", "aac_adtstoasc"] if file.suffix == ".aac" else []
    status, out, err = output_of(
        "ffmpeg", "-nostdin", "-v", "error", "-i", file, "-map", "0:a:0", "-c", "copy", *bare,
        "-f", "streamhash", "-hash", "sha256", "-")
    found = re.search(r"SHA256=([0-9a-f]{64})", out)
    return found[1] if found and status == 0 else f"no streamhash: {err.strip()[:200]}"


def decode(file: Path) -> tuple[str, list[str]]:
    """Decodes all audio strictly: the digest of the samples, and ffmpeg's complaints."""
    status, out, err = output_of(
        "ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", file, "-map", "0:a", "-f", "hash", "-hash", "md5", "-")
    return out.strip(), complaints_in("ffmpeg", file, err.splitlines(), status)


# Strict validators.

def validators(file: Path) -> tuple[Callable[[Path], list[str]], ...]:
    """The validators for a file, by its suffix: the corpus has no misnamed ones."""
    return {
        ".flac": (flac_test,),
        ".ogg": (oggz_validate, ogginfo),
        ".opus": (oggz_validate, opusinfo),
        ".oga": (oggz_validate, ogginfo, flac_test),
        ".spx": (oggz_validate, ogginfo),
        ".mp3": (mp3val,),
        ".wv": (wvunpack,),
    }.get(file.suffix, ())


def complaints_in(tool: str, file: Path, lines: list[str], status: int) -> list[str]:
    """A tool's complaints without what a tag may shift: paths, offsets, addresses, page numbers."""
    found = [f"status {status}"] if status else []
    found += [normalised(line, file) for line in lines if line.strip()]
    return [f"{tool}: {text}" for text in found]


def normalised(line: str, file: Path) -> str:
    """A message without the file's path and without numbers."""
    line = line.replace(str(file), "FILE").replace(file.name, "FILE")
    return re.sub(r"0x[0-9a-fA-F]+|\d+", "#", line).strip()


def flac_test(file: Path) -> list[str]:
    """Decodes and compares with the digest in the file, by flac."""
    status, out, err = output_of("flac", "-t", "--silent", file)
    return complaints_in("flac", file, (out + err).splitlines(), status)


def wvunpack(file: Path) -> list[str]:
    """Decodes and compares with the digests in the file, by wvunpack."""
    status, out, err = output_of("wvunpack", "-q", "-v", file)
    return complaints_in("wvunpack", file, (out + err).splitlines(), status)


def oggz_validate(file: Path) -> list[str]:
    """Pages, granule positions and packet order, by oggz-validate."""
    status, out, err = output_of("oggz-validate", file)
    return complaints_in("oggz-validate", file, (out + err).splitlines(), status)


def info_complaints(tool: str, file: Path) -> list[str]:
    """The warnings among what ogginfo or opusinfo print."""
    status, out, err = output_of(tool, file)
    fault = re.compile(r"warning|error|invalid|illegal|hole|corrupt|missing|negative", re.IGNORECASE)
    lines = [line for line in (out + err).splitlines() if fault.search(line) and not line.startswith("\t")]
    return complaints_in(tool, file, lines, status)


def ogginfo(file: Path) -> list[str]:
    """Headers and pages of Ogg, by ogginfo."""
    return info_complaints("ogginfo", file)


def opusinfo(file: Path) -> list[str]:
    """Headers and pages of Opus, by opusinfo."""
    return info_complaints("opusinfo", file)


def mp3val(file: Path) -> list[str]:
    """The chain of MPEG frames, by mp3val, and their number (which a tag must not change)."""
    status, out, err = output_of("mp3val", file)
    lines = [line for line in (out + err).splitlines() if line.startswith(("WARNING", "ERROR"))]
    frames = re.search(r"(\d+) MPEG frames", out)
    return [*complaints_in("mp3val", file, lines, status), f"mp3val: {frames[1] if frames else 'no'} frames"]


def exiftool_warnings(folder: Path) -> dict[str, list[str]]:
    """What exiftool's validation says of every file below the folder.

    It calls an ID3v2.4 frame of more than 127 bytes invalid where fewer than ten bytes of padding follow.
    """
    _, out, _ = output_of("exiftool", "-json", "-a", "-G4", "-r", "-validate", "-warning", "-error", folder)
    found = {}
    for item in json.loads(out or "[]"):
        file = Path(item["SourceFile"])
        texts = [str(text) for key, text in item.items() if "Warning" in key or "Error" in key]
        found[str(file.relative_to(folder))] = complaints_in("exiftool", file, texts, 0)
    return found


# Tag readers.

def probe(file: Path) -> dict[str, str]:
    """The tags of the file and of its streams, as ffprobe shows them."""
    _, out, _ = output_of("ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", file)
    shown = json.loads(out or "{}")
    tags = {f"file {name}": value for name, value in shown.get("format", {}).get("tags", {}).items()}
    for index, stream in enumerate(shown.get("streams", [])):
        tags |= {f"stream {index} {name}": value for name, value in stream.get("tags", {}).items()}
    return tags


def read_tags(file: Path) -> Tags:
    """The tags by mutagen's reader for exactly this format."""
    reader = {
        ".mp3": mp3_tags, ".wav": wave_tags, ".aiff": aiff_tags, ".flac": flac_tags,
        ".aac": mp3_tags, ".wv": ape_tags, ".tta": edge_tags,
        ".ogg": vorbis_tags, ".opus": opus_tags, ".oga": ogg_flac_tags, ".spx": speex_tags, ".m4a": mp4_tags, ".mp4": mp4_tags,
    }[file.suffix]
    try:
        return reader(file)
    except mutagen.MutagenError as error:
        return Tags(foreign=[("mutagen cannot read this", str(error))])


def mp3_tags(file: Path) -> Tags:
    """ID3v2 at the beginning, and ID3v1 as it is."""
    try:
        tags = id3_tags(id3.ID3(file, translate=False, load_v1=False))
    except id3.ID3NoHeaderError:
        tags = Tags()
    tail = file.read_bytes()[-128:]
    if tail[:3] == b"TAG":
        tags.foreign.append(("ID3v1", repr(tail)))
    return tags


def ape_tags(file: Path) -> Tags:
    """APEv2 at the end."""
    tags = Tags()
    try:
        items = APEv2(file)
    except APENoHeaderError:
        return tags
    for key, value in items.items():
        if key.upper() == "COPYRIGHT":
            tags.copyright += list(value)
        else:
            tags.add(key, str(value) if value.kind == TEXT else repr(value))
    return tags


def edge_tags(file: Path) -> Tags:
    """APEv2 where ffmpeg wrote it, else ID3v2."""
    found = ape_tags(file)
    return found if found.foreign or found.ours else mp3_tags(file)


def wave_tags(file: Path) -> Tags:
    """The id3 chunk of a WAV."""
    return id3_tags(WAVE(file, translate=False).tags)


def aiff_tags(file: Path) -> Tags:
    """The ID3 chunk of an AIFF."""
    return id3_tags(AIFF(file, translate=False).tags)


def id3_tags(frames: id3.ID3 | None) -> Tags:
    """ID3v2 frames, unknown ones included, in the version they are written in."""
    tags = Tags()
    if frames is None:
        return tags
    tags.version = frames.version
    for key, frame in frames.items():
        if frame.FrameID == "TCOP":
            tags.copyright += [text for text in frame.text if text]
        elif frame.FrameID == "TXXX" and spelling(frame.desc) in OURS:
            tags.add(frame.desc, "\0".join(frame.text))
        elif frame.FrameID == "PRIV" and frame.owner == "XMP":
            foreign = foreign_part(frame.data)
            tags.foreign += [] if foreign is None else [("PRIV:XMP", shortened(repr(foreign)))]
        else:
            tags.foreign.append((shortened(key), shortened(repr(frame))))
    tags.foreign += [("unknown frame", shortened(repr(data))) for data in frames.unknown_frames]
    return tags


def comment_tags(comments: list[tuple[str, str]], vendor: str) -> Tags:
    """Vorbis comments."""
    tags = Tags(foreign=[("vendor", vendor)])
    for name, value in comments:
        if name.upper() == "COPYRIGHT":
            tags.copyright.append(value)
        else:
            tags.add(name, value)
    return tags


def flac_tags(file: Path) -> Tags:
    """Vorbis comments and pictures of a FLAC."""
    audio = FLAC(file)
    tags = comment_tags(audio.tags or [], audio.tags.vendor if audio.tags is not None else "none")
    for block in audio.pictures:
        tags.foreign.append((f"picture {block.type} {block.mime} {block.desc}", shortened(repr(block.data))))
    return tags


def vorbis_tags(file: Path) -> Tags:
    """Vorbis comments of an Ogg Vorbis, its picture among them."""
    audio = OggVorbis(file)
    return comment_tags(audio.tags, audio.tags.vendor)


def opus_tags(file: Path) -> Tags:
    """Vorbis comments of an Ogg Opus, its picture among them."""
    audio = OggOpus(file)
    return comment_tags(audio.tags, audio.tags.vendor)


def ogg_flac_tags(file: Path) -> Tags:
    """Vorbis comments of FLAC in Ogg, its picture among them."""
    audio = OggFLAC(file)
    return comment_tags(audio.tags, audio.tags.vendor)


def speex_tags(file: Path) -> Tags:
    """Vorbis comments of an Ogg Speex, its picture among them."""
    audio = OggSpeex(file)
    return comment_tags(audio.tags, audio.tags.vendor)


def mp4_tags(file: Path) -> Tags:
    """The ilst of an MP4."""
    tags = Tags()
    for key, values in (MP4(file).tags or {}).items():
        name = key.removeprefix(FREEFORM)
        if key == "cprt":
            tags.copyright += values
        elif key != name and spelling(name) in OURS:
            tags.ours.setdefault(spelling(name), []).extend(bytes(value).decode() for value in values)
        else:
            items = values if isinstance(values, list) else [values]
            tags.foreign += [(key, shortened(repr(value))) for value in items]
    return tags
