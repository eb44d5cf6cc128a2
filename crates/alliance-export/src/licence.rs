//! Where the texts of licences stand. The code list of licences names them; this says nothing about what they allow.

use alliance_record::schema::vocabulary;

/// (code of `licence`, SPDX identifier or empty, address of its text).
const LICENCES: [(&str, &str, &str); 6] = [
    ("CC-BY-4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    (
        "CC0-1.0",
        "CC0-1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    (
        "CC-BY-SA-4.0",
        "CC-BY-SA-4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    (
        "CC-BY-NC-4.0",
        "CC-BY-NC-4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    (
        "CC-BY-NC-SA-4.0",
        "CC-BY-NC-SA-4.0",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    ),
    (
        "OGL-UK-3.0",
        "OGL-UK-3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
];

/// Not a licence: the record may be linked to and not copied.
#[cfg(test)]
const LINK_ONLY: &str = "link-only";

/// The address of a licence's text, by the licence's code; `None` for `link-only` and codes from newer nodes.
#[must_use]
pub fn url(code: &str) -> Option<&'static str> {
    find(code).map(|(_, _, url)| *url)
}

/// The SPDX identifier; `None` as [`url`] gives it.
pub(crate) fn spdx(code: &str) -> Option<&'static str> {
    find(code).map(|(_, spdx, _)| *spdx)
}

/// The code as the list of licences has it; `None` for codes from newer nodes.
pub(crate) fn listed(code: &str) -> Option<&'static str> {
    let mut list = vocabulary("licence").into_iter().flatten();
    list.find(|known| known.code == code).map(|known| known.code.as_str())
}

fn find(code: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    LICENCES.iter().find(|(known, ..)| *known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_licence_of_the_code_list_has_an_address() {
        for code in vocabulary("licence").unwrap() {
            assert_eq!(url(&code.code).is_some(), code.code != LINK_ONLY, "{}", code.code);
            assert_eq!(listed(&code.code), Some(code.code.as_str()));
            assert_eq!(spdx(&code.code).is_some(), code.code != LINK_ONLY, "{}", code.code);
        }
        assert_eq!((url("CC-BY-9.0"), listed("CC-BY-9.0")), (None, None));
    }
}
