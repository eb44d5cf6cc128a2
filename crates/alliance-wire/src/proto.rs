//! The messages generated from `proto/alliance/v1/wire.proto`. Private: the wire's types are in the other modules.

#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
pub(crate) mod v1 {
    include!(concat!(env!("OUT_DIR"), "/alliance.v1.rs"));
}
