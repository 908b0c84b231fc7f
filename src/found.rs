//! Which fields of a file's tags may speak of consent?

use std::ops::Range;

use crate::carrier::c2pa::Hear;
use crate::carrier::xmp::{self, Heard};
use crate::carrier::{Carrier, Field, Value, id3v2};
use crate::container::{Layout, OwnXmp, Place};
use crate::error::Fault;
use crate::marker;
use crate::source::Source;
use crate::vocabulary::ad_hoc;

/// A field that may speak of consent, as it was found.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct Found {
    pub(crate) name: &'static str,
    /// None in a C2PA manifest.
    pub(crate) carrier: Option<Carrier>,
    /// In the tag that our lines go into, or in one of those.
    pub(crate) main: bool,
    /// In which of them, counted from 0.
    pub(crate) link: usize,
    /// Among the tags of the file that was packed.
    pub(crate) kept: bool,
    /// In which XMP packet, counted from 0.
    pub(crate) packet: Option<usize>,
    /// Whether it may merely repeat a marker: a property that stands as others write it is theirs.
    pub(crate) may_echo: bool,
    pub(crate) value: Value,
    /// Whether it is about this file: what a manifest says of an ingredient may deny alone.
    pub(crate) may_permit: bool,
}

impl Found {
    /// Whether the name is one of those that only we write, and it stands in the file itself.
    pub(crate) fn is_ours(&self) -> bool {
        !self.kept && marker::FIELDS.contains(&self.name)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Unreadable(_) => None,
        }
    }
}

/// Not a field: a C2PA manifest itself, unreadable or not.
pub(crate) const MANIFEST: &str = "C2PA";

/// Not a field: the tags of the file that was packed, where they cannot be read.
pub(crate) const KEPT: &str = "KEPT";

/// For how many links of a chain fields are counted apart.
const MOST_LINKS: usize = 100;

/// Our fields, copyright fields and those that others made up, in every tag of the file.
pub(crate) fn find(source: &mut Source, layout: &Layout) -> Result<Vec<Found>, Fault> {
    let wants = |name: &str| name_of(name).is_some();
    let tags = match &layout.tag {
        Some(Place::Held(tags)) => tags.len().clamp(1, MOST_LINKS),
        _ => 1,
    };
    let most = tags.saturating_mul(source.limits().fields as usize);
    let mut found = Vec::new();
    let mut add = |carrier: Carrier, main, link, at, fields: Vec<Field>| {
        found.extend(fields.into_iter().filter_map(|field| {
            Some(Found {
                main,
                link,
                ..in_tag(carrier, field)?
            })
        }));
        refuse_more(&found, most, at)
    };
    match &layout.tag {
        Some(Place::At(range)) => {
            let fields = layout.carrier.read(source, range.clone(), &wants)?;
            add(layout.carrier, true, 0, range.start, fields)?;
        }
        Some(Place::Held(tags)) => {
            for (link, tag) in tags.iter().enumerate() {
                let fields = source.held(&tag.packet, |held| {
                    layout.carrier.read(held, tag.range.clone(), &wants)
                })?;
                add(layout.carrier, true, link, 0, fields)?;
            }
        }
        None => {}
    }
    for (carrier, range) in layout.beside.iter().chain(&layout.others) {
        let fields = carrier.read(source, range.clone(), &wants)?;
        add(*carrier, false, 0, range.start, fields)?;
    }
    let mut hear = |fields: Vec<Found>, at| {
        found.extend(fields);
        refuse_more(&found, most, at)
    };
    let mut packet = 0;
    kept(source, layout, &mut packet, &mut hear)?;
    packets(source, layout, &mut packet, &mut hear)?;
    let mut is_there = false;
    manifests(source, layout, false, &mut |manifest| {
        let at = manifest.at;
        // There may be very many that say nothing.
        let itself = (!is_there || manifest.fault.is_some()).then(|| {
            let why = manifest.fault.map(Value::Unreadable);
            let value = why.unwrap_or_else(|| Value::Text(String::new()));
            in_manifest(MANIFEST, value, true)
        });
        is_there = true;
        let said = manifest.assertions.into_iter();
        let said = said.map(|said| in_manifest(said.label, said.value, said.is_active));
        found.extend(itself.into_iter().chain(said));
        refuse_more(&found, most, at)
    })?;
    Ok(found)
}

fn in_tag(carrier: Carrier, field: Field) -> Option<Found> {
    Some(Found {
        name: name_of(&field.name)?,
        carrier: Some(carrier),
        main: false,
        link: 0,
        kept: false,
        packet: None,
        may_echo: true,
        value: field.value,
        may_permit: true,
    })
}

/// What is done with fields that were found, and where the tag starts.
type HearFields<'a> = dyn FnMut(Vec<Found>, u64) -> Result<(), Fault> + 'a;

