//! Postcodes: which areas exist. Never knows an address.

use super::Check;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("gb-postcode", gb_postcode),
    ("ie-eircode", ie_eircode),
    ("nl-postcode", nl_postcode),
];

/// The areas of Great Britain and Northern Ireland, of the Crown dependencies and of the forces.
const GB_AREAS: &str = " AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT \
    DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME \
    MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF \
    TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";

/// The last two letters are never one of C, I, K, M, O, V: they look like others.
fn gb_postcode(code: &[u8]) -> bool {
    let area: String = code
        .iter()
        .copied()
        .take_while(u8::is_ascii_uppercase)
        .map(char::from)
        .collect();
    let unit = code.get(code.len().saturating_sub(2)..).unwrap_or_default();
    GB_AREAS.contains(&format!(" {area} ")) && !unit.iter().any(|letter| b"CIKMOV".contains(letter))
}

/// The first letters of routing keys; what follows is drawn by lot.
fn ie_eircode(code: &[u8]) -> bool {
    code.get(1..3)
        .is_some_and(|key| key == b"6W" || key.iter().all(u8::is_ascii_digit))
}

/// SA, SD and SS are not given out. A year before two capitals ('2019 EU') is far more often a year than a place, so
/// the postcodes from 1900 to 2099 are given up.
fn nl_postcode(code: &[u8]) -> bool {
    let never: [&[u8]; 12] = [
        b"SA", b"SD", b"SS", b"EU", b"UK", b"US", b"AD", b"BC", b"CE", b"AM", b"PM", b"HZ",
    ];
    let is_year = code.starts_with(b"19") || code.starts_with(b"20");
    !is_year && !never.iter().any(|letters| code.ends_with(letters))
}
