//! What do a file's tags say before they are changed?

use crate::carrier::{Carrier, Made, xmp};
use crate::container::{Layout, Place};
use crate::error::Fault;
use crate::found::{self, Found};
use crate::marker::{self, Marker, Step, Undo};
use crate::source::Source;
use crate::vocabulary::noai;

/// What a file's tags say before they are changed.
pub(crate) struct Current {
    pub(crate) found: Vec<Found>,
    /// For each tag that our lines go into; several are those of a chained Ogg.
    pub(crate) tags: Vec<Said>,
}

/// What one of the tags that our lines go into says, and a tag beside it.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) marker: Option<Marker>,
    /// A field of one of our names that is not ours.
    pub(crate) foreign: Option<&'static str>,
    /// There is a statement of ours, damaged or not,
    is_stated: bool,
    /// or at least something that one left behind, and nothing foreign.
    is_ours: bool,
}

impl Current {
    /// Reads the tags.
    pub(crate) fn read(source: &mut Source, layout: &Layout) -> Result<Current, Fault> {
        let found = found::find(source, layout)?;
        let beside = layout.beside.as_ref().map(|(carrier, _)| *carrier);
        let count = match &layout.tag {
            Some(Place::Held(tags)) => tags.len(),
            _ => 1,
        };
        let edited =
            |field: &&Found| field.main || field.carrier.is_some() && field.carrier == beside;
        let ours = |field: &&Found| edited(field) && field.is_ours();
        let tags = by_tag(found.iter().filter(ours), count);
        let tags = tags.iter().map(|fields| Said::of(fields)).collect();
        Ok(Current { found, tags })
    }

    /// Our marker, the first where tags differ.
    pub(crate) fn marker(&self) -> Option<&Marker> {
        self.tags.iter().find_map(|said| said.marker.as_ref())
    }

