"""A folder with songs, and what must be true of it whatever happened."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from cases import CORPUS

ATTRIBUTE = "user.noai.test"
MTIME = 1_000_000_000_123_456_789
BYSTANDERS = {
    "notes.txt": b"not audio\n",
    ".noai-audio-of-somebody.txt": b"not ours\n",
    "deep/er/empty": b"",
}


@dataclass(frozen=True)
class File:
    """All that the file system says of a file, but for its inode and the times that it alone sets."""

    bytes: bytes
    mode: int
    owner: tuple[int, int]
    mtime: int
    attributes: tuple[tuple[str, bytes], ...]

    @staticmethod
    def of(path: Path) -> File:
        """What stands at this path."""
        status = path.lstat()
        names = sorted(os.listxattr(path)) if has_attributes(path) else []
        attributes = tuple((name, os.getxattr(path, name)) for name in names)
        return File(path.read_bytes(), status.st_mode, (status.st_uid, status.st_gid), status.st_mtime_ns, attributes)


State = dict[str, File]


def has_attributes(path: Path) -> bool:
    """Whether the file system knows extended attributes."""
    try:
        os.listxattr(path)
    except OSError:
        return False
    return True


def fill(folder: Path, songs: tuple[str, ...]) -> None:
    """Puts songs and bystanders into a new folder."""
    for name, content in BYSTANDERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for song in songs:
        path = folder / Path(song).name
        shutil.copyfile(CORPUS / song, path)
        path.chmod(0o640)
        if has_attributes(path):
            try:
                os.setxattr(path, ATTRIBUTE, b"a\0b")
            except OSError:
                pass
        os.utime(path, ns=(MTIME, MTIME))


def state(folder: Path) -> State:
    """Every file below the folder."""
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir())
    return {str(path.relative_to(folder)): File.of(path) for path in paths}


def copy(source: Path, folder: Path) -> None:
    """An exact copy, in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder, symlinks=True)


def is_temporary(name: str) -> bool:
    """Whether this is one of the program's own temporary files."""
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".noai-audio-") and last.endswith(".tmp")


def temporaries(now: State) -> list[str]:
    """Those that are left."""
    return [name for name in now if is_temporary(name)]


def damages(now: State, old: State, new: State) -> list[str]:
    """What is neither as before nor as after the work, and what came or went."""
    found = [f"{name} is gone" for name in old if name not in now]
    found += [f"{name} came" for name in now if name not in old and not is_temporary(name)]
    for name in old.keys() & now.keys():
        if now[name] not in (old[name], new[name]):
            what = "bytes" if now[name].bytes not in (old[name].bytes, new[name].bytes) else "metadata"
            found.append(f"{name}: other {what} than before and after")
    return found
