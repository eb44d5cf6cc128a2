//! The interface from outside: bytes in, status and problem code out; and the client against it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod client;
mod description;
mod doors;
mod exports;
mod fixture;
mod fuzz;
mod roles;
mod routes;
mod writes;
