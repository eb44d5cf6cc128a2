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
    /// Groups it is officially written in, with what stands between them; empty when it is written in one piece.
    pub(crate) grouped: &'static str,
    pub(crate) when_grouped: Unsaid,
    pub(crate) when_alone: Unsaid,
}

const fn id(
    (detector, country, make): (&'static str, &'static str, fn(&mut Chance) -> String),
    (grouped, when_grouped, when_alone): (&'static str, Unsaid, Unsaid),
) -> Id {
    Id {
        detector,
        country,
        make,
        grouped,
        when_grouped,
        when_alone,
    }
}

use Unsaid::{Block, Nothing, Warn};

pub(crate) const NUMBERS: &[Id] = &[
    id(("gb-nhs-number", "GB", eu::nhs), ("3 3 4", Block, Nothing)),
    id(("gb-chi-number", "GB", eu::chi), ("", Nothing, Nothing)),
    id(("gb-hsc-number", "GB", eu::hsc), ("3 3 4", Block, Nothing)),
    id(("gb-national-insurance", "GB", eu::nino), ("2 2 2 2 1", Block, Warn)),
    id(("ie-pps-number", "IE", eu::pps), ("", Nothing, Warn)),
    id(("nl-bsn", "NL", eu::bsn), ("", Nothing, Nothing)),
    id(("be-national-number", "BE", eu::belgian), ("2.2.2-3.2", Block, Nothing)),
    id(("lu-matricule", "LU", eu::luxembourg), ("", Nothing, Warn)),
    id(("fr-nir", "FR", eu::nir), ("1 2 2 2 3 3 2", Block, Warn)),
    id(("de-tax-id", "DE", eu::german_tax), ("", Nothing, Nothing)),
    id(("de-health-insurance", "DE", eu::german_health), ("", Nothing, Warn)),
    id(
        ("de-pension-insurance", "DE", eu::german_pension),
        ("2 6 1 3", Block, Warn),
    ),
    id(("at-insurance-number", "AT", eu::austrian), ("4 6", Block, Nothing)),
    id(("ch-ahv-number", "CH", eu::swiss), ("3.4.4.2", Block, Nothing)),
    id(("es-dni-nie", "ES", eu::spanish), ("", Nothing, Warn)),
    id(("pt-nif", "PT", eu::portuguese), ("", Nothing, Nothing)),
    id(("it-codice-fiscale", "IT", eu::italian), ("6 5 5", Nothing, Block)),
    id(("gr-amka", "GR", eu::greek), ("", Nothing, Nothing)),
    id(("tr-identity-number", "TR", eu::turkish), ("", Nothing, Nothing)),
    id(("se-personal-number", "SE", eu::swedish), ("-4", Block, Nothing)),
    id(("dk-cpr-number", "DK", eu::danish), ("6-4", Warn, Nothing)),
    id(("no-birth-number", "NO", eu::norwegian), ("6 5", Block, Nothing)),
    id(("fi-personal-code", "FI", eu::finnish), ("", Nothing, Block)),
    id(("is-kennitala", "IS", eu::icelandic), ("6-4", Block, Nothing)),
    id(("ee-personal-code", "EE", eu::baltic), ("", Nothing, Nothing)),
    id(("lt-personal-code", "LT", eu::baltic), ("", Nothing, Nothing)),
    id(("lv-personal-code", "LV", eu::latvian), ("6-5", Block, Nothing)),
    id(("cz-sk-birth-number", "CZ", eu::czech), ("6/4", Block, Nothing)),
    id(("pl-pesel", "PL", eu::polish), ("", Nothing, Nothing)),
    id(("hu-taj-number", "HU", eu::hungarian), ("", Nothing, Nothing)),
    id(("ro-cnp", "RO", eu::romanian), ("", Nothing, Warn)),
    id(("bg-egn", "BG", eu::bulgarian), ("", Nothing, Nothing)),
    id(("hr-oib", "HR", eu::croatian), ("", Nothing, Nothing)),
    id(("jmbg", "SI", eu::yugoslav), ("", Nothing, Warn)),
    id(("ua-tax-number", "UA", eu::ukrainian), ("", Nothing, Nothing)),
    id(("ru-snils", "RU", eu::snils), ("3-3-3 2", Block, Nothing)),
    id(("us-ssn", "US", world::ssn), ("3-2-4", Block, Nothing)),
    id(("us-medicare-beneficiary", "US", world::mbi), ("4-3-4", Block, Warn)),
    id(("ca-sin", "CA", world::sin), ("", Nothing, Nothing)),
    id(("ca-on-health-card", "CA", world::ohip), ("", Nothing, Nothing)),
    id(("ca-bc-health-number", "CA", world::phn), ("", Nothing, Nothing)),
    id(("ca-qc-health-insurance", "CA", world::ramq), ("4 4 4", Block, Warn)),
    id(("br-cpf", "BR", world::cpf), ("3.3.3-2", Block, Nothing)),
    id(("br-cns", "BR", world::cns), ("3 4 4 4", Block, Nothing)),
    id(("cl-rut", "CL", world::rut), (".3.3-1", Block, Nothing)),
    id(("mx-curp", "MX", world::curp), ("", Nothing, Block)),
    id(("au-medicare", "AU", world::medicare), ("4 5 1", Block, Nothing)),
    id(("au-tax-file-number", "AU", world::tfn), ("", Nothing, Nothing)),
    id(
        ("au-healthcare-identifier", "AU", world::ihi),
        ("4 4 4 4", Block, Block),
    ),
    id(("nz-nhi", "NZ", world::nhi), ("", Nothing, Nothing)),
    id(("in-aadhaar", "IN", world::aadhaar), ("4 4 4", Warn, Nothing)),
    id(("za-identity-number", "ZA", world::south_african), ("", Nothing, Warn)),
    id(("il-identity-number", "IL", world::israeli), ("", Nothing, Nothing)),
    id(("jp-my-number", "JP", world::my_number), ("", Nothing, Nothing)),
    id(("kr-resident-number", "KR", world::korean), ("6-7", Block, Nothing)),
    id(("th-identity-number", "TH", world::thai), ("1 4 5 2 1", Block, Nothing)),
    id(("cn-resident-id", "CN", world::chinese), ("", Nothing, Block)),
    id(("tw-identity-number", "TW", world::taiwanese), ("", Nothing, Warn)),
    id(("hk-identity-card", "HK", world::hong_kong), ("", Nothing, Nothing)),
    id(("sg-nric", "SG", world::singaporean), ("", Nothing, Warn)),
    id(("my-kad", "MY", world::malaysian), ("6-2-4", Block, Nothing)),
    id(("id-nik", "ID", world::indonesian), ("", Nothing, Nothing)),
    id(("gb-postcode", "GB", world::gb_postcode), ("", Nothing, Warn)),
    id(("ie-eircode", "IE", world::eircode), ("", Nothing, Warn)),
    id(("nl-postcode", "NL", world::nl_postcode), ("", Nothing, Warn)),
    id(("ca-postal-code", "CA", world::canadian_postcode), ("", Nothing, Warn)),
    id(("us-zip-plus-four", "US", world::zip_plus_four), ("", Nothing, Warn)),
    id(
        ("pt-postal-code", "PT", world::portuguese_postcode),
        ("", Nothing, Nothing),
    ),
    id(("br-cep", "BR", world::cep), ("", Nothing, Warn)),
];

/// The one number of the table that is only warned of when it is said.
pub(crate) const WARNED: Id = id(
    ("jp-postal-code", "JP", world::japanese_postcode),
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
