"""Which music the corpus is made of: excerpts, whole originals, and what their tags say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ASC = Path("/usr/share/games/asc/music")
HYPERROGUE = Path("/usr/share/hyperrogue/music")
HYPERROGUE_SOUNDS = Path("/usr/share/hyperrogue/sounds")
SONIC_PI = Path("/usr/share/sonic-pi/samples")
ASTERISK = Path("/usr/share/asterisk/moh")
WARZONE = Path("/usr/share/games/warzone2100/music")


@dataclass(frozen=True)
class Track:
    """An excerpt of a piece of music: where it comes from, where it starts and how long it is."""

    name: str
    source: Path
    start: int
    seconds: int
    copyright: str | None

    def fields(self) -> dict[str, str]:
        """The full set of tag fields, by the names that Vorbis comments use."""
        number = int(self.name[1:])
        fields = {
            "TITLE": f"Stück {number} – Überfahrt, 海の歌 ♪",
            "ARTIST": f"Ensemble Nr. {number}; Gäste",
            "ALBUM": "Real Music, Vol. = 1",
            "TRACKNUMBER": f"{number:02}",
            "COMMENT": "Recorded live. 100% \"analogue\"; do not master again!",
            "ISRC": f"DEABC19{number:05}",
            "MOOD": "wide awake",
        }
        if self.copyright is not None:
            fields["COPYRIGHT"] = self.copyright
        return fields


TRACKS = (
    Track("t01", ASC / "frontiers.mp3", 60, 30, "2019 Sine Nomine, Köln"),
    Track("t02", ASC / "machine_wars.mp3", 120, 40, "2003 The Composer"),
    Track("t03", ASC / "time_to_strike.mp3", 30, 25, None),
    Track("t04", HYPERROGUE / "hr3-hell.ogg", 20, 60, "2021 Label A & Label B [both]"),
    Track("t05", HYPERROGUE / "hr3-jungle.ogg", 10, 25, "2015 Ж. Дюбуа"),
    Track("t06", HYPERROGUE / "hr-domina-mountain.ogg", 5, 40, "2012 Domina"),
    Track("t07", SONIC_PI / "loop_garzul.flac", 0, 8, None),
    Track("t08", SONIC_PI / "ambi_lunar_land.flac", 0, 7, "2014 A Very Long Name " * 30 + "Ltd."),
    Track("t09", ASTERISK / "reno_project-system.wav", 100, 60, "2006 Reno Project."),
    Track("t10", ASTERISK / "manolo_camp-morning_coffee.wav", 10, 30, None),
    Track("t11", WARZONE / "albums/original_soundtrack/track3.opus", 60, 45, "1999 Pumpkin"),
    Track("t12", WARZONE / "menu.opus", 30, 35, "1999 Pumpkin Studios (P)"),
)


def originals() -> list[Path]:
    """Files taken from the packages as they are, none larger than 6 MB."""
    return [
        *sorted(ASC.glob("*.mp3")),
        *(HYPERROGUE / f"{name}.ogg" for name in HYPERROGUE_MUSIC),
        *(HYPERROGUE_SOUNDS / f"{name}.ogg" for name in HYPERROGUE_EFFECTS),
        *(SONIC_PI / f"{name}.flac" for name in SONIC_PI_SAMPLES),
        SONIC_PI.parent / "buffers/rand-stream.wav",
        *sorted(ASTERISK.glob("*.wav")),
        *(WARZONE / f"{name}.opus" for name in WARZONE_MUSIC),
    ]


HYPERROGUE_MUSIC = (
    "hr-domina-hunting", "hr-savino-palace", "hr3-caves", "hr3-crossroads", "hr3-desert",
    "hr3-graveyard", "hr3-mirror", "hr3-rlyeh",
)
# Very short ones, one channel, 22,050 and 32,000 Hz: audio that begins on the header's page.
HYPERROGUE_EFFECTS = (
    "apple", "click", "die-bomberbird", "die-kraken", "explosion", "hit-sword1", "necromancy",
)
SONIC_PI_SAMPLES = (
    "ambi_choir", "ambi_sauna", "bass_voxy_c", "bd_808", "bd_ada", "drum_cymbal_soft", "elec_beep",
    "elec_blip", "guit_em9", "loop_3d_printer", "misc_cineboom", "vinyl_hiss",
)
WARZONE_MUSIC = (
    "menu", "albums/original_soundtrack/track3", "albums/aftermath_soundtrack/track3_enhanced",
    "albums/legacy_soundtrack/track6",
)
