//! What is to become of a file, before a byte of it is written.

use crate::consent::Declaration;
use crate::container::{Layout, Plan};
use crate::current::Current;
use crate::digest::RestDigest;
use crate::embed::Warning;
use crate::error::{Error, ErrorKind};
use crate::found;
use crate::identify::Sound;
use crate::identity::{Measured, measure};
use crate::marker::Marker;
use crate::options::EmbedOptions;
use crate::proof::Proof;
use crate::source::Source;
use crate::tagging::{self, Embedding, InXmp, Order};

/// A file, and what is to become of it.
pub(crate) struct Planned {
    pub(crate) layout: Layout,
    pub(crate) before: Measured,
    /// None where nothing has to change.
    plan: Option<Placed>,
    /// The statement that the new file is to carry.
    pub(crate) marker: Option<Marker>,
    /// Taking that statement off must give the old file.
    restores: bool,
    /// What the file was before the statement that goes.
    pub(crate) rest: Option<RestDigest>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) heard: Sound,
}

impl Planned {
    /// What the new file must show, where there is to be one.
    pub(crate) fn proof(&self) -> Option<Proof<'_>> {
        let (plan, places) = self.plan.as_ref()?;
        Some(Proof {
            layout: &self.layout,
            plan,
            places: *places,
            before: &self.before,
            fields: self.marker.as_ref().map(Marker::fields).unwrap_or_default(),
            restores: self.restores,
        })
    }
}

impl EmbedOptions {
    /// How a statement comes into a file; the sound is left to `hear`.
    pub(crate) fn plan_embed(
        &self,
        source: &mut Source,
        declaration: &Declaration,
        hear: impl FnOnce(&mut Source, &Layout, bool) -> Result<Sound, Error>,
    ) -> Result<Planned, Error> {
        let layout = Layout::scan(source)?;
        layout.refuse_read_only()?;
        self.refuse_manifest(source, &layout)?;
        let current = Current::read(source, &layout)?;
        let before = measure(source, &layout)?;
        let (notice, mut warnings) = licence(&current);
        let bound = current.marker();
        let is_bound = |marker: &&Marker| marker.essence.as_ref() == Some(&before.essence);
        let bound = bound.filter(is_bound);
        let is_kept = bound.is_some() && !self.replace;
        let heard = hear(source, &layout, is_kept)?;
        let code = match bound.filter(|_| is_kept || heard.code.is_none()) {
            Some(bound) => bound.code,
            None => heard.code.filter(|_| self.code),
        };
        let order = Order {
            declaration,
            replace: self.replace,
            notice: self.notice && notice,
            xmp: match (self.xmp, notice) {
                (false, _) => InXmp::Nothing,
                (true, false) => InXmp::AllButTheNotice,
                (true, true) => InXmp::All,
            },
            code,
        };
        let (plan, marker) =
            plan_as_far(source, &layout, &current, &order, &before, &mut warnings)?;
        Ok(Planned {
            layout,
            before,
            plan,
            marker: Some(marker),
            restores: !current.has_ours(),
            rest: None,
            warnings,
            heard,
        })
    }

    /// How our statement goes.
    pub(crate) fn plan_strip(&self, source: &mut Source) -> Result<Planned, Error> {
        let layout = Layout::scan(source)?;
        layout.refuse_read_only()?;
        let current = Current::read(source, &layout)?;
        let before = measure(source, &layout)?;
        let mut plan = None;
        if current.has_ours() {
            self.refuse_manifest(source, &layout)?;
            // Read under our names and not ours to take: nothing changes.
            let strip = tagging::strip(source, &layout, &current)?;
            plan = placed(source, &layout, strip)?;
        }
        let note = current.marker().and_then(|marker| marker.undo.as_ref());
        Ok(Planned {
            layout,
            before,
            plan,
            marker: None,
            restores: false,
            rest: note.map(|undo| undo.rest),
            warnings: Vec::new(),
            heard: Sound::default(),
        })
    }

    fn refuse_manifest(&self, source: &mut Source, layout: &Layout) -> Result<(), Error> {
        match found::manifest(source, layout)?.filter(|_| !self.manifest) {
            Some(at) => {
                let what = format!("a C2PA manifest, at byte {at}, would be voided");
                Err(Error::new(ErrorKind::Protected, what))
            }
            None => Ok(()),
        }
    }
}

/// The statement stands in fields of its own: a copyright text that nothing can be written
/// behind, or a place for XMP that cannot grow, is no reason to go without.
fn plan_as_far(
    source: &mut Source,
    layout: &Layout,
    current: &Current,
    order: &Order<'_>,
    before: &Measured,
    warnings: &mut Vec<Warning>,
) -> Result<(Option<Placed>, Marker), Error> {
    let mut failed = None;
    for (notice, xmp) in [(true, true), (true, false), (false, true), (false, false)] {
        let lesser = Order {
            notice: order.notice && notice,
            xmp: if xmp { order.xmp } else { InXmp::Nothing },
            ..*order
        };
        let planned = tagging::embed(source, layout, current, &lesser, before);
        let planned = planned.and_then(|embedding| {
            let Embedding {
                plan,
                marker,
                packet_kept,
            } = embedding;
            Ok((placed(source, layout, plan)?, marker, packet_kept))
        });
        match planned {
            Ok((plan, marker, packet_kept)) => {
                if lesser.notice != order.notice {
                    warnings.push(Warning::NoticeImpossible);
                }
                if lesser.xmp != order.xmp || packet_kept {
                    warnings.push(Warning::PacketKept);
                }
                return Ok((plan, marker));
            }
            Err(error) if error.is_of_the_file() => failed = failed.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(failed.unwrap_or_else(|| Error::new(ErrorKind::Unproven, "no plan was made")))
}

/// A plan, and where it takes the samples of every track.
type Placed = (Plan, [u8; 32]);

/// The plan, where it changes anything, and where it takes the samples of every track.
fn placed(source: &mut Source, layout: &Layout, plan: Plan) -> Result<Option<Placed>, Error> {
    if plan.is_empty() {
        return Ok(None);
    }
    let places = layout.places(source, Some(&plan))?;
    Ok(Some((plan, places)))
}

/// Whether a notice may stand in the copyright field, and what to warn of.
fn licence(current: &Current) -> (bool, Vec<Warning>) {
    let texts: Vec<&str> = current.copyrights().collect();
    let text = texts.join("\n").to_lowercase();
    let by_licence = [
        "creativecommons",
        "creative commons",
        "cc by",
        "cc-by",
        "cc0",
    ];
    if text.contains("verify at") {
        (false, vec![Warning::NoticeSkipped])
    } else if by_licence.iter().any(|name| text.contains(name)) {
        (true, vec![Warning::CreativeCommons])
    } else {
        (true, Vec::new())
    }
}
