//! From a declaration, or its removal, to the changes of one file's tags.

use crate::carrier::{Carrier, Copyright, Created, Edited, Made, Notice, Wanted, id3v1};
use crate::consent::{Date, Declaration, Preference, Role};
use crate::container::{Changes, Held, HeldEdit, Layout, Place, Plan, Prior, TagChange};
use crate::current::Current;
use crate::error::{Error, ErrorKind, Fault};
use crate::identity::{ContentCode, Measured};
use crate::marker::{self, FIELDS, Marker, Step, Undo};
use crate::source::Source;

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
    if let Some(name) = current.foreign() {
        let what = format!("the field {name} is there already and not of this program");
        return Err(Error::new(ErrorKind::Conflict, what));
    }
    if current.is_damaged() {
        let what = "the statement in the file is damaged: strip it first";
        return Err(Error::new(ErrorKind::Conflict, what));
    }
    if !order.replace {
        let markers = current.tags.iter().filter_map(|said| said.marker.as_ref());
        for old in markers {
            refuse_loosening(old, &declaration)?;
        }
    }
    if let Some(old) = current.marker() {
        let day = old.declaration.declared_on();
        if let Some(day) = day.filter(|_| old.declaration.says_the_same_as(&declaration)) {
            declaration = declaration.declared(day);
        }
    }
    let mut marker = Marker {
        essence: Some(before.essence.clone()),
        code: order.code,
        ..Marker::new(declaration)
    };
    let notice = marker.notice().filter(|_| order.notice);
    let mut undo = Undo {
        steps: Vec::new(),
        layout: None,
        rest: current
            .undo(layout.carrier)
            .map_or(before.rest, |undo| undo.rest),
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
        let (changes, steps) = change(source, layout, current, &wanted)?;
        if undo.steps == steps && undo.layout == changes.note {
            refuse_unreadable(source, &wanted)?;
            let same = current.marker() == Some(&marker) && current.is_intact();
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
    let nothing = Wishes {
        fields: Vec::new(),
        notice: None,
        year: None,
    };
    let (changes, _) = change(source, layout, current, &nothing)?;
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
    // Where none are pinned the terms are whatever stands there, so to pin them frees nobody.
    let pinned = old.terms_digest();
    if pinned.is_some() && pinned != new.terms_digest() && keeps(Preference::Conditional) {
        return conflict("the statement in the file pins terms that the new one does not");
    }
    let named = old.declarer_name();
    let platform_over_artist =
        new.declarer_role() == Role::Platform && old.declarer_role() != Role::Platform;
    if platform_over_artist || named.is_some() && named != new.declarer_name() {
        return conflict("the statement in the file is another declarer's");
    }
    Ok(())
}

/// A note about many links is long, and what is too long is not read.
fn refuse_unreadable(source: &Source, wishes: &Wishes<'_>) -> Result<(), Error> {
    let longest = source.limits().field;
    let mut fields = wishes.fields.iter();
    if fields.any(|(_, value)| value.len() as u64 > longest) {
        let what = "the statement would be longer than a field that is read";
        return Err(Error::new(ErrorKind::Limit, what));
    }
    Ok(())
}

struct Wishes<'a> {
    fields: Vec<(&'static str, String)>,
    notice: Option<&'a str>,
    year: Option<u16>,
}

/// What an earlier edit did to one tag, and the notice that it wrote.
#[derive(Default)]
struct Past<'a> {
    step: Option<Step>,
    layout: Option<&'a str>,
    notice: Option<String>,
}

