//! Search as its users see it, with real stores and real directories.

mod adopted;
mod asking;
mod examples;
mod facets;
mod fixture;
mod following;
mod forgetting;
mod golden;
mod languages;
mod marks;
