//! How do the tags of a file come to be as they are wished, and what was done to each?

use crate::carrier::xmp::{self, Packet, Property};
use crate::carrier::{Carrier, Copyright, Created, Edited, Made, Notice, Packed, Wanted, id3v1};
use crate::container::{Changes, Held, HeldEdit, Layout, OwnXmp, Place, Prior, TagChange};
use crate::current::Current;
use crate::error::{Error, Fault};
use crate::marker::{self, FIELDS, Marker, Step};
use crate::source::Source;

/// How the tags shall be.
pub(crate) struct Wishes<'a> {
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) properties: Vec<Property>,
    pub(crate) notice: Option<&'a str>,
    pub(crate) year: Option<u16>,
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
pub(crate) struct Changed {
    pub(crate) changes: Changes,
    pub(crate) steps: Vec<Step>,
    /// Not all that was wanted came into an XMP packet.
    pub(crate) packet_kept: bool,
}

/// Changes every tag that carries our lines, and tells what was done to each.
pub(crate) fn change(
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
        if packet.wanted.is_empty() {
            return Ok((TagChange::Keep, None));
        }
        // Of two packets a reader would see one.
        if !others.is_empty() || layout.has_far_packet(source)? {
            return Ok((TagChange::Keep, Some(Packed::KEPT)));
        }
        let create = TagChange::Create(xmp::create(packet.wanted));
        return Ok((create, Some(Packed::NEW)));
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
            whole: xmp == Some(Packed::NEW),
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
        whole: false,
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
