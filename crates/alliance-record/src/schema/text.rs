//! What may stand in a text, and how months, languages, addresses and the like are written.

use unicode_normalization::is_nfc;

use crate::proto::v1::Format;

/// A fault of a text: stable code, what is wrong, how to mend it.
pub(super) type Fault = (&'static str, &'static str, &'static str);

/// Characters that turn the direction of what follows: text could show something other than it says.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A character of a script that says in one what others say in two or more: ideographs, kana, bopomofo, Yi and Hangul
/// syllables, with the full-width signs that stand among them.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{3001}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a48f}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Characters of a text as a least length counts them: those of a wide script twice.
pub(super) fn weight(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// The first fault of a text that holds whatever its field is.
pub(super) fn fault(text: &str, format: Format) -> Option<Fault> {
    if text.chars().any(turns_direction) {
        return Some((
            "direction_override",
            "has an invisible character that turns the direction of the text",
            "Remove it; the direction follows from the script.",
        ));
    }
    if format != Format::Prose && text.contains('\n') {
        return Some(("not_one_line", "has more than one line", "Put it on one line."));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Some((
            "control_character",
            "has an invisible control character",
            "Remove it; use spaces instead of tabs.",
        ));
    }
    if has_markup(text) {
        return Some((
            "markup_refused",
            "has HTML or an image",
            "Use plain text and light Markdown; attach pictures; write a space after <.",
        ));
    }
    if !is_nfc(text) || text.trim() != text {
        return Some((
            "text_not_normal",
            "is not in normal form",
            "Bring it to Unicode NFC without blanks around it, as reading a file does.",
        ));
    }
    None
}

/// Whether a text has an HTML tag, a comment, or a Markdown image.
fn has_markup(text: &str) -> bool {
    let opens = |(at, _): (usize, &str)| {
        text.get(at + 1..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(c))
    };
    text.contains("![") || text.match_indices('<').any(opens)
}

/// What a text of this format looks like, when it does not.
pub(super) fn misformed(text: &str, format: Format) -> Option<&'static str> {
    let (fits, looks_like) = match format {
        Format::Month => (is_month(text), "a month, year first, such as 2025-04"),
        Format::Date => (is_date(text), "a date, year first, such as 2025-04-30"),
        Format::Instant => (is_instant(text), "a moment in UTC, such as 2025-04-30T13:00:00Z"),
        Format::Language => (is_language(text), "a language tag, such as en, pt-BR or zh-Hant"),
        Format::Url => (is_url(text), "an address that begins with https:// or http://"),
        Format::TimeZone => (is_zone(text), "a time zone, such as Europe/Prague or UTC"),
        Format::Word => (
            is_word(text),
            "a short word of lower-case letters, digits and _, such as c1",
        ),
        Format::MediaType => (is_media_type(text), "a media type, such as application/pdf"),
        Format::Unspecified | Format::Prose | Format::Record | Format::Hash => (true, ""),
    };
    (!fits).then_some(looks_like)
}

/// A DOI: `10.`, four to nine digits, a slash and a name.
pub(super) fn is_doi(text: &str) -> bool {
    let Some((prefix, name)) = text.strip_prefix("10.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    (4..=9).contains(&prefix.len())
        && prefix.bytes().all(|b| b.is_ascii_digit())
        && !name.is_empty()
        && !name.contains(char::is_whitespace)
}

/// An address on the web.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('.') && !rest.starts_with(['.', '/']))
        && !text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>'))
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn year_and_month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    let (year, month) = (digits(year, 4)?, digits(month, 2)?);
    ((1900..=2200).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

fn is_month(text: &str) -> bool {
    year_and_month(text).is_some()
}

fn is_date(text: &str) -> bool {
    let Some((month, day)) = text.rsplit_once('-') else {
        return false;
    };
    let (Some((year, month)), Some(day)) = (year_and_month(month), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    (1..=days).contains(&day)
}

fn is_instant(text: &str) -> bool {
    let Some((date, time)) = text.strip_suffix('Z').and_then(|text| text.split_once('T')) else {
        return false;
    };
    let parts: Vec<_> = time.split(':').map(|part| digits(part, 2)).collect();
    is_date(date)
        && matches!(
            parts.as_slice(),
            [Some(0..=23), Some(0..=59), Some(0..=59)] | [Some(0..=23), Some(0..=59)]
        )
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_zone(text: &str) -> bool {
    let named = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b));
    text == "UTC" || (text.contains('/') && text.split('/').all(named))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_media_type(text: &str) -> bool {
    let named = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b));
    text.split_once('/')
        .is_some_and(|(kind, name)| named(kind) && named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, fits: &[&str], does_not: &[&str]) {
        for text in fits {
            assert_eq!(misformed(text, format), None, "{text}");
        }
        for text in does_not {
            assert!(misformed(text, format).is_some(), "{text}");
        }
    }

    #[test]
    fn formats() {
        check(
            Format::Month,
            &["2025-04", "1999-12"],
            &["2025-13", "2025-4", "2025-04-01", "04-2025", "2025", "٢٠٢٥-٠٤"],
        );
        check(
            Format::Date,
            &["2024-02-29", "2025-12-31"],
            &["2025-02-29", "2025-04-31", "2025-04", "1900-02-29"],
        );
        check(
            Format::Instant,
            &["2025-09-09T13:00:00Z", "2025-09-09T13:00Z"],
            &[
                "2025-09-09T13:00:00",
                "2025-09-09T24:00:00Z",
                "2025-09-09 13:00Z",
                "2025-09-09T13Z",
            ],
        );
        check(
            Format::Language,
            &["en", "pt-BR", "zh-Hant-TW", "cs"],
            &["e", "english-", "en_GB", "12", "en-"],
        );
        check(
            Format::Url,
            &["https://example.org/a?b", "http://example.org"],
            &["example.org", "ftp://a.b", "https://", "https://a b.c"],
        );
        check(
            Format::TimeZone,
            &["Europe/Prague", "UTC", "America/Argentina/Salta"],
            &["CET", "Europe/", "here"],
        );
        check(Format::Word, &["c1", "core_2"], &["C1", "1c", "", "c 1"]);
        check(
            Format::MediaType,
            &["application/pdf", "image/svg+xml"],
            &["pdf", "application/", "a/b/c"],
        );
    }

    #[test]
    fn wide_characters_weigh_two() {
        let weighs = |text: &str, expected: usize| assert_eq!(weight(text), expected, "{text}");
        weighs("安靜室取代網床", 14);
        weighs("ひらがなとカタカナ、々", 22);
        weighs("환자와 함께", 11);
        weighs("ＡＢ㐀𠀀", 8);
        weighs("ꀀㄅ", 4);
        weighs("a calm room", 11);
        weighs("غرفة هادئة", 10);
        weighs("ห้องสงบ", 7);
        weighs("🙂 …", 3);
        weighs("", 0);
    }

    #[test]
    fn identifiers() {
        assert!(is_doi("10.1186/s13063-017-2189-8"));
        for text in [
            "doi:10.1186/x",
            "10.1/x",
            "10.1186/",
            "10.1186/a b",
            "https://doi.org/10.1186/x",
        ] {
            assert!(!is_doi(text), "{text}");
        }
    }

    #[test]
    fn faults() {
        let check =
            |text: &str, format, code: Option<&str>| assert_eq!(fault(text, format).map(|f| f.0), code, "{text:?}");
        check("less than <5 of 7", Format::Prose, None);
        check("an\nother", Format::Prose, None);
        check("right-to-left \u{200f}mark", Format::Prose, None);
        check("an\nother", Format::Unspecified, Some("not_one_line"));
        check("a\u{202e}b", Format::Prose, Some("direction_override"));
        check("a\tb", Format::Prose, Some("control_character"));
        check("a<br>b", Format::Prose, Some("markup_refused"));
        check("![picture](x.png)", Format::Prose, Some("markup_refused"));
        check("e\u{301}", Format::Prose, Some("text_not_normal"));
        check(" a", Format::Prose, Some("text_not_normal"));
    }
}
