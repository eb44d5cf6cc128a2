//! Which files are test code as a whole: those in a folder `tests`, and those a `#[cfg(test)] mod name;` brings in.
//!
//! Owns how a module's name leads to its file. Reads no file itself.

use std::collections::BTreeSet;

use anyhow::Context as _;

use super::Source;
use super::functions::is_test_mark;

/// The places, without `.rs`, of modules declared for tests alone: `crates/a/src/b/tests` stands for `tests.rs`,
/// `tests/mod.rs` and all beneath.
pub(super) fn test_places(sources: &[Source]) -> anyhow::Result<BTreeSet<String>> {
    let mut places = BTreeSet::new();
    for Source { path, text } in sources {
        let file = syn::parse_file(text).with_context(|| format!("{path} is not Rust"))?;
        places.extend(declared_for_tests(&file).map(|name| format!("{}/{name}", folder_of_modules(path))));
    }
    Ok(places)
}

/// Whether the file is test code from its first line to its last.
pub(super) fn is_test(path: &str, test_places: &BTreeSet<String>) -> bool {
    let in_tests = path.split('/').rev().skip(1).any(|folder| folder == "tests");
    in_tests
        || test_places.iter().any(|place| {
            path.strip_prefix(place.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '/']))
        })
}

fn declared_for_tests(file: &syn::File) -> impl Iterator<Item = String> {
    file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() && module.attrs.iter().any(is_test_mark) => {
            Some(module.ident.to_string())
        }
        _ => None,
    })
}

/// Where the modules that `path` declares have their files.
fn folder_of_modules(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder,
        _ => path.strip_suffix(".rs").unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn follows_a_declaration_to_its_file() {
        let sources = [
            source(
                "crates/a/src/lib.rs",
                "mod b;\n#[cfg(test)]\nmod proof;\n#[cfg(test)]\nmod inline {}\n",
            ),
            source("crates/a/src/b.rs", "#[cfg(test)]\nmod cases;\n"),
        ];
        let places = test_places(&sources).unwrap();
        let expected = [
            ("crates/a/src/lib.rs", false),
            ("crates/a/src/b.rs", false),
            ("crates/a/src/proof.rs", true),
            ("crates/a/src/proof/mod.rs", true),
            ("crates/a/src/proofs.rs", false),
            ("crates/a/src/b/cases.rs", true),
            ("crates/a/src/cases.rs", false),
            ("crates/a/tests/frames.rs", true),
            ("tests/src/lib.rs", true),
            ("crates/a/src/tests.rs", false),
        ];
        for (path, test) in expected {
            assert_eq!(is_test(path, &places), test, "{path}");
        }
    }
}
