//! Africa, Asia, Australia and the Pacific.

use super::Check;
use super::sums::{digit, has_day, is_at, is_uniform, letter, luhn, number, verhoeff, weighed};

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("au-medicare", au_medicare),
    ("au-tfn", au_tfn),
    ("au-ihi", au_ihi),
    ("nz-nhi", nz_nhi),
    ("in-aadhaar", in_aadhaar),
    ("za-id", za_id),
    ("il-id", il_id),
    ("jp-my-number", jp_my_number),
    ("kr-rrn", kr_rrn),
    ("th-id", th_id),
    ("cn-id", cn_id),
    ("tw-id", tw_id),
    ("hk-id", hk_id),
    ("sg-nric", sg_nric),
    ("my-kad", my_kad),
    ("id-nik", id_nik),
];

/// The ninth digit checks the first eight; the tenth counts cards and an eleventh the people on one.
fn au_medicare(code: &[u8]) -> bool {
    let check = weighed(code, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    (2..=6).contains(&digit(code, 0)) && check == digit(code, 8) && digit(code, 9) > 0
}

fn au_tfn(code: &[u8]) -> bool {
    weighed(code, &[1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0 && !is_uniform(code)
}

/// Individual Healthcare Identifiers begin with 800360.
fn au_ihi(code: &[u8]) -> bool {
    code.starts_with(b"800360") && luhn(code)
}

/// What a letter counts in New Zealand's number, which has no I and no O.
fn nz_letter(code: &[u8], place: usize) -> i64 {
    match letter(code, place) {
        letter @ 0..=8 => letter,
        letter @ 9..=14 => letter - 1,
        letter => letter - 2,
    }
}

/// The older form ends with a digit, the newer one (HISO 10046:2023) with two letters.
fn nz_nhi(code: &[u8]) -> bool {
    let sum: i64 = (0..6)
        .zip([7, 6, 5, 4, 3, 2])
        .map(|(place, weight)| weight * (nz_letter(code, place) + digit(code, place)))
        .sum();
    match code.get(6) {
        Some(b'0'..=b'9') => sum % 11 != 0 && (11 - sum % 11) % 10 == digit(code, 6),
        _ => 24 - sum % 24 == nz_letter(code, 6),
    }
}

fn in_aadhaar(code: &[u8]) -> bool {
    digit(code, 0) > 1 && verhoeff(code)
}

fn za_id(code: &[u8]) -> bool {
    has_day(code, (2, 4), &[0]) && digit(code, 10) < 3 && luhn(code)
}

fn il_id(code: &[u8]) -> bool {
    luhn(code)
}

fn jp_my_number(code: &[u8]) -> bool {
    let check = match weighed(code, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    check == digit(code, 11) && !is_uniform(code)
}

/// From October 2020 on the last six digits are drawn by lot: only the day and the digit of sex and century are sure.
fn kr_rrn(code: &[u8]) -> bool {
    has_day(code, (2, 4), &[0])
}

fn th_id(code: &[u8]) -> bool {
    let weights: Vec<i64> = (2..=13).rev().collect();
    (11 - weighed(code, &weights) % 11) % 10 == digit(code, 12)
}

fn cn_id(code: &[u8]) -> bool {
    let sum = weighed(code, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let born = (1_850..2_100).contains(&number(code, 6, 10)) && has_day(code, (10, 12), &[0]);
    born && is_at(code, 17, (b"10X98765432", sum % 11))
}

/// What the letter of a place counts in Taiwan, A to Z.
const TW_LETTERS: [i64; 26] = [
    10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
];

fn tw_id(code: &[u8]) -> bool {
    let place = usize::try_from(letter(code, 0) - 1).ok();
    let first = place.and_then(|place| TW_LETTERS.get(place)).copied().unwrap_or(0);
    let sum = first / 10 + first % 10 * 9 + weighed(code, &[0, 8, 7, 6, 5, 4, 3, 2, 1, 1]);
    sum % 10 == 0
}

/// One or two letters, six digits, a check in brackets; A counts 10, a missing first letter 36.
fn hk_id(code: &[u8]) -> bool {
    let letters = code.len().saturating_sub(7);
    let first = if letters == 2 { letter(code, 0) + 9 } else { 36 };
    let second = letter(code, letters.saturating_sub(1)) + 9;
    let digits = code.get(letters..).unwrap_or_default();
    let check = if digits.last() == Some(&b'A') {
        10
    } else {
        digit(digits, 6)
    };
    (9 * first + 8 * second + weighed(digits, &[7, 6, 5, 4, 3, 2]) + check) % 11 == 0
}

fn sg_nric(code: &[u8]) -> bool {
    let sum = weighed(code, &[0, 2, 7, 6, 5, 4, 3, 2]);
    let (added, alphabet): (i64, &[u8]) = match code.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        _ => (3, b"KLJNPQRTUWX"),
    };
    let rest = (sum + added) % 11;
    is_at(
        code,
        8,
        (alphabet, if code.first() == Some(&b'M') { 10 - rest } else { rest }),
    ) || (code.first() == Some(&b'M') && is_at(code, 8, (b"XWUTRQPNJLK", rest)))
}

/// No check digit: the day of birth and the code of a place.
fn my_kad(code: &[u8]) -> bool {
    let place = number(code, 6, 8);
    has_day(code, (2, 4), &[0]) && place > 0 && !matches!(place, 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97)
}

/// The day of birth stands from the seventh digit on; women have 40 added to the day.
fn id_nik(code: &[u8]) -> bool {
    let day = number(code, 6, 8) % 40;
    let province = number(code, 0, 2);
    super::sums::is_day(number(code, 8, 10), day) && (11..=96).contains(&province) && number(code, 12, 16) > 0
}
