//! Made-up identity numbers of Europe.

use super::sums::{cross, hybrid_11_10, luhn, residue, value_of, values, verhoeff};
use crate::chance::Chance;

const TEN_DOWN: [i64; 10] = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

pub(crate) fn nhs(c: &mut Chance) -> String {
    c.until(
        |c| {
            let start = c.any(&["4", "60", "65", "69", "700", "705", "999", "999", "999"]);
            format!("{start}{}", c.digits(10 - start.len()))
        },
        |n| residue(n, &TEN_DOWN, 11) == 0,
    )
}

pub(crate) fn chi(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.ddmmyy(), c.digits(4)),
        |n| residue(n, &TEN_DOWN, 11) == 0,
    )
}

pub(crate) fn hsc(c: &mut Chance) -> String {
    c.until(
        |c| format!("3{}{}", c.within(3, 9), c.digits(8)),
        |n| residue(n, &TEN_DOWN, 11) == 0,
    )
}

pub(crate) fn nino(c: &mut Chance) -> String {
    let prefix = c.any(&["AB", "CE", "JT", "PX", "SN", "WK", "EH", "YZ", "LB", "RA"]);
    format!("{prefix}{}{}", c.digits(6), c.letters(1, "ABCD"))
}

pub(crate) fn pps(c: &mut Chance) -> String {
    let number = c.digits(7);
    let second = c.any(&["", "A", "B", "W"]);
    let added = match second {
        "A" => 9,
        "B" => 18,
        _ => 0,
    };
    let rest = (residue(&number, &[8, 7, 6, 5, 4, 3, 2], 1_000) + added) % 23;
    let check = "WABCDEFGHIJKLMNOPQRSTUV".as_bytes()[rest as usize];
    format!("{number}{}{second}", char::from(check))
}

pub(crate) fn bsn(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 7), c.digits(8)),
        |n| residue(n, &[9, 8, 7, 6, 5, 4, 3, 2, -1], 11) == 0,
    )
}

pub(crate) fn belgian(c: &mut Chance) -> String {
    let (year, month, day) = c.born();
    let body = format!("{:02}{month:02}{day:02}{:03}", year % 100, c.within(1, 997));
    let whole = if year < 2_000 {
        value_of(&body)
    } else {
        value_of(&format!("2{body}"))
    };
    format!("{body}{:02}", 97 - whole % 97)
}

pub(crate) fn luxembourg(c: &mut Chance) -> String {
    c.until(
        |c| {
            let (year, month, day) = c.born();
            format!("{year}{month:02}{day:02}{}", c.digits(5))
        },
        |n| luhn(&n[..12]) && verhoeff(&format!("{}{}", &n[..11], &n[12..])),
    )
}

pub(crate) fn nir(c: &mut Chance) -> String {
    let (year, month, _) = c.born();
    let department = c.any(&["75", "13", "69", "33", "2A", "2B", "92"]);
    let (sex, rest) = (c.within(1, 2), c.digits(6));
    let counted = department.replace("2A", "19").replace("2B", "18");
    let whole = value_of(&format!("{sex}{:02}{month:02}{counted}{rest}", year % 100));
    let key = (1..=97).find(|key| (whole + key).is_multiple_of(97)).unwrap();
    format!("{sex}{:02}{month:02}{department}{rest}{key:02}", year % 100)
}

pub(crate) fn german_tax(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 9), c.digits(10)),
        |n| {
            let times = |digit: char| n[..10].chars().filter(|other| *other == digit).count();
            let repeated: Vec<usize> = ('0'..='9').map(times).filter(|times| *times > 1).collect();
            (repeated == [2] || repeated == [3]) && hybrid_11_10(n)
        },
    )
}

fn spelt(letter: char) -> String {
    format!("{:02}", u32::from(letter) - 64)
}

pub(crate) fn german_health(c: &mut Chance) -> String {
    let (letter, body) = (c.letters(1, "ABCDEFGHJKLMNPRSTVWXZ"), c.digits(8));
    let digits = format!("{}{body}", spelt(letter.chars().next().unwrap()));
    let sum: i64 = values(&digits)
        .iter()
        .enumerate()
        .map(|(at, value)| cross(value * (1 + at as i64 % 2)))
        .sum();
    format!("{letter}{body}{}", sum % 10)
}

pub(crate) fn german_pension(c: &mut Chance) -> String {
    let (area, born) = (c.any(&["12", "15", "24", "53", "65"]), c.ddmmyy());
    let (letter, serial) = (c.letters(1, "ABCDEFGHKLMNPRSTW"), c.digits(2));
    let digits = format!("{area}{born}{}{serial}", spelt(letter.chars().next().unwrap()));
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum: i64 = values(&digits)
        .iter()
        .zip(weights)
        .map(|(value, weight)| cross(value * weight))
        .sum();
    format!("{area}{born}{letter}{serial}{}", sum % 10)
}

pub(crate) fn austrian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}", c.within(1, 9), c.digits(3), c.ddmmyy()),
        |n| residue(n, &[3, 7, 9, -1, 5, 8, 4, 2, 1, 6], 11) == 0,
    )
}

pub(crate) fn swiss(c: &mut Chance) -> String {
    c.until(
        |c| format!("756{}", c.digits(10)),
        |n| residue(n, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1], 10) == 0,
    )
}

pub(crate) fn spanish(c: &mut Chance) -> String {
    let first = c.any(&["X", "Y", "Z", "1", "4", "5", "7", "0"]);
    let rest = c.digits(7);
    let counted = first.replace('X', "0").replace('Y', "1").replace('Z', "2");
    let check = b"TRWAGMYFPDXBNJZSQVHLCKE"[(value_of(&format!("{counted}{rest}")) % 23) as usize];
    format!("{first}{rest}{}", char::from(check))
}

