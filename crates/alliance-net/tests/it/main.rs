//! Real nodes on loopback sockets: admission, gossip, streams, and their ends. Nothing sleeps; events are awaited.

mod admission;
mod gossip;
mod lifecycle;
mod streams;
mod world;
