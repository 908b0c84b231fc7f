//! Shows every statement in the given files, and the answer for each use.

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use common::{ErrorLine, Exit, StatementLine, path_text, shown, shown_path};
use noai_audio::{
    Answer, Batch, Date, Format, Inspection, Item, ManifestVerdict, Marker, TermsDigest,
    TermsVerdict, Usage,
};
use serde::Serialize;

/// Show what the files say about AI, and answer "may I?".
#[derive(Parser)]
struct Arguments {
    /// Ask about one use: exit status 0 only where every file says "allowed"
    #[arg(long, value_name = "USE")]
    may: Option<Usage>,
    /// The terms as they stand at the policy URL today: say whether they are the ones agreed
    /// to, exit status 1 where they are not
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
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
    statements: Vec<StatementLine>,
    answer: BTreeMap<&'static str, &'static str>,
    terms: Option<&'static str>,
    manifest: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let today = common::today();
    let terms = match common::terms(arguments.policy_file.as_deref()) {
        Ok(terms) => terms,
        Err(error) => {
            common::tell(&format!("error: {error}"));
            return Exit::CouldNotLook.into();
        }
    };
    let mut exit = Exit::Yes;
    let summary = common::run(
        &Batch::new(&arguments.paths),
        |path| noai_audio::read(path),
        |item| {
            exit.and(report(&item, &arguments, today, terms));
        },
    );
    if summary.audio == 0 && arguments.may.is_some() {
        common::tell("no audio file to ask");
        exit.and(Exit::No);
    }
    exit.into()
}

fn report(
    item: &Item<Inspection>,
    arguments: &Arguments,
    today: Option<Date>,
    terms: Option<TermsDigest>,
) -> Exit {
    let answer = |usage| match &item.result {
        Ok(inspection) => inspection.answer(usage, today),
        // What could not be looked at is never a permission.
        Err(_) => Answer::Unreadable,
    };
    let markers = item.result.iter().flat_map(Inspection::statements);
    let markers = markers.filter_map(noai_audio::Statement::marker);
    // The worst of several counts.
    let verdict = terms.and_then(|now| {
        markers
            .filter_map(|marker| marker.declaration().compare_terms(now))
            .max()
    });
    if arguments.json {
        common::json(&line(item, answer, verdict));
    } else {
        print(item, answer, terms);
    }
    if let Err(error) = &item.result {
        common::tell(&format!(
            "unreadable: {}: {}",
            shown_path(&item.path),
            shown(&error.reason())
        ));
        return Exit::CouldNotLook;
    }
    match arguments.may.map(answer) {
        _ if verdict == Some(TermsVerdict::Other) => Exit::No,
        None | Some(Answer::Allowed) => Exit::Yes,
        Some(_) => Exit::No,
    }
}

fn line(
    item: &Item<Inspection>,
    answer: impl Fn(Usage) -> Answer,
    terms: Option<TermsVerdict>,
) -> Line {
    let inspection = item.result.as_ref().ok();
    let statements = inspection.map_or(&[][..], Inspection::statements);
    Line {
        path: path_text(&item.path),
        format: item.format.map(Format::name),
        statements: statements.iter().map(StatementLine::from).collect(),
        answer: Usage::ALL
            .map(|usage| (usage.name(), answer(usage).name()))
            .into(),
        terms: terms.map(TermsVerdict::name),
        manifest: inspection
            .and_then(Inspection::manifest)
            .map(ManifestVerdict::name),
        error: item.result.as_ref().err().map(ErrorLine::from),
    }
}

fn print(item: &Item<Inspection>, answer: impl Fn(Usage) -> Answer, terms: Option<TermsDigest>) {
    common::say(&shown_path(&item.path));
    for usage in Usage::ALL {
        common::say(&format!("  {:<20} {}", usage.name(), answer(usage).name()));
    }
    if let Some(verdict) = item.result.iter().find_map(Inspection::manifest) {
        let state = verdict.name().replace('-', " ");
        common::say(&format!("  C2PA manifest: {state}"));
    }
    for statement in item.result.iter().flat_map(Inspection::statements) {
        common::say(&format!(
            "  {} ({}): {}",
            statement.field(),
            statement.tag(),
            shown(statement.raw())
        ));
        if let Some(fault) = statement.fault() {
            common::say(&format!("    unreadable: {}", shown(fault)));
        }
        if let Some(remark) = statement.remark() {
            common::say(&format!("    {remark}"));
        }
        let declaration = statement.marker().map(Marker::declaration);
        if let Some((declaration, now)) = declaration.zip(terms)
            && let Some(verdict) = declaration.compare_terms(now)
        {
            let sentence = common::terms_sentence(declaration, verdict);
            common::say(&format!("    {}", shown(&sentence)));
        }
    }
}
