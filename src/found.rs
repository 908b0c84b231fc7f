//! Which fields of a file's tags may speak of consent?

use std::ops::Range;

use crate::carrier::{Carrier, Field, Value, id3v2};
use crate::container::{Layout, Place};
use crate::error::Fault;
use crate::marker;
use crate::source::Source;
use crate::vocabulary::ad_hoc;

/// A field that may speak of consent, as it was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) name: &'static str,
    pub(crate) carrier: Carrier,
    /// In the tag that our lines go into, or in one of those.
    pub(crate) main: bool,
    /// In which of them, counted from 0.
    pub(crate) link: usize,
    pub(crate) value: Value,
}

impl Found {
    /// Whether the name is one of those that only we write.
    pub(crate) fn is_ours(&self) -> bool {
        marker::FIELDS.contains(&self.name)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Unreadable(_) => None,
        }
    }
}

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
                name: name_of(&field.name)?,
                carrier,
                main,
                link,
                value: field.value,
            })
        }));
        // At once: each of very many tags may hold as much as all may.
        if found.len() > most {
            return Err(Fault::Limit("too many fields of ours", at));
        }
        Ok(())
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
    Ok(found)
}

/// Which field a tag's field name means.
fn name_of(name: &str) -> Option<&'static str> {
    marker::field(name).or_else(|| marker::same(&ad_hoc::NAMES, name))
}

/// Where a C2PA manifest stands in the file.
pub(crate) fn manifest(source: &mut Source, layout: &Layout) -> Result<Option<u64>, Fault> {
    let mut found = layout.manifest(source)?;
    let main = match &layout.tag {
        Some(Place::At(range)) => Some((layout.carrier, range.clone())),
        _ => None,
    };
    let tags: Vec<(Carrier, Range<u64>)> = main.into_iter().chain(layout.others.clone()).collect();
    for (carrier, range) in tags {
        if carrier == Carrier::Id3v2 && found.is_none() {
            found = id3v2::manifest(source, range)?;
        }
    }
    Ok(found)
}
