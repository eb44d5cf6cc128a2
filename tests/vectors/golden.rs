//! Golden vectors: what the code makes must be what the file says, byte for byte. Shared by the tests of several crates.
//!
//! When a change is meant, run the tests with `ALLIANCE_BLESS=1`: the files are written anew, and the difference is read
//! before it is kept.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Where the vectors of this folder stand.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/vectors")
        .join(name)
}

/// Compares what was made with the file, or writes the file when asked to, and gives what the file says.
pub(crate) fn checked(name: &str, made: &Value) -> Value {
    let path = path(name);
    if std::env::var_os("ALLIANCE_BLESS").is_some_and(|bless| bless == "1") {
        let text = serde_json::to_string_pretty(made).unwrap() + "\n";
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let kept: Value = serde_json::from_str(&text).unwrap_or_default();
    let shown = serde_json::to_string_pretty(made).unwrap();
    assert!(kept == *made, "{name} says otherwise; now it would be:\n{shown}\n");
    kept
}

/// The bytes of a field in hexadecimal.
pub(crate) fn bytes(vector: &Value, field: &str) -> Vec<u8> {
    let hex = vector[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {vector}"));
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

/// A list's vectors.
pub(crate) fn each<'a>(vectors: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    let each = vectors[list].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(!each.is_empty(), "no {list}");
    each.iter()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
