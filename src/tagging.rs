//! From a declaration, or its removal, to the changes of one file's tags.

use crate::carrier::xmp::Property;
use crate::change::{Changed, Wishes, change};
use crate::consent::{Date, Declaration, Preference, Role};
use crate::container::{Layout, Plan};
use crate::current::Current;
use crate::error::{Error, ErrorKind};
use crate::identity::{ContentCode, Measured};
use crate::marker::{Marker, USAGE_TERMS, Undo};
use crate::source::Source;

/// What an XMP packet is to say, where the format has a place for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InXmp {
    Nothing,
    AllButTheNotice,
    All,
}

/// What shall be said, and how.
pub(crate) struct Order<'a> {
    pub(crate) declaration: &'a Declaration,
    pub(crate) replace: bool,
    pub(crate) notice: bool,
    pub(crate) xmp: InXmp,
    /// The content code of the sound, where it is known.
    pub(crate) code: Option<ContentCode>,
}

/// How a declaration comes into a file.
pub(crate) struct Embedding {
    /// Empty where it stands there already.
    pub(crate) plan: Plan,
    pub(crate) marker: Marker,
    /// The XMP packet that is there takes it not, or not as a whole.
    pub(crate) packet_kept: bool,
}

/// The plan that puts a declaration into the file; empty where it stands there already.
pub(crate) fn embed(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    order: &Order<'_>,
    before: &Measured,
) -> Result<Embedding, Error> {
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
            properties: properties(&marker, order),
            notice: notice.as_deref(),
            year: marker.declaration.declared_on().map(Date::year),
        };
        let Changed {
            changes,
            steps,
            packet_kept,
        } = change(source, layout, current, &wanted)?;
        if undo.steps == steps && undo.layout == changes.note {
            refuse_unreadable(source, &wanted)?;
            let same = current.marker() == Some(&marker)
                && current.is_intact()
                && current.has_properties();
            let changes = if same { Vec::new() } else { changes.list };
            return Ok(Embedding {
                plan: Plan::new(changes, source.len())?,
                marker,
                packet_kept,
            });
        }
        undo.steps = steps;
        undo.layout = changes.note;
    }
    Err(Error::new(
        ErrorKind::Unproven,
        "no stable plan was found for this file",
    ))
}

/// What an XMP packet is to say.
fn properties(marker: &Marker, order: &Order<'_>) -> Vec<Property> {
    let mut properties = marker.properties();
    properties.retain(|(name, _)| match order.xmp {
        InXmp::Nothing => false,
        InXmp::AllButTheNotice => *name != USAGE_TERMS,
        InXmp::All => true,
    });
    properties
}

/// The plan that takes our lines off.
pub(crate) fn strip(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
) -> Result<Plan, Error> {
    let nothing = Wishes {
        fields: Vec::new(),
        properties: Vec::new(),
        notice: None,
        year: None,
    };
    let changed = change(source, layout, current, &nothing)?;
    Ok(Plan::new(changed.changes.list, source.len())?)
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
