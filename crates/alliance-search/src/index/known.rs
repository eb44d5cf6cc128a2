//! Words that were met before, folded and stemmed: texts say the same few thousand words again and again, and either costs
//! more than all else that is done with a word.

use std::hash::{BuildHasher, RandomState};

use crate::plan::stem_term;
use crate::text::{stem, term};

/// Words that are kept in each of two halves: some 60 bytes each.
const HALF: usize = 1 << 17;
/// Places in a half, a power of two: half of them stay empty, so that a word is found at once.
const PLACES: usize = 2 * HALF;
/// Languages in a half, so that each has a number of one byte.
const LANGUAGES_MAX: usize = 100;
/// Bytes of a word, a term and a stem that are kept, so that each length is a byte: longer ones are hardly met again.
const KEPT_BYTES_MAX: usize = 120;
/// Bytes before each word: its language, and how long it is, its term and its stem.
const HEAD: usize = 4;

/// Words by their language. When a half is full the other one is forgotten, which is that of the words not met for longest.
#[derive(Debug, Default)]
pub(super) struct Known {
    languages: Vec<String>,
    new: Half,
    old: Half,
    hasher: RandomState,
    /// The term and the stem of what is not kept.
    passing: (String, String),
}

/// Words in one piece of memory, one after the other, and where each stands.
#[derive(Debug, Default)]
struct Half {
    places: Vec<Place>,
    words: String,
    count: usize,
}

/// Where a word stands; nowhere if its mark and place are 0.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Place {
    mark: u32,
    at: u32,
}

/// A word as it is looked for.
#[derive(Clone, Copy)]
struct Sought<'a> {
    hash: u64,
    language: char,
    raw: &'a str,
}

/// Words of one language.
pub(super) struct Words<'a> {
    language: &'a str,
    /// Its number; none when there are too many.
    number: Option<char>,
    known: &'a mut Known,
}

/// A word as it is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it is compared. Empty when nothing of it is.
    pub(super) term: &'a str,
    /// The term of its stem; empty when it has none.
    pub(super) stem: &'a str,
}

impl Known {
    /// The words of a language, as [`crate::text::language`] gives it.
    pub(super) fn of<'a>(&'a mut self, language: &'a str) -> Words<'a> {
        if self.new.count >= HALF {
            self.old = std::mem::take(&mut self.new);
        }
        let known = self.languages.iter().position(|known| known == language);
        let number = known.or_else(|| {
            let is_new = self.languages.len() < LANGUAGES_MAX;
            is_new.then(|| self.languages.push(language.to_owned()))?;
            Some(self.languages.len() - 1)
        });
        Words {
            language,
            number: number.map(short),
            known: self,
        }
    }
}

impl Words<'_> {
    pub(super) fn word(&mut self, raw: &str) -> Word<'_> {
        let is_kept = raw.len() <= KEPT_BYTES_MAX;
        let Some(language) = self.number.filter(|_| is_kept) else {
            return self.pass(raw);
        };
        let known = &mut *self.known;
        let sought = Sought {
            hash: known.hasher.hash_one((language, raw)),
            language,
            raw,
        };
        if let Some(at) = known.new.find(sought) {
            return self.known.new.word(at);
        }
        let word = match known.old.find(sought) {
            Some(at) => known.old.word(at),
            None => {
                known.passing = made(self.language, raw);
                Word {
                    term: &known.passing.0,
                    stem: &known.passing.1,
                }
            }
        };
        match known.new.put(sought, word) {
            Some(at) => self.known.new.word(at),
            None => self.pass(raw),
        }
    }

    fn pass(&mut self, raw: &str) -> Word<'_> {
        self.known.passing = made(self.language, raw);
        Word {
            term: &self.known.passing.0,
            stem: &self.known.passing.1,
        }
    }
}

impl Half {
    fn find(&self, sought: Sought<'_>) -> Option<usize> {
        let mut place = sought.hash as usize;
        let mark = mark(sought.hash);
        loop {
            let found = *self.places.get(place % PLACES)?;
            if found == Place::default() {
                return None;
            }
            let at = found.at as usize;
            if found.mark == mark && self.words[at..].starts_with(sought.language) && self.raw(at) == sought.raw {
                return Some(at);
            }
            place = place.wrapping_add(1);
        }
    }

    /// Keeps a word that is not here yet; nothing if it is too long.
    fn put(&mut self, sought: Sought<'_>, word: Word<'_>) -> Option<usize> {
        let at = self.words.len();
        // One text may say more words than a half has room for.
        if word.term.len().max(word.stem.len()) > KEPT_BYTES_MAX || self.count > HALF + HALF / 2 {
            return None;
        }
        if self.places.is_empty() {
            self.places.resize(PLACES, Place::default());
        }
        let mut place = sought.hash as usize;
        while self.places[place % PLACES] != Place::default() {
            place = place.wrapping_add(1);
        }
        self.places[place % PLACES] = Place {
            mark: mark(sought.hash),
            at: u32::try_from(at).ok()?,
        };
        self.count += 1;
        self.words.push(sought.language);
        for part in [sought.raw, word.term, word.stem] {
            self.words.push(short(part.len()));
        }
        for part in [sought.raw, word.term, word.stem] {
            self.words.push_str(part);
        }
        Some(at)
    }

    fn lengths(&self, at: usize) -> [usize; 3] {
        let head = &self.words.as_bytes()[at..at + HEAD];
        [head[1], head[2], head[3]].map(usize::from)
    }

    fn raw(&self, at: usize) -> &str {
        let [raw, ..] = self.lengths(at);
        &self.words[at + HEAD..at + HEAD + raw]
    }

    fn word(&self, at: usize) -> Word<'_> {
        let [raw, term, stem] = self.lengths(at);
        let from = at + HEAD + raw;
        Word {
            term: &self.words[from..from + term],
            stem: &self.words[from + term..from + term + stem],
        }
    }
}

/// A number below 128 as a letter of one byte.
fn short(number: usize) -> char {
    char::from(u8::try_from(number).unwrap_or(u8::MAX))
}

/// Never 0, which marks an empty place.
const fn mark(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
}

fn made(language: &str, raw: &str) -> (String, String) {
    let stem = stem(language, raw).map(|stem| stem_term(language, &stem));
    (term(raw), stem.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(known: &mut Known, language: &str, raw: &str, (term, stem): (&str, &str)) {
        assert_eq!(known.of(language).word(raw), Word { term, stem }, "{language} {raw}");
    }

    #[test]
    fn words_are_the_same_when_met_again_and_memory_is_bounded() {
        let mut known = Known::default();
        let long = "Rooms".repeat(30);
        for _ in 0..2 {
            check(&mut known, "en", "Rooms", ("rooms", "en:room"));
            check(&mut known, "xh", "Rooms", ("rooms", ""));
            check(&mut known, "en", "by", ("by", ""));
            check(&mut known, "he", "לחדרים", ("לחדרים", "he:חדר"));
            assert_eq!(known.of("en").word(&long).term.len(), 64);
            for number in 0..3 * HALF {
                let raw = format!("w{number}");
                assert_eq!(known.of("xh").word(&raw).term, raw);
            }
        }
        assert!(known.new.count + known.old.count <= 3 * HALF);
    }

    #[test]
    fn more_languages_than_are_numbered_are_told_apart() {
        let mut known = Known::default();
        for number in 0..2 * LANGUAGES_MAX {
            check(&mut known, &format!("x{number}"), "rooms", ("rooms", ""));
        }
        check(&mut known, "en", "rooms", ("rooms", "en:room"));
    }
}
