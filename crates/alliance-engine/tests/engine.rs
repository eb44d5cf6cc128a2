//! The engine from outside: many of them in one room, with toy stores, a chosen order of messages and a clock of our own.

#[path = "engine/fixture.rs"]
mod fixture;
#[path = "engine/roster.rs"]
mod roster;
#[path = "engine/store.rs"]
mod store;
#[path = "engine/world.rs"]
mod world;
