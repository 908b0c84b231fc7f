//! What a file consists of, as far as nobody may change it: a second opinion that shares
//! no code with the crate.
//!
//! Sizes, offsets, checksums and zero padding are left out. An offset of MP4 is given as
//! the place inside an atom that it points to.

use noai_audio::Format;

use super::bytes::{be, byte, find, is_zero, le32, le64, part, rest};
use super::{Outcome, ensure, fail, fragments, id3, ogg};

/// A part of a file, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// For people.
    pub(crate) place: String,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Coded sound: stays.
    Sound,
    /// A field, a chunk, anything: stays.
    Foreign,
    /// Stays, and may come where a tag is new: headers without content.
    Structure,
    /// Stays, and may come where a tag is new: a frame that repeats ID3v1.
    Repeated,
    /// A field of ours.
    Ours,
    /// A copyright field: may get a notice behind its text.
    Copyright,
}

impl Piece {
    pub(crate) fn new(place: &str, kind: Kind, bytes: &[u8]) -> Piece {
        Piece {
            place: place.to_owned(),
            kind,
            bytes: bytes.to_vec(),
        }
    }
}

/// The names of our fields.
pub(crate) const OURS: [&str; 5] = [
    "AI_CONSENT",
    "NOAI",
    "CONTENT_USAGE",
    "TDM_RESERVATION",
    "TDM_POLICY",
];

/// Whether a field's name is one of ours, in whatever case and with whatever between words.
pub(crate) fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace([' ', '-'], "_");
    OURS.contains(&name.as_str())
}

/// How our description in an XMP packet begins, and what stands around it where the packet
/// is ours.
const DESCRIPTION: &str = "<rdf:Description \
    xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" rdf:about=\"";
const AROUND: [&str; 2] = [
    "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
     <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
     <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
    "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>",
];

/// An XMP packet: ours, or somebody else's without what is in our form in it. Of two
/// descriptions one is of a statement whose tag was lost.
pub(crate) fn packet(place: &str, head: &[u8], bytes: &[u8]) -> Piece {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split(DESCRIPTION);
    let before = parts.next().unwrap_or_default();
    let mut others = Vec::new();
    for part in parts {
        let Some((_, behind)) = part.split_once("</rdf:Description>") else {
            return Piece::new(place, Kind::Foreign, &[head, bytes].concat());
        };
        others.push(behind);
    }
    let is_there = !others.is_empty();
    let behind = others.concat();
    if is_there && [before, behind.as_str()] == AROUND {
        return Piece::new(place, Kind::Ours, bytes);
    }
    let foreign = if is_there {
        [head, before.as_bytes(), behind.as_bytes()].concat()
    } else {
        [head, bytes].concat()
    };
    Piece::new(place, Kind::Foreign, &foreign)
}

/// Of a `uuid` atom that holds an XMP packet.
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// The pieces of a file, in order.
pub(crate) fn pieces(file: &[u8], format: Format) -> Outcome<Vec<Piece>> {
    match format {
        Format::Mp3 | Format::Adts => mp3(file),
        Format::WavPack | Format::MonkeysAudio | Format::Musepack => before_ape(file),
        Format::Tta => between(file),
        Format::Flac => flac(file),
        Format::Ogg => ogg(file),
        Format::Mp4 => mp4(file),
        Format::Wav => chunks(file, false),
        Format::Aiff => chunks(file, true),
        other => fail(format!("no oracle for {other}")),
    }
}

/// The coded sound alone.
pub(crate) fn sound(file: &[u8], format: Format) -> Outcome<Vec<Piece>> {
    let pieces = pieces(file, format)?;
    Ok(pieces
        .into_iter()
        .filter(|piece| piece.kind == Kind::Sound)
        .collect())
}

