//! From pieces to a tree.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::error::FilterError;
use super::lex::{Piece, Stretch, What, pieces};
use super::tree::{Tree, Words};
use super::values::test;
use super::{LEVELS_MAX, PARTS_MAX};
use crate::text::tokens;

/// Letters that a beginning of words needs: with fewer, half of all words begin so.
const PREFIX_LETTERS_MIN: usize = 2;

/// Reads a question; the grammar is in [the module](super). An empty one holds for every record.
///
/// # Errors
/// What cannot be read, with its place and what mends it.
pub fn parse(question: &str) -> Result<Tree, FilterError> {
    let mut parser = Parser {
        pieces: pieces(question)?.into_iter().peekable(),
        end: question.chars().count(),
        level: 0,
        parts: 0,
    };
    let tree = parser.any()?;
    // Whoever wrote something did not ask for everything.
    let first = question.chars().position(|char| !char.is_whitespace());
    if let (true, Some(at)) = (is_everything(&tree), first) {
        return Err(FilterError::new(
            at,
            "There are no letters in this.",
            "Write words or conditions, or nothing at all for every record.",
        ));
    }
    match parser.pieces.next() {
        None => Ok(tree),
        Some(piece) => Err(FilterError::new(
            piece.at,
            "This bracket closes nothing.",
            "Take it away, or write a ( where the group begins.",
        )),
    }
}

struct Parser {
    pieces: Peekable<IntoIter<Piece>>,
    end: usize,
    level: usize,
    parts: usize,
}

impl Parser {
    fn peek(&mut self) -> Option<&What> {
        self.pieces.peek().map(|piece| &piece.what)
    }

    fn at(&mut self) -> usize {
        self.pieces.peek().map_or(self.end, |piece| piece.at)
    }

    fn any(&mut self) -> Result<Tree, FilterError> {
        let mut all = vec![self.all()?];
        while self.peek() == Some(&What::Or) {
            let at = self.at();
            self.pieces.next();
            let next = self.all()?;
            if is_everything(&next) || all.last().is_some_and(is_everything) {
                return Err(FilterError::new(
                    at,
                    "OR stands between two things, and one of them is missing.",
                    "Write what else may be found, or take the OR away.",
                ));
            }
            all.push(next);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => Tree::Any(all),
        })
    }

    fn all(&mut self) -> Result<Tree, FilterError> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some(What::Or | What::Close) => break,
                Some(What::And) => {
                    self.pieces.next();
                }
                Some(_) => parts.extend(self.part()?),
            }
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Tree::All(parts),
        })
    }

    /// One part; `None` for marks without a letter or digit, which nothing could be found by.
    fn part(&mut self) -> Result<Option<Tree>, FilterError> {
        let mut negated = None;
        while self.peek() == Some(&What::Not) {
            negated = match negated {
                None => Some(self.at()),
                Some(_) => None,
            };
            self.pieces.next();
        }
        let at = self.at();
        let part = match self.peek() {
            Some(What::Open) => Some(self.group()?),
            Some(What::Text(_)) => match self.pieces.next().map(|piece| piece.what) {
                Some(What::Text(stretches)) => self.text(stretches)?,
                _ => None,
            },
            // A lone dash between words, as people write it.
            _ => return Ok(None),
        };
        self.parts += 1;
        if self.parts > PARTS_MAX {
            let message = format!("The question has more than {PARTS_MAX} words, phrases and conditions.");
            return Err(FilterError::new(at, message, "Ask for less at once."));
        }
        Ok(part.map(|part| match negated {
            Some(_) => Tree::Not(Box::new(part)),
            None => part,
        }))
    }

    fn group(&mut self) -> Result<Tree, FilterError> {
        let at = self.at();
        self.pieces.next();
        self.level += 1;
        if self.level > LEVELS_MAX {
            let message = format!("Brackets stand within each other more than {LEVELS_MAX} levels deep.");
            return Err(FilterError::new(at, message, "Take brackets away that are not needed."));
        }
        let inner = self.any()?;
        self.level -= 1;
        match self.pieces.next() {
            Some(_) if is_everything(&inner) => Err(FilterError::new(
                at,
                "There is nothing between these brackets.",
                "Write words or conditions between them, or take them away.",
            )),
            Some(_) => Ok(inner),
            None => Err(FilterError::new(
                at,
                "The bracket that opens here is not closed.",
                "Write a ) where the group ends.",
            )),
        }
    }

    fn text(&mut self, stretches: Vec<Stretch>) -> Result<Option<Tree>, FilterError> {
        match &stretches[..] {
            [phrase] if phrase.quoted => Ok(says(Words::Phrase(phrase.text.clone()))),
            [plain] => match plain.text.split_once(':') {
                Some((field, value)) => {
                    let at = plain.at + field.chars().count() + 1;
                    let value = Stretch {
                        at,
                        text: value.to_owned(),
                        quoted: false,
                    };
                    test(field, plain.at, &value).map(|test| Some(Tree::Is(test)))
                }
                None => word(plain),
            },
            [field, value, ..] => {
                let name = field.text.trim_end_matches(':');
                test(name, field.at, value).map(|test| Some(Tree::Is(test)))
            }
            [] => Ok(None),
        }
    }
}

fn is_everything(tree: &Tree) -> bool {
    matches!(tree, Tree::All(parts) if parts.is_empty())
}

fn word(stretch: &Stretch) -> Result<Option<Tree>, FilterError> {
    let Some(at) = stretch.text.find('*') else {
        return Ok(says(Words::Word(stretch.text.clone())));
    };
    let begins = &stretch.text[..at];
    let at = stretch.at + begins.chars().count();
    if at + 1 < stretch.at + stretch.text.chars().count() {
        return Err(FilterError::new(
            at,
            "A * stands only at the end of a word.",
            "Write how the word begins and then *, such as restrain*.",
        ));
    }
    if begins.chars().filter(|letter| letter.is_alphanumeric()).count() < PREFIX_LETTERS_MIN {
        let message = format!("At least {PREFIX_LETTERS_MIN} letters stand before a *.");
        return Err(FilterError::new(at, message, "Write more of the word."));
    }
    Ok(says(Words::Prefix(begins.to_owned())))
}

fn says(words: Words) -> Option<Tree> {
    let (Words::Word(text) | Words::Prefix(text) | Words::Phrase(text)) = &words;
    (!tokens(text).is_empty()).then_some(Tree::Says(words))
}
