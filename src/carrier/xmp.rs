//! Our properties in an XMP packet (ISO 16684-1, in UTF-8).
//!
//! They stand in an `rdf:Description` of their own at the end of `rdf:RDF`. Its text follows
//! from them, so that it is known again; every other byte of the packet stays. A property
//! that the packet has already is somebody else's and gets no second, nor gets a statement
//! of somebody else's terms of ours.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::{Edited, Made, Packed, Value};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};
use crate::xml::{self, escape};

/// Name and value.
pub(crate) type Property = (&'static str, String);

/// How a packet shall be.
#[derive(Clone, Copy, Default)]
pub(crate) struct Packet<'a> {
    /// What an earlier edit did, and the properties that it had.
    pub(crate) prior: Option<(Made, &'a [Property])>,
    pub(crate) wanted: &'a [Property],
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Prefixes and what they stand for: first as it is written, then as others write it.
const NAMESPACES: [(&str, &[&str]); 4] = [
    ("plus", &["http://ns.useplus.org/ldf/xmp/1.0/"]),
    // With a slash in XMP, with `#` in EPUB and JSON-LD.
    (
        "tdm",
        &[
            "http://www.w3.org/ns/tdmrep/",
            "http://www.w3.org/ns/tdmrep#",
        ],
    ),
    ("xmpRights", &["http://ns.adobe.com/xap/1.0/rights/"]),
    ("dc", &["http://purl.org/dc/elements/1.1/"]),
];

/// The properties that are looked at: those that we write, in that order, and what XMP has of a
/// copyright field.
const NAMES: [&str; 7] = [
    DATA_MINING,
    "plus:OtherConstraints",
    "tdm:reservation",
    "tdm:policy",
    USAGE_TERMS,
    WEB_STATEMENT,
    "dc:rights",
];
const DATA_MINING: &str = "plus:DataMining";
const USAGE_TERMS: &str = "xmpRights:UsageTerms";
/// An address, which says nothing about any use.
const WEB_STATEMENT: &str = "xmpRights:WebStatement";

/// These have a value for each language.
const BY_LANGUAGE: [&str; 2] = ["plus:OtherConstraints", USAGE_TERMS];

/// A statement and its terms.
const PAIRS: [[&str; 2]; 2] = [
    [DATA_MINING, "plus:OtherConstraints"],
    ["tdm:reservation", "tdm:policy"],
];

/// More values than these no real packet has.
const MOST_VALUES: usize = 50;

/// A value of a property that was found.
pub(crate) struct Heard {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    /// It stands in a description as we write them.
    pub(crate) in_our_form: bool,
}

/// What the packet at `range` says. Of one that cannot be read, `plus:DataMining` says so.
pub(crate) fn read(source: &mut Source, range: Range<u64>) -> Result<Vec<Heard>, Fault> {
    if range.end - range.start > source.limits().xmp {
        return Ok(vec![unreadable("the XMP packet is too long")]);
    }
    let bytes = source.bytes(range)?;
    let is_blank = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    if bytes.iter().all(is_blank) {
        return Ok(Vec::new());
    }
    let longest = source.limits().field;
    let said = parse(&bytes, properties);
    let mut said = said.unwrap_or_else(|why| vec![unreadable(why)]);
    for said in &mut said {
        if matches!(&said.value, Value::Text(text) if text.len() as u64 > longest) {
            said.value = Value::TOO_LONG;
        }
    }
    Ok(said)
}

/// What a packet says that cannot be read.
pub(super) fn unreadable(why: &'static str) -> Heard {
    Heard {
        name: DATA_MINING,
        value: Value::Unreadable(why),
        in_our_form: false,
    }
}

/// What makes the packet at `range` as it is wanted. Nothing where it cannot be read, or has
/// no room for what is wanted.
pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    xmp: &Packet<'_>,
) -> Result<Edited, Fault> {
    let most = source.limits().xmp;
    if range.end - range.start > most {
        return Ok(Edited::kept());
    }
    let mut edited = edit_packet(&source.bytes(range.clone())?, xmp, most);
    for splice in &mut edited.splices {
        let Range { start, end } = splice.range;
        splice.range = range.start + start..range.start + end;
    }
    Ok(edited)
}

/// The same of a packet that is held, in positions of the packet. It stays as it is where it
/// would become one that cannot be read, or one of more than `most` bytes.
pub(super) fn edit_packet(packet: &[u8], xmp: &Packet<'_>, most: u64) -> Edited {
    let (prior, ours) = xmp.prior.unzip();
    let edited = parse(packet, |text, document| {
        let places = places(text, document, ours.unwrap_or_default());
        let Places {
            ours,
            there,
            about,
            end,
        } = places.ok_or("no place for properties")?;
        let old = ours.unwrap_or(end..end);
        let before = text.get(old.clone()).unwrap_or_default();
        let free = xmp.wanted.iter().filter(|(name, _)| is_free(name, &there));
        let free: Vec<&Property> = free.collect();
        let mut all = free.len() == xmp.wanted.len();
        let mut new = description(&free, about);
        if prior == Some(Made::New) && packet == around(before).as_bytes() {
            return Ok(whole(packet, &new));
        }
        let mut splice = Splice::replace(old.start as u64..old.end as u64, new.as_str());
        let edited = splice::apply(packet, std::slice::from_ref(&splice));
        if edited.len() as u64 > most || parse(&edited, properties).is_err() {
            (all, new) = (false, String::new());
            splice.bytes.clear();
        }
        let is_same = before == new;
        Ok(Edited {
            before: before.len() as u64,
            after: new.len() as u64,
            splices: if is_same { Vec::new() } else { vec![splice] },
            xmp: Some(Packed {
                made: (!new.is_empty()).then_some(Made::Grown),
                all,
            }),
            ..Edited::default()
        })
    });
    edited.unwrap_or_else(|_| Edited::kept())
}

/// Of a packet that is ours as a whole.
fn whole(packet: &[u8], description: &str) -> Edited {
    let is_gone = description.is_empty();
    let new = if is_gone {
        String::new()
    } else {
        around(description)
    };
    Edited {
        before: packet.len() as u64,
        after: new.len() as u64,
        splices: vec![Splice::replace(0..packet.len() as u64, new)],
        bare: is_gone,
        xmp: (!is_gone).then_some(Packed::NEW),
        ..Edited::default()
    }
}

impl Edited {
    /// Of a packet that stays as it is.
    pub(super) fn kept() -> Edited {
        Edited {
            xmp: Some(Packed::KEPT),
            ..Edited::default()
        }
    }
}

/// A new packet; nothing where there are no properties.
pub(crate) fn create(properties: &[Property]) -> Vec<u8> {
    match description(&properties.iter().collect::<Vec<_>>(), "") {
        empty if empty.is_empty() => Vec::new(),
        description => around(&description).into_bytes(),
    }
}

/// A packet around a description of ours.
fn around(description: &str) -> String {
    let begin = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>";
    format!(
        "{begin}\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
         {description}</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"
    )
}

/// Calls `then` with the packet's text and its document.
fn parse<T>(
    packet: &[u8],
    then: impl FnOnce(&str, &Document<'_>) -> Result<T, &'static str>,
) -> Result<T, &'static str> {
    let text = str::from_utf8(packet).map_err(|_| "the XMP packet is not UTF-8")?;
    // Some writers end it with zeros.
    let text = text.trim_end_matches('\0');
    then(text, &xml::parse(text)?)
}

/// Every `rdf:RDF` of a document that stands in no other.
fn roots<'a>(document: &'a Document<'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    let mut end = 0;
    document.descendants().filter(move |node| {
        let is_root = node.has_tag_name((RDF, "RDF")) && node.range().start >= end;
        if is_root {
            end = node.range().end;
        }
        is_root
    })
}

