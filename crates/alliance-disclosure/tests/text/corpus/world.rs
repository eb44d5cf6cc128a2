//! Made-up identity numbers from beyond Europe, and postcodes.

use super::sums::{luhn, residue, value_of, values, verhoeff};
use crate::chance::Chance;

pub(crate) fn ssn(c: &mut Chance) -> String {
    let area = c.any(&["078", "219", "457", "512", "601", "733", "889"]);
    format!("{area}{:02}{:04}", c.within(1, 99), c.within(1, 9_999))
}

pub(crate) fn mbi(c: &mut Chance) -> String {
    let letters = "ACDEFGHJKMNPQRTUVWXY";
    let (l, d) = (|c: &mut Chance| c.letters(1, letters), |c: &mut Chance| c.digits(1));
    let parts = [
        c.within(1, 9).to_string(),
        l(c),
        d(c),
        d(c),
        l(c),
        d(c),
        d(c),
        l(c),
        l(c),
        d(c),
        d(c),
    ];
    parts.concat()
}

pub(crate) fn sin(c: &mut Chance) -> String {
    c.until(|c| format!("{}{}", c.within(1, 7), c.digits(8)), luhn)
}

pub(crate) fn ohip(c: &mut Chance) -> String {
    let number = c.until(|c| format!("{}{}", c.within(1, 9), c.digits(9)), luhn);
    if c.one_in(2) {
        number + &c.letters(2, "ABCDEFGHJKLMNPRSTVWXY")
    } else {
        number
    }
}

pub(crate) fn phn(c: &mut Chance) -> String {
    c.until(
        |c| format!("9{}", c.digits(9)),
        |n| residue(n, &[0, 2, 4, 8, 5, 10, 9, 7, 3, 1], 11) == 0,
    )
}

pub(crate) fn ramq(c: &mut Chance) -> String {
    let (year, month, day) = c.born();
    let month = if c.one_in(2) { month } else { month + 50 };
    format!(
        "{}{:02}{month:02}{day:02}{}",
        c.letters(4, "ABCDEGLMNPRST"),
        year % 100,
        c.digits(2)
    )
}

pub(crate) fn cpf(c: &mut Chance) -> String {
    let ten_times = |n: &str, first: i64| {
        let weights: Vec<i64> = (2..=first).rev().collect();
        residue(n, &weights, 1_000_000) * 10 % 11 % 10
    };
    let body = c.digits(9);
    let one = format!("{body}{}", ten_times(&body, 10));
    format!("{one}{}", ten_times(&one, 11))
}

pub(crate) fn cns(c: &mut Chance) -> String {
    let weights: Vec<i64> = (1..=15).rev().collect();
    c.until(
        |c| format!("{}{}", c.any(&["1", "2", "7", "8"]), c.digits(14)),
        |n| residue(n, &weights, 11) == 0,
    )
}

pub(crate) fn rut(c: &mut Chance) -> String {
    let body = c.within(5_000_000, 26_000_000).to_string();
    let weights = [2, 3, 4, 5, 6, 7, 2, 3];
    let sum: i64 = values(&body)
        .iter()
        .rev()
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    let check = (0..=10).find(|check| (sum + check) % 11 == 0).unwrap();
    format!("{body}{}", if check == 10 { "K".to_owned() } else { check.to_string() })
}

pub(crate) fn curp(c: &mut Chance) -> String {
    let body = format!(
        "{}{}{}{}{}{}{}{}",
        c.letters(1, "BCDGLMPRST"),
        c.letters(1, "AEIO"),
        c.letters(2, "BCDGLMPRST"),
        c.yymmdd(),
        c.letters(1, "HM"),
        c.any(&["DF", "JC", "NL", "MC", "PL"]),
        c.letters(3, "BCDFGLMNRST"),
        c.digits(1),
    );
    let alphabet: Vec<char> = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ".chars().collect();
    let place = |sign: char| alphabet.iter().position(|other| *other == sign).unwrap();
    let sum: usize = body.chars().enumerate().map(|(at, sign)| place(sign) * (18 - at)).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

pub(crate) fn medicare(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}", c.within(2, 6), c.digits(8), c.within(1, 9)),
        |n| residue(n, &[1, 3, 7, 9, 1, 3, 7, 9, -1, 0], 10) == 0,
    )
}

