//! Who this node is, read from its data directory when it starts. The organisation's key is not among it: a node runs
//! without.

use alliance_record::{AllianceId, Author, Certificate, InstanceId, OrganisationId};
use alliance_store::{OpenEvent, OpenReport};
use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::RunError;
use crate::data::{DataDir, Identity, Membership, NodeKeys};
use crate::random::random;

/// What the identity files say.
pub(super) struct Who {
    pub(super) keys: NodeKeys,
    pub(super) author: Author,
    pub(super) membership: Membership,
    pub(super) certificate: Bytes,
    pub(super) charter: Option<Bytes>,
    /// Whom this node trusts until it has the roster: who invited, or whom a further node was told of.
    pub(super) first: Vec<OrganisationId>,
    pub(super) identity: Identity,
}

fn hex(text: &str, field: &'static str) -> Result<Bytes, RunError> {
    HEXLOWER
        .decode(text.as_bytes())
        .map(Bytes::from)
        .map_err(|_| RunError::Identity { field })
}

/// The organisation that certified this node. Its key need not be here.
fn speaks_for(keys: &NodeKeys, certificate: &Bytes) -> Result<OrganisationId, RunError> {
    let field = "certificate";
    let certificate = Certificate::decode(certificate).map_err(|_| RunError::Identity { field })?;
    let node = certificate.node();
    if node.writer != keys.node.writer() {
        return Err(RunError::Identity { field });
    }
    Ok(node.organisation)
}

impl Who {
    pub(super) fn read(dir: &DataDir) -> Result<Self, RunError> {
        let identity = Identity::read(dir)?.ok_or_else(|| RunError::NotInitialised {
            path: dir.path().display().to_string(),
        })?;
        let membership = identity.membership.clone().ok_or(RunError::NoAlliance)?;
        let keys = NodeKeys::read(&dir.keys())?;
        let certificate = hex(&membership.certificate, "certificate")?;
        let bad = |field| move |_| RunError::Identity { field };
        let alliance: AllianceId = membership.alliance.parse().map_err(bad("alliance"))?;
        let instance: InstanceId = identity.instance.parse().map_err(bad("instance"))?;
        let first = membership.inviter.iter().chain(&membership.trusted);
        let first = first.map(|text| text.parse()).collect::<Result<_, _>>();
        let first = first.map_err(bad("inviter"))?;
        let organisation = speaks_for(&keys, &certificate)?;
        Ok(Self {
            author: Author {
                alliance,
                organisation,
                instance,
                key: keys.node.clone(),
            },
            certificate,
            charter: membership
                .charter
                .as_deref()
                .map(|charter| hex(charter, "charter"))
                .transpose()?,
            first,
            keys,
            membership,
            identity,
        })
    }
}

impl Who {
    /// Begins a new instance when the journal of own records was damaged: this node may have written more than it still
    /// knows, and must not write a second record at any of those places.
    pub(super) fn begin_again_if_damaged(&mut self, dir: &DataDir, report: &OpenReport) -> Result<(), RunError> {
        let is_damage = |event: &OpenEvent| {
            matches!(
                event,
                OpenEvent::JournalDamaged { .. }
                    | OpenEvent::JournalHeldBack { .. }
                    | OpenEvent::JournalContradicted { .. }
            )
        };
        if report.events.iter().any(is_damage) {
            let instance = InstanceId(random());
            self.identity.instance = instance.to_string();
            self.identity.write(dir)?;
            self.author.instance = instance;
            tracing::warn!(%instance, "own records may be missing: this node goes on under a new instance");
        }
        Ok(())
    }
}
