//! Congruences that numbers satisfy, written over the whole number with its check: not how the scanner computes them.

pub(crate) fn values(number: &str) -> Vec<i64> {
    number
        .chars()
        .map(|sign| match sign {
            '0'..='9' => i64::from(u32::from(sign) - 48),
            _ => i64::from(u32::from(sign.to_ascii_uppercase()) - 55),
        })
        .collect()
}

/// The weighed sum of all digits, check included, modulo.
pub(crate) fn residue(number: &str, weights: &[i64], modulus: i64) -> i64 {
    assert_eq!(number.len(), weights.len(), "{number}");
    let sum: i64 = values(number)
        .iter()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    sum.rem_euclid(modulus)
}

pub(crate) fn value_of(number: &str) -> u64 {
    number.parse().unwrap()
}

/// By the table of doubled digits.
pub(crate) fn luhn(number: &str) -> bool {
    const DOUBLED: [i64; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let values = values(number);
    let parity = values.len() % 2;
    let sum: i64 = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            if at % 2 == parity {
                DOUBLED[*value as usize]
            } else {
                *value
            }
        })
        .sum();
    sum % 10 == 0
}

/// In the dihedral group computed, not looked up: rotations 0 to 4, reflections 5 to 9.
pub(crate) fn verhoeff(number: &str) -> bool {
    let product = |a: i64, b: i64| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 - b).rem_euclid(5) + 5,
        (false, false) => (a - b).rem_euclid(5),
    };
    let turn = |value: i64, times: usize| {
        (0..times).fold(value, |value, _| match value {
            0 => 1,
            1 => 5,
            5 => 8,
            8 => 9,
            9 => 4,
            4 => 2,
            2 => 7,
            7 => 0,
            3 => 6,
            _ => 3,
        })
    };
    values(number)
        .iter()
        .rev()
        .enumerate()
        .fold(0, |state, (at, value)| product(state, turn(*value, at % 8)))
        == 0
}

/// ISO/IEC 7064 MOD 11,10, as the standard words it: the last step must leave 1.
pub(crate) fn hybrid_11_10(number: &str) -> bool {
    let values = values(number);
    let (last, body) = values.split_last().unwrap();
    let mut carried = 10;
    for value in body {
        let sum = carried + value;
        let reduced = if sum % 10 == 0 { 10 } else { sum % 10 };
        carried = (reduced * 2) % 11;
    }
    (carried + last) % 10 == 1
}

/// Sum of decimal digits.
pub(crate) fn cross(number: i64) -> i64 {
    number.to_string().bytes().map(|digit| i64::from(digit - 48)).sum()
}
