//! From a declaration, or its removal, to the changes of one file's tags.

use std::ops::Range;

use crate::carrier::{Carrier, Copyright, Created, Edited, Made, Notice, Wanted, id3v1};
use crate::consent::{Date, Declaration, Preference, Role};
use crate::container::{Changes, Layout, Place, Plan, Prior, TagChange};
use crate::error::{Error, ErrorKind, Fault};
use crate::found::{self, Found};
use crate::identity::{ContentCode, Measured};
use crate::marker::{self, FIELDS, Marker, Step, Undo};
use crate::source::Source;
use crate::vocabulary::noai;

/// What a file's tags say before they are changed.
pub(crate) struct Current {
    pub(crate) found: Vec<Found>,
    /// Our marker in the tag that our lines go into.
    pub(crate) marker: Option<Marker>,
    /// A field of one of our names that is not ours.
    pub(crate) foreign: Option<&'static str>,
    /// There is a statement of ours, damaged or not,
    pub(crate) is_stated: bool,
    /// or at least something that one left behind.
    pub(crate) has_ours: bool,
}

impl Current {
    /// Reads the tags.
    pub(crate) fn read(source: &mut Source, layout: &Layout) -> Result<Current, Fault> {
        let found = found::find(source, layout)?;
        let beside = layout.beside.as_ref().map(|(carrier, _)| *carrier);
        let edited = |field: &&Found| field.main || Some(field.carrier) == beside;
        let ours = found.iter().filter(edited);
        let ours: Vec<&Found> = ours.filter(|f| f.name != marker::COPYRIGHT).collect();
        let consents = ours
            .iter()
            .filter(|f| f.main && f.name == marker::AI_CONSENT);
        let (mut marker, mut foreign, mut is_stated) = (None, None, false);
        for field in consents {
            let text = field.text().unwrap_or_default();
            match text.parse::<Marker>() {
                Ok(parsed) => {
                    is_stated = true;
                    marker.get_or_insert(parsed);
                }
                // Damaged, and still recognisably ours.
                Err(_) if text.starts_with("v=") => is_stated = true,
                Err(_) => foreign = Some(field.name),
            }
        }
        // What is left in a second tag where the first one was lost is a list in our words.
        let is_leftover = |field: &Found| {
            let list = field.text().and_then(noai::understand);
            !field.main && list.and_then(|list| noai::spell(&list)).as_deref() == field.text()
        };
        if !is_stated {
            let other = ours.iter().find(|field| !is_leftover(field));
            foreign = foreign.or(other.map(|field| field.name));
        }
        let has_ours = is_stated || foreign.is_none() && !ours.is_empty();
        Ok(Current {
            found,
            marker,
            foreign,
            is_stated,
            has_ours,
        })
    }

    /// Whether our fields, and no others of their names, say what the marker says.
    pub(crate) fn is_intact(&self) -> bool {
        let Some(marker) = &self.marker else {
            return false;
        };
        let wanted = marker.fields();
        let main: Vec<&Found> = self.found.iter().filter(|field| field.main).collect();
        let fields = main.iter().filter(|field| field.name != marker::COPYRIGHT);
        let equal = fields.clone().count() == wanted.len()
            && wanted.iter().all(|(name, value)| {
                let mut found = fields.clone();
                found.any(|field| field.name == *name && field.text() == Some(value))
            });
        let notices = marker.undo.iter().flat_map(|undo| &undo.steps);
        let carried = |carrier: Carrier| {
            let notice = marker.notice().unwrap_or_default();
            let mut fields = self.found.iter().filter(|field| field.carrier == carrier);
            fields.any(|field| {
                field.name == marker::COPYRIGHT && field.text().is_some_and(|t| t.contains(&notice))
            })
        };
        let present = |step: &Step| {
            !self.found.iter().any(|field| field.carrier == step.carrier)
                || step.notice.is_none()
                || carried(step.carrier)
        };
        let beside = |field: &&Found| !field.main && field.name == marker::NOAI;
        let noai = wanted.iter().find(|(name, _)| *name == marker::NOAI);
        let agrees = |field: &Found| field.text() == noai.map(|(_, value)| value.as_str());
        let in_info = |field: &&Found| field.carrier == Carrier::RiffInfo;
        equal
            && notices.into_iter().all(present)
            && self.found.iter().filter(beside).filter(in_info).all(agrees)
    }

