//! A question cut into marks, words and quoted texts, each with its place.

use super::QUESTION_CHARACTERS_MAX;
use super::error::FilterError;

/// A piece of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its first character, counted from 0.
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Open,
    Close,
    Not,
    Or,
    And,
    /// Text without blanks, and whether anything of it stood in quotation marks: `setting:"x"` is such a text.
    Text(Vec<Stretch>),
}

/// A stretch of a text: as it stands, or what stood in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) at: usize,
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// Cuts a question.
pub(super) fn pieces(question: &str) -> Result<Vec<Piece>, FilterError> {
    let letters: Vec<char> = question.chars().collect();
    if letters.len() > QUESTION_CHARACTERS_MAX {
        let message = format!(
            "The question has {} characters; at most {QUESTION_CHARACTERS_MAX} are read.",
            letters.len()
        );
        return Err(FilterError::new(
            QUESTION_CHARACTERS_MAX,
            message,
            "Ask for less at once.",
        ));
    }
    let mut lexer = Lexer { letters, at: 0 };
    let mut pieces = Vec::new();
    while let Some(piece) = lexer.next()? {
        pieces.push(piece);
    }
    Ok(pieces)
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
}

impl Lexer {
    fn next(&mut self) -> Result<Option<Piece>, FilterError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let at = self.at;
        let Some(letter) = self.peek() else { return Ok(None) };
        let what = match letter {
            '(' => self.mark(What::Open),
            ')' => self.mark(What::Close),
            '-' | '−' => self.mark(What::Not),
            _ => self.text()?,
        };
        Ok(Some(Piece { at, what }))
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn mark(&mut self, what: What) -> What {
        self.at += 1;
        what
    }

    fn text(&mut self) -> Result<What, FilterError> {
        let mut stretches: Vec<Stretch> = Vec::new();
        while let Some(letter) = self.peek() {
            match letter {
                '(' | ')' => break,
                _ if letter.is_whitespace() => break,
                '"' | '“' | '”' | '„' => {
                    // A quotation mark after plain text begins a value only behind a colon; else another text begins.
                    let follows = stretches.last().map(|last| !last.quoted && last.text.ends_with(':'));
                    if follows == Some(false) {
                        break;
                    }
                    stretches.push(self.quoted()?);
                }
                _ if stretches.last().is_some_and(|last| last.quoted) => break,
                _ => stretches.push(self.plain()),
            }
        }
        Ok(keyword(&stretches).unwrap_or(What::Text(stretches)))
    }

    fn plain(&mut self) -> Stretch {
        let at = self.at;
        while self
            .peek()
            .is_some_and(|letter| !letter.is_whitespace() && !"()\"“”„".contains(letter))
        {
            self.at += 1;
        }
        Stretch {
            at,
            text: self.letters[at..self.at].iter().collect(),
            quoted: false,
        }
    }

    fn quoted(&mut self) -> Result<Stretch, FilterError> {
        let at = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(letter) = self.peek() {
            self.at += 1;
            match letter {
                '"' | '“' | '”' => return Ok(Stretch { at, text, quoted: true }),
                '\\' if self.peek().is_some_and(|next| next == '"' || next == '\\') => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                _ => text.push(letter),
            }
        }
        let message = "The quotation mark that begins here has no end.";
        Err(FilterError::new(
            at,
            message,
            "Write another \" behind the last word of the phrase, or take this one away.",
        ))
    }
}

fn keyword(stretches: &[Stretch]) -> Option<What> {
    match stretches {
        [one] if !one.quoted => match one.text.as_str() {
            "OR" => Some(What::Or),
            "AND" => Some(What::And),
            "NOT" => Some(What::Not),
            _ => None,
        },
        _ => None,
    }
}
