//! The XML of strangers, as far as parsing it is cheap.

use roxmltree::{Document, ParsingOptions};

/// The parser compares the attributes of an element with each other, and every namespace
/// with those around it.
const MOST_ATTRIBUTES: usize = 200;
const MOST_NAMESPACES: usize = 256;
const MOST_NODES: u32 = 100_000;

/// The document, or why it cannot be had: it is not well-formed, has a document type, or has
/// more of anything than a real one.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, &'static str> {
    let is_large = text.matches("xmlns").count() > MOST_NAMESPACES
        || text
            .split('<')
            .any(|tag| equals_signs(tag) > MOST_ATTRIBUTES);
    if is_large {
        return Err("the XML has more in it than is read");
    }
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|_| "the XML is not well-formed")
}

/// How many equals signs stand in what may be a tag, up to its end.
fn equals_signs(tag: &str) -> usize {
    let (mut count, mut quote) = (0, None);
    for byte in tag.bytes() {
        match (byte, quote) {
            (b'>', None) => break,
            (b'\'' | b'"', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            (b'=', None) => count += 1,
            _ => {}
        }
    }
    count
}

/// Text in an element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
