//! A question written down again: [`parse`](super::parse) reads it as the same.

use std::fmt;
use std::fmt::Display;

use super::test::Test;
use super::tree::{Tree, Words};

impl Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => between(f, parts, " "),
            Self::Any(parts) => between(f, parts, " OR "),
            Self::Not(part) => {
                write!(f, "-")?;
                bound(f, part)
            }
            Self::Is(test) => test.fmt(f),
            Self::Says(words) => words.fmt(f),
        }
    }
}

fn between(f: &mut fmt::Formatter<'_>, parts: &[Tree], mark: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(mark)?;
        }
        bound(f, part)?;
    }
    Ok(())
}

fn bound(f: &mut fmt::Formatter<'_>, part: &Tree) -> fmt::Result {
    match part {
        Tree::All(_) | Tree::Any(_) => write!(f, "({part})"),
        _ => part.fmt(f),
    }
}

impl Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Prefix(begins) => write!(f, "{begins}*"),
            Self::Phrase(text) => quoted(f, text),
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => write!(f, "kind:{kind}"),
            Self::Chapter(chapter) => write!(f, "chapter:{chapter}"),
            Self::Organisation(digits) => write!(f, "organisation:{digits}"),
            Self::Language(tag) => write!(f, "language:{tag}"),
            Self::Country(code) => write!(f, "country:{code}"),
            Self::Code { list, code } => {
                write!(f, "{list}:")?;
                match alliance_record::schema::vocabulary(list)
                    .is_some_and(|known| known.iter().any(|known| known.code == *code))
                {
                    true => f.write_str(code),
                    false => quoted(f, code),
                }
            }
            Self::CodePrefix { list, prefix } => write!(f, "{list}:{prefix}*"),
            Self::Claimed(span) => write!(f, "date:{span}"),
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
