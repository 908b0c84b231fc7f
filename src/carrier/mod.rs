//! In which tag field our lines stand: what a tag says, and the splices that change it.
//!
//! One file per kind of tag, all of the same shape: `read` gives the fields whose names
//! are wanted, seeking past everything else; `edit` gives the splices, in the positions
//! of the source, that take fields out, put fields in and change the copyright field;
//! `create` gives a new tag. Every byte outside the splices is left untouched. No file
//! here knows in which container a tag stands.

pub(crate) mod id3v2;
pub(crate) mod id3v1;
pub(crate) mod vorbis_comment;
pub(crate) mod ilst;
pub(crate) mod riff_info;
pub(crate) mod aiff_text;
pub(crate) mod ape;
pub(crate) mod mdta;
pub(crate) mod ebml;
mod matroska;
mod caf;
mod user_data;
pub(crate) mod c2pa;
pub(crate) mod xmp;
mod copyright;

use std::ops::Range;

pub(crate) use self::copyright::{Copyright, Notice};
use self::xmp::Packet;
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// A kind of tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Carrier {
    Id3v2,
    VorbisComment,
    Ilst,
    RiffInfo,
    AiffText,
    Ape,
    /// The metadata keys of QuickTime, in MP4 too.
    Mdta,
    Matroska,
    CafInformation,
    /// The copyright text of QuickTime and 3GPP.
    UserData,
    Xmp,
}

impl Carrier {
    pub(crate) const ALL: [Carrier; 11] = [
        Carrier::Id3v2,
        Carrier::VorbisComment,
        Carrier::Ilst,
        Carrier::RiffInfo,
        Carrier::AiffText,
        Carrier::Ape,
        Carrier::Mdta,
        Carrier::Matroska,
        Carrier::CafInformation,
        Carrier::UserData,
        Carrier::Xmp,
    ];

    /// The carrier's name in an undo note and in evidence.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Carrier::Id3v2 => "id3v2",
            Carrier::VorbisComment => "vorbis",
            Carrier::Ilst => "ilst",
            Carrier::RiffInfo => "info",
            Carrier::AiffText => "aiff",
            Carrier::Ape => "ape",
            Carrier::Mdta => "mdta",
            Carrier::Matroska => "matroska",
            Carrier::CafInformation => "caf",
            Carrier::UserData => "udta",
            Carrier::Xmp => "xmp",
        }
    }

    /// The fields in the tag at `range` whose names `wants` accepts. The copyright field
    /// goes by the name `COPYRIGHT` in every carrier, one [`Field`] for each value.
    pub(crate) fn read(
        self,
        source: &mut Source,
        range: Range<u64>,
        wants: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Field>, Fault> {
        bounded(source, &range)?;
        match self {
            Carrier::Id3v2 => id3v2::read(source, range, wants),
            Carrier::VorbisComment => vorbis_comment::read(source, range, wants),
            Carrier::Ilst => ilst::read(source, range, wants),
            Carrier::RiffInfo => riff_info::read(source, range, wants),
            Carrier::AiffText => aiff_text::read(source, range, wants),
            Carrier::Ape => ape::read(source, range, wants),
            Carrier::Mdta => mdta::read(source, range, wants),
            Carrier::Matroska => matroska::read(source, range, wants),
            Carrier::CafInformation => caf::read(source, range, wants),
            Carrier::UserData => user_data::read(source, range, wants),
            // Not of fields: `xmp::read`.
            Carrier::Xmp => Ok(Vec::new()),
        }
    }

    /// The splices that make the tag at `range` as it is wanted.
    pub(crate) fn edit(
        self,
        source: &mut Source,
        range: Range<u64>,
        wanted: &Wanted<'_>,
    ) -> Result<Edited, Fault> {
        bounded(source, &range)?;
        match self {
            Carrier::Id3v2 => id3v2::edit(source, range, wanted),
            Carrier::VorbisComment => vorbis_comment::edit(source, range, wanted),
            Carrier::Ilst => ilst::edit(source, range, wanted),
            Carrier::RiffInfo => riff_info::edit(source, range, wanted),
            Carrier::AiffText => aiff_text::edit(source, range, wanted),
            Carrier::Ape => ape::edit(source, range, wanted),
            // An XMP packet has properties in place of fields: `xmp::edit`.
            Carrier::Mdta
            | Carrier::Matroska
            | Carrier::CafInformation
            | Carrier::UserData
            | Carrier::Xmp => {
                let what = "a tag of this kind is read, not edited";
                Err(Fault::Unsupported(what, range.start))
            }
        }
    }

    /// A new tag with what is wanted.
    pub(crate) fn create(self, wanted: &Wanted<'_>) -> Created {
        match self {
            Carrier::Id3v2 => id3v2::create(wanted),
            Carrier::VorbisComment => vorbis_comment::create(wanted),
            Carrier::Ilst => ilst::create(wanted),
            Carrier::Ape => ape::create(wanted),
            // These stand beside another carrier and are edited only where they are.
            Carrier::RiffInfo
            | Carrier::AiffText
            | Carrier::Mdta
            | Carrier::Matroska
            | Carrier::CafInformation
            | Carrier::UserData
            | Carrier::Xmp => Created::default(),
        }
    }
}