pub(crate) fn portuguese(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 3), c.digits(8)),
        |n| residue(n, &[9, 8, 7, 6, 5, 4, 3, 2, 1], 11) == 0,
    )
}

pub(crate) fn italian(c: &mut Chance) -> String {
    let name = c.letters(6, "BCDFGLMNPRSTVZ");
    let (year, _, day) = c.born();
    let month = c.letters(1, "ABCDEHLMPRST");
    let day = if c.one_in(2) { day } else { day + 40 };
    let body = format!(
        "{name}{:02}{month}{day:02}{}{}",
        year % 100,
        c.letters(1, "ABCDEFGHIL"),
        c.digits(3)
    );
    // Where a letter stands in this row is what it counts at an odd place.
    let odd = "BAKPLCQDREVOSFTGUHMINJWZYX";
    let as_letter = |sign: char| {
        if sign.is_ascii_digit() {
            char::from(sign as u8 - 48 + 65)
        } else {
            sign
        }
    };
    let sum: usize = body
        .chars()
        .map(as_letter)
        .enumerate()
        .map(|(at, sign)| {
            if at % 2 == 0 {
                odd.find(sign).unwrap()
            } else {
                sign as usize - 65
            }
        })
        .sum();
    format!("{body}{}", char::from(65 + (sum % 26) as u8))
}

pub(crate) fn greek(c: &mut Chance) -> String {
    c.until(|c| format!("{}{}", c.ddmmyy(), c.digits(5)), luhn)
}

pub(crate) fn turkish(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 9), c.digits(10)),
        |n| {
            let odd = residue(&n[..9], &[1, 0, 1, 0, 1, 0, 1, 0, 1], 1_000);
            let even = residue(&n[..9], &[0, 1, 0, 1, 0, 1, 0, 1, 0], 1_000);
            let last = values(n);
            (odd * 7 - even).rem_euclid(10) == last[9] && (odd + even + last[9]) % 10 == last[10]
        },
    )
}

pub(crate) fn swedish(c: &mut Chance) -> String {
    let number = c.until(|c| format!("{}{}", c.yymmdd(), c.digits(4)), luhn);
    if c.one_in(3) { format!("19{number}") } else { number }
}

pub(crate) fn danish(c: &mut Chance) -> String {
    format!("{}{}", c.ddmmyy(), c.digits(4))
}

pub(crate) fn norwegian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.ddmmyy(), c.digits(5)),
        |n| {
            residue(&n[..10], &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11) == 0
                && residue(n, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0
        },
    )
}

/// With the sign of the century inside.
pub(crate) fn finnish(c: &mut Chance) -> String {
    let (born, serial) = (c.ddmmyy(), format!("{:03}", c.within(2, 899)));
    let check = "0123456789ABCDEFHJKLMNPRSTUVWXY".as_bytes()[(value_of(&format!("{born}{serial}")) % 31) as usize];
    format!("{born}{}{serial}{}", c.any(&["-", "-", "A"]), char::from(check))
}

pub(crate) fn icelandic(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}", c.ddmmyy(), c.digits(3), c.any(&["9", "0"])),
        |n| residue(n, &[3, 2, 7, 6, 5, 4, 3, 2, 1, 0], 11) == 0,
    )
}

pub(crate) fn baltic(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}", c.within(3, 6), c.yymmdd(), c.digits(4)),
        |n| residue(n, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, -1], 11) == 0,
    )
}

pub(crate) fn latvian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.ddmmyy(), c.digits(5)),
        |n| residue(n, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], 11) == 1,
    )
}

pub(crate) fn czech(c: &mut Chance) -> String {
    c.until(
        |c| {
            let (year, month, day) = (c.within(54, 99), c.within(1, 12), c.within(1, 28));
            let month = if c.one_in(2) { month } else { month + 50 };
            format!("{year:02}{month:02}{day:02}{}", c.digits(4))
        },
        |n| value_of(n).is_multiple_of(11),
    )
}

pub(crate) fn polish(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.yymmdd(), c.digits(5)),
        |n| residue(n, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10) == 0,
    )
}

pub(crate) fn hungarian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 9), c.digits(8)),
        |n| residue(n, &[3, 7, 3, 7, 3, 7, 3, 7, -1], 10) == 0,
    )
}

pub(crate) fn romanian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}{}", c.within(1, 2), c.yymmdd(), c.digits(6)),
        |n| residue(n, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9, -1], 11) == 0,
    )
}

pub(crate) fn bulgarian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.yymmdd(), c.digits(4)),
        |n| residue(n, &[2, 4, 8, 5, 10, 9, 7, 3, 6, -1], 11) == 0,
    )
}

pub(crate) fn croatian(c: &mut Chance) -> String {
    c.until(|c| c.digits(11), hybrid_11_10)
}

pub(crate) fn yugoslav(c: &mut Chance) -> String {
    c.until(
        |c| {
            let (year, month, day) = c.born();
            format!("{day:02}{month:02}{:03}{}", year % 1_000, c.digits(6))
        },
        |n| residue(n, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11) == 0,
    )
}

pub(crate) fn ukrainian(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(2, 3), c.digits(9)),
        |n| residue(n, &[-1, 5, 7, 9, 4, 6, 10, 5, 7, -1], 11) == 0,
    )
}

pub(crate) fn snils(c: &mut Chance) -> String {
    c.until(
        |c| format!("{}{}", c.within(1, 9), c.digits(10)),
        |n| residue(&n[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1], 101) as u64 == value_of(&n[9..]),
    )
}
