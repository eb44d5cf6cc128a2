//! The kinds of body, written once: everything here follows from the descriptors of `proto/alliance/v1` and their options.
//!
//! Owns reading a draft (Markdown or JSON), judging its form, and showing a body as JSON, Markdown or a few words. Never
//! judges records received from others, never signs, and holds no list of fields: a new field is one edit of a `.proto` file.
//! Rules that look at several fields together are in `rules`.

mod check;
mod completeness;
mod condition;
mod fill;
mod finding;
mod info;
mod json;
mod json_places;
mod kind;
mod leaves;
pub mod limits;
mod markdown;
mod nearest;
mod node;
mod read;
mod references;
mod rules;
mod summary;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod vocabulary;
mod walk;
mod write;
mod yaml;

pub use crate::proto::v1::{Condition, Format};
pub use completeness::{Completeness, MissingItem, completeness};
pub use finding::{CODES, Finding, Severity};
pub use info::{FieldInfo, KindInfo, ReferenceRole, Shape, kind, kinds};
pub use json::{DecodeError, to_json};
pub use kind::Kind;
pub use leaves::{Leaf, leaves};
pub use nearest::nearest;
pub use read::{Document, Written, read_json, read_markdown, validate};
pub use references::references;
pub use summary::{Summary, summary};
pub use template::template;
pub use vocabulary::{Code, vocabularies, vocabulary, vocabulary_version};
pub use write::to_markdown;
