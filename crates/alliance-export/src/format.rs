//! The formats, and how they are named.

use alliance_record::schema::Kind;

use crate::csv::Table;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: the envelope, and the body as `schema::to_json` gives it.
    Ndjson,
    /// A table, RFC 4180: of one kind with all its fields, or of all kinds with what they have in common.
    Csv(Table),
    /// A table with one row for each point of each measure; other kinds are passed over.
    MeasurePoints,
    /// A table with one row for each measure that can be cut in two where a practice began, for R's `meta::metainc`.
    MetaPrePost,
    /// One graph in the words of schema.org.
    JsonLd,
    /// BibTeX, UTF-8, for LaTeX with BibTeX or biber.
    BibTex,
    /// RIS, for reference managers.
    Ris,
    /// CSL-JSON, for citation processors.
    CslJson,
    /// `CITATION.cff` 1.2.0 of the whole set, its records as references.
    CitationCff,
}

impl Format {
    /// A format by its name in addresses and commands. Without a kind `csv` is of all kinds; other formats pay no heed to it.
    #[must_use]
    pub fn from_name(name: &str, kind: Option<Kind>) -> Option<Self> {
        let table = kind.map_or(Table::All, Table::Kind);
        let mut all = Self::all(table).into_iter();
        all.find(|format| format.name() == name)
    }

    /// Every format; the one of tables with the table given.
    #[must_use]
    pub const fn all(table: Table) -> [Self; 9] {
        [
            Self::Ndjson,
            Self::Csv(table),
            Self::MeasurePoints,
            Self::MetaPrePost,
            Self::JsonLd,
            Self::BibTex,
            Self::Ris,
            Self::CslJson,
            Self::CitationCff,
        ]
    }

    /// Its name in addresses and commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv(_) => "csv",
            Self::MeasurePoints => "measure_points",
            Self::MetaPrePost => "meta_pre_post",
            Self::JsonLd => "jsonld",
            Self::BibTex => "bib",
            Self::Ris => "ris",
            Self::CslJson => "csl",
            Self::CitationCff => "cff",
        }
    }

    /// The media type, with its charset or header where the type has one.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv(_) | Self::MeasurePoints | Self::MetaPrePost => "text/csv; charset=utf-8; header=present",
            Self::JsonLd => "application/ld+json",
            Self::BibTex => "application/x-bibtex; charset=utf-8",
            Self::Ris => "application/x-research-info-systems; charset=utf-8",
            Self::CslJson => "application/vnd.citationstyles.csl+json",
            Self::CitationCff => "application/yaml",
        }
    }

    /// The name of a file of it, such as `practice.csv`.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::Ndjson => "records.ndjson".to_owned(),
            Self::Csv(Table::All) => "records.csv".to_owned(),
            Self::Csv(Table::Kind(kind)) => format!("{kind}.csv"),
            Self::MeasurePoints | Self::MetaPrePost => format!("{}.csv", self.name()),
            Self::JsonLd => "records.jsonld".to_owned(),
            Self::BibTex => "records.bib".to_owned(),
            Self::Ris => "records.ris".to_owned(),
            Self::CslJson => "records.csl.json".to_owned(),
            Self::CitationCff => "CITATION.cff".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for table in [Table::All, Table::Kind(Kind::LESSON)] {
            for format in Format::all(table) {
                let kind = (table != Table::All).then_some(Kind::LESSON);
                assert_eq!(Format::from_name(format.name(), kind), Some(format));
            }
        }
        assert_eq!(Format::from_name("xls", None), None);
        assert_eq!(Format::Csv(Table::Kind(Kind(999))).file_name(), "kind-999.csv");
    }
}
