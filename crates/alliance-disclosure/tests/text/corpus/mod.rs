//! The synthetic corpus: planted details, look-alikes, and the sentences around them. Made from its own lists and its own
//! arithmetic, never from the tables of the scanner.

pub(crate) mod details;
pub(crate) mod europe;
pub(crate) mod ids;
pub(crate) mod lookalikes;
pub(crate) mod phrases;
pub(crate) mod prose;
pub(crate) mod sums;
pub(crate) mod tongues;
pub(crate) mod world;

use std::ops::Range;

use alliance_disclosure::text::{Action, Ground};

use crate::chance::Chance;
use ids::{Id, Unsaid};

/// What a planted detail must lead to.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) detector: &'static str,
    pub(crate) action: Action,
    /// Country or language.
    pub(crate) place: &'static str,
    pub(crate) ground: Ground,
}

impl Expected {
    fn block(detector: &'static str, place: &'static str) -> Self {
        Self {
            detector,
            action: Action::Block,
            place,
            ground: Ground::Elsewhere,
        }
    }

    fn warn(detector: &'static str, place: &'static str) -> Self {
        Self {
            action: Action::Warn,
            ..Self::block(detector, place)
        }
    }

    fn in_lesson(self) -> Self {
        Self {
            ground: Ground::Lesson,
            ..self
        }
    }
}

/// A phrase with a detail in it.
pub(crate) struct Plant {
    phrase: String,
    /// Bytes of the detail within the phrase.
    detail: Range<usize>,
    expected: Expected,
}

impl Plant {
    fn of(phrase: &str, detail: &str, expected: Expected) -> Self {
        let start = phrase.find("{}").unwrap();
        Self {
            phrase: phrase.replace("{}", detail),
            detail: start..start + detail.len(),
            expected,
        }
    }
}

/// A text with one planted detail.
pub(crate) struct Positive {
    pub(crate) text: String,
    pub(crate) detail: Range<usize>,
    pub(crate) expected: Expected,
    /// What was done to it.
    pub(crate) form: &'static str,
}

/// A text without any.
pub(crate) struct Negative {
    pub(crate) text: String,
    pub(crate) kind: &'static str,
    pub(crate) like: Vec<&'static str>,
    pub(crate) ground: Ground,
}

pub(crate) fn positives(c: &mut Chance, each: usize) -> Vec<Positive> {
    let mut positives = Vec::new();
    for round in 0..each {
        for id in ids::NUMBERS {
            let (plant, form) = number(c, id);
            positives.push(set(c, plant, form));
        }
        let plant = Plant::of(
            c.phrase(phrases::of(ids::WARNED.detector)),
            &(ids::WARNED.make)(c),
            Expected::warn(ids::WARNED.detector, "JP"),
        );
        positives.push(set(c, plant, "said"));
        for detail in details::ALL {
            let plant = detail(c);
            positives.push(set(c, plant, "said"));
        }
        for plant in tongues::plants(c, round) {
            positives.push(set(c, plant, "said"));
        }
    }
    positives
}

fn set(c: &mut Chance, plant: Plant, form: &'static str) -> Positive {
    let (text, start) = prose::around(c, &plant.phrase);
    Positive {
        text,
        detail: start + plant.detail.start..start + plant.detail.end,
        expected: plant.expected,
        form,
    }
}

/// A number said by its name, or not said where its form alone must be enough.
fn number(c: &mut Chance, id: &Id) -> (Plant, &'static str) {
    let number = (id.make)(c);
    let unsaid = match c.within(0, 5) {
        0 if id.when_grouped != Unsaid::Nothing => {
            Some((id.when_grouped, ids::in_groups(&number, id.grouped), "grouped"))
        }
        1 if id.when_alone != Unsaid::Nothing => Some((id.when_alone, number.clone(), "alone")),
        _ => None,
    };
    if let Some((action, written, form)) = unsaid {
        let expected = match action {
            Unsaid::Block => Expected::block(id.detector, id.country),
            _ => Expected::warn(id.detector, id.country),
        };
        let phrase = c.phrase(&[
            "It said {} on the board.",
            "The sheet showed {}.",
            "{}",
            "({})",
            "We found {} in the notes.",
        ]);
        return (Plant::of(phrase, &written, expected), form);
    }
    let (written, form) = disguise(c, id, &number);
    (
        Plant::of(
            c.phrase(phrases::of(id.detector)),
            &written,
            Expected::block(id.detector, id.country),
        ),
        form,
    )
}