/// Fails where anything but our fields has come, gone, changed or moved. A notice may
/// stand behind the copyright text where `notice` permits it.
pub(crate) fn nothing_else_changed(old: &[Piece], new: &[Piece], notice: bool) -> Outcome {
    let apart = |pieces: &[Piece]| -> (Vec<Piece>, Vec<Piece>) {
        let others = pieces
            .iter()
            .filter(|piece| piece.kind != Kind::Ours)
            .cloned();
        others.partition(|piece| notice && piece.kind == Kind::Copyright)
    };
    let ((old_notices, old), (new_notices, new)) = (apart(old), apart(new));
    let is_new = !old.iter().any(|piece| piece.place == "id3 header");
    let may_come =
        |piece: &Piece| piece.kind == Kind::Structure || is_new && piece.kind == Kind::Repeated;
    let mut rest = new.iter();
    for piece in &old {
        loop {
            match rest.next() {
                Some(other) if other == piece => break,
                Some(other) if may_come(other) => {}
                Some(other) => return fail(format!("{} became {}", show(piece), show(other))),
                None => return fail(format!("{} is gone", show(piece))),
            }
        }
    }
    if let Some(piece) = rest.find(|piece| !may_come(piece)) {
        return fail(format!("{} has come", show(piece)));
    }
    let mut found = new_notices.iter();
    for old in &old_notices {
        let text = super::bytes::trim_zeros(&old.bytes);
        ensure(found.any(|new| new.bytes.starts_with(text)), || {
            format!("{} lost its text", show(old))
        })?;
    }
    Ok(())
}

fn show(piece: &Piece) -> String {
    let start: Vec<u8> = piece.bytes.iter().copied().take(24).collect();
    format!(
        "{:?} {} ({} bytes, {})",
        piece.kind,
        piece.place,
        piece.bytes.len(),
        start.escape_ascii()
    )
}

fn mp3(file: &[u8]) -> Outcome<Vec<Piece>> {
    let length = id3::length(file).unwrap_or(0);
    let mut pieces = Vec::new();
    if length > 0 {
        pieces = id3::pieces(part(file, 0, length)?)?;
        for piece in &mut pieces {
            if piece.kind == Kind::Foreign && id3::repeats_v1(file, &piece.bytes) {
                piece.kind = Kind::Repeated;
            }
        }
    }
    let behind = rest(file, length)?;
    pieces.push(Piece::new("behind the tag", Kind::Sound, behind));
    Ok(pieces)
}

/// A file with its main tag at the end: the last APEv2 tag, before ID3v1 where there is one.
fn before_ape(file: &[u8]) -> Outcome<Vec<Piece>> {
    let mut end = file.len();
    let ends_in_ape = rest(file, end.saturating_sub(32))?.starts_with(b"APETAGEX");
    for (length, magic) in [(128, &b"TAG"[..]), (227, b"TAG+")] {
        let at = end.saturating_sub(length);
        // `TAG+` stands only before `TAG`, and the `TAG` of a header of APEv2 is none.
        if ends_in_ape || !rest(file, at)?.starts_with(magic) {
            break;
        }
        end = at;
    }
    let mut tag = Vec::new();
    let mut start = end;
    let footer = end.saturating_sub(32);
    if rest(file, footer)?.starts_with(b"APETAGEX") {
        let before = |at: usize, length| at.checked_sub(length).ok_or("a tag before the file");
        start = before(end, le32(file, footer + 12)?)?;
        let mut at = start;
        if byte(file, footer + 23)? & 0x80 != 0 {
            start = before(start, 32)?;
            let header = Piece::new("ape header", Kind::Structure, part(file, start + 20, 4)?);
            tag.push(header);
        }
        for _ in 0..le32(file, footer + 16)? {
            let key = rest(file, at + 8)?.split(|byte| *byte == 0).next();
            let key = key.unwrap_or_default();
            let name = String::from_utf8_lossy(key).to_ascii_uppercase();
            let value = part(file, at + 9 + key.len(), le32(file, at)?)?;
            let item = part(file, at, 9 + key.len() + value.len())?;
            let place = format!("item {name}");
            tag.push(match name.as_str() {
                "COPYRIGHT" => Piece::new(&place, Kind::Copyright, value),
                name if is_ours(name) => Piece::new(&place, Kind::Ours, item),
                _ => Piece::new(&place, Kind::Foreign, item),
            });
            at += item.len();
        }
        ensure(at == footer, || "the items do not fill the tag".to_owned())?;
        let flags = [part(file, footer + 8, 4)?, part(file, footer + 20, 4)?].concat();
        tag.push(Piece::new("ape footer", Kind::Structure, &flags));
    }
    let mut pieces = vec![Piece::new("before", Kind::Sound, part(file, 0, start)?)];
    pieces.extend(tag);
    let behind = Piece::new("behind", Kind::Foreign, rest(file, end)?);
    pieces.extend((end < file.len()).then_some(behind));
    Ok(pieces)
}

