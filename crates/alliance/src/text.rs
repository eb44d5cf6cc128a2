//! Text from elsewhere on a terminal: nothing in it may move the cursor, colour the screen or turn the direction.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text on one line, with every control and direction character replaced.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|char| if is_unsafe(char) { '\u{fffd}' } else { char })
        .collect()
}

/// The text with its lines, and every other control and direction character replaced.
pub(crate) fn plain_lines(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '\n' | '\t' => char,
            char if is_unsafe(char) => '\u{fffd}',
            char => char,
        })
        .collect()
}

/// The text cut to `columns`, with an ellipsis when something is gone.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for char in text.chars() {
        used += char.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(char);
    }
    kept.push('…');
    kept
}

/// A word with its article: a lesson, an adoption.
pub(crate) fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {}", plain(word))
}

fn is_unsafe(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_direction_overrides_are_replaced() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d");
        assert_eq!(plain_lines("a\tb\nc\r\u{7}"), "a\tb\nc\u{fffd}\u{fffd}");
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("精神保健", 5), "精神…");
        assert!(width(&cut("精神保健サービス", 6)) <= 6);
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }
}
