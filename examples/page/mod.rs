//! The verdicts as one page to look at, and as a table for spreadsheets.
//!
//! The page is one file that asks nothing of any server and is whole without its script.
//! Paths, titles and sentences are strangers' text: all of it goes through [`escape`].

mod csv;
mod group;
mod view;

use std::fmt::Write as _;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use self::group::{Group, Word};
use self::view::{View, drawn};
use super::{count, shown};
pub(crate) use csv::csv;

/// One judged file.
pub(crate) struct Row {
    pub path: String,
    pub format: Option<&'static str>,
    pub content: Option<&'static str>,
    pub marker: Option<&'static str>,
    /// Something in the file denies a use.
    pub denies: bool,
    /// Whether today's terms are the ones agreed to.
    pub terms: Option<&'static str>,
    /// An excerpt with other sound around it.
    pub holds_more: bool,
    pub level: Option<&'static str>,
    /// Per mille.
    pub similarity: Option<u16>,
    /// Seconds of the original, for an excerpt.
    pub from: Option<f64>,
    pub to: Option<f64>,
    /// The record's title.
    pub record: Option<String>,
    pub changes: Vec<String>,
    pub sentence: String,
    pub error: Option<String>,
}

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filter.js");
const LEGEND: &str = include_str!("legend.html");

/// The page: counts first, then the files, those that need attention before the others.
pub(crate) fn page(rows: &[Row], heading: &str) -> String {
    let of = |group: Group| rows.iter().filter(|row| Group::of(row) == group).collect();
    let mut grouped: Vec<(Group, Vec<&Row>)> = Group::ALL.map(|group| (group, of(group))).into();
    grouped.retain(|(_, rows)| !rows.is_empty());
    let view = View::of(rows);
    let sections: String = grouped
        .iter()
        .map(|(group, rows)| section(*group, rows, &view))
        .collect();
    format!(
        "{head}<body>\n<header>\n<h1>{heading}</h1>\n{root}{summary}</header>\n<main>\n{filter}{sections}</main>\n\
         {LEGEND}<script>{SCRIPT}</script>\n</body>\n</html>\n",
        head = head(heading),
        heading = escape(heading),
        root = view.named_root(),
        summary = summary(&grouped, rows.len()),
        filter = if rows.len() > 1 { FILTER } else { "" },
    )
}

/// Hidden until the script shows it.
const FILTER: &str = "<p class=\"filter\" hidden><label for=\"words\">Show files with the words</label> \
     <input id=\"words\" type=\"search\" autocomplete=\"off\"> \
     <span id=\"shown\" class=\"soft\" role=\"status\"></span></p>\n";

fn head(title: &str) -> String {
    let script = BASE64.encode(&Sha256::digest(SCRIPT));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n",
        title = escape(title),
    )
}

/// How many files are what, in words, each a link to them.
fn summary(grouped: &[(Group, Vec<&Row>)], all: usize) -> String {
    let (mut items, mut shares, mut done) = (String::new(), String::new(), 0);
    for (group, rows) in grouped {
        let (tone, number) = (group.tone(), rows.len());
        let _ = writeln!(
            items,
            "<li class=\"{class}\"><b>{number}</b> {mark} <a href=\"#{id}\">{says}</a></li>",
            class = tone.class(),
            mark = tone.mark(),
            id = group.id(),
            says = group.says(number),
        );
        let class = tone.class();
        let _ = write!(
            shares,
            "<rect class=\"{class}\" x=\"{done}\" width=\"{number}\" height=\"1\"/>"
        );
        done += number;
    }
    if all == 0 {
        return "<div class=\"summary\"><p>No files.</p></div>\n".to_owned();
    }
    format!(
        "<div class=\"summary\">\n<p>{files}:</p>\n\
         <svg class=\"share\" viewBox=\"0 0 {all} 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{shares}</svg>\n\
         <ul>\n{items}</ul>\n</div>\n",
        files = count(all, "file"),
    )
}

