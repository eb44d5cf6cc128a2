//! How terms are handed to tantivy: as one text in which marks stand between them that no term has. Tokens made beforehand
//! would do as well, but tantivy writes them as JSON and reads them again.

use std::collections::HashMap;

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use crate::plan::{GAP, stem_term};
use crate::text::{Shape, language, stem, tokens};

/// The name under which the cutter is known to the index.
pub(super) const CUTTER: &str = "terms";

/// Stand before a term: at the position of the one before, at the next one, or behind a gap.
const SAME: char = '\u{1d}';
const NEXT: char = '\u{1e}';
const APART: char = '\u{1f}';

/// Stems that are kept, so that the same words need not be shortened again: some 5 MB.
const STEMS_MAX: usize = 50_000;

/// Makes the cutter known.
pub(super) fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(CUTTER, TextAnalyzer::from(Cutter::default()));
}

/// Terms of several texts in a row.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) neutral: String,
    pub(super) stems: String,
}

impl Terms {
    pub(super) fn add(&mut self, text: &str, tag: &str, known: &mut Stems) {
        let language = language(tag);
        let mut last = None;
        for token in tokens(text) {
            let word = (token.shape == Shape::Word).then(|| &text[token.from..token.to]);
            if let Some(stem) = word.and_then(|word| known.stem(&language, word)) {
                self.stems.push(if self.stems.is_empty() { APART } else { NEXT });
                self.stems.push_str(&stem_term(&language, stem));
            }
            self.neutral.push(match last {
                None => APART,
                Some(last) if last == token.position => SAME,
                Some(_) => NEXT,
            });
            self.neutral.push_str(&token.term);
            last = Some(token.position);
        }
    }
}

/// Stems of words that were met before.
#[derive(Debug, Default)]
pub(super) struct Stems {
    known: HashMap<String, HashMap<String, Option<String>>>,
    count: usize,
}

impl Stems {
    fn stem(&mut self, language: &str, word: &str) -> Option<&str> {
        if self.count >= STEMS_MAX {
            self.known.clear();
            self.count = 0;
        }
        if !self.known.contains_key(language) {
            self.known.insert(language.to_owned(), HashMap::new());
        }
        let words = self.known.get_mut(language)?;
        if !words.contains_key(word) {
            words.insert(word.to_owned(), stem(language, word));
            self.count += 1;
        }
        words.get(word)?.as_deref()
    }
}

/// Cuts at the marks.
#[derive(Debug, Clone, Default)]
struct Cutter {
    token: Token,
}

struct Cut<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cut<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut<'a> {
        self.token.reset();
        // Before everything, so that the first text begins at 0 behind its gap.
        self.token.position = 0_usize.wrapping_sub(GAP as usize);
        Cut {
            rest: text,
            token: &mut self.token,
        }
    }
}

impl TokenStream for Cut<'_> {
    fn advance(&mut self) -> bool {
        let mut letters = self.rest.chars();
        let step = match letters.next() {
            None => return false,
            Some(SAME) => 0,
            Some(APART) => GAP as usize,
            Some(_) => 1,
        };
        let rest = letters.as_str();
        let end = rest.find([SAME, NEXT, APART]).unwrap_or(rest.len());
        self.token.position = self.token.position.wrapping_add(step);
        self.token.text.clear();
        self.token.text.push_str(&rest[..end]);
        self.rest = &rest[end..];
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_out_as_they_went_in() {
        let (mut terms, mut known) = (Terms::default(), Stems::default());
        terms.add("Open 病棟", "en", &mut known);
        terms.add("doors", "en", &mut known);
        let mut cutter = Cutter::default();
        let mut cut = |text: &str| {
            let mut stream = cutter.token_stream(text);
            let mut found = Vec::new();
            while let Some(token) = stream.next() {
                found.push((token.text.clone(), token.position));
            }
            found
        };
        let neutral = cut(&terms.neutral);
        let wanted = [
            ("open", 0),
            ("病", 1),
            ("病棟", 1),
            ("棟", 2),
            ("doors", 2 + GAP as usize),
        ];
        assert_eq!(neutral, wanted.map(|(term, at)| (term.to_owned(), at)));
        let stems: Vec<String> = cut(&terms.stems).into_iter().map(|(term, _)| term).collect();
        assert_eq!(stems, ["en:open", "en:door"]);
        assert!(cut("").is_empty());
    }
}
