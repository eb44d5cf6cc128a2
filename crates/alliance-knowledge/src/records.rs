//! What is asked of whoever holds the records.

use alliance_record::schema::Kind;
use alliance_record::{ChapterName, OrganisationId, RecordId, Reference, Role};
use bytes::Bytes;

use crate::marks::Mark;

/// A record without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: RecordId,
    /// What it is.
    pub kind: Kind,
    /// Who said it.
    pub organisation: OrganisationId,
    /// Where it was said.
    pub chapter: ChapterName,
    /// What the author's clock said, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// The records that it refers to.
    pub references: Vec<Reference>,
    /// Whether it counts.
    pub state: State,
}

/// Whether a record counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Counts,
    /// Its writer signed twice, or its organisation is let in no more: what it says of others is not heard.
    Disputed,
    /// Its text is erased. What its header says stands.
    Removed,
    /// This node put it aside. What its header says stands.
    SetAside,
}

/// Records that refer to another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The records, in any order.
    pub items: Vec<Item>,
    /// Whether there are more, which were not looked at.
    pub more: bool,
}

/// Holds records and knows their organisations.
pub trait Records {
    /// Why nothing can be read.
    type Error;

    /// A record; `None` when it is not held.
    ///
    /// # Errors
    /// As the holder says.
    fn record(&self, id: &RecordId) -> Result<Option<Item>, Self::Error>;

    /// The records that refer to one, which need not be held, without those that are disputed; as many as the holder looks
    /// at, and no more of one organisation than leave room for the others.
    ///
    /// # Errors
    /// As the holder says.
    fn links_to(&self, id: &RecordId) -> Result<Links, Self::Error>;

    /// Those of a record's own organisation that refer to it as a new version or as a notice, without those that are
    /// disputed. Asked for apart from the others, so that no number of other members' records hides them.
    ///
    /// # Errors
    /// As the holder says.
    fn own_links_to(&self, item: &Item) -> Result<Links, Self::Error>;

    /// A record's body; `None` when there is none here that may be shown.
    ///
    /// # Errors
    /// As the holder says.
    fn body(&self, id: &RecordId) -> Result<Option<Bytes>, Self::Error>;

    /// Where an organisation is: ISO 3166-1 alpha-2; empty when it does not say.
    fn country(&self, organisation: &OrganisationId) -> String;

    /// What stewards say of a record, in acts that count.
    fn acts_on(&self, item: &Item) -> Vec<Mark>;
}

impl Item {
    /// By which records are put in order, the same on every node: what their authors' clocks said, and then their ids.
    #[must_use]
    pub const fn moment(&self) -> (i64, RecordId) {
        (self.claimed_at_ms, self.id)
    }

    /// The records that it refers to in this role.
    pub fn linked(&self, role: Role) -> impl Iterator<Item = &RecordId> {
        let links = self.references.iter().filter(move |link| link.role == role);
        links.map(|link| &link.record)
    }

    /// Whether it refers to a record in this role.
    #[must_use]
    pub fn links(&self, role: Role, record: &RecordId) -> bool {
        self.linked(role).any(|linked| linked == record)
    }

    /// Whether what it says is heard, its text included.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.state == State::Counts
    }
}
