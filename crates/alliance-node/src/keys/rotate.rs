//! Another signing and transport key for a node that is stopped: the old ones end where its logs do.

use std::collections::BTreeSet;
use std::path::Path;

use alliance_record::schema::Kind;
use alliance_record::{
    ActId, Certificate, ChapterName, Cuts, InstanceId, Revocation, SecretKey, Statement, Succession, WriterId,
    writer_commitment,
};
use alliance_store::{OpenError, Options, Reader, Store};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde_json::json;

use super::install::{attached, place_of};
use super::issue::{Place, certificate};
use super::request::organisation;
use super::{KeysError, Terms};
use crate::cuts::{self, Before, CutsError};
use crate::data::{Audit, DataDir, Hold, Identity, KeyFile, KeyState, Membership, NodeKeys, NodeParts, Passphrase};
use crate::random::random;

/// Under which circumstances.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rotation {
    /// The act of the stewards that gave the organisation another key, or took it in again: its id.
    pub act: Option<String>,
    /// From where on what the old key signed does not count, because somebody else signed it: records, by id or a unique
    /// beginning, each for its log; or a day or a moment (UTC), for all of them.
    pub before: Vec<String>,
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rotated {
    /// The signing key that ends, in hexadecimal.
    pub old_writer: String,
    /// The one that takes its place.
    pub writer: String,
    /// Whether the next key that the old certificate names did it, without the organisation's.
    pub by_next_key: bool,
}

/// Replaces the signing and the transport key of a node that is stopped. With the organisation's key here it signs a new
/// certificate and the end of the old writer; without, the next key that the certificate names takes over. The next start
/// publishes it.
///
/// # Errors
/// [`KeysError`], also while the node runs. Nothing has changed then.
pub fn rotate(
    data: &Path,
    terms: &Terms,
    rotation: &Rotation,
    passphrase: Option<&Passphrase>,
) -> Result<Rotated, KeysError> {
    let dir = DataDir::new(data);
    terms.check()?;
    let held = Identity::hold(&dir)?;
    let (membership, present) = attached(&dir)?;
    let old = NodeKeys::read(&dir.keys())?;
    let (cuts, standing) = looked_up(&dir, &old.node.writer(), rotation)?;
    let has_key = KeyFile::organisation(&dir.keys())?.is_some_and(|key| key.state() != KeyState::Absent);
    let next = if has_key {
        let end = End {
            writer: old.node.writer(),
            cuts,
            standing,
            is_earlier: !rotation.before.is_empty(),
        };
        by_organisation(&dir, (&membership, &present), end, terms, passphrase)?
    } else {
        by_next_key(&dir, (&membership, &present), (&old.node, &cuts), passphrase)?
    };
    let rotated = Rotated {
        old_writer: old.node.writer().to_string(),
        writer: next.keys.node.writer().to_string(),
        by_next_key: !has_key,
    };
    next.keep(&dir, &held, passphrase)?;
    Audit::of(&dir).note("node_keys_rotated", json!(rotated))?;
    Ok(rotated)
}

fn bad_name(name: &str) -> KeysError {
    KeysError::BadName { name: name.to_owned() }
}

/// Where this node's own logs stand, or before what is named; and the act that is named. The store is opened for it, so that
/// no node can write meanwhile.
fn looked_up(dir: &DataDir, writer: &WriterId, rotation: &Rotation) -> Result<(Cuts, Option<ActId>), KeysError> {
    let before = Before::read_all(&rotation.before).map_err(uncut)?;
    let failed = |error: &dyn std::error::Error| KeysError::Store {
        reason: error.to_string(),
    };
    let (_writer, reader, _report) = Store::open(&dir.store(), Options::default()).map_err(|error| match error {
        OpenError::Locked { .. } => KeysError::Running,
        error => failed(&error),
    })?;
    let mut heads = reader.all_heads().map_err(|error| failed(&error))?;
    heads.retain(|head| head.log.writer == *writer);
    let act = rotation.act.as_deref().map(|act| named_act(&reader, act)).transpose()?;
    Ok((cuts::cuts(&reader, &heads, &before).map_err(uncut)?, act))
}

/// An act by its id, which need not be known here; or by a beginning of it that one act here alone has.
fn named_act(reader: &Reader, text: &str) -> Result<ActId, KeysError> {
    if let Ok(act) = text.parse::<ActId>() {
        return Ok(act);
    }
    let prefix = text.trim_end_matches('…').to_lowercase();
    if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(bad_name(text));
    }
    let failed = |error: alliance_store::ReadError| KeysError::Store {
        reason: error.to_string(),
    };
    let mut found = BTreeSet::new();
    for stored in reader.chapter_records(&ChapterName::alliance()).map_err(failed)? {
        let record = stored.map_err(failed)?.record;
        if record.header().kind == Kind::PROPOSAL
            && let Some(Statement::Act(id, _)) = record.statement()
            && id.to_string().starts_with(&prefix)
        {
            found.insert(*id);
        }
    }
    let named: Vec<String> = found.iter().map(ToString::to_string).collect();
    let reason = match (found.first(), named.len()) {
        (Some(act), 1) => return Ok(*act),
        (None, _) => {
            format!("no act here begins with {text}; give its whole id, which a member's `alliance log ACT` shows")
        }
        (Some(_), _) => format!("{text} begins several acts: {}; give more digits", named.join(", ")),
    };
    Err(KeysError::Option {
        option: "--act",
        reason,
    })
}