/// A file whose main tag is at either end: the end where only that has one.
fn between(file: &[u8]) -> Outcome<Vec<Piece>> {
    let behind = before_ape(file)?;
    let has_ape = behind.iter().any(|piece| piece.place == "ape footer");
    if has_ape && !file.starts_with(b"ID3") {
        Ok(behind)
    } else {
        mp3(file)
    }
}

fn flac(file: &[u8]) -> Outcome<Vec<Piece>> {
    let mut start = 0;
    while let Some(length) = id3::length(rest(file, start)?) {
        start += length;
    }
    ensure(part(file, start, 4)? == b"fLaC", || "no fLaC".to_owned())?;
    let mut pieces = vec![Piece::new(
        "before fLaC",
        Kind::Foreign,
        part(file, 0, start)?,
    )];
    let mut at = start + 4;
    loop {
        let (first, size) = (byte(file, at)?, be(file, at + 1, 3)?);
        let payload = part(file, at + 4, size)?;
        match first & 0x7f {
            4 => pieces.extend(comments(payload)?),
            1 if is_zero(payload) => pieces.push(Piece::new("padding", Kind::Foreign, &[])),
            kind => pieces.push(Piece::new(&format!("block {kind}"), Kind::Foreign, payload)),
        }
        at += 4 + size;
        if first & 0x80 != 0 {
            break;
        }
    }
    pieces.push(Piece::new("frames", Kind::Sound, rest(file, at)?));
    Ok(pieces)
}

/// A Vorbis comment list and what follows it.
fn comments(list: &[u8]) -> Outcome<Vec<Piece>> {
    let vendor = part(list, 4, le32(list, 0)?)?;
    let mut pieces = vec![Piece::new("vendor", Kind::Structure, vendor)];
    let mut at = 4 + vendor.len();
    let count = le32(list, at)?;
    at += 4;
    for _ in 0..count {
        let comment = part(list, at + 4, le32(list, at)?)?;
        at += 4 + comment.len();
        let name: Vec<u8> = comment
            .iter()
            .copied()
            .take_while(|byte| *byte != b'=')
            .collect();
        let name = String::from_utf8_lossy(&name).to_ascii_uppercase();
        let kind = match name.as_str() {
            "COPYRIGHT" => Kind::Copyright,
            name if is_ours(name) => Kind::Ours,
            _ => Kind::Foreign,
        };
        pieces.push(Piece::new(&format!("comment {name}"), kind, comment));
    }
    let behind = rest(list, at)?;
    pieces.extend(
        (!behind.is_empty()).then(|| Piece::new("behind the comments", Kind::Foreign, behind)),
    );
    Ok(pieces)
}

fn ogg(file: &[u8]) -> Outcome<Vec<Piece>> {
    let mut pieces = Vec::new();
    for (number, link) in ogg::links(file)?.iter().enumerate() {
        let packets = &link.packets;
        let first = packets.first().ok_or("a stream without a packet")?;
        let (prefix, headers) = ogg_headers(&first.bytes, packets)?;
        for (index, packet) in packets.iter().enumerate() {
            let place = format!("packet {index} of stream {number}");
            if index == 1 {
                pieces.extend(ogg_comments(&packet.bytes, prefix)?);
                continue;
            }
            let kind = if index < headers {
                Kind::Foreign
            } else {
                Kind::Sound
            };
            pieces.push(Piece::new(&place, kind, &packet.bytes));
            if let Some(granule) = packet.granule.as_ref().filter(|_| index >= headers) {
                let time = [granule.as_slice(), &[u8::from(packet.is_last)]].concat();
                pieces.push(Piece::new(
                    &format!("time of {place}"),
                    Kind::Foreign,
                    &time,
                ));
            }
            let gap = packet.gap.to_be_bytes();
            pieces.extend(
                (packet.gap > 0)
                    .then(|| Piece::new(&format!("gap at {place}"), Kind::Foreign, &gap)),
            );
        }
    }
    Ok(pieces)
}