pub(crate) fn tfn(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 9), c.digits(8)),
        |n| residue(n, &[1, 4, 3, 7, 5, 8, 6, 9, 10], 11) == 0,
    )
}

pub(crate) fn ihi(c: &mut Chance) -> String {
    c.until(|c| format!("800360{}", c.digits(10)), luhn)
}

pub(crate) fn nhi(c: &mut Chance) -> String {
    let alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let is_new = c.one_in(2);
    c.until(
        |c| {
            let start = c.letters(3, alphabet);
            if is_new {
                format!("{start}{}{}", c.digits(2), c.letters(2, alphabet))
            } else {
                start + &c.digits(4)
            }
        },
        |n| {
            let value = |sign: char| alphabet.find(sign).map_or_else(|| sign as i64 - 48, |at| at as i64 + 1);
            let sum: i64 = n
                .chars()
                .zip([7, 6, 5, 4, 3, 2])
                .map(|(sign, weight)| value(sign) * weight)
                .sum();
            let last = value(n.chars().last().unwrap());
            if is_new {
                (sum + last) % 24 == 0
            } else {
                sum % 11 > 1 && (sum + last) % 11 == 0
            }
        },
    )
}

pub(crate) fn aadhaar(c: &mut Chance) -> String {
    c.until(|c| format!("{}{}", c.within(2, 9), c.digits(11)), verhoeff)
}

pub(crate) fn south_african(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}8{}", c.yymmdd(), c.digits(4), c.within(0, 1), c.digits(1)),
        luhn,
    )
}

pub(crate) fn israeli(c: &mut Chance) -> String {
    c.until(|c| c.digits(9), luhn)
}

pub(crate) fn my_number(c: &mut Chance) -> String {
    c.until(
        |c| c.digits(12),
        |n| residue(n, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0,
    )
}

pub(crate) fn korean(c: &mut Chance) -> String {
    format!("{}{}{}", c.yymmdd(), c.within(1, 4), c.digits(6))
}

pub(crate) fn thai(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 8), c.digits(12)),
        |n| {
            let rest = residue(&n[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 11);
            (rest + values(n)[12]) % 10 == 1
        },
    )
}

pub(crate) fn chinese(c: &mut Chance) -> String {
    let (year, month, day) = c.born();
    let body = format!(
        "{}{year}{month:02}{day:02}{}",
        c.any(&["110101", "310104", "440103"]),
        c.digits(3)
    );
    // Powers of two modulo 11, from the check digit's place on.
    let sum: u64 = values(&body)
        .iter()
        .enumerate()
        .map(|(at, value)| *value as u64 * (1 << (17 - at)))
        .sum();
    let check = (0..=10).find(|check| (sum + check) % 11 == 1).unwrap();
    format!("{body}{}", if check == 10 { "X".to_owned() } else { check.to_string() })
}

pub(crate) fn taiwanese(c: &mut Chance) -> String {
    let codes = [
        ("A", 10),
        ("B", 11),
        ("C", 12),
        ("F", 15),
        ("H", 17),
        ("I", 34),
        ("W", 32),
        ("Z", 33),
    ];
    let (letter, code) = codes[c.next() as usize % codes.len()];
    let digits = c.until(
        |c| format!("{code}{}{}", c.within(1, 2), c.digits(8)),
        |n| residue(n, &[1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1], 10) == 0,
    );
    format!("{letter}{}", &digits[2..])
}

