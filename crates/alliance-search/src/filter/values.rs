//! Fields of a question and their values: which there are follows from the schema and its code lists.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alliance_record::schema::{self, FieldInfo, Kind, nearest, vocabularies, vocabulary};

use super::error::FilterError;
use super::lex::Stretch;
use super::span::Span;
use super::test::Test;

const KIND: &str = "kind";
const CHAPTER: &str = "chapter";
const ORGANISATION: &str = "organisation";
const COUNTRY: &str = "country";
const LANGUAGE: &str = "language";
const YEAR: &str = "year";
const DATE: &str = "date";
/// Fields that every record has. They go before a code list of the same name.
const OWN: [&str; 7] = [KIND, CHAPTER, ORGANISATION, COUNTRY, LANGUAGE, YEAR, DATE];

/// Digits by which an organisation is asked for.
const ORGANISATION_DIGITS_MIN: usize = 4;
const ORGANISATION_DIGITS_MAX: usize = 64;

/// The list of each field of any kind that has the same one everywhere, by the field's name; and each list by its own.
static LISTS: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut lists = BTreeMap::new();
    for info in schema::kinds() {
        add(&info.fields, &mut lists);
    }
    let mut lists: BTreeMap<_, _> = lists
        .into_iter()
        .filter_map(|(name, list)| Some((name, list?)))
        .collect();
    lists.extend(vocabularies().map(|name| (name, name)));
    lists
});

fn add(fields: &'static [FieldInfo], lists: &mut BTreeMap<&'static str, Option<&'static str>>) {
    for field in fields {
        if let Some(list) = field.vocabulary.as_deref() {
            let known = lists.entry(&field.name).or_insert(Some(list));
            *known = known.filter(|known| *known == list);
        }
        add(&field.fields, lists);
    }
}

/// Reads `field:value`.
pub(super) fn test(field: &str, at: usize, value: &Stretch) -> Result<Test, FilterError> {
    let name = field.to_lowercase();
    let list = LISTS.get(name.as_str()).copied();
    if !OWN.contains(&name.as_str()) && list.is_none() {
        return Err(unknown_field(field, at, value));
    }
    if value.text.is_empty() {
        let message = format!("There is no value behind \"{field}:\".");
        return Err(FilterError::new(
            value.at,
            message,
            "Write it without a blank, such as kind:practice.",
        ));
    }
    match (name.as_str(), list) {
        (KIND, _) => kind(value),
        (CHAPTER, _) => chapter(value),
        (ORGANISATION, _) => organisation(value),
        (COUNTRY, _) => country(value),
        (LANGUAGE, _) => language(value),
        (YEAR | DATE, _) => claimed(&name, value),
        (_, Some(list)) => code(list, value),
        (_, None) => Err(unknown_field(field, at, value)),
    }
}

/// What a search counts and nobody can ask for.
const ADOPTED_BY: &str = "adopted_by";

fn unknown_field(field: &str, at: usize, value: &Stretch) -> FilterError {
    let names = OWN.iter().chain(LISTS.keys()).copied();
    let remedy = match nearest(field, names) {
        _ if field.eq_ignore_ascii_case(ADOPTED_BY) => {
            "Who adopted what is counted and is no condition: `alliance show ID` names those who adopted a record."
                .to_owned()
        }
        Some(meant) => format!("Did you mean \"{meant}:\"?"),
        None => format!(
            "Put quotation marks about it to look for the words: \"{field}:{}\".",
            value.text
        ),
    };
    FilterError::new(at, format!("There is no field \"{field}\"."), remedy)
}

fn kind(value: &Stretch) -> Result<Test, FilterError> {
    let found = Kind::from_name(&value.text.to_lowercase());
    found.map(Test::Kind).ok_or_else(|| {
        let names: Vec<&str> = schema::kinds().map(|info| info.name.as_str()).collect();
        let remedy = match nearest(&value.text, names.iter().copied()) {
            Some(meant) => format!("Did you mean kind:{meant}?"),
            None => format!("Kinds are {}.", names.join(", ")),
        };
        FilterError::new(value.at, format!("\"{}\" is not a kind.", value.text), remedy)
    })
}

fn chapter(value: &Stretch) -> Result<Test, FilterError> {
    let name = value.text.parse::<alliance_record::ChapterName>();
    let name = name.map_err(|_| {
        let message = format!("\"{}\" is not a chapter's name.", value.text);
        let remedy = "Write chapter:m49:150 (a UN region), chapter:iso:gb (a country), chapter:theme:seclusion or chapter:alliance.";
        FilterError::new(value.at, message, remedy)
    })?;
    Ok(Test::Chapter(name.as_str().to_owned()))
}