fn elements<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(Node::is_element)
}

/// The properties that say something, one for each value.
fn properties(text: &str, document: &Document<'_>) -> Result<Vec<Heard>, &'static str> {
    let mut found = Vec::new();
    for element in roots(document).flat_map(elements) {
        let in_our_form = is_in_our_form(text, element);
        for (name, values) in of_description(element).filter(|(name, _)| *name != WEB_STATEMENT) {
            found.extend(values.into_iter().map(|value| Heard {
                name,
                value: Value::Text(value),
                in_our_form,
            }));
            if found.len() > MOST_VALUES {
                return Err("the XMP packet has more values than are read");
            }
        }
    }
    if is_said_outside(document) {
        return Err("the XMP packet has properties outside of rdf:RDF");
    }
    Ok(found)
}

/// Whether a property stands in no `rdf:RDF`.
fn is_said_outside(document: &Document<'_>) -> bool {
    let mut end = 0;
    document.descendants().any(|node| {
        if node.range().start < end {
            return false;
        }
        if node.has_tag_name((RDF, "RDF")) {
            end = node.range().end;
            return false;
        }
        of_description(node).next().is_some()
    })
}

/// Whether an element is what we would write for the properties in it.
fn is_in_our_form(text: &str, element: Node<'_, '_>) -> bool {
    let mut ours = Vec::new();
    for (name, mut values) in of_description(element) {
        let (Some(value), true) = (values.pop(), values.is_empty()) else {
            return false;
        };
        ours.push((name, value));
    }
    let about = element.attribute((RDF, "about")).unwrap_or_default();
    let ours: Vec<&Property> = ours.iter().collect();
    text.get(element.range()) == Some(description(&ours, about).as_str())
}

/// The properties in an `rdf:Description`, with their values.
fn of_description<'a>(
    description: Node<'a, 'a>,
) -> impl Iterator<Item = (&'static str, Vec<String>)> + 'a {
    let attributes = description.attributes().filter_map(|attribute| {
        let name = name(attribute.namespace(), attribute.name())?;
        Some((name, vec![attribute.value().to_owned()]))
    });
    let inside = elements(description).filter_map(|element| {
        let name = name(element.tag_name().namespace(), element.tag_name().name())?;
        Some((name, values(element)))
    });
    attributes.chain(inside)
}

/// A property's name with the usual prefix, where it is one that is looked at.
fn name(namespace: Option<&str>, local: &str) -> Option<&'static str> {
    let mut known = NAMESPACES.iter();
    let (prefix, _) =
        known.find(|(_, names)| namespace.is_some_and(|name| names.contains(&name)))?;
    NAMES
        .into_iter()
        .find(|name| name.split_once(':') == Some((prefix, local)))
}

