//! How terms are handed to tantivy: as one text in which marks stand between them that no term has. Tokens made beforehand
//! would do as well, but tantivy writes them as JSON and reads them again.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::known::Known;
use crate::plan::GAP;
use crate::text::{Shape, fold_onto, language, pieces};

/// The name under which the cutter is known to the index.
pub(super) const CUTTER: &str = "terms";

/// Stand before a term: at the position of the one before, at the next one, or behind a gap.
const SAME: char = '\u{1d}';
const NEXT: char = '\u{1e}';
const APART: char = '\u{1f}';

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
    pub(super) fn add(&mut self, text: &str, tag: &str, known: &mut Known) {
        let language = language(tag);
        let mut words = known.of(&language);
        let mut last = None;
        pieces(text, &mut |piece| {
            let raw = &text[piece.from..piece.to];
            let mark = match last {
                None => APART,
                Some(last) if last == piece.position => SAME,
                Some(_) => NEXT,
            };
            if matches!(piece.shape, Shape::Word | Shape::Joined) {
                let word = words.word(raw);
                if word.term.is_empty() {
                    return false;
                }
                if !word.stem.is_empty() {
                    self.stems.push(if self.stems.is_empty() { APART } else { NEXT });
                    self.stems.push_str(word.stem);
                }
                self.neutral.push(mark);
                self.neutral.push_str(word.term);
            } else {
                self.neutral.push(mark);
                fold_onto(raw, &mut self.neutral);
            }
            last = Some(piece.position);
            true
        });
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
        let step = match self.rest.as_bytes().first() {
            None => return false,
            Some(mark) if *mark == SAME as u8 => 0,
            Some(mark) if *mark == APART as u8 => GAP as usize,
            Some(_) => 1,
        };
        // No letter has these bytes within it: in UTF-8 all others of a longer letter are above them.
        let is_mark = |byte: &u8| matches!(*byte, 0x1d..=0x1f);
        let terms = self.rest.as_bytes().get(1..).unwrap_or_default();
        let end = 1 + terms.iter().position(is_mark).unwrap_or(terms.len());
        self.token.position = self.token.position.wrapping_add(step);
        self.token.text.clear();
        self.token.text.push_str(&self.rest[1..end]);
        self.rest = &self.rest[end..];
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
        let (mut terms, mut known) = (Terms::default(), Known::default());
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
