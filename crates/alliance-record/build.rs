//! Compiles the protobuf messages without needing `protoc`, and keeps their descriptors, options included, for the schema.

use std::path::{Path, PathBuf};
use std::{env, error, fs};

/// What two nodes say to each other is generated where it is spoken: no record knows of it.
const ELSEWHERE: &str = "wire.proto";

fn main() -> Result<(), Box<dyn error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut compiler = protox::Compiler::new([&root])?;
    compiler
        .include_imports(true)
        .open_files(files(&root.join("alliance/v1"))?)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    prost_build::Config::new()
        .bytes(["."])
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "proto") && !path.ends_with(ELSEWHERE) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
