//! From a declaration, or its removal, to the changes of one file's tags.

use crate::carrier::xmp::{self, Packet, Property};
use crate::carrier::{Carrier, Copyright, Created, Edited, Made, Notice, Packed, Wanted, id3v1};
use crate::consent::{Date, Declaration, Preference, Role};
use crate::container::{Changes, Held, HeldEdit, Layout, OwnXmp, Place, Plan, Prior, TagChange};
use crate::current::Current;
use crate::error::{Error, ErrorKind, Fault};
use crate::identity::{ContentCode, Measured};
use crate::marker::{self, FIELDS, Marker, Step, USAGE_TERMS, Undo};
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

struct Wishes<'a> {
    fields: Vec<(&'static str, String)>,
    properties: Vec<Property>,
    notice: Option<&'a str>,
    year: Option<u16>,
}

/// What an earlier edit did to one tag, and the notice that it wrote.
#[derive(Default)]
struct Past<'a> {
    step: Option<Step>,
    layout: Option<&'a str>,
    notice: Option<String>,
    properties: Vec<Property>,
}

impl<'a> Past<'a> {
    /// What the `index`th of the tags of this carrier says of itself; where it says nothing,
    /// what the others say of it.
    fn of(current: &'a Current, carrier: Carrier, index: usize) -> Past<'a> {
        let own = current
            .tags
            .get(index)
            .and_then(|said| said.marker.as_ref());
        let marker = own.or(current.marker());
        Past::noted(marker, carrier, index, current.tags.len()).unwrap_or_default()
    }

    /// Of the XMP packet in the tag, and of that in a place of the container's own.
    fn of_packets(current: &'a Current, layout: &Layout) -> [Past<'a>; 2] {
        let in_tag = usize::from(layout.xmp.in_tag);
        let count = in_tag + usize::from(layout.xmp.own.is_some());
        let past = |index| Past::noted(current.marker(), Carrier::Xmp, index, count);
        [0, in_tag].map(|index| past(index).unwrap_or_default())
    }

    /// What the marker says of the `index`th of `count` tags.
    fn noted(
        marker: Option<&'a Marker>,
        carrier: Carrier,
        index: usize,
        count: usize,
    ) -> Option<Past<'a>> {
        let marker = marker?;
        let (step, layout) = marker.undo.as_ref()?.of(carrier, index, count)?;
        Some(Past {
            step: Some(step),
            layout,
            notice: marker.notice(),
            properties: marker.properties(),
        })
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
            xmp: Packet::default(),
            repeated,
            prior: self.step.map(|step| step.made),
        }
    }

    /// Of an XMP packet.
    fn packet<'w>(&'w self, wishes: &'w Wishes<'_>) -> Packet<'w> {
        let made = self.step.map(|step| step.made);
        Packet {
            prior: made.map(|made| (made, self.properties.as_slice())),
            wanted: &wishes.properties,
        }
    }
}

fn is_ours(name: &str) -> bool {
    marker::field(name).is_some_and(|name| FIELDS.contains(&name))
}

/// The changes to every tag, and what was done to each.
struct Changed {
    changes: Changes,
    steps: Vec<Step>,
    /// Not all that was wanted came into an XMP packet.
    packet_kept: bool,
}

