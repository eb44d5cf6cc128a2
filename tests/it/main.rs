//! Clusters of real nodes on loopback.

mod spine;
