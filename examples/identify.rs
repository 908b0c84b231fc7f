//! Prints what the recordings are: digests of the file and of the coded sound.

mod common;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, path_text, shown, shown_path};
use noai_audio::{Batch, Error, Format, Identity, Item, Level, Record};
use serde::Serialize;

/// Print what each recording is, whatever its tags say.
#[derive(Parser)]
struct Arguments {
    /// Which levels: file, essence, pcm, fingerprint, iscc; all but the first two are decoded
    #[arg(long, value_delimiter = ',', default_value = "file,essence", value_parser = level)]
    levels: Vec<Level>,
    /// Print a record of each file instead, all levels and what its tags state, for
    /// `verify_folder --records`
    #[arg(long, conflicts_with_all = ["levels", "json"])]
    record: bool,
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

fn level(name: &str) -> Result<Level, String> {
    let known = Level::ALL.into_iter().find(|level| level.name() == name);
    known.ok_or_else(|| format!("known are {}", Level::ALL.map(Level::name).join(", ")))
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
    pcm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iscc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecoded: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut exit = Exit::Yes;
    if arguments.record {
        common::run(
            &Batch::new(&arguments.paths).jobs(arguments.jobs),
            |path| Record::of(path),
            |item| match &item.result {
                Ok(record) => common::say(&record.to_json()),
                Err(error) => exit.and(could_not_look(&item.path, error)),
            },
        );
        return exit.into();
    }
    common::run(
        &Batch::new(&arguments.paths).jobs(arguments.jobs),
        |path| noai_audio::identify_levels(path, &arguments.levels),
        |item| {
            report(&item, &arguments);
            if let Err(error) = &item.result {
                exit.and(could_not_look(&item.path, error));
            }
        },
    );
    exit.into()
}

fn could_not_look(path: &Path, error: &Error) -> Exit {
    let (path, reason) = (shown_path(path), shown(&error.reason()));
    common::tell(&format!("unreadable: {path}: {reason}"));
    Exit::CouldNotLook
}

fn report(item: &Item<Identity>, arguments: &Arguments) {
    let identity = item.result.as_ref().ok();
    let sound = identity.map(|identity| &identity.sound);
    let level = |level, text: Option<String>| text.filter(|_| arguments.levels.contains(&level));
    let line = Line {
        path: path_text(&item.path),
        format: item.format.map(Format::name),
        codec: identity.map(|identity| identity.stream.codec.clone()),
        sample_rate: identity.map(|identity| identity.stream.sample_rate),
        channels: identity.map(|identity| identity.stream.channels),
        file: identity
            .and_then(|i| i.file.as_ref())
            .map(ToString::to_string),
        essence: identity
            .and_then(|i| i.essence.as_ref())
            .map(|essence| essence.digest.to_string()),
        pcm: level(
            Level::Pcm,
            sound.and_then(|s| s.pcm.as_ref()).map(ToString::to_string),
        ),
        fingerprint: level(
            Level::Fingerprint,
            sound
                .and_then(|s| s.fingerprint.as_ref())
                .map(ToString::to_string),
        ),
        iscc: level(
            Level::Code,
            sound.and_then(|s| s.code).map(|code| code.to_string()),
        ),
        duration: sound.and_then(|s| s.duration).map(|d| d.as_secs_f64()),
        md5: sound
            .and_then(|s| s.md5)
            .map(|right| if right { "right" } else { "wrong" }),
        undecoded: sound.and_then(|s| s.undecoded.clone()),
        error: item.result.as_ref().err().map(ErrorLine::from),
    };
    if arguments.json {
        common::json(&line);
    } else if let Some(identity) = identity {
        common::say(&shown_path(&item.path));
        common::say(&format!("  {}", identity.stream));
        let levels = [
            ("file", &line.file),
            ("essence", &line.essence),
            ("pcm", &line.pcm),
            ("fingerprint", &line.fingerprint),
            ("iscc", &line.iscc),
            ("undecoded", &line.undecoded),
        ];
        for (name, value) in levels {
            if let Some(value) = value {
                common::say(&format!("  {name:<12}{value}"));
            }
        }
        if line.md5 == Some("wrong") {
            common::say("  The file's own MD5 of its samples is wrong.");
        }
    }
}
