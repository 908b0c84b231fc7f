"""What is on the disk when the power goes: every prefix of the calls, every subset of what was not synced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

from folder import is_temporary
from programs import Call

CHANGES = {
    "write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate", "fchmod", "fchown", "fsetxattr",
    "fremovexattr", "utimensat", "copy_file_range", "sendfile",
}
CREATE = 0o100
# More changes than this and only the loss of single ones is played through, which shows a gap as well.
MOST = 12


@dataclass(frozen=True)
class Event:
    """Something done to a file's content or name."""

    kind: str  # change, sync, rename, folder
    file: str


def events(log: tuple[Call, ...]) -> list[Event]:
    """The events in a log of calls that all succeeded. Files go by the names they have at the time."""
    found = []
    for call in log:
        if call.paths[0] in ("stdout", "stderr") or call.result.startswith("-"):
            continue
        path = call.paths[1] if call.name == "copy_file_range" else call.paths[0]
        if call.name in CHANGES:
            found.append(Event("change", path))
        elif call.name in ("fsync", "fdatasync"):
            found.append(Event("sync", path))
        elif call.name.startswith("rename"):
            found.append(Event("rename", call.paths[0]))
        elif call.name == "openat" and call.arguments[2] & CREATE:
            found.append(Event("change", path))
    return found


def violations(log: tuple[Call, ...], album: str) -> Iterator[str]:
    """The moments at which a cut leaves neither the old file nor the whole new one."""
    happened = events(log)
    new = {event.file for event in happened if event.kind == "rename"}
    for event in happened:
        if event.kind == "change" and event.file not in new and not is_temporary(event.file):
            yield f"{event.file} is changed in place"
    for temporary in new:
        own = [event for event in happened if event.file == temporary or event.file == album]
        whole = frozenset(index for index, event in enumerate(own) if event.kind == "change")
        for length in range(len(own) + 1):
            for survived in renamed(own[:length], album):
                if survived != whole:
                    yield f"after {length} of {len(own)} steps the new file may be there without {sorted(whole - survived)}"
        if own and not (own[-1].kind == "sync" and own[-1].file == album):
            yield "the rename is not synced at the end"


def renamed(done: list[Event], album: str) -> Iterator[frozenset[int]]:
    """Every content that the song may have, where the rename is on the disk; by the changes that are, too."""
    if not any(event.kind == "rename" for event in done):
        return
    synced = max((index for index, event in enumerate(done) if event.kind == "sync" and event.file != album), default=-1)
    changes = [index for index, event in enumerate(done) if event.kind == "change"]
    sure = frozenset(index for index in changes if index < synced)
    loose = [index for index in changes if index > synced]
    sizes = range(len(loose) + 1) if len(loose) <= MOST else (len(loose) - 1, len(loose))
    for subset in chain.from_iterable(combinations(loose, size) for size in sizes):
        yield sure | frozenset(subset)
