//! Tells of every audio file whether its statement is whole and fits its sound.

mod common;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, count, path_text, shown, shown_path};
use noai_audio::{Batch, ContentVerdict, Format, Item, MarkerVerdict, Verdict};
use serde::Serialize;

/// Check that each file's statement is whole and was made for this sound.
#[derive(Parser)]
struct Arguments {
    /// One JSON object for each file on standard output
    #[arg(long)]
    json: bool,
    /// Files and folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line {
    path: String,
    format: Option<&'static str>,
    marker: Option<&'static str>,
    content: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut fits, mut exit) = (0, Exit::Yes);
    let summary = common::run(
        &Batch::new(&arguments.paths),
        |path| noai_audio::verify(path),
        |item| {
            let status = report(&item, arguments.json);
            fits += usize::from(status == Exit::Yes);
            exit.and(status);
        },
    );
    if summary.audio == 0 {
        exit.and(Exit::No);
    }
    eprintln!(
        "{}: the statement is whole and fits the sound in {fits}. {} skipped.",
        count(summary.audio, "audio file"),
        count(summary.skipped, "other file"),
    );
    exit.into()
}

fn report(item: &Item<Verdict>, json: bool) -> Exit {
    let verdict = item.result.as_ref().ok();
    if json {
        common::json(&Line {
            path: path_text(&item.path),
            format: item.format.map(Format::name),
            marker: verdict.map(|verdict| verdict.marker.name()),
            content: verdict.map(|verdict| verdict.content.name()),
            error: item.result.as_ref().err().map(ErrorLine::from),
        });
    }
    match &item.result {
        Ok(verdict) => {
            if !json {
                common::say(&format!(
                    "{}: {}",
                    shown_path(&item.path),
                    sentence(verdict)
                ));
            }
            let fits = verdict.marker == MarkerVerdict::Intact
                && verdict.content == ContentVerdict::Essence;
            if fits { Exit::Yes } else { Exit::No }
        }
        Err(error) => {
            eprintln!(
                "Could not read: {}: {}. Treat as no permission.",
                shown_path(&item.path),
                shown(&error.reason()),
            );
            Exit::CouldNotLook
        }
    }
}

/// The verdict in words that are true of it.
fn sentence(verdict: &Verdict) -> &'static str {
    match (verdict.marker, verdict.content) {
        (MarkerVerdict::Missing, _) => "No statement.",
        (MarkerVerdict::Intact, ContentVerdict::Essence) => {
            "Statement fits this audio. Unsigned: anyone could have written it."
        }
        (MarkerVerdict::Intact, ContentVerdict::Differs) => {
            "Statement present; audio re-encoded or different. Its denials still count."
        }
        (MarkerVerdict::Intact, _) => {
            "Statement present; it names no audio. Its denials still count."
        }
        _ => "Statement altered: its fields disagree or are damaged. Its denials still count.",
    }
}
