//! Whether a whole set of bodies arrived, in whatever order a system lists them.
//!
//! Owns the sum. Never keeps a body.

use sha2::{Digest as _, Sha256};

/// How many bodies were seen, and their SHA-256 sums taken together by exclusive or (first 16 bytes).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Bodies seen.
    pub records: u64,
    sum: [u8; 16],
}

impl Digest {
    /// Takes one body in.
    pub fn add(&mut self, body: &[u8]) {
        self.records += 1;
        for (sum, byte) in self.sum.iter_mut().zip(Sha256::digest(body)) {
            *sum ^= byte;
        }
    }

    /// The digest of records 0 to `records - 1`.
    #[must_use]
    pub fn expected(records: u64) -> Self {
        let mut digest = Self::default();
        (0..records).for_each(|index| digest.add(crate::body(index).as_bytes()));
        digest
    }

    /// The sum in hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.sum.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn order_does_not_matter_but_every_body_does() {
        let mut turned = Digest::default();
        (0..4).rev().for_each(|index| turned.add(crate::body(index).as_bytes()));
        assert_eq!(turned, Digest::expected(4));
        assert_ne!(turned.hex(), Digest::expected(3).hex());
    }
}
