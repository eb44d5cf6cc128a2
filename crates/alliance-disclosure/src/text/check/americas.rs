//! The Americas.

use super::Check;
use super::sums::{digit, has_day, is_at, is_uniform, letter, luhn, number, weighed};

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("us-ssn", us_ssn),
    ("ca-sin", ca_sin),
    ("ca-on-health", ca_on_health),
    ("ca-bc-health", ca_bc_health),
    ("ca-qc-health", ca_qc_health),
    ("br-cpf", br_cpf),
    ("br-cns", br_cns),
    ("cl-rut", cl_rut),
    ("mx-curp", mx_curp),
];

/// No check digit: areas, groups and serials that were never issued.
fn us_ssn(code: &[u8]) -> bool {
    let area = number(code, 0, 3);
    area > 0 && area != 666 && area < 900 && number(code, 3, 5) > 0 && number(code, 5, 9) > 0
}

/// Numbers that begin with 0 or 8 are not given to persons.
fn ca_sin(code: &[u8]) -> bool {
    !matches!(digit(code, 0), 0 | 8) && luhn(code)
}

/// Ontario; two letters of the card's version may follow.
fn ca_on_health(code: &[u8]) -> bool {
    digit(code, 0) > 0 && code.get(..10).is_some_and(luhn)
}

fn ca_bc_health(code: &[u8]) -> bool {
    let check = (11 - weighed(code, &[0, 2, 4, 8, 5, 10, 9, 7, 3]) % 11) % 11;
    digit(code, 0) == 9 && check == digit(code, 9)
}

/// Québec: letters of the name, then the day of birth; women have 50 added to the month. The check digit's rule is not
/// published.
fn ca_qc_health(code: &[u8]) -> bool {
    has_day(code, (6, 8), &[0, 50])
}

fn br_cpf(code: &[u8]) -> bool {
    let check = |weights: &[i64]| weighed(code, weights) * 10 % 11 % 10;
    let first = check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    first == digit(code, 9) && second == digit(code, 10) && !is_uniform(code)
}

fn br_cns(code: &[u8]) -> bool {
    let weights: Vec<i64> = (1..=15).rev().collect();
    weighed(code, &weights) % 11 == 0
}

/// Seven or eight digits, then a check from 0 to 9 or K.
fn cl_rut(code: &[u8]) -> bool {
    let body = code.len().saturating_sub(1);
    let sum: i64 = (0..body)
        .rev()
        .zip([2, 3, 4, 5, 6, 7].into_iter().cycle())
        .map(|(place, weight)| weight * digit(code, place))
        .sum();
    is_at(code, body, (b"0123456789K0", 11 - sum % 11))
}

/// Each character counts its place in `0-9A-NÑO-Z`, so letters from O on count one more.
fn mx_curp(code: &[u8]) -> bool {
    let value = |place: usize| match letter(code, place) {
        0 => digit(code, place),
        letter @ 1..=14 => letter + 9,
        letter => letter + 10,
    };
    let sum: i64 = (0..17)
        .zip((2..=18).rev())
        .map(|(place, weight)| value(place) * weight)
        .sum();
    has_day(code, (6, 8), &[0]) && (10 - sum % 10) % 10 == digit(code, 17)
}