impl<'a> Past<'a> {
    /// What the `index`th of the tags of this carrier says of itself; where it says nothing,
    /// what the others say of it.
    fn of(current: &'a Current, carrier: Carrier, index: usize) -> Past<'a> {
        let own = current
            .tags
            .get(index)
            .and_then(|said| said.marker.as_ref());
        let past = own.or(current.marker()).and_then(|marker| {
            let undo = marker.undo.as_ref()?;
            let (step, layout) = undo.of(carrier, index, current.tags.len())?;
            Some(Past {
                step: Some(step),
                layout,
                notice: marker.notice(),
            })
        });
        past.unwrap_or_default()
    }

    fn wanted<'w>(&'w self, wishes: &'w Wishes<'_>, repeated: &'w [Vec<u8>]) -> Wanted<'w> {
        let notice = self.step.and_then(|step| step.notice);
        Wanted {
            out: &is_ours,
            fields: &wishes.fields,
            copyright: Copyright {
                prior: notice.zip(self.notice.as_deref()),
                notice: wishes.notice,
                year: wishes.year,
            },
            repeated,
            prior: self.step.map(|step| step.made),
        }
    }
}

fn is_ours(name: &str) -> bool {
    marker::field(name).is_some_and(|name| FIELDS.contains(&name))
}

/// Changes every tag that carries our lines, and tells what was done to each.
fn change(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    wishes: &Wishes<'_>,
) -> Result<(Changes, Vec<Step>), Error> {
    let carrier = layout.carrier;
    let repeated = match layout.id3v1 {
        Some(at) => id3v1::frames(source, at)?,
        None => Vec::new(),
    };
    let past = Past::of(current, carrier, 0);
    let main = past.wanted(wishes, &repeated);
    let prior = Prior {
        made: main.prior,
        note: past.layout,
    };
    let (tag, padded, notices) = match &layout.tag {
        Some(Place::Held(tags)) => held_tags(source, carrier, tags, current, wishes)?,
        _ => main_tag(source, layout, &main)?,
    };
    let created = matches!(tag, TagChange::Create(_));
    let mut beside_steps = Vec::new();
    let mut splices = Vec::new();
    if let Some((beside, range)) = &layout.beside {
        let past = Past::of(current, *beside, 0);
        let edited = beside.edit(source, range.clone(), &past.wanted(wishes, &[]))?;
        splices = edited.splices;
        beside_steps.push(step(*beside, Made::Grown, edited.notice));
    }
    let changes = layout.changes(source, tag, splices, prior)?;
    let made = match main.prior {
        Some(Made::New) => Made::New,
        _ if created => Made::New,
        _ if padded || changes.padded => Made::Padded,
        _ => Made::Grown,
    };
    let steps = notices
        .into_iter()
        .map(|notice| step(carrier, made, notice));
    Ok((changes, steps.chain(beside_steps).collect()))
}

fn step(carrier: Carrier, made: Made, notice: Option<Notice>) -> Step {
    Step {
        carrier,
        made,
        notice,
    }
}

/// What becomes of the main tag, whether its own padding paid, and the notices in it.
type Tagged = (TagChange, bool, Vec<Option<Notice>>);

fn main_tag(source: &mut Source, layout: &Layout, wanted: &Wanted<'_>) -> Result<Tagged, Fault> {
    let edited = match &layout.tag {
        Some(Place::At(range)) => layout.carrier.edit(source, range.clone(), wanted)?,
        _ if wanted.fields.is_empty() => return Ok((TagChange::Keep, false, vec![None])),
        _ => {
            let Created { bytes, notice } = layout.carrier.create(wanted);
            return Ok((TagChange::Create(bytes), false, vec![notice]));
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
        return Ok((TagChange::Remove, false, vec![None]));
    }
    let change = TagChange::Edit {
        splices,
        before,
        after,
    };
    Ok((change, padded, vec![notice]))
}

/// The same of tags that are held.
fn held_tags(
    source: &Source,
    carrier: Carrier,
    tags: &[Held],
    current: &Current,
    wishes: &Wishes<'_>,
) -> Result<Tagged, Fault> {
    let (mut edits, mut notices) = (Vec::new(), Vec::new());
    for (index, (tag, said)) in tags.iter().zip(&current.tags).enumerate() {
        let past = Past::of(current, carrier, index);
        // What somebody else says in one link of a chain stays.
        let edited = if said.foreign.is_some() {
            Edited::default()
        } else {
            let wanted = past.wanted(wishes, &[]);
            source.held(&tag.packet, |held| {
                carrier.edit(held, tag.range.clone(), &wanted)
            })?
        };
        edits.push(HeldEdit {
            splices: edited.splices,
            after: edited.after,
            note: past.layout.map(str::to_owned),
        });
        notices.push(edited.notice);
    }
    Ok((TagChange::Held(edits), false, notices))
}
