"""Which music: every track of 30 seconds and more in the music folders of Debian packages."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import subprocess
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from related import GROUPS
from tools import ToolFailed, in_parallel, output_of

SUFFIXES = (".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav")
SHORTEST = 30.0

# Debian package, then the folder that holds its music and nothing else.
PACKAGES = {
    "amoebax-data": "usr/share/games/amoebax/music",
    "ardentryst": "usr/share/games/ardentryst/Music",
    "asc-music": "usr/share/games/asc/music",
    "asterisk-moh-opsound-wav": "usr/share/asterisk/moh",
    "btanks-data": "usr/share/games/btanks/data/tunes",
    "colobot-common-sounds": "usr/share/games/colobot/music",
    "davegnukem-data": "usr/share/games/davegnukem/music",
    "enigma-data": "usr/share/games/enigma/music",
    "fretsonfire-songs-muldjord": "usr/share/games/fretsonfire/data/songs/muldjord",
    "fretsonfire-songs-sectoid": "usr/share/games/fretsonfire/data/songs/sectoid",
    "hyperrogue-music": "usr/share/hyperrogue/music",
    "lordsawar-data": "usr/share/games/lordsawar/music",
    "miceamaze": "usr/share/games/miceamaze/music",
    "pushover-data": "usr/share/pushover/themes",
    "singularity-music": "usr/share/games/singularity/music",
    "starfighter-data": "usr/share/starfighter/music",
    "supertux-data": "usr/share/games/supertux2/music",
    "trackballs-data": "usr/share/games/trackballs/music",
    "warzone2100-music": "usr/share/games/warzone2100/music",
    "wesnoth-1.16-music": "usr/share/games/wesnoth",
    "wizznic-data": "usr/share/games/wizznic/packs/000_wizznic/music",
    "xmoto-data": "usr/share/games/xmoto/Textures/Musics",
}


@dataclass(frozen=True)
class Track:
    """One file of a package: `name` is the package and the path below its music folder."""

    package: str
    version: str
    name: str
    path: str
    seconds: float
    sha256: str

    @property
    def group(self) -> str:
        """Tracks of one group share sound, or may: see related.py."""
        return GROUPS.get(self.name, self.name)


def prepare(folder: Path, packages: list[str]) -> list[Track]:
    """The tracks of the packages, which are fetched and unpacked into the folder where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    found = in_parallel(lambda package: tracks_of(folder, package), packages)
    return [track for tracks in found for track in tracks]


def sample(tracks: list[Track], shortest: float, of_each: int) -> list[Track]:
    """At most so many tracks of every package, by a draw that is always the same; first the first of each package."""
    drawn: dict[str, list[Track]] = {}
    for track in sorted(tracks, key=lambda track: hashlib.sha256(track.name.encode()).digest()):
        if track.seconds >= shortest:
            drawn.setdefault(track.package, []).append(track)
    ranks = itertools.zip_longest(*(of_package[:of_each] for of_package in drawn.values()))
    return [track for rank in ranks for track in rank if track is not None]


def tracks_of(folder: Path, package: str) -> list[Track]:
    """One package's tracks, in the order of their names."""
    stamp = folder / f"{package}.json"
    if not stamp.is_file():
        shutil.rmtree(folder / package, ignore_errors=True)
        version = unpack(folder, package)
        tracks = look(folder, package, version)
        stamp.write_text(json.dumps([asdict(track) for track in tracks], indent=1))
    return [Track(**fields) for fields in json.loads(stamp.read_text())]


def unpack(folder: Path, package: str) -> str:
    """Fetches the package with apt-get and takes the music out of it; nothing is installed. Gives its version."""
    output_of("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, folder=folder)
    archive = max(folder.glob(f"{package}_*.deb"), key=lambda file: file.stat().st_mtime)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as unpacked:
        with tarfile.open(fileobj=unpacked.stdout, mode="r|") as members:
            for member in members:
                take(members, member, folder / package, PACKAGES[package])
    if unpacked.returncode != 0:
        raise ToolFailed(f"dpkg-deb cannot unpack {archive}")
    version = output_of("dpkg-deb", "--field", archive, "Version").strip()
    archive.unlink()
    return version


def take(members: tarfile.TarFile, member: tarfile.TarInfo, target: Path, music: str) -> None:
    """Writes one member of the package to the target folder, where it is a file of music."""
    path = Path(member.name)
    if member.isfile() and path.suffix in SUFFIXES and path.is_relative_to(music) and ".." not in path.parts:
        file = target / path.relative_to(music)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            shutil.copyfileobj(members.extractfile(member), opened)


def look(folder: Path, package: str, version: str) -> list[Track]:
    """Measures the unpacked files and leaves out what is too short."""
    tracks = []
    for file in sorted((folder / package).rglob("*")):
        if file.is_file() and (seconds := duration(file)) >= SHORTEST:
            name = f"{package}/{file.relative_to(folder / package)}"
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            tracks.append(Track(package, version, name, str(file), seconds, digest))
    return tracks


def duration(file: Path) -> float:
    """The length in seconds by ffprobe; 0 for a file that it cannot read (three of hyperrogue-music)."""
    try:
        return float(output_of("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file))
    except ToolFailed:
        return 0.0