/// Changes every tag that carries our lines, and tells what was done to each.
fn change(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    wishes: &Wishes<'_>,
) -> Result<Changed, Error> {
    let carrier = layout.carrier;
    let repeated = match layout.id3v1 {
        Some(at) => id3v1::frames(source, at)?,
        None => Vec::new(),
    };
    let [past_in_tag, past_own] = Past::of_packets(current, layout);
    let past = Past::of(current, carrier, 0);
    let mut main = past.wanted(wishes, &repeated);
    if layout.xmp.in_tag {
        main.xmp = past_in_tag.packet(wishes);
    }
    let prior = Prior {
        made: main.prior,
        xmp: past_own.step.map(|step| step.made),
        note: past.layout,
    };
    let tagged = match &layout.tag {
        Some(Place::Held(tags)) => held_tags(source, carrier, tags, current, wishes)?,
        _ => main_tag(source, layout, &main)?,
    };
    let created = matches!(tagged.change, TagChange::Create(_));
    let mut beside_steps = Vec::new();
    let mut splices = Vec::new();
    if let Some((beside, range)) = &layout.beside {
        let past = Past::of(current, *beside, 0);
        let edited = beside.edit(source, range.clone(), &past.wanted(wishes, &[]))?;
        splices = edited.splices;
        beside_steps.push(step(*beside, Made::Grown, edited.notice));
    }
    let (xmp, own) = own_packet(source, layout, &past_own.packet(wishes))?;
    let changes = layout.changes(source, tagged.change, splices, xmp, prior)?;
    let made = match main.prior {
        Some(Made::New) => Made::New,
        _ if created => Made::New,
        _ if tagged.padded || changes.padded => Made::Padded,
        _ => Made::Grown,
    };
    let mut steps = Vec::new();
    steps.extend(
        tagged
            .notices
            .into_iter()
            .map(|notice| step(carrier, made, notice)),
    );
    steps.extend(beside_steps);
    let packed = tagged.xmp.into_iter().chain(own);
    let made = packed.clone().filter_map(|packed| packed.made);
    steps.extend(made.map(|made| step(Carrier::Xmp, made, None)));
    Ok(Changed {
        changes,
        steps,
        packet_kept: !wishes.properties.is_empty() && !packed.clone().all(|packed| packed.all),
    })
}

/// What becomes of an XMP packet in a place of the container's own, and how our properties
/// come into it.
fn own_packet(
    source: &mut Source,
    layout: &Layout,
    packet: &Packet<'_>,
) -> Result<(TagChange, Option<Packed>), Fault> {
    let Some(OwnXmp {
        packet: range,
        others,
    }) = &layout.xmp.own
    else {
        return Ok((TagChange::Keep, None));
    };
    let Some(range) = range else {
        return Ok(match (packet.wanted.is_empty(), others.is_empty()) {
            (true, _) => (TagChange::Keep, None),
            // Of two packets a reader would see one.
            (false, false) => (TagChange::Keep, Some(Packed::KEPT)),
            (false, true) => {
                let create = TagChange::Create(xmp::create(packet.wanted));
                (create, Some(Packed::NEW))
            }
        });
    };
    let Edited {
        splices,
        before,
        after,
        xmp,
        bare,
        ..
    } = xmp::edit(source, range.clone(), packet)?;
    let change = if bare {
        TagChange::Remove
    } else {
        TagChange::Edit {
            splices,
            before,
            after,
        }
    };
    Ok((change, xmp))
}

fn step(carrier: Carrier, made: Made, notice: Option<Notice>) -> Step {
    Step {
        carrier,
        made,
        notice,
    }
}

/// What becomes of the main tag.
struct Tagged {
    change: TagChange,
    /// Its own padding paid.
    padded: bool,
    /// Of each tag that is held.
    notices: Vec<Option<Notice>>,
    /// What was done to an XMP packet in it.
    xmp: Option<Packed>,
}

impl Tagged {
    fn new(change: TagChange, notice: Option<Notice>, xmp: Option<Packed>) -> Tagged {
        Tagged {
            change,
            padded: false,
            notices: vec![notice],
            xmp,
        }
    }
}

fn main_tag(source: &mut Source, layout: &Layout, wanted: &Wanted<'_>) -> Result<Tagged, Fault> {
    let edited = match &layout.tag {
        Some(Place::At(range)) => layout.carrier.edit(source, range.clone(), wanted)?,
        _ if wanted.fields.is_empty() => return Ok(Tagged::new(TagChange::Keep, None, None)),
        _ => {
            let Created { bytes, notice } = layout.carrier.create(wanted);
            let xmp = (!wanted.xmp.wanted.is_empty()).then_some(Packed::NEW);
            return Ok(Tagged::new(TagChange::Create(bytes), notice, xmp));
        }
    };
    if edited.bare && wanted.prior == Some(Made::New) {
        return Ok(Tagged::new(TagChange::Remove, None, None));
    }
    let change = TagChange::Edit {
        splices: edited.splices,
        before: edited.before,
        after: edited.after,
    };
    Ok(Tagged {
        padded: edited.padded,
        ..Tagged::new(change, edited.notice, edited.xmp)
    })
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
    Ok(Tagged {
        change: TagChange::Held(edits),
        padded: false,
        notices,
        xmp: None,
    })
}
