//! Changes that bytes at random do not find: sizes beside names, fields put in, moved and
//! doubled, and the checksums of Ogg pages, behind which nothing else would be looked at.

use crc::{Algorithm, Crc, Table};

/// RFC 3533 section 6.
const PAGE: Algorithm<u32> = Algorithm {
    width: 32,
    poly: 0x04c1_1db7,
    init: 0,
    refin: false,
    refout: false,
    xorout: 0,
    check: 0,
    residue: 0,
};
const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&PAGE);

pub(crate) fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) << 1 | 1);
    let mut size = size;
    match random.below(6) {
        // A finding is being made smaller.
        _ if size > max_size => size = shorten(data, size, max_size, &mut random),
        0 => resize(&mut data[..size], &mut random),
        1 => size = double(data, size, max_size, &mut random),
        _ => size = libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
    if data[..size].starts_with(b"OggS") && random.below(8) > 0 {
        repair(&mut data[..size]);
    }
    size
}

/// Writes the right checksum into every page, up to what is none.
fn repair(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(header) = bytes
        .get(at..at + 27)
        .filter(|page| page.starts_with(b"OggS"))
    {
        let count = usize::from(header[26]);
        let lacing = bytes.get(at + 27..at + 27 + count).unwrap_or_default();
        let length: usize = lacing.iter().map(|value| usize::from(*value)).sum();
        let end = at + 27 + count + length;
        let Some(page) = bytes.get_mut(at..end) else {
            return;
        };
        page[22..26].fill(0);
        let sum = CRC.checksum(page).to_le_bytes();
        page[22..26].copy_from_slice(&sum);
        at = end;
    }
}

/// Changes the number beside a name of four letters.
fn resize(bytes: &mut [u8], random: &mut Random) {
    let is_name = |four: &[u8]| {
        four.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ')
    };
    let names: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, four)| is_name(four))
        .map(|(at, _)| at)
        .collect();
    if names.is_empty() {
        return;
    }
    let name = names[random.below(names.len())];
    let at = if random.below(2) == 0 {
        name.wrapping_sub(4)
    } else {
        name + 4
    };
    let Some(place) = bytes.get_mut(at..at.wrapping_add(4)) else {
        return;
    };
    let old = u32::from_be_bytes([place[0], place[1], place[2], place[3]]);
    let by = random.below(40) as u32;
    let new = match random.below(6) {
        0 => old.wrapping_add(by).to_be_bytes(),
        1 => old.wrapping_sub(by).to_be_bytes(),
        2 => old.swap_bytes().wrapping_add(by).to_le_bytes(),
        3 => old.swap_bytes().wrapping_sub(by).to_le_bytes(),
        4 => [0, 0, 0, 1],
        _ => [0xff; 4],
    };
    place.copy_from_slice(&new);
}

/// Puts a stretch of the bytes between others, so that a chunk, a frame or a page stands twice.
fn double(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> usize {
    let from = random.below(size + 1);
    let length = random
        .below((size - from).min(512) + 1)
        .min(max_size - size);
    let to = random.below(size + 1);
    let stretch = data[from..from + length].to_vec();
    data.copy_within(to..size, to + length);
    data[to..to + length].copy_from_slice(&stretch);
    size + length
}

/// Takes out a stretch.
fn shorten(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> usize {
    let least = size - max_size;
    let more = random.below(size);
    let length = (least + random.below(more + 1)).min(size);
    let from = random.below(size - length + 1);
    data.copy_within(from + length..size, from);
    size - length
}

/// Marsaglia's xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}
