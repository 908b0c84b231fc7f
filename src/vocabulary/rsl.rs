//! A `<license>` of Really Simple Licensing 1.0 (2025-12-10), section 3.4: what it permits and
//! prohibits by usage.
//!
//! | token | prohibited it denies | permitted it allows |
//! |---|---|---|
//! | `all` | generative training, training, inference, data mining, search | the same |
//! | `ai-all` | generative training, training, inference | the same |
//! | `ai-train` | generative training, training | the same |
//! | `ai-input` | inference | inference |
//! | `ai-index` | inference | |
//! | `search` | search | search |
//!
//! What is prohibited beats what is permitted. A permission is plain only where nothing can be
//! its condition: the license has no other element than an empty payment of the type `free`,
//! and neither these nor what stands around it has another attribute or element; else it is
//! conditional. Of several
//! licenses the strongest word counts. The tokens of earlier drafts (`train-ai`, `train-genai`,
//! `ai-use`) are read where they prohibit; where a prohibition has a token that is not known,
//! nothing can be read of the license. Written is a license alone, which stands in the
//! `<content>` that names the recording's address; what is conditional is prohibited there,
//! since how a policy is named is not settled.

use roxmltree::Node;

use super::{Reading, Wording, of_all};
use crate::consent::Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
use crate::consent::{Declaration, Preference, Usage};
use crate::xml;

/// The uses that a license speaks of.
pub(crate) const USES: [Usage; 5] = [GenerativeTraining, Training, Inference, DataMining, Search];

/// The longest document that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// A license that stands in more elements than these has its text read by each around it.
const DEEPEST: usize = 16;

