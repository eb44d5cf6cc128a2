//! A small client of a node's HTTP interface, over its Unix socket or over TCP.
//!
//! One connection for each request: a node on the same machine is microseconds away. Never retries: the caller knows
//! whether a write may happen twice.

mod download;
mod error;
mod events;
mod snapshots;
mod transport;

use std::path::PathBuf;

use hyper::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use download::Download;
pub use error::ClientError;
pub use events::Events;
use transport::Call;

use crate::{
    ActView, CertificateRequest, CertificateView, ChapterDescription, ChapterEvent, ChapterView, CutsRequest, CutsView,
    Depth, DigestQuery, DigestView, DraftView, ExportQuery, FollowRequest, GovernanceView, ImportReceipt,
    InvitationStatus, InvitationView, InviteRequest, NewToken, NodeOfOrganisation, OrganisationView, PeerStatus,
    PledgeRequest, PledgeView, ProposeRequest, PublishReceipt, PublishRequest, QuarantineView, RecordPage, RecordQuery,
    RecordView, RemovalView, RemoveRequest, SearchPage, SearchQuery, SearchStatus, StatementReceipt, StatementRequest,
    StatusReport, SyncReport, TokenRequest, TokenView, VouchView, WhyView,
};

/// Media type of ranges of a bundle.
const RANGES_MEDIA_TYPE: &str = "application/vnd.alliance.ranges";

/// Where a node answers.
#[derive(Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Its Unix socket.
    Unix(PathBuf),
    /// A TCP address.
    Tcp {
        /// `host:port`.
        address: String,
        /// What writing needs, and reading where it is not open.
        token: Option<String>,
    },
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Tcp { address, .. } => write!(f, "http://{address}/"),
        }
    }
}

/// A client of one node. Cheap to clone; holds no connection.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: Endpoint,
}

/// Every method asks one route. All fail alike: [`ClientError::NotRunning`] when nobody answers there,
/// [`ClientError::Problem`] when the node refuses; any other error leaves open whether a write happened.
#[expect(clippy::missing_errors_doc, reason = "said once for all of them, above")]
impl Client {
    /// A client of the node at `endpoint`. Connects when asked something.
    #[must_use]
    pub const fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// Where the node answers.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Publishes a document, or checks it.
    pub async fn publish(&self, request: &PublishRequest) -> Result<PublishReceipt, ClientError> {
        self.send(Method::POST, "/v1/records", request).await
    }

    /// The drafts that wait, oldest first.
    pub async fn drafts(&self) -> Result<Vec<DraftView>, ClientError> {
        self.get("/v1/drafts").await
    }

    /// One draft with its text, by its id or a unique beginning of it.
    pub async fn draft(&self, id: &str) -> Result<DraftView, ClientError> {
        self.get(&format!("/v1/drafts/{}", transport::segment(id))).await
    }

    /// Withdraws a draft; the answer has its text.
    pub async fn withdraw_draft(&self, id: &str) -> Result<DraftView, ClientError> {
        let path = format!("/v1/drafts/{}", transport::segment(id));
        transport::ask(&self.endpoint, Call::new(Method::DELETE, &path)).await
    }

    /// Publishes a draft that waits for nothing any more.
    pub async fn publish_draft(&self, id: &str) -> Result<PublishReceipt, ClientError> {
        let path = format!("/v1/drafts/{}/publication", transport::segment(id));
        transport::ask(&self.endpoint, Call::new(Method::POST, &path)).await
    }

    /// Approves a draft, with the token of a second reader, whatever the endpoint's own is.
    pub async fn approve_draft(&self, id: &str, token: &str) -> Result<PublishReceipt, ClientError> {
        let path = format!("/v1/drafts/{}/approval", transport::segment(id));
        let call = Call::new(Method::POST, &path).with_bearer(token);
        transport::ask(&self.endpoint, call).await
    }

    /// Makes a token.
    pub async fn add_token(&self, request: &TokenRequest) -> Result<NewToken, ClientError> {
        self.send(Method::POST, "/v1/tokens", request).await
    }

    /// The tokens that were made.
    pub async fn tokens(&self) -> Result<Vec<TokenView>, ClientError> {
        self.get("/v1/tokens").await
    }

    /// Revokes a token, by its id or a unique beginning of it.
    pub async fn revoke_token(&self, id: &str) -> Result<TokenView, ClientError> {
        let path = format!("/v1/tokens/{}", transport::segment(id));
        transport::ask(&self.endpoint, Call::new(Method::DELETE, &path)).await
    }

    /// A page of records, newest first.
    pub async fn records(&self, query: &RecordQuery) -> Result<RecordPage, ClientError> {
        let query = serde_urlencoded::to_string(query).map_err(|_| ClientError::Unwritable)?;
        self.get(&format!("/v1/records?{query}")).await
    }

