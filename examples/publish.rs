//! Writes what the files of a folder declare for whoever serves or lists them.

mod common;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use common::{Exit, count, shown, shown_path};
use noai_audio::{
    Batch, Declaration, Inspection, Marker, Place, PolicyUrl, Publication, Statement, UrlPath,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Write HTTP headers, page elements, robots.txt rules, tdmrep.json, an RSL document and CAWG
/// assertions for the files of a folder, from what each declares in its tags.
#[derive(Parser)]
struct Arguments {
    /// Where the folder is served: the beginning of the URLs' paths
    #[arg(long, value_name = "PATH", default_value = "/")]
    base: UrlPath,
    /// Where the RSL document will be served: links it from headers, page and robots.txt
    #[arg(long, value_name = "URL")]
    rsl: Option<PolicyUrl>,
    /// Where the texts go; made where it is not there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Write over texts that are there
    #[arg(long)]
    replace: bool,
    /// The folder
    folder: PathBuf,
}

/// What stays as it is in a path (RFC 3986 section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The name of a place's text below the output folder.
fn file(place: Place) -> Option<&'static str> {
    Some(match place {
        Place::Headers => "_headers",
        Place::Page => "head.html",
        Place::RobotsTxt => "robots.txt",
        Place::TdmrepJson => ".well-known/tdmrep.json",
        Place::RslDocument => "rsl.xml",
        Place::Assertions => "assertions.jsonl",
        _ => return None,
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut publication = Publication::new();
    if let Some(address) = &arguments.rsl {
        publication.rsl(address.clone());
    }
    let (mut listed, mut silent, mut exit) = (0, 0, Exit::Yes);
    let batch = Batch::new([&arguments.folder]);
    let summary = common::run(
        &batch,
        |path| noai_audio::read(path),
        |item| {
            let outcome = match &item.result {
                Ok(inspection) => list(&mut publication, inspection, &arguments, &item.path),
                Err(error) => {
                    exit.and(Exit::CouldNotLook);
                    Err(error.reason())
                }
            };
            match outcome {
                Ok(true) => listed += 1,
                Ok(false) => silent += 1,
                Err(why) => {
                    exit.and(Exit::No);
                    common::tell(&format!(
                        "refused: {}: {}",
                        shown_path(&item.path),
                        shown(&why)
                    ));
                }
            }
        },
    );
    for place in Place::ALL {
        let Some(name) = file(place) else { continue };
        let text = publication.write(place);
        let path = arguments.out.join(name);
        if text.is_empty() {
            continue;
        }
        match put(&path, &text, arguments.replace) {
            Ok(()) => common::say(&shown_path(&path)),
            Err(error) => {
                common::tell(&format!("failed: {}: {error}", shown_path(&path)));
                exit.and(Exit::CouldNotLook);
            }
        }
    }
    common::tell(&format!(
        "{} listed; {silent} declare nothing of their own; {} skipped",
        count(listed, "file"),
        count(summary.skipped, "other file")
    ));
    if listed == 0 {
        exit.and(Exit::No);
    }
    exit.into()
}

/// Lists a file with each declaration that it has; whether it has one.
fn list(
    publication: &mut Publication,
    inspection: &Inspection,
    arguments: &Arguments,
    path: &Path,
) -> Result<bool, String> {
    if let Some(fault) = inspection.statements().iter().find_map(Statement::fault) {
        return Err(format!("a statement cannot be read: {fault}"));
    }
    let path = address(arguments, path)?;
    let markers = inspection.statements().iter().filter_map(Statement::marker);
    let mut declarations: Vec<&Declaration> = Vec::new();
    for declaration in markers.map(Marker::declaration) {
        if !declarations.contains(&declaration) {
            declarations.push(declaration);
            publication.list(path.clone(), declaration);
        }
    }
    Ok(!declarations.is_empty())
}

/// The path of the URL at which a file of the folder is served.
fn address(arguments: &Arguments, path: &Path) -> Result<UrlPath, String> {
    let below = path
        .strip_prefix(&arguments.folder)
        .map_err(|error| error.to_string())?;
    let parts = below
        .iter()
        .map(|part| percent_encode(part.as_encoded_bytes(), ENCODED).to_string());
    let base = arguments.base.as_str().trim_end_matches('/');
    let path = format!("{base}/{}", parts.collect::<Vec<_>>().join("/"));
    path.parse()
        .map_err(|error: noai_audio::UrlPathError| error.to_string())
}

/// Writes a text. One that is there stays, unless it may be replaced.
fn put(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(replace)
        .create_new(!replace)
        .truncate(replace);
    options.open(path)?.write_all(text.as_bytes())
}
