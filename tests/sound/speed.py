#!/usr/bin/env python3
"""How fast and in how much memory we hear, beside fpcalc on the same files.

Both programs take turns on every file, on one processor; processor time is compared, which another program's load
disturbs less than the time on the wall. Needs what run.py needs.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).resolve().parent.parent / "real_music"))

import music
from tools import ENVIRONMENT, ffmpeg, in_parallel

TARGET = 0.8
"""Of fpcalc's speed."""
CODECS = {
    "MP3": ("mp3", ("-c:a", "libmp3lame", "-b:a", "192k")),
    "AAC": ("m4a", ("-c:a", "aac", "-b:a", "192k")),
    "FLAC": ("flac", ("-c:a", "flac")),
    "Vorbis": ("ogg", ("-c:a", "libvorbis", "-q:a", "5")),
    "Opus": ("opus", ("-c:a", "libopus", "-b:a", "128k", "-ar", "48000")),
    "WAV": ("wav", ("-c:a", "pcm_s16le")),
}
MOST_GROWTH = 1.5
"""Peak memory for an hour, over that for a minute."""


@dataclass(frozen=True)
class Run:
    """What one run of a program took: seconds of a processor, and kilobytes at most."""

    cpu: float
    peak: int


def measure(*command: str | Path) -> Run:
    """Runs a program; fpcalc's status says nothing. The memory is time's figure: Python's own would be counted."""
    with tempfile.NamedTemporaryFile("r") as taken:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        timed = ["/usr/bin/time", "-q", "-f", "%M", "-o", taken.name, *(str(word) for word in command)]
        done = subprocess.run(timed, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if b"fingerprint" not in done.stdout.lower():
            raise SystemExit(f"speed.py: no answer of {command}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(cpu, int(taken.read()))


def make(folder: Path, seconds: int, sources: list[Path]) -> dict[str, list[Path]]:
    """Every source in every codec, at 44,100 Hz (Opus: 48,000) in stereo."""
    def encode(job: tuple[str, Path]) -> Path:
        suffix, options = CODECS[job[0]]
        target = folder / f"{job[1].stem}.{suffix}"
        ffmpeg("-stream_loop", "-1", "-i", job[1], "-t", str(seconds), "-map", "0:a:0", "-map_metadata", "-1",
               *(() if "-ar" in options else ("-ar", "44100")), "-ac", "2", *options, target)
        return target

    jobs = [(codec, source) for codec in CODECS for source in sources]
    made = in_parallel(encode, jobs)
    return {codec: [file for (name, _), file in zip(jobs, made) if name == codec] for codec in CODECS}


def race(program: Path, files: dict[str, list[Path]], rounds: int) -> list[tuple[str, float, float, float]]:
    """For each codec the median seconds of processor time of both, and of the ratios of each round and file."""
    taken: dict[Path, tuple[list[Run], list[Run]]] = {file: ([], []) for found in files.values() for file in found}
    for number in range(rounds):
        for file, (ours, theirs) in taken.items():
            turns = [(ours, (program, "--json", "--jobs", "1", "--levels", "fingerprint", file)),
                     (theirs, ("fpcalc", "-length", "0", file))]
            for into, command in turns if number % 2 else reversed(turns):
                into.append(measure(*command))
    rows = []
    for codec, found in files.items():
        pairs = [pair for file in found for pair in zip(*taken[file])]
        rows.append((codec, median(ours.cpu for ours, _ in pairs), median(theirs.cpu for _, theirs in pairs),
                     median(theirs.cpu / ours.cpu for ours, theirs in pairs)))
    everything = [theirs.cpu / ours.cpu for both in taken.values() for ours, theirs in zip(*both)]
    rows.append(("all", median(row[1] for row in rows), median(row[2] for row in rows), median(everything)))
    return rows


def memory(program: Path, folder: Path, source: Path) -> list[tuple[str, int, int]]:
    """The peak of every level for a minute and for an hour, in kilobytes."""
    minute, hour = ({codec: found[0] for codec, found in make(place, seconds, [source]).items()}
                    for place, seconds in ((folder / "minute", 60), (folder / "hour", 3600)))

    def peak(file: Path) -> int:
        levels = "file,essence,pcm,iscc,fingerprint"
        return measure(program, "--json", "--jobs", "1", "--levels", levels, file).peak

    return [(codec, peak(minute[codec]), peak(hour[codec])) for codec in CODECS]


def main() -> int:
    """Makes the files, measures, and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("target/release/examples"), help="where our programs are")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=180, help="the length of a file in the race")
    parser.add_argument("--no-memory", action="store_true", help="leave out the hour-long files")
    options = parser.parse_args()
    program = (options.bin / "identify").resolve()
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="sound-speed-") as name:
        folder = Path(name)
        for part in ("race", "minute", "hour"):
            (folder / part).mkdir()
        sources = [music.WHOLE[5], music.EXCERPTS[7].source]
        rows = race(program, make(folder / "race", options.seconds, sources), options.rounds)
        print(f"{'codec':8} {'ours, s':>8} {'fpcalc, s':>10} {'fpcalc / ours':>14}")
        for codec, ours, theirs, ratio in rows:
            good = ratio >= TARGET
            passed, failed = passed + good, failed + (not good)
            print(f"{codec:8} {ours:8.2f} {theirs:10.2f} {ratio:14.2f}{'' if good else f'  FAIL under {TARGET}'}")
        if not options.no_memory:
            print(f"\n{'codec':8} {'1 minute, kB':>13} {'60 minutes, kB':>15}")
            for codec, minute, hour in memory(program, folder, sources[0]):
                good = hour <= MOST_GROWTH * minute
                passed, failed = passed + good, failed + (not good)
                print(f"{codec:8} {minute:13} {hour:15}{'' if good else f'  FAIL over {MOST_GROWTH} times'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
