//! Certificates: an organisation's word for a node, with its end and the signing key that is to follow.

use alliance_record::limits::DISPLAY_NAME_CHARS_MAX;
use alliance_record::{ActId, AllianceId, Certificate, CertifiedNode, OrganisationId, SecretKey};

use super::KeysError;
use crate::data::NodeParts;
use crate::random::now_ms;

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;
/// How long a certificate lasts unless somebody says otherwise: two years.
pub const VALID_MS: i64 = 2 * 365 * DAY_MS;
/// The longest: a machine that is forgotten must lose its word some day.
const VALID_MS_MAX: i64 = 10 * 365 * DAY_MS;
/// A certificate begins a little before now: clocks differ.
const EARLY_MS: i64 = 3_600_000;

/// What the organisation grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// A name of the node for people; `None` keeps the one that it has.
    pub label: Option<String>,
    /// For how long, in milliseconds from now.
    pub valid_ms: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            label: None,
            valid_ms: VALID_MS,
        }
    }
}

impl Terms {
    pub(super) fn check(&self) -> Result<(), KeysError> {
        let bad = |option, reason: String| Err(KeysError::Option { option, reason });
        if !(1..=VALID_MS_MAX).contains(&self.valid_ms) {
            return bad("--valid", "up to ten years, as 90d, 12w or 2y".to_owned());
        }
        let chars = self.label.as_ref().map_or(0, |label| label.chars().count());
        if chars > DISPLAY_NAME_CHARS_MAX {
            return bad("--label", format!("up to {DISPLAY_NAME_CHARS_MAX} characters"));
        }
        Ok(())
    }
}

/// Where the node is to speak: in which alliance, for whom, and in which epoch of that organisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) alliance: AllianceId,
    pub(crate) organisation: OrganisationId,
    pub(crate) standing: Option<ActId>,
}

impl Place {
    /// The first epoch, which every organisation begins in: its key is its name.
    pub(crate) fn first(alliance: AllianceId, key: &SecretKey) -> Self {
        Self {
            alliance,
            organisation: key.organisation(),
            standing: None,
        }
    }
}

/// Signs a certificate.
pub(crate) fn certificate(key: &SecretKey, place: Place, parts: NodeParts, terms: &Terms) -> Certificate {
    let now = now_ms();
    let node = CertifiedNode {
        alliance: place.alliance,
        organisation: place.organisation,
        writer: parts.writer,
        transport: parts.transport,
        not_before_ms: now - EARLY_MS,
        not_after_ms: now.saturating_add(terms.valid_ms),
        label: terms.label.clone().unwrap_or_default(),
        next_writer: Some(parts.next_writer),
        standing: place.standing,
        key: Some(key.organisation()).filter(|key| *key != place.organisation),
        succeeds: None,
    };
    Certificate::issue(key, node)
}
