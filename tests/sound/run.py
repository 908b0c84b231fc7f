#!/usr/bin/env python3
"""Holds what `identify` says of real music in many forms against ffmpeg, fpcalc, metaflac and the ISCC reference.

Needs ffmpeg, flac and libchromaprint-tools (Debian 12), iscc-core (PyPI), and the music of tests/install_oracles. The
forms are made once and kept below --corpus.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "real_music"))

import forms
import music
import oracles
from fingerprints import decompressed, signed, wrong_bits
from forms import Form
from iscc_core import gen_audio_code_v0
from story import timed
from tools import ToolFailed, in_parallel, output_of

Json = dict[str, Any]
LEVELS = "file,essence,pcm,iscc,fingerprint"
EQUAL_OF_ALL = 0.9999
"""So many of the bits of all fingerprints are fpcalc's,"""
EQUAL_OF_CODEC = 0.9998
"""so many of every codec's,"""
EQUAL_LOSSLESS, EQUAL_LOSSY = 0.9998, 0.999
"""and so many of every file's: sums of floating-point numbers depend on the order that a processor takes."""
UNDECODED = {
    "flac-32.flac": "symphonia has 32 bits for the difference of two channels of 32",
    "aac-surround.m4a": "symphonia decodes AAC of one and two channels",
    "surround.ogg": "symphonia takes the steps of Vorbis' coupling in the wrong order",
    "surround.opus": "rusty-opus takes the lengths inside a packet of several streams for sound",
    "alac.mov": "symphonia does not know ALAC in QuickTime's sample description",
}
"""What no decoder of ours can; it has to say so."""
NO_ESSENCE = {"flac-32.flac"}
"""What ffmpeg 5.1 finds no packets in."""
PADDED_WITHIN = {"joined.mp3"}
"""ffmpeg leaves out the padding at the join, we hear it: the second part is moved by it, and as long."""
LONGEST_DETAIL = 300


@dataclass
class Exhibit:
    """A file, how it was made, and what our program says of it."""

    name: str
    file: Path
    form: Form | None
    line: Json = field(default_factory=dict)

    @property
    def decodable(self) -> Path:
        """The file, or another one with its samples that everybody can decode."""
        return self.file if self.form is None or self.form.twin is None else self.file.parent / self.form.twin


