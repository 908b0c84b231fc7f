"""What is done to a tagged recording: one entry for each treatment and the formats that it suits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import edits
from bench import Bench, converted, copied, neighbour
from fields import read_fields, write_fields
from recordings import (
    AAC, AIFF, ALAC, FAST_AAC, FLAC, FORMS, LAME, LOOPS, MIXES, MP3, OGG, OPUS, PASSES, RECORDINGS, REMASTERS,
    VARIATIONS, WAV, WAV_INFO, Form, Recording,
)
from tools import run

Make = Callable[[Bench, Recording, Path], None]
Heard = Callable[[Recording], Recording]

WITHOUT_INFO = tuple(form for form in FORMS if not form.has_info)


@dataclass(frozen=True)
class Treatment:
    """How a file is made of a tagged recording."""

    name: str
    form: Form
    make: Make
    # The result's suffix; the source's where it is empty.
    suffix: str = ""
    recordings: tuple[Recording, ...] = ()
    # Whose record a match has to name.
    heard: Heard = lambda recording: recording

    @property
    def of(self) -> tuple[Recording, ...]:
        """The recordings that it is applied to."""
        return self.recordings or tuple(each for each in RECORDINGS if each.form is self.form)

    def target(self, folder: Path, recording: Recording) -> Path:
        """Where its result is."""
        name = f"{recording.track.name}{self.suffix or self.form.suffix}"
        return folder / self.form.name / self.name / name


# How a treatment is written down.

def edit(function: Callable[[Path, Path], None]) -> Make:
    """An edit of a copy, in place."""
    return lambda bench, recording, target: function(copied(bench.tagged(recording), target), bench.cover)


def ffmpeg(*options: str) -> Make:
    """A new file by ffmpeg, tags as it carries them over by default."""
    return lambda bench, recording, target: converted(bench.tagged(recording), target, *options)


def remux(*options: str) -> Make:
    """The same packets in another file."""
    return ffmpeg("-c", "copy", *options)


def command(*words: str) -> Make:
    """Another program, with SOURCE and TARGET in its words."""
    def make(bench: Bench, recording: Recording, target: Path) -> None:
        files = {"SOURCE": bench.tagged(recording), "TARGET": target}
        run(*(files.get(word, word) for word in words))
    return make


def each(forms: tuple[Form, ...], name: str, make: Make, suffix: str = "") -> Iterator[Treatment]:
    """The same treatment of several formats."""
    return (Treatment(name, form, make, suffix) for form in forms)


# The file as it is, and edits of its tags.

EDITS: dict[str, tuple[tuple[Form, ...], Callable[[Path, Path], None]]] = {
    "mutagen": (FORMS, edits.mutagen_retag),
    "other-id3-version": ((MP3, WAV, AIFF), edits.other_version),
    "kid3": (FORMS, edits.kid3_retag),
    "eyed3": ((MP3,), edits.eyed3_retag),
    "metaflac": ((FLAC,), edits.metaflac_retag),
    "vorbiscomment": ((OGG,), edits.vorbiscomment_retag),
    "atomicparsley": ((AAC, ALAC), edits.atomicparsley_retag),
    "exiftool": ((AAC,), edits.exiftool_retag),
    "cover-added": (WITHOUT_INFO, edits.cover_added),
    "cover-removed": (WITHOUT_INFO, edits.cover_removed),
    "padding-added": (WITHOUT_INFO, edits.padding_added),
    "id3v1-added": ((MP3, FLAC), edits.id3v1_added),
    "ape-added": ((MP3, FLAC), edits.ape_added),
    "xing-removed": ((MP3,), edits.xing_removed),
    "copyright-replaced": (FORMS, edits.copyright_replaced),
    "companions-removed": (FORMS, edits.companions_removed),
    "statement-removed": (FORMS, edits.statement_removed),
    "statement-loosened": (FORMS, edits.statement_loosened),
}


def tag_edits() -> Iterator[Treatment]:
    """Copies and edits of tags."""
    yield from each(FORMS, "copy", edit(lambda _file, _cover: None))
    for name, (forms, function) in EDITS.items():
        yield from each(forms, name, edit(function))
    yield from each(FORMS, "retagged-looser", retagged_looser)


def retagged_looser(bench: Bench, recording: Recording, target: Path) -> None:
    """Replaces the whole statement by one that permits generative training, with our own program."""
    copied(bench.tagged(recording), target)
    run(bench.programs / "tag_folder", "--replace", "--allow", "generative-training", target)


# The same packets in another file.

REMUXES: dict[Form, dict[str, tuple[str, ...]]] = {
    MP3: {"mp3": (), "mp3-no-xing": ("-write_xing", "0"), "mp4": (), "mov": (), "mkv": (), "mka": (), "caf": ()},
    FLAC: {"flac": (), "mp4": ("-strict", "-2"), "mkv": (), "mka": (), "ogg": (), "caf": ()},
    OGG: {"ogg": (), "ogg-repaged": ("-page_duration", "100000"), "mkv": (), "mka": (), "webm": ()},
    OPUS: {"opus": (), "opus-repaged": ("-page_duration", "100000"), "mkv": (), "mka": (), "webm": (), "mp4": (),
           "caf": ()},
    AAC: {"m4a": (), "m4a-faststart": ("-movflags", "+faststart"),
          "m4a-keys": ("-movflags", "+use_metadata_tags"), "mp4": (), "mov": (), "mkv": (), "mka": (), "aac": (),
          "aac-id3": ("-write_id3v2", "1")},
    ALAC: {"m4a": (), "m4a-keys": ("-movflags", "+use_metadata_tags"), "mp4": (), "mov": (), "mkv": (), "mka": (),
           "caf": ()},
    WAV: {"wav": (), "mov": (), "mkv": (), "mka": (), "caf": ()},
    WAV_INFO: {"wav": (), "mov": (), "mkv": (), "caf": ()},
    AIFF: {"aiff": (), "aiff-id3": ("-write_id3v2", "1"), "mov": (), "mkv": (), "mka": (), "caf": ()},
}


def remuxes() -> Iterator[Treatment]:
    """Stream copies."""
    for form, targets in REMUXES.items():
        for name, options in targets.items():
            yield Treatment(f"copy-to-{name}", form, remux(*options), "." + name.split("-")[0])
    yield from each(FORMS, "tags-stripped", remux("-map_metadata", "-1"))
    merge = command("mkvmerge", "-q", "-o", "TARGET", "SOURCE")
    yield from each((MP3, FLAC, OGG, OPUS, AAC), "mkvmerge", merge, ".mka")
    yield from each((AAC, ALAC), "qt-faststart", command("qt-faststart", "SOURCE", "TARGET"))


# The same samples, packed otherwise without loss.

def lossless() -> Iterator[Treatment]:
    """Conversions between lossless formats."""
    for level in ("0", "8"):
        recompress = command("flac", "--silent", f"-{level}", "-o", "TARGET", "SOURCE")
        yield Treatment(f"recompressed-{level}", FLAC, recompress)
    yield Treatment("flac-decoded", FLAC, command("flac", "--silent", "-d", "-o", "TARGET", "SOURCE"), ".wav")
    yield Treatment("flac-encoded", WAV, command("flac", "--silent", "-o", "TARGET", "SOURCE"), ".flac")
    yield from each((ALAC, WAV, WAV_INFO, AIFF), "to-flac", ffmpeg("-c:a", "flac"), ".flac")
    yield from each((FLAC, WAV, AIFF), "to-alac", ffmpeg("-c:a", "alac"), ".m4a")
    yield from each((FLAC, ALAC, AIFF), "to-wav", ffmpeg("-c:a", "pcm_s16le"), ".wav")
    yield from each((FLAC, ALAC, WAV), "to-aiff", ffmpeg("-c:a", "pcm_s16be"), ".aiff")
    yield from each((FLAC, WAV), "to-aiff-id3", ffmpeg("-c:a", "pcm_s16be", "-write_id3v2", "1"), ".aiff")
    yield from each((FLAC, WAV), "to-caf", ffmpeg("-c:a", "pcm_s16be"), ".caf")
    yield from each((FLAC, AIFF), "to-mka-pcm", ffmpeg("-c:a", "pcm_s16le"), ".mka")
    yield Treatment("to-24-bit", FLAC, ffmpeg("-c:a", "flac", "-sample_fmt", "s32"))
    yield Treatment("to-24-bit", ALAC, ffmpeg("-c:a", "alac", "-sample_fmt", "s32p"))
    yield Treatment("to-24-bit", WAV, ffmpeg("-c:a", "pcm_s24le"))
    yield Treatment("to-24-bit", AIFF, ffmpeg("-c:a", "pcm_s24be"))


# The same recording, coded again.

CODECS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mp3-v0": (".mp3", (*LAME, "-q:a", "0")),
    "mp3-128": (".mp3", (*LAME, "-b:a", "128k")),
    "mp3-64": (".mp3", (*LAME, "-b:a", "64k")),
    "mp3-32-mono": (".mp3", (*LAME, "-b:a", "32k", "-ac", "1")),
    "aac-256": (".m4a", (*FAST_AAC, "-b:a", "256k")),
    "aac-128": (".m4a", (*FAST_AAC, "-b:a", "128k")),
    "aac-64": (".m4a", (*FAST_AAC, "-b:a", "64k")),
    "opus-128": (".opus", ("-c:a", "libopus", "-b:a", "128k")),
    "opus-64": (".opus", ("-c:a", "libopus", "-b:a", "64k")),
    "opus-24": (".opus", ("-c:a", "libopus", "-b:a", "24k")),
    "vorbis-q0": (".ogg", ("-c:a", "libvorbis", "-q:a", "0")),
    "vorbis-q6": (".ogg", ("-c:a", "libvorbis", "-q:a", "6")),
}
TRANSCODES: dict[Form, tuple[str, ...]] = {
    MP3: ("mp3-128", "mp3-64", "mp3-32-mono", "aac-128", "aac-64", "opus-64", "opus-24", "vorbis-q0"),
    FLAC: tuple(CODECS),
    OGG: ("mp3-128", "mp3-32-mono", "aac-128", "opus-24", "vorbis-q0"),
    OPUS: ("mp3-128", "aac-64", "opus-64", "opus-24", "vorbis-q0"),
    AAC: ("mp3-v0", "mp3-64", "mp3-32-mono", "aac-64", "opus-64", "vorbis-q0"),
    ALAC: ("mp3-128", "aac-128", "opus-24"),
    WAV: ("mp3-v0", "mp3-32-mono", "aac-64", "opus-24"),
    WAV_INFO: ("mp3-128", "vorbis-q0"),
    AIFF: ("mp3-64", "aac-64", "opus-64", "vorbis-q6"),
}


def transcodes() -> Iterator[Treatment]:
    """Lossy encodings, once, three times over, and without any tag."""
    for form, codecs in TRANSCODES.items():
        for codec in codecs:
            suffix, options = CODECS[codec]
            yield Treatment(f"to-{codec}", form, ffmpeg(*options), suffix)
    yield from each((MP3, FLAC), "chain", chain, ".opus")
    stripped = ffmpeg(*CODECS["mp3-128"][1], "-map_metadata", "-1")
    yield from each((FLAC, OGG, AAC, WAV), "to-mp3-stripped", stripped, ".mp3")


def chain(bench: Bench, recording: Recording, target: Path) -> None:
    """MP3 at 128 kb/s, then AAC at 128, then Opus at 64."""
    source = bench.tagged(recording)
    for codec in ("mp3-128", "aac-128", "opus-64"):
        suffix, options = CODECS[codec]
        made = target.with_name(f"{target.stem}-{codec}{suffix}") if codec != "opus-64" else target
        converted(source, made, *options)
        source = made


# The same recording, worked on and coded again.

SAME_CODEC: dict[Form, tuple[str, ...]] = {
    MP3: (*LAME, "-q:a", "2"),
    FLAC: ("-c:a", "flac", "-sample_fmt", "s16"),
    OGG: ("-c:a", "libvorbis", "-q:a", "4"),
    OPUS: ("-c:a", "libopus", "-b:a", "96k"),
    AAC: (*FAST_AAC, "-b:a", "128k"),
    ALAC: ("-c:a", "alac", "-sample_fmt", "s16p"),
    WAV: ("-c:a", "pcm_s16le"),
    AIFF: ("-c:a", "pcm_s16be"),
}
SOUNDS: dict[str, tuple[str, ...]] = {
    "gain-12": ("-af", "volume=-12dB"),
    "gain+6": ("-af", "volume=6dB"),
    "gain+14-clipped": ("-af", "volume=14dB"),
    "loudness": ("-af", "loudnorm=I=-14:TP=-1.5:LRA=11", "-ar", "44100"),
    "mono": ("-ac", "1"),
    "22-khz": ("-ar", "22050"),
    "low-pass": ("-af", "lowpass=f=4000"),
    "noise": ("-filter_complex", "anoisesrc=a=0.01:r=48000:seed=7[n];[0:a:0][n]amix=duration=first:normalize=0[out]",
              "-map", "[out]"),
    "fades": ("-af", "afade=t=in:d=3,afade=t=out:st=57:d=3"),
    "compressor": ("-af", "acompressor=threshold=-24dB:ratio=4:attack=5:release=60:makeup=2"),
    "first-10-cut": ("-ss", "10"),
    "30-s-excerpt": ("-ss", "15", "-t", "30"),
    "speed+1": ("-af", "aresample=48000,asetrate=48000*1.01,aresample=48000"),
    "speed-1": ("-af", "aresample=48000,asetrate=48000*0.99,aresample=48000"),
    "speed+2": ("-af", "aresample=48000,asetrate=48000*1.02,aresample=48000"),
    "speed-2": ("-af", "aresample=48000,asetrate=48000*0.98,aresample=48000"),
    "speed+3": ("-af", "aresample=48000,asetrate=48000*1.03,aresample=48000"),
    "speed-3": ("-af", "aresample=48000,asetrate=48000*0.97,aresample=48000"),
    "pitch+1-semitone": ("-af", "rubberband=pitch=1.059463"),
}
EXCERPTS = ("first-10-cut", "30-s-excerpt")
WORKED: dict[Form, tuple[str, ...]] = {
    MP3: tuple(SOUNDS),
    FLAC: tuple(SOUNDS),
    OGG: ("gain-12", "22-khz", *EXCERPTS),
    OPUS: ("gain-12", "mono", *EXCERPTS),
    AAC: ("gain+6", "mono", "noise", "fades", "compressor", *EXCERPTS),
    ALAC: ("gain-12", *EXCERPTS),
    WAV: ("gain+6", "noise", *EXCERPTS),
    AIFF: ("fades", *EXCERPTS),
}


def sounds() -> Iterator[Treatment]:
    """Changes of the sound itself, and cuts without coding again."""
    for form, names in WORKED.items():
        for name in names:
            yield Treatment(name, form, worked(SOUNDS[name], SAME_CODEC[form]))
    yield from each((MP3, OGG, OPUS, AAC), "first-10-cut-copied", remux("-ss", "10"))
    yield from each((MP3, OGG, OPUS, AAC), "30-s-excerpt-copied", remux("-ss", "15", "-t", "30"))
    yield Treatment("30-s-of-a-loop", MP3, remux("-ss", "15", "-t", "30"), recordings=LOOPS)


def worked(options: tuple[str, ...], codec: tuple[str, ...]) -> Make:
    """The sound through ffmpeg's filters."""
    def make(bench: Bench, recording: Recording, target: Path) -> None:
        if "-filter_complex" in options:
            run("ffmpeg", "-y", "-nostdin", "-v", "error", "-i", bench.tagged(recording), *options, *codec, target)
        else:
            converted(bench.tagged(recording), target, *options, *codec)
    return make


