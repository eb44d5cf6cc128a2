//! Personal details that have no fixed shape: births, names, addresses, and the like, in ten languages.

use super::{Expected, Plant, phrases};
use crate::chance::Chance;

fn given(c: &mut Chance) -> &'static str {
    phrases::parts(c.phrase(phrases::of("given-names"))).1
}

fn family(c: &mut Chance) -> &'static str {
    phrases::parts(c.phrase(phrases::of("family-names"))).1
}

fn full_name(c: &mut Chance) -> String {
    format!("{} {}", given(c), family(c))
}

pub(crate) fn month(c: &mut Chance, lang: &str) -> &'static str {
    phrases::of(&format!("months-{lang}"))[c.within(0, 11) as usize]
}

/// A day as people of that language write it.
pub(crate) fn day(c: &mut Chance, lang: &str, years: (u64, u64)) -> String {
    let (year, month_number, day) = (c.within(years.0, years.1), c.within(1, 12), c.within(1, 28));
    match c.within(0, 4) {
        0 => format!("{year}-{month_number:02}-{day:02}"),
        1 => format!("{day:02}/{month_number:02}/{year}"),
        2 => format!("{day}.{month_number}.{year}"),
        _ => {
            let name = month(c, lang);
            match lang {
                "en" => match c.within(0, 3) {
                    0 => format!("{name} {day}, {year}"),
                    1 => format!("{day}th of {name} {year}"),
                    _ => format!("{day} {name} {year}"),
                },
                "de" | "cs" => format!("{day}. {name} {year}"),
                "es" | "pt" => format!("{day} de {name} de {year}"),
                _ => format!("{day} {name} {year}"),
            }
        }
    }
}

/// A phrase for a detector, and its language.
fn said(c: &mut Chance, name: &str) -> (&'static str, &'static str) {
    phrases::parts(c.phrase(phrases::of(name)))
}

pub(crate) fn date_of_birth(c: &mut Chance) -> Plant {
    let (lang, phrase) = said(c, "date-of-birth");
    Plant::of(
        phrase,
        &day(c, lang, (1_930, 2_010)),
        Expected::block("date-of-birth", lang),
    )
}

pub(crate) fn month_of_birth(c: &mut Chance) -> Plant {
    let month_and_year = format!("{} {}", month(c, "en"), c.within(1_940, 2_008));
    let (_, phrase) = said(c, "month-of-birth");
    Plant::of(phrase, &month_and_year, Expected::warn("month-of-birth", "en"))
}

pub(crate) fn exact_date(c: &mut Chance) -> Plant {
    let (lang, phrase) = said(c, "exact-date");
    let date = if lang == "en" && c.one_in(3) {
        let (name, number) = (month(c, "en"), c.within(1, 28));
        if c.one_in(2) {
            format!("{number} {name}")
        } else {
            format!("{name} {number}")
        }
    } else {
        day(c, lang, (2_012, 2_026))
    };
    Plant::of(phrase, &date, Expected::warn("exact-date", lang).in_lesson())
}

fn ascii(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_lowercase()
}

pub(crate) fn email_of_person(c: &mut Chance) -> Plant {
    let (given, family) = (ascii(given(c)), ascii(family(c)));
    let local = match c.within(0, 3) {
        0 => format!("{given}.{family}"),
        1 => format!("{}{family}", &given[..1]),
        2 => format!("{family}{}", c.within(1, 99)),
        _ => format!("{given}_{family}"),
    };
    let domain = c.phrase(&[
        "example.org",
        "mail.example.com",
        "nhs.example",
        "klinik.example.de",
        "example.co.uk",
        "hopital.example.fr",
    ]);
    let at = c.any(&["@", "@", "@", "@", " (at) ", "[at]"]);
    let (_, phrase) = said(c, "email-of-person");
    Plant::of(
        phrase,
        &format!("{local}{at}{domain}"),
        Expected::block("email-of-person", "any"),
    )
}

pub(crate) fn email_of_role(c: &mut Chance) -> Plant {
    let local = c.phrase(&[
        "info",
        "office",
        "enquiries",
        "contact",
        "press",
        "sekretariat",
        "kontakt",
        "accueil",
        "pals",
    ]);
    let domain = c.phrase(&[
        "example.org",
        "trust.example.uk",
        "klinik.example.de",
        "hopital.example.fr",
    ]);
    let (_, phrase) = said(c, "email-of-role");
    Plant::of(
        phrase,
        &format!("{local}@{domain}"),
        Expected::warn("email-of-role", "any"),
    )
}

