"""Which programs are made to fail, on which files, and with which faults."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "test-audio"

# Of every format that is written: a file without tags and one that others tagged.
SONGS = {
    "mp3": ("clean/sine.mp3", "tagged/mutagen-v23.mp3"),
    "flac": ("clean/sine.flac", "tagged/mutagen.flac"),
    "ogg": ("clean/sine.ogg", "tagged/mutagen.opus"),
    "mp4": ("clean/sine.m4a", "tagged/mutagen.m4a"),
    "wav": ("clean/sine.wav", "tagged/info-two-icop.wav"),
    "aiff": ("clean/sine.aiff", "tagged/copyright-odd.aiff"),
    "adts": ("clean/sine.aac", "tagged/ape.aac"),
    "wavpack": ("clean/sine.wv", "tagged/ape-multi.wv"),
    "ape": ("clean/sine.ape", "tagged/mutagen.ape"),
    "musepack": ("clean/sine.mpc", "tagged/mutagen.mpc"),
    "tta": ("clean/sine.tta", "tagged/ffmpeg.tta"),
}


@dataclass(frozen=True)
class Case:
    """One program at work on one folder."""

    name: str
    program: str
    songs: tuple[str, ...]
    options: tuple[str, ...] = ()
    # What is done to the folder first, with which options.
    before: tuple[str, ...] | None = None
    writes: bool = True
    # False with several threads: then the number of a call says nothing about which one it is.
    ordered: bool = True
    # Only with --all: what it shows of this format, another shows too.
    extra: bool = False


def absent_formats() -> list[str]:
    """Formats that the ledger of the corpus has as written, and that no case is made of."""
    lines = (CORPUS / "expected.txt").read_text().splitlines()
    words = (line.split() for line in lines if not line.startswith("#"))
    return sorted({word[1] for word in words if word[2] == "tagged"} - SONGS.keys())


def cases() -> Iterator[Case]:
    """Embed and strip for every format, on tagged and untagged files, then what is special."""
    one = ("--json", "--jobs", "1")
    for name, (clean, tagged) in SONGS.items():
        yield Case(f"{name}: embed", "tag_folder", (clean,), one)
        yield Case(f"{name}: strip", "strip_folder", (clean,), one, before=())
        yield Case(f"{name}: embed beside tags", "tag_folder", (tagged,), one)
        yield Case(f"{name}: strip beside tags", "strip_folder", (tagged,), one, before=(), extra=name != "mp3")
        yield Case(f"{name}: replace", "tag_folder", (clean,), (*one, "--no-notice", "--replace"),
                   before=("--preset", "no-machine-use"), extra=name != "mp3")
        yield Case(f"{name}: show", "show", (clean,), ("--json", "--may", "training"), before=(), writes=False,
                   extra=name != "mp3")
        yield Case(f"{name}: verify", "verify_folder", (clean,), ("--json",), before=(), writes=False, extra=name != "mp3")
    every = tuple(clean for clean, _ in SONGS.values())
    yield Case("all formats, three jobs: embed", "tag_folder", every, ("--json", "--jobs", "3"), ordered=False)
    yield Case("all formats, three jobs: strip", "strip_folder", every, ("--json", "--jobs", "3"), before=(), ordered=False)


KILL = "kill"
# What a system call may answer, beside the file being lost to a kill.
FAILURES = {
    "read": ("EIO", "EINTR", "none", "short"),
    "write": ("EIO", "EINTR", "ENOSPC+", "EDQUOT+", "EFBIG", "short"),
    "copy_file_range": ("EIO", "EINTR", "ENOSPC+", "EDQUOT+", "EXDEV+", "EOPNOTSUPP+", "none", "short"),
    "sendfile": ("EIO", "EINTR", "EINVAL", "ENOSPC+", "short"),
    "openat": ("EIO", "EINTR", "EACCES", "EMFILE+", "ENOSPC", "EROFS"),
    "statx": ("EIO", "EACCES", "ENOMEM"),
    "fsync": ("EIO", "EINTR", "ENOSPC", "EDQUOT"),
    "rename": ("EIO", "ENOSPC", "EPERM", "EACCES", "EBUSY", "EROFS"),
    "unlink": ("EIO", "EPERM", "EROFS"),
    "flock": ("EIO", "EINTR", "ENOLCK", "EOPNOTSUPP"),
    "fchmod": ("EIO", "EINTR", "EPERM", "EROFS"),
    "fchown": ("EIO", "EINTR", "EPERM", "EDQUOT"),
    "fsetxattr": ("EIO", "ENOSPC", "EDQUOT", "EPERM", "E2BIG"),
    "fgetxattr": ("EIO", "E2BIG"),
    "flistxattr": ("EIO", "E2BIG"),
    "utimensat": ("EIO", "EPERM"),
    "getdents64": ("EIO", "EINTR"),
    "close": ("EIO", "EINTR", "ENOSPC"),
}


def faults(name: str | None, case: Case) -> list[str]:
    """The faults for a call of this name, as `trace` takes them; a `+` behind means: for ever."""
    names = ("EIO",) if name is None else FAILURES.get(name, ("EIO",))
    spoken = [f"errno:{number(name)}" if name[0] == "E" else name for name in names]
    return [KILL, *spoken] if case.writes else spoken


def is_possible(name: str, path: str, fault: str) -> bool:
    """False for a folder that fails to close: no file system does that, and Rust's library would not believe it."""
    is_folder = not Path(path).suffix
    return name != "close" or not is_folder or fault in (KILL, f"errno:{errno.EINTR}")


def number(name: str) -> str:
    """The number of an error, and what stands behind its name."""
    return f"{getattr(errno, name.rstrip('+'))}{name[len(name.rstrip('+')):]}"