/// What the tags of the file that was packed say. Of one that cannot be read, that; it keeps
/// nobody from writing to this file.
fn kept(
    source: &mut Source,
    layout: &Layout,
    number: &mut usize,
    hear: &mut HearFields<'_>,
) -> Result<(), Fault> {
    for (carrier, range) in &layout.kept {
        let mut found = match in_kept(source, *carrier, range, number) {
            Err(fault) if fault.is_of_the_reader() => return Err(fault),
            Err(_) => vec![Found {
                carrier: Some(*carrier),
                may_echo: false,
                ..in_manifest(KEPT, Value::Unreadable("the tag cannot be read"), true)
            }],
            Ok(found) => found,
        };
        for field in &mut found {
            field.kept = true;
        }
        hear(found, range.start)?;
    }
    Ok(())
}

fn in_kept(
    source: &mut Source,
    carrier: Carrier,
    range: &Range<u64>,
    number: &mut usize,
) -> Result<Vec<Found>, Fault> {
    let packets = match carrier {
        Carrier::Xmp => vec![xmp::read(source, range.clone())?],
        Carrier::Id3v2 => id3v2::packets(source, range.clone())?,
        _ => Vec::new(),
    };
    let fields = carrier.read(source, range.clone(), &|name| name_of(name).is_some())?;
    let mut found: Vec<Found> = fields
        .into_iter()
        .filter_map(|field| in_tag(carrier, field))
        .collect();
    for packet in packets {
        found.extend(in_packet(packet, number));
    }
    Ok(found)
}

/// Every XMP packet of the file itself.
fn packets(
    source: &mut Source,
    layout: &Layout,
    number: &mut usize,
    hear: &mut HearFields<'_>,
) -> Result<(), Fault> {
    for range in layout.xmp.own.iter().flat_map(OwnXmp::all) {
        let packet = xmp::read(source, range.clone())?;
        hear(in_packet(packet, number), range.start)?;
    }
    for range in id3v2_tags(layout) {
        for packet in id3v2::packets(source, range.clone())? {
            hear(in_packet(packet, number), range.start)?;
        }
    }
    Ok(())
}

/// What the packet of this number says, which is counted on.
fn in_packet(packet: Vec<Heard>, number: &mut usize) -> Vec<Found> {
    let this = *number;
    *number += 1;
    let property = |heard| of_packet(heard, this);
    packet.into_iter().map(property).collect()
}

fn of_packet(said: Heard, number: usize) -> Found {
    Found {
        name: said.name,
        carrier: Some(Carrier::Xmp),
        main: false,
        link: 0,
        kept: false,
        packet: Some(number),
        may_echo: said.in_our_form,
        value: said.value,
        may_permit: true,
    }
}

/// At once: each of very many tags may hold as much as all may.
fn refuse_more(found: &[Found], most: usize, at: u64) -> Result<(), Fault> {
    if found.len() > most {
        return Err(Fault::Limit("too many fields of ours", at));
    }
    Ok(())
}

fn in_manifest(name: &'static str, value: Value, may_permit: bool) -> Found {
    Found {
        name,
        carrier: None,
        main: false,
        link: 0,
        kept: false,
        packet: None,
        may_echo: false,
        value,
        may_permit,
    }
}

/// Which field a tag's field name means.
fn name_of(name: &str) -> Option<&'static str> {
    marker::field(name).or_else(|| marker::same(&ad_hoc::NAMES, name))
}

/// Where a C2PA manifest stands in the file.
pub(crate) fn manifest(source: &mut Source, layout: &Layout) -> Result<Option<u64>, Fault> {
    let mut found = None;
    manifests(source, layout, true, &mut |manifest| {
        found.get_or_insert(manifest.at);
        Ok(())
    })?;
    Ok(found)
}

/// What every C2PA manifest in the file says.
fn manifests(
    source: &mut Source,
    layout: &Layout,
    all: bool,
    hear: &mut Hear<'_>,
) -> Result<(), Fault> {
    layout.manifests(source, all, hear)?;
    for range in id3v2_tags(layout) {
        id3v2::manifests(source, range.clone(), hear)?;
    }
    Ok(())
}

/// Every ID3v2 tag of the file.
fn id3v2_tags(layout: &Layout) -> impl Iterator<Item = &Range<u64>> {
    let main = match &layout.tag {
        Some(Place::At(range)) => Some((layout.carrier, range)),
        _ => None,
    };
    let others = layout
        .others
        .iter()
        .map(|(carrier, range)| (*carrier, range));
    let all = main.into_iter().chain(others);
    all.filter_map(|(carrier, range)| (carrier == Carrier::Id3v2).then_some(range))
}
