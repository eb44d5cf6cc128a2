//! What a journal begins with: a line that says what it is, and the key of the bodies in it. The key stands in the file
//! itself, so that the journal needs nothing else when all else is lost; and twice, in different sectors, so that one
//! sector does not take every body with it. Writing over both makes every copy of the bodies unreadable.
//!
//! ```text
//! "alliance own journal 2\n" ‖ zeros ‖ at 64 and at 4096: key 32 ‖ first 8 bytes of its BLAKE3 ‖ zeros to 4160
//! ```

use std::io;

use crate::disk::OpenFile;
use crate::keys::{KEY_BYTES, Key};

/// What a journal begins with.
const FILE_HEADER: &[u8] = b"alliance own journal 2\n";
/// What one of the release before begins with.
pub(crate) const OLDER_FILE_HEADER: [u8; 23] = *b"alliance own journal 1\n";
/// Bytes before the first entry.
pub(crate) const PREAMBLE_BYTES: usize = 4160;
const COPIES: [usize; 2] = [64, 4096];
const CHECK_BYTES: usize = 8;
const COPY_BYTES: usize = KEY_BYTES + CHECK_BYTES;

/// The bytes before the first entry.
pub(crate) fn preamble(key: &Key) -> Vec<u8> {
    let mut bytes = vec![0; PREAMBLE_BYTES];
    bytes[..FILE_HEADER.len()].copy_from_slice(FILE_HEADER);
    for at in COPIES {
        bytes[at..at + KEY_BYTES].copy_from_slice(key);
        bytes[at + KEY_BYTES..at + COPY_BYTES].copy_from_slice(&check(key));
    }
    bytes
}

fn check(key: &Key) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&blake3::hash(key).as_bytes()[..CHECK_BYTES]);
    check
}

/// Whether the bytes begin as a journal does.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(FILE_HEADER)
}

/// The key of a journal, from its first bytes; `None` when neither copy is one.
pub(crate) fn key_in(bytes: &[u8]) -> Option<Key> {
    COPIES.iter().find_map(|at| {
        let (key, found) = bytes.get(*at..at + COPY_BYTES)?.split_first_chunk::<KEY_BYTES>()?;
        (check(key) == found).then_some(*key)
    })
}

/// Writes over both copies of the key, and waits until the disk has it.
pub(crate) fn destroy_key(file: &mut OpenFile) -> io::Result<()> {
    let end = file.len()?;
    for at in COPIES {
        let bytes = (COPY_BYTES as u64).min(end.saturating_sub(at as u64));
        file.write_at(at as u64, &vec![0; bytes as usize])?;
    }
    file.sync()
}
