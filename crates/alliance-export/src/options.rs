//! What an export is told beside its records.

use std::borrow::Cow;

use alliance_record::schema::Kind;
use alliance_record::{AllianceId, RecordId};

/// Where an export comes from.
#[derive(Debug, Clone)]
pub struct Origin<'a> {
    /// The alliance.
    pub alliance: AllianceId,
    /// Its name, in plain words.
    pub alliance_name: Cow<'a, str>,
    /// What the exported set is called: the title of `CITATION.cff` and of the data package.
    pub title: Cow<'a, str>,
    /// What names the exported set for ever, such as a snapshot's identifier, where it has such a name: citations of the set give it.
    pub set: Option<Cow<'a, str>>,
    /// The address to which a record's id is added to make its page, such as `https://node.example.org/records/`. Citations
    /// give it as the record's address; without one they give what the record itself names.
    pub records_at: Option<Cow<'a, str>>,
}

/// Whether cells of a table are kept from being taken for formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cells {
    /// Texts that a spreadsheet would take for a formula get a leading apostrophe, also in other scripts' full width: those
    /// that begin with `=`, `+`, `-`, `@`, tab, carriage return or line feed, whatever apostrophes stand before. Numbers stay
    /// numbers. [`crate::unguarded`] takes it away again. It protects readers to whom the comma is the separator; a program
    /// that cuts the file at semicolons makes cells of its own.
    #[default]
    FormulaSafe,
    /// Texts as they are, for programs that compute no formulas.
    Raw,
}

/// What a record of an id is; `None` when it is not known.
pub type KindOf<'a> = &'a (dyn Fn(&RecordId) -> Option<Kind> + Sync);

/// How an export is written.
#[derive(Clone)]
pub struct Options<'a> {
    /// Where it comes from.
    pub origin: Origin<'a>,
    /// How texts in tables are written.
    pub cells: Cells,
    /// Which kind a record has that a series' timeline names; asked by [`crate::Format::MetaPrePost`] alone, whose periods
    /// part where a practice began.
    pub kind_of: KindOf<'a>,
}

impl<'a> Options<'a> {
    /// Formula-safe, of records that nobody is asked about.
    #[must_use]
    pub fn new(origin: Origin<'a>) -> Self {
        Self {
            origin,
            cells: Cells::default(),
            kind_of: &|_| None,
        }
    }
}
