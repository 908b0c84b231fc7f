"""What may be true after a fault, and what may not."""

from __future__ import annotations

from collections.abc import Iterator

from cases import KILL, Case
from folder import State, damages, is_temporary, temporaries
from programs import Call, Ran

KILLED = 128 + 9
DONE, REFUSED, COULD_NOT_LOOK = 0, 1, 3
# A fault of the system is none of the file.
KINDS = ("io", "changed")


def problems(case: Case, fault: str, ran: Ran, fired: list[Call], now: State, old: State, new: State,
             honest: Ran) -> Iterator[str]:
    """Everything that is wrong right after the fault."""
    yield from damages(now, old, new)
    if "panicked" in ran.err or "RUST_BACKTRACE" in ran.err or ran.status in (101, 134):
        yield f"a panic: {ran.err[:300]!r}"
    if fault == KILL:
        if ran.status != KILLED:
            yield f"ended with {ran.status} though it was killed"
        return
    if ran.status not in (DONE, REFUSED, COULD_NOT_LOOK):
        yield f"ended with {ran.status}: {ran.err[:300]!r}"
    output = any(call.paths[0] in ("stdout", "stderr") for call in fired)
    if not output:
        yield from told(fault, ran, now, new) if case.writes else read(ran, new, honest)
    # Whoever cannot remove a file leaves it; nobody else does.
    removing = output or any(call.name in ("unlink", "statx") and is_temporary(call.paths[0]) for call in fired)
    if temporaries(now) and not removing:
        yield f"left behind: {temporaries(now)}"


def told(fault: str, ran: Ran, now: State, new: State) -> Iterator[str]:
    """What a program that writes must have said."""
    is_done = all(now.get(name) == new[name] for name in new)
    if ran.status == DONE and not is_done:
        yield "said that all went well"
    if ran.status != DONE:
        if not any(name in ran.err for name in named(new)):
            yield f"the message names no file: {ran.err[:300]!r}"
        errors = [line["error"] for line in ran.lines if line.get("error")]
        if not errors:
            yield f"no error in JSON: {ran.out[:300]!r}"
        for error in errors:
            # A file that ends early is a fault of its own.
            if error["kind"] not in KINDS and fault != "none":
                yield f"called {error['kind']}: {error['message']}"


def named(files: State) -> set[str]:
    """What a message may name: a file, or the folder that holds it."""
    return {*files, "album"}


def read(ran: Ran, new: State, honest: Ran) -> Iterator[str]:
    """What a program that only reads must have said: the truth, or that it could not look."""
    if ran.status == COULD_NOT_LOOK:
        if not any(name in ran.err for name in named(new)):
            yield f"the message names no file: {ran.err[:300]!r}"
    elif (ran.status, ran.lines) != (honest.status, honest.lines):
        yield f"another answer: status {ran.status}, {ran.out[:300]!r}"


def afterwards(ran: Ran, now: State, new: State, honest: Ran) -> Iterator[str]:
    """Everything that is wrong after the next run, which no fault disturbs."""
    if ran.status != honest.status:
        yield f"the next run ended with {ran.status}: {ran.err[:300]!r}"
    if temporaries(now):
        yield f"the next run left {temporaries(now)}"
    for name in sorted(new.keys() | now.keys()):
        if new.get(name) != now.get(name) and not is_temporary(name):
            yield f"the next run left {name} as it should not be"
