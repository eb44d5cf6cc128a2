//! Personal details that have no fixed shape: births, names, addresses, and the like, in ten languages.

use super::{Expected, Plant};
use crate::chance::Chance;

const GIVEN: &[&str] = &[
    "Anna",
    "John",
    "Maria",
    "Peter",
    "Fatima",
    "Olu",
    "Ingrid",
    "Jürgen",
    "Zoë",
    "Łukasz",
    "Željko",
    "Chloé",
    "Siân",
    "Tomáš",
    "Aoife",
    "Giulia",
    "Nguyen",
    "Priya",
    "Mehmet",
    "José",
    "Kateřina",
    "Sven",
    "Renske",
    "Ewa",
];
const FAMILY: &[&str] = &[
    "Smith",
    "Müller",
    "O'Brien",
    "Novák",
    "García",
    "Kowalska",
    "Jansen",
    "Rossi",
    "Silva",
    "Lindqvist",
    "Okafor",
    "Patel",
    "Lefèvre",
    "Nováková",
    "McDonald",
    "Ferreira",
    "Bianchi",
    "Dvořák",
    "Yılmaz",
    "Brown-Hughes",
    "Schäfer",
    "de Vries",
    "Ó Murchú",
    "Öztürk",
];

fn full_name(c: &mut Chance) -> String {
    format!("{} {}", c.phrase(GIVEN), c.phrase(FAMILY))
}

