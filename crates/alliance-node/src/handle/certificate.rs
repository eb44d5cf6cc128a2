//! A renewed certificate, put in place while the node runs: no connection is cut, nothing is started again.

use alliance_api::{CertificateRequest, CertificateView, Problem};

use super::Handle;
use super::problem::{problem, stopped};
use crate::keys::{KeysError, decode, replace};
use crate::run::Message;

impl Handle {
    /// Puts a certificate of this node in place: on the disk, then for new connections, then as a record.
    ///
    /// # Errors
    /// `bad_certificate` when it is none, has ended, or is not for this node; `store_failed`. Nothing has changed then.
    pub async fn install_certificate(&self, request: CertificateRequest) -> Result<CertificateView, Problem> {
        let made = decode(&request.certificate).map_err(|error| refused(&error))?;
        let (dir, written) = (self.0.parts.dir.clone(), made.clone());
        tokio::task::spawn_blocking(move || replace(&dir, &written))
            .await
            .map_err(|_| stopped())?
            .map_err(|error| refused(&error))?;
        let (node, certificate) = (made.node(), made.bytes().clone());
        self.0.parts.shared.certificate.send_replace(certificate.clone());
        // A node that is ending publishes it at its next start.
        let _ = self.0.parts.inbox.send(Message::Certificate { certificate }).await;
        tracing::info!(
            ends_ms = node.not_after_ms,
            "a new certificate is shown on new connections"
        );
        Ok(CertificateView {
            label: node.label.clone(),
            begins_ms: node.not_before_ms,
            ends_ms: node.not_after_ms,
        })
    }
}

fn refused(error: &KeysError) -> Problem {
    let (status, code) = match error {
        KeysError::File(_) | KeysError::Key(_) => (500, "store_failed"),
        _ => (422, "bad_certificate"),
    };
    problem(status, code, "The certificate was not put in place", &error.to_string())
}
