//! Numbers and names of the kinds of record. Kinds from newer nodes are kept by their number.

use std::borrow::Cow;
use std::fmt;

/// What a record's body is: the header's `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u32);

/// Every kind known here. Content is 1 to 63, the alliance's own records 64 to 127.
const NAMES: [(Kind, &str); 23] = [
    (Kind::PRACTICE, "practice"),
    (Kind::LESSON, "lesson"),
    (Kind::ADOPTION, "adoption"),
    (Kind::MEASURE, "measure"),
    (Kind::RESOURCE, "resource"),
    (Kind::COLLECTION, "collection"),
    (Kind::RESPONSE, "response"),
    (Kind::TRANSLATION, "translation"),
    (Kind::MEETING, "meeting"),
    (Kind::NOTICE, "notice"),
    (Kind::CHARTER, "charter"),
    (Kind::ADMISSION, "admission"),
    (Kind::PLEDGE, "pledge"),
    (Kind::CERTIFICATE, "certificate"),
    (Kind::PROFILE, "profile"),
    (Kind::CHAPTER, "chapter"),
    (Kind::SUBSCRIPTION, "subscription"),
    (Kind::APPROVAL, "approval"),
    (Kind::RECEIPT, "receipt"),
    (Kind::PROPOSAL, "proposal"),
    (Kind::REVOCATION, "revocation"),
    (Kind::SUCCESSION, "succession"),
    (Kind::FORK_PROOF, "fork_proof"),
];

/// Opens the name of a kind that has none here, such as `kind-999`.
const UNKNOWN: &str = "kind-";

impl Kind {
    /// Something an organisation does.
    pub const PRACTICE: Self = Self(1);
    /// Something learned, from success or failing.
    pub const LESSON: Self = Self(2);
    /// Someone else's practice or resource, taken up.
    pub const ADOPTION: Self = Self(3);
    /// A series of counts with their denominators.
    pub const MEASURE: Self = Self(4);
    /// A tool, guide or training module.
    pub const RESOURCE: Self = Self(5);
    /// Records in an order.
    pub const COLLECTION: Self = Self(6);
    /// An endorsement, comment, question or answer.
    pub const RESPONSE: Self = Self(7);
    /// One record at one version in another language.
    pub const TRANSLATION: Self = Self(8);
    /// A net meeting of a chapter.
    pub const MEETING: Self = Self(9);
    /// A correction, concern, retraction or removal.
    pub const NOTICE: Self = Self(10);
    /// The alliance's founding act and its later versions.
    pub const CHARTER: Self = Self(64);
    /// An organisation is let in.
    pub const ADMISSION: Self = Self(65);
    /// An organisation signs the alliance's text.
    pub const PLEDGE: Self = Self(66);
    /// An organisation certifies a node.
    pub const CERTIFICATE: Self = Self(67);
    /// What an organisation says of itself.
    pub const PROFILE: Self = Self(68);
    /// Stewards, rhythm and language of a chapter.
    pub const CHAPTER: Self = Self(69);
    /// An organisation follows a chapter, or stops.
    pub const SUBSCRIPTION: Self = Self(70);
    /// A steward approves a proposal.
    pub const APPROVAL: Self = Self(71);
    /// A node confirms a redaction.
    pub const RECEIPT: Self = Self(72);
    /// An act that stewards are to approve.
    pub const PROPOSAL: Self = Self(73);
    /// An organisation ends one of its writers.
    pub const REVOCATION: Self = Self(74);
    /// A writer's successor, committed in advance, takes its place.
    pub const SUCCESSION: Self = Self(75);
    /// Proof that a writer signed twice for one place.
    pub const FORK_PROOF: Self = Self(76);

    /// The kind's name, such as `practice`; `kind-999` for a kind from a newer node.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match NAMES.iter().find(|(kind, _)| *kind == self) {
            Some((_, name)) => Cow::Borrowed(name),
            None => Cow::Owned(format!("{UNKNOWN}{}", self.0)),
        }
    }

    /// The kind of a name, as [`Kind::name`] writes it. None when no kind is called so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let known = NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
        known.or_else(|| {
            let kind = Self(name.strip_prefix(UNKNOWN)?.parse().ok()?);
            (kind.name() == name).then_some(kind)
        })
    }

    /// Whether this is one of the alliance's own records, known here or not.
    #[must_use]
    pub fn is_governance(self) -> bool {
        (64..128).contains(&self.0)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_go_both_ways() {
        for kind in (0..200).map(Kind) {
            assert_eq!(Kind::from_name(&kind.name()), Some(kind));
        }
        for stranger in [
            "",
            "Practice",
            "kind-",
            "kind-1",
            "kind-0999",
            "kind-x",
            "kind-99999999999",
        ] {
            assert_eq!(Kind::from_name(stranger), None, "{stranger}");
        }
        assert_eq!(Kind(999).to_string(), "kind-999");
    }

    #[test]
    fn the_alliances_own_kinds_are_a_range() {
        for (kind, name) in NAMES {
            assert_eq!(kind.is_governance(), kind.0 >= Kind::CHARTER.0, "{name}");
        }
        assert!(Kind(127).is_governance() && !Kind(128).is_governance() && !Kind(63).is_governance());
    }
}
