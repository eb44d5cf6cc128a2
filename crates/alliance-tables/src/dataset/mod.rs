//! Dataset.
