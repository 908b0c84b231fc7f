#!/usr/bin/env python3
"""Measures how often different recordings are taken for the same, and the same for different ones.

Needs ffmpeg, apt-get and dpkg-deb (Debian 12), and two programs of this crate:

    cargo build --release --examples
    tests/error_rates/run.py --write

The music, 1 GB of Debian packages, is fetched and unpacked below --work, not installed. All answers of `identify` are
kept there, so that a second run only compares.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import corpus
import plot
import report
import results
from corpus import Track
from identities import Identifier, Identity
from results import FINGERPRINT, ISCC
from tools import in_parallel, timed

DOCUMENT = Path("docs/ERROR_RATES.md")
DRAWING = Path("docs/error-rates.svg")
OF_EACH = 3
"""So many tracks of every package get variants,"""
LONG_ENOUGH = 60.0
"""of those that have so many seconds."""

QUICK = ["asterisk-moh-opsound-wav", "enigma-data"]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--work", type=Path, default=Path("target/error-rates"), help="music and answers")
    parser.add_argument("--quick", action="store_true", help="two packages, one track of each with variants")
    parser.add_argument("--write", action="store_true", help=f"put tables and drawing into {DOCUMENT.parent}")
    return parser.parse_args()


def identify(options: argparse.Namespace, tracks: list[Track], sampled: list[Track]) -> list[tuple[Track, Identity]]:
    """The identities of everything; what has none is said and left out."""
    identifier = Identifier(options.bin / "identify", options.work / "identities")
    found = in_parallel(lambda track: identifier.of(track, track in sampled), tracks)
    everything = [(track, identity) for track, known in zip(tracks, found) for identity in known]
    for _, identity in everything:
        if identity.problem:
            print(f"run.py: {identity.kind} {identity.name}: {identity.problem}", file=sys.stderr)
    say_copies(everything)
    return [(track, identity) for track, identity in everything if not identity.problem]


def say_copies(everything: list[tuple[Track, Identity]]) -> None:
    """Says which tracks have the same coded sound; such pairs belong into related.py."""
    first: dict[str | None, Track] = {}
    for track, identity in everything:
        if identity.kind == "whole" and identity.essence is not None:
            known = first.setdefault(identity.essence, track)
            if known.group != track.group:
                print(f"run.py: the same sound twice: {known.name} and {track.name}", file=sys.stderr)


def score(options: argparse.Namespace, known: list[tuple[Track, Identity]]) -> results.Results:
    """Lets our matcher compare everything."""
    lines, scores = options.work / "identities.tsv", options.work / "scores.jsonl"
    lines.write_text("".join(f"{identity.line(track)}\n" for track, identity in known))
    with scores.open("wb") as out:
        subprocess.run([options.bin / "scores", lines, *report.comparisons()], stdout=out, check=True)
    return results.read(scores)


def tables(found: results.Results, tracks: list[Track], sampled: list[Track]) -> dict[str, str]:
    """Every table of the document, by its name there."""
    made = {"corpus": report.corpus(tracks, sampled), "related": report.related(found),
            "incomparable": report.incomparable(found)}
    for level in (ISCC, FINGERPRINT):
        made[f"false {level}"] = report.false_matches(found, level)
        made[f"tracks {level}"] = report.false_tracks(found, level)
        made[f"misses {level}"] = report.misses(found, level)
        made[f"whole {level}"] = report.nearest(found, level, report.WHOLE, 12)
        made[f"pieces {level}"] = report.nearest(found, level, report.PIECES, 12)
    return made


def write(made: dict[str, str], drawing: str) -> None:
    """Puts every table between its two marks in the document."""
    text = DOCUMENT.read_text()
    for name, table in made.items():
        marked = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = marked.subn(lambda marks: f"{marks[1]}{table}\n{marks[2]}", text)
        if count != 1:
            print(f"run.py: {DOCUMENT} has {count} places for the table “{name}”", file=sys.stderr)
    DOCUMENT.write_text(text)
    DRAWING.write_text(drawing)


def main() -> int:
    """Fetches, identifies, compares and reports."""
    options = arguments()
    absent = [name for name in ("identify", "scores") if not (options.bin / name).is_file()]
    if absent:
        print(f"run.py: not in {options.bin}: {', '.join(absent)}", file=sys.stderr)
        return 2
    with timed("the music"):
        tracks = corpus.prepare(options.work / "music", QUICK if options.quick else list(corpus.PACKAGES))
        sampled = corpus.sample(tracks, LONG_ENOUGH, 1 if options.quick else OF_EACH)
    with timed("the identities"):
        known = identify(options, tracks, sampled)
    with timed("the scores"):
        found = score(options, known)
    made, drawing = tables(found, tracks, sampled), plot.svg(report.panels(found))
    for name, table in made.items():
        print(f"{name}\n\n{table}\n")
    if options.write and not options.quick:
        write(made, drawing)
    return 0


if __name__ == "__main__":
    sys.exit(main())
