//! Real nodes on loopback sockets: admission, gossip, streams, and their ends. Nothing sleeps; events are awaited.

// The attribute tells clippy that the helpers in these modules are tests, too.
#[cfg(test)]
mod admission;
#[cfg(test)]
mod gossip;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod world;
