//! Asks of every file "may I?", for a training pipeline: which may be used, and why not the rest.

mod common;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use common::list::{self, End, List};
use common::{ErrorLine, Exit, StatementLine, count, csv, path_text, shown, shown_path};
use noai_audio::{Answer, Batch, Decision, ErrorKind, Format, Gate, Item, Summary, Usage};
use serde::Serialize;

/// Ask of each file whether it may be used: exit status 0 only where every one may.
#[derive(Parser)]
struct Arguments {
    /// A use to ask about; of several each must be permitted
    #[arg(long = "use", value_name = "USE", required = true)]
    uses: Vec<Usage>,
    /// Let an unsigned permission count, which anyone can have written
    #[arg(long)]
    accept_unsigned: bool,
    /// Paths of files to ask about, one a line, answered in that order; -: standard input
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// In --list and --allowed each path ends with a NUL, as find -print0 writes it
    #[arg(short = '0', long)]
    null: bool,
    /// The paths that may be used, as they were given, and nothing else: what to feed on
    #[arg(long, value_name = "FILE")]
    allowed: Option<PathBuf>,
    /// All decisions as a table for spreadsheets (RFC 4180)
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// How many files at once; 0: one for each processor
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// One JSON object for each file on standard output
    #[arg(long)]
    json: bool,
    /// Files and folders
    #[arg(required_unless_present = "list")]
    paths: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line {
    path: String,
    format: Option<&'static str>,
    may: bool,
    answer: BTreeMap<&'static str, &'static str>,
    evidence: BTreeMap<&'static str, Vec<StatementLine>>,
    policies: Vec<String>,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

/// How many paths of a list are held at once.
const HELD: usize = 1024;

/// Why a file may not be used, the strictest answer first. An error comes before them all.
const REASONS: [(Answer, &str); 5] = [
    (Answer::Disallowed, "disallowed"),
    (Answer::Unreadable, "unreadable"),
    (Answer::Conditional, "conditional"),
    (Answer::None, "nothing said"),
    (Answer::Claimed, "permission unsigned"),
];

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let gate = gate(&arguments);
    let Some((gate, mut report)) = gate.zip(Report::open(&arguments)) else {
        return Exit::CouldNotLook.into();
    };
    let begun = Instant::now();
    let summary = ask(&arguments, &gate, &mut report);
    report.end(summary, begun.elapsed().as_secs_f64()).into()
}

fn gate(arguments: &Arguments) -> Option<Gate> {
    let mut uses = arguments.uses.iter().copied();
    let gate = uses.next().map(Gate::new)?;
    let gate = uses.fold(gate, Gate::and);
    let gate = gate.accept_unsigned(arguments.accept_unsigned);
    Some(match common::today() {
        Some(today) => gate.today(today),
        None => gate,
    })
}

/// Asks about the files and folders, then about the list.
fn ask(arguments: &Arguments, gate: &Gate, report: &mut Report) -> Summary {
    let look = |path: &Path| Ok(gate.ask(path));
    let each = |report: &mut Report, item: Item<Decision>| {
        let decision = item.result.unwrap_or_else(|error| gate.decide(Err(error)));
        report.file(&item.path, item.format, &decision);
    };
    let batch = Batch::new(&arguments.paths).jobs(arguments.jobs);
    let mut all = common::run(&batch, look, |item| each(report, item));
    let Some(file) = &arguments.list else {
        return all;
    };
    let listed = List::open(file, end(arguments)).and_then(|mut paths| {
        loop {
            let held: Vec<PathBuf> = paths.by_ref().take(HELD).collect::<io::Result<_>>()?;
            if held.is_empty() {
                return Ok(());
            }
            let batch = Batch::list(held).jobs(arguments.jobs);
            let summary = batch.run(look, |item| each(report, item));
            all.audio += summary.audio;
            all.skipped += summary.skipped;
        }
    });
    if let Err(error) = listed {
        report.fail(file, &error);
    }
    all
}

fn end(arguments: &Arguments) -> End {
    if arguments.null { End::Null } else { End::Line }
}

/// Where decisions go, and how many of each kind there were.
struct Report<'a> {
    arguments: &'a Arguments,
    allowed: Option<Output<'a>>,
    csv: Option<Output<'a>>,
    may: usize,
    /// How many may not be used, by the place in `REASONS`.
    refused: [usize; REASONS.len()],
    errors: usize,
    exit: Exit,
}

impl<'a> Report<'a> {
    fn open(arguments: &'a Arguments) -> Option<Report<'a>> {
        let create = |path: &'a Option<PathBuf>| match path {
            Some(path) => Output::create(path, arguments.list.as_deref()).map(Some),
            None => Some(None),
        };
        let mut report = Report {
            arguments,
            allowed: create(&arguments.allowed)?,
            csv: create(&arguments.csv)?,
            may: 0,
            refused: [0; REASONS.len()],
            errors: 0,
            exit: Exit::Yes,
        };
        let header = HEADER.map(str::to_owned);
        if let Some(csv) = &mut report.csv {
            csv.write(csv::line(header).as_bytes());
        }
        Some(report)
    }

