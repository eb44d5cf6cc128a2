//! Values taken from and put into bytes. Numbers are LEB128 varints of at most 10 bytes.

use alliance_record::{IdError, Refusal, Verdict};
use bytes::Bytes;

/// What is wrong with stored bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// They end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// They go on after their end.
    #[error("there are {count} bytes too many")]
    Trailing {
        /// Bytes after the end.
        count: usize,
    },
    /// A length in them is over its limit.
    #[error("a length is over its limit")]
    TooLong,
    /// The first byte names no known layout.
    #[error("unknown layout {tag:#04x}")]
    UnknownTag {
        /// The first byte.
        tag: u8,
    },
    /// The checksum is not that of the bytes.
    #[error("the bytes are not those that were written")]
    BadChecksum,
    /// What is compressed does not unpack to what it should.
    #[error("the compressed bytes do not unpack")]
    BadCompression,
    /// Nothing stands where a record should.
    #[error("nothing stands here")]
    Missing,
    /// The record's body was stored and is gone.
    #[error("the record's body is gone")]
    BodyMissing,
    /// The key with which they were encrypted is destroyed.
    #[error("their key is gone")]
    KeyGone,
    /// A text is not UTF-8, or not a name of its kind.
    #[error("a text is not what it should be")]
    BadText,
    /// The header is none.
    #[error("not a record's header: {0}")]
    BadHeader(Verdict),
    /// The body is not the one that the header commits to.
    #[error("not the record's body: {0}")]
    BadBody(Refusal),
    /// The record says that it belongs elsewhere.
    #[error("another record stands here")]
    WrongPlace,
}

impl From<IdError> for ValueError {
    fn from(_: IdError) -> Self {
        Self::Truncated
    }
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes values off the front of bytes; every length is checked before anything is taken.
pub(crate) struct Input {
    rest: Bytes,
}

impl Input {
    pub(crate) const fn new(rest: Bytes) -> Self {
        Self { rest }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<Bytes, ValueError> {
        if count > self.rest.len() {
            return Err(ValueError::Truncated);
        }
        Ok(self.rest.split_to(count))
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ValueError> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ValueError> {
        self.take(N)?[..].try_into().map_err(|_| ValueError::Truncated)
    }

    pub(crate) fn varint(&mut self) -> Result<u64, ValueError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(ValueError::TooLong)
    }

    pub(crate) fn varint_u32(&mut self) -> Result<u32, ValueError> {
        u32::try_from(self.varint()?).map_err(|_| ValueError::TooLong)
    }

    /// A length, of at most `max`.
    pub(crate) fn length(&mut self, max: usize) -> Result<usize, ValueError> {
        match usize::try_from(self.varint()?) {
            Ok(length) if length <= max => Ok(length),
            _ => Err(ValueError::TooLong),
        }
    }

    pub(crate) fn bytes(&mut self, bytes_max: usize) -> Result<Bytes, ValueError> {
        let count = self.length(bytes_max)?;
        self.take(count)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> Bytes {
        self.rest
    }

    pub(crate) fn end(&self) -> Result<(), ValueError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(ValueError::Trailing { count }),
        }
    }
}
