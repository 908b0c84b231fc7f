//! Tells of every audio file which recording it is, and whether its statement is whole and
//! fits its sound.

mod common;
mod page;

use std::fs::{self, File};
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, count, path_text, shown, shown_path};
use noai_audio::{
    Batch, ContentVerdict, Format, Item, Level, Marker, Record, Records, TermsDigest, TermsVerdict,
    Verdict,
};
use page::Row;
use serde::Serialize;

/// Check of each file which recording it is, and that its statement is whole and its own.
#[derive(Parser)]
struct Arguments {
    /// Your records, as tag_folder and identify write them: one JSON object a line
    #[arg(long, value_name = "FILE", num_args = 1)]
    records: Vec<PathBuf>,
    /// The terms as they stand at the policy URL today: say whether they are the ones agreed
    /// to, exit status 1 where they are not
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// How many files at once; 0: one for each processor
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// One JSON object for each file on standard output
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A table for spreadsheets (RFC 4180) on standard output
    #[arg(long)]
    csv: bool,
    /// A page to look at, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Files and folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line {
    path: String,
    format: Option<&'static str>,
    content: Option<&'static str>,
    marker: Option<&'static str>,
    denies: Option<bool>,
    terms: Option<&'static str>,
    level: Option<&'static str>,
    similarity: Option<u16>,
    from: Option<f64>,
    to: Option<f64>,
    record: Option<String>,
    changes: Vec<String>,
    sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terms = common::terms(arguments.policy_file.as_deref());
    let (records, terms) = match (read_records(&arguments.records), terms) {
        (Ok(records), Ok(terms)) => (records, terms),
        (Err(error), _) | (_, Err(error)) => {
            common::tell(&format!("error: {error}"));
            return Exit::CouldNotLook.into();
        }
    };
    let (mut fits, mut others, mut exit, mut rows) = (0, 0, Exit::Yes, Vec::new());
    let keeps_rows = arguments.csv || arguments.html.is_some();
    let summary = common::run(
        &Batch::new(&arguments.paths).jobs(arguments.jobs),
        |path| records.verify(path),
        |item| {
            let status = status(&item);
            fits += usize::from(status == Exit::Yes);
            exit.and(status);
            let line = line(&item, terms);
            if line.terms == Some(TermsVerdict::Other.name()) {
                others += 1;
                exit.and(Exit::No);
            }
            say(&line, &item, &arguments);
            if keeps_rows {
                rows.push(row(
                    line,
                    item.result.as_ref().ok().map(|verdict| verdict.content),
                ));
            }
        },
    );
    if summary.audio == 0 {
        exit.and(Exit::No);
    }
    let terms = terms.map_or_else(String::new, |_| {
        format!(" The terms are not the ones agreed to in {others}.")
    });
    let sentence = format!(
        "{}: the statement is whole and fits the sound in {fits}.{terms} {} skipped.",
        count(summary.audio, "audio file"),
        count(summary.skipped, "other file"),
    );
    common::tell(&sentence);
    if arguments.csv {
        common::print(&page::csv(&rows));
    }
    if let Some(file) = &arguments.html
        && let Err(error) = fs::write(file, page::page(&rows, &sentence))
    {
        common::tell(&format!("error: {}: {error}", shown_path(file)));
        exit.and(Exit::CouldNotLook);
    }
    exit.into()
}

/// The records of all files together.
fn read_records(files: &[PathBuf]) -> Result<Records, String> {
    let mut all: Vec<Record> = Vec::new();
    for path in files {
        let named = |error: String| format!("{}: {}", shown_path(path), shown(&error));
        let file = File::open(path).map_err(|error| named(error.to_string()))?;
        let records = Records::from_json_lines(BufReader::new(file))
            .map_err(|error| named(error.to_string()))?;
        all.extend(records.iter().cloned());
    }
    Ok(all.into_iter().collect())
}

/// Yes where the statement is whole and of this very sound, however it was packed.
fn status(item: &Item<Verdict>) -> Exit {
    let Ok(verdict) = &item.result else {
        return Exit::CouldNotLook;
    };
    if verdict.fits() { Exit::Yes } else { Exit::No }
}

fn line(item: &Item<Verdict>, terms: Option<TermsDigest>) -> Line {
    let verdict = item.result.as_ref().ok();
    let error = item.result.as_ref().err();
    let excerpt = match verdict.map(|verdict| verdict.content) {
        Some(ContentVerdict::Excerpt { from, to, .. }) => Some((from, to)),
        _ => None,
    };
    let record = verdict.and_then(|verdict| verdict.record.as_ref());
    let declaration = verdict.and_then(|verdict| verdict.found.as_ref());
    let declaration = declaration.map(Marker::declaration);
    let terms = declaration.and_then(|found| Some((found, found.compare_terms(terms?)?)));
    Line {
        path: path_text(&item.path),
        format: item.format.map(Format::name),
        content: verdict.map(|verdict| verdict.content.name()),
        marker: verdict.map(|verdict| verdict.marker.name()),
        denies: verdict.map(|verdict| verdict.denies),
        terms: terms.map(|(_, verdict)| verdict.name()),
        level: verdict.and_then(|verdict| verdict.level).map(Level::name),
        similarity: verdict.and_then(|verdict| verdict.content.similarity()),
        from: excerpt.map(|(from, _)| from.as_secs_f64()),
        to: excerpt.map(|(_, to)| to.as_secs_f64()),
        record: record.map(|record| record.label().to_owned()),
        changes: verdict.map_or_else(Vec::new, |verdict| {
            verdict.changes.iter().map(ToString::to_string).collect()
        }),
        sentence: match (verdict, error) {
            (Some(verdict), _) => match terms {
                Some((found, terms)) => {
                    format!("{verdict} {}", common::terms_sentence(found, terms))
                }
                None => verdict.to_string(),
            },
            (None, Some(error)) => format!(
                "Could not read: {}. Treat as no permission.",
                error.reason()
            ),
            (None, None) => String::new(),
        },
        error: error.map(ErrorLine::from),
    }
}

fn say(line: &Line, item: &Item<Verdict>, arguments: &Arguments) {
    let sentence = format!("{}: {}", shown_path(&item.path), shown(&line.sentence));
    if arguments.json {
        common::json(line);
    }
    if item.result.is_err() {
        common::tell(&sentence);
    } else if !arguments.json && !arguments.csv {
        common::say(&sentence);
    }
}

fn row(line: Line, content: Option<ContentVerdict>) -> Row {
    Row {
        path: shown(&line.path),
        format: line.format,
        content: line.content,
        marker: line.marker,
        denies: line.denies.unwrap_or_default(),
        terms: line.terms,
        holds_more: matches!(
            content,
            Some(ContentVerdict::Excerpt {
                holds_more: true,
                ..
            })
        ),
        level: line.level,
        similarity: line.similarity,
        from: line.from,
        to: line.to,
        record: line.record.map(|record| shown(&record)),
        changes: line.changes.iter().map(|change| shown(change)).collect(),
        sentence: shown(&line.sentence),
        error: line.error.map(|error| shown(&error.message)),
    }
}