    fn file(&mut self, path: &Path, format: Option<Format>, decision: &Decision) {
        let is = |strictest| decision.answers().any(|(_, answer)| answer == strictest);
        let shown_line = format!("{}: {}", shown_path(path), shown(&decision.to_string()));
        if decision.may() {
            self.may += 1;
            self.allow(path);
        } else if decision.error().is_some() {
            self.errors += 1;
            self.exit.and(Exit::CouldNotLook);
            common::tell(&shown_line);
        } else {
            self.exit.and(Exit::No);
            let reason = REASONS.iter().position(|(answer, _)| is(*answer));
            if let Some(count) = reason.and_then(|at| self.refused.get_mut(at)) {
                *count += 1;
            }
            if !self.arguments.json {
                common::tell(&shown_line);
            }
        }
        let line = line(path, format, decision);
        if self.arguments.json {
            common::json(&line);
        } else if decision.may() {
            common::say(&shown_path(path));
        }
        if let Some(csv) = &mut self.csv {
            csv.write(csv::line(cells(&line)).as_bytes());
        }
    }

    /// A name with a line end in it would be read back as two others.
    fn allow(&mut self, path: &Path) {
        let Some(allowed) = &mut self.allowed else {
            return;
        };
        if let Some(entry) = list::entry(path, end(self.arguments)) {
            allowed.write(&entry);
        } else {
            self.exit.and(Exit::No);
            let path = shown_path(path);
            common::tell(&format!("{path}: not in the list of lines: use --null"));
        }
    }

    fn fail(&mut self, path: &Path, error: &io::Error) {
        common::tell(&format!("error: {}: {error}", shown_path(path)));
        self.exit.and(Exit::CouldNotLook);
    }

    /// Says how many there were of each, and how long that took.
    fn end(mut self, summary: Summary, seconds: f64) -> Exit {
        for output in [&mut self.allowed, &mut self.csv].into_iter().flatten() {
            output.flush();
        }
        if summary.audio == 0 {
            common::tell("no audio file to ask");
            self.exit.and(Exit::No);
        }
        let errors = (self.errors, "not looked at");
        let refused = REASONS.iter().zip(self.refused);
        let counts = refused.map(|((_, reason), count)| (count, *reason));
        let counts: Vec<String> = std::iter::once(errors)
            .chain(counts)
            .filter(|(count, _)| *count > 0)
            .map(|(count, reason)| format!("{count} {reason}"))
            .collect();
        let why = if counts.is_empty() {
            String::new()
        } else {
            format!(" ({})", counts.join(", "))
        };
        common::tell(&format!(
            "{}: {} may be used, {} may not{why}. {} skipped. {seconds:.1} s, {:.0} files a second.",
            count(summary.audio, "file"),
            self.may,
            summary.audio - self.may,
            count(summary.skipped, "other file"),
            summary.audio as f64 / seconds.max(0.001),
        ));
        self.exit
    }
}

/// A file that is written line by line.
struct Output<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Output<'a> {
    /// In place of what is there, unless that is a recording or the list itself: a wrong
    /// order of arguments must cost neither.
    fn create(path: &'a Path, list: Option<&Path>) -> Option<Output<'a>> {
        let is_list =
            |real: PathBuf| list.and_then(|list| fs::canonicalize(list).ok()) == Some(real);
        let is_in_use = fs::canonicalize(path).is_ok_and(is_list);
        let is_audio = noai_audio::read(path).err().map(|error| error.kind());
        let is_audio = !matches!(is_audio, Some(ErrorKind::NotAudio | ErrorKind::Io));
        let created = if is_in_use || is_audio {
            Err(io::Error::other("would be overwritten"))
        } else {
            File::create(path)
        };
        match created {
            Ok(file) => Some(Output {
                path,
                file: BufWriter::new(file),
            }),
            Err(error) => {
                common::tell(&format!("error: {}: {error}", shown_path(path)));
                None
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let done = self.file.write_all(bytes);
        self.check(done);
    }

    fn flush(&mut self) {
        let done = self.file.flush();
        self.check(done);
    }

    /// Output that cannot be written must not pass for output that was.
    fn check(&self, done: io::Result<()>) {
        if let Err(error) = done {
            common::tell(&format!("error: {}: {error}", shown_path(self.path)));
            std::process::exit(3);
        }
    }
}

fn line(path: &Path, format: Option<Format>, decision: &Decision) -> Line {
    let evidence = |usage| decision.evidence(usage).map(StatementLine::from).collect();
    let mut policies: Vec<String> = decision
        .answers()
        .flat_map(|(usage, _)| decision.policies(usage))
        .map(str::to_owned)
        .collect();
    policies.sort();
    policies.dedup();
    Line {
        path: path_text(path),
        format: format.map(Format::name),
        may: decision.may(),
        answer: decision
            .answers()
            .map(|(usage, answer)| (usage.name(), answer.name()))
            .collect(),
        evidence: decision
            .answers()
            .map(|(usage, _)| (usage.name(), evidence(usage)))
            .collect(),
        policies,
        reason: decision.to_string(),
        error: decision.error().map(ErrorLine::from),
    }
}

const HEADER: [&str; 7] = [
    "path", "format", "may", "answer", "policies", "reason", "error",
];

fn cells(line: &Line) -> [String; 7] {
    let answers = line.answer.iter();
    let answers: Vec<String> = answers
        .map(|(usage, answer)| format!("{usage}: {answer}"))
        .collect();
    let error = line.error.as_ref().map(|error| error.kind);
    [
        shown(&line.path),
        line.format.unwrap_or_default().to_owned(),
        line.may.to_string(),
        answers.join("; "),
        shown(&line.policies.join(" ")),
        shown(&line.reason),
        error.unwrap_or_default().to_owned(),
    ]
}