const MONTHS: &[(&str, [&str; 12])] = &[
    (
        "en",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "de",
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    ),
    (
        "fr",
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    ),
    (
        "es",
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ),
    (
        "cs",
        [
            "ledna",
            "února",
            "března",
            "dubna",
            "května",
            "června",
            "července",
            "srpna",
            "září",
            "října",
            "listopadu",
            "prosince",
        ],
    ),
    (
        "nl",
        [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
    ),
    (
        "it",
        [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
    ),
    (
        "pl",
        [
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "września",
            "października",
            "listopada",
            "grudnia",
        ],
    ),
    (
        "pt",
        [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
    ),
    (
        "sv",
        [
            "januari",
            "februari",
            "mars",
            "april",
            "maj",
            "juni",
            "juli",
            "augusti",
            "september",
            "oktober",
            "november",
            "december",
        ],
    ),
];

pub(crate) fn month(c: &mut Chance, lang: &str) -> &'static str {
    let names = &MONTHS.iter().find(|(known, _)| *known == lang).unwrap().1;
    names[c.within(0, 11) as usize]
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

const BORN: &[(&str, &str)] = &[
    ("en", "DOB {}"),
    ("en", "Date of birth: {}"),
    ("en", "She was born on {}."),
    ("en", "(born {})"),
    ("en", "d.o.b. {}"),
    ("de", "geboren am {}"),
    ("de", "Geburtsdatum: {}"),
    ("de", "geb. {}"),
    ("fr", "née le {}"),
    ("fr", "Date de naissance : {}"),
    ("fr", "né le {}"),
    ("es", "nacida el {}"),
    ("es", "Fecha de nacimiento: {}"),
    ("cs", "narozena {}"),
    ("cs", "nar. {}"),
    ("cs", "Datum narození: {}"),
    ("nl", "geboren op {}"),
    ("nl", "Geboortedatum: {}"),
    ("it", "nato il {}"),
    ("it", "data di nascita {}"),
    ("pl", "ur. {}"),
    ("pl", "urodzona {}"),
    ("pl", "data urodzenia: {}"),
    ("pt", "nascida em {}"),
    ("pt", "data de nascimento: {}"),
    ("sv", "född {}"),
    ("sv", "födelsedatum {}"),
];

fn in_language(c: &mut Chance, list: &[(&'static str, &'static str)]) -> (&'static str, &'static str) {
    let phrases: Vec<&str> = list.iter().map(|(_, phrase)| *phrase).collect();
    let phrase = c.phrase(&phrases);
    *list.iter().find(|(_, other)| *other == phrase).unwrap()
}

pub(crate) fn date_of_birth(c: &mut Chance) -> Plant {
    let (lang, phrase) = in_language(c, BORN);
    Plant::of(
        phrase,
        &day(c, lang, (1_930, 2_010)),
        Expected::block("date-of-birth", lang),
    )
}

pub(crate) fn month_of_birth(c: &mut Chance) -> Plant {
    let month_and_year = format!("{} {}", month(c, "en"), c.within(1_940, 2_008));
    let phrase = c.phrase(&[
        "She was born in {}.",
        "born {}",
        "Date of birth: {}",
        "He was born in {} in the north",
    ]);
    Plant::of(phrase, &month_and_year, Expected::warn("month-of-birth", "en"))
}

const HAPPENED: &[(&str, &str)] = &[
    ("en", "The incident took place on {}."),
    ("en", "On {} the alarm did not sound."),
    ("en", "We met again on {} to review it."),
    ("de", "Am {} kam es zu einer Fixierung."),
    ("fr", "Le {} l'alarme n'a pas sonné."),
    ("es", "El {} se produjo el incidente."),
    ("cs", "Dne {} došlo k události."),
    ("nl", "Op {} ging het alarm niet af."),
    ("it", "Il {} si è verificato l'evento."),
    ("pl", "W dniu {} doszło do zdarzenia."),
    ("pt", "No dia {} ocorreu o incidente."),
    ("sv", "Den {} inträffade händelsen."),
];

pub(crate) fn exact_date(c: &mut Chance) -> Plant {
    let (lang, phrase) = in_language(c, HAPPENED);
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
    let (given, family) = (ascii(c.phrase(GIVEN)), ascii(c.phrase(FAMILY)));
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
    let phrase = c.phrase(&[
        "Write to {}.",
        "E-mail: {}",
        "({})",
        "Kontakt: {}",
        "Her address is {} and she answers.",
        "<{}>",
    ]);
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
    let phrase = c.phrase(&["Write to {}.", "E-mail: {}", "Ask {} for the slides."]);
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
    let phrase = c.phrase(&[
        "Tel: {}",
        "Telephone {}",
        "Her mobile is {}.",
        "Telefon: {}",
        "Tél. {}",
        "teléfono {}",
        "Call her on {}.",
        "Handy: {}",
        "telefonní číslo {}",
        "Phone no. {}",
        "Mobil: {}",
        "telefoon {}",
    ]);
    Plant::of(phrase, &number, Expected::block("phone", country))
}

pub(crate) fn phone_unlabelled(c: &mut Chance) -> Plant {
    let number = match c.within(0, 3) {
        0 => format!("07700 900{}", c.digits(3)),
        1 => format!("020 7946 0{}", c.digits(3)),
        2 => format!("06 39 98 {} {}", c.digits(2), c.digits(2)),
        _ => format!("(555) 555-01{}", c.digits(2)),
    };
    let phrase = c.phrase(&["He can be found at {}.", "It says {} on the board.", "Ask for Sam, {}."]);
    Plant::of(phrase, &number, Expected::warn("phone-unlabelled", "any"))
}

pub(crate) fn phone_public(c: &mut Chance) -> Plant {
    let number = match c.within(0, 2) {
        0 => format!("0800 {} {}", c.digits(3), c.digits(4)),
        1 => format!("0808 {} {}", c.digits(3), c.digits(4)),
        _ => format!("+44 800 {} {}", c.digits(3), c.digits(4)),
    };
    let phrase = c.phrase(&["The helpline is open: call {}.", "Tel: {}", "Freephone {}"]);
    Plant::of(phrase, &number, Expected::warn("phone-public-line", "any"))
}

fn street(c: &mut Chance) -> (&'static str, String) {
    let house = c.within(1, 240);
    let name = c.phrase(&[
        "Willow",
        "High",
        "Church",
        "Station",
        "Queen Victoria",
        "Mill",
        "Albert",
    ]);
    match c.within(0, 9) {
        0 | 1 => (
            "en",
            format!(
                "{house} {name} {}",
                c.phrase(&["Road", "Street", "Lane", "Avenue", "Crescent", "Close"])
            ),
        ),
        2 => (
            "en",
            format!(
                "{house}{} {name} {}",
                c.letters(1, "ABC"),
                c.phrase(&["Road", "St", "Terrace"])
            ),
        ),
        3 => (
            "de",
            format!(
                "{} {house}",
                c.phrase(&["Hauptstraße", "Lindenweg", "Goethestr.", "Berliner Allee", "Marktplatz"])
            ),
        ),
        4 => (
            "fr",
            format!(
                "{house}{} {}",
                c.any(&["", ",", " bis"]),
                c.phrase(&["rue de la Paix", "avenue Victor Hugo", "rue des Lilas"])
            ),
        ),
        5 => (
            "es",
            format!(
                "{}{} {house}",
                c.phrase(&["Calle Mayor", "Avenida de América", "Calle de Alcalá"]),
                c.any(&["", ","])
            ),
        ),
        6 => (
            "nl",
            format!(
                "{} {house}",
                c.phrase(&["Kerkstraat", "Prinsengracht", "Stationsplein"])
            ),
        ),
        7 => (
            "it",
            format!(
                "{}{} {house}",
                c.phrase(&["Via Roma", "Viale Mazzini", "Piazza Garibaldi"]),
                c.any(&["", ","])
            ),
        ),
        8 => (
            "pl",
            format!(
                "{} {house}",
                c.phrase(&["ul. Długa", "ul. Marszałkowska", "al. Jana Pawła"])
            ),
        ),
        _ => (
            "sv",
            format!("{} {house}", c.phrase(&["Storgatan", "Kungsgatan", "Björkvägen"])),
        ),
    }
}

pub(crate) fn street_address(c: &mut Chance) -> Plant {
    let (lang, address) = street(c);
    let phrase = c.phrase(&["The flat was {}.", "They came from {}.", "{} was where it began."]);
    Plant::of(phrase, &address, Expected::warn("street-address", lang))
}

pub(crate) fn home_address(c: &mut Chance) -> Plant {
    let (lang, address) = street(c);
    let phrases: &[&str] = match lang {
        "en" => &[
            "She lives at {}.",
            "Home address: {}",
            "He was living at {} then.",
            "Resident at {}",
        ],
        "de" => &["wohnhaft {}", "Anschrift: {}", "Adresse: {}", "wohnt in der {}"],
        "fr" => &["domicilié {}", "Adresse : {}", "domiciliée au {}", "Elle habite {}."],
        "es" => &["con domicilio en {}", "vive en {}", "Dirección: {}"],
        "nl" => &["woonadres: {}", "adres {}", "wonende {}"],
        "it" => &["residente in {}", "abita in {}", "indirizzo: {}"],
        "pl" => &["zamieszkały {}", "adres: {}", "zam. {}"],
        _ => &["bor på {}", "adress: {}", "bosatt på {}"],
    };
    let phrase = c.phrase(phrases);
    Plant::of(phrase, &address, Expected::block("home-address", lang))
}

pub(crate) fn record_number(c: &mut Chance) -> Plant {
    let number = match c.within(0, 3) {
        0 => c.digits(7),
        1 => format!("{}{}", c.letters(1, "ABEHKRW"), c.digits(6)),
        2 => format!("{}-{}", c.digits(4), c.digits(4)),
        _ => c.digits(6),
    };
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "MRN {}"),
            ("en", "MRN: {}"),
            ("en", "Hospital number {}"),
            ("en", "Hospital No. {}"),
            ("en", "patient ID {}"),
            ("en", "RiO number: {}"),
            ("de", "Patientennummer {}"),
            ("de", "Fallnummer: {}"),
            ("de", "Pat.-Nr. {}"),
            ("fr", "numéro de dossier : {}"),
            ("fr", "IPP {}"),
            ("es", "número de historia clínica {}"),
            ("es", "NHC {}"),
            ("cs", "číslo pacienta {}"),
            ("nl", "patiëntnummer {}"),
            ("nl", "dossiernummer: {}"),
            ("it", "numero di cartella {}"),
            ("pl", "numer pacjenta {}"),
            ("pt", "número de utente {}"),
            ("sv", "journalnummer {}"),
        ],
    );
    Plant::of(phrase, &number, Expected::block("record-number", lang))
}

