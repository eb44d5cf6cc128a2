//! The schema and code lists by which records are read: what names them, and their texts for the bundle.

use alliance_record::schema::vocabulary_version;

/// Where the files stand in the repository, by which the protocol's hash knows them.
const FOLDER: &str = "proto/alliance/v1/";
/// The code lists' file.
pub(crate) const CODE_LISTS: &str = "vocabulary.json";

macro_rules! protos {
    ($($name:literal),* $(,)?) => {
        /// (name, text) of each file of the schema, by name.
        pub(crate) const PROTOS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../proto/alliance/v1/", $name)))),*];
    };
}

protos!(
    "adoption.proto",
    "collection.proto",
    "common.proto",
    "governance.proto",
    "lesson.proto",
    "measure.proto",
    "meeting.proto",
    "notice.proto",
    "options.proto",
    "practice.proto",
    "record.proto",
    "resource.proto",
    "response.proto",
    "translation.proto",
    "wire.proto",
);

/// The text of the code lists.
pub(crate) const CODE_LISTS_TEXT: &str = include_str!("../../../proto/vocabulary.json");

/// What names a schema with its code lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaName {
    /// The protocol's hash: BLAKE3 over its `.proto` files, as `proto/README.md` gives it.
    pub protocol: [u8; 32],
    /// Version of the code lists.
    pub code_lists_version: String,
    /// BLAKE3 over the code lists' file.
    pub code_lists: [u8; 32],
}

impl SchemaName {
    /// The one that this program has.
    #[must_use]
    pub fn own() -> Self {
        Self {
            protocol: protocol(PROTOS.iter().copied()),
            code_lists_version: vocabulary_version().to_owned(),
            code_lists: *blake3::hash(CODE_LISTS_TEXT.as_bytes()).as_bytes(),
        }
    }
}

/// For each file, in the order of their paths: path, a zero byte, the length of the text as 8 bytes little-endian, the text.
fn protocol<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in files {
        hasher.update(FOLDER.as_bytes()).update(name.as_bytes()).update(&[0]);
        hasher
            .update(&(text.len() as u64).to_le_bytes())
            .update(text.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_protocol_that_the_specification_names() {
        let specification = include_str!("../../../proto/README.md");
        let mut lines = specification.lines();
        let named = lines.find_map(|line| line.strip_prefix("protocol-hash:")).unwrap();
        let own = data_encoding::HEXLOWER.encode(&SchemaName::own().protocol);
        assert_eq!(named.trim(), own, "a .proto file is missing from PROTOS");
    }
}
