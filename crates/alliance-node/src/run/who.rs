//! Who this node is, read from its data directory when it starts. The organisation's key is not among it: a node runs
//! without.

use alliance_engine::Members;
use alliance_record::schema::Kind;
use alliance_record::{AllianceId, Author, Certificate, InstanceId, OrganisationId, Revocation, Succession};
use alliance_store::{OpenEvent, OpenReport};
use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::RunError;
use super::statements::OwnLife;
use crate::data::{DataDir, Identity, Membership, NodeKeys};
use crate::gate::Shown;

/// What the identity files say.
pub(super) struct Who {
    pub(super) keys: NodeKeys,
    pub(super) author: Author,
    pub(super) membership: Membership,
    pub(super) certificate: Bytes,
    /// By what its writer took the place of the one that the certificate names.
    pub(super) succession: Option<Bytes>,
    /// What it is to publish.
    pub(super) statements: Vec<(Kind, Bytes)>,
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
fn speaks_for(keys: &NodeKeys, certificate: &Bytes, succession: Option<&Bytes>) -> Result<OrganisationId, RunError> {
    let bad = |field| RunError::Identity { field };
    let node = match succession {
        Some(bytes) => Succession::decode(bytes).map_err(|_| bad("succession"))?.node(),
        None => {
            let certificate = Certificate::decode(certificate).map_err(|_| bad("certificate"))?;
            certificate.node().clone()
        }
    };
    if node.writer != keys.node.writer() {
        return Err(bad("certificate"));
    }
    Ok(node.organisation)
}

impl Who {
    /// What the gate shows in place of the predecessor's certificate.
    pub(super) fn shown(&self) -> Option<Shown> {
        let succession = Succession::decode(self.succession.as_ref()?).ok()?;
        Some(Shown {
            succession: succession.shown().clone(),
            predecessor: self.certificate.clone(),
        })
    }

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
        let succession = membership.succession.as_deref();
        let succession = succession.map(|text| hex(text, "succession")).transpose()?;
        let statements = membership.statements.iter();
        let statements = statements.map(|(kind, text)| Ok((Kind(*kind), hex(text, "statements")?)));
        let statements = statements.collect::<Result<_, RunError>>()?;
        let organisation = speaks_for(&keys, &certificate, succession.as_ref())?;
        Ok(Self {
            author: Author {
                alliance,
                organisation,
                instance,
                key: keys.node.clone(),
            },
            certificate,
            succession,
            statements,
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
    pub(super) fn begin_again_if_damaged(&mut self, life: &OwnLife, report: &OpenReport) -> Result<(), RunError> {
        let is_damage = |event: &OpenEvent| {
            matches!(
                event,
                OpenEvent::JournalDamaged { .. }
                    | OpenEvent::JournalHeldBack { .. }
                    | OpenEvent::JournalContradicted { .. }
            )
        };
        if report.events.iter().any(is_damage) {
            let instance = life.begin_again()?;
            self.author.instance = instance;
            tracing::warn!(%instance, "own records may be missing: this node goes on under a new instance");
        }
        Ok(())
    }

    /// Forgets statements that are said, or that a key signed which this node's certificate is not of any more: every
    /// rotation adds one, and they would grow without end.
    pub(super) fn forget_said(&mut self, life: &OwnLife, members: &Members) -> Result<(), RunError> {
        let key = Certificate::decode(&self.certificate).ok();
        let key = key.map(|certificate| certificate.node().signing_key());
        let is_done = |kind: Kind, bytes: &Bytes| {
            let revocation = Revocation::decode(bytes).ok().filter(|_| kind == Kind::REVOCATION);
            revocation.is_none_or(|said| Some(said.key) != key || members.is_ended(&said.writer, &said.organisation))
        };
        let before = self.statements.len();
        let (done, open): (Vec<_>, Vec<_>) = std::mem::take(&mut self.statements)
            .into_iter()
            .partition(|(kind, bytes)| is_done(*kind, bytes));
        self.statements = open;
        if self.statements.len() == before {
            return Ok(());
        }
        let done: Vec<(u32, String)> = done
            .iter()
            .map(|(kind, bytes)| (kind.0, HEXLOWER.encode(bytes)))
            .collect();
        life.change(|identity| {
            if let Some(membership) = &mut identity.membership {
                membership.statements.retain(|statement| !done.contains(statement));
            }
        })
    }
}
