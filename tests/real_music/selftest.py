"""Whether the checks can fail: each damage, done to tagged copies, has to be reported by its check."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import mutagen
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.wave import WAVE

import compare
from checks import Measure, measure_all
from story import Programs, Report, all_names, copy_corpus, judge, judge_bytes, judge_strangers, judge_tagging
from taggers import FREEFORM
from tools import output_of

ID3_SUFFIXES = (".mp3", ".wav", ".aiff")
FULL = (
    "mp3/t04-mutagen.mp3", "flac/t04-mutagen.flac", "vorbis/t04-mutagen.ogg", "opus/t04-mutagen.opus",
    "m4a/t04-mutagen.m4a", "alac/t08-mutagen.m4a", "mp4/t04-mutagen.mp4", "wav16/t08-mutagen.wav",
    "wav24/t08-mutagen.wav", "aiff/t08-mutagen.aiff",
)
INFO = ("wav16/t08-ffmpeg.wav", "wav24/t07-ffmpeg.wav")
NOTICE = ("aiff/t08-ffmpeg.aiff",)


@dataclass(frozen=True)
class Damage:
    """A way to spoil a tagged file, the files it suits, and the check that has to see it."""

    name: str
    spoil: Callable[[Path], None]
    files: tuple[str, ...]
    check: str


# Ways to spoil a file.

def flip_audio_byte(file: Path) -> None:
    """Flips the bits of one byte in the middle of the audio."""
    _, out, _ = output_of(
        "ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "packet=size,pos", "-of", "json", file)
    packets = [packet for packet in json.loads(out)["packets"] if "pos" in packet]
    middle = packets[len(packets) // 2]
    flip(file, int(middle["pos"]) + int(middle["size"]) // 2)


def flip(file: Path, at: int) -> None:
    """Flips the bits of one byte."""
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.write_bytes(data)


def cut_tail(file: Path) -> None:
    """Takes away the last 3,000 bytes."""
    file.write_bytes(file.read_bytes()[:-3000])


def edit_id3(file: Path, change: Callable[[id3.ID3], None]) -> None:
    """Changes ID3v2 frames with mutagen, keeping the version."""
    if file.suffix == ".mp3":
        tags = id3.ID3(file, translate=False, load_v1=False)
    else:
        tags = (WAVE if file.suffix == ".wav" else AIFF)(file, translate=False).tags
    change(tags)
    tags.save(file, v2_version=tags.version[1])


def drop_artist(file: Path) -> None:
    """Takes away a foreign field."""
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: tags.delall("TPE1"))
        return
    audio = mutagen.File(file)
    del audio["\xa9ART" if isinstance(audio, MP4) else "ARTIST"]
    audio.save()


def change_picture(file: Path) -> None:
    """Flips one byte in the middle of the cover, wherever it is stored as it is."""
    data = file.read_bytes()
    flip(file, data.index(b"JFIF") + 200_000)


def edit_copyright(file: Path) -> None:
    """Changes the first letter of the copyright field."""
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: setattr(tags["TCOP"], "text", ["X" + tags["TCOP"].text[0][1:]]))
        return
    audio = mutagen.File(file)
    key = "cprt" if isinstance(audio, MP4) else "COPYRIGHT"
    audio[key] = ["X" + audio[key][0][1:]]
    audio.save()


def spoil_statement(file: Path) -> None:
    """Empties the statement."""
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: tags.delall("TXXX:AI_CONSENT"))
        return
    audio = mutagen.File(file)
    if isinstance(audio, MP4):
        audio[FREEFORM + "AI_CONSENT"] = MP4FreeForm(b"v=1")
    else:
        audio["AI_CONSENT"] = "v=1"
    audio.save()


def flip_after(code: bytes) -> Callable[[Path], None]:
    """Flips the first byte of the value of the last chunk with this code."""
    return lambda file: flip(file, file.read_bytes().rindex(code) + 8)


def wrong_outer_size(file: Path) -> None:
    """Makes the outer size of a WAV or AIFF wrong."""
    flip(file, 4 if file.suffix == ".wav" else 7)


def touch(file: Path) -> None:
    """Sets the modification time to now."""
    file.touch()


def raw(suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """The full-tag files with one of these suffixes."""
    return tuple(name for name in FULL if Path(name).suffix in suffixes)


DAMAGES = (
    Damage("a byte of the audio flipped", flip_audio_byte, FULL, "essence"),
    Damage("the end cut off", cut_tail, raw((".mp3", ".flac", ".ogg", ".opus")), "essence"),
    Damage("the artist dropped", drop_artist, FULL, "foreign fields"),
    Damage("a byte of the cover flipped", change_picture,
           raw((".mp3", ".flac", ".m4a", ".mp4", ".wav", ".aiff")), "foreign fields"),
    Damage("the copyright edited", edit_copyright, FULL, "copyright"),
    Damage("the statement spoilt", spoil_statement, FULL, "marker"),
    Damage("an INFO item edited", flip_after(b"IART"), INFO, "foreign fields"),
    Damage("the INFO copyright edited", flip_after(b"ICOP"), ("wav16/t08-ffmpeg.wav",), "copyright"),
    Damage("the INFO marker renamed", lambda file: flip(file, file.read_bytes().rindex(b"NOAI")), INFO, "marker"),
    Damage("the (c) chunk edited", flip_after(b"(c) "), NOTICE, "copyright"),
    Damage("the format chunk edited", flip_after(b"fmt "), raw((".wav",)), "structure"),
    Damage("the outer size wrong", wrong_outer_size, raw((".wav", ".aiff")), "validators"),
    Damage("the Ogg page damaged", flip_audio_byte, raw((".ogg", ".opus")), "validators"),
    Damage("the time not kept", touch, FULL, "attributes"),
)


# The test.

def self_test(corpus: Path, work: Path, programs: Programs) -> int:
    """Tags a few files, checks that they pass, then damages copies: 0 when every damage was seen."""
    names = sorted({*FULL, *INFO, *NOTICE})
    clean = work / "clean"
    copy_corpus(corpus, clean, names)
    before = measure_all(clean, names)
    report = Report({name: [] for name in names})
    lines = programs.run("tag_folder", "tag", clean, report)
    after = measure_all(clean, names)
    judge(report, "tag", lines, before, compare.tagged_problems)
    judge_tagging(report, before, after)
    missed = [f"{name}: reported without damage: {found}" for name, found in report.files.items() if found]
    missed += [f"reported without damage: {found}" for found in report.general]
    for damage in DAMAGES:
        missed += damage_missed(damage, clean, work / "damaged", before)
    missed += lies_missed(lines, after)
    missed += strangers_missed(clean, names)
    missed += bytes_missed(clean, after)
    for text in missed:
        print(f"NOT AS IT SHOULD BE: {text[:600]}")
    print("self-test: " + (f"{len(missed)} wrong" if missed else "every damage was reported"))
    return 1 if missed else 0


def damage_missed(damage: Damage, clean: Path, folder: Path, before: dict[str, Measure]) -> Iterator[str]:
    """Spoils copies of the tagged files, and names those where the check saw nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in damage.files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(clean / name, folder / name)
        damage.spoil(folder / name)
    after = measure_all(folder, list(damage.files))
    seen = 0
    for name in damage.files:
        problems = list(compare.tagging_problems(Path(name).suffix, before[name], after[name]))
        if damage.check in (check for check, _ in problems):
            seen += 1
        else:
            yield f"{name}: {damage.name}: {damage.check} saw nothing, others: {problems}"
    print(f"{seen} of {len(damage.files)} caught: {damage.name} ({damage.check})", flush=True)