/// How long the header before the comments is, and how many header packets there are.
fn ogg_headers(first: &[u8], packets: &[ogg::Packet]) -> Outcome<(usize, usize)> {
    Ok(match first {
        [1, b'v', ..] => (7, 3),
        [b'O', ..] => (8, 2),
        [b'S', ..] => (0, 2 + le32(first, 68)?),
        [0x7f, ..] => {
            let is_frame = |packet: &ogg::Packet| packet.bytes.starts_with(b"\xff");
            let frame = packets.iter().position(is_frame);
            (4, frame.unwrap_or(packets.len()))
        }
        _ => return fail("an unknown codec"),
    })
}

fn ogg_comments(packet: &[u8], prefix: usize) -> Outcome<Vec<Piece>> {
    let header = part(packet, 0, prefix)?;
    // The length of a FLAC block follows what is in it.
    let fixed = if prefix == 4 {
        let length = be(header, 1, 3)?;
        ensure(length + 4 == packet.len(), || {
            "wrong block length".to_owned()
        })?;
        part(header, 0, 1)?
    } else {
        header
    };
    let mut pieces = vec![Piece::new("comment header", Kind::Foreign, fixed)];
    pieces.extend(comments(rest(packet, prefix)?)?);
    Ok(pieces)
}

/// An atom: its kind, and where it, its payload and its end are.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) kind: Vec<u8>,
    pub(crate) start: usize,
    pub(crate) payload: usize,
    pub(crate) end: usize,
}

pub(crate) fn atoms(file: &[u8], mut at: usize, end: usize) -> Outcome<Vec<Atom>> {
    let mut atoms = Vec::new();
    while at + 8 <= end {
        let kind = part(file, at + 4, 4)?.to_vec();
        let (header, size) = match be(file, at, 4)? {
            0 if kind == b"\0\0\0\0" => break,
            0 => (8, end - at),
            1 => (16, be(file, at + 8, 8)?),
            size => (8, size),
        };
        ensure(size >= header && at + size <= end, || {
            format!("wrong atom at {at}")
        })?;
        atoms.push(Atom {
            kind,
            start: at,
            payload: at + header,
            end: at + size,
        });
        at += size;
    }
    if at < end {
        atoms.push(Atom {
            kind: Vec::new(),
            start: at,
            payload: at,
            end,
        });
    }
    Ok(atoms)
}

fn mp4(file: &[u8]) -> Outcome<Vec<Piece>> {
    let top = atoms(file, 0, file.len())?;
    let mut pieces = Vec::new();
    // What is ours comes between the others, which are counted where something points to.
    let mut others = Vec::new();
    for atom in &top {
        let mut ours = Vec::new();
        if atom.kind == b"uuid" {
            mp4_atom(file, &[], atom, "", &mut ours)?;
        }
        if ours.iter().all(|piece| piece.kind != Kind::Ours) {
            others.push(atom.clone());
        }
    }
    for atom in &top {
        mp4_atom(file, &others, atom, "", &mut pieces)?;
    }
    Ok(pieces)
}