/// The texts in a property, whether it is a plain one, an address or a list: of each element
/// its own text, and its attributes but those that say how it is written. Where an element has
/// nothing the value is empty.
fn values(property: Node<'_, '_>) -> Vec<String> {
    let mut values = Vec::new();
    for element in property.descendants().filter(Node::is_element) {
        let texts = element
            .children()
            .filter_map(|node| node.text().filter(|_| node.is_text()));
        let text: String = texts.collect();
        let says = |(namespace, name): (Option<&str>, &str)| match namespace {
            Some(XML) => false,
            Some(RDF) => !matches!(name, "parseType" | "datatype"),
            _ => true,
        };
        let attributes = element.attributes();
        let mut own: Vec<String> = attributes
            .filter(|attribute| says((attribute.namespace(), attribute.name())))
            .map(|attribute| attribute.value().to_owned())
            .collect();
        let is_leaf = elements(element).next().is_none();
        if !text.trim().is_empty() || is_leaf && own.is_empty() {
            own.push(text);
        }
        values.append(&mut own);
    }
    values
}

/// What stands in a packet.
struct Places<'a> {
    /// Our description, if it is there.
    ours: Option<Range<usize>>,
    /// The names of what others wrote.
    there: Vec<&'static str>,
    /// What their descriptions are about, which has to be the same in all (ISO 16684-1 section 7.4).
    about: &'a str,
    /// Where a new description goes.
    end: usize,
}

/// Nothing where no description can be put.
fn places<'a>(text: &str, document: &'a Document<'_>, ours: &[Property]) -> Option<Places<'a>> {
    let mut all = roots(document);
    let root = all.next().filter(|_| all.next().is_none())?;
    let end = root.range().start + text.get(root.range())?.rfind("</")?;
    let mut places = Places {
        ours: None,
        there: Vec::new(),
        about: "",
        end,
    };
    for element in elements(root) {
        let about = element.attribute((RDF, "about")).unwrap_or_default();
        let names: Vec<&str> = of_description(element).map(|(name, _)| name).collect();
        let is_there = |(name, _): &&Property| names.contains(name);
        let written: Vec<&Property> = ours.iter().filter(is_there).collect();
        let is_ours = !written.is_empty()
            && text.get(element.range()) == Some(description(&written, about).as_str());
        if is_ours && places.ours.is_none() {
            places.ours = Some(element.range());
        } else {
            places.there.extend(names);
            if places.about.is_empty() && is_plain(about) {
                places.about = about;
            }
        }
    }
    Some(places)
}

/// Whether a text stands in an attribute as it is.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"&<>\"'".contains(&byte);
    text.bytes().all(is_plain)
}

/// The other property of a pair.
pub(crate) fn partner(name: &str) -> Option<&'static str> {
    let pair = PAIRS.iter().find(|pair| pair.contains(&name))?;
    pair.iter().copied().find(|other| *other != name)
}

/// Whether a property can come beside those of others.
fn is_free(name: &str, there: &[&str]) -> bool {
    let taken = |name: &str| there.contains(&name);
    !taken(name) && !partner(name).is_some_and(taken)
}

/// An `rdf:Description` of these properties, with every namespace that it uses; nothing where
/// there are none.
fn description(properties: &[&Property], about: &str) -> String {
    let elements: String = properties
        .iter()
        .map(|(name, value)| {
            let value = escape(value);
            if BY_LANGUAGE.contains(name) {
                let item = format!("<rdf:li xml:lang=\"x-default\">{value}</rdf:li>");
                format!("<{name}><rdf:Alt>{item}</rdf:Alt></{name}>")
            } else {
                format!("<{name}>{value}</{name}>")
            }
        })
        .collect();
    if elements.is_empty() {
        return elements;
    }
    let is_used = |prefix: &str| {
        let mut names = properties.iter();
        names.any(|(name, _)| name.split(':').next() == Some(prefix))
    };
    let namespaces: String = NAMESPACES
        .iter()
        .filter(|(prefix, _)| is_used(prefix))
        .filter_map(|(prefix, names)| Some(format!(" xmlns:{prefix}=\"{}\"", names.first()?)))
        .collect();
    format!(
        "<rdf:Description xmlns:rdf=\"{RDF}\" rdf:about=\"{about}\"{namespaces}>{elements}</rdf:Description>"
    )
}
