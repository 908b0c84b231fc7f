//! Declares "no AI" (or what the options say) in every audio file of the given folders.

mod common;

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, count, path_text, shown, shown_path};
use noai_audio::{
    Batch, Date, Declaration, DeclarationError, EmbedOptions, Embedded, FileDigest, Format, Item,
    PolicyUrl, Preset, Records, Role, Status, Usage,
};
use serde::Serialize;

/// Declare "no AI" in the tags of every audio file, and prove that nothing else changed.
#[derive(Parser)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches")]
struct Arguments {
    /// What to declare: no-ai, no-generative-ai, ask-first (needs --policy), no-machine-use
    #[arg(long, default_value = "no-ai", value_parser = preset)]
    preset: Preset,
    /// Deny one more use
    #[arg(long, value_name = "USE")]
    deny: Vec<Usage>,
    /// Permit a use, so far as you can (an unsigned permission is only a claim)
    #[arg(long, value_name = "USE")]
    allow: Vec<Usage>,
    /// Where the terms for conditional uses stand
    #[arg(long, value_name = "URL")]
    policy: Option<PolicyUrl>,
    /// Pin these terms, which stand at --policy today: a later change then shows
    #[arg(long, value_name = "FILE", requires = "policy")]
    policy_file: Option<PathBuf>,
    /// Who declares this; it will be public
    #[arg(long, value_name = "NAME")]
    declarer: Option<String>,
    /// As whom: artist, rightsholder, platform
    #[arg(long, default_value = "artist", value_parser = role)]
    role: Role,
    /// The last day of what is permitted, YYYY-MM-DD; denials do not lapse
    #[arg(long, value_name = "DAY")]
    expires: Option<Date>,
    /// Also where the file holds a stricter statement, or another declarer's
    #[arg(long)]
    replace: bool,
    /// Leave the content code out of the statement, and with it the decoding
    #[arg(long)]
    no_code: bool,
    /// Append a record of each file, one JSON object a line: keep it, it knows your
    /// recordings again when their tags are gone
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    records: Option<PathBuf>,
    /// Leave the copyright field alone
    #[arg(long)]
    no_notice: bool,
    /// Say nothing in XMP
    #[arg(long)]
    no_xmp: bool,
    /// Also change files that carry a C2PA manifest, which any change voids
    #[arg(long)]
    void_c2pa: bool,
    /// Also change files that are marked read-only
    #[arg(long)]
    read_only: bool,
    /// Also change files with several names; the other names keep the old file
    #[arg(long)]
    hard_links: bool,
    /// Leave files of this format alone: mp3, flac, ogg, mp4, wav, aiff, adts, wavpack, ape, musepack, tta
    #[arg(long, value_name = "FORMAT")]
    skip: Vec<Format>,
    /// Plan everything, write nothing
    #[arg(long)]
    dry_run: bool,
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

fn preset(name: &str) -> Result<Preset, String> {
    let known = Preset::ALL.into_iter().find(|preset| preset.name() == name);
    known.ok_or_else(|| format!("known are {}", Preset::ALL.map(Preset::name).join(", ")))
}

fn role(name: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.name() == name);
    known.ok_or_else(|| format!("known are {}", Role::ALL.map(Role::name).join(", ")))
}

#[derive(Serialize)]
struct Line {
    path: String,
    status: &'static str,
    format: Option<&'static str>,
    essence: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
    error: Option<ErrorLine>,
}

#[derive(Default)]
struct Tally {
    tagged: usize,
    unchanged: usize,
    refused: usize,
    failed: usize,
}

impl Arguments {
    fn declaration(&self) -> Result<Declaration, DeclarationError> {
        let mut declaration = Declaration::from(self.preset).role(self.role);
        for usage in &self.deny {
            declaration = declaration.deny(*usage);
        }
        for usage in &self.allow {
            declaration = declaration.allow(*usage);
        }
        if let Some(policy) = &self.policy {
            declaration = declaration.policy(policy.clone());
        }
        if let Some(name) = &self.declarer {
            declaration = declaration.declarer(name);
        }
        if let Some(day) = self.expires {
            declaration = declaration.expires(day);
        }
        if let Some(today) = common::today() {
            declaration = declaration.declared(today);
        }
        declaration.check().map(|()| declaration)
    }