fn mp4_atom(
    file: &[u8],
    top: &[Atom],
    atom: &Atom,
    path: &str,
    pieces: &mut Vec<Piece>,
) -> Outcome {
    let payload = part(file, atom.payload, atom.end - atom.payload)?;
    let path = format!("{path}/{}", atom.kind.escape_ascii());
    match path.rsplit('/').next().unwrap_or_default() {
        "moov" | "trak" | "mdia" | "minf" | "stbl" | "udta" | "ilst" | "mfra" => {
            pieces.push(Piece::new(&path, Kind::Structure, &[]));
            for child in atoms(file, atom.payload, atom.end)? {
                mp4_atom(file, top, &child, &path, pieces)?;
            }
        }
        "meta" => {
            let bare = payload.get(4..8) == Some(b"hdlr");
            let start = if bare { 0 } else { 4 };
            pieces.push(Piece::new(&path, Kind::Structure, part(payload, 0, start)?));
            for child in atoms(file, atom.payload + start, atom.end)? {
                mp4_atom(file, top, &child, &path, pieces)?;
            }
        }
        "hdlr" if path.contains("meta") => pieces.push(Piece::new(&path, Kind::Structure, payload)),
        "stco" | "co64" => {
            let width = if path.ends_with("co64") { 8 } else { 4 };
            let targets = targets(payload, top, width)?;
            pieces.push(Piece::new("chunk offsets", Kind::Foreign, &targets));
        }
        "saio" => {
            let targets = fragments::auxiliary(payload, top, 0)?;
            pieces.push(Piece::new(&path, Kind::Foreign, &targets));
        }
        "tfra" => {
            let targets = fragments::random_access(payload, top)?;
            pieces.push(Piece::new(&path, Kind::Foreign, &targets));
        }
        "sidx" => {
            let targets = fragments::index(payload, top, atom.end)?;
            pieces.push(Piece::new(&path, Kind::Foreign, &targets));
        }
        "moof" => pieces.extend(fragments::pieces(file, top, atom)?),
        "mdat" => pieces.push(Piece::new(&path, Kind::Sound, payload)),
        "free" if is_zero(payload) => pieces.push(Piece::new(&path, Kind::Foreign, &[])),
        "----"
            if path.ends_with("ilst/----")
                && freeform_name(payload).is_some_and(|name| is_ours(&name)) =>
        {
            pieces.push(Piece::new(&path, Kind::Ours, payload));
        }
        "cprt" if path.ends_with("ilst/cprt") => {
            for data in atoms(payload, 0, payload.len())? {
                let text = part(payload, data.payload, data.end - data.payload)?;
                pieces.push(Piece::new(&path, Kind::Copyright, text));
            }
        }
        "uuid" if payload.starts_with(&XMP) => {
            let (head, text) = (part(payload, 0, 16)?, rest(payload, 16)?);
            pieces.push(packet(&path, head, text));
        }
        "XMP_" => pieces.push(packet(&path, b"", payload)),
        _ => pieces.push(Piece::new(&path, Kind::Foreign, payload)),
    }
    Ok(())
}

/// Which atom each chunk offset points into, and how far.
fn targets(payload: &[u8], top: &[Atom], width: usize) -> Outcome<Vec<u8>> {
    let mut targets = part(payload, 0, 8)?.to_vec();
    for index in 0..be(payload, 4, 4)? {
        let offset = be(payload, 8 + index * width, width)?;
        let holder = top
            .iter()
            .find(|atom| (atom.payload..=atom.end).contains(&offset));
        let Some(holder) = holder.filter(|atom| atom.kind == b"mdat") else {
            return fail(format!("chunk {index} at {offset} is in no mdat"));
        };
        let which = top
            .iter()
            .filter(|atom| atom.kind == b"mdat" && atom.end <= holder.payload)
            .count();
        targets.extend(which.to_be_bytes());
        targets.extend((offset - holder.payload).to_be_bytes());
    }
    Ok(targets)
}