fn organisation(value: &Stretch) -> Result<Test, FilterError> {
    let digits = value.text.to_lowercase();
    let wrong = digits.chars().position(|digit| !digit.is_ascii_hexdigit());
    let remedy = "Write the first digits of the organisation's id, such as organisation:2beed315: 0 to 9 and a to f.";
    if let Some(place) = wrong {
        let message = format!("\"{}\" is not how an organisation's id begins.", value.text);
        return Err(FilterError::new(value.at + place, message, remedy));
    }
    if !(ORGANISATION_DIGITS_MIN..=ORGANISATION_DIGITS_MAX).contains(&digits.len()) {
        let message = format!(
            "An organisation is asked for by {ORGANISATION_DIGITS_MIN} to {ORGANISATION_DIGITS_MAX} digits; here are {}.",
            digits.len()
        );
        return Err(FilterError::new(value.at, message, remedy));
    }
    Ok(Test::Organisation(digits))
}

fn country(value: &Stretch) -> Result<Test, FilterError> {
    let code = value.text.to_uppercase();
    let chapter = format!("iso:{}", code.to_lowercase());
    if code.len() == 2 && chapter.parse::<alliance_record::ChapterName>().is_ok() {
        return Ok(Test::Country(code));
    }
    let message = format!("\"{}\" is not a country's code.", value.text);
    Err(FilterError::new(
        value.at,
        message,
        "Write its two letters of ISO 3166-1, such as country:GB.",
    ))
}

fn language(value: &Stretch) -> Result<Test, FilterError> {
    let mut parts = value.text.split('-');
    let is_primary = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_further =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if parts.next().is_some_and(is_primary) && parts.all(is_further) {
        return Ok(Test::Language(value.text.to_lowercase()));
    }
    let message = format!("\"{}\" is not a language's tag.", value.text);
    Err(FilterError::new(
        value.at,
        message,
        "Write two or three letters, such as language:cs, or with a country, language:pt-BR.",
    ))
}

fn claimed(field: &str, value: &Stretch) -> Result<Test, FilterError> {
    let span = Span::read(&value.text).filter(|_| field == DATE || !value.text.contains('-'));
    let Some(span) = span else {
        let message = format!("\"{}\" is no {field}.", value.text);
        let remedy = match field {
            YEAR => "Write year:2024, year:2024..2026, year:2024.. or year:..2024; for months and days, date:2024-05.",
            _ => "Write date:2024-05-31, date:2024-05, or two of them, such as date:2024-05..2025-04.",
        };
        return Err(FilterError::new(value.at, message, remedy));
    };
    if span.is_empty() {
        let message = format!("\"{}\" ends before it begins.", value.text);
        return Err(FilterError::new(value.at, message, "Write the earlier one first."));
    }
    Ok(Test::Claimed(span))
}

fn code(list: &'static str, value: &Stretch) -> Result<Test, FilterError> {
    let is_known = |text: &str| codes(list).any(|code| code == text);
    if !value.quoted {
        if let Some(prefix) = value.text.strip_suffix('*') {
            return Ok(Test::CodePrefix {
                list: list.to_owned(),
                prefix: prefix.to_owned(),
            });
        }
        let within = format!("{}.", value.text);
        if !is_known(&value.text) && codes(list).any(|code| code.starts_with(&within)) {
            let message = format!("\"{}\" is not a code of {list}, but several begin so.", value.text);
            return Err(FilterError::new(
                value.at,
                message,
                format!("Write {list}:{within}* for all of them."),
            ));
        }
        if !is_known(&value.text) {
            let message = format!("\"{}\" is not a code of {list}.", value.text);
            let meant = match nearest(&value.text, codes(list)) {
                Some(meant) => format!("Did you mean {list}:{meant}?"),
                None => format!("`alliance codes {list}` shows them."),
            };
            let remedy = format!(
                "{meant} For a code that only newer nodes know: {list}:\"{}\".",
                value.text
            );
            return Err(FilterError::new(value.at, message, remedy));
        }
    }
    Ok(Test::Code {
        list: list.to_owned(),
        code: value.text.clone(),
    })
}

fn codes(list: &str) -> impl Iterator<Item = &'static str> {
    vocabulary(list)
        .unwrap_or_default()
        .iter()
        .map(|code| code.code.as_str())
}
