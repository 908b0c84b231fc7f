#!/usr/bin/env python3
"""Tags and strips odd files, ours and other projects', and lets ffmpeg and mutagen say what was lost."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "real_music"))

import mutagen
from checks import OURS, decode, sha256_of, shortened, spelling, streamhash, validators
from packets import foreign_part
from sources import fetch, files
from tools import in_parallel

REPOSITORY = HERE.parent.parent
OWN = "test-audio"
# Per cent of the files that ffmpeg decodes cleanly, of formats that are written.
LEAST_WRITTEN = 97
# Formats that are read and never written, or not known at all: SPEC.md says which.
NOT_WRITTEN = frozenset(
    "ac3 asf caf dff dsf eac3 mid mka mkv ofr ofs oggtheora ra rm tak w64 webm wma".split()
)
# In this folder of our own corpus stand the files that are made to be refused.
REFUSED = f"{OWN}/broken/"
UNREADABLE = "mutagen cannot read this"
SILENCE = "MD5=d41d8cd98f00b204e9800998ecf8427e"


@dataclass
class Moment:
    """What is known of a file at one moment."""

    sha256: str
    essence: str
    decoded: str
    is_clean: bool
    complaints: Counter[str]
    fields: list[tuple[str, str]]


@dataclass
class Case:
    """One odd file, and what became of it."""

    name: str
    begins: str
    ends_in_id3v1: bool
    tags_are_packets: bool
    before: Moment
    outcome: str = "no line"
    reason: str = ""
    problems: list[str] = field(default_factory=list)


def moment(file: Path) -> Moment:
    """Asks every oracle about a file."""
    decoded, faults = decode(file)
    essence = re.sub(r"0x[0-9a-f]+|(?<=seek to )\d+", "#", streamhash(file))
    complaints = Counter(faults)
    # What flac says of a file that is none depends on its length.
    is_misnamed = file.suffix == ".flac" and head(file) == "other" and b"fLaC" not in file.read_bytes()[:4]
    for validate in () if is_misnamed else validators(file):
        complaints.update(validate(file))
    is_clean = not faults and len(essence) == 64 and decoded != SILENCE
    return Moment(sha256_of(file), essence, decoded, is_clean, complaints, foreign_fields(file))


def case_of(name: str, file: Path) -> Case:
    """A file before anything is done to it."""
    data = file.read_bytes()
    id3v1 = data[-128:-125] == b"TAG"
    # docs/SPEC.md, 14.4: ffmpeg cuts Monkey's Audio by the file's length, counts the headers of later links of a
    # chain, and takes `AP` of a tag before ID3v1 for a packet of Musepack.
    links = data.count(b"OggS\0\2")
    tags_are_packets = file.suffix == ".ape" or links > 1 or file.suffix == ".mpc" and id3v1
    return Case(name, head(file), id3v1, tags_are_packets, moment(file))


def head(file: Path) -> str:
    """What a file begins with, as far as it decides who reads what."""
    with file.open("rb") as opened:
        first = opened.read(3)
    if first == b"ID3":
        return "tag"
    return "sound" if first[:1] == b"\xff" and first[1:2] >= b"\xe0" else "other"


def foreign_fields(file: Path) -> list[tuple[str, str]]:
    """Every field that is not ours and no copyright, as mutagen reads it, or that it cannot."""
    try:
        audio = mutagen.File(file)
        tags = audio.tags if audio is not None else None
    except Exception as error:  # mutagen raises more than its own errors on damaged files
        return [(UNREADABLE, type(error).__name__)]
    if tags is None:
        return []
    pairs = tags if isinstance(tags, list) else [(key, tags[key]) for key in tags.keys()]
    pairs = [pair for pair in map(without_ours, pairs) if pair is not None]
    listed = [(str(key), shortened(repr(value))) for key, value in pairs]
    return sorted(pair for pair in listed if not is_ours(pair[0]))


def without_ours(pair: tuple[str, object]) -> tuple[str, object] | None:
    """A field; of an XMP packet what others wrote, and nothing where all of it is ours."""
    if not str(pair[0]).startswith("PRIV:XMP:"):
        return pair
    foreign = foreign_part(pair[1].data)
    return None if foreign is None else ("PRIV:XMP", foreign)


def is_ours(key: str) -> bool:
    """Whether a field may come, go or get a notice."""
    name = spelling(key.removeprefix("TXXX:").removeprefix("----:com.apple.iTunes:"))
    return name in OURS or name.split(":")[0] in ("COPYRIGHT", "TCOP", "CPRT", "ICOP")


def collect(folder: Path, cache: Path) -> list[str]:
    """Copies every odd file into the folder, one subfolder for each source."""
    sources = fetch(cache)
    sources[OWN] = [file for part in ("clean", "tagged", "broken") for file in files(REPOSITORY / OWN / part)]
    names = []
    for source, found in sources.items():
        if len(found) < 10:
            sys.exit(f"run.py: only {len(found)} files from {source}")
        for file in found:
            name = f"{source}/{file.parent.name}/{file.name}"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)
            names.append(name)
    return names


def program(path: Path, folder: Path, general: list[str]) -> dict[str, dict]:
    """Runs one of our programs over the folder: its lines by file name."""
    done = subprocess.run([path, "--json", folder], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in (0, 1) or "panicked" in done.stderr:
        general.append(f"{path.name} ended with status {done.returncode}: {done.stderr[-400:]}")
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return {str(Path(line["path"]).relative_to(folder)): line for line in lines}


def judge_tagged(case: Case, file: Path, line: dict | None) -> None:
    """Holds a file after tagging against itself before."""
    if line is None:
        # Not audio by its content: skipped, and counted.
        case.outcome, case.reason = "skipped", "not audio"
    elif line["status"] == "refused":
        case.outcome, case.reason = "refused", f"{line['error']['kind']}: {line['error']['message']}"
    else:
        case.outcome = line["status"]
    if case.outcome not in ("tagged", "refused", "skipped"):
        case.problems.append(f"ended as {case.outcome}: {line}")
    if case.outcome != "tagged":
        if sha256_of(file) != case.before.sha256:
            case.problems.append("was refused and changed all the same")
        return
    after = moment(file)
    if case.before.essence != after.essence and not case.tags_are_packets:
        case.problems.append(f"essence: {case.before.essence} became {after.essence}")
    # A stream whose sizes are filled in now may be decoded to its end for the first time.
    if case.before.decoded not in (after.decoded, ""):
        case.problems.append(f"decoded: {case.before.decoded} became {after.decoded}")
    case.problems += [f"new complaint: {text}" for text in new_complaints(case, after)]
    # Where a tag in front is new, mutagen no longer looks at ID3v1, whose fields the tag repeats.
    is_compared = case.begins == head(file) and not case.ends_in_id3v1 and UNREADABLE not in dict(case.before.fields)
    if is_compared and case.before.fields != after.fields:
        case.problems.append(f"fields: {case.before.fields} became {after.fields}")


def new_complaints(case: Case, after: Moment) -> Counter[str]:
    """What a validator says for the first time. mp3val knows a file that begins with junk only behind a tag."""
    new = after.complaints - case.before.complaints
    if case.begins != "other":
        return new
    return Counter({text: count for text, count in new.items() if not text.startswith("mp3val")})


def run(folder: Path, programs: Path, cache: Path) -> tuple[list[Case], list[str]]:
    """Everything that is done to the files."""
    general: list[str] = []
    names = collect(folder, cache)
    cases = in_parallel(lambda name: case_of(name, folder / name), names)
    lines = program(programs / "tag_folder", folder, general)
    in_parallel(lambda case: judge_tagged(case, folder / case.name, lines.get(case.name)), cases)
    program(programs / "strip_folder", folder, general)
    for case in cases:
        if sha256_of(folder / case.name) != case.before.sha256:
            case.problems.append("is not, after stripping, what it was")
    left = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - set(names)
    general += [f"left behind: {name}" for name in sorted(left)]
    return cases, general


def share_written(cases: list[Case]) -> float:
    """Prints which of the cleanly decoded files were refused and why; the share of those that were written."""
    clean = [case for case in cases if case.before.is_clean]
    written = [case for case in clean if case.outcome == "tagged"]
    for case in sorted((case for case in clean if case.outcome != "tagged"), key=lambda case: case.reason):
        print(f"refused  {case.name}: {case.reason}")
    meant = [case for case in clean if case.name.startswith(REFUSED)]
    wanted = [case for case in clean if case not in meant and not is_left_alone(case)]
    share = 100 * sum(case.outcome == "tagged" for case in wanted) / max(len(wanted), 1)
    print(
        f"{len(cases)} files, {sum(case.outcome == 'tagged' for case in cases)} tagged. ffmpeg decodes {len(clean)} "
        f"cleanly, {len(written)} of these tagged. Of the {len(wanted)} that are of formats that are written and not "
        f"made to be refused: {share:.1f} %"
    )
    return share


def is_left_alone(case: Case) -> bool:
    """Whether the file is of a format that is never written."""
    return Path(case.name).suffix.lower().lstrip(".") in NOT_WRITTEN


def main() -> int:
    """Runs over all sources and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--cache", type=Path, default=Path("target/odd-files"), help="where downloads are kept")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="odd-files-", dir=options.cache.resolve().parent) as work:
        cases, general = run(Path(work), options.bin.resolve(), options.cache.resolve())
    failed = [case for case in cases if case.problems]
    for case in failed:
        for problem in case.problems:
            print(f"FAIL {case.name}: {problem[:600]}")
    for problem in general:
        print(f"FAIL {problem}")
    share = share_written(cases)
    if share < LEAST_WRITTEN:
        print(f"FAIL fewer than {LEAST_WRITTEN} % written")
    print(f"{len(cases) - len(failed)} passed, {len(failed) + len(general)} failed")
    return 1 if failed or general or share < LEAST_WRITTEN else 0


if __name__ == "__main__":
    sys.exit(main())