pub(crate) fn case_number(c: &mut Chance) -> Plant {
    let number = match c.within(0, 2) {
        0 => c.digits(6),
        1 => format!("{}/{}", c.digits(4), c.within(2_015, 2_026)),
        _ => format!("{}{}", c.letters(1, "WDIC"), c.digits(5)),
    };
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "case number {}"),
            ("en", "Datix {}"),
            ("en", "incident no. {}"),
            ("en", "Our ref: {}"),
            ("de", "Aktenzeichen {}"),
            ("de", "Az. {}"),
            ("fr", "numéro de signalement {}"),
            ("es", "expediente n.º {}"),
            ("cs", "spisová značka {}"),
            ("nl", "zaaknummer {}"),
            ("pl", "numer sprawy {}"),
            ("sv", "ärendenummer {}"),
        ],
    );
    Plant::of(phrase, &number, Expected::warn("case-number", lang))
}

pub(crate) fn name_after_honorific(c: &mut Chance) -> Plant {
    let name = if c.one_in(2) {
        c.phrase(FAMILY).to_owned()
    } else {
        full_name(c)
    };
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "Mr {} asked for help."),
            ("en", "Mrs {} was not told."),
            ("en", "Then Ms. {} came in."),
            ("en", "Dr {} reviewed the plan."),
            ("de", "Herr {} wurde fixiert."),
            ("de", "Mit Frau {} wurde gesprochen."),
            ("fr", "Mme {} a refusé."),
            ("fr", "Monsieur {} est arrivé."),
            ("es", "El Sr. {} pidió ayuda."),
            ("es", "La señora {} no fue informada."),
            ("cs", "Pan {} požádal o pomoc."),
            ("cs", "S paní {} nikdo nemluvil."),
            ("nl", "Mevrouw {} werd niet gehoord."),
            ("nl", "De heer {} vroeg om hulp."),
            ("it", "Il signor {} ha chiesto aiuto."),
            ("it", "La signora {} era sola."),
            ("pl", "Pani {} prosiła o pomoc."),
            ("pl", "Pan {} był sam."),
            ("pt", "O senhor {} pediu ajuda."),
            ("pt", "A Sra. {} não foi ouvida."),
            ("sv", "Fru {} bad om hjälp."),
        ],
    );
    Plant::of(phrase, &name, Expected::warn("name-after-honorific", lang))
}

