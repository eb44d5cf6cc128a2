//! The limits, twice: as constants in `alliance-record`, and as a table in the specification.
//!
//! Owns the reading of both and the comparison. Never evaluates more than whole numbers, `*`, `+` and `<<`: a limit
//! that needs more is not one a reader of the specification can check.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail, ensure};
use syn::{BinOp, Expr, Item, Lit, Visibility};

/// The public constants in the text of the limits' module, by name.
pub(super) fn constants(text: &str) -> anyhow::Result<BTreeMap<String, u128>> {
    let file = syn::parse_file(text).context("the module of limits is not Rust")?;
    let mut limits = BTreeMap::new();
    for item in &file.items {
        if let Item::Const(item) = item
            && matches!(item.vis, Visibility::Public(_))
        {
            let number = value(&item.expr).with_context(|| format!("the limit {}", item.ident))?;
            limits.insert(item.ident.to_string(), number);
        }
    }
    ensure!(
        !limits.is_empty(),
        "no limit seen: the module of limits has no public constant"
    );
    Ok(limits)
}

/// Faults between the constants and the rows `| NAME | value | unit | reason |` of the specification.
pub(super) fn check(limits: &BTreeMap<String, u128>, specification: &str) -> Vec<String> {
    let rows = rows(specification);
    let mut faults: Vec<String> = limits
        .iter()
        .filter_map(|(name, number)| check_one(name, *number, &rows))
        .collect();
    let stale: BTreeSet<&str> = rows
        .iter()
        .map(|row| row.name)
        .filter(|name| !limits.contains_key(*name))
        .collect();
    faults.extend(
        stale
            .iter()
            .map(|name| format!("the specification lists the limit {name}, which the code has not")),
    );
    faults
}

/// One row of the table of limits.
struct Row<'a> {
    name: &'a str,
    value: &'a str,
}

fn check_one(name: &str, number: u128, rows: &[Row<'_>]) -> Option<String> {
    let written: Vec<&str> = rows
        .iter()
        .filter(|row| row.name == name)
        .map(|row| row.value)
        .collect();
    match written.as_slice() {
        [] => Some(format!(
            "the limit {name} = {number} is missing: add | {name} | {number} | unit | reason |"
        )),
        [text] if parse(text).is_ok_and(|found| found == number) => None,
        [text] => Some(format!(
            "the limit {name} is {number} in the code and {text:?} in the specification"
        )),
        _ => Some(format!("the specification lists the limit {name} more than once")),
    }
}

/// The rows of four cells whose first is the name of a constant, wherever they stand.
fn rows(specification: &str) -> Vec<Row<'_>> {
    let cells = specification.lines().filter_map(|line| {
        let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<&str> = inner.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [name, value, _, _] = cells.as_slice() else {
            return None;
        };
        is_constant(name).then_some(Row { name, value })
    });
    cells.collect()
}

fn is_constant(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
        && name != "NAME"
}

/// A number as people write it: `65536`, `65_536`, `65,536` or `64 * 1024`.
fn parse(text: &str) -> anyhow::Result<u128> {
    value(&syn::parse_str(&text.replace(',', "")).context("is not a number")?)
}

fn value(expression: &Expr) -> anyhow::Result<u128> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => Ok(number.base10_parse()?),
            _ => bail!("is not a whole number"),
        },
        Expr::Paren(inner) => value(&inner.expr),
        Expr::Binary(binary) => {
            let (left, right) = (value(&binary.left)?, value(&binary.right)?);
            combine(left, &binary.op, right)?.context("is larger than 128 bits")
        }
        _ => bail!("is written otherwise than with whole numbers, *, + and <<"),
    }
}

/// None when the result does not fit.
fn combine(left: u128, operation: &BinOp, right: u128) -> anyhow::Result<Option<u128>> {
    match operation {
        BinOp::Mul(_) => Ok(left.checked_mul(right)),
        BinOp::Add(_) => Ok(left.checked_add(right)),
        BinOp::Shl(_) => Ok(u32::try_from(right)
            .ok()
            .and_then(|bits| 1_u128.checked_shl(bits))
            .and_then(|by| left.checked_mul(by))),
        _ => bail!("is written otherwise than with whole numbers, *, + and <<"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "//! Limits.\n/// Bytes.\npub const BODY_BYTES_MAX: usize = 64 * 1024;\n\
        pub const DEPTH_MAX: u8 = 16;\nconst PRIVATE: &str = \"not a limit\";\npub const HUGE: u64 = (1 << 20) + 0x10_u64;\n";

    const TABLE: &str = "| NAME | value | unit | reason |\n|---|---|---|---|\n\
        | `BODY_BYTES_MAX` | `65,536` | bytes | one page |\n| DEPTH_MAX | 16 | levels | none needs more |\n\
        | HUGE | 1_048_592 | items | a test |\n| A | word | stands elsewhere |\n";

    fn check_table(table: &str, expected: &[&str]) {
        let faults = check(&constants(CODE).unwrap(), table);
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for (fault, part) in faults.iter().zip(expected) {
            assert!(fault.contains(part), "{fault:?} does not say {part:?}");
        }
    }

    #[test]
    fn reads_public_constants_alone() {
        let seen: Vec<(String, u128)> = constants(CODE).unwrap().into_iter().collect();
        let expected = [("BODY_BYTES_MAX", 65_536), ("DEPTH_MAX", 16), ("HUGE", 1_048_592)];
        assert_eq!(seen, expected.map(|(name, number)| (name.to_owned(), number)));
    }

    #[test]
    fn the_table_must_say_the_same() {
        check_table(TABLE, &[]);
        check_table(
            &TABLE.replace("65,536", "65,535"),
            &["BODY_BYTES_MAX is 65536 in the code and \"65,535\""],
        );
        check_table(&TABLE.replace("65,536", "64 * 1024"), &[]);
        check_table(&TABLE.replace("65,536", "64 KiB"), &["\"64 KiB\""]);
        check_table(&TABLE.replace("DEPTH_MAX", "depth_max"), &["DEPTH_MAX = 16 is missing"]);
        check_table(
            &TABLE.replace("DEPTH_MAX", "DEPTH"),
            &["DEPTH_MAX = 16 is missing", "DEPTH, which the code has not"],
        );
        check_table(&TABLE.repeat(2), &["more than once"; 3]);
        check_table("", &["missing"; 3]);
    }

    #[test]
    fn what_cannot_be_checked_is_an_error() {
        let bad = [
            "",
            "fn f() {}",
            "pub const A: u8 = B;",
            "pub const A: &str = \"1\";",
            "pub const A: u8 = 3 - 1;",
        ];
        bad.iter().for_each(|text| assert!(constants(text).is_err(), "{text}"));
        assert!(constants("pub const A: u128 = 1 << 200;").is_err());
    }
}
