//! The formats, and how they are named.

use alliance_record::schema::Kind;

use crate::rows::Table;

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
    ///
    /// **The rule.** A series gives one row when all of this holds; otherwise it is left out, and counted by reason.
    /// 1. It is current: neither superseded nor retracted, so that no events are counted twice.
    /// 2. Its definition counts events, and its denominator is a time at risk (occupied bed days, patient hours), which is what
    ///    `metainc` takes for person-time. People on a caseload or contacts are no time.
    /// 3. Its timeline names a practice record. The first such event, by month and then as written, is the cut; which records
    ///    are practices is asked of the caller.
    /// 4. Its points are in the order of time and do not overlap. The *control* period (`.c`) is all points that end before the cut's month, the *experimental* one (`.e`) all that
    ///    begin in it or later. A point that spans the cut belongs to neither. Both have at least one point.
    /// 5. No value of either period is suppressed or missing, or of a status not known here; counts are whole; neither time is
    ///    zero. Rounded and estimated values are taken, and the column `approximate` says so.
    ///
    /// Events and times are summed over each period. This says that a rate was another one after than before; it does not say
    /// why, and a trend that was there before is in it. In R: `meta::metainc(event.e, time.e, event.c, time.c, studlab, data = d)`.
    MetaPrePost,
    /// One graph in the words of schema.org, with its context in it: nothing is fetched to read it.
    ///
    /// What each kind is, and why:
    /// - **practice**: `HowTo` and `Article`: told so that another team could do it, in an article's parts. Not
    ///   `ScholarlyArticle`: nobody has reviewed it.
    /// - **lesson**: `Report`, which schema.org has for an organisation's own account.
    /// - **adoption**: `Report` about a `UseAction` (who, what, since when, how it stands). The record is no action itself: it has
    ///   a licence, a language and an author, which actions have not.
    /// - **measure**: `Dataset`, with `variableMeasured`, `measurementTechnique` and `temporalCoverage`, by which dataset searches
    ///   find it.
    /// - **resource**: `LearningResource`, and `VideoObject`, `AudioObject` or `Dataset` where its type says so.
    /// - **collection**: `Collection` and `ItemList`: the order of the records is what it says.
    /// - **response**: `Question`, `Answer` or, for all others, `Comment`. An endorsement is no `Review`: there are no ratings here.
    /// - **translation**: `Article` with `translationOfWork`.
    /// - **meeting**: `DigitalDocument` about an `Event`; how to join stays out.
    /// - **notice**: `CorrectionComment` for corrections, else `Comment`.
    /// - every other kind: `CreativeWork`, with the body raw where this version cannot read it.
    ///
    /// The graph tells what a record is and whom it is by, in a catalogue's depth. All fields are in NDJSON and CSV.
    JsonLd,
    /// BibTeX, UTF-8, for LaTeX with BibTeX or biber.
    BibTex,
    /// RIS, for reference managers.
    Ris,
    /// CSL-JSON, for citation processors.
    CslJson,
    /// `CITATION.cff` 1.2.0 of the whole set, its records as references.
    CitationCff,
    /// References in plain words, one on a line.
    Text,
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
    pub const fn all(table: Table) -> [Self; 10] {
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
            Self::Text,
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
            Self::Text => "text",
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
            Self::Text => "text/plain; charset=utf-8",
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
            Self::Text => "records.txt".to_owned(),
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