/// Refuses a tag that is larger than any real one.
fn bounded(source: &Source, range: &Range<u64>) -> Result<(), Fault> {
    if range.end.saturating_sub(range.start) > source.limits().tag {
        return Err(Fault::Limit("the tag is too large", range.start));
    }
    Ok(())
}

/// One field as a tag holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// The field is there, and why its text cannot be had.
    Unreadable(&'static str),
}

impl Value {
    const TOO_LONG: Value = Value::Unreadable("the field is too long");
    const NO_TEXT: Value = Value::Unreadable("the data is no text");
    /// The name is there and nothing behind it.
    const MISSING: Value = Value::Unreadable("the field has no value");

    /// The text at `range`, in UTF-8.
    fn utf8(source: &mut Source, range: Range<u64>) -> Result<Value, Fault> {
        if range.end - range.start > source.limits().field {
            return Ok(Value::TOO_LONG);
        }
        Ok(Value::of_utf8(source.bytes(range)?))
    }

    /// The text at `range`, in which what is no UTF-8 hides nothing behind it.
    fn lossy_utf8(source: &mut Source, range: Range<u64>) -> Result<Value, Fault> {
        if range.end - range.start > source.limits().field {
            return Ok(Value::TOO_LONG);
        }
        let text = String::from_utf8_lossy(&source.bytes(range)?).into_owned();
        Ok(Value::Text(text))
    }

    fn of_utf8(bytes: Vec<u8>) -> Value {
        match String::from_utf8(bytes) {
            Ok(text) => Value::Text(text),
            Err(_) => Value::Unreadable("the text is not UTF-8"),
        }
    }
}

/// Adds a field that was found at `at`, where a file may have so many.
fn keep(
    fields: &mut Vec<Field>,
    source: &Source,
    at: u64,
    name: &str,
    value: Value,
) -> Result<(), Fault> {
    if fields.len() >= source.limits().fields as usize {
        return Err(Fault::Limit("too many fields of ours", at));
    }
    let name = name.to_owned();
    fields.push(Field { name, value });
    Ok(())
}

/// How a tag shall be.
pub(crate) struct Wanted<'a> {
    /// Fields of these names are taken out wherever they stand.
    pub(crate) out: &'a dyn Fn(&str) -> bool,
    /// These are put in.
    pub(crate) fields: &'a [(&'static str, String)],
    pub(crate) copyright: Copyright<'a>,
    /// How an XMP packet in the tag shall be, where the format has it there.
    pub(crate) xmp: Packet<'a>,
    /// Whole ID3v2.3 frames that a new tag begins with, and that go with it.
    pub(crate) repeated: &'a [Vec<u8>],
    /// Where an earlier edit took its room from, if there was one.
    pub(crate) prior: Option<Made>,
}

impl<'a> Wanted<'a> {
    /// Names and values of what comes: our fields, then a new copyright field under `name`.
    fn new_fields(
        &'a self,
        name: &'a str,
        copyright: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| (*name, value.as_str()));
        fields.chain(copyright.map(|text| (name, text)))
    }
}

/// How a tag comes to be as it is wanted.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    pub(crate) splices: Vec<Splice>,
    /// How many bytes of an earlier edit go, and how many bytes come.
    pub(crate) before: u64,
    pub(crate) after: u64,
    /// The room came from the tag's own padding.
    pub(crate) padded: bool,
    pub(crate) notice: Option<Notice>,
    /// Of an XMP packet; nothing where the tag has no place for one.
    pub(crate) xmp: Option<Packed>,
    /// Nothing is left in the tag.
    pub(crate) bare: bool,
}

/// The padding that is left where our lines stand beside it.
///
/// `left` bytes are there now, `before` bytes of ours stand, `after` shall. The decision
/// is the one that would be made for the file from before any edit, so that taking our
/// lines off again restores it. Gives the new length and whether it pays for our lines.
pub(crate) fn padding(
    left: u64,
    before: u64,
    after: u64,
    prior: Option<Made>,
    may_take: bool,
) -> (u64, bool) {
    /// No edit of ours takes more, so that it gives no more back.
    const MOST: u64 = 1 << 20;
    let original = match prior {
        Some(Made::Padded) if before <= MOST => left + before,
        _ => left,
    };
    let padded = may_take && prior != Some(Made::New) && after > 0 && after <= original;
    (if padded { original - after } else { original }, padded)
}

/// A new tag.
#[derive(Debug, Default)]
pub(crate) struct Created {
    pub(crate) bytes: Vec<u8>,
    pub(crate) notice: Option<Notice>,
}

/// What came of our properties in a place for an XMP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packed {
    /// How they came there, if they did.
    pub(crate) made: Option<Made>,
    /// All that are wanted are there.
    pub(crate) all: bool,
}

impl Packed {
    /// In a packet of their own.
    pub(crate) const NEW: Packed = Packed {
        made: Some(Made::New),
        all: true,
    };
    /// Nothing: the packet there cannot take them.
    pub(crate) const KEPT: Packed = Packed {
        made: None,
        all: false,
    };
}

/// Where the room for an edit came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// There was no such tag.
    New,
    /// Padding became shorter by as many bytes as the edit needed.
    Padded,
    /// The tag became longer.
    Grown,
}
