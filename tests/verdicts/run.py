#!/usr/bin/env python3
"""Treats tagged real music in every way of the ledger and holds the verdicts against it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "real_music"))

import chromaprint
import ledger
from bench import Bench
from judge import EXACT, Exhibit, measured
from ledger import Key, Row
from lies import self_test
from outcome import Outcome
from recordings import Recording
from story import timed
from tools import in_parallel, output_of
from treatments import TREATMENTS, Treatment

HERE = Path(__file__).resolve().parent
PROGRAMS = ("tag_folder", "verify_folder")


def chosen(only: str | None) -> list[Treatment]:
    """The treatments whose format and name contain the text."""
    return [each for each in TREATMENTS if only is None or only in f"{each.form.name} {each.name}"]


def unmatched(rows: dict[Key, Row], treatments: list[Treatment], is_whole: bool) -> Iterator[str]:
    """Treatments without a line, and lines without a treatment."""
    names = {(each.form.name, each.name) for each in treatments}
    for name in sorted(names - {key[:2] for key in rows if key[2] == "records"}):
        yield f"no line for {' '.join(name)}"
    if is_whole:
        yield from (f"no treatment for {row.name}" for key, row in rows.items() if key[:2] not in names)


def shows_notice(file: Path) -> bool:
    """Whether ffprobe shows a denial of ours in any tag."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", file]
    status, out, err = output_of(*command)
    if status != 0:
        raise RuntimeError(f"ffprobe, status {status}: {err[-400:]}")
    return "train-ai=n" in out


def make_all(bench: Bench, treatments: list[Treatment]) -> dict[tuple[str, str], list[Exhibit | str]]:
    """Every treated file by format and treatment, or why it could not be made."""
    jobs = [(treatment, recording) for treatment in treatments for recording in treatment.of]

    def make(job: tuple[Treatment, Recording]) -> Exhibit | str:
        treatment, recording = job
        target = treatment.target(bench.folder / "treated", recording)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            treatment.make(bench, recording, target)
            notice = shows_notice(target)
        except Exception as error:  # A treatment that fails is a row that fails, whatever the reason.
            return f"{target.name}: could not be made: {error}"
        heard = treatment.heard(recording)
        return Exhibit(target, heard.title, bench.tagged(heard), notice=notice)

    made: dict[tuple[str, str], list[Exhibit | str]] = {}
    for (treatment, _), exhibit in zip(jobs, in_parallel(make, jobs)):
        made.setdefault((treatment.form.name, treatment.name), []).append(exhibit)
    return made


def judge_all(bench: Bench, rows: dict[Key, Row], treatments: list[Treatment]) -> list[Outcome]:
    """Makes the files of every row, asks for the verdicts and judges them."""
    with timed("treat them"):
        made = make_all(bench, treatments)
    outcomes = [Outcome(row) for key, row in rows.items() if key[:2] in made]
    for outcome in outcomes:
        for exhibit in made[outcome.row.key[:2]]:
            if isinstance(exhibit, Exhibit):
                outcome.exhibits.append(exhibit)
            else:
                outcome.faults.append(("made", exhibit))
    with timed("ask fpcalc"):
        compare_all(outcomes)
    for by in ("records", "marker"):
        asked = [outcome for outcome in outcomes if outcome.row.by == by]
        files = [exhibit.file for outcome in asked for exhibit in outcome.exhibits]
        if not files:
            continue
        with timed(f"verify {len(files)} files by {by}"):
            verdicts = bench.verdicts(files, with_records=by == "records")
        for outcome in asked:
            outcome.judge(verdicts)
    return outcomes


def compare_all(outcomes: list[Outcome]) -> None:
    """Asks fpcalc how alike original and copy are, where no exact level should tell."""
    by_records = [outcome for outcome in outcomes if outcome.row.by == "records"]
    near = [outcome for outcome in by_records if not set(outcome.row.contents) & set(EXACT)]
    exhibits = [exhibit for outcome in near for exhibit in outcome.exhibits]
    in_parallel(chromaprint.items, {file for exhibit in exhibits for file in (exhibit.file, exhibit.original)})
    for outcome in near:
        outcome.exhibits = [
            replace(exhibit, reference=chromaprint.similarity(exhibit.original, exhibit.file))
            for exhibit in outcome.exhibits]


def report(outcomes: list[Outcome], loose: list[str]) -> int:
    """Prints every deviation and the closing line; how many rows failed."""
    for text in loose:
        print(f"FAIL {text}")
    for outcome in outcomes:
        for _, detail in outcome.faults:
            print(f"FAIL {outcome.row.name}: {detail}")
    undecided = [outcome for outcome in outcomes if outcome.row.is_undecided]
    for outcome in undecided:
        print(f"UNDECIDED {outcome.row.name}: {measured(outcome.row, outcome.exhibits, outcome.lines)}")
    for about, count in Counter(about for outcome in outcomes for about, _ in outcome.faults).most_common():
        print(f"{count:5}  {about}")
    failed = sum(1 for outcome in outcomes if outcome.faults) + len(loose)
    print(f"{len(outcomes) + len(loose) - failed} passed, {failed} failed")
    return failed


def bless(file: Path, outcomes: list[Outcome], with_words: bool) -> None:
    """Writes what was measured into the ledger."""
    file.write_text(ledger.rewritten(file, {outcome.row.key: outcome.blessed(with_words) for outcome in outcomes}))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--work", type=Path, help="an empty or absent folder for the files (default: temporary)")
    parser.add_argument("--keep", action="store_true", help="leave the files where they are")
    parser.add_argument("--only", metavar="TEXT", help="rows whose format and treatment contain this")
    parser.add_argument("--ledger", type=Path, default=HERE / "ledger.txt", help="the ledger")
    parser.add_argument("--bless", action="store_true", help="write what was measured behind the bars")
    parser.add_argument("--bless-words", action="store_true", help="and change the words that were expected, too")
    parser.add_argument("--self-test", action="store_true", help="tell lies and see whether the runner notices")
    return parser.parse_args()


def work_folder(given: Path | None) -> Path:
    """The given folder, or a temporary one."""
    if given is None:
        parent = Path("target")
        return Path(tempfile.mkdtemp(prefix="verdicts-", dir=parent if parent.is_dir() else None)).resolve()
    given.mkdir(parents=True, exist_ok=True)
    if any(given.iterdir()):
        sys.exit(f"run.py: {given} is not empty")
    return given.resolve()


def main() -> int:
    """Makes and judges every row, or tests itself."""
    options = arguments()
    rows = ledger.read(options.ledger)
    if options.self_test:
        return self_test(options.ledger, rows)
    absent = [name for name in PROGRAMS if not (options.bin / name).is_file()]
    if absent:
        print(f"run.py: not in {options.bin}: {', '.join(absent)}", file=sys.stderr)
        return 2
    treatments = chosen(options.only)
    loose = list(unmatched(rows, treatments, options.only is None))
    folder = work_folder(options.work)
    bench = Bench(options.bin.resolve(), folder)
    try:
        with timed("make and tag the recordings"):
            bench.prepare()
        outcomes = judge_all(bench, rows, treatments)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)
    if options.bless or options.bless_words:
        bless(options.ledger, outcomes, options.bless_words)
    return 1 if report(outcomes, loose) else 0


if __name__ == "__main__":
    sys.exit(main())
