//! Making a data directory: keys, a new alliance, or a place in one.

mod join;

use std::path::Path;

use alliance_api::Commitment;
use alliance_record::proto::v1;
use alliance_record::{AllianceId, Certificate, Charter, SecretKey, alliance_id};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use prost::Message;

use crate::data::file::make_dir;
use crate::data::keys::{exist, make_all, organisation_key};
use crate::data::{Audit, DataDir, FileError, Identity, KeyError, Membership, NodeKeys, Passphrase, Wishes};
use crate::keys::{Place, Terms};
use crate::random::{now_ms, random};
use crate::run::first_chapters;

pub use join::{JoinError, check_invitation, join};

/// Organisations that make a chapter active, unless the founder says otherwise.
const CHAPTER_ACTIVE_AT: u32 = 3;
/// Months a pledge lasts.
const PLEDGE_MONTHS: u32 = 24;
/// What every member signs, unless the founder says otherwise.
const PLEDGE_TEXT: &str = "We share what we do and what we learned, failings included, so that care becomes humane \
and reliance on force ends. We keep at least one dated commitment, and we invite two more organisations.";

/// What an organisation says of itself when its data directory is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitOptions {
    /// Its name, in its own language.
    pub name: String,
    /// Its name in English, or empty.
    pub name_en: String,
    /// ISO 3166-1 alpha-2, or empty. Chapters of the country and its continent are followed at founding or joining.
    pub country: String,
    /// ISO 3166-2, or empty.
    pub subdivision: String,
    /// Code of the list of organisation types, or empty.
    pub organisation_type: String,
    /// BCP 47.
    pub languages: Vec<String>,
    /// Seals the organisation's key; `None` leaves it to whoever can read its file.
    pub passphrase: Option<Passphrase>,
}

/// A new alliance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundOptions {
    /// Its name.
    pub name: String,
    /// What every member signs; empty: the text that comes with the software.
    pub pledge_text: String,
    /// Whether stewards alone may admit others; otherwise every member may.
    pub stewards_admit: bool,
    /// Organisations that make a chapter active; 0: three.
    pub chapter_active_at: u32,
    /// The founder's own pledge.
    pub commitments: Vec<Commitment>,
    /// Opens the organisation's key, where it is sealed.
    pub passphrase: Option<Passphrase>,
}

/// A place in an alliance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JoinOptions {
    /// The invitation's token.
    pub invitation: String,
    /// The pledge; without one, that of an attempt before.
    pub commitments: Vec<Commitment>,
    /// Opens the organisation's key, where it is sealed.
    pub passphrase: Option<Passphrase>,
}

/// What was made, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SetupReport {
    /// The organisation's key in hexadecimal.
    pub organisation: String,
    /// The organisation's key as `did:key`.
    pub did: String,
    /// libp2p peer id.
    pub peer: String,
    /// The alliance's id in hexadecimal; `None` before founding or joining.
    pub alliance: Option<String>,
    /// Chapters that will be followed.
    pub chapters: Vec<String>,
    /// What a person should know or do next.
    pub notes: Vec<String>,
}