pub(crate) fn name_of_patient(c: &mut Chance) -> Plant {
    let name = match c.within(0, 3) {
        0 => c.phrase(GIVEN).to_owned(),
        1 => format!("{}.{}.", c.letters(1, "ABDEGHJKLMS"), c.letters(1, "BCDFGHKLMNPRS")),
        _ => full_name(c),
    };
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "The patient {} was upset."),
            ("en", "Our client {} left."),
            ("en", "We spoke with resident {} about it."),
            ("de", "Patientin {} war unruhig."),
            ("de", "Der Patient {} ging."),
            ("fr", "la patiente {} criait"),
            ("es", "El paciente {} estaba solo."),
            ("cs", "Pacient {} odešel."),
            ("nl", "patiënt {} was alleen"),
            ("it", "La paziente {} piangeva."),
            ("pl", "Pacjent {} wyszedł."),
            ("pt", "O doente {} saiu."),
            ("sv", "Patienten {} gick."),
        ],
    );
    Plant::of(phrase, &name, Expected::warn("name-of-patient", lang))
}

pub(crate) fn name_introduced(c: &mut Chance) -> Plant {
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "A woman called {} was there."),
            ("en", "A young man named {} came."),
            ("en", "My name is {}."),
            ("en", "Patient name: {}"),
            ("de", "Ein Mann namens {} kam."),
            ("de", "Sie heißt {}."),
            ("fr", "un homme nommé {}"),
            ("fr", "Elle s'appelle {}."),
            ("es", "un hombre llamado {}"),
            ("cs", "muž jménem {}"),
            ("nl", "een vrouw genaamd {}"),
            ("it", "un uomo di nome {}"),
            ("pl", "mężczyzna imieniem {}"),
            ("pt", "um homem chamado {}"),
            ("sv", "en man vid namn {}"),
        ],
    );
    Plant::of(phrase, &full_name(c), Expected::warn("name-introduced", lang))
}

