//! What records say of one another, found by following their references: versions, notices, adoptions, responses,
//! translations, collections; what others' adoptions come to; and what is due.
//!
//! Owns the rules by which one record bears on another. Pure: records are asked of a [`Records`], and nothing is kept. Never
//! judges whether a record is valid or may be removed, never shows anything to people, and believes no count that an author
//! typed: everything is counted from signed records.

mod adoptions;
mod collection;
mod due;
mod knowledge;
mod marks;
mod month;
mod reading;
mod records;
mod responses;
mod translations;
mod versions;

pub use adoptions::{Adoption, Facts, Independence, Share, StageRule, facts};
pub use collection::{Entry, entries};
pub use due::{Due, DueWhat, asks, due, first_due};
pub use knowledge::{Connection, Knowledge, knowledge};
pub use marks::{
    Issuer, Mark, MarkSource, Standing, TEXT_CHARACTERS_MAX, said_by, said_by_others, shortened, standing,
};
pub use month::Month;
pub use reading::{Reading, Room};
pub use records::{Item, Links, Records, State};
pub use responses::{Response, is_open, responses};
pub use translations::{Translation, translation_is_stale, translations};
pub use versions::{VERSIONS_MAX, Version, Versions, number};