fn uncut(error: CutsError) -> KeysError {
    match error {
        CutsError::Read(error) => KeysError::Store {
            reason: error.to_string(),
        },
        CutsError::TooMany { .. } => KeysError::Store {
            reason: "it holds more logs of this node than can be named; revoke it from another node with --before"
                .to_owned(),
        },
        error => KeysError::Option {
            option: "--before",
            reason: error.to_string(),
        },
    }
}

/// Keys and what says that they count, before they are put in place.
struct Next {
    keys: NodeKeys,
    /// The signing key that is to follow them, where the certificate commits to one.
    follows: Option<SecretKey>,
    membership: Membership,
}

impl Next {
    /// The identity first: with the old keys it does not start, and this can be done again.
    fn keep(self, dir: &DataDir, held: &Hold, passphrase: Option<&Passphrase>) -> Result<(), KeysError> {
        let identity = held.read()?.ok_or_else(|| KeysError::NoNode {
            path: dir.path().display().to_string(),
        })?;
        let identity = Identity {
            instance: InstanceId(random()).to_string(),
            membership: Some(self.membership),
            ..identity
        };
        held.write(&identity)?;
        Ok(self.keys.keep_before(&dir.keys(), self.follows.as_ref(), passphrase)?)
    }
}

/// What ends.
struct End {
    writer: WriterId,
    cuts: Cuts,
    /// The act that began another epoch, if one did.
    standing: Option<ActId>,
    /// Whether it ends before something that is held.
    is_earlier: bool,
}

fn by_organisation(
    dir: &DataDir,
    (membership, present): (&Membership, &Certificate),
    end: End,
    terms: &Terms,
    passphrase: Option<&Passphrase>,
) -> Result<Next, KeysError> {
    let key = organisation(dir, passphrase)?;
    let node = present.node();
    if key.organisation() != node.signing_key() && end.standing.is_none() {
        return Err(KeysError::NeedsAct);
    }
    // Another next key as well: whoever has stolen the one that is here would succeed the new node by it.
    let (keys, follows) = (NodeKeys::fresh(), SecretKey::from_seed(&random()));
    let parts = NodeParts {
        writer: keys.node.writer(),
        transport: keys.transport.transport(),
        next_writer: writer_commitment(&follows.writer()),
    };
    let place = Place {
        standing: end.standing.or(node.standing),
        ..place_of(present)
    };
    let terms = Terms {
        label: terms.label.clone().or_else(|| Some(node.label.clone())),
        ..terms.clone()
    };
    let made = certificate(&key, place, parts, &terms);
    let revocation = Revocation {
        alliance: node.alliance,
        organisation: node.organisation,
        key: key.organisation(),
        writer: end.writer,
        cuts: end.cuts,
        reason: "rotated".to_owned(),
    };
    let mut statements = membership.statements.clone();
    // An act that begins another epoch ends the writers of the one before by itself, where its proposer saw their ends.
    if end.standing.is_none() || end.is_earlier {
        statements.push((Kind::REVOCATION.0, HEXLOWER.encode(&revocation.sign(&key))));
    }
    Ok(Next {
        keys,
        follows: Some(follows),
        membership: Membership {
            certificate: HEXLOWER.encode(made.bytes()),
            succession: None,
            statements,
            ..membership.clone()
        },
    })
}

fn by_next_key(
    dir: &DataDir,
    (membership, present): (&Membership, &Certificate),
    (old, cuts): (&SecretKey, &Cuts),
    passphrase: Option<&Passphrase>,
) -> Result<Next, KeysError> {
    let next = KeyFile::next_node(&dir.keys())?.ok_or(KeysError::NoNextKey)?;
    // Once it has taken over, it is no next key any more: it would end what it wrote itself.
    if membership.succession.is_some() && WriterId(next.public()?) == old.writer() {
        return Err(KeysError::NoNextKey);
    }
    let keys = NodeKeys::with(next.open(passphrase)?);
    let transport = keys.transport.transport();
    let body: Bytes = Succession::sign(present, transport, cuts, &keys.node).ok_or(KeysError::NoNextKey)?;
    Ok(Next {
        keys,
        follows: None,
        membership: Membership {
            succession: Some(HEXLOWER.encode(&body)),
            ..membership.clone()
        },
    })
}
