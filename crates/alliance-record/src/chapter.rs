//! Names of chapters. One spelling each, judged by form alone: which codes exist is knowledge that grows, and validity
//! must not depend on it.

use std::fmt;
use std::str::FromStr;

use crate::limits::CHAPTER_NAME_BYTES_MAX;

/// A chapter's canonical name: `alliance`, `m49:150`, `iso:gb`, `iso:gb-sct` or `theme:seclusion`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChapterName(Box<str>);

/// Why a text is not a chapter's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{shown}' is not a chapter: write alliance, m49:150 (a UN region), iso:gb or iso:gb-sct (a country or part of one), or theme:seclusion, in lower case"
)]
pub struct ChapterNameError {
    shown: String,
}

impl ChapterName {
    /// The alliance's own chapter, which every node replicates.
    #[must_use]
    pub fn alliance() -> Self {
        Self("alliance".into())
    }

    /// Whether this is the alliance's own chapter.
    #[must_use]
    pub fn is_alliance(&self) -> bool {
        &*self.0 == "alliance"
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_canonical(name: &str) -> bool {
    let Some((family, code)) = name.split_once(':') else {
        return name == "alliance";
    };
    match family {
        "m49" => code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()),
        "iso" => is_country(code),
        "theme" => is_theme(code),
        _ => false,
    }
}

fn is_country(code: &str) -> bool {
    let (country, part) = code
        .split_once('-')
        .map_or((code, None), |(country, part)| (country, Some(part)));
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let part_fits = |part: &str| {
        (1..=3).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    country.len() == 2 && lower(country) && part.is_none_or(part_fits)
}

fn is_theme(code: &str) -> bool {
    let words = code.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    words && code.len() <= 40
}

impl FromStr for ChapterName {
    type Err = ChapterNameError;

    fn from_str(name: &str) -> Result<Self, ChapterNameError> {
        if name.len() <= CHAPTER_NAME_BYTES_MAX && is_canonical(name) {
            return Ok(Self(name.into()));
        }
        Err(ChapterNameError {
            shown: name.chars().take(CHAPTER_NAME_BYTES_MAX).collect(),
        })
    }
}

impl fmt::Display for ChapterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChapterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, canonical: bool) {
        assert_eq!(name.parse::<ChapterName>().is_ok(), canonical, "{name}");
    }

    #[test]
    fn one_spelling_each() {
        for name in [
            "alliance",
            "m49:001",
            "m49:150",
            "iso:gb",
            "iso:gb-sct",
            "iso:ca-qc",
            "theme:seclusion",
            "theme:a-1",
        ] {
            check(name, true);
        }
        for name in [
            "",
            "Alliance",
            "m49:1",
            "m49:0001",
            "iso:GB",
            "iso:gb-",
            "iso:gb-scot",
            "theme:",
            "theme:a--b",
            "other:x",
        ] {
            check(name, false);
        }
        check(&format!("theme:{}", "a".repeat(41)), false);
    }
}
