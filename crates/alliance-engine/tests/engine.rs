//! The engine from outside: many of them in one room, with toy stores, a chosen order of messages and a clock of our own.

#[path = "engine/bounds.rs"]
mod bounds;
#[path = "engine/clock.rs"]
mod clock;
#[path = "engine/convergence.rs"]
mod convergence;
#[path = "engine/fixture.rs"]
mod fixture;
#[path = "engine/hostile.rs"]
mod hostile;
#[path = "engine/roster.rs"]
mod roster;
#[path = "engine/solo.rs"]
mod solo;
#[path = "engine/store.rs"]
mod store;
#[path = "engine/world.rs"]
mod world;
