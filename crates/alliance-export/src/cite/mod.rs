//! Records as references of a bibliography. Owns the escaping of each format.
//!
//! The author is the organisation: names of persons are in a record by their consent to that record, not to every
//! bibliography. The date is the one that the author's clock said.

mod bibtex;
mod cff;
mod csl;
mod ris;
mod set;
mod text;

use alliance_record::schema::Kind;

pub(crate) use bibtex::BibTex;
pub(crate) use cff::Cff;
pub(crate) use csl::CslJson;
pub(crate) use ris::Ris;
pub use set::{CitedSet, cite_set};
pub(crate) use text::Plain;

/// What a record is to a bibliography.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// What an organisation did, learned or took up, in its own words.
    Report,
    /// Figures.
    Dataset,
    /// Everything else.
    Misc,
}

const fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::PRACTICE | Kind::LESSON | Kind::ADOPTION => Sort::Report,
        Kind::MEASURE => Sort::Dataset,
        _ => Sort::Misc,
    }
}
