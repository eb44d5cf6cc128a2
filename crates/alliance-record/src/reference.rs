//! Typed links between records.

use crate::id::RecordId;

/// What a link means. Roles from newer nodes are kept by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role(pub u32);

/// Number and word of each role known here; the words are used in front matter and JSON.
const ROLES: [(u32, &str); 11] = [
    (1, "supersedes"),
    (2, "replies_to"),
    (3, "adopts"),
    (4, "uses"),
    (5, "measures"),
    (6, "translates"),
    (7, "redacts"),
    (8, "corrects"),
    (9, "about"),
    (10, "contains"),
    (11, "admitted_by"),
];

impl Role {
    /// This record takes the place of an earlier version.
    pub const SUPERSEDES: Self = Self(1);
    /// This response is to that record.
    pub const REPLIES_TO: Self = Self(2);
    /// This adoption is of that practice or resource.
    pub const ADOPTS: Self = Self(3);
    /// This translation is of that record.
    pub const TRANSLATES: Self = Self(6);
    /// This notice removes that record: its body is erased.
    pub const REDACTS: Self = Self(7);
    /// This notice is about that record.
    pub const CORRECTS: Self = Self(8);
    /// This collection holds that record.
    pub const CONTAINS: Self = Self(10);
    /// The admission that the author of this record stands on.
    pub const ADMITTED_BY: Self = Self(11);

    /// The role's word; `None` for a role from a newer node.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        ROLES
            .iter()
            .find(|(number, _)| *number == self.0)
            .map(|(_, name)| *name)
    }

    /// The role of a word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ROLES
            .iter()
            .find(|(_, word)| *word == name)
            .map(|(number, _)| Self(*number))
    }
}

/// A link from a record to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// What the link means.
    pub role: Role,
    /// The record linked to; it need not be held here.
    pub record: RecordId,
}
