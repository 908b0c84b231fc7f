//! What must a new file show before it takes the old one's place?

use crate::confirm::{self, Shown};
use crate::container::{Layout, Plan};
use crate::current::Current;
use crate::error::{Error, ErrorKind};
use crate::identity::{Measured, measure};
use crate::limits::Limits;
use crate::marker::Marker;
use crate::source::{ReadSeek, Source};
use crate::tagging;

#[cfg(test)]
mod broken;

/// What a new file must show before it takes the old one's place.
pub(crate) struct Proof<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) plan: &'a Plan,
    /// Where the samples of every track must be.
    pub(crate) places: [u8; 32],
    pub(crate) before: &'a Measured,
    /// Our fields, as any reader must see them.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Taking our fields off must give the old file.
    pub(crate) restores: bool,
}

impl Proof<'_> {
    pub(crate) fn hold(
        &self,
        old_file: &mut dyn ReadSeek,
        old: &mut Source,
        new_file: &mut dyn ReadSeek,
        limits: Limits,
    ) -> Result<Measured, Error> {
        let fail = |what: &str| Err(Error::new(ErrorKind::Unproven, what));
        let mut reader = &mut *new_file;
        let mut new = Source::new(&mut reader, limits)?;
        let layout = Layout::scan(&mut new).map_err(unread)?;
        let after = measure(&mut new, &layout).map_err(unread)?;
        if after.essence != self.before.essence {
            return fail("the sound of the new file is not that of the old one");
        }
        if !self.plan.yields(old, &mut new)? {
            return fail("the new file is not what was planned");
        }
        if layout.places(&mut new, None).map_err(unread)? != self.places {
            return fail("the samples of a track are not where the new file says");
        }
        let current = Current::read(&mut new, &layout).map_err(unread)?;
        let seen = current.marker().map(Marker::fields).unwrap_or_default();
        let is_intact = current.is_intact() && current.has_properties();
        if seen != self.fields || is_intact == self.fields.is_empty() {
            return fail("our own reader does not see our fields in the new file");
        }
        if self.restores {
            let strip = tagging::strip(&mut new, &layout, &current).map_err(unread)?;
            if !strip.yields(&mut new, old).map_err(unread)? {
                return fail("taking our fields off again would not give the old file");
            }
        }
        let codec = &self.layout.stream.codec;
        let format = self.layout.format();
        // A strip has none to confirm: what lofty finds behind junk is not ours.
        if self.fields.is_empty() {
            return Ok(after);
        }
        let shown = (
            Shown::of(old, self.layout)?,
            Shown::of(&mut new, &layout).map_err(unread)?,
        );
        if let (Some(shown), Some(new_shown)) = shown
            && confirm::fields(old_file, shown, format, codec)?.is_some()
        {
            let seen = confirm::fields(new_file, new_shown, format, codec)?;
            let mut seen = seen.unwrap_or_default();
            seen.sort();
            let mut ours: Vec<(String, String)> = Vec::new();
            for (name, value) in &self.fields {
                ours.push(((*name).to_owned(), value.clone()));
            }
            ours.sort();
            if seen != ours {
                let what = "an independent reader (lofty) does not see fields in such a tag";
                return Err(Error::new(ErrorKind::Unsupported, what));
            }
        }
        Ok(after)
    }
}

/// What is wrong with the new file is no fault of the user's; but it may be too much for the
/// user's limits, with what comes into it.
fn unread(fault: impl Into<Error>) -> Error {
    let error = fault.into();
    let (kind, what) = match error.kind() {
        ErrorKind::Io => return error,
        ErrorKind::Limit => (ErrorKind::Limit, "the new file would be beyond a limit"),
        _ => (ErrorKind::Unproven, "the new file cannot be read"),
    };
    Error::new(kind, format!("{what}: {}", error.reason()))
}
