//! Small values kept in the database: the store's own (format, commit point, cursors) and the node's.

use bytes::Bytes;

use crate::arrival::Arrival;
use crate::error::{ReadError, StoreFault};
use crate::trees::{META, Trees, number_u32};
use crate::value::{Input, ValueError};

/// Bytes of a value that the node keeps here: a founding charter with room.
pub const META_VALUE_BYTES_MAX: usize = 40_960;
/// Bytes of a cursor's name.
pub const CURSOR_NAME_BYTES_MAX: usize = 64;

/// What the node keeps beside the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetaKey {
    /// The alliance this node belongs to.
    Alliance,
    /// The organisation this node speaks for.
    Organisation,
    /// The life of this data directory.
    Instance,
    /// This node's certificate.
    Certificate,
    /// The founding charter.
    Charter,
    /// How far joining or recovering has come.
    Phase,
}

impl MetaKey {
    /// All keys; a key's place is its number in the journal, so new ones go to the end.
    pub const ALL: [Self; 6] = [
        Self::Alliance,
        Self::Organisation,
        Self::Instance,
        Self::Certificate,
        Self::Charter,
        Self::Phase,
    ];

    /// The key's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alliance => "alliance",
            Self::Organisation => "organisation",
            Self::Instance => "instance",
            Self::Certificate => "certificate",
            Self::Charter => "charter",
            Self::Phase => "phase",
        }
    }

    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.number() == number)
    }

    pub(crate) fn key(self) -> Vec<u8> {
        [b"node/", self.name().as_bytes()].concat()
    }
}

/// How far the database is committed: nothing after `last` counts, and the newest group began at `group_first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommitPoint {
    pub(crate) last: Arrival,
    pub(crate) group_first: Arrival,
}

impl CommitPoint {
    /// Nothing is stored yet.
    pub(crate) const START: Self = Self {
        last: Arrival::NONE,
        group_first: Arrival(1),
    };

    /// The commit point before the newest group.
    pub(crate) const fn before_group(self) -> Self {
        Self {
            last: Arrival(self.group_first.0 - 1),
            group_first: self.group_first,
        }
    }
}

pub(crate) const FORMAT_KEY: &[u8] = b"store/format";
pub(crate) const FEED_ID_KEY: &[u8] = b"store/feed-id";
const COMMIT_KEY: &[u8] = b"store/commit";

/// How far a projection has followed, and under which layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Followed {
    pub(crate) version: u32,
    pub(crate) arrival: Arrival,
}

pub(crate) fn cursor_key(name: &str) -> Vec<u8> {
    [b"cursor/", name.as_bytes()].concat()
}

pub(crate) fn projection_key(name: &str) -> Vec<u8> {
    [b"projection/", name.as_bytes()].concat()
}

impl Trees {
    pub(crate) fn commit_point(&self) -> Result<Option<CommitPoint>, ReadError> {
        self.meta_decoded(COMMIT_KEY, |input| {
            let last = Arrival(u64::from_be_bytes(input.array()?));
            let group_first = Arrival(u64::from_be_bytes(input.array()?));
            match group_first.0 {
                0 => Err(ValueError::WrongPlace),
                _ => Ok(CommitPoint { last, group_first }),
            }
        })
    }

    pub(crate) fn put_commit_point(&self, point: CommitPoint) -> Result<(), StoreFault> {
        let value = [point.last.0.to_be_bytes(), point.group_first.0.to_be_bytes()].concat();
        self.meta.insert(COMMIT_KEY, value)
    }

    pub(crate) fn followed(&self, name: &str) -> Result<Option<Followed>, ReadError> {
        self.meta_decoded(&projection_key(name), |input| {
            Ok(Followed {
                version: u32::from_be_bytes(input.array()?),
                arrival: Arrival(u64::from_be_bytes(input.array()?)),
            })
        })
    }

    pub(crate) fn put_followed(&self, name: &str, followed: Followed) -> Result<(), StoreFault> {
        let mut value = followed.version.to_be_bytes().to_vec();
        value.extend_from_slice(&followed.arrival.0.to_be_bytes());
        self.meta.insert(projection_key(name), value)
    }

    pub(crate) fn cursor(&self, name: &str) -> Result<Arrival, ReadError> {
        let cursor = self.meta_decoded(&cursor_key(name), |input| {
            Ok(Arrival(u64::from_be_bytes(input.array()?)))
        })?;
        Ok(cursor.unwrap_or_default())
    }

    pub(crate) fn format(&self) -> Result<Option<u32>, ReadError> {
        self.meta_decoded(FORMAT_KEY, |input| number_u32(&input.take(4)?))
    }

    pub(crate) fn feed_id(&self) -> Result<Option<[u8; 16]>, ReadError> {
        self.meta_decoded(FEED_ID_KEY, |input| input.array())
    }

    fn meta_decoded<T>(
        &self,
        key: &[u8],
        decode: impl FnOnce(&mut Input) -> Result<T, ValueError>,
    ) -> Result<Option<T>, ReadError> {
        let Some(value) = self.meta.get(key)? else {
            return Ok(None);
        };
        let mut input = Input::new(Bytes::copy_from_slice(&value));
        let decoded = decode(&mut input).and_then(|decoded| input.end().map(|()| decoded));
        decoded.map(Some).map_err(|source| ReadError::CorruptList {
            tree: META.name,
            source,
        })
    }
}
