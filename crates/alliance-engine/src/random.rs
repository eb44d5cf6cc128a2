//! Pseudo-random bytes from the seed given at construction: unpredictable to others, repeatable in a test.

/// BLAKE3 in counter mode over the seed.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
}

impl Random {
    pub(crate) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    /// The next 16 bytes.
    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(&self.counter.to_le_bytes());
        self.counter += 1;
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        bytes
    }

    /// A number below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (u128::from_le_bytes(self.bytes()) % bound as u128) as usize
    }
}
