//! Where the item list is: `moov/udta/meta/ilst`, as far as that path goes.

use std::ops::Range;

use super::super::OtherTag;
use super::atoms::{Atom, children, find};
use crate::carrier::Carrier;
use crate::error::Fault;
use crate::source::Source;

/// Every `meta` among these atoms and in a `udta` among them.
fn metas(source: &mut Source, atoms: &[Atom]) -> Result<Vec<Atom>, Fault> {
    let mut metas = Vec::new();
    for atom in atoms {
        match &atom.kind {
            b"meta" => metas.push(atom.clone()),
            b"udta" => {
                let (payload, _) = user_data(source, atom)?;
                let inside = children(source, payload)?.into_iter();
                metas.extend(inside.filter(|atom| &atom.kind == b"meta"));
            }
            _ => {}
        }
    }
    Ok(metas)
}

/// `iloc` holds absolute offsets of a kind that is not followed here.
pub(super) fn refuse_item_locations(source: &mut Source, atoms: &[Atom]) -> Result<(), Fault> {
    for meta in metas(source, atoms)? {
        let payload = meta_payload(source, &meta)?;
        if let Some(atom) = find(&children(source, payload)?, b"iloc") {
            let what = "MP4: item locations (iloc)";
            return Err(Fault::Unsupported(what, atom.start()));
        }
    }
    Ok(())
}

/// What may hold fields among these atoms, and is not on the `path` to the main tag.
pub(super) fn other_tags(
    source: &mut Source,
    atoms: &[Atom],
    path: &[Atom],
) -> Result<Vec<OtherTag>, Fault> {
    refuse_item_locations(source, atoms)?;
    let mut others = Vec::new();
    let main = path.get(1).map(Atom::start);
    for meta in metas(source, atoms)? {
        if Some(meta.start()) != main {
            others.push((Carrier::Mdta, meta_payload(source, &meta)?));
        }
    }
    for udta in atoms.iter().filter(|atom| &atom.kind == b"udta") {
        others.push((Carrier::UserData, user_data(source, udta)?.0));
    }
    Ok(others)
}

/// The children of a `meta` atom: behind version and flags, which QuickTime leaves out.
pub(super) fn meta_payload(source: &mut Source, meta: &Atom) -> Result<Range<u64>, Fault> {
    let Range { start, end } = meta.payload();
    let bare = end - start >= 8 && source.has(start + 4, b"hdlr")?;
    let behind = if bare { start } else { start + 4 };
    if behind > end {
        return Err(Fault::Malformed("MP4: meta atom too short", start));
    }
    Ok(behind..end)
}

/// `udta`, `meta` and `ilst`, as far as the path goes: through the `udta` that holds a
/// `meta`, else through the first.
pub(super) fn path(source: &mut Source, moov: &[Atom]) -> Result<Vec<Atom>, Fault> {
    let mut path = Vec::new();
    for udta in moov.iter().filter(|atom| &atom.kind == b"udta") {
        let (payload, _) = user_data(source, udta)?;
        let inside = children(source, payload)?;
        match (only(&inside, b"meta")?, path.len()) {
            (Some(meta), 0 | 1) => path = vec![udta.clone(), meta],
            (Some(meta), _) => return Err(second(&meta)),
            (None, 0) => path.push(udta.clone()),
            (None, _) => {}
        }
    }
    let Some(meta) = path.get(1).cloned() else {
        return Ok(path);
    };
    let payload = meta_payload(source, &meta)?;
    path.extend(only(&children(source, payload)?, b"ilst")?);
    Ok(path)
}

/// The atom of this kind. Of two, readers take one or the other.
fn only(atoms: &[Atom], kind: &[u8; 4]) -> Result<Option<Atom>, Fault> {
    let mut found = atoms.iter().filter(|atom| &atom.kind == kind);
    let first = found.next().cloned();
    match found.next() {
        Some(second) => Err(Fault::Unsupported(
            "MP4: two places for tags",
            second.start(),
        )),
        None => Ok(first),
    }
}

fn second(atom: &Atom) -> Fault {
    Fault::Unsupported("MP4: two places for tags", atom.start())
}

/// Where a `meta` atom in `udta` shows that it is no item list, and its children: the
/// metadata keys of QuickTime, or what only its writer knows.
pub(super) fn keys(source: &mut Source, path: &[Atom]) -> Result<Option<(u64, Range<u64>)>, Fault> {
    let Some(meta) = path.get(1) else {
        return Ok(None);
    };
    let payload = meta_payload(source, meta)?;
    let inside = children(source, payload.clone())?;
    Ok(match find(&inside, b"hdlr") {
        Some(handler) if !source.has(handler.payload().start + 8, b"mdir")? => {
            Some((handler.start(), payload))
        }
        _ => None,
    })
}

/// The children of `udta`, and where a new one goes: before QuickTime's 32-bit zero.
pub(super) fn user_data(source: &mut Source, udta: &Atom) -> Result<(Range<u64>, u64), Fault> {
    let Range { start, mut end } = udta.payload();
    let inside = end - start;
    let terminated = inside >= 4 && source.is_zero(end - 4..end)? && {
        let (mut at, mut parts) = (start, 0);
        while at + 8 <= end && parts < source.limits().parts {
            at += u64::from(source.be32(at)?).max(8);
            parts += 1;
        }
        at == end - 4
    };
    if terminated {
        end -= 4;
    }
    Ok((start..end, end))
}

pub(super) fn free_in_meta(source: &mut Source, path: &[Atom]) -> Result<Option<Atom>, Fault> {
    let [_, meta, ilst] = path else {
        return Ok(None);
    };
    let payload = meta_payload(source, meta)?;
    let inside = children(source, payload)?;
    let behind = inside.iter().find(|atom| atom.start() == ilst.end());
    zero_free(source, behind)
}

pub(super) fn zero_free(source: &mut Source, atom: Option<&Atom>) -> Result<Option<Atom>, Fault> {
    match atom {
        // No tagger leaves more room than a tag may take.
        Some(atom)
            if &atom.kind == b"free"
                && atom.is_sized()
                && atom.end() - atom.start() <= source.limits().tag
                && source.is_zero(atom.payload())? =>
        {
            Ok(Some(atom.clone()))
        }
        _ => Ok(None),
    }
}