    /// Whether tags that are left alone, too, say nothing else under our names.
    pub(crate) fn is_unanimous(&self) -> bool {
        let wanted = self.marker.as_ref().map(Marker::fields).unwrap_or_default();
        let says = |field: &Found| {
            let mut known = wanted.iter().filter(|(name, _)| *name == field.name);
            known.any(|(_, value)| field.text() == Some(value))
        };
        let others = self.found.iter().filter(|field| !field.main);
        others
            .filter(|field| field.name != marker::COPYRIGHT)
            .all(says)
    }

    /// The texts of every copyright field.
    pub(crate) fn copyrights(&self) -> impl Iterator<Item = &str> {
        let copyright = |field: &&Found| field.name == marker::COPYRIGHT;
        self.found.iter().filter(copyright).filter_map(Found::text)
    }
}

/// What shall be said, and how.
pub(crate) struct Order<'a> {
    pub(crate) declaration: &'a Declaration,
    pub(crate) replace: bool,
    pub(crate) notice: bool,
    /// The content code of the sound, where it is known.
    pub(crate) code: Option<ContentCode>,
}

/// The plan that puts a declaration into the file; empty where it stands there already.
pub(crate) fn embed(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    order: &Order<'_>,
    before: &Measured,
) -> Result<(Plan, Marker), Error> {
    let mut declaration = order.declaration.clone();
    declaration.check()?;
    if let Some(name) = current.foreign {
        let what = format!("the field {name} is there already and not of this program");
        return Err(Error::new(ErrorKind::Conflict, what));
    }
    if current.is_stated && current.marker.is_none() {
        let what = "the statement in the file is damaged: strip it first";
        return Err(Error::new(ErrorKind::Conflict, what));
    }
    if let Some(old) = &current.marker {
        if !order.replace {
            refuse_loosening(old, &declaration)?;
        }
        let day = old.declaration.declared_on();
        if let Some(day) = day.filter(|_| old.declaration.says_the_same_as(&declaration)) {
            declaration = declaration.declared(day);
        }
    }
    let old_undo = current
        .marker
        .as_ref()
        .and_then(|marker| marker.undo.clone());
    let old_undo = old_undo.filter(|undo| undo.step(layout.carrier).is_some());
    let mut marker = Marker {
        essence: Some(before.essence.clone()),
        code: order.code,
        ..Marker::new(declaration)
    };
    let notice = marker.notice().filter(|_| order.notice);
    let mut undo = Undo {
        steps: Vec::new(),
        layout: None,
        rest: old_undo.as_ref().map_or(before.rest, |undo| undo.rest),
    };
    // The note says how the tags were changed, and its length takes part in that: each
    // round makes the changes for the note of the round before, until the two agree.
    for _ in 0..8 {
        marker.undo = Some(undo.clone());
        let wanted = Wishes {
            fields: marker.fields(),
            notice: notice.as_deref(),
            year: marker.declaration.declared_on().map(Date::year),
        };
        let (changes, steps) = change(source, layout, current, old_undo.as_ref(), &wanted)?;
        if undo.steps == steps && undo.layout == changes.note {
            let same = current.marker.as_ref() == Some(&marker) && current.is_intact();
            let changes = if same { Vec::new() } else { changes.list };
            return Ok((Plan::new(changes, source.len())?, marker));
        }
        undo.steps = steps;
        undo.layout = changes.note;
    }
    Err(Error::new(
        ErrorKind::Unproven,
        "no stable plan was found for this file",
    ))
}

/// The plan that takes our lines off.
pub(crate) fn strip(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
) -> Result<Plan, Error> {
    let undo = current
        .marker
        .as_ref()
        .and_then(|marker| marker.undo.clone());
    let nothing = Wishes {
        fields: Vec::new(),
        notice: None,
        year: None,
    };
    let (changes, _) = change(source, layout, current, undo.as_ref(), &nothing)?;
    Ok(Plan::new(changes.list, source.len())?)
}

