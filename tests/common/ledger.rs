//! The ledger of the corpus: what must become of each file.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use noai_audio::Format;

use super::{Outcome, Shelf, Song, corpus, fail};

/// One line of `expected.txt`.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) path: String,
    /// By its magic; none where it is no format of ours.
    pub(crate) format: Option<Format>,
    pub(crate) expected: Expected,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    Tagged,
    /// The name of the error's kind.
    Refused(String),
}

impl Case {
    fn parse(line: &str) -> Outcome<Case> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [path, format, outcome] = words.as_slice() else {
            return fail(format!("not three words: {line}"));
        };
        Ok(Case {
            path: (*path).to_owned(),
            format: if *format == "-" {
                None
            } else {
                Some(format.parse()?)
            },
            expected: match outcome.split_once(':') {
                Some(("refused", kind)) => Expected::Refused(kind.to_owned()),
                None if *outcome == "tagged" => Expected::Tagged,
                _ => return fail(format!("unknown outcome: {line}")),
            },
        })
    }

    pub(crate) fn is_tagged(&self) -> bool {
        self.expected == Expected::Tagged
    }
}

/// Every line of the ledger.
pub(crate) fn cases() -> Outcome<Vec<Case>> {
    let text = fs::read_to_string(corpus().join("expected.txt"))?;
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(Case::parse).collect()
}

/// The lines whose files are tagged.
pub(crate) fn tagged_cases() -> Outcome<Vec<Case>> {
    let cases: Vec<Case> = cases()?.into_iter().filter(Case::is_tagged).collect();
    assert!(
        cases.len() >= 250,
        "only {} files to tag: is the ledger whole?",
        cases.len()
    );
    Ok(cases)
}

/// Does `work` with every case and fails with all complaints, so that one does not hide
/// the others. Each case has a shelf of its own.
pub(crate) fn for_each(cases: &[Case], work: impl Fn(&Case, &Shelf, &Song) -> Outcome + Sync) {
    all(
        cases,
        |case| &case.path,
        |case| {
            let shelf = Shelf::new()?;
            let song = shelf.song(&case.path)?;
            work(case, &shelf, &song)
        },
    );
}

/// Does `work` with every item on a few threads (most of the time goes into `fsync`), and
/// fails with all complaints.
pub(crate) fn all<T: Sync>(
    items: &[T],
    name: impl Fn(&T) -> &str + Sync,
    work: impl Fn(&T) -> Outcome + Sync,
) {
    let (next, complaints) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = work(item)
                        && let Ok(mut complaints) = complaints.lock()
                    {
                        complaints.push(format!("{}: {error}", name(item)));
                    }
                }
            });
        }
    });
    let mut complaints = complaints.into_inner().unwrap_or_default();
    complaints.sort();
    assert!(
        complaints.is_empty(),
        "{} of {}:\n{}",
        complaints.len(),
        items.len(),
        complaints.join("\n")
    );
}