fn freeform_name(payload: &[u8]) -> Option<String> {
    let parts = atoms(payload, 0, payload.len()).ok()?;
    let name = parts.iter().find(|atom| atom.kind == b"name")?;
    let text = payload.get(name.payload + 4..name.end)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// RIFF, RF64, or AIFF's FORM where `big`.
fn chunks(file: &[u8], big: bool) -> Outcome<Vec<Piece>> {
    let number = |at: usize| if big { be(file, at, 4) } else { le32(file, at) };
    let wide = matches!(part(file, 0, 4)?, b"RF64" | b"BW64");
    let stated = if wide { le64(file, 20)? } else { number(4)? };
    let mut end = match stated {
        0 | 0xffff_ffff => file.len(),
        stated => (8 + stated).min(file.len()),
    };
    let mut pieces = vec![
        Piece::new("outer name", Kind::Foreign, part(file, 0, 4)?),
        Piece::new("outer type", Kind::Foreign, part(file, 8, 4)?),
    ];
    // Sizes of chunks that the table of ds64 tells, in its order.
    let mut large: Vec<(Vec<u8>, usize)> = Vec::new();
    let mut at = 12;
    while at + 8 <= end {
        let name = part(file, at, 4)?;
        ensure(name.iter().all(|byte| matches!(byte, b' '..=b'~')), || {
            format!("no name of a chunk at {at}")
        })?;
        let mut size = number(at + 4)?;
        if wide && name == b"ds64" {
            for entry in 0..le32(file, at + 32)? {
                let entry = at + 36 + 12 * entry;
                large.push((part(file, entry, 4)?.to_vec(), le64(file, entry + 4)?));
            }
            large.push((b"data".to_vec(), le64(file, at + 16)?));
            let kept = [
                part(file, at + 16, 20)?,
                &large
                    .iter()
                    .fold(Vec::new(), |all, entry| [all, entry.0.clone()].concat()),
            ];
            pieces.push(Piece::new("ds64", Kind::Foreign, &kept.concat()));
            at += 8 + size + size % 2;
            continue;
        }
        if wide && size == 0xffff_ffff {
            let found = large.iter().position(|(known, _)| known == name);
            size = large.remove(found.ok_or("no size in ds64")?).1;
        } else if !big && name == b"data" && is_left_open(file, at, size) {
            size = file.len() - at - 8;
            end = file.len();
        }
        let payload = part(file, at + 8, size)?;
        let place = format!("chunk {}", name.escape_ascii());
        if name.eq_ignore_ascii_case(b"id3 ") {
            let length = id3::length(payload).unwrap_or(0);
            pieces.push(Piece::new(&place, Kind::Structure, name));
            pieces.extend(id3::pieces(part(payload, 0, length)?)?);
            let slack = rest(payload, length)?;
            pieces
                .extend((!slack.is_empty()).then(|| Piece::new("id3 slack", Kind::Foreign, slack)));
        } else if name == b"LIST" && payload.starts_with(b"INFO") {
            pieces.push(Piece::new(&place, Kind::Foreign, b"INFO"));
            pieces.extend(info(rest(payload, 4)?)?);
        } else if name == b"_PMX" && !big {
            pieces.push(packet(&place, b"", payload));
        } else if name == b"APPL" && big && payload.starts_with(b"XMP ") {
            pieces.push(packet(&place, b"XMP ", rest(payload, 4)?));
        } else {
            let kind = match name {
                b"data" | b"SSND" => Kind::Sound,
                b"(c) " => Kind::Copyright,
                _ => Kind::Foreign,
            };
            pieces.push(Piece::new(&place, kind, payload));
        }
        at += 8 + size + size % 2;
    }
    let behind = file.get(at.min(end)..).unwrap_or_default();
    // One zero is the pad byte of the last chunk, whoever counted it.
    // Before other junk only the writer knows whether a zero is one.
    let zeros = behind.iter().take_while(|byte| **byte == 0).count();
    let junk = rest(behind, zeros)?;
    pieces.extend((!junk.is_empty()).then(|| Piece::new("behind the end", Kind::Foreign, junk)));
    Ok(pieces)
}

/// Whether the sound of the chunk at `at` goes on to the end, whatever its size says.
fn is_left_open(file: &[u8], at: usize, size: usize) -> bool {
    let behind = file.get(at + 8..).unwrap_or_default();
    size > behind.len() || size == 0 && !are_chunks(behind)
}

/// Whether chunks fill these bytes.
fn are_chunks(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let (Some(name), Ok(size)) = (bytes.get(..4), le32(bytes, 4)) else {
            return false;
        };
        let is_name = name.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_name || bytes.len() - 8 < size {
            return false;
        }
        bytes = bytes.get(8 + size + size % 2..).unwrap_or_default();
    }
    true
}

fn info(list: &[u8]) -> Outcome<Vec<Piece>> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at + 8 <= list.len() {
        let (name, size) = (part(list, at, 4)?, le32(list, at + 4)?);
        let text = part(list, at + 8, size)?;
        let kind = match name {
            b"ICOP" => Kind::Copyright,
            b"NOAI" => Kind::Ours,
            _ => Kind::Foreign,
        };
        pieces.push(Piece::new(
            &format!("info {}", name.escape_ascii()),
            kind,
            text,
        ));
        at += 8 + size + size % 2;
    }
    Ok(pieces)
}

/// Where the text of our field `name` stands in a tagged file, and how long it is.
pub(crate) fn text_of(file: &[u8], text: &str) -> Outcome<usize> {
    find(file, text.as_bytes()).map_or_else(|| fail("the text does not stand in one place"), Ok)
}
