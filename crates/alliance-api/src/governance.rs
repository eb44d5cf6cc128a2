//! Governance: what stewards decide, and what they said of it.

use serde::{Deserialize, Serialize};

/// Propose an act. A proposal binds nobody: approvals do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProposeRequest {
    /// What it is to do.
    #[serde(flatten)]
    pub act: Proposal,
    /// Why: a code of the vocabulary `act_reason`, or one of your own in its form. Of a notice: a code of `notice_reason`.
    #[serde(default)]
    pub reason: String,
    /// A sentence for people; everybody in the alliance reads it.
    #[serde(default)]
    pub note: String,
    /// From where on what the organisation's nodes wrote is not to count, because somebody else wrote it: records, by id or
    /// a unique beginning, each for its log; or a day or a moment (UTC), for all of them. Else what was written until now
    /// goes on to count. For suspending, removing, taking in again and another key alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

/// What an act is to do. Organisations are named by key in hexadecimal or as `did:key`, by a unique beginning of either, or by
/// name if nobody else has one like it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Proposal {
    /// Takes an organisation off the roster for now.
    Suspend {
        /// Which.
        organisation: String,
    },
    /// Takes an organisation off the roster.
    Remove {
        /// Which.
        organisation: String,
    },
    /// Takes an organisation in again.
    Reinstate {
        /// Which.
        organisation: String,
        /// The key that signs for it from now on, if it is another one: hexadecimal or `did:key`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Gives an organisation that lost its key another one.
    Rekey {
        /// Which.
        organisation: String,
        /// The key that signs for it from now on: hexadecimal or `did:key`.
        key: String,
    },
    /// Erases the body of a record, whoever wrote it.
    Erase {
        /// Which: id in hexadecimal, or a unique beginning of it. It must be held here.
        record: String,
    },
    /// Marks a record with a notice, whoever wrote it: it stays readable.
    Notice {
        /// Which: id in hexadecimal, or a unique beginning of it. It must be held here.
        record: String,
        /// `addendum`, `clarification`, `correction`, `expression_of_concern`, `partial_retraction` or `retraction`.
        notice_type: String,
        /// What was wrong and what is right, for people: at most 2,000 characters. Shown beside the record.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// Takes a notice by stewards back: it marks its record no more.
    Lift {
        /// The act that marks: id in hexadecimal, or a unique beginning of it.
        lifts: String,
    },
    /// Puts another version of the charter in force. What is not given stays.
    Amend(CharterChange),
}

/// What is to be different in the next version of a charter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct CharterChange {
    /// The alliance's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What every member signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pledge_text: Option<String>,
    /// Stewards to be added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_stewards: Vec<String>,
    /// Stewards to be left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop_stewards: Vec<String>,
    /// How many stewards must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    /// Whether any member may admit, or stewards alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_member_admits: Option<bool>,
    /// Organisations that make a chapter active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapter_active_at: Option<u32>,
    /// Months that a pledge lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pledge_months: Option<u32>,
}

/// Publish a statement that was signed elsewhere: with the organisation's key, which no running node has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// `approval`, `revocation`, `succession` or `certificate`.
    pub kind: String,
    /// Its exact bytes in hexadecimal.
    pub body: String,
}

/// A statement that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatementReceipt {
    /// The record that carries it: id in hexadecimal.
    pub record: String,
}

/// The charter in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CharterView {
    /// What names this version, in hexadecimal: the alliance's id, or the act that put it in force.
    pub version: String,
    /// 1 for the founding charter.
    pub number: u32,
    /// The alliance's name.
    pub name: String,
    /// What every member signs.
    pub pledge_text: String,
    /// The stewards.
    pub stewards: Vec<Named>,
    /// How many of them must agree.
    pub threshold: u32,
    /// Whether any member may admit, or stewards alone.
    pub any_member_admits: bool,
    /// Organisations that make a chapter active.
    pub chapter_active_at: u32,
    /// Months that a pledge lasts.
    pub pledge_months: u32,
}

