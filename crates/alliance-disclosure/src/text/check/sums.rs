//! Arithmetic that checks of several countries share. Never knows a country.

/// The digit at a place; zero for a letter and beyond the end, which no shape lets happen.
pub(super) fn digit(code: &[u8], place: usize) -> i64 {
    match code.get(place) {
        Some(byte @ b'0'..=b'9') => i64::from(byte - b'0'),
        _ => 0,
    }
}

/// The number that the digits from `from` up to and without `to` write.
pub(super) fn number(code: &[u8], from: usize, to: usize) -> i64 {
    (from..to).fold(0, |number, place| number * 10 + digit(code, place))
}

/// The sum of the first digits, each times its weight.
pub(super) fn weighed(code: &[u8], weights: &[i64]) -> i64 {
    weights
        .iter()
        .enumerate()
        .map(|(place, weight)| weight * digit(code, place))
        .sum()
}

/// A letter's place in the alphabet, A = 1; zero for anything else.
pub(super) fn letter(code: &[u8], place: usize) -> i64 {
    match code.get(place) {
        Some(byte @ b'A'..=b'Z') => i64::from(byte - b'A') + 1,
        _ => 0,
    }
}

/// Whether the byte at a place is the one that an alphabet of check characters has at `index`.
pub(super) fn is_at(code: &[u8], place: usize, (alphabet, index): (&[u8], i64)) -> bool {
    let wanted = usize::try_from(index).ok().and_then(|index| alphabet.get(index));
    wanted.is_some() && wanted == code.get(place)
}

/// ISO/IEC 7812-1, annex B: every second digit from the right is doubled.
pub(super) fn luhn(code: &[u8]) -> bool {
    let sum: i64 = (0..code.len())
        .rev()
        .enumerate()
        .map(|(from_right, place)| match (from_right % 2, digit(code, place)) {
            (1, value) if value > 4 => value * 2 - 9,
            (1, value) => value * 2,
            (_, value) => value,
        })
        .sum();
    sum % 10 == 0 && !is_uniform(code)
}

/// ISO/IEC 7064, MOD 11,10: the last digit checks all others.
pub(super) fn iso_11_10(code: &[u8]) -> bool {
    let body = code.len().saturating_sub(1);
    let product = (0..body).fold(10, |product, place| {
        let sum = match (digit(code, place) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10 == digit(code, body)
}

const VERHOEFF_PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// The first turn of a digit; a digit at a place is turned as often as the place says.
const VERHOEFF_TURN: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Verhoeff's check over the dihedral group of the pentagon.
pub(super) fn verhoeff(code: &[u8]) -> bool {
    let mut state = 0_u8;
    for (from_right, byte) in code.iter().rev().enumerate() {
        let mut value = byte.wrapping_sub(b'0') % 10;
        for _ in 0..from_right % 8 {
            value = VERHOEFF_TURN[usize::from(value)];
        }
        state = VERHOEFF_PRODUCT[usize::from(state)][usize::from(value)];
    }
    state == 0
}

/// Whether all characters are the same: what people type who have no number.
pub(super) fn is_uniform(code: &[u8]) -> bool {
    code.windows(2).all(|pair| pair.first() == pair.last())
}

/// Whether the month has that day. Years are of two digits in most numbers, so February always has 29.
pub(super) fn is_day(month: i64, day: i64) -> bool {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Whether the two digits at `month` and those at `day` are a day, months counted after `added` is taken off.
pub(super) fn has_day(code: &[u8], (month, day): (usize, usize), added: &[i64]) -> bool {
    let (month, day) = (number(code, month, month + 2), number(code, day, day + 2));
    added.iter().any(|added| is_day(month - added, day))
}
