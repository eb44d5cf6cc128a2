//! Why a node was not asked, or what it answered instead.

use std::io;

use crate::Problem;

/// What went wrong between a program and a node.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers there. Nothing happened.
    #[error("no node answers at {place}; {remedy}")]
    NotRunning {
        /// The socket's path, or the address.
        place: String,
        /// What mends it.
        remedy: String,
    },
    /// The place is there, and the system does not let this user connect. Nothing happened.
    #[error("the node at {place} cannot be reached: {source}")]
    NotReachable {
        /// The socket's path, or the address.
        place: String,
        /// What the system said.
        source: io::Error,
    },
    /// The node refused. Nothing happened, unless the problem's code is `timeout`.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// The connection broke off.
    #[error("the connection to the node broke off: {0}")]
    Broken(#[from] hyper::Error),
    /// No answer came in time.
    #[error("the node did not answer within {seconds} seconds")]
    Silent {
        /// How long was waited.
        seconds: u64,
    },
    /// The answer is larger than any of a node.
    #[error("the answer is larger than {bytes_max} bytes: is that a node of the alliance?")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// The answer cannot be read.
    #[error("the answer (HTTP status {status}) cannot be read: is that a node of the alliance, of this version?")]
    Unreadable {
        /// HTTP status of the answer.
        status: u16,
    },
    /// The request cannot be written down, as a header with a line break in it. Nothing happened.
    #[error("the request cannot be written down: the address or the token holds characters that HTTP does not carry")]
    Unwritable,
}
