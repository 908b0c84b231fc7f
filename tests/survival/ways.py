"""Which ways a tagged recording takes to somebody else: remuxes, encodings, other programs, edits of other fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import edits
from bench import Bench
from recordings import AAC, AIFF, ALAC, FAST_AAC, FLAC, FORMS, LAME, MP3, OGG, OPUS, WAV, WAV_INFO, Form, Recording
from tools import run
from tracks import ASC, Track
from treatments import EDITS, REMUXES, Make, Treatment, chain, command, edit, ffmpeg, remux

SECONDS = 3
ON_PURPOSE = ("copyright-replaced", "companions-removed", "statement-removed", "statement-loosened")
"""What somebody does to the statement on purpose is no way of getting lost."""


def as_made(_file: Path, _track: Track, _cover: Path) -> None:
    """Leaves the file with the tags that its encoder gave it."""


# Tags as ffmpeg writes them, which are no iTunes items.
MOV = Form("mov", ".mov", (*FAST_AAC, "-metadata", "title=A title", "-metadata", "copyright=2003 The Composer"), as_made)
SOURCES = (*FORMS, MOV)


def recording(form: Form, number: int) -> Recording:
    """A few seconds of music. One of two has a copyright text of its own, and ID3v2.3, and no PRIV frame in a WAV."""
    track = Track(f"t{number:02}", ASC / "frontiers.mp3", 60, SECONDS, "2003 The Composer" if number % 2 else None)
    return Recording(form, track, track)


# ffmpeg does not see the fields of a WAV with a PRIV frame: that is no common one.
NUMBERS = {MP3: 1, FLAC: 2, OGG: 3, OPUS: 4, AAC: 5, ALAC: 6, WAV: 7, WAV_INFO: 9, AIFF: 10, MOV: 11}
RECORDINGS = {form: recording(form, number) for form, number in NUMBERS.items()}


def way(form: Form, name: str, make: Make, suffix: str = "") -> Treatment:
    """One way of the recording in this format."""
    return Treatment(name, form, make, suffix, (RECORDINGS[form],))


# The file stays, other fields of it change.

def retags() -> Iterator[Treatment]:
    """Edits by people's tag editors, of anything but our fields."""
    for name, (forms, function) in EDITS.items():
        if name not in ON_PURPOSE:
            yield from (way(form, name, edit(function)) for form in forms)
    for name in ("mutagen", "exiftool"):
        yield way(MOV, name, edit(EDITS[name][1]))
    yield way(ALAC, "exiftool", edit(edits.exiftool_retag))
    for form in (AAC, ALAC, MOV):
        yield way(form, "exiftool-xmp", edit(exiftool_xmp))
    for version in ("2.3", "2.4"):
        yield way(MP3, f"eyed3-to-{version}", edit(eyed3_to(version)))


def exiftool_xmp(file: Path, _cover: Path) -> None:
    """Writes a title into the XMP packet with exiftool."""
    run("exiftool", "-overwrite_original", f"-XMP-dc:Title={edits.TITLE}", file)


def eyed3_to(version: str) -> Callable[[Path, Path], None]:
    """Another version of ID3v2, by eyeD3."""
    return lambda file, _cover: run("eyeD3", "-Q", f"--to-v{version}", "--title", "A title", file)


# ffmpeg, the same packets.

KEYS = ("-movflags", "+use_metadata_tags")
OF_STREAM = ("-map_metadata", "0:s:a:0")
COPIES: dict[Form, dict[str, tuple[str, ...]]] = {
    **REMUXES, MOV: {"mov": (), "m4a": (), "mp4": (), "mkv": (), "mka": (), "aac": ()},
}
KEYED: dict[Form, tuple[str, ...]] = {
    MP3: ("mp4", "mov"), FLAC: ("mp4",), OPUS: ("mp4",), AAC: ("mov",), ALAC: ("mov",), WAV: ("mov",),
    WAV_INFO: ("mov",), AIFF: ("mov",), MOV: ("mov", "m4a"),
}
STREAM_COPIES = {OGG: ("ogg", "mka", "webm"), OPUS: ("opus", "mka", "mp4")}


def copies() -> Iterator[Treatment]:
    """`-c copy` as it is."""
    for form, targets in COPIES.items():
        for name, options in targets.items():
            yield way(form, f"copy-to-{name}", remux(*options), "." + name.split("-")[0])


def keyed_copies() -> Iterator[Treatment]:
    """`-c copy` with all keys written to MP4."""
    for form, targets in KEYED.items():
        for name in targets:
            loose = ("-strict", "-2") if form is FLAC else ()
            yield way(form, f"copy-to-{name}-keys", remux(*KEYS, *loose), f".{name}")


def stream_copies() -> Iterator[Treatment]:
    """`-c copy` with the tags of the first stream."""
    for form, targets in STREAM_COPIES.items():
        for name in targets:
            yield way(form, f"copy-to-{name}-stream", remux(*OF_STREAM), f".{name}")


# ffmpeg, coded again.

TARGETS: dict[str, tuple[str, ...]] = {
    "mp3": (*LAME, "-b:a", "128k"),
    "m4a": (*FAST_AAC, "-b:a", "128k"),
    "mov": (*FAST_AAC, "-b:a", "128k"),
    "wav": ("-c:a", "pcm_s16le"),
    "aiff": ("-c:a", "pcm_s16be"),
    "aiff-id3": ("-c:a", "pcm_s16be", "-write_id3v2", "1"),
    "flac": ("-c:a", "flac"),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus"),
    "mka": ("-c:a", "libvorbis"),
    "webm": ("-c:a", "libopus"),
    "caf": ("-c:a", "pcm_s16be"),
}
STREAM_TARGETS = ("mp3", "m4a", "wav", "aiff-id3", "flac", "opus", "mka")