    /// A field of one of our names that is not ours.
    pub(crate) fn foreign(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|said| said.foreign)
    }

    /// Whether there is a statement of ours, damaged or not.
    pub(crate) fn is_stated(&self) -> bool {
        self.tags.iter().any(|said| said.is_stated)
    }

    /// Whether one of them cannot be read.
    pub(crate) fn is_damaged(&self) -> bool {
        let damaged = |said: &Said| said.is_stated && said.marker.is_none();
        self.tags.iter().any(damaged)
    }

    /// Whether there is anything of ours to take off.
    pub(crate) fn has_ours(&self) -> bool {
        self.tags.iter().any(|said| said.is_ours)
    }

    /// What an earlier edit noted, where it noted that of the tags that there are.
    pub(crate) fn undo(&self, carrier: Carrier) -> Option<&Undo> {
        let first = self.marker()?;
        let mut markers = self.tags.iter().filter_map(|said| said.marker.as_ref());
        let undo = first
            .undo
            .as_ref()
            .filter(|_| markers.all(|other| other == first));
        undo.filter(|undo| undo.steps(carrier).count() == self.tags.len())
    }

    /// Whether our fields, and no others of their names, say what the marker says, in
    /// every tag that our lines go into.
    pub(crate) fn is_intact(&self) -> bool {
        let Some(marker) = self.marker() else {
            return false;
        };
        let wanted = marker.fields();
        let equal = |fields: &Vec<&Found>| {
            let fields = fields.iter().filter(|field| field.main);
            let fields = fields.filter(|field| field.is_ours());
            fields.clone().count() == wanted.len()
                && wanted.iter().all(|(name, value)| {
                    let mut found = fields.clone();
                    found.any(|field| field.name == *name && field.text() == Some(value))
                })
        };
        let tags = by_tag(self.found.iter(), self.tags.len());
        let notice = marker.notice().unwrap_or_default();
        let present = |(tag, step): (usize, &Step)| {
            let fields = tags.get(tag).into_iter().flatten();
            let mut fields = fields.filter(|field| field.carrier == Some(step.carrier));
            let carried = |field: &Found| {
                field.name == marker::COPYRIGHT && field.text().is_some_and(|t| t.contains(&notice))
            };
            step.notice.is_none()
                || fields.clone().next().is_none()
                || fields.any(|field| carried(field))
        };
        let steps = marker.undo.iter().flat_map(|undo| &undo.steps);
        let steps: Vec<Step> = steps.copied().collect();
        let mut steps = steps.chunk_by(|a, b| a.carrier == b.carrier);
        let beside = |field: &&Found| !field.main && field.name == marker::NOAI;
        let noai = wanted.iter().find(|(name, _)| *name == marker::NOAI);
        let agrees = |field: &Found| field.text() == noai.map(|(_, value)| value.as_str());
        let in_info = |field: &&Found| field.carrier == Some(Carrier::RiffInfo);
        tags.iter().all(equal)
            && steps.all(|steps| steps.iter().enumerate().all(present))
            && self.found.iter().filter(beside).filter(in_info).all(agrees)
    }

    /// Whether our properties stand in every XMP packet into which, as the marker says, they came.
    pub(crate) fn has_properties(&self) -> bool {
        let steps = self.packets();
        steps.is_empty()
            || self
                .told()
                .iter()
                .all(|told| self.times(told) >= steps.len())
    }

    /// Whether tags that are left alone, too, say nothing else under our names, nor do packets
    /// that we made.
    pub(crate) fn is_unanimous(&self) -> bool {
        let wanted = self.marker().map(Marker::fields).unwrap_or_default();
        let says = |field: &Found| {
            let mut known = wanted.iter().filter(|(name, _)| *name == field.name);
            known.any(|(_, value)| field.text() == Some(value))
        };
        let mut others = self
            .found
            .iter()
            .filter(|field| !field.main && field.is_ours());
        let steps = self.packets();
        let is_ours = steps.iter().all(|step| step.made == Made::New);
        // A packet that is gone says nothing about the statement.
        let told = self.told();
        let mut lost = told.iter().filter(|told| self.times(told) < steps.len());
        others.all(says)
            && !(is_ours && lost.any(|(name, _)| self.in_packets(name).next().is_some()))
    }

    /// What the marker says of XMP packets.
    fn packets(&self) -> Vec<Step> {
        let undo = self.marker().and_then(|marker| marker.undo.as_ref());
        undo.map_or_else(Vec::new, |undo| undo.steps(Carrier::Xmp).collect())
    }

    /// The properties of this name.
    fn in_packets(&self, name: &str) -> impl Iterator<Item = &Found> {
        let is_named =
            move |field: &&Found| field.carrier == Some(Carrier::Xmp) && field.name == name;
        self.found.iter().filter(is_named)
    }

    /// How often a property stands: with our value; or where it came beside those of others, among
    /// which some of ours may have had no room, any, or the other one of its pair.
    fn times(&self, (name, value): &(&str, String)) -> usize {
        let is_ours = self.packets().iter().all(|step| step.made == Made::New);
        if is_ours {
            let says = |field: &&Found| field.text() == Some(value);
            return self.in_packets(name).filter(says).count();
        }
        let other = xmp::partner(name).map_or(0, |other| self.in_packets(other).count());
        self.in_packets(name).count().max(other)
    }

    /// The properties that a packet has wherever it has any of ours: a licence may keep the
    /// notice out, and of an address nothing is read.
    fn told(&self) -> Vec<(&'static str, String)> {
        let mut told = self.marker().map(Marker::properties).unwrap_or_default();
        told.retain(|(name, _)| matches!(*name, marker::DATA_MINING | marker::RESERVATION));
        told
    }

    /// The texts of every copyright field.
    pub(crate) fn copyrights(&self) -> impl Iterator<Item = &str> {
        let copyright = |field: &&Found| field.name == marker::COPYRIGHT;
        self.found.iter().filter(copyright).filter_map(Found::text)
    }
}

/// Sorts fields by the tag in which they stand. What is in no such tag counts as the first's.
fn by_tag<'a>(fields: impl Iterator<Item = &'a Found>, count: usize) -> Vec<Vec<&'a Found>> {
    let mut tags = vec![Vec::new(); count];
    for field in fields {
        if let Some(tag) = tags.get_mut(field.link) {
            tag.push(field);
        }
    }
    tags
}

impl Said {
    /// From the fields of our names, the copyright field apart.
    fn of(fields: &[&Found]) -> Said {
        let mut said = Said::default();
        let consent = |field: &&&Found| field.main && field.name == marker::AI_CONSENT;
        for field in fields.iter().filter(consent) {
            let text = field.text().unwrap_or_default();
            match text.parse::<Marker>() {
                Ok(parsed) => {
                    said.is_stated = true;
                    said.marker.get_or_insert(parsed);
                }
                // Damaged, and still recognisably ours.
                Err(_) if text.starts_with("v=") => said.is_stated = true,
                Err(_) => said.foreign = Some(field.name),
            }
        }
        // What is left in a second tag where the first one was lost is a list in our words.
        let is_leftover = |field: &Found| !field.main && field.text().is_some_and(noai::is_ours);
        if !said.is_stated {
            let other = fields.iter().find(|field| !is_leftover(field));
            said.foreign = said.foreign.or(other.map(|field| field.name));
        }
        said.is_ours = said.foreign.is_none() && !fields.is_empty();
        said
    }
}
