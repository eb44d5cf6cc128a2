//! Shows: the HTTP interface on a handle, over a Unix socket and over TCP.
//!
//! The only crate that knows axum. Never decides anything about records: each route asks the handle and writes down what
//! it answered. What this crate does decide is who may ask: see the module `guard`.

mod answer;
mod app;
mod body;
mod bundle;
mod chapters;
mod describe;
mod drafts;
mod events;
mod export;
mod fault;
mod feed;
mod governance;
mod guard;
mod hosts;
mod limits;
mod node;
mod once;
mod organisations;
mod page;
mod params;
mod reading;
mod records;
mod routes;
mod search;
mod server;
mod snapshots;
mod socket;
mod stall;
mod tag;
mod token;
mod tokens;

pub use once::LedgerError;
pub use reading::{Network, NetworkError, Reading};
pub use routes::description;
pub use server::{HttpSettings, ServeError, Server, serve};
pub use token::{ApiToken, TokenError};
