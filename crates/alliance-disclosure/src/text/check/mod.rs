//! The checks of identity numbers: named functions the table refers to.
//!
//! A check is given the number's letters and digits alone, in upper case, in one of the shapes its row names. It says
//! whether the number could have been issued: check digits, ranges, a day that exists. It never says whose it is.

mod africa_asia_pacific;
mod americas;
mod europe_east;
mod europe_north;
mod europe_west;
mod places;
mod sums;

/// Says whether a number in the shape of its row could have been issued.
pub(super) type Check = fn(&[u8]) -> bool;

/// The check of that name; none when no function has it.
pub(super) fn named(name: &str) -> Option<Check> {
    [
        europe_west::CHECKS,
        europe_north::CHECKS,
        europe_east::CHECKS,
        americas::CHECKS,
        africa_asia_pacific::CHECKS,
        places::CHECKS,
    ]
    .into_iter()
    .flatten()
    .find(|(known, _)| *known == name)
    .map(|(_, check)| *check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, code: &str, holds: bool) {
        let check = named(name).unwrap_or_else(|| panic!("no check is named {name}"));
        assert_eq!(check(code.as_bytes()), holds, "{name} {code}");
    }

    #[test]
    fn another_implementation_judges_the_same() {
        let vectors = include_str!("../../../tests/text/vectors.txt");
        for line in vectors.lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split(' ').collect();
            check(parts[0], parts[1], parts[2] == "yes");
        }
    }

    /// Numbers that their issuers or standards print as examples, for what the other implementation does not know.
    #[test]
    fn published_examples_hold() {
        for (name, code) in [
            ("gb-nhs", "9990000018"),
            ("gb-nino", "AB123456C"),
            ("de-health", "A123456780"),
            ("de-pension", "15070649C103"),
            ("lu-matricule", "1893120105732"),
            ("nz-nhi", "ZZZ0016"),
            ("nz-nhi", "ZZZ00AX"),
            ("nz-nhi", "ALU18KZ"),
            ("tw-id", "A123456789"),
            ("hk-id", "A1234563"),
            ("hk-id", "AB9876543"),
            ("sg-nric", "S1234567D"),
            ("sg-nric", "F1234567N"),
            ("au-medicare", "2123456701"),
            ("au-ihi", "8003608166690503"),
            ("ru-snils", "11223344595"),
            ("hu-taj", "111111110"),
            ("lv-personal", "16117519997"),
            ("us-ssn", "078051120"),
        ] {
            check(name, code, true);
        }
    }
}
