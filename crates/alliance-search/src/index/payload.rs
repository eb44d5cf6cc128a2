//! What a commit says of itself: of which store and layout it is, and how far it has come. It stands in the same file as the
//! list of segments, so that index and cursor never part.

use alliance_record::schema::{FieldInfo, kinds};
use alliance_store::Arrival;
use serde::{Deserialize, Serialize};

/// The layout of documents and how terms are made. Another number makes every node build its index anew: raise it with every
/// change of either.
pub const INDEX_VERSION: u32 = 3;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) version: u32,
    /// Names the fields of all kinds: with another one, records would be read otherwise.
    schema: String,
    /// The store's feed, in hexadecimal.
    feed: String,
    pub(crate) cursor: u64,
}

impl Payload {
    /// Of an index that is in step with this feed up to `cursor`.
    pub(crate) fn new(feed: [u8; 16], cursor: Arrival) -> Self {
        Self {
            version: INDEX_VERSION,
            schema: schema_name(),
            feed: data_encoding::HEXLOWER.encode(&feed),
            cursor: cursor.0,
        }
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether documents were made in the same way.
    pub(crate) fn has_layout_of(&self, other: &Self) -> bool {
        (self.version, &self.schema) == (other.version, &other.schema)
    }

    /// Whether both follow one feed.
    pub(crate) fn has_feed_of(&self, other: &Self) -> bool {
        self.feed == other.feed
    }
}

/// A short name for what the schema is: FNV-1a over the names of all kinds, fields and lists.
fn schema_name() -> String {
    let mut name = Fnv(0xcbf2_9ce4_8422_2325);
    for kind in kinds() {
        name.take(&kind.name);
        kind.fields.iter().for_each(|field| take(field, &mut name));
    }
    format!("{:016x}", name.0)
}

fn take(field: &FieldInfo, name: &mut Fnv) {
    name.take(&field.name);
    name.take(field.vocabulary.as_deref().unwrap_or_default());
    name.take(&format!("{:?} {:?}", field.shape, field.format));
    field.fields.iter().for_each(|inner| take(inner, name));
    name.take("/");
}

struct Fnv(u64);

impl Fnv {
    fn take(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_strangers_are_known() {
        let payload = Payload::new([7; 16], Arrival(12));
        assert_eq!(Payload::read(&payload.write()), Some(payload.clone()));
        assert!(payload.has_feed_of(&Payload::new([7; 16], Arrival(99))));
        let stranger = Payload::new([8; 16], Arrival(12));
        assert!(payload.has_layout_of(&stranger) && !payload.has_feed_of(&stranger));
        assert_eq!(Payload::read("{}"), None);
    }
}
