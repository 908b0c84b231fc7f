"""Runs the programs, with a fault or without."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cases import Case

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "RUST_BACKTRACE": "1"}
# No operation on these files takes a second; one that does not end is a fault, too.
PATIENCE = 60


@dataclass(frozen=True)
class Call:
    """A system call that touched the folder, as `trace` logs it."""

    number: int
    thread: int
    name: str
    result: str
    arguments: tuple[int, ...]
    paths: tuple[str, ...]

    @property
    def fired(self) -> bool:
        """Whether a fault was put in its place."""
        return self.result.endswith("!")


@dataclass(frozen=True)
class Ran:
    """How a program ended."""

    status: int
    out: str
    err: str
    calls: tuple[Call, ...] = ()

    @property
    def lines(self) -> list[dict]:
        """The objects on standard output, but for a line that a fault cut."""
        found = []
        for line in self.out.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found


def build_tracer(into: Path) -> Path:
    """Compiles the tracer, with the compiler that Rust links with."""
    into.mkdir(parents=True, exist_ok=True)
    program = into / "trace"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, HERE / "trace.c"], check=True)
    return program


@dataclass(frozen=True)
class Programs:
    """The programs under test, and what makes them fail."""

    folder: Path
    tracer: Path
    log: Path

    def command(self, case: Case, album: Path) -> list[str]:
        """The words that run this case."""
        return [str(self.folder / case.program), *case.options, str(album)]

    def plain(self, command: list[str]) -> Ran:
        """Without a fault."""
        return end(command)

    def traced(self, command: list[str], album: Path, number: int = 0, fault: str = "") -> Ran:
        """With this fault in place of the call of this number; 0: none."""
        words = [str(self.tracer), "--log", str(self.log), "--under", str(album)]
        if fault:
            words += ["--at", str(number), "--do", fault.rstrip("+")]
            words += ["--sticky"] if fault.endswith("+") else []
        ran = end(words + command)
        return Ran(ran.status, ran.out, ran.err, calls(self.log.read_text(errors="surrogateescape")))


def end(command: list[str]) -> Ran:
    """Runs a command to its end."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT, timeout=PATIENCE)
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def calls(log: str) -> tuple[Call, ...]:
    """The calls in a log."""
    found = []
    for line in log.splitlines():
        number, thread, name, result, arguments, *paths = line.split("\t")
        numbers = tuple(int(word, 16) for word in arguments.split(",") if word)
        found.append(Call(int(number), int(thread), name, result, numbers, tuple(paths)))
    return tuple(sorted(found, key=lambda call: call.number))
