//! Carries: the only crate that knows libp2p.
