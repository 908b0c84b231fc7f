//! How ID3v2 keeps numbers and bytes from looking like an MPEG frame.

/// The number in 28 bits, seven to a byte; `None` where a byte has its high bit set.
pub(super) fn unsynchsafe(bytes: [u8; 4]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, byte| {
        (*byte < 0x80).then(|| number << 7 | u32::from(*byte))
    })
}

/// The reverse of [`unsynchsafe`]; `None` from 256 MiB on.
pub(super) fn synchsafe(number: u64) -> Option<[u8; 4]> {
    let seven = |shift: u32| (number >> shift & 0x7f) as u8;
    (number < 1 << 28).then(|| [seven(21), seven(14), seven(7), seven(0)])
}

/// Takes out the zero behind every `FF` (ID3v2.3.0 section 5, ID3v2.4.0 section 6.1), and
/// tells where each byte, and the end, stood before. `stuffed`: an `FF` stands before them.
pub(super) fn decode_unsynchronised(raw: &[u8], mut stuffed: bool) -> (Vec<u8>, Vec<u64>) {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut origin = Vec::with_capacity(raw.len() + 1);
    for (at, byte) in raw.iter().enumerate() {
        if !(stuffed && *byte == 0) {
            decoded.push(*byte);
            origin.push(at as u64);
        }
        stuffed = *byte == 0xff;
    }
    origin.push(raw.len() as u64);
    (decoded, origin)
}

/// Puts a zero behind every `FF`.
pub(super) fn encode_unsynchronised(plain: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(plain.len());
    for byte in plain {
        raw.push(*byte);
        if *byte == 0xff {
            raw.push(0);
        }
    }
    raw
}
