//! The bytes over which a snapshot's identifier is made. Each text and each list has its length before it, so that no two
//! snapshots have the same bytes.

use sha2::{Digest, Sha256};

/// Hashes fields in their order.
pub(crate) struct Canonical(Sha256);

impl Canonical {
    pub(crate) fn new(tag: &[u8]) -> Self {
        Self(Sha256::new_with_prefix(tag))
    }

    /// A number, 8 bytes big-endian.
    pub(crate) fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    /// Bytes of a length that the field always has.
    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// A text: its bytes in UTF-8, their number before them.
    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    /// A list: how many there are, and each.
    pub(crate) fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        for item in items {
            each(self, item);
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
