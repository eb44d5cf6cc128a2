//! Joining: the guest's side. One connection, one question; then the node runs as a member.

use std::path::Path;
use std::sync::Arc;

use alliance_api::Commitment;
use alliance_net::{Address, DialError, FrameError, FrameStream, Net, OpenError, PeerId, StreamPurpose};
use alliance_record::{Charter, TransportId, alliance_id};
use alliance_wire::{
    Invitation, InvitationError, JoinAccepted, JoinMessage, JoinRequest, WireError, guest_proof, organisation_proof,
};
use data_encoding::HEXLOWER;

use super::{JoinOptions, Keys, SetupError, SetupReport, alone, check_commitments, report, unattached};
use crate::data::{AddressBook, Audit, DataDir, Identity, Membership};
use crate::gate::GuestGate;
use crate::peer::{peer_id, transport_id};
use crate::random::now_ms;
use crate::settings::Settings;

/// Why joining failed. The invitation can be tried again unless the reason says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The token cannot be read.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The invitation's time is over, by this machine's clock.
    #[error("the invitation has ended; ask for a new one (or check this machine's clock)")]
    Expired,
    /// The network did not start.
    #[error(transparent)]
    Net(#[from] alliance_net::StartError),
    /// None of the invitation's addresses answered.
    #[error(
        "the inviting node could not be reached: {reasons}. Check that it runs and that the firewall lets this machine out to it"
    )]
    Unreachable {
        /// Each address with what happened.
        reasons: String,
    },
    /// The inviting node refused at the connection.
    #[error("{0}")]
    Dial(DialError),
    /// The join stream could not be opened.
    #[error("the inviting node did not answer: {0}; try again")]
    Open(#[from] OpenError),
    /// The join stream broke.
    #[error("the connection broke while joining: {0}; try again")]
    Frame(#[from] FrameError),
    /// The answer cannot be read.
    #[error("the answer cannot be read: {0}; the other node may run another version")]
    Wire(#[from] WireError),
    /// The inviting node said no.
    #[error("{code}: {reason}")]
    Refused {
        /// Stable snake_case word.
        code: String,
        /// The sentence.
        reason: String,
    },
    /// The answer's charter is not the invitation's alliance.
    #[error("the other node showed the charter of another alliance than the invitation's; ask for a new invitation")]
    WrongCharter,
    /// The other node ended without an answer.
    #[error("the inviting node ended the conversation; try again")]
    NoAnswer,
}

/// Joins an alliance with an invitation, over the network. On return the organisation is a member, and the node may run.
///
/// # Errors
/// [`SetupError`]; an invitation that was refused can be tried again as its reason says.
pub async fn join(data: &Path, _settings: &Settings, options: &JoinOptions) -> Result<SetupReport, SetupError> {
    let dir = DataDir::new(data);
    check_commitments(&options.commitments)?;
    // Before any key is opened: a mistyped invitation costs nobody a passphrase.
    let invitation = read_invitation(&options.invitation)?;
    let passphrase = options.passphrase.as_ref();
    pledge_kept(&dir, &options.commitments)?;
    let (identity, keys) = unattached(&dir, passphrase)?;
    let certificate = keys.certificate(&dir, invitation.alliance, passphrase)?;
    let (host, accepted) = ask(&keys, &identity, &invitation, certificate.bytes().clone()).await?;
    let charter = check_charter(&invitation, &accepted)?;
    let mut book = AddressBook::open(dir.addresses());
    let host = alliance_wire::PeerAddress {
        transport: host,
        addresses: invitation.addresses.clone(),
    };
    for peer in accepted.peers.iter().chain([&host]) {
        book.learn(peer)?;
    }
    // Others may have written meanwhile.
    let held = Identity::hold(&dir)?;
    let mut identity = alone(&dir, held.read()?)?;
    identity.membership = Some(Membership {
        alliance: invitation.alliance.to_string(),
        alliance_name: charter.name,
        certificate: HEXLOWER.encode(certificate.bytes()),
        succession: None,
        statements: Vec::new(),
        charter: None,
        inviter: Some(invitation.inviter.to_string()),
        trusted: Vec::new(),
    });
    held.write(&identity)?;
    let details = serde_json::json!({"invitation": invitation.secret.id().to_string(), "inviter": invitation.inviter.to_string()});
    Audit::of(&dir).note("joined", details)?;
    let notes = vec!["start the node with `alliance run`: it fetches what the others shared".to_owned()];
    Ok(report(&keys, &identity, notes))
}

/// Writes the pledge down before anybody is asked: one who is refused need not type it again.
fn pledge_kept(dir: &DataDir, commitments: &[Commitment]) -> Result<(), SetupError> {
    if commitments.is_empty() {
        return Ok(());
    }
    let held = Identity::hold(dir)?;
    let mut identity = alone(dir, held.read()?)?;
    identity.wishes.commitments = commitments.to_vec();
    Ok(held.write(&identity)?)
}

fn read_invitation(token: &str) -> Result<Invitation, JoinError> {
    let invitation: Invitation = token.parse()?;
    if invitation.expires_at_ms <= now_ms() {
        return Err(JoinError::Expired);
    }
    Ok(invitation)
}

/// Whether a token can be used at all, as far as it tells by itself: whole, and not ended by this machine's clock.
///
/// # Errors
/// [`JoinError::Invitation`] or [`JoinError::Expired`].
pub fn check_invitation(token: &str) -> Result<(), JoinError> {
    read_invitation(token).map(|_| ())
}

async fn ask(
    keys: &Keys,
    identity: &Identity,
    invitation: &Invitation,
    certificate: bytes::Bytes,
) -> Result<(TransportId, JoinAccepted), JoinError> {
    let gate = GuestGate {
        transport: keys.node.transport.transport(),
        invitation: invitation.clone(),
    };
    let settings = alliance_net::Settings {
        protocol: invitation.alliance.to_string(),
        ..alliance_net::Settings::default()
    };
    let (net, events) = Net::start(*keys.node.transport.seed(), settings, Arc::new(gate))?;
    // The guest only asks: what the network tells is of no interest, but must be taken.
    let listening = tokio::spawn(take_all(events));
    let answer = ask_over(&net, keys, identity, invitation, certificate).await;
    net.shutdown().await;
    listening.abort();
    answer
}

async fn take_all(mut events: tokio::sync::mpsc::Receiver<alliance_net::Event>) {
    while events.recv().await.is_some() {}
}

async fn ask_over(
    net: &Net,
    keys: &Keys,
    identity: &Identity,
    invitation: &Invitation,
    certificate: bytes::Bytes,
) -> Result<(TransportId, JoinAccepted), JoinError> {
    let peer = dial(net, invitation).await?;
    let host = transport_id(&peer).ok_or(InvitationError::Damaged)?;
    let stream = net.open_stream(peer, StreamPurpose::Join).await?;
    let id = invitation.secret.id();
    let request = JoinRequest {
        organisation: keys.organisation.organisation(),
        certificate,
        name: identity.wishes.name.clone(),
        proof: organisation_proof(&keys.organisation, &invitation.alliance, &id, &host),
        invitation: id,
        invitation_proof: guest_proof(&invitation.secret, &keys.node.transport.transport(), &host),
    };
    Ok((host, converse(stream, request).await?))
}

async fn converse(mut stream: FrameStream, request: JoinRequest) -> Result<JoinAccepted, JoinError> {
    stream.send(JoinMessage::Request(request).encode()).await?;
    let bytes = stream.recv().await?.ok_or(JoinError::NoAnswer)?;
    // The host has said all it had to: a fault in taking leave changes nothing.
    let _ = stream.finish().await;
    match JoinMessage::decode(bytes)? {
        JoinMessage::Accepted(accepted) => Ok(*accepted),
        JoinMessage::Refused(refused) => Err(JoinError::Refused {
            code: refused.code,
            reason: refused.reason,
        }),
        JoinMessage::Request(_) => Err(JoinError::NoAnswer),
    }
}

/// Tries the invitation's addresses in their order. A refusal ends it: the node was reached and said no.
async fn dial(net: &Net, invitation: &Invitation) -> Result<PeerId, JoinError> {
    let host = peer_id(&invitation.transport).ok_or(InvitationError::Damaged)?;
    let mut reasons = Vec::new();
    for text in &invitation.addresses {
        let address = match text.parse::<Address>() {
            Ok(address) => address,
            Err(error) => {
                reasons.push(error.to_string());
                continue;
            }
        };
        let dialled = match net.dial(address.with_peer(host)).await {
            // The inviting node was given other keys meanwhile: the gate asks for the inviter's own word for it.
            Err(DialError::AnotherPeer { found }) => net.dial(address.with_peer(found)).await,
            dialled => dialled,
        };
        match dialled {
            Ok(peer) => return Ok(peer),
            Err(refused @ DialError::Refused { .. }) => return Err(JoinError::Dial(refused)),
            Err(error) => reasons.push(format!("{text}: {error}")),
        }
    }
    Err(JoinError::Unreachable {
        reasons: reasons.join("; "),
    })
}

/// The charter proves itself: its bytes hash to the alliance's id.
fn check_charter(invitation: &Invitation, accepted: &JoinAccepted) -> Result<Charter, JoinError> {
    let body = accepted.charter.body().ok_or(JoinError::WrongCharter)?;
    if alliance_id(&body.bytes) != invitation.alliance {
        return Err(JoinError::WrongCharter);
    }
    Charter::decode(&body.bytes).map_err(|_| JoinError::WrongCharter)
}

impl JoinError {
    /// The stable word of a refusal at the connection, by either side.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Refused { code, .. } => Some(code.clone()),
            Self::Dial(DialError::Refused { refusal, .. }) => Some(refusal.code.to_string()),
            _ => None,
        }
    }
}
