"""Makes the corpus: every track in every format in four or more tag variants, and untouched originals."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import taggers
from tools import ffmpeg, in_parallel, output_of
from tracks import TRACKS, Track, originals

Editor = Callable[[Path, Track, Path], None]
Encoder = Callable[[Path, Path, Track, Path], None]

AUDIO_SUFFIXES = (".mp3", ".flac", ".ogg", ".opus", ".oga", ".spx", ".m4a", ".mp4", ".wav", ".aiff",
                  ".aac", ".wv", ".tta")


@dataclass(frozen=True)
class Format:
    """One row of the corpus: how its tagless file is encoded, and who writes tags into it."""

    name: str
    suffix: str
    encode: Callable[[Track], list[str]]
    editors: dict[str, Editor]
    encoders: dict[str, Encoder]
    ffmpeg_tags: bool = False
    deep: bool = False


def every(track: Track, count: int) -> bool:
    """Whether the track is one of every `count`."""
    return int(track.name[1:]) % count == 0


def mp3_options(track: Track) -> list[str]:
    """LAME at a constant or a variable bitrate, some without the Xing frame."""
    rate = ["-b:a", "96k"] if every(track, 2) else ["-q:a", "4"]
    return ["-c:a", "libmp3lame", *rate, "-id3v2_version", "0", "-write_xing", str(int(not every(track, 6)))]


def aac_options(track: Track) -> list[str]:
    """AAC with the index before or behind the audio."""
    return ["-c:a", "aac", "-b:a", "112k", *(["-movflags", "+faststart"] if every(track, 2) else [])]


def mp4_options(track: Track) -> list[str]:
    """AAC in a plain MP4."""
    return ["-c:a", "aac", "-b:a", "96k", *([] if every(track, 2) else ["-movflags", "+faststart"])]


def fixed(*options: str) -> Callable[[Track], list[str]]:
    """The same options for every track."""
    return lambda _track: list(options)


FORMATS = (
    Format("mp3", ".mp3", mp3_options, {"mutagen": taggers.mutagen_id3, "eyeD3": taggers.eyed3},
           {"lame": taggers.lame}, ffmpeg_tags=True),
    Format("flac", ".flac", fixed("-c:a", "flac"),
           {"mutagen": taggers.mutagen_vorbis, "metaflac": taggers.metaflac},
           {"flac": taggers.flac}, ffmpeg_tags=True, deep=True),
    Format("vorbis", ".ogg", fixed("-c:a", "libvorbis", "-q:a", "3"),
           {"mutagen": taggers.mutagen_vorbis, "vorbiscomment": taggers.vorbiscomment},
           {"oggenc": taggers.oggenc}),
    Format("opus", ".opus", fixed("-c:a", "libopus", "-b:a", "80k"),
           {"mutagen": taggers.mutagen_vorbis}, {"opusenc": taggers.opusenc}, ffmpeg_tags=True),
    Format("oggflac", ".oga", fixed("-c:a", "flac"),
           {"mutagen": taggers.mutagen_vorbis}, {"flac": taggers.flac}, ffmpeg_tags=True),
    Format("speex", ".spx", fixed("-c:a", "libspeex", "-ar", "16000", "-ac", "1"),
           {"mutagen": taggers.mutagen_vorbis}, {}, ffmpeg_tags=True),
    Format("m4a", ".m4a", aac_options,
           {"mutagen": taggers.mutagen_mp4, "AtomicParsley": taggers.atomicparsley}, {}, ffmpeg_tags=True),
    Format("alac", ".m4a", fixed("-c:a", "alac"),
           {"mutagen": taggers.mutagen_mp4, "kid3": taggers.kid3}, {}, ffmpeg_tags=True, deep=True),
    Format("mp4", ".mp4", mp4_options,
           {"mutagen": taggers.mutagen_mp4, "AtomicParsley": taggers.atomicparsley}, {}, ffmpeg_tags=True),
    Format("wav16", ".wav", fixed("-c:a", "pcm_s16le"),
           {"mutagen": taggers.mutagen_id3, "kid3": taggers.kid3}, {}, ffmpeg_tags=True),
    Format("wav24", ".wav", fixed("-c:a", "pcm_s24le"),
           {"mutagen": taggers.mutagen_id3, "kid3": taggers.kid3}, {}, ffmpeg_tags=True, deep=True),
    Format("aiff", ".aiff", fixed("-c:a", "pcm_s16be"),
           {"mutagen": taggers.mutagen_id3, "kid3": taggers.kid3}, {}, ffmpeg_tags=True),
    Format("adts", ".aac", fixed("-c:a", "aac", "-b:a", "96k"), {"mutagen": taggers.mutagen_id3}, {}, ffmpeg_tags=True),
    Format("wavpack", ".wv", fixed("-c:a", "wavpack"),
           {"mutagen": taggers.mutagen_ape}, {"wavpack": taggers.wavpack}, deep=True),
    Format("tta", ".tta", fixed("-c:a", "tta", "-bitexact"), {"mutagen": taggers.mutagen_id3}, {}, ffmpeg_tags=True),
)


def prepare(folder: Path) -> Path:
    """The corpus in the folder, made anew where it is absent, damaged or made by other rules."""
    stamp = folder / "stamp.json"
    files = folder / "files"
    if stamp.is_file() and json.loads(stamp.read_text()) == {"rules": rules(), "files": listing(files)}:
        return files
    shutil.rmtree(folder, ignore_errors=True)
    files.mkdir(parents=True)
    scratch = folder / "scratch"
    scratch.mkdir()
    make(files, scratch)
    shutil.rmtree(scratch)
    stamp.write_text(json.dumps({"rules": rules(), "files": listing(files)}, indent=1))
    return files


def rules() -> str:
    """A digest of what decides the corpus: these scripts and the encoder's version."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("corpus.py", "taggers.py", "tracks.py"):
        digest.update((here / name).read_bytes())
    digest.update(output_of("ffmpeg", "-version")[1].encode())
    return digest.hexdigest()