/// Why a data directory could not be made. Nothing that was there before has changed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A file is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// A key is at fault, or its passphrase.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is a node already.
    #[error("{path} holds a node already; choose another directory with --data")]
    Exists {
        /// The directory.
        path: String,
    },
    /// There is no node yet.
    #[error("{path} holds no node yet; use `alliance init` first, or give its name here")]
    NotInitialised {
        /// The directory.
        path: String,
    },
    /// The organisation is in an alliance.
    #[error("this organisation belongs to the alliance {alliance} already; another one needs another data directory")]
    HasAlliance {
        /// The alliance's id.
        alliance: String,
    },
    /// An option cannot be used.
    #[error("{option}: {reason}")]
    Option {
        /// Which one.
        option: &'static str,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// Joining failed.
    #[error(transparent)]
    Join(#[from] JoinError),
}

/// Makes a data directory with fresh keys.
///
/// # Errors
/// [`SetupError`]; nothing that was there before has changed.
pub fn init(data: &Path, options: &InitOptions) -> Result<SetupReport, SetupError> {
    let dir = DataDir::new(data);
    check_init(options)?;
    make_dir(dir.path())?;
    let held = Identity::hold(&dir)?;
    if held.read()?.is_some() || exist(&dir.keys()) {
        return Err(SetupError::Exists {
            path: data.display().to_string(),
        });
    }
    let (organisation, node) = make_all(&dir.keys(), options.passphrase.as_ref())?;
    let wishes = Wishes {
        name: options.name.clone(),
        name_en: options.name_en.clone(),
        country: options.country.to_uppercase(),
        subdivision: options.subdivision.to_uppercase(),
        organisation_type: options.organisation_type.clone(),
        languages: options.languages.clone(),
        commitments: Vec::new(),
    };
    let identity = Identity {
        instance: HEXLOWER.encode(&random::<8>()),
        wishes,
        label: String::new(),
        membership: None,
    };
    held.write(&identity)?;
    let made = serde_json::json!({
        "organisation": organisation.organisation().to_string(),
        "sealed": options.passphrase.is_some(),
    });
    Audit::of(&dir).note("keys_made", made)?;
    let note = "keep a copy of the directory 'keys' in a safe place, and its passphrase in another: whoever has both \
                speaks for the organisation";
    Ok(report(&Keys { organisation, node }, &identity, vec![note.to_owned()]))
}

fn check_init(options: &InitOptions) -> Result<(), SetupError> {
    let bad = |option, reason: &str| {
        Err(SetupError::Option {
            option,
            reason: reason.to_owned(),
        })
    };
    let chars = options.name.trim().chars().count();
    if !(1..=alliance_record::limits::DISPLAY_NAME_CHARS_MAX).contains(&chars) {
        return bad("--name", "give the organisation's name, up to 200 characters");
    }
    let country = format!("iso:{}", options.country.to_lowercase());
    if !options.country.is_empty() && alliance_engine::region::name(&country).is_none() {
        return bad("--country", "give the two letters of ISO 3166, such as GB or CZ");
    }
    Ok(())
}

/// Founds an alliance in a data directory made by [`init`].
///
/// # Errors
/// [`SetupError`]; nothing that was there before has changed.
pub fn found(data: &Path, options: &FoundOptions) -> Result<SetupReport, SetupError> {
    let dir = DataDir::new(data);
    check_commitments(&options.commitments)?;
    let held = Identity::hold(&dir)?;
    let (mut identity, keys) = unattached(&dir, options.passphrase.as_ref())?;
    let charter = charter(options, &keys);
    Charter::decode(&charter).map_err(|error| SetupError::Option {
        option: "charter",
        reason: error.to_string(),
    })?;
    let alliance = alliance_id(&charter);
    if !options.commitments.is_empty() {
        identity.wishes.commitments.clone_from(&options.commitments);
    }
    identity.membership = Some(Membership {
        alliance: alliance.to_string(),
        alliance_name: options.name.clone(),
        certificate: HEXLOWER.encode(keys.certificate(&dir, alliance, options.passphrase.as_ref())?.bytes()),
        succession: None,
        statements: Vec::new(),
        charter: Some(HEXLOWER.encode(&charter)),
        inviter: None,
        trusted: Vec::new(),
    });
    held.write(&identity)?;
    let details = serde_json::json!({"organisation": keys.organisation.organisation().to_string()});
    Audit::of(&dir).note("founded", details)?;
    let notes = vec!["start the node with `alliance run`, then invite others with `alliance invite`".to_owned()];
    Ok(report(&keys, &identity, notes))
}

fn charter(options: &FoundOptions, keys: &Keys) -> Bytes {
    let or = |given: u32, default| if given == 0 { default } else { given };
    let text = if options.pledge_text.is_empty() {
        PLEDGE_TEXT
    } else {
        &options.pledge_text
    };
    let policy = if options.stewards_admit {
        v1::AdmissionPolicy::Stewards
    } else {
        v1::AdmissionPolicy::AnyMember
    };
    v1::Charter {
        name: options.name.clone(),
        pledge_text: text.to_owned(),
        stewards: vec![Bytes::copy_from_slice(&keys.organisation.public())],
        threshold: 1,
        admission_policy: policy.into(),
        chapter_active_at: or(options.chapter_active_at, CHAPTER_ACTIVE_AT),
        pledge_months: PLEDGE_MONTHS,
        nonce: Bytes::copy_from_slice(&random::<32>()),
        founded_at_ms: now_ms(),
        founding_writer: Bytes::copy_from_slice(&keys.node.node.public()),
        steward_keys: Vec::new(),
    }
    .encode_to_vec()
    .into()
}

/// The keys with which an organisation founds or joins.
struct Keys {
    organisation: SecretKey,
    node: NodeKeys,
}

impl Keys {
    /// The organisation's word for this node, in the first epoch.
    fn certificate(
        &self,
        dir: &DataDir,
        alliance: AllianceId,
        passphrase: Option<&Passphrase>,
    ) -> Result<Certificate, KeyError> {
        let parts = self.node.parts(&dir.keys(), passphrase)?;
        let place = Place::first(alliance, &self.organisation);
        Ok(crate::keys::certificate(
            &self.organisation,
            place,
            parts,
            &Terms::default(),
        ))
    }
}

/// The identity of a directory that has no alliance yet.
fn alone(dir: &DataDir, identity: Option<Identity>) -> Result<Identity, SetupError> {
    let path = || dir.path().display().to_string();
    let identity = identity.ok_or_else(|| SetupError::NotInitialised { path: path() })?;
    match &identity.membership {
        None => Ok(identity),
        Some(membership) => Err(SetupError::HasAlliance {
            alliance: membership.alliance.clone(),
        }),
    }
}

/// The identity and keys of a directory that has no alliance yet.
fn unattached(dir: &DataDir, passphrase: Option<&Passphrase>) -> Result<(Identity, Keys), SetupError> {
    let identity = alone(dir, Identity::read(dir)?)?;
    let keys = Keys {
        organisation: organisation_key(&dir.keys(), passphrase)?,
        node: NodeKeys::read(&dir.keys())?,
    };
    Ok((identity, keys))
}

pub(crate) fn check_commitments(commitments: &[Commitment]) -> Result<(), SetupError> {
    for commitment in commitments {
        let dated = commitment.by.len() == 7 && format!("{}-01", commitment.by).parse::<jiff::civil::Date>().is_ok();
        if commitment.what.trim().is_empty() || !dated {
            let reason = "say what, and by which month (YYYY-MM)".to_owned();
            return Err(SetupError::Option {
                option: "--commitment",
                reason,
            });
        }
    }
    Ok(())
}

fn report(keys: &Keys, identity: &Identity, notes: Vec<String>) -> SetupReport {
    let organisation = keys.organisation.organisation();
    let chapters = first_chapters(&identity.wishes).into_iter().map(|(chapter, _)| chapter);
    SetupReport {
        organisation: organisation.to_string(),
        did: organisation.did(),
        peer: alliance_net::PeerId::of_secret(&keys.node.transport.seed()).to_string(),
        alliance: identity
            .membership
            .as_ref()
            .map(|membership| membership.alliance.clone()),
        chapters: if identity.membership.is_some() {
            chapters.collect()
        } else {
            Vec::new()
        },
        notes,
    }
}
