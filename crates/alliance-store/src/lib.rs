//! Keeps and finds: the only crate that knows sled.
