#!/usr/bin/env python3
"""Whether tracks contain the same sound, by their samples and not by anything that this crate computes.

    shared_sound.py FILE FILE…

Every stretch of 10 seconds of each file is looked for in each other file: both are whitened, so that every frequency
counts alike, and correlated at every offset. Where the same samples are in both, one offset stands out; between
different recordings none does, whatever they have in common musically. Needs numpy (Debian: python3-numpy).
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy

RATE = 8000
STRETCH = 10 * RATE
CERTAIN = 50.0
"""Peak over standard deviation. Shared sound gives above 100, other recordings mostly below 20; what lies between is
music that is made of the same loops and instruments."""


def samples(file: Path) -> numpy.ndarray:
    """The track at 8 kHz, one channel."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", file, "-vn", "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    return numpy.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, dtype="<f4")


def peak(stretch: numpy.ndarray, track: numpy.ndarray) -> float:
    """The largest peak of the whitened correlation over its standard deviation."""
    size = 1 << (len(stretch) + len(track)).bit_length()
    found = numpy.fft.irfft(numpy.conj(whitened(stretch, size)) * whitened(track, size), size)[:len(track)]
    return float(numpy.abs(found).max() / found.std())


def whitened(sound: numpy.ndarray, size: int) -> numpy.ndarray:
    """The spectrum between 300 and 3,000 Hz with all frequencies equally strong."""
    spectrum = numpy.fft.rfft(sound, size)
    frequency = numpy.fft.rfftfreq(size, 1 / RATE)
    strength = numpy.abs(spectrum)
    band = (frequency > 300) & (frequency < 3000) & (strength > 0)
    return numpy.where(band, spectrum / numpy.where(band, strength, 1), 0)


def shared(one: numpy.ndarray, other: numpy.ndarray) -> tuple[int, int, float]:
    """How many stretches of the first are in the second, of how many, and the largest peak."""
    stretches = [one[start:start + STRETCH] for start in range(0, len(one) - STRETCH + 1, STRETCH)]
    peaks = [peak(stretch, other) for stretch in stretches if stretch.std() > 1e-4]
    return sum(value >= CERTAIN for value in peaks), len(peaks), max(peaks, default=0.0)


def main() -> None:
    """Prints a line for every pair."""
    files = [Path(name) for name in sys.argv[1:]]
    tracks = {file: samples(file) for file in files}
    for one, other in itertools.combinations(files, 2):
        found, of, largest = shared(tracks[one], tracks[other])
        print(f"{found:3} of {of:3} stretches, largest peak {largest:6.1f}: {one} | {other}", flush=True)


if __name__ == "__main__":
    main()
