//! One graph in the words of schema.org, with its context in it: nothing is fetched to read it.
//!
//! What each kind is, and why:
//! - **practice**: `HowTo` and `Article`: told so that another team could do it, in an article's parts. Not
//!   `ScholarlyArticle`: nobody has reviewed it.
//! - **lesson**: `Report`, which schema.org has for an organisation's own account.
//! - **adoption**: `Report` about a `UseAction` (who, what, since when, how it stands). The record is no action itself: it has
//!   a licence, a language and an author, which actions have not.
//! - **measure**: `Dataset`, with `variableMeasured`, `measurementTechnique` and `temporalCoverage`, by which dataset searches
//!   find it.
//! - **resource**: `LearningResource`, and `VideoObject`, `AudioObject` or `Dataset` where its type says so.
//! - **collection**: `Collection` and `ItemList`: the order of the records is what it says.
//! - **response**: `Question`, `Answer` or, for all others, `Comment`. An endorsement is no `Review`: there are no ratings here.
//! - **translation**: `Article` with `translationOfWork`.
//! - **meeting**: `DigitalDocument` about an `Event`; how to join stays out.
//! - **notice**: `CorrectionComment` for corrections, else `Comment`.
//! - every other kind: `CreativeWork`, with the body raw where this version cannot read it.
//!
//! The graph tells what a record is and whom it is by, in a catalogue's depth. All fields are in NDJSON and CSV.

mod codes;
mod graph;
mod kinds;

pub(crate) use graph::Graph;
