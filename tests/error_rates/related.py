"""Which tracks share sound: two versions of a recording, or the instruments of one, in two files.

A pair stands here where its names say so, or where it scored high and `shared_sound.py` then found the same samples in
both. Pairs that scored high without that stay among the different recordings: they are false matches.
"""

from __future__ import annotations

MULDJORD = "fretsonfire-songs-muldjord"
SECTOID = "fretsonfire-songs-sectoid"
WARZONE = "warzone2100-music"

# Two tracks, and how it is known; the number is shared_sound.py's largest peak.
RELATED: tuple[tuple[str, str, str], ...] = (
    ("ardentryst/theme1.ogg", "ardentryst/theme1_raw.ogg", "name; same samples (177)"),
    ("colobot-common-sounds/Infinite.ogg", "colobot-common-sounds/music008.ogg",
     "same samples in the first 30 s (157)"),
    ("singularity-music/Through Space.ogg", "starfighter-data/through_space.ogg", "name; same samples (202)"),
    ("supertux-data/misc/theme.ogg", "supertux-data/misc/christmas_theme.ogg",
     "name; same samples in 10 s of 137 (196)"),
    (f"{WARZONE}/menu.opus", f"{WARZONE}/albums/aftermath_soundtrack/menu_enhanced.opus", "name; same samples (267)"),
    (f"{WARZONE}/albums/original_soundtrack/track3.opus", f"{WARZONE}/albums/aftermath_soundtrack/track3_enhanced.opus",
     "name; same samples (155)"),
    (f"{WARZONE}/albums/legacy_soundtrack/track4.opus", f"{WARZONE}/albums/legacy_soundtrack/track7.opus",
     "same samples in 30 s (59)"),
    *((f"{package}/{song}/guitar.ogg", f"{package}/{song}/song.ogg", "guitar and the other instruments of one song")
      for package, song in (
          (MULDJORD, "armygeddon"), (MULDJORD, "chaos_god"), (MULDJORD, "internal_degeneration"),
          (MULDJORD, "mutilated_mime"), (SECTOID, "Escape from chaosland"), (SECTOID, "Feelings"),
          (SECTOID, "Metal madness"), (SECTOID, "War of freedom"))),
)

# No track is in two pairs, so a pair is a group.
GROUPS = {name: one for one, other, _ in RELATED for name in (one, other)}
