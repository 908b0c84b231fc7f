//! Where the offsets of a fragmented MP4 point to: apart from the crate's own reader.
//!
//! A target is the number of an atom at the top, and a distance from its start.

use super::Outcome;
use super::bytes::{be, byte, part, rest};
use super::pieces::{Atom, Kind, Piece, atoms};
use super::{ensure, fail};

/// A fragment: its foreign bytes, and for each run where its samples are.
pub(crate) fn pieces(file: &[u8], top: &[Atom], moof: &Atom) -> Outcome<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut end = moof.start;
    for traf in atoms(file, moof.payload, moof.end)? {
        if traf.kind != b"traf" {
            pieces.push(foreign("moof", file, &traf)?);
            continue;
        }
        let inside = atoms(file, traf.payload, traf.end)?;
        let header = inside.iter().find(|atom| atom.kind == b"tfhd");
        let header = header.ok_or("no tfhd")?;
        let (head, flags) = (header.payload, be(file, header.payload + 1, 3)?);
        let base = match (flags & 1, flags & 0x2_0000) {
            (1, _) => be(file, head + 8, 8)?,
            (_, 0) => end,
            _ => moof.start,
        };
        let fields =
            [(1, 8), (2, 4), (8, 4)].map(|(flag, size)| size * usize::from(flags & flag != 0));
        let default = if flags & 0x10 == 0 {
            by_track(file, top, be(file, head + 4, 4)?)?
        } else {
            be(file, head + 8 + fields.iter().sum::<usize>(), 4)?
        };
        let mut at = base;
        for atom in &inside {
            match atom.kind.as_slice() {
                b"tfhd" => {
                    let behind = head + 8 + fields.first().copied().unwrap_or_default();
                    let others = part(file, behind, atom.end - behind)?;
                    pieces.push(Piece::new("tfhd", Kind::Foreign, part(file, head, 8)?));
                    pieces.push(Piece::new("tfhd", Kind::Foreign, others));
                    if flags & 1 == 1 {
                        let base = target(top, base)?;
                        pieces.push(Piece::new("base of tfhd", Kind::Foreign, &base));
                    }
                }
                b"trun" => {
                    let (offset, length) = run(file, atom, default)?;
                    at = offset
                        .map_or(Some(at), |offset| base.checked_add_signed(offset))
                        .ok_or("before 0")?;
                    let samples = part(file, at, length)?;
                    let holds = |atom: &Atom| atom.payload <= at && at + length <= atom.end;
                    ensure(top.iter().any(holds), || {
                        format!("the samples at {at} are in no atom")
                    })?;
                    pieces.push(Piece::new("samples of a run", Kind::Sound, samples));
                    pieces.push(Piece::new(
                        "place of a run",
                        Kind::Foreign,
                        &target(top, at)?,
                    ));
                    pieces.push(foreign("traf", file, atom)?);
                    at += length;
                    end = at;
                }
                b"saio" => {
                    let payload = part(file, atom.payload, atom.end - atom.payload)?;
                    let targets = auxiliary(payload, top, base)?;
                    pieces.push(Piece::new("saio of a fragment", Kind::Foreign, &targets));
                }
                _ => pieces.push(foreign("traf", file, atom)?),
            }
        }
    }
    Ok(pieces)
}

fn foreign(holder: &str, file: &[u8], atom: &Atom) -> Outcome<Piece> {
    let payload = part(file, atom.payload, atom.end - atom.payload)?;
    let place = format!("{holder}/{}", atom.kind.escape_ascii());
    Ok(Piece::new(&place, Kind::Foreign, payload))
}

/// The offset that a run states, and how many bytes its samples have.
fn run(file: &[u8], trun: &Atom, default: usize) -> Outcome<(Option<isize>, usize)> {
    let (flags, count) = (
        be(file, trun.payload + 1, 3)?,
        be(file, trun.payload + 4, 4)?,
    );
    let mut at = trun.payload + 8;
    let mut offset = None;
    if flags & 1 == 1 {
        let stated = u32::try_from(be(file, at, 4)?)?;
        offset = Some(isize::try_from(stated.cast_signed())?);
        at += 4;
    }
    at += if flags & 4 == 4 { 4 } else { 0 };
    let mut length = 0;
    for _ in 0..count {
        for field in [0x100, 0x200, 0x400, 0x800] {
            if flags & field != 0 {
                length += if field == 0x200 { be(file, at, 4)? } else { 0 };
                at += 4;
            }
        }
    }
    let stated = flags & 0x200 != 0;
    Ok((offset, if stated { length } else { count * default }))
}

