//! Central, eastern and south-eastern Europe.

use super::Check;
use super::sums::{digit, has_day, iso_11_10, luhn, number, weighed};

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("cz-birth", cz_birth),
    ("pl-pesel", pl_pesel),
    ("hu-taj", hu_taj),
    ("ro-cnp", ro_cnp),
    ("bg-egn", bg_egn),
    ("hr-oib", hr_oib),
    ("jmbg", jmbg),
    ("gr-amka", gr_amka),
    ("ua-tax", ua_tax),
    ("ru-snils", ru_snils),
    ("tr-identity", tr_identity),
];

/// Czechia and Slovakia. Women have 50 added to the month, and 20 is added where a day's numbers ran out. Nine digits,
/// before 1954, have no check.
fn cz_birth(code: &[u8]) -> bool {
    let is_born = has_day(code, (2, 4), &[0, 20, 50, 70]);
    match code.len() {
        9 => is_born && number(code, 0, 2) < 54 && number(code, 6, 9) > 0,
        _ => is_born && number(code, 0, 9) % 11 % 10 == digit(code, 9),
    }
}

/// The century is added to the month.
fn pl_pesel(code: &[u8]) -> bool {
    let check = (10 - weighed(code, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    has_day(code, (2, 4), &[0, 20, 40, 60, 80]) && check == digit(code, 10)
}

fn hu_taj(code: &[u8]) -> bool {
    number(code, 0, 8) > 0 && weighed(code, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == digit(code, 8)
}

fn ro_cnp(code: &[u8]) -> bool {
    let check = match weighed(code, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    digit(code, 0) > 0 && has_day(code, (3, 5), &[0]) && check == digit(code, 12)
}

/// 20 or 40 is added to the month of those born before 1900 or after 1999.
fn bg_egn(code: &[u8]) -> bool {
    let check = weighed(code, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    has_day(code, (2, 4), &[0, 20, 40]) && check == digit(code, 9)
}

fn hr_oib(code: &[u8]) -> bool {
    iso_11_10(code)
}

/// The successors of Yugoslavia: day, month, three digits of the year, region, number, check.
fn jmbg(code: &[u8]) -> bool {
    let check = (11 - weighed(code, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    has_day(code, (2, 0), &[0]) && check == digit(code, 12)
}

fn gr_amka(code: &[u8]) -> bool {
    has_day(code, (2, 0), &[0]) && luhn(code)
}

fn ua_tax(code: &[u8]) -> bool {
    let check = weighed(code, &[-1, 5, 7, 9, 4, 6, 10, 5, 7]).rem_euclid(11) % 10;
    number(code, 0, 5) > 0 && check == digit(code, 9)
}

fn ru_snils(code: &[u8]) -> bool {
    let check = weighed(code, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    // Smaller numbers were issued without a check.
    number(code, 0, 9) > 1_001_998 && check == number(code, 9, 11)
}

fn tr_identity(code: &[u8]) -> bool {
    let tenth = weighed(code, &[7, -1, 7, -1, 7, -1, 7, -1, 7]).rem_euclid(10);
    let eleventh = weighed(code, &[1; 10]) % 10;
    digit(code, 0) > 0 && tenth == digit(code, 9) && eleventh == digit(code, 10)
}
