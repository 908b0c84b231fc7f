//! Takes our statement off every audio file of the given folders.

mod common;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, count, path_text, shown, shown_path};
use noai_audio::{Batch, EmbedOptions, Format, Item, Status, Stripped};
use serde::Serialize;

/// Take the statement off again: byte for byte the file from before, where nobody touched
/// it in between.
#[derive(Parser)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches")]
struct Arguments {
    /// Also change files that carry a C2PA manifest, which any change voids
    #[arg(long)]
    void_c2pa: bool,
    /// Also change files that are marked read-only
    #[arg(long)]
    read_only: bool,
    /// Also change files with several names; the other names keep the old file
    #[arg(long)]
    hard_links: bool,
    /// How many files at once; 0: one for each processor
    #[arg(long, default_value_t = 0)]
    jobs: usize,
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
    status: &'static str,
    format: Option<&'static str>,
    essence: Option<String>,
    exact: Option<bool>,
    error: Option<ErrorLine>,
}

#[derive(Default)]
struct Tally {
    exact: usize,
    inexact: usize,
    unchanged: usize,
    refused: usize,
    failed: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = EmbedOptions::new()
        .c2pa(arguments.void_c2pa)
        .read_only(arguments.read_only)
        .hard_links(arguments.hard_links)
        .clone();
    let (mut tally, mut exit) = (Tally::default(), Exit::Yes);
    let summary = common::run(
        &Batch::new(&arguments.paths).jobs(arguments.jobs),
        |path| options.strip(path),
        |item| exit.and(report(&item, &mut tally, arguments.json)),
    );
    let Tally {
        exact,
        inexact,
        unchanged,
        refused,
        failed,
    } = tally;
    common::tell(&format!(
        "{}: {exact} restored byte for byte, {inexact} without our fields but changed by others since, {unchanged} without a statement, {refused} refused, {failed} failed. {} skipped.",
        count(summary.audio, "audio file"),
        count(summary.skipped, "other file")
    ));
    exit.into()
}

fn report(item: &Item<Stripped>, tally: &mut Tally, json: bool) -> Exit {
    let mut exit = Exit::Yes;
    let (status, exact, error) = match &item.result {
        Ok(stripped) if stripped.status == Status::Unchanged => {
            tally.unchanged += 1;
            ("unchanged", None, None)
        }
        Ok(stripped) => {
            *(if stripped.exact {
                &mut tally.exact
            } else {
                &mut tally.inexact
            }) += 1;
            ("stripped", Some(stripped.exact), None)
        }
        Err(error) => {
            exit = Exit::of(error);
            let refused = exit == Exit::No;
            *(if refused {
                &mut tally.refused
            } else {
                &mut tally.failed
            }) += 1;
            (
                if refused { "refused" } else { "failed" },
                None,
                Some(error),
            )
        }
    };
    if json {
        let stripped = item.result.as_ref().ok();
        common::json(&Line {
            path: path_text(&item.path),
            status,
            format: item.format.map(Format::name),
            essence: stripped.map(|stripped| stripped.essence.to_string()),
            exact,
            error: error.map(ErrorLine::from),
        });
    }
    if let Some(error) = error {
        common::tell(&format!(
            "{status}: {}: {}",
            shown_path(&item.path),
            shown(&error.reason())
        ));
    }
    exit
}
