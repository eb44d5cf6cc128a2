//! What a verification found.

use serde::Serialize;

use crate::fault::Check;

/// What a good verification proves.
pub const PROVES: [&str; 6] = [
    "each record was signed by a node that its organisation's certificate named, and is unchanged since",
    "each of these organisations was let in to the alliance of that id, as its charter and its members' records say",
    "every organisation's log was at the head that the identifier names, and the records stand in that log",
    "the tables, citations and licences say what the signed records say, byte for byte",
    "the identifier is that of exactly these records, heads, notices, schema and filter",
    "a node of the organisation named as maker put its signature to it",
];
/// What it does not.
pub const DOES_NOT_PROVE: [&str; 4] = [
    "that the filter left nothing out, or that no notice is missing: ask for the identifier on a node in step and compare",
    "that what an organisation says is true: it only proves who said it",
    "when a record was written: the time is the one that its author's clock claimed",
    "what became of the records later: a node that holds them says which were withdrawn since",
];

/// What was verified, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The snapshot's identifier.
    pub identifier: String,
    /// What it is called.
    pub title: String,
    /// The alliance's id.
    pub alliance: String,
    /// Its name, as its charter has it.
    pub alliance_name: String,
    /// What was asked for.
    pub filter: String,
    /// The chapters.
    pub chapters: Vec<String>,
    /// Records selected.
    pub records: u64,
    /// Logs whose heads were reached.
    pub logs: u64,
    /// Organisations on the roster at these heads.
    pub members: u64,
    /// Files compared.
    pub files: u64,
    /// Who made it.
    pub maker: Maker,
    /// The checks, in their order; each passed.
    pub checks: Vec<Check>,
    /// What that proves.
    pub proves: Vec<&'static str>,
    /// What it does not prove.
    pub does_not_prove: Vec<&'static str>,
}

/// The node that made a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Maker {
    /// Its organisation's key.
    pub organisation: String,
    /// What the organisation calls itself.
    pub name: String,
    /// Its signing key.
    pub writer: String,
}