/// Numbers from the ranges that regulators keep for films and examples, where there are such.
pub(crate) fn phone(c: &mut Chance) -> Plant {
    let tail = |c: &mut Chance, count: usize| c.digits(count);
    let (country, number) = match c.within(0, 11) {
        0 => ("GB", format!("+44 7700 900{}", tail(c, 3))),
        1 => ("GB", format!("020 7946 0{}", tail(c, 3))),
        2 => ("GB", format!("07700 900{}", tail(c, 3))),
        3 => ("US", format!("(555) 555-01{}", tail(c, 2))),
        4 => ("US", format!("+1-202-555-01{}", tail(c, 2))),
        5 => ("DE", format!("+49 30 23125 {}", tail(c, 3))),
        6 => ("DE", format!("0171/39200{}", tail(c, 2))),
        7 => ("FR", format!("01 99 00 {} {}", tail(c, 2), tail(c, 2))),
        8 => ("CZ", format!("+420 601 {} {}", tail(c, 3), tail(c, 3))),
        9 => ("AU", format!("+61 491 570 {}", tail(c, 3))),
        10 => ("SE", format!("070-1740 6{}", tail(c, 2))),
        _ => (
            "ES",
            format!(
                "+34 {} {} {}",
                tail(c, 3).replacen(|_: char| true, "6", 1),
                tail(c, 3),
                tail(c, 3)
            ),
        ),
    };
    let (_, phrase) = said(c, "phone");
    Plant::of(phrase, &number, Expected::block("phone", country))
}

pub(crate) fn phone_unlabelled(c: &mut Chance) -> Plant {
    let number = match c.within(0, 3) {
        0 => format!("07700 900{}", c.digits(3)),
        1 => format!("020 7946 0{}", c.digits(3)),
        2 => format!("06 39 98 {} {}", c.digits(2), c.digits(2)),
        _ => format!("(555) 555-01{}", c.digits(2)),
    };
    let (_, phrase) = said(c, "phone-unlabelled");
    Plant::of(phrase, &number, Expected::warn("phone-unlabelled", "any"))
}

pub(crate) fn phone_public(c: &mut Chance) -> Plant {
    let number = match c.within(0, 2) {
        0 => format!("0800 {} {}", c.digits(3), c.digits(4)),
        1 => format!("0808 {} {}", c.digits(3), c.digits(4)),
        _ => format!("+44 800 {} {}", c.digits(3), c.digits(4)),
    };
    let (_, phrase) = said(c, "phone-public-line");
    Plant::of(phrase, &number, Expected::warn("phone-public-line", "any"))
}

/// A street with its house number, `{}` in the phrase.
fn street(c: &mut Chance) -> (&'static str, String) {
    let (lang, phrase) = said(c, "streets");
    let house = format!("{}{}", c.within(1, 240), c.any(&["", "", "", "A", "b"]));
    let house = if lang == "en" || lang == "de" {
        house
    } else {
        c.within(1, 240).to_string()
    };
    (lang, phrase.replace("{}", &house))
}

pub(crate) fn street_address(c: &mut Chance) -> Plant {
    let (lang, address) = street(c);
    let (_, phrase) = said(c, "street-address");
    Plant::of(phrase, &address, Expected::warn("street-address", lang))
}

pub(crate) fn home_address(c: &mut Chance) -> Plant {
    let (lang, address) = street(c);
    let (_, phrase) = said(c, &format!("home-address-{lang}"));
    Plant::of(phrase, &address, Expected::block("home-address", lang))
}

pub(crate) fn record_number(c: &mut Chance) -> Plant {
    let number = match c.within(0, 3) {
        0 => c.digits(7),
        1 => format!("{}{}", c.letters(1, "ABEHKRW"), c.digits(6)),
        2 => format!("{}-{}", c.digits(4), c.digits(4)),
        _ => c.digits(6),
    };
    let (lang, phrase) = said(c, "record-number");
    Plant::of(phrase, &number, Expected::block("record-number", lang))
}

pub(crate) fn case_number(c: &mut Chance) -> Plant {
    let number = match c.within(0, 2) {
        0 => c.digits(6),
        1 => format!("{}/{}", c.digits(4), c.within(2_015, 2_026)),
        _ => format!("{}{}", c.letters(1, "WDIC"), c.digits(5)),
    };
    let (lang, phrase) = said(c, "case-number");
    Plant::of(phrase, &number, Expected::warn("case-number", lang))
}

