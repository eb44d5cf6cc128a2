//! Personal details in the texts of a document: every field that is written in words, by reflection over the schema.

use std::sync::LazyLock;

use alliance_api::Finding;
use alliance_disclosure::text::{Action, Class, Finding as Found, Ground, Scanner};
use alliance_record::schema::{Document, Format, Kind, Written};

use super::place::Lines;

/// Made once: it takes some milliseconds.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// What was found, and the words themselves, which never leave the gate: no reason may repeat them.
pub(super) struct FoundTexts {
    pub(super) findings: Vec<Finding>,
    pub(super) words: Vec<String>,
}

/// What looks like a personal detail, in the order of the file. `file` is the text that the document was read from.
pub(super) fn find(document: &Document, file: &str) -> FoundTexts {
    let ground = if document.kind == Kind::LESSON {
        Ground::Lesson
    } else {
        Ground::Elsewhere
    };
    let lines = Lines::of(file);
    let (mut told, mut said) = (Vec::new(), Vec::new());
    for written in document.texts.iter().filter(|written| is_free(written)) {
        let mut cursor = lines.cursor(written, &document.texts);
        for found in SCANNER.scan(&written.text, ground) {
            if has_agreed(written, &found) {
                continue;
            }
            let words = written.text.get(found.span.clone()).unwrap_or_default();
            // What spans others stands before them: they are looked for from the same place.
            let mut spanning = cursor;
            let from = if found.class == Class::Jigsaw {
                &mut spanning
            } else {
                &mut cursor
            };
            let at = lines.find(words, from);
            told.push(tell(written, &found, at));
            said.push(words.to_owned());
        }
    }
    told.sort_by_key(|finding| (finding.line, finding.column));
    FoundTexts {
        findings: told,
        words: said,
    }
}

/// What looks like a personal detail in words that are in no document, such as a promise of the pledge.
pub(super) fn find_in(place: &str, text: &str) -> Vec<Finding> {
    let written = Written {
        place: place.to_owned(),
        text: text.to_owned(),
        line: None,
        column: None,
        format: Format::Unspecified,
        personal: false,
    };
    let found = SCANNER.scan(text, Ground::Elsewhere);
    found.iter().map(|found| tell(&written, found, None)).collect()
}

/// Where authors are named who agreed to it.
const AUTHORS: &str = "authors[";
const NAME: &str = "].name";

/// Digits by which a number is known again, however it is grouped.
const DIGITS_MIN: usize = 5;

/// Whether a reason, which is written down, neither looks like a personal detail nor repeats one of these.
pub(super) fn is_clean(reason: &str, words: &[String]) -> bool {
    let found = SCANNER.scan(reason, Ground::Elsewhere);
    let repeats = |words: &String| {
        let (number, all) = (digits(words), digits(reason));
        reason.to_lowercase().contains(&words.to_lowercase()) || (number.len() >= DIGITS_MIN && all.contains(&number))
    };
    found.iter().all(|found| found.action != Action::Block) && !words.iter().any(repeats)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What stops publication unless a second person agrees to a reason.
pub(super) const BLOCK: &str = "block";

/// Whether words of the author's own choice stand in it. The others have been held against their form.
fn is_free(written: &Written) -> bool {
    !matches!(
        written.format,
        Format::Month | Format::Language | Format::TimeZone | Format::MediaType | Format::Hash | Format::Record
    )
}

/// A name whose bearer has agreed to it: without consent the form of the document is refused.
fn has_agreed(written: &Written, found: &Found) -> bool {
    let is_author = written.place.starts_with(AUTHORS) && written.place.ends_with(NAME);
    is_author && found.class == Class::Name
}

fn tell(written: &Written, found: &Found, at: Option<(u32, u32)>) -> Finding {
    let severity = match found.action {
        Action::Block => BLOCK,
        Action::Warn => "warning",
    };
    Finding {
        severity: severity.to_owned(),
        code: code(found.class).to_owned(),
        place: written.place.clone(),
        line: at.map(|(line, _)| line).or(written.line),
        column: at.map(|(_, column)| column),
        message: format!("This looks like {}.", found.because),
        remedy: found.remedy.to_owned(),
    }
}

const fn code(class: Class) -> &'static str {
    match class {
        Class::HealthNumber => "health_number",
        Class::NationalNumber => "national_number",
        Class::TaxNumber => "tax_number",
        Class::Postcode => "postcode",
        Class::DateOfBirth => "date_of_birth",
        Class::Date => "date",
        Class::Email => "email",
        Class::Phone => "phone",
        Class::Address => "address",
        Class::RecordNumber => "record_number",
        Class::Name => "name",
        Class::SmallCount => "small_count",
        Class::Age => "age",
        Class::Jigsaw => "jigsaw",
        Class::Link => "link",
    }
}
