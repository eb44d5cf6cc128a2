//! Planted details and look-alikes in thirty languages: counts, ages, births, telephones and names as case notes put them.

use super::{Expected, Plant, phrases};
use crate::chance::Chance;

/// The classes that are planted, each with its section of phrases.
const CLASSES: [&str; 5] = ["count", "age", "birth", "phone", "name"];

/// How many rounds pass until every class was planted in every language.
pub(crate) const TURNS: usize = 3;

pub(crate) fn languages() -> impl Iterator<Item = &'static str> {
    phrases::of("tongues").iter().flat_map(|line| line.split(','))
}

/// Of every class a plant in each third language.
pub(crate) fn plants(c: &mut Chance, round: usize) -> Vec<Plant> {
    let turn = languages()
        .enumerate()
        .filter(|(place, _)| place % TURNS == round % TURNS);
    turn.flat_map(|(_, lang)| CLASSES.map(|class| (lang, class)))
        .map(|(lang, class)| plant(c, lang, class))
        .collect()
}

/// The entries of a section in one language.
fn in_language(section: &str, lang: &str) -> Vec<&'static str> {
    let all = phrases::of(section).iter().map(|phrase| phrases::parts(phrase));
    all.filter(|(other, _)| *other == lang)
        .map(|(_, phrase)| phrase)
        .collect()
}

fn plant(c: &mut Chance, lang: &'static str, class: &str) -> Plant {
    let phrase = c.phrase(&in_language(&format!("tongue-{class}"), lang));
    let (filled, expected) = match class {
        "count" => {
            let count = c.within(2, 7).to_string();
            (phrase.replace('#', &count), Expected::warn("small-count", lang))
        }
        "age" => {
            let age = c.within(90, 109).to_string();
            (phrase.replace('#', &age), Expected::warn("age-over-89", lang))
        }
        "birth" => (
            phrase.replace('@', &day(c, lang)),
            Expected::block("date-of-birth", lang),
        ),
        "phone" => (phrase.replace('@', &number(c, lang)), Expected::block("phone", lang)),
        _ => (
            phrase.replace('~', &name(c, lang)),
            Expected::warn("name-after-honorific", lang),
        ),
    };
    let filled = in_digits(c, lang, &filled);
    let (start, end) = (filled.find('{').unwrap(), filled.find('}').unwrap());
    Plant {
        phrase: filled.replace(['{', '}'], ""),
        detail: start..end - 1,
        expected,
    }
}

fn day(c: &mut Chance, lang: &str) -> String {
    let form = c.phrase(&in_language("tongue-date", lang));
    let (month, day, year) = (c.within(1, 12), c.within(1, 28), c.within(1_935, 2_008));
    let months = in_language("tongue-months", lang);
    let names: Vec<&str> = months.iter().flat_map(|line| line.split(',')).collect();
    let name = names.get(month as usize - 1).copied().unwrap_or_default();
    form.replace("0N", &format!("{month:02}"))
        .replace("0D", &format!("{day:02}"))
        .replace('N', &month.to_string())
        .replace('D', &day.to_string())
        .replace('Y', &year.to_string())
        // The calendars of Iran and of Thailand.
        .replace('J', &(year - 621).to_string())
        .replace('B', &(year + 543).to_string())
        .replace('M', name)
}

fn number(c: &mut Chance, lang: &str) -> String {
    let form = c.any(&in_language("tongue-number", lang));
    let number: String = form
        .chars()
        .map(|sign| if sign == '#' { c.digits(1) } else { sign.to_string() })
        .collect();
    // As some people write it, without what divides it.
    if c.one_in(4) {
        number.replace([' ', '-', '(', ')'], "")
    } else {
        number
    }
}

fn name(c: &mut Chance, lang: &str) -> String {
    let names: Vec<&str> = in_language("tongue-names", lang)[0].split(',').collect();
    c.phrase(&names).to_owned()
}

/// Half the time in the digits of the language's script, where it has such.
fn in_digits(c: &mut Chance, lang: &str, text: &str) -> String {
    let zero = match lang {
        "ar" => '٠',
        "fa" | "ur" => '۰',
        "hi" => '०',
        "bn" => '০',
        "th" => '๐',
        "ja" | "zh" | "tw" => '０',
        _ => return text.to_owned(),
    };
    if c.one_in(2) {
        return text.to_owned();
    }
    let digit = |value: u32| char::from_u32(u32::from(zero) + value);
    text.chars()
        .map(|sign| sign.to_digit(10).and_then(digit).unwrap_or(sign))
        .collect()
}

/// A day on which nobody was born.
pub(crate) fn day_told(c: &mut Chance) -> String {
    let phrase = phrases::parts(c.phrase(phrases::of("tongue-days"))).1;
    phrase.to_owned()
}

/// A sentence of a record that tells nothing of anybody.
pub(crate) fn nothing(c: &mut Chance) -> String {
    let phrase = phrases::parts(c.phrase(phrases::of("tongue-nothing"))).1;
    phrase.to_owned()
}