pub(crate) fn hong_kong(c: &mut Chance) -> String {
    let (letter, digits) = (c.letters(1, "ABCDGHKPRYZ"), c.digits(6));
    let values = values(&format!("{letter}{digits}"));
    let sum: i64 = 324
        + values
            .iter()
            .zip([8, 7, 6, 5, 4, 3, 2])
            .map(|(value, weight)| value * weight)
            .sum::<i64>();
    let check = (0..=10).find(|check| (sum + check) % 11 == 0).unwrap();
    format!(
        "{letter}{digits}({})",
        if check == 10 { "A".to_owned() } else { check.to_string() }
    )
}

pub(crate) fn singaporean(c: &mut Chance) -> String {
    let (first, digits) = (c.any(&["S", "T", "F", "G"]), c.digits(7));
    let shift = if first == "T" || first == "G" { 4 } else { 0 };
    let sum = residue(&digits, &[2, 7, 6, 5, 4, 3, 2], 1_000) + shift;
    let row = if first == "S" || first == "T" {
        "ABCDEFGHIZJ"
    } else {
        "KLMNPQRTUWX"
    };
    format!(
        "{first}{digits}{}",
        char::from(row.as_bytes()[(10 - sum % 11) as usize])
    )
}

pub(crate) fn malaysian(c: &mut Chance) -> String {
    format!("{}{}{}", c.yymmdd(), c.any(&["01", "07", "10", "14"]), c.digits(4))
}

pub(crate) fn indonesian(c: &mut Chance) -> String {
    format!(
        "{}{}{:04}",
        c.any(&["317101", "327301", "357801"]),
        c.ddmmyy(),
        c.within(1, 9_999)
    )
}

pub(crate) fn gb_postcode(c: &mut Chance) -> String {
    let outward = c.any(&[
        "LS1", "M14", "SW1A", "EC1A", "B15", "CF10", "EH3", "BT7", "OX3", "NW10", "SE5", "G12", "L8",
    ]);
    format!("{outward} {}{}", c.digits(1), c.letters(2, "ABDEFGHJLNPQRSTUWXYZ"))
}

pub(crate) fn eircode(c: &mut Chance) -> String {
    let key = c.any(&["D02", "D08", "T12", "H91", "V94", "D6W"]);
    format!(
        "{key} {}{}",
        c.letters(1, "ACDEFHKNPRTVWXY"),
        c.until(
            |c| c.letters(3, "0123456789ACDEFHKNPRTVWXY"),
            |n| n.chars().any(|s| s.is_ascii_digit())
        )
    )
}

pub(crate) fn nl_postcode(c: &mut Chance) -> String {
    let number = c.any(&["1012", "3584", "9713", "6525", "2333", "7514", "5611"]);
    format!("{number} {}", c.any(&["AB", "XN", "GZ", "KL", "RT", "HP"]))
}

pub(crate) fn canadian_postcode(c: &mut Chance) -> String {
    let l = "ABCEGHJKLMNPRSTVWXYZ";
    let first = c.letters(1, "BHKLMNPRTV");
    format!(
        "{first}{}{} {}{}{}",
        c.digits(1),
        c.letters(1, l),
        c.digits(1),
        c.letters(1, l),
        c.digits(1)
    )
}

pub(crate) fn zip_plus_four(c: &mut Chance) -> String {
    format!("{:05}-{}", c.within(10_001, 99_500), c.digits(4))
}

pub(crate) fn portuguese_postcode(c: &mut Chance) -> String {
    format!("{}-{}", c.within(1_000, 9_980), c.digits(3))
}

pub(crate) fn cep(c: &mut Chance) -> String {
    format!("{:05}-{}", c.within(1_000, 99_000), c.digits(3))
}

pub(crate) fn japanese_postcode(c: &mut Chance) -> String {
    format!("{}-{}", c.within(100, 990), c.digits(4))
}

/// A body of digits that no number of a state is: for look-alikes.
pub(crate) fn plain(c: &mut Chance, digits: usize) -> String {
    let low = 10_u64.pow(u32::try_from(digits).unwrap() - 1);
    let drawn = c.within(low, low * 10 - 1).to_string();
    assert!(value_of(&drawn) >= low);
    drawn
}
