#!/usr/bin/env python3
"""Tags, shows, verifies, identifies and strips hundreds of real files, and lets other programs judge."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from corpus import prepare
from selftest import self_test
from story import LONGEST_DETAIL, Programs, Report, story, timed

PROGRAMS = ("tag_folder", "show", "identify", "verify_folder", "strip_folder")
FEWEST = 250


def print_table(report: Report) -> None:
    """Passed of all files, per format and variant."""
    totals: dict[str, Counter[str]] = {}
    passes: Counter[tuple[str, str]] = Counter()
    for name, found in report.files.items():
        form = Path(name).parent.name
        kind = Path(name).suffix[1:] if form == "original" else Path(name).stem.split("-", 1)[1]
        totals.setdefault(form, Counter())[kind] += 1
        passes[form, kind] += not found
    print()
    for form, kinds in totals.items():
        cells = (f"{kind} {passes[form, kind]}/{count}" for kind, count in sorted(kinds.items()))
        print(f"{form:9}" + "".join(f"{cell:21}" for cell in cells).rstrip())


def print_failures(report: Report) -> None:
    """Every failure on a line of its own, and how often each check failed."""
    listed = [(name, *failure) for name, found in report.files.items() for failure in found]
    listed += [("(folder)", *failure) for failure in report.general]
    if not listed:
        return
    print()
    for name, check, detail in listed:
        print(f"FAIL {name}: {check}: {detail[:LONGEST_DETAIL]}")
    print()
    for check, count in Counter(check for _, check, _ in listed).most_common():
        print(f"{count:5}  {check}")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--corpus", type=Path, default=Path("target/real-music"), help="where the corpus is kept")
    parser.add_argument("--work", type=Path, help="an empty or absent folder for the copies (default: temporary)")
    parser.add_argument("--keep", action="store_true", help="leave the copies where they are")
    parser.add_argument("--self-test", action="store_true", help="damage files and see whether the checks notice")
    return parser.parse_args()


def work_folder(given: Path | None, corpus: Path) -> Path:
    """The given folder, or a temporary one on the corpus' disk."""
    if given is None:
        return Path(tempfile.mkdtemp(prefix="real-music-", dir=corpus.resolve().parent))
    given.mkdir(parents=True, exist_ok=True)
    if any(given.iterdir()):
        sys.exit(f"run.py: {given} is not empty")
    return given.resolve()


def main() -> int:
    """Makes the corpus, runs the story or the self-test, and reports."""
    options = arguments()
    absent = [name for name in PROGRAMS if not (options.bin / name).is_file()]
    if absent:
        print(f"run.py: not in {options.bin}: {', '.join(absent)}", file=sys.stderr)
        return 2
    with timed("the corpus"):
        corpus = prepare(options.corpus)
    work = work_folder(options.work, options.corpus)
    (work / "output").mkdir()
    programs = Programs(options.bin.resolve(), work / "output")
    try:
        if options.self_test:
            return self_test(corpus, work, programs)
        report = story(corpus, work, programs)
    finally:
        if options.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work)
    if len(report.files) < FEWEST:
        report.add("", "corpus", f"only {len(report.files)} files, fewer than {FEWEST}")
    print_table(report)
    print_failures(report)
    print(f"{report.passed()} passed, {report.failed()} failed")
    return 1 if report.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
