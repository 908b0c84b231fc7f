"""Running other people's programs, quietly and two at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 2


class ToolFailed(Exception):
    """A program ended with an error."""


def output_of(*command: str | Path, folder: Path | None = None, good: tuple[int, ...] = (0,)) -> str:
    """Runs a command without standard input, which has to end with a good status: its output."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in good:
        error = done.stderr.decode(errors="replace")[-800:]
        raise ToolFailed(f"status {done.returncode}: {' '.join(words)[:400]}\n{error}")
    return done.stdout.decode()


def ffmpeg(*arguments: str | Path) -> None:
    """Runs ffmpeg on one thread, overwriting its output; no tag and no picture is taken along."""
    *rest, target = arguments
    output_of("ffmpeg", "-y", "-nostdin", "-v", "error", "-threads", "1", *rest,
              "-vn", "-map_metadata", "-1", "-bitexact", target)


def in_parallel(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The function's results in the items' order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(function, items))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Says on the error output how long a step took."""
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:7.1f} s  {what}", file=sys.stderr, flush=True)