    /// The records that fit, in a format, piece by piece.
    pub async fn export(&self, format: &str, query: &ExportQuery) -> Result<Download, ClientError> {
        let query = serde_urlencoded::to_string(query).map_err(|_| ClientError::Unwritable)?;
        self.download(&format!("/v1/export/{}?{query}", transport::segment(format)))
            .await
    }

    /// Searches.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, ClientError> {
        let query = serde_urlencoded::to_string(query).map_err(|_| ClientError::Unwritable)?;
        self.get(&format!("/v1/search?{query}")).await
    }

    /// Records that are like this one.
    pub async fn similar(&self, id: &str) -> Result<SearchPage, ClientError> {
        self.get(&format!("/v1/records/{}/similar", transport::segment(id)))
            .await
    }

    /// Has the search index built anew.
    pub async fn rebuild_search(&self) -> Result<SearchStatus, ClientError> {
        transport::ask(&self.endpoint, Call::new(Method::POST, "/v1/search/rebuild")).await
    }

    /// What is new, what is due and what waits for an answer.
    pub async fn digest(&self, query: &DigestQuery) -> Result<DigestView, ClientError> {
        let query = serde_urlencoded::to_string(query).map_err(|_| ClientError::Unwritable)?;
        self.get(&format!("/v1/digest?{query}")).await
    }

    /// One record, by its id or a unique prefix of it.
    pub async fn record(&self, id: &str) -> Result<RecordView, ClientError> {
        self.get(&format!("/v1/records/{}", transport::segment(id))).await
    }

    /// Why a record is here, or is not.
    pub async fn why(&self, id: &str) -> Result<WhyView, ClientError> {
        self.get(&format!("/v1/records/{}/why", transport::segment(id))).await
    }

    /// Removes a record of this organisation's own.
    pub async fn remove(&self, id: &str, request: &RemoveRequest) -> Result<PublishReceipt, ClientError> {
        let path = format!("/v1/records/{}/removal", transport::segment(id));
        self.send(Method::PUT, &path, request).await
    }

    /// Lets an organisation in that another member let in.
    pub async fn vouch(&self, organisation: &str) -> Result<VouchView, ClientError> {
        let path = format!("/v1/organisations/{}/admission", transport::segment(organisation));
        transport::ask(&self.endpoint, Call::new(Method::PUT, &path)).await
    }

    /// Puts a record aside on this node.
    pub async fn quarantine(&self, id: &str) -> Result<QuarantineView, ClientError> {
        self.set_aside(Method::PUT, id).await
    }

    /// Shows a record again that was put aside.
    pub async fn lift_quarantine(&self, id: &str) -> Result<QuarantineView, ClientError> {
        self.set_aside(Method::DELETE, id).await
    }

    async fn set_aside(&self, method: Method, id: &str) -> Result<QuarantineView, ClientError> {
        let path = format!("/v1/records/{}/quarantine", transport::segment(id));
        transport::ask(&self.endpoint, Call::new(method, &path)).await
    }

    /// What removes a record, and who confirms that it is gone.
    pub async fn removal(&self, id: &str) -> Result<RemovalView, ClientError> {
        self.get(&format!("/v1/records/{}/removal", transport::segment(id)))
            .await
    }

    /// All chapters.
    pub async fn chapters(&self) -> Result<Vec<ChapterView>, ClientError> {
        self.get("/v1/chapters").await
    }

    /// One chapter.
    pub async fn chapter(&self, name: &str) -> Result<ChapterView, ClientError> {
        self.get(&format!("/v1/chapters/{}", transport::segment(name))).await
    }

    /// Describes a chapter.
    pub async fn describe_chapter(&self, name: &str, said: &ChapterDescription) -> Result<ChapterView, ClientError> {
        let path = format!("/v1/chapters/{}/description", transport::segment(name));
        self.send(Method::PUT, &path, said).await
    }

    /// Organisations that were members and are off the roster.
    pub async fn former_organisations(&self) -> Result<Vec<OrganisationView>, ClientError> {
        self.get("/v1/organisations/former").await
    }

    /// Who followed a chapter and who left it, and how it was described.
    pub async fn chapter_history(&self, name: &str) -> Result<Vec<ChapterEvent>, ClientError> {
        self.get(&format!("/v1/chapters/{}/history", transport::segment(name)))
            .await
    }

    /// Follows a chapter.
    pub async fn follow(&self, name: &str, depth: Depth) -> Result<ChapterView, ClientError> {
        let path = format!("/v1/chapters/{}/subscription", transport::segment(name));
        self.send(Method::PUT, &path, &FollowRequest { depth }).await
    }

    /// Stops following a chapter.
    pub async fn leave(&self, name: &str) -> Result<ChapterView, ClientError> {
        let path = format!("/v1/chapters/{}/subscription", transport::segment(name));
        let call = Call::new(Method::DELETE, &path);
        transport::ask(&self.endpoint, call).await
    }

    /// The charter in force, every act, and who approved what.
    pub async fn governance(&self) -> Result<GovernanceView, ClientError> {
        self.get("/v1/governance").await
    }

    /// One act, by its id or a unique beginning of it.
    pub async fn act(&self, id: &str) -> Result<ActView, ClientError> {
        self.get(&format!("/v1/acts/{}", transport::segment(id))).await
    }

    /// Proposes an act.
    pub async fn propose(&self, request: &ProposeRequest) -> Result<ActView, ClientError> {
        self.send(Method::POST, "/v1/acts", request).await
    }

    /// The nodes of the organisation.
    pub async fn nodes(&self) -> Result<Vec<NodeOfOrganisation>, ClientError> {
        self.get("/v1/nodes").await
    }

    /// Where the logs of one of its nodes are to end.
    pub async fn cuts(&self, request: &CutsRequest) -> Result<CutsView, ClientError> {
        self.send(Method::POST, "/v1/cuts", request).await
    }

    /// Publishes a statement that was signed elsewhere.
    pub async fn carry(&self, request: &StatementRequest) -> Result<StatementReceipt, ClientError> {
        self.send(Method::POST, "/v1/statements", request).await
    }

    /// The roster.
    pub async fn organisations(&self) -> Result<Vec<OrganisationView>, ClientError> {
        self.get("/v1/organisations").await
    }

    /// Connected nodes.
    pub async fn peers(&self) -> Result<Vec<PeerStatus>, ClientError> {
        self.get("/v1/peers").await
    }

    /// How the node is.
    pub async fn status(&self) -> Result<StatusReport, ClientError> {
        self.get("/v1/status").await
    }

    /// How far catching up is.
    pub async fn sync(&self) -> Result<SyncReport, ClientError> {
        self.get("/v1/sync").await
    }

    /// Makes an invitation.
    pub async fn invite(&self, request: &InviteRequest) -> Result<InvitationView, ClientError> {
        self.send(Method::POST, "/v1/invitations", request).await
    }

    /// The invitations that this node gave.
    pub async fn invitations(&self) -> Result<Vec<InvitationStatus>, ClientError> {
        self.get("/v1/invitations").await
    }

    /// Withdraws an invitation, by its id or a unique prefix of it.
    pub async fn revoke_invitation(&self, id: &str) -> Result<InvitationStatus, ClientError> {
        let path = format!("/v1/invitations/{}", transport::segment(id));
        transport::ask(&self.endpoint, Call::new(Method::DELETE, &path)).await
    }

    /// Puts a certificate in place.
    pub async fn install_certificate(&self, request: &CertificateRequest) -> Result<CertificateView, ClientError> {
        self.send(Method::PUT, "/v1/certificate", request).await
    }

    /// Signs the pledge anew.
    pub async fn pledge(&self, request: &PledgeRequest) -> Result<PledgeView, ClientError> {
        self.send(Method::POST, "/v1/pledge", request).await
    }

    /// Events: records that arrived after `since` (0: all) and then live; `None`: live only.
    pub async fn events(&self, since: Option<u64>) -> Result<Events, ClientError> {
        let path = since.map_or_else(|| "/v1/events".to_owned(), |since| format!("/v1/events?since={since}"));
        self.follow_events(&path).await
    }

    /// Live events without the records: cheap while thousands of them arrive.
    pub async fn notices(&self) -> Result<Events, ClientError> {
        self.follow_events("/v1/events?records=false").await
    }

    async fn follow_events(&self, path: &str) -> Result<Events, ClientError> {
        let response = transport::open(&self.endpoint, Call::new(Method::GET, path)).await?;
        Ok(Events::new(response.into_body()))
    }

    /// The bytes of a bundle of these chapters, and of the alliance's own; of all chapters when none is named.
    pub async fn export_bundle(&self, chapters: &[String]) -> Result<Download, ClientError> {
        let pairs: Vec<_> = chapters.iter().map(|chapter| ("chapter", chapter)).collect();
        let query = serde_urlencoded::to_string(pairs).map_err(|_| ClientError::Unwritable)?;
        self.download(&format!("/v1/bundle?{query}")).await
    }

    async fn download(&self, path: &str) -> Result<Download, ClientError> {
        let response = transport::open(&self.endpoint, Call::new(Method::GET, path)).await?;
        Ok(Download::new(response.into_body()))
    }

    /// Hands in ranges of a bundle: whole frames, each with its length before it, at most 8 MiB of them.
    pub async fn import_ranges(&self, frames: Vec<u8>) -> Result<ImportReceipt, ClientError> {
        let call = Call::new(Method::POST, "/v1/ranges").with_media(frames, RANGES_MEDIA_TYPE);
        transport::ask(&self.endpoint, call).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        transport::ask(&self.endpoint, Call::new(Method::GET, path)).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = serde_json::to_vec(body).map_err(|_| ClientError::Unwritable)?;
        transport::ask(&self.endpoint, Call::new(method, path).with(body)).await
    }
}
