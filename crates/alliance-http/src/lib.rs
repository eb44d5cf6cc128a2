//! Shows: the HTTP interface on a handle, over a Unix socket and over TCP.
//!
//! The only crate that knows axum. Never decides anything about records: each route asks the handle and writes down what
//! it answered. What this crate does decide is who may ask: see the module `guard`.

mod app;
mod body;
mod bundle;
mod drafts;
mod events;
mod export;
mod fault;
mod feed;
mod guard;
mod hosts;
mod limits;
mod params;
mod routes;
mod server;
mod snapshots;
mod socket;
mod token;

pub use server::{HttpSettings, ServeError, Server, serve};
pub use token::{ApiToken, TokenError};
