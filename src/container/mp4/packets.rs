//! Where XMP packets stand, and how one comes, changes and goes (ISO 16684-3: MPEG-4 has them
//! in a `uuid` atom at the top, QuickTime in `moov/udta/XMP_`).

use std::ops::Range;

use super::super::{OwnXmp, TagChange, Xmp};
use super::atoms::{self, Atom, children, find};
use super::path::user_data;
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

/// Of the `uuid` atoms that hold a packet.
const UUID: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// The packets of a file, the one that is edited first.
#[derive(Debug)]
pub(super) struct Packets {
    list: Vec<Packet>,
    is_quicktime: bool,
}

#[derive(Debug)]
struct Packet {
    atom: Atom,
    at_top: bool,
    text: Range<u64>,
    /// It can become longer: nothing counts over it, and what is around it is edited.
    is_free: bool,
}

/// What becomes of the packet.
#[derive(Debug, Default)]
pub(super) struct Edit {
    /// Splices at the top of the file,
    pub(super) at_top: Vec<Splice>,
    /// and in `moov/udta`.
    pub(super) in_user_data: Vec<Splice>,
    /// A new atom for `moov/udta`.
    pub(super) new: Vec<u8>,
    /// By how much `moov/udta` grows.
    pub(super) growth: i64,
    /// Bytes that go and bytes that come near the free space that may pay for them.
    pub(super) before: u64,
    pub(super) after: u64,
    /// An atom goes from there.
    pub(super) removed: bool,
}

/// The packets among the atoms at the top and in every `udta`, given the one of these that is
/// edited, and where the first fragment starts.
pub(super) fn find_all(
    source: &mut Source,
    top: &[Atom],
    user_datas: &[Atom],
    edited: Option<&Atom>,
    fragment: Option<u64>,
) -> Result<Packets, Fault> {
    let mut list = Vec::new();
    for atom in top {
        if is_packet(source, atom)? {
            let Range { start, end } = atom.payload();
            list.push(Packet {
                atom: atom.clone(),
                at_top: true,
                text: start + UUID.len() as u64..end,
                is_free: fragment.is_none_or(|first| end <= first),
            });
        }
    }
    for udta in user_datas {
        let (inside, _) = user_data(source, udta)?;
        let inside = children(source, inside)?.into_iter();
        let is_edited = edited.is_some_and(|edited| edited.start() == udta.start());
        list.extend(
            inside
                .filter(|atom| &atom.kind == b"XMP_")
                .map(|atom| Packet {
                    text: atom.payload(),
                    at_top: false,
                    is_free: is_edited,
                    atom,
                }),
        );
    }
    let is_quicktime = match find(top, b"ftyp") {
        Some(brand) => source.has(brand.payload().start, b"qt  ")?,
        None => true,
    };
    list.sort_by_key(|packet| packet.at_top == is_quicktime);
    Ok(Packets { list, is_quicktime })
}

/// Whether an atom at the top holds a packet.
pub(super) fn is_packet(source: &mut Source, atom: &Atom) -> Result<bool, Fault> {
    let Range { start, end } = atom.payload();
    let is_long = end - start >= UUID.len() as u64;
    Ok(&atom.kind == b"uuid" && is_long && source.has(start, &UUID)?)
}

impl Packets {
    /// Where they are, for whoever reads them.
    pub(super) fn layout(&self) -> Xmp {
        let texts = self.list.iter().map(|packet| packet.text.clone());
        let is_free = self.list.first().is_none_or(|first| first.is_free);
        let (packets, others): (Vec<_>, Vec<_>) = texts.partition(|_| is_free);
        Xmp {
            in_tag: false,
            own: Some(OwnXmp::of(packets.into_iter(), others)),
        }
    }

    /// What becomes of the first one; a new one at the top goes before `moov`, which some
    /// programs look for at the very end.
    pub(super) fn change(&self, change: TagChange, moov: u64) -> Result<Edit, Fault> {
        let mut edit = Edit::default();
        let first = self.list.first();
        let (splices, at_top) = match (change, first) {
            (TagChange::Create(packet), _) if self.is_quicktime => {
                edit.new = atoms::atom(*b"XMP_", &packet);
                edit.after = edit.new.len() as u64;
                edit.growth = edit.after.cast_signed();
                return Ok(edit);
            }
            (TagChange::Create(packet), _) => {
                let atom = atoms::atom(*b"uuid", &[UUID.as_slice(), &packet].concat());
                edit.after = atom.len() as u64;
                (vec![Splice::insert(moov, atom)], true)
            }
            (
                TagChange::Edit {
                    mut splices,
                    before,
                    after,
                    whole,
                },
                Some(packet),
            ) => {
                let header = packet.text.start - packet.atom.start();
                // Of a packet that is ours, the atom is, too.
                let around = if whole { header } else { 0 };
                (edit.before, edit.after) = (before + around, after + around);
                let growth = splice::growth(&splices);
                splices.extend(packet.atom.resized(growth)?);
                (splices, packet.at_top)
            }
            (TagChange::Remove, Some(packet)) => {
                edit.removed = !packet.at_top;
                let atom = packet.atom.start()..packet.atom.end();
                edit.before = atom.end - atom.start;
                (vec![Splice::remove(atom)], packet.at_top)
            }
            _ => return Ok(edit),
        };
        if first.is_some_and(|packet| packet.at_top && packet.atom.end() != moov) {
            (edit.before, edit.after) = (0, 0);
        }
        if at_top {
            edit.at_top = splices;
        } else {
            edit.growth = splice::growth(&splices);
            edit.in_user_data = splices;
        }
        Ok(edit)
    }
}