def listing(folder: Path) -> dict[str, int]:
    """Every file below the folder, with its size."""
    return {str(file.relative_to(folder)): file.stat().st_size for file in sorted(folder.rglob("*")) if file.is_file()}


def make(files: Path, scratch: Path) -> None:
    """Makes the whole corpus."""
    cover = make_covers(scratch)
    for form in FORMATS:
        (files / form.name).mkdir()
    in_parallel(lambda track: decode(track, scratch), TRACKS)
    jobs = [(form, track) for track in TRACKS for form in FORMATS]
    in_parallel(lambda job: make_variants(files / job[0].name, scratch, *job, cover), jobs)
    copy_originals(files / "original")
    add_strangers(files, cover)


def make_covers(scratch: Path) -> Path:
    """A cover of about 400 KB, made of noise, and a small one for tools that take no more."""
    for name, size in (("cover", 680), ("small", 160)):
        noise = f"color=gray:s={size}x{size},noise=alls=100:all_seed=7"
        picture = ["-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "3", scratch / f"{name}.jpg"]
        ffmpeg("-f", "lavfi", "-i", noise, *picture)
    return scratch / "cover.jpg"


def master(track: Track, scratch: Path, deep: bool) -> Path:
    """Where the decoded track is, at 16 or 24 bit."""
    return scratch / f"{track.name}-{24 if deep else 16}.wav"


def decode(track: Track, scratch: Path) -> None:
    """Decodes the excerpt at both depths, without any tag."""
    for deep in (False, True):
        ffmpeg("-ss", str(track.start), "-t", str(track.seconds), "-i", track.source, "-map", "0:a:0",
               "-map_metadata", "-1", "-bitexact", "-c:a", "pcm_s24le" if deep else "pcm_s16le",
               master(track, scratch, deep))


def make_variants(folder: Path, scratch: Path, form: Format, track: Track, cover: Path) -> None:
    """Makes one track in one format in all its variants."""
    def place(variant: str) -> Path:
        return folder / f"{track.name}-{variant}{form.suffix}"

    source = master(track, scratch, form.deep and not (form.name in ("flac", "alac") and every(track, 3)))
    plain = place("none")
    quiet = ["-bitexact"] if form.name.startswith("wav") else []
    ffmpeg("-i", source, "-map_metadata", "-1", *form.encode(track), *quiet, plain)
    if form.ffmpeg_tags:
        taggers.ffmpeg_copy(plain, place("ffmpeg"), track)
    for variant, edit in form.editors.items():
        # On every second track Kid3 finds a LIST INFO in the WAV and writes an id3 chunk beside it.
        both = variant == "kid3" and form.suffix == ".wav" and every(track, 2)
        shutil.copyfile(place("ffmpeg") if both else plain, place(variant))
        edit(place(variant), track, cover)
    for variant, encode in form.encoders.items():
        encode(source, place(variant), track, cover)
    if form.name == "opus":
        # ffmpeg counts the later headers of all other codecs as sound.
        place("chain").write_bytes(place("none").read_bytes() + place("opusenc").read_bytes())


def copy_originals(folder: Path) -> None:
    """Copies music from the packages as it is."""
    folder.mkdir()
    for source in originals():
        name = f"{source.stem}{source.suffix}"
        shutil.copyfile(source, folder / name)


def add_strangers(files: Path, cover: Path) -> None:
    """Adds files that are no audio, which every program has to pass over."""
    (files / "notes.txt").write_text("This is not music.\n")
    shutil.copyfile(cover, files / "mp3/folder.jpg")
    (files / "mp3/empty.txt").write_bytes(b"")