fn refuse_loosening(old: &Marker, new: &Declaration) -> Result<(), Error> {
    let conflict = |what: &str| Err(Error::new(ErrorKind::Conflict, what));
    if old.unknown_members {
        return conflict("the statement in the file is of a later version of this program");
    }
    let old = &old.declaration;
    if new.preferences().is_looser_than(old.preferences()) {
        return conflict("the statement in the file denies more than the new one");
    }
    let keeps = |preference| {
        let mut still = new.preferences().which(preference);
        still.any(|usage| old.preference(usage) == preference)
    };
    let ends_later = match (old.expires_after(), new.expires_after()) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if ends_later && keeps(Preference::Allowed) {
        return conflict("the permission in the file ends earlier than the new one");
    }
    if old.policy_url() != new.policy_url() && keeps(Preference::Conditional) {
        return conflict("the statement in the file names other terms than the new one");
    }
    let named = old.declarer_name();
    let platform_over_artist =
        new.declarer_role() == Role::Platform && old.declarer_role() != Role::Platform;
    if platform_over_artist || named.is_some() && named != new.declarer_name() {
        return conflict("the statement in the file is another declarer's");
    }
    Ok(())
}

struct Wishes<'a> {
    fields: Vec<(&'static str, String)>,
    notice: Option<&'a str>,
    year: Option<u16>,
}

/// Changes every tag that carries our lines, and tells what was done to each.
fn change(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    undo: Option<&Undo>,
    wishes: &Wishes<'_>,
) -> Result<(Changes, Vec<Step>), Error> {
    let old_notice = current.marker.as_ref().and_then(Marker::notice);
    let out = |name: &str| marker::field(name).is_some_and(|name| FIELDS.contains(&name));
    let wanted = |carrier| {
        let step = undo.and_then(|undo| undo.step(carrier));
        let prior = step.and_then(|step| step.notice).zip(old_notice.as_deref());
        Wanted {
            out: &out,
            fields: &wishes.fields,
            copyright: Copyright {
                prior,
                notice: wishes.notice,
                year: wishes.year,
            },
            repeated: &[],
            prior: step.map(|step| step.made),
        }
    };
    let carrier = layout.carrier;
    let repeated = match layout.id3v1 {
        Some(at) => id3v1::frames(source, at)?,
        None => Vec::new(),
    };
    let main = Wanted {
        repeated: &repeated,
        ..wanted(carrier)
    };
    let prior = Prior {
        made: main.prior,
        note: undo.and_then(|undo| undo.layout.as_deref()),
    };
    let (tag, padded, notice) = main_tag(source, layout, &main)?;
    let created = matches!(tag, TagChange::Create(_));
    let mut steps = Vec::new();
    let mut splices = Vec::new();
    if let Some((beside, range)) = &layout.beside {
        let edited = beside.edit(source, range.clone(), &wanted(*beside))?;
        splices = edited.splices;
        steps.push(step(*beside, Made::Grown, edited.notice));
    }
    let changes = layout.changes(source, tag, splices, prior)?;
    let made = match main.prior {
        Some(Made::New) => Made::New,
        _ if created => Made::New,
        _ if padded || changes.padded => Made::Padded,
        _ => Made::Grown,
    };
    steps.insert(0, step(carrier, made, notice));
    Ok((changes, steps))
}

fn step(carrier: Carrier, made: Made, notice: Option<Notice>) -> Step {
    Step {
        carrier,
        made,
        notice,
    }
}

/// What becomes of the main tag, whether its own padding paid, and the notice in it.
fn main_tag(
    source: &mut Source,
    layout: &Layout,
    wanted: &Wanted<'_>,
) -> Result<(TagChange, bool, Option<Notice>), Fault> {
    let edited = match &layout.tag {
        None if wanted.fields.is_empty() => return Ok((TagChange::Keep, false, None)),
        None => {
            let Created { bytes, notice } = layout.carrier.create(wanted);
            return Ok((TagChange::Create(bytes), false, notice));
        }
        Some(Place::At(range)) => layout.carrier.edit(source, range.clone(), wanted)?,
        Some(Place::Held(packet, range)) => {
            let Range { start, end } = *range;
            source.held(packet, |held| layout.carrier.edit(held, start..end, wanted))?
        }
    };
    let Edited {
        splices,
        before,
        after,
        padded,
        notice,
        bare,
    } = edited;
    if bare && wanted.prior == Some(Made::New) {
        return Ok((TagChange::Remove, false, None));
    }
    let change = TagChange::Edit {
        splices,
        before,
        after,
    };
    Ok((change, padded, notice))
}
