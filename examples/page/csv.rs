//! The verdicts as a table that spreadsheets read (RFC 4180).

use super::Row;
use crate::common::csv;

const HEADER: [&str; 14] = [
    "path",
    "format",
    "content",
    "marker",
    "denies",
    "terms",
    "level",
    "similarity",
    "from",
    "to",
    "record",
    "changes",
    "sentence",
    "error",
];

/// A header line, then a line for each file, in their order.
pub(crate) fn csv(rows: &[Row]) -> String {
    let header = HEADER.map(str::to_owned);
    let lines = std::iter::once(header).chain(rows.iter().map(cells));
    lines.map(csv::line).collect()
}

fn cells(row: &Row) -> [String; 14] {
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let seconds = |seconds: Option<f64>| seconds.map_or_else(String::new, |s| s.to_string());
    [
        row.path.clone(),
        word(row.format),
        word(row.content),
        word(row.marker),
        row.denies.to_string(),
        word(row.terms),
        word(row.level),
        row.similarity.map_or_else(String::new, |s| s.to_string()),
        seconds(row.from),
        seconds(row.to),
        word(row.record.as_deref()),
        row.changes.join("; "),
        row.sentence.clone(),
        word(row.error.as_deref()),
    ]
}
