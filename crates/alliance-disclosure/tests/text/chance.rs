//! A small generator of pseudo-random choices: one seed, one corpus, on every machine.

/// SplitMix64. `part` of the phrases of every list may be drawn: what a corpus for tuning never sees, the held-out one
/// does.
pub(crate) struct Chance {
    state: u64,
    share: Share,
}

/// How much of the lists of phrases may be drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// All but every third phrase.
    Tuning,
    /// All phrases.
    All,
}

impl Chance {
    pub(crate) fn new(seed: u64, share: Share) -> Self {
        Self { state: seed, share }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// One time in `times`.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// Any of a list whose entries are data, such as prefixes of numbers.
    pub(crate) fn any(&mut self, list: &[&'static str]) -> &'static str {
        list[self.next() as usize % list.len()]
    }

    /// One of a list of phrases or names: for tuning, every third is kept back when there are enough.
    pub(crate) fn phrase(&mut self, list: &[&'static str]) -> &'static str {
        let at = self.next() as usize % list.len();
        if self.share == Share::Tuning && list.len() >= 3 && at % 3 == 2 {
            return list[at - 1];
        }
        list[at]
    }

    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + (self.next() % 10) as u8))
            .collect()
    }

    pub(crate) fn letters(&mut self, count: usize, from: &str) -> String {
        let letters: Vec<char> = from.chars().collect();
        (0..count)
            .map(|_| letters[self.next() as usize % letters.len()])
            .collect()
    }

    /// Draws until what is drawn holds.
    pub(crate) fn until(&mut self, draw: impl Fn(&mut Self) -> String, holds: impl Fn(&str) -> bool) -> String {
        for _ in 0..1_000_000 {
            let drawn = draw(self);
            if holds(&drawn) {
                return drawn;
            }
        }
        panic!("nothing drawn holds");
    }

    /// A day of birth: year, month, day.
    pub(crate) fn born(&mut self) -> (u64, u64, u64) {
        (self.within(1_930, 2_008), self.within(1, 12), self.within(1, 28))
    }

    pub(crate) fn yymmdd(&mut self) -> String {
        let (year, month, day) = self.born();
        format!("{:02}{month:02}{day:02}", year % 100)
    }

    pub(crate) fn ddmmyy(&mut self) -> String {
        let (year, month, day) = self.born();
        format!("{day:02}{month:02}{:02}", year % 100)
    }
}