/// A token, what it denies and what it allows.
type Token = (&'static str, &'static [Usage], &'static [Usage]);

const TOKENS: [Token; 6] = [
    ("all", &USES, &USES),
    (
        "ai-all",
        &[GenerativeTraining, Training, Inference],
        &[GenerativeTraining, Training, Inference],
    ),
    (
        "ai-train",
        &[GenerativeTraining, Training],
        &[GenerativeTraining, Training],
    ),
    ("ai-input", &[Inference], &[Inference]),
    ("ai-index", &[Inference], &[]),
    ("search", &[Search], &[Search]),
];
const EARLIER: [Token; 3] = [
    ("train-ai", &[GenerativeTraining, Training], &[]),
    ("train-genai", &[GenerativeTraining], &[]),
    ("ai-use", &[Inference], &[]),
];

/// The tokens that together speak of every use.
const WRITTEN: [(&str, &[Usage]); 3] = [
    ("ai-train", &[GenerativeTraining, Training]),
    ("ai-input", &[Inference]),
    ("search", &[Search]),
];

/// The license, or nothing where no token has a word.
pub(super) fn spell(declaration: &Declaration) -> Option<Wording> {
    let (mut permitted, mut prohibited) = (Vec::new(), Vec::new());
    for (token, uses) in WRITTEN {
        match of_all(declaration, uses) {
            Preference::Unknown => {}
            Preference::Allowed => permitted.push(token),
            Preference::Conditional | Preference::Disallowed => prohibited.push(token),
        }
    }
    // Data mining has no token of its own.
    if declaration.preference(DataMining) >= Preference::Conditional {
        (permitted, prohibited) = (Vec::new(), vec!["all"]);
    }
    let element = |name: &str, tokens: &[&str]| match tokens {
        [] => String::new(),
        _ => format!("<{name} type=\"usage\">{}</{name}>", tokens.join(" ")),
    };
    let inside = element("permits", &permitted) + &element("prohibits", &prohibited);
    (!inside.is_empty()).then(|| Wording::alone(format!("<license>{inside}</license>")))
}

/// What a license, or every license of a document, says.
pub(super) fn understand(wording: &Wording) -> Reading {
    let unreadable = || Reading::unreadable("there is no license", &USES);
    understand_for(&wording.value, |_| Some(true)).unwrap_or_else(unreadable)
}

/// What a document says of a content, given whether an address is that content's, where that
/// can be told; nothing where no license is about it. Licenses in no `<content>` are about any.
pub(crate) fn understand_for(text: &str, is_it: impl Fn(&str) -> Option<bool>) -> Option<Reading> {
    if text.len() > LONGEST {
        return Some(Reading::unreadable("too large to be read", &USES));
    }
    let document = match xml::parse(text) {
        Ok(document) => document,
        Err(why) => return Some(Reading::unreadable(why, &USES)),
    };
    let mut licenses = document.descendants().filter(|node| is(node, "license"));
    if licenses.any(|license| license.ancestors().nth(DEEPEST).is_some()) {
        return Some(Reading::unreadable("too deeply nested to be read", &USES));
    }
    let around = Around {
        is_about: true,
        is_plain: true,
    };
    licenses_in(&document.root_element(), around, &is_it, DEEPEST)
}

/// What stands around a license.
#[derive(Clone, Copy)]
struct Around {
    /// The content that it is in is the one that is asked for.
    is_about: bool,
    /// Nothing there is a condition.
    is_plain: bool,
}

/// What the licenses say that an element is or has inside, no deeper than `depth`.
fn licenses_in(
    node: &Node<'_, '_>,
    mut around: Around,
    is_it: &impl Fn(&str) -> Option<bool>,
    depth: usize,
) -> Option<Reading> {
    if let Some(is_known) = is_known(node) {
        around.is_plain &= is_known;
    }
    if is(node, "content") {
        let is_it = node.attribute("url").map_or(Some(true), is_it);
        around.is_about = is_it.unwrap_or(true);
        around.is_plain &= is_it.is_some();
    }
    let own = is(node, "license") && around.is_about;
    let mut readings = own.then(|| license(node, around.is_plain));
    if depth > 0 {
        for inner in node.children().filter(Node::is_element) {
            let inner = licenses_in(&inner, around, is_it, depth - 1);
            readings = readings.into_iter().chain(inner).reduce(Reading::and);
        }
    }
    readings
}

/// Whether an element of a license, or around one, has just the attributes and elements that
/// are known to be no condition; nothing where it is another vocabulary's.
fn is_known(node: &Node<'_, '_>) -> Option<bool> {
    let (attributes, elements): (&[&str], &[&str]) = match node.tag_name().name() {
        "rsl" => (&[], &["content", "license"]),
        "content" => (&["url"], &["license"]),
        "license" => (&[], &["permits", "prohibits", "payment"]),
        "permits" | "prohibits" | "payment" => (&["type"], &[]),
        _ => return None,
    };
    let mut inner = node.children().filter(Node::is_element);
    let is_ours = |name: &str| attributes.contains(&name);
    let of_ours = |a: roxmltree::Attribute<'_, '_>| a.namespace().is_none() && is_ours(a.name());
    let is_element = |inner: Node<'_, '_>| elements.contains(&inner.tag_name().name());
    Some(node.attributes().all(of_ours) && inner.all(is_element))
}

/// What a license says that stands elsewhere: its terms come first.
pub(crate) fn linked() -> Reading {
    Reading::all(&USES, Preference::Conditional)
}

fn license(license: &Node<'_, '_>, is_plain: bool) -> Reading {
    let elements = || license.children().filter(Node::is_element);
    let of_usage = |node: &Node<'_, '_>| node.attribute("type").unwrap_or("usage") == "usage";
    let rules = |name: &'static str| {
        let texts = elements().filter(move |node| is(node, name) && of_usage(node));
        texts.flat_map(|node| words(&node)).collect::<Vec<String>>()
    };
    let conditions_nothing = |node: Node<'_, '_>| {
        let is_free = node.attribute("type") == Some("free") && words(&node).is_empty();
        let is_harmless = if is(&node, "payment") {
            is_free
        } else {
            of_usage(&node)
        };
        is_known(&node) == Some(true) && is_harmless
    };
    let word = if is_plain && elements().all(conditions_nothing) {
        Preference::Allowed
    } else {
        Preference::Conditional
    };
    let mut reading = Reading::default();
    for token in rules("permits") {
        if let Some((_, _, uses)) = TOKENS.iter().find(|(known, ..)| *known == token) {
            reading = reading.and(Reading::all(uses, word));
        }
    }
    for token in rules("prohibits") {
        let mut known = TOKENS.iter().chain(&EARLIER);
        reading = reading.and(match known.find(|(known, ..)| *known == token) {
            Some((_, uses, _)) => Reading::all(uses, Preference::Disallowed),
            None => Reading::unreadable("a prohibition is not in its vocabulary", &USES),
        });
    }
    reading
}

/// The element's name, in whatever namespace: some documents leave it out.
fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name
}

/// The tokens of an element, which white space or commas part.
fn words(node: &Node<'_, '_>) -> Vec<String> {
    let texts = node.descendants().filter_map(|node| node.text());
    let text: Vec<&str> = texts.collect();
    let text = text.join(" ").to_ascii_lowercase();
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
