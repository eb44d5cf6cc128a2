//! Who takes part and what they share: the examples that come with the software, inside the binary.

use std::collections::BTreeMap;

use alliance_api::DocumentFormat;
use serde::Deserialize;

use crate::failure::Failure;

const ORGANISATIONS: &str = include_str!("../../../../config/demo/organisations.toml");
const RECORDS: &str = include_str!("../../../../config/demo/records.toml");

/// One example file by its name in `records.toml`.
macro_rules! documents {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../../config/demo/", $name)))),+]
    };
}

const DOCUMENTS: [(&str, &str); 25] = documents![
    "records/ex-01.md",
    "records/ex-02.md",
    "records/ex-03.md",
    "records/ex-04.md",
    "records/ex-05.md",
    "records/ex-06.md",
    "records/ex-07.json",
    "records/ex-08-v1.json",
    "records/ex-08.json",
    "records/ex-09.md",
    "records/ex-10.md",
    "records/ex-11.md",
    "records/ex-12.json",
    "records/ex-13.md",
    "records/ex-14.json",
    "records/ex-15.json",
    "records/ex-16.md",
    "records/ex-17.md",
    "records/ex-18.md",
    "records/ex-19.json",
    "records/ex-20.md",
    "records/ex-21.md",
    "records/ex-22.md",
    "records/ex-23.md",
    "records/ex-24.json",
];

/// An organisation of the demonstration.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Organisation {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) name_en: String,
    pub(super) country: String,
    #[serde(default)]
    pub(super) subdivision: String,
    #[serde(rename = "type")]
    pub(super) organisation_type: String,
    pub(super) languages: Vec<String>,
    pub(super) recruited_by: Option<String>,
}

/// A record of the demonstration.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Record {
    /// By which other files name it, until it has a real id.
    pub(super) id: String,
    /// Who shares it.
    pub(super) organisation: String,
    file: String,
}

#[derive(Deserialize)]
struct Organisations {
    organisation: Vec<Organisation>,
}

#[derive(Deserialize)]
struct Records {
    record: Vec<Record>,
}

/// Everyone and everything, in order.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) organisations: Vec<Organisation>,
    pub(super) records: Vec<Record>,
}

impl Organisation {
    /// The name that a person at an English terminal reads.
    pub(super) fn shown(&self) -> &str {
        if self.name_en.is_empty() {
            &self.name
        } else {
            &self.name_en
        }
    }
}

impl Record {
    fn text(&self) -> &'static str {
        DOCUMENTS
            .iter()
            .find(|(name, _)| *name == self.file)
            .map_or("", |(_, text)| text)
    }

    pub(super) fn format(&self) -> DocumentFormat {
        if self.file.ends_with(".json") {
            DocumentFormat::Json
        } else {
            DocumentFormat::Markdown
        }
    }

    /// The document, with the names of published records replaced by their ids; longer names first, since one may
    /// begin another.
    pub(super) fn document(&self, published: &BTreeMap<String, String>) -> String {
        let mut names: Vec<_> = published.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.into_iter().fold(self.text().to_owned(), |text, name| {
            text.replace(name, &published[name])
        })
    }

    /// The chapter that the file names.
    pub(super) fn chapter(&self) -> Option<String> {
        let line = self
            .text()
            .lines()
            .find(|line| line.trim_start().trim_start_matches('"').starts_with("chapter"))?;
        let (_, value) = line.split_once(':')?;
        Some(value.trim().trim_matches(|c| c == '"' || c == ',').to_owned())
    }
}

impl Cast {
    /// The first organisations in the order of admission, and the records that they can share: those whose author and
    /// whose every reference is there.
    pub(super) fn shipped(organisations: usize) -> Result<Self, Failure> {
        let unreadable = |error: toml::de::Error| {
            Failure::local(
                "demo_unreadable",
                "The shipped examples cannot be read",
                error.to_string(),
            )
        };
        let mut all: Organisations = toml::from_str(ORGANISATIONS).map_err(unreadable)?;
        let records: Records = toml::from_str(RECORDS).map_err(unreadable)?;
        all.organisation.truncate(organisations);
        let names: Vec<String> = records.record.iter().map(|record| record.id.clone()).collect();
        let mut kept: Vec<Record> = Vec::new();
        for record in records.record {
            let author = all
                .organisation
                .iter()
                .any(|organisation| organisation.id == record.organisation);
            let mut named = names
                .iter()
                .filter(|name| **name != record.id && record.text().contains(name.as_str()));
            if author && named.all(|name| kept.iter().any(|before| before.id == *name) || begins_another(name, &kept)) {
                kept.push(record);
            }
        }
        Ok(Self {
            organisations: all.organisation,
            records: kept,
        })
    }

    /// How many records are shared while all are there: half of them, or as many more as it takes until one organisation
    /// has no more to share and can go away.
    pub(super) fn shared_by_all(&self) -> usize {
        let can_one_go = |shared: &usize| {
            let left = || self.records.iter().skip(*shared);
            let is_free = |one: &Organisation| left().all(|record| record.organisation != one.id);
            self.organisations.iter().any(is_free)
        };
        let half = self.records.len() / 2;
        (half..self.records.len()).find(can_one_go).unwrap_or(half)
    }

    /// Themes of the records: chapters that no country brings with it.
    pub(super) fn themes(&self) -> Vec<String> {
        let mut themes: Vec<_> = self.records.iter().filter_map(Record::chapter).collect();
        themes.retain(|chapter| chapter.starts_with("theme:"));
        themes.sort();
        themes.dedup();
        themes
    }
}

/// Whether a name was found only as the beginning of a longer one.
fn begins_another(name: &str, kept: &[Record]) -> bool {
    kept.iter()
        .any(|record| record.id.starts_with(name) && record.id != name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_shipped_is_played_when_all_take_part() {
        let cast = Cast::shipped(10).unwrap();
        assert_eq!(cast.organisations.len(), 10);
        assert_eq!(cast.records.len(), DOCUMENTS.len());
        assert_eq!(cast.themes(), ["theme:seclusion"]);
        assert!(cast.records.iter().all(|record| !record.text().is_empty()));
    }

    #[test]
    fn one_organisation_can_be_away_while_others_share() {
        for count in 3..=10 {
            let cast = Cast::shipped(count).unwrap();
            let left = &cast.records[cast.shared_by_all()..];
            assert!(!left.is_empty(), "with {count} nothing is shared meanwhile");
            let is_free = |one: &Organisation| left.iter().all(|record| record.organisation != one.id);
            assert!(cast.organisations.iter().any(is_free), "with {count} nobody can go");
        }
    }

    #[test]
    fn with_fewer_organisations_no_record_refers_to_one_that_is_missing() {
        for count in 3..10 {
            let cast = Cast::shipped(count).unwrap();
            let published: BTreeMap<_, _> = cast
                .records
                .iter()
                .map(|record| (record.id.clone(), "0".repeat(64)))
                .collect();
            for record in &cast.records {
                assert!(
                    !record.document(&published).contains("ex-"),
                    "{} with {count}",
                    record.id
                );
            }
        }
    }
}