# Another recording.

def strangers() -> Iterator[Treatment]:
    """Other music, with and without a statement that was made for this one."""
    yield from each(FORMS, "another-song", untagged)
    yield from each(FORMS, "marker-pasted", pasted)
    for form in FORMS:
        yield Treatment("marker-pasted-on-known", form, pasted_on_neighbour, heard=neighbour)
    yield Treatment("marker-pasted-on-known-mp3", FLAC, pasted_on_encoded_neighbour, ".mp3", heard=neighbour)
    versions = {"later-pass": PASSES, "variation": VARIATIONS, "remaster": REMASTERS, "other-mix": MIXES}
    for name, recordings in versions.items():
        yield Treatment(name, recordings[0].form, untagged, recordings=recordings)


def untagged(bench: Bench, recording: Recording, target: Path) -> None:
    """The other music as it is."""
    copied(bench.other(recording), target)


def pasted(bench: Bench, recording: Recording, target: Path) -> None:
    """All our fields of the tagged recording on other music."""
    write_fields(copied(bench.other(recording), target), dict(read_fields(bench.tagged(recording))))


def pasted_on_neighbour(bench: Bench, recording: Recording, target: Path) -> None:
    """All our fields of the tagged recording on another tagged one, over its own."""
    write_fields(copied(bench.neighbour(recording), target), dict(read_fields(bench.tagged(recording))))


def pasted_on_encoded_neighbour(bench: Bench, recording: Recording, target: Path) -> None:
    """The same on the other tagged recording as an MP3, which no digest knows."""
    converted(bench.neighbour(recording), target, *CODECS["mp3-128"][1])
    write_fields(target, dict(read_fields(bench.tagged(recording))))


TREATMENTS = (*tag_edits(), *remuxes(), *lossless(), *transcodes(), *sounds(), *strangers())