pub(crate) fn name_after_honorific(c: &mut Chance) -> Plant {
    let name = if c.one_in(2) {
        family(c).to_owned()
    } else {
        full_name(c)
    };
    let (lang, phrase) = said(c, "name-after-honorific");
    Plant::of(phrase, &name, Expected::warn("name-after-honorific", lang))
}

pub(crate) fn name_of_patient(c: &mut Chance) -> Plant {
    let name = match c.within(0, 3) {
        0 => given(c).to_owned(),
        1 => format!("{}.{}.", c.letters(1, "ABDEGHJKLMS"), c.letters(1, "BCDFGHKLMNPRS")),
        _ => full_name(c),
    };
    let (lang, phrase) = said(c, "name-of-patient");
    Plant::of(phrase, &name, Expected::warn("name-of-patient", lang))
}

pub(crate) fn name_introduced(c: &mut Chance) -> Plant {
    let (lang, phrase) = said(c, "name-introduced");
    Plant::of(phrase, &full_name(c), Expected::warn("name-introduced", lang))
}

pub(crate) fn small_count(c: &mut Chance) -> Plant {
    let lang = c.any(&["en", "en", "de", "fr", "es", "cs", "nl", "it", "pl", "pt", "sv"]);
    let number = c.within(2, 7);
    let in_words = phrases::of(&format!("two-to-seven-{lang}"))[number as usize - 2];
    let (_, counted) = said(c, &format!("count-{lang}"));
    let count = counted.replace(
        "{}",
        &if c.one_in(2) {
            number.to_string()
        } else {
            in_words.to_owned()
        },
    );
    let (_, carrier) = said(c, "small-count");
    Plant::of(carrier, &count, Expected::warn("small-count", lang))
}

pub(crate) fn great_age(c: &mut Chance) -> Plant {
    let age = c.within(90, 109);
    let (lang, phrase) = said(c, "age-over-89");
    Plant::of(phrase, &age.to_string(), Expected::warn("age-over-89", lang))
}

pub(crate) fn jigsaw(c: &mut Chance) -> Plant {
    let age = c.within(16, 80);
    let when = format!("{} {}", month(c, "en"), c.within(2_015, 2_026));
    let (lang, tale) = match c.within(0, 4) {
        0 => (
            "en",
            format!(
                "a {age}-year-old man came to {} Ward in {when}",
                c.phrase(&["Willow", "Maple", "Larch", "Juniper"])
            ),
        ),
        1 => (
            "en",
            format!("In {when} a woman aged {age} was moved to Ward {}", c.within(1, 20)),
        ),
        2 => (
            "de",
            format!(
                "Im {} {} kam eine {age}-jährige Frau auf Station {}",
                month(c, "de"),
                c.within(2_015, 2_026),
                c.within(1, 9)
            ),
        ),
        3 => (
            "fr",
            format!(
                "En {} {} une femme âgée de {age} ans est arrivée à l'unité {}",
                month(c, "fr"),
                c.within(2_015, 2_026),
                c.phrase(&["Pinel", "Camille", "Esquirol"])
            ),
        ),
        _ => (
            "es",
            format!(
                "En {} de {} una mujer de {age} años ingresó en la unidad {}",
                month(c, "es"),
                c.within(2_015, 2_026),
                c.within(1, 9)
            ),
        ),
    };
    Plant::of("{}.", &tale, Expected::warn("jigsaw", lang))
}

pub(crate) fn profile_link(c: &mut Chance) -> Plant {
    let (given, family) = (ascii(given(c)), ascii(family(c)));
    let site = c.phrase(&[
        "https://www.linkedin.com/in/",
        "https://x.com/",
        "facebook.com/",
        "https://www.instagram.com/",
        "https://bsky.app/profile/",
    ]);
    Plant::of(
        "See {} for more.",
        &format!("{site}{given}{family}"),
        Expected::warn("profile-link", "any"),
    )
}

pub(crate) const ALL: &[fn(&mut Chance) -> Plant] = &[
    date_of_birth,
    month_of_birth,
    exact_date,
    email_of_person,
    email_of_role,
    phone,
    phone_unlabelled,
    phone_public,
    street_address,
    home_address,
    record_number,
    case_number,
    name_after_honorific,
    name_of_patient,
    name_introduced,
    small_count,
    great_age,
    jigsaw,
    profile_link,
];
