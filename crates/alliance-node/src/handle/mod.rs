//! What the rest of the program holds of a running node. Writing goes through the loop; reading never does.

mod bundle;
mod certificate;
mod chapters;
mod digest;
mod drafts;
mod events;
mod export;
mod filtering;
mod governance;
mod invitations;
mod invite;
mod marks;
mod named;
mod organisations;
mod pieces;
mod pledge;
pub(crate) mod problem;
mod propose;
mod publish;
mod records;
mod removals;
mod search;
mod snapshots;
mod status;
mod sync;
mod tokens;
mod vouch;
mod why;

use std::sync::Arc;
use std::time::Duration;

use alliance_api::{Problem, Refused};
use alliance_record::{AllianceId, Author, Draft, OrganisationId, SecretKey, WriterId};
use tokio::sync::{Semaphore, oneshot};

pub(crate) use drafts::watch as watch_drafts;
pub use events::EventStream;
pub(crate) use export::exported;
pub use export::{Export, cells, citation_media_types, export_media_types};
pub(crate) use governance::named;
pub use pieces::Pieces;
pub(crate) use records::{hide, listing_row, summary, summary_of};

use crate::data::{Membership, Snapshots};
use crate::gate::is_cut_off;
use crate::patience::{Asker, Over, Patience};
use crate::run::{Message, Parts, Published, Unpublished};
use crate::settings::Settings;
use problem::{problem, stopped};

/// Bundles of snapshots made at once: each reads the alliance's whole chapter, and compresses.
const BUNDLES_MAX: usize = 2;
/// How long a question is worked on: far longer than any that people ask takes, and shorter than the interface waits.
const QUESTION_MAX: Duration = Duration::from_secs(10);

/// A running node, and how long it works on a question of this handle's. Cheap to clone.
#[derive(Clone)]
pub struct Handle(Arc<Inner>, Duration);

struct Inner {
    parts: Parts,
    alliance: AllianceId,
    alliance_name: String,
    organisation: OrganisationId,
    writer: WriterId,
    /// Seals bundles of snapshots.
    key: SecretKey,
    snapshots: Arc<Snapshots>,
    /// Bundles of snapshots that may be made at once.
    making: Arc<Semaphore>,
    settings: Settings,
    opening: Vec<String>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.0.writer.short())
    }
}

impl Handle {
    pub(crate) fn new(
        author: &Author,
        membership: &Membership,
        (settings, opening): (Settings, Vec<String>),
        parts: Parts,
    ) -> Self {
        let inner = Inner {
            alliance: author.alliance,
            alliance_name: membership.alliance_name.clone(),
            organisation: author.organisation,
            writer: author.key.writer(),
            key: author.key.clone(),
            snapshots: Arc::new(Snapshots::of(&parts.dir)),
            making: Arc::new(Semaphore::new(BUNDLES_MAX)),
            settings,
            opening,
            parts,
        };
        Self(Arc::new(inner), QUESTION_MAX)
    }

    /// The same node, which works on a search or a list for so long instead of 10 seconds.
    #[must_use]
    pub fn patient_for(&self, limit: Duration) -> Self {
        Self(Arc::clone(&self.0), limit)
    }

    /// For one question: it is worked on while whoever asked holds the second.
    fn patience(&self) -> (Patience, Asker) {
        Patience::of_asker(self.1)
    }

    /// Whether the node has opened its store and its loop runs.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.0.parts.inbox.is_closed()
    }

    /// The alliance that this node belongs to.
    #[must_use]
    pub fn alliance(&self) -> AllianceId {
        self.0.alliance
    }

    /// The alliance's name, as the charter has it.
    #[must_use]
    pub fn name_of_alliance(&self) -> String {
        self.alliance_name(&self.0.parts.shared.view())
    }

    /// Asks the node to end and returns at once.
    pub fn shutdown(&self) {
        let inbox = self.0.parts.inbox.clone();
        tokio::spawn(async move {
            // The loop has ended already if nobody receives.
            let _ = inbox.send(Message::Shutdown).await;
        });
    }

    /// Why nothing that this node writes would count, or reach anybody: it is cut off, by what it holds itself, or by what
    /// everybody says whom it could tell.
    fn barred(&self) -> Option<Problem> {
        let title = "This node is cut off: nothing was published";
        let kept =
            "What you have written is as it was: keep it, and publish it when the node is in good standing again.";
        let shared = &self.0.parts.shared;
        if let Some(cut_off) = shared.cut_off().filter(|cut_off| !cut_off.is_waiting()) {
            return Some(problem(
                409,
                cut_off.code(),
                title,
                &format!("{}. {kept}", cut_off.said()),
            ));
        }
        if !shared.peers().is_empty() {
            return None;
        }
        // What was said before a member let it in last is over.
        let (since, mut refusals) = (shared.parted_ms(), self.refused_still().into_iter());
        let refused = refusals.find(|refused| refused.at_ms >= since && is_cut_off(&refused.code, &refused.reason))?;
        let Refused {
            address, reason, code, ..
        } = refused;
        let detail = format!("no member is connected, and {address} refused this node: {reason} ({code}). {kept}");
        Some(problem(409, "cut_off", title, &detail))
    }

    /// Signs and publishes a draft, and waits until it is on the disk.
    async fn submit(&self, draft: Draft) -> Result<Published, Problem> {
        if let Some(barred) = self.barred() {
            return Err(barred);
        }
        let (reply, answer) = oneshot::channel();
        self.0
            .parts
            .inbox
            .send(Message::Draft { draft, reply })
            .await
            .map_err(|_| stopped())?;
        match answer.await.map_err(|_| stopped())? {
            Ok(published) => Ok(published),
            Err(error) => Err(unpublished(&error)),
        }
    }

    /// Reads from the store away from the runtime's threads.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&alliance_store::Reader) -> Result<T, alliance_store::ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        let reader = self.0.parts.store.get().ok_or_else(stopped)?;
        let done = tokio::task::spawn_blocking(move || read(&reader))
            .await
            .map_err(|_| stopped())?;
        done.map_err(|error| problem(500, "store_failed", "The store could not be read", &error.to_string()))
    }
}

/// What is said of a question that is not worked on any more.
fn too_costly(over: Over) -> Problem {
    let detail = format!(
        "{over}. Narrow it by kind, chapter, organisation or time, or ask for fewer records; what is wanted whole is an export"
    );
    problem(503, "question_too_costly", "The question took too long", &detail)
}

fn unpublished(error: &Unpublished) -> Problem {
    use alliance_record::{Parking, Refusal, Verdict};
    let detail = match error {
        Unpublished::Draft(error) => return problem(422, "too_large", "The record is too large", &error.to_string()),
        Unpublished::Verdict(Verdict::NotFollowed) => {
            let detail = "this organisation does not follow the chapter. See `alliance chapter list`, and `alliance chapter follow` it first";
            return problem(409, "not_followed", "The chapter is not followed", detail);
        }
        Unpublished::Verdict(Verdict::Parked(Parking::UnknownOrganisation | Parking::UnknownWriter)) => {
            "the roster has not arrived from another member yet. Once a member is connected it takes a second; see `alliance peers`"
        }
        Unpublished::Verdict(Verdict::Refused(Refusal::LogEnded)) => {
            "what this node writes does not count any more: it was revoked, or its organisation is off the roster or has another key. `alliance status` says which, and what to do"
        }
        Unpublished::Verdict(_) => "the record was not admitted by this node's own rules",
    };
    problem(409, &error.to_string(), "The record cannot be published yet", detail)
}
