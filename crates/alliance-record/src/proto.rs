//! The messages generated from `proto/alliance/v1`. Numbers and shapes only: meaning lives in the other modules.

/// Version 1 of the protocol's messages.
#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/alliance.v1.rs"));
}
