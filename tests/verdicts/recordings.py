"""The recordings that are tagged: which music, in which format, beside which other music."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import taggers
from corpus import Editor
from tools import ffmpeg
from tracks import ASC, ASTERISK, HYPERROGUE, WARZONE, Track

SECONDS = 60
# Room for what makes the sound louder without clipping it.
QUIETER = "volume=-7dB"


@dataclass(frozen=True)
class Form:
    """A source format: how a file of it is encoded and who writes the full tags."""

    name: str
    suffix: str
    encode: tuple[str, ...]
    edit: Editor
    has_info: bool = False


@dataclass(frozen=True)
class Recording:
    """A tagged excerpt, and another piece of music that is neither tagged nor recorded."""

    form: Form
    track: Track
    other: Track

    def file(self, folder: Path) -> Path:
        """Where this recording is in a folder of one file each."""
        return folder / self.form.name / f"{self.track.name}{self.form.suffix}"

    @property
    def title(self) -> str:
        """What its record is called."""
        return self.track.fields()["TITLE"]


# In their fast settings, which lose a little more in half the time.
LAME = ("-c:a", "libmp3lame", "-compression_level", "7")
FAST_AAC = ("-c:a", "aac", "-aac_coder", "fast")

MP3 = Form("mp3", ".mp3", (*LAME, "-b:a", "192k", "-id3v2_version", "0"), taggers.mutagen_id3)
FLAC = Form("flac", ".flac", ("-c:a", "flac", "-sample_fmt", "s16"), taggers.mutagen_vorbis)
OGG = Form("ogg", ".ogg", ("-c:a", "libvorbis", "-q:a", "5"), taggers.mutagen_vorbis)
OPUS = Form("opus", ".opus", ("-c:a", "libopus", "-b:a", "112k"), taggers.mutagen_vorbis)
AAC = Form("aac", ".m4a", (*FAST_AAC, "-b:a", "160k"), taggers.mutagen_mp4)
ALAC = Form("alac", ".m4a", ("-c:a", "alac", "-sample_fmt", "s16p"), taggers.mutagen_mp4)
WAV = Form("wav", ".wav", ("-c:a", "pcm_s16le", "-bitexact"), taggers.mutagen_id3)
# What most programs write: a LIST INFO, beside which ffmpeg does not see the id3 chunk.
WAV_INFO = Form("wav-info", ".wav", ("-c:a", "pcm_s16le", "-metadata", "title=By ffmpeg"), taggers.mutagen_id3, True)
AIFF = Form("aiff", ".aiff", ("-c:a", "pcm_s16be"), taggers.mutagen_id3)
FORMS = (MP3, FLAC, OGG, OPUS, AAC, ALAC, WAV, WAV_INFO, AIFF)

ORIGINAL = WARZONE / "albums/original_soundtrack"
LEGACY = WARZONE / "albums/legacy_soundtrack"
AFTERMATH = WARZONE / "albums/aftermath_soundtrack"


def excerpt(name: str, source: Path, start: int, copyright: str | None = None) -> Track:
    """An excerpt of the usual length. An odd number gives ID3v2.3, and a WAV without a PRIV frame."""
    return Track(name, source, start, SECONDS, copyright)


# Strangers: in no record. Two of one package do not meet in one format.
ICYLAND = excerpt("t01", HYPERROGUE / "hr3-icyland.ogg", 10)
TRACK16 = excerpt("t02", LEGACY / "track16.opus", 60)
MOUNTAIN = excerpt("t03", HYPERROGUE / "hr-domina-mountain.ogg", 5)
TRACK22 = excerpt("t04", AFTERMATH / "track22.opus", 60)

# Each format has music of its own: a conversion is never the original of another format.
RECORDINGS = (
    Recording(MP3, excerpt("t31", ASC / "machine_wars.mp3", 120, "2003 The Composer"), ICYLAND),
    Recording(MP3, excerpt("t32", LEGACY / "track11.opus", 60), MOUNTAIN),
    Recording(FLAC, excerpt("t33", HYPERROGUE / "hr3-hell.ogg", 20, "2021 Label A & Label B [both]"), TRACK16),
    Recording(FLAC, excerpt("t34", ORIGINAL / "track1.opus", 60), ICYLAND),
    Recording(OGG, excerpt("t35", HYPERROGUE / "hr3-jungle.ogg", 10, "2015 Ж. Дюбуа"), TRACK22),
    Recording(OGG, excerpt("t36", ASC / "time_to_strike.mp3", 30), MOUNTAIN),
    Recording(OPUS, excerpt("t37", LEGACY / "track7.opus", 60, "1999 Pumpkin"), MOUNTAIN),
    Recording(OPUS, excerpt("t38", HYPERROGUE / "hr3-rlyeh.ogg", 20), TRACK16),
    Recording(AAC, excerpt("t39", HYPERROGUE / "hr3-graveyard.ogg", 20, "2012 Domina"), TRACK22),
    Recording(AAC, excerpt("t40", AFTERMATH / "track27.opus", 60), ICYLAND),
    Recording(ALAC, excerpt("t41", HYPERROGUE / "hr3-laboratory.ogg", 10), TRACK16),
    Recording(ALAC, excerpt("t42", LEGACY / "track12.opus", 60, "1999 Pumpkin Studios (P)"), MOUNTAIN),
    Recording(WAV, excerpt("t43", ASTERISK / "reno_project-system.wav", 100, "2006 Reno Project."), TRACK22),
    Recording(WAV, excerpt("t45", HYPERROGUE / "hr3-motion.ogg", 10), TRACK16),
    Recording(WAV_INFO, excerpt("t47", ASTERISK / "manolo_camp-morning_coffee.wav", 10), ICYLAND),
    Recording(WAV_INFO, excerpt("t49", HYPERROGUE / "hr3-desert.ogg", 10, "2019 Sine Nomine, Köln"), TRACK22),
    Recording(AIFF, excerpt("t50", HYPERROGUE / "hr3-mirror.ogg", 10, "2014 A Long Name"), TRACK16),
    Recording(AIFF, excerpt("t51", LEGACY / "track4.opus", 60), MOUNTAIN),
)

# A later pass of the same loop, note for note.
PASSES = (
    Recording(FLAC, excerpt("t61", AFTERMATH / "track21.opus", 99), excerpt("t71", AFTERMATH / "track21.opus", 227)),
    Recording(FLAC, excerpt("t62", ASTERISK / "macroform-the_simplicity.wav", 129),
              excerpt("t72", ASTERISK / "macroform-the_simplicity.wav", 196)),
)
# A later pass of the same music with other voices above it.
VARIATIONS = (
    Recording(MP3, excerpt("t63", ASC / "frontiers.mp3", 139), excerpt("t73", ASC / "frontiers.mp3", 211)),
    Recording(MP3, excerpt("t64", ASTERISK / "macroform-robot_dity.wav", 59),
              excerpt("t74", ASTERISK / "macroform-robot_dity.wav", 123)),
)
# The same recording, remastered.
REMASTERS = (
    Recording(OPUS, excerpt("t65", WARZONE / "menu.opus", 30), excerpt("t75", AFTERMATH / "menu_enhanced.opus", 30)),
    Recording(OPUS, excerpt("t66", WARZONE / "menu.opus", 100), excerpt("t76", AFTERMATH / "menu_enhanced.opus", 100)),
)
# The same composition with other instruments and effects.
MIXES = (
    Recording(OPUS, excerpt("t67", ORIGINAL / "track3.opus", 60),
              excerpt("t77", AFTERMATH / "track3_enhanced.opus", 60)),
)
# Bars that return unchanged within the excerpt: a part of it stands at several places.
LOOPS = (Recording(MP3, excerpt("t68", LEGACY / "track6.opus", 60), ICYLAND),)
EVERY = (*RECORDINGS, *PASSES, *VARIATIONS, *REMASTERS, *MIXES, *LOOPS)


def encode(form: Form, track: Track, file: Path) -> None:
    """Makes the excerpt in this format, without tags unless the format is named after one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg("-ss", str(track.start), "-t", str(track.seconds), "-i", track.source, "-map", "0:a:0",
           "-map_metadata", "-1", "-af", QUIETER, *form.encode, file)


def make(recording: Recording, tagged: Path, others: Path, cover: Path) -> None:
    """Makes the recording with full tags, still without ours, and the other piece without any."""
    file = recording.file(tagged)
    encode(recording.form, recording.track, file)
    recording.form.edit(file, recording.track, cover)
    encode(recording.form, recording.other, recording.file(others))