/// What `trex` states.
fn by_track(file: &[u8], top: &[Atom], track: usize) -> Outcome<usize> {
    let moov = top
        .iter()
        .find(|atom| atom.kind == b"moov")
        .ok_or("no moov")?;
    let inside = atoms(file, moov.payload, moov.end)?;
    let mvex = inside
        .iter()
        .find(|atom| atom.kind == b"mvex")
        .ok_or("no mvex")?;
    for trex in atoms(file, mvex.payload, mvex.end)? {
        if trex.kind == b"trex" && be(file, trex.payload + 4, 4)? == track {
            return be(file, trex.payload + 16, 4);
        }
    }
    Ok(0)
}

/// A `saio`, whose offsets count from `base`.
pub(crate) fn auxiliary(payload: &[u8], top: &[Atom], base: usize) -> Outcome<Vec<u8>> {
    let named = byte(payload, 3)? & 1 == 1;
    let first = if named { 16 } else { 8 };
    let width = if byte(payload, 0)? == 0 { 4 } else { 8 };
    let mut targets = part(payload, 0, first)?.to_vec();
    for index in 0..be(payload, first - 4, 4)? {
        let place = base.checked_add(be(payload, first + index * width, width)?);
        targets.extend(target(top, place.ok_or("a place beyond every file")?)?);
    }
    Ok(targets)
}

/// A `tfra`: each entry has to point to the start of a `moof`.
pub(crate) fn random_access(payload: &[u8], top: &[Atom]) -> Outcome<Vec<u8>> {
    let width = if byte(payload, 0)? == 0 { 4 } else { 8 };
    let lengths = byte(payload, 11)?;
    let numbers: usize = [0, 2, 4]
        .map(|at| usize::from(lengths >> at & 3) + 1)
        .iter()
        .sum();
    let mut targets = part(payload, 0, 16)?.to_vec();
    let mut at = 16;
    for _ in 0..be(payload, 12, 4)? {
        targets.extend(part(payload, at, width)?);
        targets.extend(start_of(top, be(payload, at + width, width)?, &[b"moof"])?);
        targets.extend(part(payload, at + 2 * width, numbers)?);
        at += 2 * width + numbers;
    }
    targets.extend(rest(payload, at)?);
    Ok(targets)
}

/// A `sidx` that ends at `anchor`: each entry has to begin where a segment can.
pub(crate) fn index(payload: &[u8], top: &[Atom], anchor: usize) -> Outcome<Vec<u8>> {
    let width = if byte(payload, 0)? == 0 { 4 } else { 8 };
    let mut targets = part(payload, 0, 12 + width)?.to_vec();
    let place = anchor.checked_add(be(payload, 12 + width, width)?);
    let mut place = place.ok_or("a place beyond every file")?;
    let mut at = 16 + 2 * width;
    for _ in 0..be(payload, at - 2, 2)? {
        targets.extend(start_of(
            top,
            place,
            &[
                b"moof", b"styp", b"sidx", b"prft", b"emsg", b"mdat", b"uuid",
            ],
        )?);
        targets.extend(part(payload, at, 12)?);
        place += be(payload, at, 4)? & 0x7fff_ffff;
        at += 12;
    }
    targets.extend(start_of(
        top,
        place,
        &[b"moof", b"styp", b"sidx", b"prft", b"mfra", b""],
    )?);
    Ok(targets)
}

fn start_of(top: &[Atom], place: usize, kinds: &[&[u8]]) -> Outcome<Vec<u8>> {
    let end = top.last().map_or(0, |atom| atom.end);
    let here = top.binary_search_by_key(&place, |atom| atom.start).ok();
    let here = here.and_then(|index| top.get(index));
    let kind = here.map_or(&b""[..], |atom| atom.kind.as_slice());
    if !kinds.contains(&kind) || here.is_none() && place != end {
        return fail(format!("{place} is not where a fragment begins"));
    }
    target(top, place)
}

fn target(top: &[Atom], place: usize) -> Outcome<Vec<u8>> {
    let before = top.partition_point(|atom| atom.end <= place);
    let start = top
        .get(before)
        .map_or_else(|| top.last().map_or(0, |atom| atom.end), |atom| atom.start);
    let distance = place.checked_sub(start).ok_or("a place in no atom")?;
    Ok([before.to_be_bytes(), distance.to_be_bytes()].concat())
}
