//! How alike are recordings that are the same, and how alike those that are not?
//!
//! `scores IDENTITIES LEFT:RIGHT…` reads one recording a line, six fields between tabs: its
//! kind (`whole`, `segment`, `mp3-64`, …), its own name, the track that it comes from, the
//! group of tracks that are known to share sound, its content code and its fingerprint; a
//! level that it does not have is `-`. For every `LEFT:RIGHT` it compares each recording of
//! one kind with each of the other, by the crate's own rules, and prints a JSON object for
//! every relation (same track, related tracks, different ones) and level.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use noai_audio::{ContentCode, Fingerprint};
use serde::Serialize;

const THREADS: usize = 2;
/// So many of the pairs that speak most against a threshold are named.
const NAMED: usize = 60;

struct Recording {
    kind: String,
    name: String,
    track: String,
    group: String,
    code: Option<ContentCode>,
    fingerprint: Option<Fingerprint>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Relation {
    Same,
    Related,
    Different,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// Bits that differ, of 256.
    Iscc,
    /// Bits that are equal, per mille.
    Fingerprint,
}

/// What was found between recordings of one relation, at one level.
#[derive(Default)]
struct Tally<'a> {
    scores: BTreeMap<u32, u64>,
    incomparable: u64,
    /// The pair of each two tracks that is most alike.
    nearest: BTreeMap<(&'a str, &'a str), u32>,
    named: Vec<(u32, &'a str, &'a str)>,
}

#[derive(Serialize)]
struct Line<'a> {
    left: &'a str,
    right: &'a str,
    relation: Relation,
    level: Level,
    /// Pairs of recordings, by score.
    scores: &'a BTreeMap<u32, u64>,
    /// Pairs in which a level is absent, or too short or too monotonous to be compared.
    incomparable: u64,
    /// Pairs of tracks, by the score of their most alike recordings.
    track_pairs: BTreeMap<u32, u64>,
    /// Tracks, by the score of the most alike recording of any other track.
    tracks: BTreeMap<u32, u64>,
    named: &'a [(u32, &'a str, &'a str)],
}

type Tallies<'a> = BTreeMap<(Relation, Level), Tally<'a>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scores: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments
        .next()
        .ok_or("usage: scores IDENTITIES LEFT:RIGHT…")?;
    let text = std::fs::read_to_string(file)?;
    let recordings = text.lines().map(recording).collect::<Result<Vec<_>, _>>()?;
    for comparison in arguments {
        let (left, right) = comparison
            .split_once(':')
            .ok_or("a comparison is LEFT:RIGHT")?;
        let tallies = compare(&of_kind(&recordings, left), &of_kind(&recordings, right));
        print(left, right, &tallies)?;
    }
    Ok(())
}

fn recording(line: &str) -> Result<Recording, Box<dyn Error>> {
    let mut fields = line.split('\t');
    let mut next = || {
        fields
            .next()
            .ok_or_else(|| format!("too few fields: {line:.60}"))
    };
    let (kind, name, track, group, code, fingerprint) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    let given = |field: &'static str| move |text: &&str| *text != field;
    Ok(Recording {
        kind: kind.into(),
        name: name.into(),
        track: track.into(),
        group: group.into(),
        code: Some(code).filter(given("-")).map(str::parse).transpose()?,
        fingerprint: Some(fingerprint)
            .filter(given("-"))
            .map(str::parse)
            .transpose()?,
    })
}

fn of_kind<'a>(recordings: &'a [Recording], kind: &str) -> Vec<&'a Recording> {
    recordings.iter().filter(|one| one.kind == kind).collect()
}

