//! Snapshots and references.

use hyper::Method;

use super::transport::{self, Call};
use super::{Client, ClientError, Download};
use crate::{DeletedSnapshot, DoiRequest, SnapshotRequest, SnapshotSummary, SnapshotView};

fn path(id: &str, rest: &str) -> String {
    format!("/v1/snapshots/{}{rest}", transport::segment(id))
}

/// As all methods of the client.
#[expect(clippy::missing_errors_doc, reason = "said once for all of them, at the client")]
impl Client {
    /// Makes a snapshot of the records that fit now.
    pub async fn make_snapshot(&self, request: &SnapshotRequest) -> Result<SnapshotView, ClientError> {
        self.send(Method::POST, "/v1/snapshots", request).await
    }

    /// The snapshots that the node keeps, newest first.
    pub async fn snapshots(&self) -> Result<Vec<SnapshotSummary>, ClientError> {
        self.get("/v1/snapshots").await
    }

    /// One snapshot with what was withdrawn since, by its identifier or a unique beginning of it.
    pub async fn snapshot(&self, id: &str) -> Result<SnapshotView, ClientError> {
        self.get(&path(id, "")).await
    }

    /// Hands in the text of a `snapshot.json`, whose identifier is `id`.
    pub async fn take_snapshot(&self, id: &str, text: Vec<u8>) -> Result<SnapshotView, ClientError> {
        let call = Call::new(Method::PUT, &path(id, "")).with(text);
        transport::ask(self.endpoint(), call).await
    }

    /// Deletes a snapshot that the node keeps.
    pub async fn delete_snapshot(&self, id: &str) -> Result<DeletedSnapshot, ClientError> {
        transport::ask(self.endpoint(), Call::new(Method::DELETE, &path(id, ""))).await
    }

    /// Notes a DOI of a snapshot.
    pub async fn set_doi(&self, id: &str, request: &DoiRequest) -> Result<SnapshotView, ClientError> {
        self.send(Method::PUT, &path(id, "/doi"), request).await
    }

    /// The bytes of a snapshot's bundle.
    pub async fn snapshot_bundle(&self, id: &str) -> Result<Download, ClientError> {
        self.download(&path(id, "/bundle")).await
    }

    /// A snapshot as a reference: `text`, `bib`, `ris`, `csl` or `cff`.
    pub async fn cite_snapshot(&self, id: &str, format: &str) -> Result<Download, ClientError> {
        let rest = format!("/citation/{}", transport::segment(format));
        self.download(&path(id, &rest)).await
    }

    /// A record as a reference, in the same formats.
    pub async fn cite(&self, id: &str, format: &str) -> Result<Download, ClientError> {
        let (id, format) = (transport::segment(id), transport::segment(format));
        self.download(&format!("/v1/records/{id}/citation/{format}")).await
    }
}
