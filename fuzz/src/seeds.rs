//! What a fuzzer begins with: the corpus of the tests, tagged and not, and texts of every kind.

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use noai_audio::{
    Declaration, EmbedOptions, Limits, Marker, Place, Preference, Preset, Publication, Record,
    TermsDigest, Usage, Vocabulary, read_from,
};

/// Larger files only slow a fuzzer down.
const LARGEST: u64 = 24 << 10;

/// Writes into `to`, one folder for each format and for each kind of text.
pub(crate) fn write(corpus: &Path, to: &Path) -> io::Result<()> {
    for folder in ["clean", "tagged", "broken"] {
        for entry in fs::read_dir(corpus.join(folder))? {
            let entry = entry?;
            if entry.metadata()?.len() <= LARGEST {
                let name = entry.file_name().to_string_lossy().into_owned();
                song(&fs::read(entry.path())?, to, &format!("{folder}-{name}"))?;
            }
        }
    }
    texts(to)
}

fn song(bytes: &[u8], to: &Path, name: &str) -> io::Result<()> {
    let format = read_from(Cursor::new(bytes), Limits::default());
    let format = format.map_or("other", |read| read.format().name());
    put(to, format, name, bytes)?;
    for (number, declaration) in declarations().iter().take(2).enumerate() {
        let tagged = EmbedOptions::new().embed_bytes(bytes, declaration);
        if let Ok(Some(tagged)) = tagged {
            put(to, format, &format!("{name}-{number}"), &tagged)?;
        }
    }
    Ok(())
}

fn texts(to: &Path) -> io::Result<()> {
    let record = Record::of("test-audio/clean/sine.flac").map_err(io::Error::other)?;
    for (number, declaration) in declarations().into_iter().enumerate() {
        let marker = Marker::new(declaration);
        let fields: String = marker
            .fields()
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        let notice = marker.notice().unwrap_or_default();
        let mut record = record.clone();
        record.marker = Some(marker.clone());
        let name = number.to_string();
        let mut publication = Publication::new();
        publication.list(
            "/music/song.mp3".parse().expect("a path"),
            marker.declaration(),
        );
        for place in Place::ALL {
            let text = publication.write(place);
            put(to, "words", &format!("{number}-{place}"), text.as_bytes())?;
        }
        for (word, _) in Preference::ALL.iter().enumerate() {
            let mut bytes = vec![word as u8; 7];
            bytes.extend(b"https://example.org/?a=1&b\n/music/a%20b.mp3");
            put(to, "published", &word.to_string(), &bytes)?;
        }
        put(to, "marker", &name, marker.to_string().as_bytes())?;
        put(to, "fields", &name, fields.as_bytes())?;
        put(
            to,
            "fields",
            &format!("{name}-notice"),
            format!("{fields}COPYRIGHT=2026 {notice}\n").as_bytes(),
        )?;
        put(to, "records", &name, record.to_json().as_bytes())?;
    }
    for vocabulary in Vocabulary::ALL {
        for vector in fs::read_dir(Path::new("tests/vectors").join(vocabulary.name()))? {
            let vector = vector?;
            let name = format!("{vocabulary}-{}", vector.file_name().to_string_lossy());
            let whole = fs::read_to_string(vector.path())?;
            let (_, text) = whole.split_once("\n\n").unwrap_or(("", &whole));
            put(to, "words", &name, text.as_bytes())?;
        }
    }
    let sound = record.sound;
    let texts = [
        record.file.map(|text| text.to_string()),
        record.essence.map(|text| text.to_string()),
        sound.pcm.map(|text| text.to_string()),
        sound.code.map(|text| text.to_string()),
        sound.fingerprint.map(|text| text.to_string()),
        Some("2026-11-24".to_owned()),
        Some("https://example.org/terms".to_owned()),
    ];
    for (number, text) in texts.iter().flatten().enumerate() {
        put(to, "codes", &number.to_string(), text.as_bytes())?;
    }
    Ok(())
}

fn declarations() -> [Declaration; 5] {
    let terms = "https://example.org/terms".parse().expect("a URL");
    let agreed = TermsDigest::of(&b"agreed"[..]).expect("a text");
    let day = |text: &str| text.parse().expect("a day");
    [
        Declaration::from(Preset::NoAi).declared(day("2026-11-24")),
        Declaration::from(Preset::AskFirst)
            .policy(terms)
            .terms(agreed)
            .declarer("Ängström; \"A\""),
        Declaration::from(Preset::NoMachineUse),
        Declaration::from(Preset::NoGenerativeAi).allow(Usage::Search),
        Declaration::new()
            .allow(Usage::Search)
            .expires(day("2027-01-01")),
    ]
}

fn put(to: &Path, folder: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = to.join(folder);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}