pub(crate) fn small_count(c: &mut Chance) -> Plant {
    let number = c.within(2, 7);
    let word = |words: [&'static str; 6]| words[number as usize - 2];
    let digits_too = c.one_in(2);
    let (lang, words, phrase) = match c.within(0, 10) {
        0 | 1 => (
            "en",
            word(["two", "three", "four", "five", "six", "seven"]),
            c.phrase(&[
                "{} patients",
                "{} service users",
                "{} young people",
                "{} people",
                "{} female patients",
            ]),
        ),
        2 => (
            "de",
            word(["zwei", "drei", "vier", "fünf", "sechs", "sieben"]),
            c.phrase(&["{} Patienten", "{} Frauen", "{} Patientinnen"]),
        ),
        3 => (
            "fr",
            word(["deux", "trois", "quatre", "cinq", "six", "sept"]),
            c.phrase(&["{} patients", "{} personnes", "{} femmes"]),
        ),
        4 => (
            "es",
            word(["dos", "tres", "cuatro", "cinco", "seis", "siete"]),
            c.phrase(&["{} pacientes", "{} personas", "{} mujeres"]),
        ),
        5 => (
            "cs",
            word(["dva", "tři", "čtyři", "pět", "šest", "sedm"]),
            c.phrase(&["{} pacienti", "{} pacientů", "{} osoby"]),
        ),
        6 => (
            "nl",
            word(["twee", "drie", "vier", "vijf", "zes", "zeven"]),
            c.phrase(&["{} patiënten", "{} personen", "{} cliënten"]),
        ),
        7 => (
            "it",
            word(["due", "tre", "quattro", "cinque", "sei", "sette"]),
            c.phrase(&["{} pazienti", "{} persone", "{} donne"]),
        ),
        8 => (
            "pl",
            word(["dwie", "trzy", "cztery", "pięć", "sześć", "siedem"]),
            c.phrase(&["{} osoby", "{} pacjentów", "{} kobiety"]),
        ),
        9 => (
            "pt",
            word(["dois", "três", "quatro", "cinco", "seis", "sete"]),
            c.phrase(&["{} doentes", "{} pessoas", "{} utentes"]),
        ),
        _ => (
            "sv",
            word(["två", "tre", "fyra", "fem", "sex", "sju"]),
            c.phrase(&["{} patienter", "{} personer", "{} kvinnor"]),
        ),
    };
    let count = phrase.replace(
        "{}",
        &if digits_too {
            number.to_string()
        } else {
            words.to_owned()
        },
    );
    let carrier = c.phrase(&[
        "It concerned {}.",
        "({})",
        "Then {} left – we asked why.",
        "{}: no harm.",
    ]);
    Plant::of(carrier, &count, Expected::warn("small-count", lang))
}

pub(crate) fn great_age(c: &mut Chance) -> Plant {
    let age = c.within(90, 109);
    let (lang, phrase) = in_language(
        c,
        &[
            ("en", "aged {}"),
            ("en", "a {}-year-old woman"),
            ("en", "She is {} years old."),
            ("en", "at the age of {}"),
            ("de", "{} Jahre alt"),
            ("de", "im Alter von {} Jahren"),
            ("de", "ein {}-jähriger Mann"),
            ("fr", "âgée de {} ans"),
            ("fr", "Elle a {} ans."),
            ("es", "de {} años de edad"),
            ("es", "tiene {} años"),
            ("cs", "ve věku {} let"),
            ("cs", "je jí {} let"),
            ("nl", "{} jaar oud"),
            ("it", "ha {} anni"),
            ("pl", "w wieku {} lat"),
            ("pl", "ma {} lat"),
            ("pt", "com {} anos"),
            ("sv", "{} år gammal"),
        ],
    );
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
    let (given, family) = (ascii(c.phrase(GIVEN)), ascii(c.phrase(FAMILY)));
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
