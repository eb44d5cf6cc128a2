//! Organisations, their invitations, certificates and pledges, as they are asked for and shown.

use serde::{Deserialize, Serialize};

use crate::request::Commitment;

/// What an organisation is to the alliance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationState {
    /// Not on this node's roster (yet).
    #[default]
    Unknown,
    /// The charter names it.
    Founder,
    /// A member admitted it.
    Member,
    /// It was a member, and stewards suspended it.
    Suspended,
    /// It was a member, and stewards removed it.
    Removed,
}

/// An organisation as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrganisationView {
    /// Its key in hexadecimal.
    pub id: String,
    /// Its key as `did:key`.
    pub did: String,
    /// Its name; empty until its profile has arrived.
    pub name: String,
    /// Its name in English, when the first is in another language.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_en: String,
    /// ISO 3166-1 alpha-2 code, upper case; empty until its profile has arrived.
    pub country: String,
    /// Who admitted it: key in hexadecimal; `None` for a founder.
    pub admitted_by: Option<String>,
    /// Whether it signed the pledge with at least one dated commitment.
    pub pledged: bool,
    /// When its newest pledge ends, `YYYY-MM-DD`; empty without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pledge_ends_on: String,
    /// How many organisations it brought in; the pledge asks for two.
    #[serde(default)]
    pub invited: u64,
    /// When the record that admitted it was written by its author's clock, milliseconds since 1970 UTC; of a founder,
    /// the charter's.
    #[serde(default)]
    pub since_ms: Option<i64>,
    /// What it is.
    #[serde(default)]
    pub state: OrganisationState,
    /// The act by which it is off the roster: id in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// Other members whose name looks like its own: keys in hexadecimal. Compare keys before you trust a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resembles: Vec<String>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// An organisation used it.
    Used,
    /// It was withdrawn.
    Revoked,
    /// Its time is over, and nobody used it.
    Expired,
}

/// An invitation that this node gave, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvitationStatus {
    /// Its id in hexadecimal.
    pub id: String,
    /// The note that was made with it.
    pub note: String,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// What became of it.
    pub state: InvitationState,
    /// Who used it: key in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_by: Option<String>,
    /// The name of who used it; empty until its profile has arrived.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub used_by_name: String,
}

/// Put a certificate in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateRequest {
    /// Its exact bytes in hexadecimal.
    pub certificate: String,
}

/// A certificate that is in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CertificateView {
    /// The node's name for people.
    pub label: String,
    /// From when it connects, milliseconds since 1970 UTC.
    pub begins_ms: i64,
    /// Until when, milliseconds since 1970 UTC.
    pub ends_ms: i64,
}

/// Sign the pledge anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PledgeRequest {
    /// What will be done, and by when.
    pub commitments: Vec<Commitment>,
}

/// A pledge that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PledgeView {
    /// The record's id in hexadecimal.
    pub id: String,
    /// When it ends, `YYYY-MM-DD`.
    pub ends_on: String,
}

/// An organisation was let in again, in this organisation's name too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VouchView {
    /// The admission: a record's id in hexadecimal.
    pub id: String,
    /// Whom.
    pub organisation: crate::Named,
}
