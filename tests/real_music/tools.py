"""Running other people's programs, quietly and in parallel."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}


class ToolFailed(Exception):
    """A program of the corpus' making ended with an error."""


def output_of(*command: str | Path) -> tuple[int, str, str]:
    """Runs a command without standard input: its status, output and error output."""
    done = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def run(*command: str | Path) -> None:
    """Runs a command that has to succeed."""
    status, out, err = output_of(*command)
    if status != 0:
        words = " ".join(str(word) for word in command)
        raise ToolFailed(f"status {status}: {words[:400]}\n{out[-400:]}\n{err[-800:]}")


def ffmpeg(*arguments: str | Path) -> None:
    """Runs ffmpeg, overwriting its output."""
    run("ffmpeg", "-y", "-nostdin", "-v", "error", *arguments)


def in_parallel(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The function's results in the items' order, made on all cores."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(function, items))