def encodings() -> Iterator[Treatment]:
    """From every format to every format."""
    for form in SOURCES:
        for name, options in TARGETS.items():
            yield way(form, f"to-{name}", ffmpeg(*options), "." + name.split("-")[0])
    yield from (way(form, "to-mp3-aac-opus", chain, ".opus") for form in (MP3, FLAC, AAC, AIFF))


def keyed_encodings() -> Iterator[Treatment]:
    """To MP4 with all keys written."""
    for form in SOURCES:
        yield way(form, "to-m4a-keys", ffmpeg(*TARGETS["m4a"], *KEYS), ".m4a")


def stream_encodings() -> Iterator[Treatment]:
    """With the tags of the first stream, where Ogg has them."""
    for form in (OGG, OPUS):
        for name in STREAM_TARGETS:
            yield way(form, f"to-{name}-stream", ffmpeg(*TARGETS[name], *OF_STREAM), "." + name.split("-")[0])


# Other programs.

SOX = {
    MP3: ("wav", "flac", "ogg"), FLAC: ("wav", "aiff", "ogg", "flac"), OGG: ("wav", "flac"),
    WAV: ("wav", "flac", "aiff"), WAV_INFO: ("flac",), AIFF: ("wav", "flac"),
}
KEPT = "--keep-foreign-metadata"


def by_sox() -> Iterator[Treatment]:
    """SoX, which decodes whatever it reads."""
    for form, targets in SOX.items():
        for name in targets:
            yield way(form, f"sox-to-{name}", command("sox", "SOURCE", "TARGET"), f".{name}")


def by_codecs() -> Iterator[Treatment]:
    """The programs that come with the codecs, and Matroska's own."""
    flac = ("flac", "--silent", "-f")
    yield way(FLAC, "flac-recompressed", command(*flac, "-8", "-o", "TARGET", "SOURCE"))
    yield way(FLAC, "flac-decoded", command(*flac, "-d", "-o", "TARGET", "SOURCE"), ".wav")
    for form in (WAV, WAV_INFO, AIFF):
        yield way(form, "flac-encoded", command(*flac, "-o", "TARGET", "SOURCE"), ".flac")
        yield way(form, "flac-encoded-kept", command(*flac, KEPT, "-o", "TARGET", "SOURCE"), ".flac")
        yield way(form, "flac-there-and-back", there_and_back)
        yield way(form, "opusenc", command("opusenc", "--quiet", "SOURCE", "TARGET"), ".opus")
        yield way(form, "lame", command("lame", "--quiet", "SOURCE", "TARGET"), ".mp3")
    yield way(FLAC, "opusenc", command("opusenc", "--quiet", "SOURCE", "TARGET"), ".opus")
    yield way(OPUS, "opusdec", command("opusdec", "--quiet", "SOURCE", "TARGET"), ".wav")
    for form in (FLAC, WAV, WAV_INFO):
        yield way(form, "oggenc", command("oggenc", "--quiet", "-o", "TARGET", "SOURCE"), ".ogg")
    yield way(OGG, "oggdec", command("oggdec", "--quiet", "-o", "TARGET", "SOURCE"), ".wav")
    yield way(MP3, "lame", command("lame", "--quiet", "--mp3input", "SOURCE", "TARGET"))
    yield way(MP3, "lame-decoded", command("lame", "--quiet", "--decode", "SOURCE", "TARGET"), ".wav")
    for form in (WAV, WAV_INFO):
        yield way(form, "wavpack", command("wavpack", "-q", "-y", "SOURCE", "-o", "TARGET"), ".wv")
    merge = command("mkvmerge", "-q", "-o", "TARGET", "SOURCE")
    yield from (way(form, "mkvmerge", merge, ".mka") for form in (MP3, FLAC, OGG, OPUS, AAC))
    faststart = command("qt-faststart", "SOURCE", "TARGET")
    yield from (way(form, "qt-faststart", faststart) for form in (AAC, ALAC, MOV))


def there_and_back(bench: Bench, source: Recording, target: Path) -> None:
    """Archived as FLAC with its foreign chunks, and restored from it."""
    middle = target.with_suffix(".flac")
    run("flac", "--silent", "-f", KEPT, "-o", middle, bench.tagged(source))
    run("flac", "--silent", "-f", "-d", KEPT, "-o", target, middle)


KINDS: dict[str, Callable[[], Iterator[Treatment]]] = {
    "tags edited": retags,
    "`ffmpeg -c copy`": copies,
    "`-c copy -movflags use_metadata_tags`": keyed_copies,
    "`-c copy -map_metadata 0:s:a:0`": stream_copies,
    "encoded by ffmpeg": encodings,
    "encoded, `-movflags use_metadata_tags`": keyed_encodings,
    "encoded, `-map_metadata 0:s:a:0`": stream_encodings,
    "SoX": by_sox,
    "other programs": by_codecs,
}
WITHOUT_PACKET = ("flac", "ogg", "opus")
"""Sources in a format that has no place for XMP."""
WAYS: dict[str, tuple[Treatment, ...]] = {kind: tuple(ways()) for kind, ways in KINDS.items()}
