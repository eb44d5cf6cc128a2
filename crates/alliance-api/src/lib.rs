//! What a person or a program says to a node: request and response types, and a small client.
//!
//! Owns the JSON of the HTTP interface. Never knows how a node answers.

mod bundle;
mod client;
mod draft;
mod event;
mod governance;
mod knowledge;
mod membership;
mod problem;
mod record;
mod removal;
mod request;
mod search;
mod snapshot;
mod status;
mod sync;
mod why;

pub use bundle::{ImportReceipt, StoppedRange};
pub use client::{Client, ClientError, Download, Endpoint, Events};
pub use draft::{Confirmations, DraftState, DraftView, NewToken, Override, TokenRequest, TokenRole, TokenView};
pub use event::Event;
pub use governance::{
    ActState, ActView, CharterChange, CharterView, CutView, CutsRequest, CutsView, DoubleApproval, GovernanceView,
    Named, NodeOfOrganisation, Proposal, ProposeRequest, StatementReceipt, StatementRequest, WordView,
};
pub use knowledge::{
    AdoptionFacts, AdoptionView, ComponentView, ConnectionView, DigestNotice, DigestQuery, DigestView, DueView,
    EntryView, KnowledgeView, MeetingView, NoticeMark, NoticeView, RecordLink, ResponseView, TranslationView,
    UnansweredView, VersionView,
};
pub use membership::{
    CertificateRequest, CertificateView, InvitationState, InvitationStatus, OrganisationState, OrganisationView,
    PledgeRequest, PledgeView, VouchView,
};
pub use problem::{Finding, Problem, ProblemCode, ProblemType, problem_codes};
pub use record::{
    ChapterDescription, ChapterEvent, ChapterState, ChapterView, ChapterWord, DescribedChapter, RecordPage,
    RecordSummary, RecordView, ReferenceView, Removed,
};
pub use removal::{Confirmation, QuarantineView, RemovalView, RemoveRequest};
pub use request::{
    Commitment, Depth, DocumentFormat, ExportQuery, FollowRequest, InvitationView, InviteRequest, PublishReceipt,
    PublishRequest, RecordQuery,
};
pub use search::{
    Facet, FacetValue, SearchHit, SearchOrder, SearchPage, SearchQuery, SearchState, SearchStatus, SnippetView,
    SpellingView,
};
pub use snapshot::{
    DeletedSnapshot, DoiRequest, SnapshotRequest, SnapshotSummary, SnapshotView, Unavailable, Withdrawn,
};
pub use status::{AllianceView, DatasetStatus, Level, NodeView, PeerStatus, Refused, Role, StatusReport, StoreStatus};
pub use sync::{ChapterBodies, ChapterMissing, SessionStatus, SyncReport, SyncStatus, SyncSummary};
pub use why::{WhyState, WhyView};
