#!/usr/bin/env python3
"""Sends tagged files along the ways that recordings take, and counts what is left of the statement.

On every way on which another program still finds a denial of ours, `show` has to answer disallowed. How often each
field lives, and how often the answer does, is written into docs/SURVIVAL.md and held against it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "verdicts"), str(HERE.parent / "real_music")]

import document
import readers
from bench import Bench
from corpus import make_covers
from lies import self_test
from outcome import Json, Outcome, problems, source_problems
from recordings import Recording, encode
from story import timed
from tools import ENVIRONMENT, in_parallel, run
from treatments import Treatment
from ways import RECORDINGS, WAYS, WITHOUT_PACKET

PROGRAMS = ("tag_folder", "show")


def prepare(bench: Bench) -> None:
    """Makes and tags one recording of each format."""
    make_covers(bench.folder)

    def make(recording: Recording) -> None:
        file = bench.tagged(recording)
        encode(recording.form, recording.track, file)
        recording.form.edit(file, recording.track, bench.cover)

    in_parallel(make, RECORDINGS.values())
    run(bench.programs / "tag_folder", bench.folder / "tagged")


def sent(bench: Bench, kind: str, treatment: Treatment) -> Outcome:
    """The file at the end of a way, or why there is none."""
    recording = treatment.of[0]
    target = treatment.target(bench.folder / "arrived", recording)
    target.parent.mkdir(parents=True)
    outcome = Outcome(kind, treatment.form.name, treatment.name, target)
    try:
        treatment.make(bench, recording, target)
    except Exception as error:  # A way that cannot be gone is a failure, whatever the reason.
        outcome.fault = str(error)
    if not (outcome.fault or target.is_file()):
        outcome.fault = "the program says that all is well, and made no file"
    return outcome


def look(bench: Bench, folder: Path, outcomes: list[Outcome]) -> None:
    """Asks the other programs and our own about every file, all of which are in the folder."""
    made = [outcome for outcome in outcomes if not outcome.fault]
    by_exiftool = readers.by_exiftool(folder)

    def read(outcome: Outcome) -> None:
        found = readers.by_ffprobe(outcome.file) | readers.by_mutagen(outcome.file)
        outcome.seen = found | by_exiftool.get(outcome.file, set())

    in_parallel(read, made)
    lines = shown(bench, [outcome.file for outcome in made])
    for outcome in made:
        outcome.line = lines.get(outcome.file)


def shown(bench: Bench, files: list[Path]) -> dict[Path, Json]:
    """What `show` says of every file."""
    command = [str(word) for word in (bench.programs / "show", "--json", *files)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT)
    lines = [json.loads(text) for text in done.stdout.decode().splitlines()]
    return {Path(line["path"]): line for line in lines}


def measure(bench: Bench, ways: dict[str, tuple[Treatment, ...]]) -> tuple[list[Outcome], list[str]]:
    """What became of the statement on every way, and all that is wrong with it."""
    with timed("make and tag the recordings"):
        prepare(bench)
    origins = [Outcome("", form.name, "tagged", bench.tagged(each)) for form, each in RECORDINGS.items()]
    look(bench, bench.folder / "tagged", origins)
    jobs = [(kind, treatment) for kind, treatments in ways.items() for treatment in treatments]
    with timed(f"send them {len(jobs)} ways"):
        outcomes = in_parallel(lambda job: sent(bench, *job), jobs)
    with timed("look at what arrived"):
        look(bench, bench.folder / "arrived", outcomes)
    faults = [f"{each.name}: {text}" for each in origins
              for text in source_problems(each, each.source not in WITHOUT_PACKET)]
    faults += [f"{each.name}: {text}" for each in outcomes for text in problems(each)]
    return outcomes, faults


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--work", type=Path, help="an absent folder for the files, which are left there")
    parser.add_argument("--only", metavar="TEXT", help="ways whose format and name contain this; no document")
    parser.add_argument("--document", type=Path, default=Path("docs/SURVIVAL.md"), help="what it is held against")
    parser.add_argument("--write", action="store_true", help="write the document anew")
    parser.add_argument("--self-test", action="store_true", help="tell lies and see whether they are noticed")
    return parser.parse_args()


def main() -> int:
    """Goes every way and reports."""
    options = arguments()
    absent = [name for name in PROGRAMS if not (options.bin / name).is_file()]
    if absent:
        print(f"run.py: not in {options.bin}: {', '.join(absent)}", file=sys.stderr)
        return 2
    ways = {kind: tuple(each for each in treatments if options.only is None
                        or options.only in f"{each.form.name} {each.name}") for kind, treatments in WAYS.items()}
    folder = (options.work or Path(tempfile.mkdtemp(prefix="survival-"))).resolve()
    folder.mkdir(parents=True, exist_ok=options.work is None)
    bench = Bench(options.bin.resolve(), folder)
    try:
        if options.self_test:
            prepare(bench)
            return self_test(bench)
        outcomes, faults = measure(bench, ways)
    finally:
        if options.work is None:
            shutil.rmtree(folder)
    if options.write:
        if not faults:
            options.document.write_text(document.written(outcomes))
    elif options.only is None:
        faults += document.differences(options.document.read_text(), document.written(outcomes))
    print(document.overview(outcomes))
    for fault in faults:
        print(f"FAIL {fault}")
    print(f"{len(outcomes)} ways, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
