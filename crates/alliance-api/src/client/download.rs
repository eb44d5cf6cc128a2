//! A long answer, piece by piece.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::ClientError;
use super::transport::within;

/// Seconds without a piece: a busy disk, not a dead node.
const SILENCE_MAX_S: u64 = 60;

/// An answer that is read as it comes.
#[derive(Debug)]
pub struct Download {
    body: Incoming,
}

impl Download {
    pub(super) fn new(body: Incoming) -> Self {
        Self { body }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`ClientError`] when the connection broke off or fell silent.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            let body = &mut self.body;
            let frame = within(SILENCE_MAX_S, async {
                body.frame().await.transpose().map_err(ClientError::from)
            });
            match frame.await?.map(hyper::body::Frame::into_data) {
                None => return Ok(None),
                Some(Ok(bytes)) => return Ok(Some(bytes)),
                // Trailers: nodes write none.
                Some(Err(_)) => {}
            }
        }
    }
}
