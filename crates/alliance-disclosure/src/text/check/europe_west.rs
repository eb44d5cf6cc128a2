//! Western Europe: Great Britain, Ireland, the Low Countries, France, Iberia, Italy, Germany, Austria, Switzerland.

use super::Check;
use super::sums::{digit, has_day, is_at, is_uniform, iso_11_10, letter, number, weighed};

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("gb-nhs", gb_nhs),
    ("gb-chi", gb_chi),
    ("gb-hsc", gb_hsc),
    ("gb-nino", gb_nino),
    ("ie-pps", ie_pps),
    ("nl-bsn", nl_bsn),
    ("be-national", be_national),
    ("lu-matricule", lu_matricule),
    ("fr-nir", fr_nir),
    ("es-dni", es_dni),
    ("pt-nif", pt_nif),
    ("it-fiscal", it_fiscal),
    ("de-tax", de_tax),
    ("de-health", de_health),
    ("de-pension", de_pension),
    ("at-insurance", at_insurance),
    ("ch-ahv", ch_ahv),
];

/// Ten digits, weights 10 to 2, modulo 11; a remainder that would need the digit 10 is never issued.
fn gb_ten(code: &[u8]) -> bool {
    let check = 11 - weighed(code, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check != 10 && check % 11 == digit(code, 9)
}

/// England, Wales and the Isle of Man. Numbers that begin with 999 are never issued and are what tests use; they count,
/// because whoever writes one means an NHS number.
fn gb_nhs(code: &[u8]) -> bool {
    let issued = matches!(number(code, 0, 9),
        400_000_000..=499_999_999 | 600_000_000..=708_800_001 | 999_000_000..=999_999_999);
    issued && gb_ten(code)
}

/// Scotland's Community Health Index begins with the day of birth.
fn gb_chi(code: &[u8]) -> bool {
    has_day(code, (2, 0), &[0]) && gb_ten(code)
}

/// Northern Ireland.
fn gb_hsc(code: &[u8]) -> bool {
    (320_000_001..=399_999_999).contains(&number(code, 0, 9)) && gb_ten(code)
}

/// No check digit: two letters of which some are never used, six digits, a letter from A to D.
fn gb_nino(code: &[u8]) -> bool {
    let never: [&[u8]; 7] = [b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"];
    !never.iter().any(|prefix| code.starts_with(prefix))
}

fn ie_pps(code: &[u8]) -> bool {
    // A second letter W stands for none.
    let second = letter(code, 8) % 23;
    let sum = weighed(code, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    sum % 23 == letter(code, 7) % 23
}

fn nl_bsn(code: &[u8]) -> bool {
    weighed(code, &[9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0 && !is_uniform(code)
}

/// For people born from 2000 on, a 2 stands before the nine digits when the check is computed.
fn be_national(code: &[u8]) -> bool {
    let (body, check) = (number(code, 0, 9), number(code, 9, 11));
    let month = number(code, 2, 4) % 20;
    let is_checked = [body, 2_000_000_000 + body].iter().any(|body| 97 - body % 97 == check);
    is_checked && month <= 12 && number(code, 4, 6) <= 31
}

/// Two check digits: Luhn's and Verhoeff's, both over the first eleven.
fn lu_matricule(code: &[u8]) -> bool {
    let (Some(body), Some(luhn_part)) = (code.get(..11), code.get(..12)) else {
        return false;
    };
    let mut verhoeff_part = body.to_vec();
    verhoeff_part.extend(code.get(12));
    let born = (1_850..2_100).contains(&number(code, 0, 4)) && has_day(code, (4, 6), &[0]);
    born && super::sums::luhn(luhn_part) && super::sums::verhoeff(&verhoeff_part)
}

/// Corsica's departments 2A and 2B count as 19 and 18.
fn fr_nir(code: &[u8]) -> bool {
    let mut digits = code.to_vec();
    if let (Some(department), Some(letter)) = (digits.get_mut(5..7), code.get(6)) {
        match letter {
            b'A' => department.copy_from_slice(b"19"),
            b'B' => department.copy_from_slice(b"18"),
            _ => {}
        }
    }
    let month = number(code, 3, 5);
    let is_month = matches!(month, 1..=12 | 20..=42 | 50..=99);
    is_month && 97 - number(&digits, 0, 13) % 97 == number(code, 13, 15)
}

/// DNI, and NIE whose X, Y or Z counts as 0, 1 or 2.
fn es_dni(code: &[u8]) -> bool {
    let first = match code.first() {
        Some(b'Y') => 1,
        Some(b'Z') => 2,
        _ => digit(code, 0),
    };
    let body = first * 10_000_000 + number(code, 1, 8);
    is_at(code, 8, (b"TRWAGMYFPDXBNJZSQVHLCKE", body % 23))
}

/// Numbers of persons begin with 1, 2, 3 or 45; the others are organisations'.
fn pt_nif(code: &[u8]) -> bool {
    let is_person = matches!(digit(code, 0), 1..=3) || number(code, 0, 2) == 45;
    let check = match 11 - weighed(code, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 | 11 => 0,
        check => check,
    };
    is_person && check == digit(code, 8) && !is_uniform(code)
}

/// What characters at odd places count, first A to Z; digits count as A to J.
const IT_ODD: [i64; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

fn it_fiscal(code: &[u8]) -> bool {
    let value = |place: usize| letter(code, place).max(1) - 1 + digit(code, place);
    let sum: i64 = (0..15)
        .map(|place| match place % 2 {
            0 => usize::try_from(value(place))
                .ok()
                .and_then(|value| IT_ODD.get(value))
                .copied()
                .unwrap_or(0),
            _ => value(place),
        })
        .sum();
    sum % 26 == letter(code, 15) - 1
}

/// Of the first ten digits exactly one stands more than once, and no more than three times.
fn de_tax(code: &[u8]) -> bool {
    let mut times = [0_usize; 10];
    for place in 0..10 {
        if let Some(times) = usize::try_from(digit(code, place))
            .ok()
            .and_then(|value| times.get_mut(value))
        {
            *times += 1;
        }
    }
    let repeated: Vec<usize> = times.into_iter().filter(|times| *times > 1).collect();
    matches!(repeated.as_slice(), [2 | 3]) && iso_11_10(code)
}

/// The sum of the digits of each product, weights given, over digits in which the letter stands as two.
fn cross_sum(digits: &[u8], weights: &[i64]) -> i64 {
    weights
        .iter()
        .enumerate()
        .map(|(place, weight)| weight * digit(digits, place))
        .map(|product| product / 10 + product % 10)
        .sum()
}

/// The code with the letter at `place` written as its two digits.
fn spelt(code: &[u8], place: usize) -> Vec<u8> {
    let value = format!("{:02}", letter(code, place));
    let mut digits = code.to_vec();
    if place < digits.len() {
        digits.splice(place..=place, value.bytes());
    }
    digits
}

fn de_health(code: &[u8]) -> bool {
    cross_sum(&spelt(code, 0), &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 == digit(code, 9)
}

fn de_pension(code: &[u8]) -> bool {
    let sum = cross_sum(&spelt(code, 8), &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
    (2..=89).contains(&number(code, 0, 2)) && has_day(code, (4, 2), &[0]) && sum % 10 == digit(code, 11)
}

/// The fourth digit checks the others; months 13 to 15 are used where a day's numbers ran out.
fn at_insurance(code: &[u8]) -> bool {
    let (day, month) = (number(code, 4, 6), number(code, 6, 8));
    let is_born = (1..=31).contains(&day) && (1..=15).contains(&month);
    digit(code, 0) > 0 && is_born && weighed(code, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == digit(code, 3)
}

fn ch_ahv(code: &[u8]) -> bool {
    let sum = weighed(code, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    code.starts_with(b"756") && (10 - sum % 10) % 10 == digit(code, 12)
}