fn section(group: Group, rows: &[&Row], view: &View) -> String {
    let tone = group.tone();
    let urge = tone.urge().map_or_else(String::new, |urge| {
        format!(" <span class=\"urge\">{urge}</span>")
    });
    let lines: String = rows.iter().map(|row| line(row, group, view)).collect();
    format!(
        "<section class=\"group {class}\" id=\"{id}\" aria-labelledby=\"{id}-title\">\n\
         <div class=\"head\"><h2 id=\"{id}-title\">{mark}{title}</h2> <span class=\"count\">{files}</span>{urge}</div>\n\
         <table aria-labelledby=\"{id}-title\">\n\
         <colgroup><col class=\"file\"><col class=\"finding\"><col class=\"sound\"><col class=\"statement\"></colgroup>\n\
         <thead><tr><th scope=\"col\">File</th><th scope=\"col\">Finding</th><th scope=\"col\">Sound</th>\
         <th scope=\"col\">Statement</th></tr></thead>\n<tbody>\n{lines}</tbody>\n</table>\n</section>\n",
        class = tone.class(),
        id = group.id(),
        mark = tone.mark(),
        title = group.title(),
        files = count(rows.len(), "file"),
    )
}

fn line(row: &Row, group: Group, view: &View) -> String {
    format!(
        "<tr>\n<th scope=\"row\">{file}</th>\n<td>{finding}</td>\n\
         <td data-about=\"Sound\">{sound}</td>\n<td data-about=\"Statement\">{statement}</td>\n</tr>\n",
        file = view.file(row),
        finding = finding(row),
        sound = sound(row, view),
        statement = statement(row, group),
    )
}

/// The sentence, what the statement differs in, and why the file could not be read where
/// the sentence does not say it.
fn finding(row: &Row) -> String {
    let mut html = format!("<bdi>{}</bdi>", escape(&row.sentence));
    if let Some(error) = &row.error
        && !row.sentence.contains(error)
    {
        let _ = write!(
            html,
            "<div class=\"gloss\"><bdi>{}</bdi></div>",
            escape(error)
        );
    }
    html
}

fn sound(row: &Row, view: &View) -> String {
    let Some(word) = row.content.map(|name| group::content(name, row.holds_more)) else {
        return NOT_LOOKED_AT.to_owned();
    };
    let mut html = verdict(&word, group::by(row));
    if let Some(record) = &row.record {
        let title = escape(record);
        let _ = write!(
            html,
            "<div class=\"gloss\">Record: <bdi>{title}</bdi></div>"
        );
    }
    if let Some(similarity) = row.similarity {
        let (tone, width) = (word.tone.class(), similarity.min(1000));
        let _ = write!(
            html,
            "<div class=\"bar {tone}\">{}<span>{similarity}\u{a0}‰ alike</span></div>",
            drawn(0.0, f64::from(width)),
        );
    }
    if let (Some(from), Some(to)) = (row.from, row.to) {
        html.push_str(&view.excerpt(from, to, word.tone));
    }
    html
}

fn statement(row: &Row, group: Group) -> String {
    let Some(word) = row
        .marker
        .map(|marker| group::marker(marker, group, row.denies))
    else {
        return NOT_LOOKED_AT.to_owned();
    };
    let mut html = verdict(&word, "");
    if !row.changes.is_empty() {
        let item = |change: &String| format!("<li><bdi>{}</bdi></li>", escape(change));
        let items: String = row.changes.iter().map(item).collect();
        let _ = write!(html, "<ul class=\"changes\">{items}</ul>");
    }
    html
}

const NOT_LOOKED_AT: &str = "<span class=\"soft\">not looked at</span>";

/// The word in its colour and with its mark, and under it what it means.
fn verdict(word: &Word, by: &str) -> String {
    format!(
        "<div class=\"verdict {class}\">{mark}<b>{name}</b></div><div class=\"gloss\">{gloss}{by}</div>",
        class = word.tone.class(),
        mark = word.tone.mark(),
        name = escape(word.name),
        gloss = word.gloss,
    )
}

/// Text as text, whatever stands in it: also fit for an attribute in double quotes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
