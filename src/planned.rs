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
use crate::tagging::{self, Order};

/// A file, and what is to become of it.
pub(crate) struct Planned {
    pub(crate) layout: Layout,
    pub(crate) before: Measured,
    /// With where it takes the samples of every track; none where nothing has to change.
    plan: Option<(Plan, [u8; 32])>,
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
        let mut order = Order {
            declaration,
            replace: self.replace,
            notice: self.notice && notice,
            code,
        };
        let mut planned = tagging::embed(source, &layout, &current, &order, &before);
        if order.notice && planned.as_ref().is_err_and(Error::is_of_the_file) {
            // The statement stands in fields of its own: a copyright text that nothing can
            // be written behind is no reason to go without.
            order.notice = false;
            if let Ok(bare) = tagging::embed(source, &layout, &current, &order, &before) {
                planned = Ok(bare);
                warnings.push(Warning::NoticeImpossible);
            }
        }
        let (plan, marker) = planned?;
        let plan = placed(source, &layout, plan)?;
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

/// The plan, where it changes anything, and where it takes the samples of every track.
fn placed(
    source: &mut Source,
    layout: &Layout,
    plan: Plan,
) -> Result<Option<(Plan, [u8; 32])>, Error> {
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