def lies_missed(lines: dict[str, dict], after: dict[str, Measure]) -> Iterator[str]:
    """Falsifies what the programs say, key by key."""
    name, suffix = FULL[0], Path(FULL[0]).suffix
    uses = dict.fromkeys(compare.DENIED, "disallowed") | dict.fromkeys(compare.SILENT, "none")
    honest = (
        (compare.tagged_problems, lines.get(name, {}), ("status", "format", "essence")),
        (compare.verified_problems, {"marker": "intact", "content": "essence"}, ("marker", "content")),
        (compare.unchanged_problems, {"status": "unchanged"}, ("status",)),
        (compare.stripped_problems, {"status": "stripped", "exact": True}, ("status", "exact")),
    )
    seen = 0
    for problems, line, keys in honest:
        for key in keys:
            if list(problems(suffix, line, after[name])) or not list(problems(suffix, line | {key: "x"}, after[name])):
                yield f"{problems.__name__} does not look at {key}"
            seen += 1
    for use in uses:
        lie = {"format": "mp3", "answer": uses | {use: "allowed"}}
        if not list(compare.shown_problems(suffix, lie, after[name])):
            yield f"shown_problems does not look at {use}"
        seen += 1
    print(f"{seen} lies told in JSON")


def strangers_missed(clean: Path, names: list[str]) -> Iterator[str]:
    """Leaves a temporary file behind."""
    (clean / ".tmp1234").write_bytes(b"")
    report = Report({name: [] for name in names})
    judge_strangers(report, clean, {}, names)
    if not report.general:
        yield f"a file left behind was not reported among {all_names(clean)}"


def bytes_missed(clean: Path, after: dict[str, Measure]) -> Iterator[str]:
    """Appends one byte to a file that had to be as before."""
    report = Report({name: [] for name in after})
    with (clean / FULL[0]).open("ab") as file:
        file.write(b"\0")
    judge_bytes(report, "bytes", clean, after)
    if [name for name, found in report.files.items() if found] != [FULL[0]]:
        yield f"one byte more was not reported: {report.files}"
