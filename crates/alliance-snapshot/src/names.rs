//! The files of a bundle, by name.

use std::collections::BTreeSet;

use alliance_export::{Format, Table};
use alliance_record::schema::Kind;

use crate::schema::{CODE_LISTS, CODE_LISTS_TEXT, PROTOS};

/// The manifest.
pub(crate) const MANIFEST: &str = "snapshot.json";
/// The alliance's own chapter.
pub(crate) const ALLIANCE: &str = "proof/alliance.bundle";
/// What proves the records.
pub(crate) const RECORDS: &str = "proof/records.bundle";
/// The checksums of all files but itself and the signature.
pub(crate) const CHECKSUMS: &str = "manifest-sha256.txt";
/// The maker's signature: the only file that is not the same from every node.
pub(crate) const SEAL: &str = "signature.json";

/// What a file is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The records selected, in a format.
    Export(Format),
    /// A part of the proof.
    Proof(Part),
    /// A text that is short enough to be held.
    Text(Text),
}

/// A text of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// The data package.
    Package,
    /// The licences.
    Licences,
    /// How to verify.
    Readme,
    /// The manifest.
    Manifest,
    /// The same wherever the schema is the same.
    Fixed(&'static str),
}

/// A part of the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The alliance's own chapter, whole.
    Alliance,
    /// The other chapters.
    Records,
}

impl Part {
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Alliance => ALLIANCE,
            Self::Records => RECORDS,
        }
    }
}

/// All files but checksums and signature, by name.
pub(crate) fn files(kinds: &BTreeSet<Kind>) -> Vec<(String, Source)> {
    let mut files = vec![
        ("CITATION.cff".to_owned(), Source::Export(Format::CitationCff)),
        ("LICENSES.txt".to_owned(), Source::Text(Text::Licences)),
        ("README.txt".to_owned(), Source::Text(Text::Readme)),
        ("datapackage.json".to_owned(), Source::Text(Text::Package)),
        (ALLIANCE.to_owned(), Source::Proof(Part::Alliance)),
        (RECORDS.to_owned(), Source::Proof(Part::Records)),
        ("references.bib".to_owned(), Source::Export(Format::BibTex)),
        (MANIFEST.to_owned(), Source::Text(Text::Manifest)),
        (
            format!("schema/{CODE_LISTS}"),
            Source::Text(Text::Fixed(CODE_LISTS_TEXT)),
        ),
    ];
    files.extend(
        PROTOS
            .iter()
            .map(|(name, text)| (format!("schema/{name}"), Source::Text(Text::Fixed(text)))),
    );
    files.extend(
        tables(kinds)
            .into_iter()
            .map(|format| (path(format), Source::Export(format))),
    );
    files.push((path(Format::Ndjson), Source::Export(Format::Ndjson)));
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

/// The tables that records of these kinds fill.
pub(crate) fn tables(kinds: &BTreeSet<Kind>) -> Vec<Format> {
    let mut tables = vec![Format::Csv(Table::All)];
    tables.extend(kinds.iter().map(|kind| Format::Csv(Table::Kind(*kind))));
    tables.extend(kinds.contains(&Kind::MEASURE).then_some(Format::MeasurePoints));
    tables
}

/// Whether a file may have more than 4 GiB, for which its sizes take 64 bits in the ZIP file: all that grow with the records.
pub(crate) fn may_be_large(name: &str) -> bool {
    let is_in = |folder: &str| name.starts_with(folder);
    is_in("data/") || is_in("proof/") || ["CITATION.cff", "references.bib"].contains(&name)
}

/// Where a data file stands.
pub(crate) fn path(format: Format) -> String {
    format!("data/{}", format.file_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_grows_with_the_records_may_be_large() {
        for (name, source) in files(&alliance_record::schema::kinds().map(|info| info.kind).collect()) {
            let grows = matches!(source, Source::Export(_) | Source::Proof(_));
            assert_eq!(may_be_large(&name), grows, "{name}");
        }
    }
}
