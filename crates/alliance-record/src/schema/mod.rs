//! The kinds of body.

/// Placeholder until the descriptors land.
mod kind;
pub use kind::Kind;
