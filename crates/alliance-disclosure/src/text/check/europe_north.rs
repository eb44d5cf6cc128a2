//! Northern Europe and the Baltic states.

use super::Check;
use super::sums::{digit, has_day, is_at, luhn, number, weighed};

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("se-personal", se_personal),
    ("dk-cpr", dk_cpr),
    ("no-birth", no_birth),
    ("fi-personal", fi_personal),
    ("is-kennitala", is_kennitala),
    ("baltic-personal", baltic_personal),
    ("lv-personal", lv_personal),
];

/// Ten digits, or twelve with the century. A coordination number has 60 added to its day.
fn se_personal(code: &[u8]) -> bool {
    let short = code.get(code.len().saturating_sub(10)..).unwrap_or_default();
    let day = number(short, 4, 6);
    let is_born = super::sums::is_day(number(short, 2, 4), if day > 60 { day - 60 } else { day });
    is_born && luhn(short)
}

/// Since 2007 numbers are issued whose check digit does not hold: only the day can be judged.
fn dk_cpr(code: &[u8]) -> bool {
    has_day(code, (2, 0), &[0])
}

/// 40 is added to the day of numbers given to visitors; 40 or 80 to the month of made-up ones, which tests use.
fn no_birth(code: &[u8]) -> bool {
    let day = number(code, 0, 2) % 40;
    let month = number(code, 2, 4);
    let is_born = [0, 40, 80].iter().any(|added| super::sums::is_day(month - added, day));
    let check = |weights: &[i64]| (11 - weighed(code, weights) % 11) % 11;
    let first = check(&[3, 7, 6, 1, 8, 9, 4, 5, 2]);
    let second = check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    is_born && first == digit(code, 9) && second == digit(code, 10)
}

/// A letter may stand for the century between the day of birth and the last four.
fn fi_personal(code: &[u8]) -> bool {
    let body: Vec<u8> = code
        .iter()
        .copied()
        .enumerate()
        .filter(|(place, _)| *place != 6 || code.len() == 10)
        .map(|(_, byte)| byte)
        .collect();
    let is_checked = is_at(&body, 9, (b"0123456789ABCDEFHJKLMNPRSTUVWXY", number(&body, 0, 9) % 31));
    has_day(&body, (2, 0), &[0]) && is_checked
}

fn is_kennitala(code: &[u8]) -> bool {
    let check = (11 - weighed(code, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    has_day(code, (2, 0), &[0]) && check == digit(code, 8)
}

/// Estonia and Lithuania: a second row of weights where the first leaves 10.
fn baltic_personal(code: &[u8]) -> bool {
    let check = match weighed(code, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => weighed(code, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        check => check,
    };
    (1..=8).contains(&digit(code, 0)) && has_day(code, (3, 5), &[0]) && check == digit(code, 10)
}

/// Numbers issued from 2017 on begin with 32 and say nothing of birth.
fn lv_personal(code: &[u8]) -> bool {
    let check = (1_101 - weighed(code, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 % 10;
    code.starts_with(b"32") || (has_day(code, (2, 0), &[0]) && check == digit(code, 10))
}
