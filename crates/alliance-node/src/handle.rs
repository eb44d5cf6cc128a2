//! What the rest of the program holds of a running node.

use std::path::Path;

use alliance_api::{
    ChapterView, Depth, Event, InvitationView, InviteRequest, OrganisationView, PeerStatus, Problem, PublishReceipt,
    PublishRequest, RecordPage, RecordQuery, RecordView, StatusReport,
};

use crate::settings::Settings;

/// A running node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {}

/// A node that was started, and its end.
#[derive(Debug)]
pub struct Run {
    /// The node.
    pub handle: Handle,
}

/// Why a node did not start, or why it ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Not available.
    #[error("not available")]
    Unavailable,
}

impl Run {
    /// Opens the data directory and starts.
    ///
    /// # Errors
    /// [`RunError`] with the remedy.
    pub async fn start(_data: &Path, _settings: Settings) -> Result<Self, RunError> {
        Err(RunError::Unavailable)
    }

    /// Waits until the node ends: after [`Handle::shutdown`], or by an error.
    ///
    /// # Errors
    /// [`RunError`] when the store failed.
    pub async fn ended(self) -> Result<(), RunError> {
        Err(RunError::Unavailable)
    }
}

/// Events from a point of the arrival feed on: first what is stored, then what happens.
#[derive(Debug)]
pub struct EventStream {}

impl EventStream {
    /// The next event; with an arrival number when it is a record. `None` when the node has ended.
    pub async fn next(&mut self) -> Option<(Option<u64>, Event)> {
        None
    }
}

fn unavailable() -> Problem {
    Problem {
        kind: "about:blank".to_owned(),
        title: "Not available".to_owned(),
        status: 503,
        detail: String::new(),
        code: "stopped".to_owned(),
        findings: Vec::new(),
    }
}

impl Handle {
    /// Publishes a document: check, sign, store, tell the others. Answers once it is on disk.
    ///
    /// # Errors
    /// A problem with the document's findings, or `stopped`.
    pub async fn publish(&self, _request: PublishRequest) -> Result<PublishReceipt, Problem> {
        Err(unavailable())
    }

    /// Makes a one-time invitation.
    ///
    /// # Errors
    /// A problem.
    pub async fn invite(&self, _request: InviteRequest) -> Result<InvitationView, Problem> {
        Err(unavailable())
    }

    /// Follows a chapter by a signed subscription.
    ///
    /// # Errors
    /// A problem.
    pub async fn follow(&self, _chapter: &str, _depth: Depth) -> Result<ChapterView, Problem> {
        Err(unavailable())
    }

    /// Stops following a chapter.
    ///
    /// # Errors
    /// A problem.
    pub async fn leave(&self, _chapter: &str) -> Result<ChapterView, Problem> {
        Err(unavailable())
    }

    /// Lists records, newest first.
    ///
    /// # Errors
    /// A problem naming the filter that cannot be read.
    pub async fn records(&self, _query: RecordQuery) -> Result<RecordPage, Problem> {
        Err(unavailable())
    }

    /// One record by its id or a unique prefix of it.
    ///
    /// # Errors
    /// A problem: `not_found`, or `ambiguous` with the candidates.
    pub async fn record(&self, _id: &str) -> Result<RecordView, Problem> {
        Err(unavailable())
    }

    /// All chapters that anyone follows.
    ///
    /// # Errors
    /// A problem.
    pub async fn chapters(&self) -> Result<Vec<ChapterView>, Problem> {
        Err(unavailable())
    }

    /// One chapter.
    ///
    /// # Errors
    /// A problem.
    pub async fn chapter(&self, _name: &str) -> Result<ChapterView, Problem> {
        Err(unavailable())
    }

    /// The roster.
    ///
    /// # Errors
    /// A problem.
    pub async fn organisations(&self) -> Result<Vec<OrganisationView>, Problem> {
        Err(unavailable())
    }

    /// Connected nodes.
    ///
    /// # Errors
    /// A problem.
    pub async fn peers(&self) -> Result<Vec<PeerStatus>, Problem> {
        Err(unavailable())
    }

    /// How the node is.
    ///
    /// # Errors
    /// A problem.
    pub async fn status(&self) -> Result<StatusReport, Problem> {
        Err(unavailable())
    }

    /// Whether the node has opened its store and runs.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        false
    }

    /// Events: records that arrived after `since` (0: all) and then live; `None`: live only.
    #[must_use]
    pub fn events(&self, _since: Option<u64>) -> EventStream {
        EventStream {}
    }

    /// Asks the node to end and returns at once.
    pub fn shutdown(&self) {}
}
