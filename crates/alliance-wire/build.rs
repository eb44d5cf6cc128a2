//! Compiles the wire's messages without needing `protoc`. A record's own messages come from `alliance-record`.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile([root.join("alliance/v1/wire.proto")], [&root])?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]);
    for name in ["Envelope", "Body", "Header", "Reference"] {
        config.extern_path(
            format!(".alliance.v1.{name}"),
            format!("::alliance_record::proto::v1::{name}"),
        );
    }
    config.compile_fds(descriptors)?;
    Ok(())
}
