//! What the rows of a page have in common: the folder they are in, and one scale of time.

use std::fmt::Write as _;
use std::time::Duration;

use super::group::Tone;
use super::{Row, escape};

/// What all rows share.
pub(super) struct View<'a> {
    /// The folder that all files are in, with its slash.
    root: &'a str,
    /// The longest excerpt ends before this, in seconds.
    scale: f64,
}

impl View<'_> {
    pub(super) fn of(rows: &[Row]) -> View<'_> {
        let mut paths = rows.iter().map(|row| row.path.as_str());
        let first = paths.next().unwrap_or_default();
        let root = paths.fold(folder(first), |root, path| common(root, folder(path)));
        let last = rows.iter().filter_map(|row| row.to).fold(0.0, f64::max);
        View {
            root,
            scale: [30.0, 60.0, 120.0, 180.0, 300.0, 420.0, 600.0, 900.0, 1800.0]
                .into_iter()
                .find(|scale| last <= *scale)
                .unwrap_or_else(|| (last / 3600.0).ceil() * 3600.0),
        }
    }

    pub(super) fn named_root(&self) -> String {
        if self.root.is_empty() {
            return String::new();
        }
        format!(
            "<p class=\"soft\">In <bdi>{}</bdi></p>\n",
            escape(self.root)
        )
    }

    /// The path below the common folder, its last part set off, and the format.
    pub(super) fn file(&self, row: &Row) -> String {
        let below = row.path.strip_prefix(self.root).unwrap_or(&row.path);
        let folder = folder(below);
        let name = below.strip_prefix(folder).unwrap_or(below);
        let mut html = String::from("<bdi>");
        if !folder.is_empty() {
            let _ = write!(html, "<span class=\"folder\">{}</span>", escape(folder));
        }
        let _ = write!(html, "<span class=\"name\">{}</span></bdi>", escape(name));
        if let Some(format) = row.format {
            let _ = write!(html, " <span class=\"format\">{}</span>", escape(format));
        }
        html
    }

    /// Where in the original the excerpt is, on the scale of the whole page.
    pub(super) fn excerpt(&self, from: f64, to: f64, tone: Tone) -> String {
        let place = |seconds: f64| (seconds / self.scale * 1000.0).clamp(0.0, 1000.0);
        format!(
            "<div class=\"bar {class}\">{bar}<span>{from}–{to}</span>\
             <div class=\"ends\" aria-hidden=\"true\"><span>0:00</span><span>{end}</span></div></div>",
            class = tone.class(),
            bar = drawn(place(from), place(to)),
            from = clock(from),
            to = clock(to),
            end = clock(self.scale),
        )
    }
}

/// A bar of 1,000, filled from here to there. A drawing, since printers leave out
/// backgrounds.
pub(super) fn drawn(from: f64, to: f64) -> String {
    format!(
        "<svg viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"rail\" width=\"1000\" height=\"8\"/>\
         <rect class=\"fill\" x=\"{from:.0}\" width=\"{width:.0}\" height=\"8\"/></svg>",
        width = (to - from).max(6.0),
    )
}

/// The path up to its last slash, which is included.
fn folder(path: &str) -> &str {
    path.rfind('/')
        .map_or("", |slash| path.get(..=slash).unwrap_or_default())
}

/// The folders that both begin with.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let mut shared = 0;
    for (a, b) in one.split_inclusive('/').zip(other.split_inclusive('/')) {
        if a != b {
            break;
        }
        shared += a.len();
    }
    one.get(..shared).unwrap_or_default()
}

/// `0:07`, `12:30`, `1:00:00`; parts of a second are dropped.
fn clock(seconds: f64) -> String {
    let whole = Duration::try_from_secs_f64(seconds)
        .unwrap_or_default()
        .as_secs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}
