//! HTTP response headers: `Content-Usage` (draft-ietf-aipref-attach-05), `tdm-reservation` and
//! `tdm-policy` (TDMRep), `X-Robots-Tag: noai`, and a `Link` to the RSL document (RFC 8288).

use super::{LICENSE, Place, Publication, RSL_TYPE, UrlPath, joined, named, said};
use crate::statement::Statement;

pub(super) const ROBOTS: &str = "X-Robots-Tag";

/// A `_headers` file.
pub(super) fn write(publication: &Publication) -> String {
    let mut lines = Vec::new();
    for (path, declaration) in &publication.listed {
        let mut headers = named(declaration);
        if let Some(address) = &publication.rsl {
            let link = format!("<{address}>; rel=\"license\"; type=\"{RSL_TYPE}\"");
            headers.push(("Link", link));
        }
        if !headers.is_empty() {
            lines.push(path.literal());
        }
        lines.extend(
            headers
                .iter()
                .map(|(name, value)| format!("  {name}: {value}")),
        );
    }
    joined(&lines)
}

/// Reads headers as they come with a response, or those below the path in a `_headers` file.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let mut is_about = true;
    let mut pairs = Vec::new();
    for line in text.lines() {
        if line.starts_with('/') {
            is_about = line.trim_end() == path.literal();
        } else if let Some((name, value)) = line.split_once(':').filter(|_| is_about) {
            let (name, value) = (name.trim(), value.trim());
            if name.eq_ignore_ascii_case("Link") {
                pairs.extend(licenses(value).map(|address| (LICENSE.to_owned(), address)));
            } else {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    said(Place::Headers, &pairs)
}

/// The addresses of RSL documents in a `Link`.
fn licenses(value: &str) -> impl Iterator<Item = String> {
    value.split('<').filter_map(|link| {
        let (address, parameters) = link.split_once('>')?;
        let parameters = parameters.to_ascii_lowercase();
        let is_rsl = parameters.contains("license") && parameters.contains(RSL_TYPE);
        is_rsl.then(|| address.trim().to_owned())
    })
}
