//! Prints what the recordings are: digests of the file and of the coded sound.

mod common;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use common::{ErrorLine, Exit, path_text, shown, shown_path};
use noai_audio::{Batch, Format, Identity, Item};
use serde::Serialize;

/// Print what each recording is, whatever its tags say.
#[derive(Parser)]
struct Arguments {
    /// Which levels
    #[arg(long, value_delimiter = ',', default_value = "file,essence")]
    levels: Vec<Level>,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    File,
    Essence,
}

#[derive(Serialize)]
struct Line {
    path: String,
    format: Option<&'static str>,
    codec: Option<String>,
    sample_rate: Option<u32>,
    channels: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    essence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut exit = Exit::Yes;
    common::run(
        &Batch::new(&arguments.paths).jobs(arguments.jobs),
        |path| noai_audio::identify(path),
        |item| {
            report(&item, &arguments);
            if let Err(error) = &item.result {
                eprintln!(
                    "unreadable: {}: {}",
                    shown_path(&item.path),
                    shown(&error.reason())
                );
                exit.and(Exit::CouldNotLook);
            }
        },
    );
    exit.into()
}

fn report(item: &Item<Identity>, arguments: &Arguments) {
    let identity = item.result.as_ref().ok();
    let level = |level, text: Option<String>| text.filter(|_| arguments.levels.contains(&level));
    let line = Line {
        path: path_text(&item.path),
        format: item.format.map(Format::name),
        codec: identity.map(|identity| identity.essence.codec.clone()),
        sample_rate: identity.map(|identity| identity.essence.sample_rate),
        channels: identity.map(|identity| identity.essence.channels),
        file: level(
            Level::File,
            identity.map(|identity| identity.file.to_string()),
        ),
        essence: level(
            Level::Essence,
            identity.map(|identity| identity.essence.digest.to_string()),
        ),
        error: item.result.as_ref().err().map(ErrorLine::from),
    };
    if arguments.json {
        common::json(&line);
    } else if let Some(identity) = identity {
        common::say(&shown_path(&item.path));
        common::say(&format!(
            "  {}/{}/{}",
            identity.essence.codec, identity.essence.sample_rate, identity.essence.channels
        ));
        for (name, value) in [("file", &line.file), ("essence", &line.essence)] {
            if let Some(value) = value {
                common::say(&format!("  {name:<8} {value}"));
            }
        }
    }
}
