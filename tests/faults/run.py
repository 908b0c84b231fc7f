#!/usr/bin/env python3
"""Lets every system call of embed and strip fail, or kills the program there, and looks at what is left."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import judge
import meddle
import powercut
from cases import Case, absent_formats, cases, faults, is_possible
from folder import copy, fill, state
from programs import Call, Programs, Ran, build_tracer
from selftest import self_test

# Of equal calls in a row, so many at either end and one in so many between.
EDGE, STEP = 1, 40
LONGEST = 400


@dataclass
class Tally:
    """What came of a case."""

    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def chosen(log: tuple[Call, ...], every: bool) -> dict[int, Call]:
    """The calls that shall fail: all, or of a row of like ones only some."""
    rows: list[list[Call]] = []
    kinds = {"lseek": "read"}
    for call in log:
        key = kinds.get(call.name, call.name), call.paths
        if rows and key == (kinds.get(rows[-1][-1].name, rows[-1][-1].name), rows[-1][-1].paths):
            rows[-1].append(call)
        else:
            rows.append([call])
    picked = {}
    for row in rows:
        for place, call in enumerate(row):
            if every or place < EDGE or place >= len(row) - EDGE or place % STEP == 0:
                picked[call.number] = call
    return picked


class Stage:
    """A folder before, after, and as the fault left it."""

    def __init__(self, case: Case, programs: Programs, work: Path) -> None:
        self.case, self.programs = case, programs
        self.first, self.album = work / "first" / "album", work / "album"
        fill(self.first, case.songs)
        if case.before is not None:
            tagged = programs.plain([str(programs.folder / "tag_folder"), *case.before, str(self.first)])
            assert tagged.status == 0, tagged.err
        self.old = state(self.first)
        copy(self.first, self.album)
        self.command = programs.command(case, self.album)
        self.honest = programs.traced(self.command, self.album)
        self.new = state(self.album)

    def with_fault(self, number: int, fault: str) -> tuple[Ran, list[Call]]:
        """The same run with one fault."""
        copy(self.first, self.album)
        ran = self.programs.traced(self.command, self.album, number, fault)
        return ran, [call for call in ran.calls if call.fired]

    def problems(self, fault: str, ran: Ran, fired: list[Call]) -> list[str]:
        """What is wrong after it, and after the run that follows."""
        case, old, new, honest = self.case, self.old, self.new, self.honest
        found = list(judge.problems(case, fault, ran, fired, state(self.album), old, new, honest))
        if case.writes:
            again = self.programs.plain(self.command)
            found += judge.afterwards(again, state(self.album), new, honest)
        return found


def play(case: Case, binaries: Path, tracer: Path, every: bool) -> Tally:
    """Runs a case without a fault, then with each, until none fires any more."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        work = Path(place).resolve()
        stage = Stage(case, Programs(binaries, tracer, work / "log"), work)
        changed = [song for song in case.songs if stage.old[Path(song).name] != stage.new[Path(song).name]]
        if case.writes and len(changed) != len(case.songs):
            tally.violations.append(f"without a fault: {stage.honest.err}")
            return tally
        tally.calls = len(stage.honest.calls)
        if case.writes and case.ordered:
            tally.violations += powercut.violations(stage.honest.calls, str(stage.album))
        picked = chosen(stage.honest.calls, every)
        for number in count(1):
            # Past the last call nothing fires; a fault may have made the calls more.
            call = picked.get(number)
            if call is None and number <= tally.calls:
                continue
            fires = False
            name = call.name if call and case.ordered else None
            for fault in faults(name, case):
                ran, fired = stage.with_fault(number, fault)
                fires |= bool(fired)
                # With several threads only now is it known which call it was.
                if not fired or not is_possible(fired[0].name, fired[0].paths[0], fault):
                    continue
                tally.faults[fired[0].name] += 1
                for what in stage.problems(fault, ran, fired):
                    where = f"{case.name}: call {number}, {fired[0].name} {' '.join(fired[0].paths)}: {fault}"
                    tally.violations.append(f"{where}: {what}"[:LONGEST])
            if not fires and number > tally.calls:
                return tally
    return tally


def settle() -> None:
    """Keeps this process and its programs on one processor: then they work in one thread, unless told otherwise."""
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--all", action="store_true", help="every call and case, not some of each row of like ones")
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--list", action="store_true", help="name the cases and do nothing")
    parser.add_argument("--self-test", action="store_true", help="see whether careless programs are caught")
    return parser.parse_args()


def main() -> int:
    """Reads the command line and makes ready."""
    options = arguments()
    if options.list:
        print(*(case.name for case in cases()), sep="\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="tracer-") as place:
        return whole(options, build_tracer(Path(place)))


def whole(options: argparse.Namespace, tracer: Path) -> int:
    """Plays the self-test, or every case, with this tracer."""
    if options.self_test:
        return self_test(partial(play, tracer=tracer, every=True))
    selected = [case for case in cases() if options.only in case.name and (options.all or options.only or not case.extra)]
    total, started = Tally(), time.monotonic()
    work = partial(play, binaries=options.bin.resolve(), tracer=tracer, every=options.all)
    with ProcessPoolExecutor(os.cpu_count(), initializer=settle) as pool:
        for case, tally in zip(selected, pool.map(work, selected)):
            total.calls += tally.calls
            total.faults += tally.faults
            total.violations += tally.violations
            print(f"{case.name:40} {tally.calls:6} calls {tally.faults.total():7} faults {len(tally.violations):4} violations",
                  flush=True)
    if options.only in meddle.NAME:
        with tempfile.TemporaryDirectory(prefix="faults-") as place:
            work_place = Path(place).resolve()
            times, wrong = meddle.play(
                Programs(options.bin.resolve(), tracer, work_place / "log"), work_place, partial(chosen, every=options.all))
        total.violations += wrong
        print(f"{meddle.NAME:40} {times:6} times {len(wrong):23} violations", flush=True)
    for text in total.violations:
        print(f"VIOLATION {text}")
    for absent in absent_formats():
        total.violations.append(absent)
        print(f"VIOLATION no case is made of {absent}")
    names = ", ".join(f"{name} {number}" for name, number in total.faults.most_common())
    print(f"by call: {names}")
    print(f"{total.faults.total()} faults over {total.calls} system calls of {len(total.faults)} kinds in {len(selected)} cases, "
          f"{len(total.violations)} violations, {time.monotonic() - started:.0f} s")
    return 1 if total.violations else 0


if __name__ == "__main__":
    sys.exit(main())
