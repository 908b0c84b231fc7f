"""What if somebody else is at work on the same file, before each system call of ours?"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import Case
from folder import MTIME, State, copy, fill, state, temporaries
from programs import Call, Programs

NAME = "somebody else at work"
SONG = "sine.mp3"
TIME_BACK = f"touch -d @{MTIME // 10**9}.{MTIME % 10**9}"


@dataclass(frozen=True)
class Meddler:
    """What another program does to the song, as a shell command in the folder."""

    name: str
    command: str
    # Ours knows of the lock: then even the moment before the rename is safe.
    ours: bool = False


def meddlers(programs: Programs) -> tuple[Meddler, ...]:
    """Those that change the song, its name or its folder."""
    tag, strip = (shlex.quote(str(programs.folder / name)) for name in ("tag_folder", "strip_folder"))
    return (
        Meddler("appends", f"printf x >>{SONG} && touch -d @1234567890 {SONG}"),
        Meddler("changes a byte and puts the time back",
                f"printf x | dd of={SONG} bs=1 seek=1000 conv=notrunc 2>/dev/null && {TIME_BACK} {SONG}"),
        Meddler("puts another file in its place", f"cp -p {SONG} other && printf x >>other && {TIME_BACK} other && mv other {SONG}"),
        Meddler("takes it away", f"rm {SONG}"),
        Meddler("renames the folder", "cd .. && mv album elsewhere"),
        Meddler("takes rights away", f"chmod 600 {SONG}"),
        Meddler("is a second tagger", f"{tag} --jobs 1 . >/dev/null 2>&1; true", ours=True),
        Meddler("is a stripper", f"{strip} --jobs 1 . >/dev/null 2>&1; true", ours=True),
    )


def play(programs: Programs, work: Path, chosen: Callable[[tuple[Call, ...]], dict]) -> tuple[int, list[str]]:
    """Lets each meddler in before each chosen call: how often, and what was wrong."""
    case = Case("meddled with", "tag_folder", ("clean/sine.mp3",), ("--json", "--jobs", "1"))
    first, album, elsewhere = work / "first" / "album", work / "album", work / "elsewhere"
    fill(first, case.songs)
    command = programs.command(case, album)

    def after(*steps: Callable[[], object]) -> State:
        copy(first, album)
        shutil.rmtree(elsewhere, ignore_errors=True)
        for step in steps:
            step()
        return state(album if album.exists() else elsewhere)

    copy(first, album)
    picked = chosen(programs.traced(command, album).calls)
    times, found = 0, []
    for meddler in meddlers(programs):
        shell = f"cd {shlex.quote(str(album))} && {{ {meddler.command}; }}"
        meddle, tag = (lambda: os.system(shell)), (lambda: programs.plain(command))
        outcomes = {
            "before": after(meddle), "before, then tagged": after(meddle, tag),
            "tagged, then after": after(tag, meddle), "tagged": after(tag),
        }
        for number in picked:
            copy(first, album)
            shutil.rmtree(elsewhere, ignore_errors=True)
            ran = programs.traced(command, album, number, f"run:{shell}")
            fired = [call for call in ran.calls if call.fired]
            if not fired:
                continue
            times += 1
            now = state(album if album.exists() else elsewhere)
            for what in problems(meddler, ran.status, fired[0].name, now, outcomes):
                found.append(f"somebody {meddler.name} before call {number}, {fired[0].name} {' '.join(fired[0].paths)}: {what}")
    return times, found


def problems(meddler: Meddler, status: int, call: str, now: State, outcomes: dict[str, State]) -> Iterator[str]:
    """What is wrong afterwards: something lost, or a lie about it."""
    song = now.get(SONG)
    which = [name for name, then in outcomes.items() if then.get(SONG) == song]
    # Between the last look and the rename nothing can be seen: POSIX has no rename under a condition.
    is_gap = call.startswith("rename") and not meddler.ours
    allowed = {"before", "before, then tagged", "tagged, then after"} | ({"tagged"} if is_gap else set())
    if not allowed & set(which):
        yield f"the song is {which or 'something else'}"
    if status not in (0, 1, 3):
        yield f"ended with {status}"
    said_done = status == 0
    is_done = bool({"before, then tagged", "tagged, then after"} & set(which))
    if said_done and not is_done and not is_gap:
        yield f"said done, and the song is {which}"
    left = temporaries(now)
    if left and "renames" not in meddler.name:
        yield f"left {left}"
    others = {name for name in now if name != SONG} - set(left)
    if others != {name for name in outcomes["before"] if name != SONG}:
        yield f"other files: {sorted(others)}"
