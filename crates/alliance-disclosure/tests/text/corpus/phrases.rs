//! The lists of phrases and names, read from `phrases/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

type Sections = BTreeMap<&'static str, Vec<&'static str>>;

static ALL: LazyLock<Sections> = LazyLock::new(|| {
    let files = [
        include_str!("phrases/numbers.txt"),
        include_str!("phrases/details.txt"),
        include_str!("phrases/lookalikes.txt"),
        include_str!("phrases/tongues.txt"),
    ];
    let mut sections = Sections::new();
    let mut section = "";
    for line in files.into_iter().flat_map(str::lines) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => section = name,
            None if line.is_empty() || line.starts_with('#') => {}
            None => sections.entry(section).or_default().push(line),
        }
    }
    sections
});

pub(crate) fn of(name: &str) -> &'static [&'static str] {
    ALL.get(name).unwrap_or_else(|| panic!("no phrases for {name}"))
}

/// A phrase's language and what follows it.
pub(crate) fn parts(phrase: &'static str) -> (&'static str, &'static str) {
    phrase.split_once(" | ").unwrap()
}