    fn options(&self) -> EmbedOptions {
        EmbedOptions::new()
            .replace(self.replace)
            .notice(!self.no_notice)
            .xmp(!self.no_xmp)
            .content_code(!self.no_code)
            .record(self.records.is_some())
            .c2pa(self.void_c2pa)
            .read_only(self.read_only)
            .hard_links(self.hard_links)
            .dry_run(self.dry_run)
            .clone()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut declaration = match arguments.declaration() {
        Ok(declaration) => declaration,
        Err(error) => {
            common::tell(&format!("error: {error}"));
            return ExitCode::from(2);
        }
    };
    match common::terms(arguments.policy_file.as_deref()) {
        Ok(Some(terms)) => declaration = declaration.terms(terms),
        Ok(None) => {}
        Err(error) => {
            common::tell(&format!("error: {error}"));
            return Exit::CouldNotLook.into();
        }
    }
    if arguments.preset == Preset::NoMachineUse {
        common::tell(
            "warning: no-machine-use denies search and the platform's own services too: a platform that honours it may be unable to list the recording",
        );
    }
    let mut records = match arguments
        .records
        .as_deref()
        .map(RecordFile::open)
        .transpose()
    {
        Ok(records) => records,
        Err(error) => {
            common::tell(&format!("error: {error}"));
            return Exit::CouldNotLook.into();
        }
    };
    let options = arguments.options();
    let mut batch = Batch::new(&arguments.paths).jobs(arguments.jobs);
    for format in &arguments.skip {
        batch = batch.skip(*format);
    }
    let (mut tally, mut exit) = (Tally::default(), Exit::Yes);
    let summary = common::run(
        &batch,
        |path| options.embed(path, &declaration),
        |item| {
            exit.and(report(&item, &mut tally, arguments.json));
            if let Some(records) = &mut records
                && let Err(error) = records.keep(&item)
            {
                common::tell(&format!(
                    "failed: {}: no record: {error}",
                    shown_path(&item.path)
                ));
                exit.and(Exit::CouldNotLook);
            }
        },
    );
    common::tell(&tally.sentence(summary, &arguments));
    exit.into()
}

/// Where records are appended, each once.
struct RecordFile {
    file: File,
    known: Records,
    kept: HashSet<FileDigest>,
}

impl RecordFile {
    /// Opens the file, which is made where it is not there. One that holds anything but
    /// records is left alone.
    fn open(path: &Path) -> Result<RecordFile, String> {
        let named = |error: String| format!("{}: {}", shown_path(path), shown(&error));
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| named(error.to_string()))?;
        let known = Records::from_json_lines(BufReader::new(&mut file));
        let known = known.map_err(|error| named(error.to_string()))?;
        // Whoever edited the file by hand may have left the last line without an end.
        let end = file.seek(SeekFrom::End(0)).and_then(|end| {
            let Some(last) = end.checked_sub(1) else {
                return Ok(());
            };
            let mut byte = [0];
            file.seek(SeekFrom::Start(last))?;
            file.read_exact(&mut byte)?;
            if byte == *b"\n" {
                Ok(())
            } else {
                file.write_all(b"\n")
            }
        });
        end.map_err(|error| named(error.to_string()))?;
        Ok(RecordFile {
            file,
            known,
            kept: HashSet::new(),
        })
    }

    fn keep(&mut self, item: &Item<Embedded>) -> io::Result<()> {
        let Ok(Embedded {
            record: Some(record),
            ..
        }) = &item.result
        else {
            return Ok(());
        };
        let is_known = |file| self.known.has_file(&file) || self.kept.contains(&file);
        if record.file.is_some_and(is_known) {
            return Ok(());
        }
        let line = format!("{}\n", record.to_json());
        let end = self.file.metadata()?.len();
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // Half a line would make the whole file unreadable.
            self.file.set_len(end)?;
            return Err(error);
        }
        self.kept.extend(record.file);
        Ok(())
    }
}

fn report(item: &Item<Embedded>, tally: &mut Tally, json: bool) -> Exit {
    let mut exit = Exit::Yes;
    let (status, error) = match &item.result {
        Ok(embedded) if embedded.status == Status::Unchanged => {
            tally.unchanged += 1;
            ("unchanged", None)
        }
        Ok(_) => {
            tally.tagged += 1;
            ("tagged", None)
        }
        Err(error) => {
            exit = Exit::of(error);
            let refused = exit == Exit::No;
            *(if refused {
                &mut tally.refused
            } else {
                &mut tally.failed
            }) += 1;
            (if refused { "refused" } else { "failed" }, Some(error))
        }
    };
    let embedded = item.result.as_ref().ok();
    let warnings = embedded.map_or(&[][..], |embedded| &embedded.warnings);
    if json {
        common::json(&Line {
            path: path_text(&item.path),
            status,
            format: item.format.map(Format::name),
            essence: embedded.map(|embedded| embedded.essence.to_string()),
            warnings: warnings.iter().map(|warning| warning.text()).collect(),
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
    for warning in warnings {
        common::tell(&format!(
            "warning: {}: {}",
            shown_path(&item.path),
            warning.text()
        ));
    }
    exit
}

impl Tally {
    fn sentence(&self, summary: noai_audio::Summary, arguments: &Arguments) -> String {
        let Tally {
            tagged,
            unchanged,
            refused,
            failed,
        } = self;
        let marked = match arguments.preset {
            Preset::NoAi => "marked \"no AI\"",
            _ => "marked",
        };
        let mut text = format!(
            "{}: {tagged} {marked}, {unchanged} already marked, {refused} refused, {failed} failed. {} skipped.",
            count(summary.audio, "audio file"),
            count(summary.skipped, "other file"),
        );
        if arguments.dry_run {
            text.push_str(" Dry run: nothing was written.");
        } else if *tagged > 0 {
            let proven = format!(" Audio proven unchanged in all {tagged}. Undo: strip_folder.");
            text.push_str(&proven);
        }
        text
    }
}