/// How people and their programs write a number they name.
fn disguise(c: &mut Chance, id: &Id, number: &str) -> (String, &'static str) {
    let is_postcode = id.detector.contains("postcode") || id.detector.contains("postal");
    match c.within(0, 9) {
        0 | 1 if !id.grouped.is_empty() => (ids::in_groups(number, id.grouped), "official groups"),
        2 => (split(c, number, " "), "odd groups"),
        3 if !is_postcode => (split(c, number, "-"), "odd groups with dashes"),
        4 => (split(c, number, "\u{a0}"), "no-break spaces"),
        5 => (split(c, number, "\u{ad}"), "soft hyphens"),
        6 => (split(c, number, "\u{200b}"), "zero-width spaces"),
        7 => (in_script(c, number), "digits of other scripts"),
        8 => (number.to_lowercase(), "lower case"),
        _ => (number.to_owned(), "plain"),
    }
}

/// Divided at two places, never within letters.
fn split(c: &mut Chance, number: &str, separator: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    let mut written = String::new();
    let cuts = [
        c.within(1, signs.len() as u64 - 1) as usize,
        c.within(1, signs.len() as u64 - 1) as usize,
    ];
    for (at, sign) in signs.iter().enumerate() {
        if cuts.contains(&at) && sign.is_alphanumeric() && signs[at - 1].is_alphanumeric() {
            written.push_str(separator);
        }
        written.push(*sign);
    }
    written
}

fn in_script(c: &mut Chance, number: &str) -> String {
    let zero = u32::from(c.any(&["０", "٠", "۰", "०", "๐", "০"]).chars().next().unwrap());
    number
        .chars()
        .map(|sign| {
            sign.to_digit(10)
                .and_then(|value| char::from_u32(zero + value))
                .unwrap_or(sign)
        })
        .collect()
}

pub(crate) fn negatives(c: &mut Chance, each: usize) -> Vec<Negative> {
    let mut negatives = Vec::new();
    for _ in 0..each {
        for look in lookalikes::ALL {
            let phrase = (look.make)(c);
            negatives.push(empty(c, &phrase, look.kind, look.like.to_vec()));
        }
        for _ in 0..2 {
            let phrase = lookalikes::ten_digits(c);
            negatives.push(empty(c, &phrase, "ten digits", vec!["gb-nhs-number"]));
        }
        for _ in 0..4 {
            let phrase = tongues::nothing(c);
            negatives.push(empty(c, &phrase, "other languages", vec!["small-count", "age-over-89"]));
        }
        let phrase = tongues::day_told(c);
        negatives.push(Negative {
            // In a lesson every day is a detail.
            ground: Ground::Elsewhere,
            ..empty(c, &phrase, "days of other languages", vec!["date-of-birth"])
        });
        // As long and as mixed as a number of each country, with nothing that says so.
        for _ in 0..4 {
            let id = &ids::NUMBERS[c.next() as usize % ids::NUMBERS.len()];
            let number = scrambled(c, id);
            let phrase = lookalikes::carried(c, &number);
            negatives.push(empty(c, &phrase, "scrambled numbers", vec![id.detector]));
        }
    }
    negatives
}

fn scrambled(c: &mut Chance, id: &Id) -> String {
    let number = (id.make)(c);
    number
        .chars()
        .map(|sign| match sign {
            '0'..='9' => c.digits(1),
            'A'..='Z' => c.letters(1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            other => other.to_string(),
        })
        .collect()
}

fn empty(c: &mut Chance, phrase: &str, kind: &'static str, like: Vec<&'static str>) -> Negative {
    let (text, _) = prose::around(c, phrase);
    let ground = if c.one_in(2) { Ground::Lesson } else { Ground::Elsewhere };
    Negative {
        text,
        kind,
        like,
        ground,
    }
}