/// An organisation, with the name that it gave itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    /// Its key in hexadecimal.
    pub id: String,
    /// Its name; empty until its profile has arrived.
    pub name: String,
}

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Stewards may still approve it.
    Open,
    /// It is in force, or was until the next one.
    InForce,
    /// A rival of it is in force, or it follows an act that is not.
    Outrun,
    /// A later charter is in force that does not carry it on.
    Lapsed,
    /// It marks a record, and a later act has taken it back.
    Lifted,
    /// It is made under a charter that this node does not know to be one.
    Unknown,
}

/// A steward's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WordView {
    /// Whose.
    pub steward: Named,
    /// Whether it approves. A rejection counts for nothing, and is shown.
    pub approves: bool,
    /// A sentence for people.
    pub note: String,
}

/// Where a log is to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CutView {
    /// The node's signing key in hexadecimal.
    pub writer: String,
    /// The chapter.
    pub chapter: String,
    /// Sequence of the last record that counts.
    pub sequence: u64,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ActView {
    /// Its id in hexadecimal.
    pub id: String,
    /// `suspend`, `remove`, `reinstate`, `rekey`, `amend`, `erase`, `notice` or `lift`.
    pub act: String,
    /// On whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Named>,
    /// The key that signs for it from then on, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The record whose body is erased, or that is marked or is no more, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What a notice says of the record: a code of the vocabulary `notice_type`. Of a lifting: what the notice says that it
    /// takes back, as far as that has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_type: Option<String>,
    /// What a notice says, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The act whose notice is taken back, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifts: Option<String>,
    /// The next charter, of an amendment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<CharterView>,
    /// Acts that go on to count under the next charter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<String>,
    /// Where the logs of its nodes are to end; those not named end before their first record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<CutView>,
    /// The version of the charter under which it is made.
    pub made_under: String,
    /// The act before it on the same organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// A code.
    pub reason: String,
    /// A sentence for people.
    pub note: String,
    /// Who proposed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<Named>,
    /// When, as far as its author's clock tells: milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_at_ms: Option<i64>,
    /// Where it stands.
    pub state: ActState,
    /// What stewards said.
    pub words: Vec<WordView>,
    /// How many approvals it needs.
    pub needed: u32,
    /// Acts of which one alone can be in force beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<String>,
}

/// A steward that approved acts of which one alone can be in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DoubleApproval {
    /// Which.
    pub steward: Named,
    /// The acts.
    pub acts: Vec<String>,
}

/// The alliance's governance: the same on every node that holds the same records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GovernanceView {
    /// The alliance's id in hexadecimal.
    pub alliance: String,
    /// The charter in force; `None` until it has arrived.
    pub charter: Option<CharterView>,
    /// Organisations that were let in and are not on the roster.
    pub former: Vec<Named>,
    /// All acts, in the order in which they were proposed, as far as clocks tell.
    pub acts: Vec<ActView>,
    /// Stewards that approved acts of which one alone can be in force.
    pub double_approvals: Vec<DoubleApproval>,
}

/// Where are the logs of one of this organisation's nodes to end?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CutsRequest {
    /// Its signing key in hexadecimal, or a unique beginning of it.
    pub writer: String,
    /// Where logs end: records, by id or a unique beginning, each for its log; or a day or a moment (UTC), for all of them.
    /// The other logs end behind what is held.
    #[serde(default)]
    pub before: Vec<String>,
}

/// Where the logs of a node are to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CutsView {
    /// The node's signing key in hexadecimal.
    pub writer: String,
    /// The exact bytes of the cuts in hexadecimal.
    pub cuts: String,
    /// The same for people.
    pub logs: Vec<CutView>,
}

/// A node of this organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NodeOfOrganisation {
    /// Its signing key in hexadecimal.
    pub writer: String,
    /// Its peer id.
    pub peer: String,
    /// Its name for people.
    pub label: String,
    /// When its certificate ends, milliseconds since 1970 UTC.
    pub ends_ms: i64,
    /// Whether it may not connect any more: it was revoked, replaced, or its organisation is off the roster.
    pub ended: bool,
    /// Whether it is the one that answers.
    pub this_one: bool,
}
