"""Which music is listened to: excerpts of Debian's packages, and whole files as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracks import ASC, ASTERISK, HYPERROGUE, SONIC_PI, WARZONE


@dataclass(frozen=True)
class Excerpt:
    """A minute of a piece of music."""

    name: str
    source: Path
    start: int


EXCERPTS = (
    Excerpt("frontiers", ASC / "frontiers.mp3", 60),
    Excerpt("machine-wars", ASC / "machine_wars.mp3", 120),
    Excerpt("time-to-strike", ASC / "time_to_strike.mp3", 200),
    Excerpt("hunting", HYPERROGUE / "hr-domina-hunting.ogg", 4),
    Excerpt("mountain", HYPERROGUE / "hr-domina-mountain.ogg", 5),
    Excerpt("desert", HYPERROGUE / "hr3-desert.ogg", 6),
    Excerpt("graveyard", HYPERROGUE / "hr3-graveyard.ogg", 30),
    Excerpt("hell", HYPERROGUE / "hr3-hell.ogg", 20),
    Excerpt("jungle", HYPERROGUE / "hr3-jungle.ogg", 10),
    Excerpt("mirror", HYPERROGUE / "hr3-mirror.ogg", 12),
    Excerpt("rlyeh", HYPERROGUE / "hr3-rlyeh.ogg", 50),
    Excerpt("cold-day", ASTERISK / "macroform-cold_day.wav", 60),
    Excerpt("project-system", ASTERISK / "reno_project-system.wav", 100),
    Excerpt("menu", WARZONE / "menu.opus", 30),
    Excerpt("aftermath-3", WARZONE / "albums/aftermath_soundtrack/track3_enhanced.opus", 90),
    Excerpt("original-3", WARZONE / "albums/original_soundtrack/track3.opus", 60),
    Excerpt("legacy-6", WARZONE / "albums/legacy_soundtrack/track6.opus", 150),
)

DEEP = ("hell", "menu")
"""These are tried at every depth and in every container,"""
WIDE = "graveyard"
"""and this one at every rate and with every number of channels."""

WHOLE = (
    ASC / "machine_wars.mp3",
    HYPERROGUE / "hr-domina-mountain.ogg",
    HYPERROGUE / "hr3-caves.ogg",
    HYPERROGUE / "hr3-crossroads.ogg",
    ASTERISK / "manolo_camp-morning_coffee.wav",
    WARZONE / "menu.opus",
    WARZONE / "albums/legacy_soundtrack/track6.opus",
    *(SONIC_PI / f"{name}.flac" for name in ("ambi_lunar_land", "loop_garzul", "guit_em9", "vinyl_hiss")),
)
