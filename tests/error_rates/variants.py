"""What happens to a recording on its way: transcodes, levels and tone, cuts, speed and pitch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools import ffmpeg

CUT = 45
"""Seconds of every track, from its middle, that variants are made of."""

# Encoders in settings that take a third of the time and lose more.
AAC = "-c:a aac -aac_coder fast -b:a"
MP3 = "-c:a libmp3lame -compression_level 7"

TRANSCODE = "transcode"
PROCESSED = "level and tone"
PART = "part"
WARPED = "speed and pitch"


@dataclass(frozen=True)
class Variant:
    """One thing that happens to the cut: steps of ffmpeg's options, each with the suffix of what it makes."""

    name: str
    kind: str
    says: str
    steps: tuple[tuple[str, str], ...]


def encoded(name: str, says: str, suffix: str, options: str) -> Variant:
    """A transcode in one step."""
    return Variant(name, TRANSCODE, says, ((suffix, options),))


def filtered(name: str, kind: str, says: str, filters: str) -> Variant:
    """Something that filters do; the result is a WAV of 16 bits."""
    return Variant(name, kind, says, ((".wav", f"-af {filters}"),))


VARIANTS = (
    encoded("flac", "FLAC", ".flac", "-c:a flac"),
    encoded("mp3-v0", "MP3 V0", ".mp3", f"{MP3} -q:a 0"),
    encoded("mp3-128", "MP3 128 kb/s", ".mp3", f"{MP3} -b:a 128k"),
    encoded("mp3-64", "MP3 64 kb/s", ".mp3", f"{MP3} -b:a 64k"),
    encoded("mp3-32-mono", "MP3 32 kb/s, mono, 22.05 kHz", ".mp3", f"-ac 1 -ar 22050 {MP3} -b:a 32k"),
    encoded("aac-256", "AAC 256 kb/s", ".m4a", f"{AAC} 256k"),
    encoded("aac-128", "AAC 128 kb/s", ".m4a", f"{AAC} 128k"),
    encoded("aac-64", "AAC 64 kb/s", ".m4a", f"{AAC} 64k"),
    encoded("opus-128", "Opus 128 kb/s", ".opus", "-c:a libopus -b:a 128k"),
    encoded("opus-64", "Opus 64 kb/s", ".opus", "-c:a libopus -b:a 64k"),
    encoded("opus-24", "Opus 24 kb/s", ".opus", "-c:a libopus -b:a 24k"),
    encoded("vorbis-q6", "Vorbis q6", ".ogg", "-c:a libvorbis -q:a 6"),
    encoded("vorbis-q0", "Vorbis q0", ".ogg", "-c:a libvorbis -q:a 0"),
    Variant("chain", TRANSCODE, "MP3 128 → AAC 128 → Opus 64 kb/s", (
        (".mp3", f"{MP3} -b:a 128k"),
        (".m4a", f"{AAC} 128k"),
        (".opus", "-c:a libopus -b:a 64k"),
    )),
    filtered("gain-12", PROCESSED, "gain −12 dB", "volume=-12dB"),
    filtered("gain+6", PROCESSED, "gain +6 dB, clipped where it is too loud", "volume=6dB"),
    filtered("loudness", PROCESSED, "loudness normalised as it changes (dynaudnorm)", "dynaudnorm"),
    filtered("compressor", PROCESSED, "compressor 8:1 above −24 dB, then +12 dB",
             "acompressor=threshold=-24dB:ratio=8:attack=5:release=100:makeup=4"),
    filtered("mono", PROCESSED, "mono", "pan=mono|c0=0.5*FL+0.5*FR"),
    filtered("22-khz", PROCESSED, "22.05 kHz", "aresample=22050"),
    filtered("low-pass", PROCESSED, "low-pass at 8 kHz", "lowpass=f=8000,lowpass=f=8000"),
    filtered("high-pass", PROCESSED, "high-pass at 150 Hz", "highpass=f=150,highpass=f=150"),
    filtered("eq", PROCESSED, "bass and treble +6 dB, middle −6 dB",
             "bass=g=6:f=120,equalizer=f=1000:t=o:w=2:g=-6,treble=g=6:f=6000"),
    filtered("reverb", PROCESSED, "three echoes, 40 to 110 ms", "aecho=0.8:0.7:40|75|110:0.4|0.3|0.2"),
    Variant("noise-51", PROCESSED, "white noise at −51 dBFS", (
        (".wav", "-filter_complex anoisesrc=a=0.005:seed=7[n];[0:a][n]amix=2:duration=first:normalize=0"),)),
    Variant("noise-31", PROCESSED, "white noise at −31 dBFS", (
        (".wav", "-filter_complex anoisesrc=a=0.05:seed=7[n];[0:a][n]amix=2:duration=first:normalize=0"),)),
    filtered("fade", PROCESSED, "fade-in and fade-out of 5 s", f"afade=t=in:d=5,afade=t=out:st={CUT - 5}:d=5"),
    filtered("silence", PART, "2 s of silence in front", "adelay=2000:all=1"),
    Variant("trim-1", PART, "first second cut off", ((".wav", "-ss 1"),)),
    Variant("trim-10", PART, "first 10 s cut off", ((".wav", "-ss 10"),)),
    Variant("excerpt-30", PART, "30 s from the middle", ((".wav", "-ss 7.5 -t 30"),)),
    Variant("excerpt-30-mp3", PART, "30 s from the middle, MP3 64 kb/s", (
        (".mp3", f"-ss 7.5 -t 30 {MP3} -b:a 64k"),)),
    Variant("excerpt-15", PART, "15 s from the middle", ((".wav", "-ss 15 -t 15"),)),
    Variant("excerpt-10", PART, "10 s from the middle", ((".wav", "-ss 17.5 -t 10"),)),
    filtered("speed-0.2", WARPED, "speed +0.2 %, as a turntable does", "asetrate=44188,aresample=44100"),
    filtered("speed-1", WARPED, "speed +1 %, as a turntable does", "asetrate=44541,aresample=44100"),
    filtered("tempo-1", WARPED, "tempo +1 %, same pitch", "atempo=1.01"),
    filtered("pitch", WARPED, "pitch +1 semitone, same tempo",
             f"asetrate={round(44100 * 2 ** (1 / 12))},aresample=44100,atempo={2 ** (-1 / 12):.6f}"),
)


def rules() -> str:
    """What decides the variants."""
    return repr((CUT, [(variant.name, variant.steps) for variant in VARIANTS]))


def cut(track: Path, seconds: float, target: Path) -> None:
    """Writes the track's middle as a WAV of 16 bits, stereo, 44.1 kHz."""
    ffmpeg("-ss", f"{(seconds - CUT) / 2:.3f}", "-t", str(CUT), "-i", track, "-ac", "2", "-ar", "44100", target)


def make(source: Path, variant: Variant, target: Path) -> Path:
    """Makes one variant of the cut beside the target; its file, with its suffix."""
    before = source
    for number, (suffix, options) in enumerate(variant.steps):
        last = number == len(variant.steps) - 1
        file = target.with_name(f"{target.name}{'' if last else f'-step{number}'}{suffix}")
        ffmpeg("-i", before, *options.split(" "), file)
        if before != source:
            before.unlink()
        before = file
    return before
