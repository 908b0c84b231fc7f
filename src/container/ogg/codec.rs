//! Which codec is in an Ogg stream, and which of its packets are headers?
//!
//! Vorbis I, Opus (RFC 7845) and Speex, all little-endian; FLAC (RFC 9639 section 10.1),
//! big-endian.

use crate::carrier::vorbis_comment;
use crate::container::Stream;
use crate::error::Fault;
use crate::source::Source;

/// How a codec is mapped into Ogg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Vorbis,
    Opus,
    Speex,
    Flac,
}

/// What the first packet of a stream tells.
#[derive(Debug)]
pub(super) struct Identification {
    pub(super) codec: Codec,
    pub(super) stream: Stream,
    /// How many header packets follow; `None` where FLAC leaves that open.
    pub(super) headers: Option<u32>,
}

/// The first byte of a FLAC frame. No metadata block begins with it (RFC 9639 section 8.1).
const SYNC: u8 = 0xff;
/// The type of a FLAC block that holds comments.
const VORBIS_COMMENT: u8 = 4;
const LAST_BLOCK: u8 = 0x80;

impl Identification {
    /// From the first packet, which begins at `at`.
    pub(super) fn of(head: &[u8], at: u64) -> Result<Identification, Fault> {
        let (codec, rate, channels, headers) = vorbis(head)
            .or_else(|| opus(head))
            .or_else(|| speex(head))
            .or_else(|| flac(head))
            .ok_or_else(|| refused(head, at))?;
        let name = match codec {
            Codec::Vorbis => "vorbis",
            Codec::Opus => "opus",
            Codec::Speex => "speex",
            Codec::Flac => "flac",
        };
        Ok(Identification {
            codec,
            stream: Stream {
                codec: name.to_owned(),
                sample_rate: rate,
                channels,
            },
            headers,
        })
    }
}

type Told = (Codec, u32, u16, Option<u32>);

fn vorbis(head: &[u8]) -> Option<Told> {
    let fields = head.strip_prefix(b"\x01vorbis")?;
    let [_, _, _, _, channels, rate @ ..] = fields.first_chunk::<9>()?;
    let rate = u32::from_le_bytes(*rate);
    Some((Codec::Vorbis, rate, u16::from(*channels), Some(2)))
}

fn opus(head: &[u8]) -> Option<Told> {
    let channels = head.strip_prefix(b"OpusHead")?.get(1)?;
    // RFC 7845 section 5.1: whatever the input's rate was, Opus plays at 48 kHz.
    Some((Codec::Opus, 48_000, u16::from(*channels), Some(1)))
}

fn speex(head: &[u8]) -> Option<Told> {
    let number = |at: usize| {
        let four = head.get(at..at + 4)?.first_chunk()?;
        Some(u32::from_le_bytes(*four))
    };
    head.strip_prefix(b"Speex   ")?;
    let channels = number(48)?.try_into().ok()?;
    // Behind the comments come as many packets as the field `extra_headers` says.
    let headers = number(68)?.saturating_add(1);
    Some((Codec::Speex, number(36)?, channels, Some(headers)))
}

fn flac(head: &[u8]) -> Option<Told> {
    let fields = head.strip_prefix(b"\x7fFLAC\x01")?;
    let [_, high, low, magic @ ..] = fields.first_chunk::<7>()?;
    let packed = u32::from_be_bytes(*head.get(27..31)?.first_chunk()?);
    let headers = u16::from_be_bytes([*high, *low]);
    let headers = (headers > 0).then_some(u32::from(headers));
    let channels = (packed >> 9 & 7) as u16 + 1;
    (magic == b"fLaC").then_some((Codec::Flac, packed >> 12, channels, headers))
}

fn refused(head: &[u8], at: u64) -> Fault {
    let known = [
        (&b"\x80theora"[..], "Ogg video"),
        (b"fishead\0", "Ogg with a skeleton"),
        (b"BBCD", "Ogg video"),
        (b"\0c2pa", "Ogg with a C2PA stream"),
    ];
    let found = known.iter().find(|(magic, _)| head.starts_with(magic));
    Fault::Unsupported(
        found.map_or("Ogg with an unknown codec", |(_, name)| name),
        at,
    )
}

impl Codec {
    /// Where the comment list begins in its packet.
    pub(super) const fn list_at(self) -> u64 {
        self.prefix().len() as u64 + if matches!(self, Codec::Flac) { 4 } else { 0 }
    }

    const fn prefix(self) -> &'static [u8] {
        match self {
            Codec::Vorbis => b"\x03vorbis",
            Codec::Opus => b"OpusTags",
            Codec::Speex | Codec::Flac => b"",
        }
    }

    /// Whether the packet whose first segment of `length` bytes stands at `at` is a
    /// header, given how many stand before it behind the first packet.
    pub(super) fn is_header(
        self,
        source: &mut Source,
        at: u64,
        length: u8,
        before: u32,
        headers: Option<u32>,
    ) -> Result<bool, Fault> {
        match self {
            Codec::Vorbis if before == 1 && !source.has(at, b"\x05vorbis")? => {
                Err(Fault::Malformed("Ogg: no setup packet", at))
            }
            Codec::Flac => {
                let is_frame = length > 0 && source.byte(at)? == SYNC;
                if length == 0 || is_frame && (before == 0 || headers.is_some()) {
                    let what = "Ogg FLAC: fewer header packets than there must be";
                    return Err(Fault::Malformed(what, at));
                }
                Ok(!is_frame)
            }
            _ => Ok(true),
        }
    }

    /// Whether what begins at `at` can be sound.
    pub(super) fn is_sound(self, source: &mut Source, at: u64) -> Result<bool, Fault> {
        Ok(self != Codec::Flac || source.byte(at)? == SYNC)
    }

    /// What the comment packet, which begins near `at`, must be so that it can be edited.
    pub(super) fn check(self, source: &Source, packet: &[u8], at: u64) -> Result<(), Fault> {
        let wrong = |what| Err(Fault::Malformed(what, at));
        let length = packet.len() as u64;
        if !packet.starts_with(self.prefix()) || length < self.list_at() {
            return wrong("Ogg: no comment packet");
        }
        if let (Codec::Flac, [kind, size @ ..]) = (self, packet) {
            let size = size.iter().take(3);
            let size = size.fold(0, |size, byte| size << 8 | u64::from(*byte));
            if kind & !LAST_BLOCK != VORBIS_COMMENT || size + 4 != length {
                return wrong("Ogg FLAC: no comment block");
            }
        }
        let range = self.list_at()..length;
        let end = source
            .held(packet, |held| vorbis_comment::end(held, range))
            .map_err(|fault| match fault {
                Fault::Limit(what, _) => Fault::Limit(what, at),
                _ => Fault::Malformed("Ogg: wrong comment list", at),
            })?;
        let framing = packet.get(end as usize);
        if self == Codec::Vorbis && framing.is_none_or(|byte| byte & 1 == 0) {
            return wrong("Ogg Vorbis: no framing bit");
        }
        Ok(())
    }

    /// Makes what a comment packet says of its own length true again.
    pub(super) fn resize(self, packet: &mut [u8], at: u64) -> Result<(), Fault> {
        let length = packet.len() as u64;
        if let (Codec::Flac, Some(size)) = (self, packet.get_mut(1..4)) {
            if length - 4 >= 1 << 24 {
                let what = "Ogg FLAC: the comment block would be 16 MiB or more";
                return Err(Fault::Limit(what, at));
            }
            let [_, bytes @ ..] = ((length - 4) as u32).to_be_bytes();
            size.copy_from_slice(&bytes);
        }
        Ok(())
    }
}