/// Compares every left one with every right one. Where both are of one kind, each pair once,
/// and nothing within a track: music repeats itself, and that is no error.
fn compare<'a>(left: &[&'a Recording], right: &[&'a Recording]) -> Tallies<'a> {
    let count = |thread: usize| {
        let mut tallies = Tallies::new();
        for a in left.iter().skip(thread).step_by(THREADS) {
            for b in right
                .iter()
                .filter(|b| a.kind != b.kind || (a.name < b.name && a.track != b.track))
            {
                for level in [Level::Iscc, Level::Fingerprint] {
                    let tally = tallies.entry((relation(a, b), level)).or_default();
                    tally.add(relation(a, b), level, a, b);
                }
            }
        }
        tallies
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || count(thread)))
            .collect();
        let mut all = Tallies::new();
        for thread in threads {
            let found = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for ((relation, level), tally) in found {
                all.entry((relation, level))
                    .or_default()
                    .merge(relation, level, tally);
            }
        }
        all
    })
}

fn relation(a: &Recording, b: &Recording) -> Relation {
    if a.track == b.track {
        Relation::Same
    } else if a.group == b.group {
        Relation::Related
    } else {
        Relation::Different
    }
}

impl Level {
    fn score(self, a: &Recording, b: &Recording) -> Option<u32> {
        match self {
            Level::Iscc => Some(a.code?.distance(&b.code?)),
            Level::Fingerprint => {
                let likeness = a.fingerprint.as_ref()?.compare(b.fingerprint.as_ref()?)?;
                Some(likeness.similarity.into())
            }
        }
    }

    /// A number that is the smaller, the more alike the two are.
    fn rank(self, score: u32) -> i64 {
        match self {
            Level::Iscc => i64::from(score),
            Level::Fingerprint => -i64::from(score),
        }
    }
}

impl<'a> Tally<'a> {
    fn add(&mut self, relation: Relation, level: Level, a: &'a Recording, b: &'a Recording) {
        let Some(score) = level.score(a, b) else {
            self.incomparable += 1;
            return;
        };
        *self.scores.entry(score).or_default() += 1;
        let tracks = (
            a.track.as_str().min(&b.track),
            a.track.as_str().max(&b.track),
        );
        self.approach(level, tracks, score);
        self.named.push((score, &a.name, &b.name));
        if self.named.len() > 64 * NAMED {
            self.shorten(relation, level);
        }
    }

    fn approach(&mut self, level: Level, tracks: (&'a str, &'a str), score: u32) {
        let nearest = self.nearest.entry(tracks).or_insert(score);
        if level.rank(score) < level.rank(*nearest) {
            *nearest = score;
        }
    }

    fn merge(&mut self, relation: Relation, level: Level, other: Tally<'a>) {
        for (score, count) in other.scores {
            *self.scores.entry(score).or_default() += count;
        }
        self.incomparable += other.incomparable;
        for (tracks, score) in other.nearest {
            self.approach(level, tracks, score);
        }
        self.named.extend(other.named);
        self.shorten(relation, level);
    }

    /// Keeps the pairs of the same track that are least alike, or of others that are most.
    fn shorten(&mut self, relation: Relation, level: Level) {
        let sign = if relation == Relation::Same { -1 } else { 1 };
        self.named
            .sort_by_key(|&(score, a, b)| (sign * level.rank(score), a, b));
        self.named.truncate(NAMED);
    }

    fn tracks(&self, level: Level) -> BTreeMap<u32, u64> {
        let mut tracks = BTreeMap::new();
        for (&(a, b), &score) in &self.nearest {
            for track in [a, b] {
                let nearest = tracks.entry(track).or_insert(score);
                if level.rank(score) < level.rank(*nearest) {
                    *nearest = score;
                }
            }
        }
        histogram(tracks.into_values())
    }
}

fn histogram(scores: impl Iterator<Item = u32>) -> BTreeMap<u32, u64> {
    let mut counts = BTreeMap::new();
    for score in scores {
        *counts.entry(score).or_default() += 1;
    }
    counts
}

fn print(left: &str, right: &str, tallies: &Tallies<'_>) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for (&(relation, level), tally) in tallies {
        let line = Line {
            left,
            right,
            relation,
            level,
            scores: &tally.scores,
            incomparable: tally.incomparable,
            track_pairs: histogram(tally.nearest.values().copied()),
            tracks: tally.tracks(level),
            named: &tally.named,
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}
