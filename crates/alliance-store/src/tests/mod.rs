//! The store as its users see it, and what it does after every sort of harm.

mod append;
mod damage;
mod erase;
mod erase_stopped;
mod feed;
mod fill;
pub(crate) mod fixture;
mod journal;
mod links;
mod listing;
mod model;
mod pages;
mod simulated;
mod torn;
