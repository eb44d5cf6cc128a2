//! The catalogue of made-up numbers: how each is said in a sentence and how it is grouped.

use super::{europe as eu, world};
use crate::chance::Chance;

/// What a number that nothing but its grouping or its digits speaks for must lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsaid {
    Block,
    Warn,
    Nothing,
}

/// A kind of number.
pub(crate) struct Id {
    pub(crate) detector: &'static str,
    pub(crate) country: &'static str,
    pub(crate) make: fn(&mut Chance) -> String,
    /// Sentences that name it, in languages of the country.
    pub(crate) said: &'static [&'static str],
    /// Groups it is officially written in, with what stands between them; empty when it is written in one piece.
    pub(crate) grouped: &'static str,
    pub(crate) when_grouped: Unsaid,
    pub(crate) when_alone: Unsaid,
}

const fn id(
    (detector, country, make): (&'static str, &'static str, fn(&mut Chance) -> String),
    said: &'static [&'static str],
    (grouped, when_grouped, when_alone): (&'static str, Unsaid, Unsaid),
) -> Id {
    Id {
        detector,
        country,
        make,
        said,
        grouped,
        when_grouped,
        when_alone,
    }
}

use Unsaid::{Block, Nothing, Warn};

pub(crate) const NUMBERS: &[Id] = &[
    id(
        ("gb-nhs-number", "GB", eu::nhs),
        &[
            "Her NHS number is {}.",
            "NHS No: {}",
            "(NHS {})",
            "We found NHS number {} in the handover sheet.",
            "NHS number of the person concerned: {}",
            "{} was the NHS number on the wristband.",
        ],
        ("3 3 4", Block, Nothing),
    ),
    id(
        ("gb-chi-number", "GB", eu::chi),
        &[
            "CHI number {}",
            "CHI: {}",
            "His CHI number was {}.",
            "The Community Health Index entry {} was wrong.",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("gb-hsc-number", "GB", eu::hsc),
        &[
            "Health and Care Number {}",
            "HCN {}",
            "H&C number: {}",
            "The HSC number {} was read out.",
        ],
        ("3 3 4", Block, Nothing),
    ),
    id(
        ("gb-national-insurance", "GB", eu::nino),
        &[
            "National Insurance number {}",
            "NI number: {}",
            "Her NI no {} was on the form.",
            "NINO {}",
        ],
        ("2 2 2 2 1", Block, Warn),
    ),
    id(
        ("ie-pps-number", "IE", eu::pps),
        &["PPS number {}", "PPSN: {}", "Her PPS No. is {}", "Uimhir PSP: {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("nl-bsn", "NL", eu::bsn),
        &[
            "BSN: {}",
            "Zijn burgerservicenummer is {}.",
            "bsn {} stond op het formulier",
            "Burgerservicenummer {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("be-national-number", "BE", eu::belgian),
        &[
            "rijksregisternummer {}",
            "Numéro de registre national : {}",
            "NISS {}",
            "INSZ-nummer: {}",
        ],
        ("2.2.2-3.2", Block, Nothing),
    ),
    id(
        ("lu-matricule", "LU", eu::luxembourg),
        &[
            "matricule {}",
            "Numéro d'identification national : {}",
            "Matricule CNSS: {}",
        ],
        ("", Nothing, Warn),
    ),
    id(
        ("fr-nir", "FR", eu::nir),
        &[
            "Son numéro de sécurité sociale est le {}.",
            "NIR : {}",
            "n° de sécurité sociale {}",
            "N° INSEE {}",
            "Sécurité sociale : {}",
        ],
        ("1 2 2 2 3 3 2", Block, Warn),
    ),
    id(
        ("de-tax-id", "DE", eu::german_tax),
        &[
            "Steuer-ID {}",
            "Ihre Steueridentifikationsnummer lautet {}.",
            "IdNr. {}",
            "Steuerliche Identifikationsnummer: {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("de-health-insurance", "DE", eu::german_health),
        &[
            "Versichertennummer {}",
            "Krankenversichertennummer: {}",
            "KVNR {}",
            "Auf der Gesundheitskarte stand {}.",
        ],
        ("", Nothing, Warn),
    ),
    id(
        ("de-pension-insurance", "DE", eu::german_pension),
        &[
            "Rentenversicherungsnummer {}",
            "SV-Nummer: {}",
            "Sozialversicherungsnummer {}",
            "RVNR {}",
        ],
        ("2 6 1 3", Block, Warn),
    ),
    id(
        ("at-insurance-number", "AT", eu::austrian),
        &[
            "SVNR {}",
            "Sozialversicherungsnummer: {}",
            "Versicherungsnummer {}",
            "Ihre SV-Nummer ist {}.",
        ],
        ("4 6", Block, Nothing),
    ),
    id(
        ("ch-ahv-number", "CH", eu::swiss),
        &["AHV-Nummer {}", "AHV-Nr. {}", "N° AVS {}", "numero AVS: {}"],
        ("3.4.4.2", Block, Nothing),
    ),
    id(
        ("es-dni-nie", "ES", eu::spanish),
        &[
            "DNI {}",
            "Su DNI es {}.",
            "con NIE {}",
            "documento nacional de identidad n.º {}",
            "NIF: {}",
        ],
        ("", Nothing, Warn),
    ),
    id(
        ("pt-nif", "PT", eu::portuguese),
        &[
            "NIF {}",
            "O número de contribuinte é {}.",
            "Contribuinte n.º {}",
            "número de identificação fiscal: {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("it-codice-fiscale", "IT", eu::italian),
        &["codice fiscale {}", "C.F. {}", "Il suo codice fiscale è {}.", "CF: {}"],
        ("6 5 5", Nothing, Block),
    ),
    id(
        ("gr-amka", "GR", eu::greek),
        &["ΑΜΚΑ {}", "Ο ΑΜΚΑ του ασθενούς είναι {}.", "AMKA: {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("tr-identity-number", "TR", eu::turkish),
        &["T.C. kimlik no {}", "TC Kimlik Numarası: {}", "TCKN {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("se-personal-number", "SE", eu::swedish),
        &[
            "personnummer {}",
            "Hennes personnummer är {}.",
            "Pnr {}",
            "Personnr: {}",
        ],
        ("-4", Block, Nothing),
    ),
    id(
        ("dk-cpr-number", "DK", eu::danish),
        &["CPR-nummer {}", "cpr-nr. {}", "CPR: {}", "Hans CPR nummer var {}."],
        ("6-4", Warn, Nothing),
    ),
    id(
        ("no-birth-number", "NO", eu::norwegian),
        &[
            "fødselsnummer {}",
            "Fødselsnr.: {}",
            "Pasientens personnummer er {}.",
            "fnr {}",
        ],
        ("6 5", Block, Nothing),
    ),
    id(
        ("fi-personal-code", "FI", eu::finnish),
        &[
            "henkilötunnus {}",
            "Hetu: {}",
            "Hänen henkilötunnuksensa on {}.",
            "personbeteckning {}",
        ],
        ("", Nothing, Block),
    ),
    id(
        ("is-kennitala", "IS", eu::icelandic),
        &["kennitala {}", "Kt. {}", "Kennitala sjúklings: {}"],
        ("6-4", Block, Nothing),
    ),
    id(
        ("ee-personal-code", "EE", eu::baltic),
        &["isikukood {}", "Tema isikukood on {}.", "Isikukood: {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("lt-personal-code", "LT", eu::baltic),
        &["asmens kodas {}", "Paciento asmens kodas: {}", "Asmens kodas – {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("lv-personal-code", "LV", eu::latvian),
        &["personas kods {}", "Personas kods: {}", "pacienta personas kods ir {}"],
        ("6-5", Block, Nothing),
    ),
    id(
        ("cz-sk-birth-number", "CZ", eu::czech),
        &[
            "rodné číslo {}",
            "r.č. {}",
            "Její rodné číslo je {}.",
            "RČ: {}",
            "nar. s rodným číslem {}",
        ],
        ("6/4", Block, Nothing),
    ),
    id(
        ("pl-pesel", "PL", eu::polish),
        &[
            "PESEL {}",
            "nr PESEL: {}",
            "Jej numer PESEL to {}.",
            "o numerze PESEL {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("hu-taj-number", "HU", eu::hungarian),
        &["TAJ-szám: {}", "TAJ {}", "A beteg TAJ száma {}."],
        ("", Nothing, Nothing),
    ),
    id(
        ("ro-cnp", "RO", eu::romanian),
        &["CNP {}", "codul numeric personal {}", "CNP-ul pacientului: {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("bg-egn", "BG", eu::bulgarian),
        &["ЕГН {}", "ЕГН: {}", "с ЕГН {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("hr-oib", "HR", eu::croatian),
        &["OIB {}", "OIB: {}", "osobni identifikacijski broj {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("jmbg", "SI", eu::yugoslav),
        &["EMŠO {}", "EMŠO: {}", "JMBG {}", "ЈМБГ {}", "matični broj {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("ua-tax-number", "UA", eu::ukrainian),
        &["РНОКПП {}", "РНОКПП: {}", "ІПН {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("ru-snils", "RU", eu::snils),
        &["СНИЛС {}", "СНИЛС: {}", "номер СНИЛС {}"],
        ("3-3-3 2", Block, Nothing),
    ),
    id(
        ("us-ssn", "US", world::ssn),
        &[
            "SSN {}",
            "Her Social Security number is {}.",
            "social security no. {}",
            "SSN: {}",
        ],
        ("3-2-4", Block, Nothing),
    ),
    id(
        ("us-medicare-beneficiary", "US", world::mbi),
        &["Medicare number {}", "MBI: {}", "Medicare beneficiary identifier {}"],
        ("4-3-4", Block, Warn),
    ),
    id(
        ("ca-sin", "CA", world::sin),
        &[
            "SIN {}",
            "Social Insurance Number: {}",
            "NAS : {}",
            "numéro d'assurance sociale {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("ca-on-health-card", "CA", world::ohip),
        &["OHIP {}", "Ontario health card number {}", "health card: {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("ca-bc-health-number", "CA", world::phn),
        &["PHN {}", "Personal Health Number: {}", "BC Services Card {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("ca-qc-health-insurance", "CA", world::ramq),
        &[
            "RAMQ {}",
            "numéro d'assurance maladie {}",
            "carte d'assurance maladie : {}",
        ],
        ("4 4 4", Block, Warn),
    ),
    id(
        ("br-cpf", "BR", world::cpf),
        &["CPF {}", "CPF nº {}", "O CPF do paciente é {}.", "CPF: {}"],
        ("3.3.3-2", Block, Nothing),
    ),
    id(
        ("br-cns", "BR", world::cns),
        &["CNS {}", "Cartão Nacional de Saúde: {}", "cartão SUS {}"],
        ("3 4 4 4", Block, Nothing),
    ),
    id(
        ("cl-rut", "CL", world::rut),
        &["RUT {}", "RUT: {}", "Su R.U.T. es {}."],
        (".3.3-1", Block, Nothing),
    ),
    id(
        ("mx-curp", "MX", world::curp),
        &["CURP {}", "CURP: {}", "La CURP del paciente es {}."],
        ("", Nothing, Block),
    ),
    id(
        ("au-medicare", "AU", world::medicare),
        &["Medicare number {}", "Medicare card {}", "Medicare no: {}"],
        ("4 5 1", Block, Nothing),
    ),
    id(
        ("au-tax-file-number", "AU", world::tfn),
        &["TFN {}", "tax file number {}", "TFN: {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("au-healthcare-identifier", "AU", world::ihi),
        &["IHI {}", "Individual Healthcare Identifier: {}", "IHI number {}"],
        ("4 4 4 4", Block, Block),
    ),
    id(
        ("nz-nhi", "NZ", world::nhi),
        &["NHI {}", "NHI number: {}", "National Health Index number {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("in-aadhaar", "IN", world::aadhaar),
        &[
            "Aadhaar {}",
            "Aadhaar number: {}",
            "आधार संख्या {}",
            "Aadhaar card no. {}",
        ],
        ("4 4 4", Warn, Nothing),
    ),
    id(
        ("za-identity-number", "ZA", world::south_african),
        &[
            "ID number {}",
            "Her ID number is {}.",
            "identity number: {}",
            "ID No {}",
        ],
        ("", Nothing, Warn),
    ),
    id(
        ("il-identity-number", "IL", world::israeli),
        &["תעודת זהות {}", "ת.ז. {}", "מספר זהות: {}", "Teudat Zehut {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("jp-my-number", "JP", world::my_number),
        &[
            "マイナンバー{}",
            "マイナンバー：{}",
            "個人番号は{}です。",
            "My Number: {}",
        ],
        ("", Nothing, Nothing),
    ),
    id(
        ("kr-resident-number", "KR", world::korean),
        &["주민등록번호 {}", "주민등록번호: {}", "주민번호는 {} 입니다."],
        ("6-7", Block, Nothing),
    ),
    id(
        ("th-identity-number", "TH", world::thai),
        &["เลขประจำตัวประชาชน {}", "บัตรประชาชน {}", "Thai national ID {}"],
        ("1 4 5 2 1", Block, Nothing),
    ),
    id(
        ("cn-resident-id", "CN", world::chinese),
        &["身份证号{}", "身份证号码：{}", "公民身份号码{}", "resident ID card {}"],
        ("", Nothing, Block),
    ),
    id(
        ("tw-identity-number", "TW", world::taiwanese),
        &["身分證字號：{}", "身分證字號{}", "national ID {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("hk-identity-card", "HK", world::hong_kong),
        &["HKID {}", "香港身份證號碼：{}", "Hong Kong ID card {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("sg-nric", "SG", world::singaporean),
        &["NRIC {}", "NRIC No: {}", "FIN number {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("my-kad", "MY", world::malaysian),
        &["MyKad {}", "No. Kad Pengenalan: {}", "IC number {}"],
        ("6-2-4", Block, Nothing),
    ),
    id(
        ("id-nik", "ID", world::indonesian),
        &["NIK {}", "NIK: {}", "Nomor Induk Kependudukan {}", "nomor KTP {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("gb-postcode", "GB", world::gb_postcode),
        &[
            "Postcode: {}",
            "She lives at 4 Mill Lane, {}.",
            "home address {}",
            "post code {}",
        ],
        ("", Nothing, Warn),
    ),
    id(
        ("ie-eircode", "IE", world::eircode),
        &["Eircode {}", "Eircode: {}", "His Eircode is {}."],
        ("", Nothing, Warn),
    ),
    id(
        ("nl-postcode", "NL", world::nl_postcode),
        &["postcode {}", "woonadres: {}", "Postcode: {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("ca-postal-code", "CA", world::canadian_postcode),
        &["postal code {}", "code postal {}", "Postal code: {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("us-zip-plus-four", "US", world::zip_plus_four),
        &["ZIP {}", "ZIP code {}", "ZIP+4: {}"],
        ("", Nothing, Warn),
    ),
    id(
        ("pt-postal-code", "PT", world::portuguese_postcode),
        &["código postal {}", "Código Postal: {}", "com a morada {}"],
        ("", Nothing, Nothing),
    ),
    id(
        ("br-cep", "BR", world::cep),
        &["CEP {}", "CEP: {}", "CEP nº {}"],
        ("", Nothing, Warn),
    ),
];

/// The one number of the table that is only warned of when it is said.
pub(crate) const WARNED: Id = id(
    ("jp-postal-code", "JP", world::japanese_postcode),
    &["〒{}", "郵便番号 {}", "郵便番号：{}"],
    ("", Nothing, Nothing),
);

/// A number in its official groups. Sizes part what is written from the end, so that `-4` divides what has any length.
pub(crate) fn in_groups(number: &str, groups: &str) -> String {
    let mut sizes: Vec<(usize, char)> = Vec::new();
    let mut separator = ' ';
    for part in groups.split_inclusive([' ', '-', '.', '/']) {
        let size: usize = part.trim_end_matches([' ', '-', '.', '/']).parse().unwrap_or(0);
        sizes.push((size, separator));
        separator = part.chars().last().unwrap();
    }
    let (mut rest, mut written) = (number, String::new());
    for (size, before) in sizes.into_iter().skip(1).rev() {
        let (head, tail) = rest.split_at(rest.len() - size);
        written = format!("{before}{tail}{written}");
        rest = head;
    }
    rest.to_owned() + &written
}