@dataclass
class Bits:
    """Bits and items that were compared."""

    files: int = 0
    bits: int = 0
    wrong: int = 0
    wrong_items: int = 0
    wrong_files: int = 0

    def __add__(self, other: Bits) -> Bits:
        mine, theirs = asdict(self), asdict(other)
        return Bits(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def equal(self) -> float:
        """The share of bits that are equal."""
        return 1 - self.wrong / self.bits if self.bits else 0.0

    def row(self) -> str:
        """The figures as a line of a table."""
        return (f"{self.files:6} {self.bits:10} {self.wrong:8} {self.wrong_items:8} {self.wrong_files:8}"
                f" {self.equal:11.6%}")


@dataclass
class Findings:
    """What was found for one file."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    bits: Bits = field(default_factory=Bits)
    stream: oracles.Stream | None = None

    def check(self, what: str, good: bool, detail: object = "") -> None:
        """Counts a check."""
        if good:
            self.passed += 1
        else:
            self.failures.append(f"{what}: {str(detail)[:LONGEST_DETAIL]}")

    def same(self, what: str, ours: object, theirs: object) -> None:
        """Counts a check that two things are equal."""
        self.check(what, ours == theirs, f"ours {ours}, theirs {theirs}")


def prepare(folder: Path) -> list[Exhibit]:
    """The corpus in the folder, made anew where it is absent or made by other rules."""
    stamp = folder / "stamp.json"
    rules = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in ("forms.py", "music.py"))).hexdigest()
    rules += output_of("ffmpeg", "-version")[1].splitlines()[0]
    if not stamp.is_file() or json.loads(stamp.read_text())["rules"] != rules:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = in_parallel(lambda track: forms.make(track, folder / track.name), costly_first())
        named = {track.name: {name: each and asdict(each) for name, each in found.items()}
                 for track, found in zip(costly_first(), made)}
        stamp.write_text(json.dumps({"rules": rules, "made": named}))
    made = json.loads(stamp.read_text())["made"]
    exhibits = [Exhibit(f"{track}/{name}", folder / track / name, Form(**each) if each else None)
                for track, found in made.items() for name, each in found.items()]
    return exhibits + [Exhibit(f"whole/{file.name}", file, None) for file in music.WHOLE]


def costly_first() -> list[music.Excerpt]:
    """The tracks, those with most forms first, so that the processors end together."""
    return sorted(music.EXCERPTS, key=lambda track: -len(forms.forms_of(track)))


def identify(program: Path, exhibits: list[Exhibit]) -> None:
    """Asks our program about every file, in one call."""
    status, out, err = output_of(program, "--json", "--levels", LEVELS, *(each.file for each in exhibits))
    lines = {line["path"]: line for line in map(json.loads, out.splitlines())}
    for each in exhibits:
        each.line = lines.get(str(each.file), {})
    if status:
        print(f"identify ends with status {status}: {err[-600:]}")


def judge(exhibit: Exhibit, source: Exhibit | None) -> Findings:
    """Holds one file against everybody else."""
    found = Findings()
    try:
        judge_all(exhibit, source, found)
    except ToolFailed as error:
        found.check("the others", False, error)
    return found


def judge_all(exhibit: Exhibit, source: Exhibit | None, found: Findings) -> None:
    """Everything that has to be equal."""
    line = exhibit.line
    reason = line.get("error") or (None if line else "no line")
    found.check("it is looked at", reason is None, reason)
    if reason is not None:
        return
    found.stream = theirs = oracles.stream(exhibit.file)
    found.same("codec", line["codec"], theirs.codec)
    found.same("sample rate", line["sample_rate"], theirs.sample_rate)
    found.same("channels", line["channels"], theirs.channels)
    if exhibit.file.name not in NO_ESSENCE:
        found.same("essence, ffmpeg", line["essence"], f"sha256:{oracles.essence(exhibit.file)}")
    if source is not None:
        found.same(f"essence, {source.file.name}", line["essence"], source.line.get("essence"))
    if "undecoded" in line:
        found.check("it is decoded", exhibit.file.name in UNDECODED, line["undecoded"])
        found.check("nothing is said of what was not decoded", not {"pcm", "iscc", "fingerprint"} & line.keys(), line)
        return
    judge_samples(exhibit, found)
    judge_fingerprint(exhibit, found)


def is_lossless(codec: str) -> bool:
    """Whether there are samples to be equal."""
    return codec in ("flac", "alac") or codec.startswith(("pcm_s", "pcm_u", "pcm_f"))


def judge_samples(exhibit: Exhibit, found: Findings) -> None:
    """The PCM digest, and FLAC's own."""
    line, file = exhibit.line, exhibit.file
    if not is_lossless(line["codec"]):
        found.check("no PCM digest of a lossy codec", "pcm" not in line, line.get("pcm"))
        return
    depth, _, digest = line.get("pcm", "none").partition(":")
    codec, *rest = depth.split("/")
    found.same("pcm, rate and channels", rest, [str(line["sample_rate"]), str(line["channels"])])
    if exhibit.form is not None and exhibit.form.depth is not None:
        found.same("pcm, depth", codec, exhibit.form.depth)
    if codec not in oracles.MEASURES:
        found.check("pcm, ffmpeg", False, depth)
        return
    found.same("pcm, ffmpeg", digest, f"sha256:{oracles.samples(exhibit.decodable, codec)}")
    if line["codec"] == "flac":
        found.same("FLAC's MD5 is called right", line.get("md5"), "right")
    if file.suffix == ".flac" and not file.stem.endswith(("-12", "-20")):
        found.same("FLAC's MD5, ffmpeg", oracles.samples(exhibit.decodable, codec, "md5"), oracles.streaminfo_md5(file))


def judge_fingerprint(exhibit: Exhibit, found: Findings) -> None:
    """The fingerprint, and the content code of it."""
    line = exhibit.line
    theirs = oracles.fpcalc_items(exhibit.decodable)
    if "fingerprint" not in line:
        found.check("a fingerprint", False, line.get("undecoded"))
        return
    ours = decompressed(line["fingerprint"])
    wrong = wrong_bits(ours, theirs)
    items = sum(a != b for a, b in zip(ours, theirs)) + abs(len(ours) - len(theirs))
    if exhibit.file.name in PADDED_WITHIN:
        found.same("fingerprint, number of items", len(ours), len(theirs))
        return
    found.bits = Bits(1, 32 * max(len(ours), len(theirs)), wrong, items, int(wrong > 0))
    found.same("fingerprint, number of items", len(ours), len(theirs))
    least = EQUAL_LOSSLESS if is_lossless(line["codec"]) else EQUAL_LOSSY
    if is_lossless(line["codec"]):
        found.check("fingerprint, every item in floats", ours == oracles.float_items(exhibit.decodable))
    found.check(f"fingerprint, {least:.2%} of the bits", found.bits.equal >= least, f"{wrong} of {found.bits.bits}")
    if wrong == 0 and (exhibit.form is None or exhibit.file.name == forms.MASTER):
        found.same("fingerprint, fpcalc's text", line["fingerprint"], oracles.fpcalc(exhibit.decodable))
    found.same("content code", line.get("iscc"), gen_audio_code_v0(signed(ours), bits=256)["iscc"])


def tables(findings: list[Findings]) -> dict[str, Bits]:
    """Prints how equal the fingerprints are by codec, rate and channels; the figures by codec."""
    by: dict[str, dict[str, Bits]] = {name: defaultdict(Bits) for name in ("codec", "codec, rate", "codec, channels")}
    for found in findings:
        if found.stream is None or not found.bits.files:
            continue
        codec, rate, channels = found.stream.codec, found.stream.sample_rate, found.stream.channels
        family = "pcm" if codec.startswith("pcm_") else codec
        by["codec"][family] += found.bits
        by["codec, rate"][f"{family:9} {rate:6}"] += found.bits
        by["codec, channels"][f"{family:9} {channels}"] += found.bits
    for table, rows in by.items():
        print(f"\n{table:18}  files       bits    wrong  w.items  w.files       equal")
        for key, bits in sorted(rows.items()):
            print(f"{key:18} {bits.row()}")
    print(f"{'all':18} {sum(by['codec'].values(), Bits()).row()}")
    return by["codec"]


def report(exhibits: list[Exhibit], findings: list[Findings]) -> int:
    """Prints everything; the number of failures."""
    codecs = tables(findings)
    total = Findings()
    everything = sum(codecs.values(), Bits())
    total.check("bits of all fingerprints", everything.equal >= EQUAL_OF_ALL, everything.row())
    for codec, bits in codecs.items():
        total.check(f"{codec}: bits of fingerprints", bits.equal >= EQUAL_OF_CODEC, bits.row())
    failures = [f"{each.name}: {text}" for each, found in zip(exhibits, findings) for text in found.failures]
    failures += total.failures
    print()
    for text in failures:
        print(f"FAIL {text}")
    print(f"{sum(found.passed for found in findings) + total.passed} passed, {len(failures)} failed")
    return len(failures)


def sources(exhibits: Iterable[Exhibit]) -> list[Exhibit | None]:
    """From which file each remux was made."""
    by_file = {each.file: each for each in exhibits}
    return [by_file[each.file.parent / each.form.source] if each.form is not None and each.form.is_remux else None
            for each in by_file.values()]


def main() -> int:
    """Makes the corpus, asks everybody, and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--corpus", type=Path, default=Path("target/sound"), help="where the corpus is kept")
    options = parser.parse_args()
    program = (options.bin / "identify").resolve()
    if not program.is_file():
        print(f"run.py: there is no {program}", file=sys.stderr)
        return 2
    with timed("the corpus"):
        exhibits = prepare(options.corpus.resolve())
    with timed("identify"):
        identify(program, exhibits)
    with timed("the others"):
        findings = in_parallel(lambda pair: judge(*pair), list(zip(exhibits, sources(exhibits))))
    return 1 if report(exhibits, findings) else 0


if __name__ == "__main__":
    sys.exit(main())
