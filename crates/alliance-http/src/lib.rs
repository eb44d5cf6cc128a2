//! Shows: the HTTP interface on a handle; the only crate that knows axum.
