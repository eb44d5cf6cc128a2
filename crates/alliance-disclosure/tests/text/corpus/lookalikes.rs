//! What looks like a personal detail and is none: the numbers, names and dates that honest records are full of.

use super::details::month;
use super::phrases;
use super::world::plain;
use crate::chance::Chance;

/// A kind of look-alike, and the detectors it tempts.
pub(crate) struct Look {
    pub(crate) kind: &'static str,
    pub(crate) like: &'static [&'static str],
    pub(crate) make: fn(&mut Chance) -> String,
}

const fn look(kind: &'static str, like: &'static [&'static str], make: fn(&mut Chance) -> String) -> Look {
    Look { kind, like, make }
}

pub(crate) fn carried(c: &mut Chance, number: &str) -> String {
    c.phrase(phrases::of("carriers")).replace("{}", number)
}

pub(crate) fn ten_digits(c: &mut Chance) -> String {
    let number = plain(c, 10);
    carried(c, &number)
}

fn publication(c: &mut Chance) -> String {
    match c.within(0, 8) {
        0 => format!(
            "See doi:10.{}/{}.{}.{} for more.",
            c.within(1_000, 9_999),
            c.any(&["bmj", "s12888-019", "j.psychres", "bjp.bp"]),
            c.digits(4),
            c.digits(6)
        ),
        1 => format!("https://doi.org/10.1192/bjp.{}.{}", c.within(2_000, 2_024), c.digits(9)),
        2 => format!(
            "ISBN 978-{}-{}-{}-{}",
            c.within(0, 3),
            c.digits(4),
            c.digits(4),
            c.digits(1)
        ),
        3 => format!(
            "ISBN-10: {}-{}-{}-{}",
            c.within(0, 9),
            c.digits(3),
            c.digits(5),
            c.digits(1)
        ),
        4 => format!("ISSN {}-{}", c.digits(4), c.digits(4)),
        5 => format!("ORCID 0000-000{}-{}-{}", c.within(1, 3), c.digits(4), c.digits(4)),
        6 => format!(
            "https://orcid.org/0000-000{}-{}-{}X",
            c.within(1, 3),
            c.digits(4),
            c.digits(3)
        ),
        7 => format!("PMID: {}", c.within(10_000_000, 39_999_999)),
        _ => format!("ISBN 978{} (second edition)", c.digits(10)),
    }
}

fn trial(c: &mut Chance) -> String {
    match c.within(0, 5) {
        0 => format!("Registered as NCT0{}.", c.digits(7)),
        1 => format!("ISRCTN{}", c.digits(8)),
        2 => format!("EudraCT {}-{}-{}", c.within(2_004, 2_023), c.digits(6), c.digits(2)),
        3 => format!("trial registration DRKS000{}", c.digits(5)),
        4 => format!("ACTRN126{}", c.digits(11)),
        _ => format!("PROSPERO CRD4202{}", c.digits(7)),
    }
}

fn grant(c: &mut Chance) -> String {
    match c.within(0, 5) {
        0 => format!("Funded by grant MR/X{}/1.", c.digits(6)),
        1 => format!("NIHR award NIHR{}", c.digits(6)),
        2 => format!(
            "Horizon Europe grant agreement No {}",
            c.within(101_000_000, 101_999_999)
        ),
        3 => format!("Förderkennzeichen 01{}{}", c.letters(2, "GKEU"), c.digits(4)),
        4 => format!("grant number {}", c.within(1_000_000_000, 9_999_999_999)),
        _ => format!(
            "Registered charity no. {}, company number 0{}",
            c.within(200_000, 1_200_000),
            c.digits(7)
        ),
    }
}

fn statistics(c: &mut Chance) -> String {
    let (a, b) = (c.within(1, 99), c.within(100, 999));
    match c.within(0, 9) {
        0 => format!("F(1, {a}) = {}.{b}, p = 0.0{}", c.within(1, 30), c.within(10, 49)),
        1 => format!("OR 1.{a:02} (95% CI 1.0{} to 2.{b})", c.within(1, 9)),
        2 => format!("M = {a}.{b} (SD {}.{})", c.within(1, 9), c.digits(2)),
        3 => format!("N = {},{b},{}", c.within(1, 9), c.digits(3)),
        4 => format!("n = {} {b} {} in the register", c.within(1, 99), c.digits(3)),
        5 => format!(
            "Incidence was {}.{} per 1,000 bed days, down from {}.{}.",
            c.within(1, 9),
            c.digits(2),
            c.within(10, 30),
            c.digits(2)
        ),
        6 => format!(
            "The values were {} {} {} {} {}.",
            c.digits(2),
            c.digits(3),
            c.digits(2),
            c.digits(3),
            c.digits(2)
        ),
        7 => format!("0.{}", c.digits(10)),
        8 => format!(
            "between {a}.{b} and {}.{} million contacts",
            c.within(1, 9),
            c.digits(3)
        ),
        _ => format!(
            "chi-squared({}) = {a}.{b}; N = {}",
            c.within(1, 9),
            c.within(1_000, 99_999)
        ),
    }
}

fn phone_like(c: &mut Chance) -> String {
    match c.within(0, 6) {
        0 => format!("Observations: {} {} {}", c.digits(3), c.digits(3), c.digits(3)),
        1 => format!(
            "{}-{} were the busiest years.",
            c.within(2_000, 2_012),
            c.within(2_013, 2_024)
        ),
        2 => format!(
            "The register counts {} {} {} residents of the region.",
            c.within(1, 99),
            c.digits(3),
            c.digits(3)
        ),
        3 => format!(
            "range {}-{}, median {}",
            c.within(100, 400),
            c.within(401, 999),
            c.within(300, 500)
        ),
        4 => format!("Telephone contacts rose to {},{}.", c.within(1, 99), c.digits(3)),
        5 => format!("a change of +{} {} contacts", c.within(1, 99), c.digits(3)),
        _ => format!(
            "Call {} to any emergency.",
            c.any(&["999", "112", "116 123", "988", "111"])
        ),
    }
}

fn by_month(c: &mut Chance) -> String {
    let year = c.within(2_012, 2_026);
    match c.within(0, 9) {
        0 => format!("In {} {year} the doors were opened.", month(c, "en")),
        1 => format!(
            "From {year}-{:02} to {}-{:02}",
            c.within(1, 12),
            year + 1,
            c.within(1, 12)
        ),
        2 => format!("Im {} {year} begann das Projekt.", month(c, "de")),
        3 => format!("En {} {year}, le dispositif a commencé.", month(c, "fr")),
        4 => format!("en {} de {year}", month(c, "es")),
        5 => format!("in Q{} {year}", c.within(1, 4)),
        6 => format!("In {} {} patients were asked.", month(c, "en"), c.within(10, 28)),
        7 => format!(
            "The period was {:02}/{year} to {:02}/{}.",
            c.within(1, 12),
            c.within(1, 12),
            year + 1
        ),
        8 => format!("from spring {year} to autumn {}", year + 1),
        _ => format!("{} and {} {year} were quiet.", month(c, "en"), month(c, "en")),
    }
}

fn counts(c: &mut Chance) -> String {
    let (many, beds) = (c.within(8, 900), c.within(8, 40));
    match c.within(0, 15) {
        0 => format!("The ward has {beds} beds and {} rooms.", c.within(2, 7)),
        1 => format!("a {}-bed unit with {} staff nurses", c.within(2, 7), c.within(2, 7)),
        2 => "Zero patients were restrained this quarter.".to_owned(),
        3 => "No patients were secluded, 0 people were hurt.".to_owned(),
        4 => format!("one in {} patients", c.any(&["five", "4", "seven", "three"])),
        5 => format!("{many} patients took part."),
        6 => format!("{},{} people use the service.", c.within(1, 9), c.digits(3)),
        7 => format!("{}.{} patients per nurse", c.within(1, 7), c.digits(1)),
        8 => format!("{} patients per nurse at night", c.within(2, 7)),
        9 => format!("{} {} patients in the register", c.within(1, 9), c.digits(3)),
        10 => format!("Phase {} patients and staff were asked again.", c.within(1, 7)),
        11 => "twenty-one patients and eight people from other wards".to_owned(),
        12 => format!("3 von {} Patienten, also weniger als zuvor", c.within(8, 90)),
        13 => format!("{many} Patientinnen, {many} pacientů, {many} pazienti"),
        14 => format!("{} wards in {} hospitals", c.within(2, 7), c.within(2, 7)),
        _ => "žádní pacienti, keine Patienten, aucun patient".to_owned(),
    }
}

fn money(c: &mut Chance) -> String {
    match c.within(0, 6) {
        0 => format!("£{},{},{}", c.within(1, 99), c.digits(3), c.digits(3)),
        1 => format!("€ {}.{}.{},{}", c.within(1, 99), c.digits(3), c.digits(3), c.digits(2)),
        2 => format!("{} {} {} Kč", c.within(1, 99), c.digits(3), c.digits(3)),
        3 => format!("a budget of {} million", c.within(1, 99)),
        4 => format!("USD {}", c.within(1_000_000, 2_000_000_000)),
        5 => format!("It cost £{} a head, {}% less.", c.within(10, 999), c.within(1, 60)),
        _ => format!(
            "SEK {} {} {} over three years",
            c.within(1, 9),
            c.digits(3),
            c.digits(3)
        ),
    }
}

fn citation(c: &mut Chance) -> String {
    let name = c.phrase(&[
        "Smith",
        "Bowers",
        "Müller",
        "Steinert",
        "García",
        "Novák",
        "Huckshorn",
        "O'Hagan",
        "van der Merwe",
    ]);
    match c.within(0, 6) {
        0 => format!("{name} {} found the same.", c.within(1_990, 2_025)),
        1 => format!("({name} et al., {})", c.within(1_990, 2_025)),
        2 => format!(
            "{name} L, Jones A. Safewards. BJPsych {}; {}: {}–{}.",
            c.within(1_990, 2_025),
            c.within(1, 220),
            c.within(10, 99),
            c.within(100, 199)
        ),
        3 => format!("{name} and colleagues ({}) describe it.", c.within(1_990, 2_025)),
        4 => format!("as {name} argued"),
        5 => format!(
            "Int J Ment Health Nurs {};{}({}):{}-{}",
            c.within(1_990, 2_025),
            c.within(1, 40),
            c.within(1, 6),
            c.within(100, 499),
            c.within(500, 900)
        ),
        _ => format!("[{}, {}, {}]", c.within(1, 9), c.within(10, 40), c.within(41, 90)),
    }
}

fn eponym(c: &mut Chance) -> String {
    c.phrase(phrases::of("eponyms")).to_owned()
}

fn organisation(c: &mut Chance) -> String {
    c.phrase(phrases::of("organisations")).to_owned()
}

fn programme(c: &mut Chance) -> String {
    c.phrase(phrases::of("programmes")).to_owned()
}

fn machine(c: &mut Chance) -> String {
    match c.within(0, 8) {
        0 => format!("record {}", c.letters(32, "0123456789abcdef")),
        1 => format!(
            "{}-{}-4{}-a{}-{}",
            hex(c, 8),
            hex(c, 4),
            hex(c, 3),
            hex(c, 3),
            hex(c, 12)
        ),
        2 => format!("https://example.org/reports/{}/{}", c.within(2_010, 2_026), c.digits(8)),
        3 => format!("version {}.{}.{}", c.within(0, 9), c.within(0, 30), c.within(0, 30)),
        4 => format!("SNOMED CT {}", c.within(100_000_000, 999_999_999)),
        5 => format!(
            "ICD-10 F{}.{}, DSM-5 {}.{}",
            c.within(10, 99),
            c.within(0, 9),
            c.within(290, 319),
            c.digits(2)
        ),
        6 => format!("commit {}", c.letters(40, "0123456789abcdef")),
        7 => format!("scan_{}_{}.pdf", c.digits(8), c.digits(4)),
        _ => format!("blake3 {}", c.letters(64, "0123456789abcdef")),
    }
}

fn hex(c: &mut Chance, count: usize) -> String {
    c.letters(count, "0123456789abcdef")
}

fn doses_and_times(c: &mut Chance) -> String {
    match c.within(0, 8) {
        0 => format!("{}:30–{}:00 on weekdays", c.within(10, 14), c.within(15, 23)),
        1 => format!(
            "{} mg twice a day, {} ml of water",
            c.within(1, 500),
            c.within(1_000, 2_500)
        ),
        2 => format!("people aged {}–{} years", c.within(16, 25), c.within(26, 64)),
        3 => format!("for {} years", c.within(90, 120)),
        4 => format!("il y a {} ans", c.within(90, 120)),
        5 => format!("founded {} years ago", c.within(90, 120)),
        6 => format!("vitamin B12 {}mg, {} kg", c.within(1, 9), c.within(50, 120)),
        7 => format!("{} EU projects and 2020 UK guidance", c.within(2_000, 2_024)),
        _ => format!(
            "{} % of all, {}.{} % before",
            c.within(1, 99),
            c.within(1, 99),
            c.digits(1)
        ),
    }
}

fn at_signs(c: &mut Chance) -> String {
    c.phrase(phrases::of("at-signs")).to_owned()
}

fn bare_words(c: &mut Chance) -> String {
    c.phrase(phrases::of("bare-words")).to_owned()
}

/// Words that name a number in one language and are common words in another, near a number that may pass its check.
fn false_friend(c: &mut Chance) -> String {
    let digits = c.within(8, 13) as usize;
    let number = plain(c, digits);
    c.phrase(phrases::of("false-friends")).replace("{}", &number)
}

pub(crate) const ALL: &[Look] = &[
    look(
        "false-friends",
        &["ca-sin", "cl-rut", "gb-chi-number", "ee-personal-code"],
        false_friend,
    ),
    look("publications", &["gb-nhs-number", "id-nik", "phone"], publication),
    look("trials", &["nz-nhi", "au-healthcare-identifier"], trial),
    look("grants", &["gb-nhs-number", "case-number"], grant),
    look("statistics", &["phone", "jp-my-number"], statistics),
    look(
        "phone-like",
        &["phone", "phone-unlabelled", "phone-public-line", "ca-sin"],
        phone_like,
    ),
    look(
        "months",
        &["exact-date", "date-of-birth", "month-of-birth", "jigsaw"],
        by_month,
    ),
    look("counts", &["small-count"], counts),
    look("money", &["pl-pesel", "us-ssn"], money),
    look("citations", &["name-after-honorific", "name-introduced"], citation),
    look("eponyms", &["name-after-honorific"], eponym),
    look(
        "organisations",
        &["name-after-honorific", "street-address"],
        organisation,
    ),
    look(
        "programmes",
        &["name-of-patient", "name-introduced", "small-count"],
        programme,
    ),
    look("machine", &["cn-resident-id", "record-number"], machine),
    look(
        "doses-times",
        &["age-over-89", "nl-postcode", "gb-postcode"],
        doses_and_times,
    ),
    look(
        "at-signs",
        &["email-of-person", "email-of-role", "profile-link"],
        at_signs,
    ),
    look(
        "bare-words",
        &[
            "date-of-birth",
            "record-number",
            "case-number",
            "home-address",
            "street-address",
            "phone",
        ],
        bare_words,
    ),
];
