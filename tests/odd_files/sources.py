"""Odd audio files of others, taken at test time from source packages and never kept in the repository."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tools import run

# What is asked for: where it comes from, its name, and the folder in it that holds files.
PYPI = (("mutagen", "1.48.1", "tests/data"),)
DEBIAN = (("taglib", "tests/data"), ("libimage-exiftool-perl", "t/images"))

SUFFIXES = frozenset(
    "aac aif aifc aiff ape caf flac m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpc oga ogg oggflac opus spx tta wav webm "
    "wv 3g2 ac3 asf dff dsf eac3 id3 mid ofr ofs oggtheora ra rm tak w64 wma apev2".split()
)


def fetch(folder: Path) -> dict[str, list[Path]]:
    """The odd files of every source, downloaded where they are not yet there."""
    found = {}
    for name, version, inside in PYPI:
        found[name] = files(unpacked(folder / name, inside, lambda to: from_pypi(name, version, to)))
    for name, inside in DEBIAN:
        found[name] = files(unpacked(folder / name, inside, lambda to: from_debian(name, to)))
    return found


def unpacked(folder: Path, inside: str, download) -> Path:
    """The folder of files in an unpacked source package."""
    if not (folder / "complete").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        download(folder)
        (archive,) = [file for file in folder.iterdir() if re.search(r"\.tar\.\w+$", file.name)]
        run("tar", "-x", "--no-same-owner", "-f", archive, "-C", folder)
        (folder / "complete").touch()
    (top,) = folder.glob(f"*/{inside}")
    return top


def from_pypi(name: str, version: str, to: Path) -> None:
    """Downloads a source distribution."""
    run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps",
        "--no-binary", ":all:", "--dest", to, f"{name}=={version}")


def from_debian(name: str, to: Path) -> None:
    """Downloads the original archive of a source package, with the machine's own sources of packages."""
    work = to / "apt"
    for part in ("sources", "lists/partial", "cache/archives/partial"):
        (work / part).mkdir(parents=True)
    write_sources(work / "sources")
    options = ["Dir::Etc::sourcelist=/dev/null", f"Dir::Etc::sourceparts={work / 'sources'}",
               f"Dir::State::lists={work / 'lists'}", f"Dir::Cache={work / 'cache'}", "Acquire::Retries=3",
               "APT::Sandbox::User="]
    apt = ["apt-get", "-q", *(word for option in options for word in ("-o", option))]
    run(*apt, "update")
    run("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", to, *apt, "--download-only", "source", name)
    shutil.rmtree(work)
    for file in to.iterdir():
        if ".orig." not in file.name or file.suffix == ".asc":
            file.unlink()


def write_sources(folder: Path) -> None:
    """The machine's sources of Debian packages, of sources instead of binaries."""
    listed = [*Path("/etc/apt").glob("sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    for file in listed:
        text = file.read_text(errors="replace")
        if file.suffix == ".sources":
            text = re.sub(r"^Types:.*$", "Types: deb-src", text, flags=re.MULTILINE)
        elif file.suffix == ".list":
            text = re.sub(r"^deb\s", "deb-src ", text, flags=re.MULTILINE)
        else:
            continue
        (folder / file.name).write_text(text)


def files(folder: Path) -> list[Path]:
    """The audio files below a folder."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in found if file.suffix.lower().lstrip(".") in SUFFIXES)
