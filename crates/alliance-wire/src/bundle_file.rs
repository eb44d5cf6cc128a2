//! A bundle as a file: read frame by frame, its end and its hash checked.
//!
//! Never judges a record: whoever takes a range does.

use std::io::{self, Read};

use alliance_record::SignedRecord;
use bytes::Bytes;

use crate::bundle::{BUNDLE_LENGTH_BYTES, BUNDLE_MAGIC, BundleFrame, BundleHead};
use crate::error::WireError;
use crate::limits::BUNDLE_FRAME_BYTES_MAX;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum BundleFault {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("the file is no bundle of an alliance")]
    NotABundle,
    /// It ends too early.
    #[error("the file ends early, at byte {at}: it was not copied whole")]
    Cut {
        /// Bytes that are there.
        at: u64,
    },
    /// A frame cannot be read.
    #[error("the file is damaged in the frame at byte {at}: {source}")]
    Damaged {
        /// Where the frame begins.
        at: u64,
        /// What is wrong with it.
        source: WireError,
    },
    /// The bytes are not those that were written.
    #[error("the file is damaged: its hash at the end is not that of its bytes")]
    WrongHash,
}

/// A bundle that is being read.
#[derive(Debug)]
pub struct BundleFile<R> {
    reader: R,
    hasher: blake3::Hasher,
    at: u64,
    records: u64,
}

/// What follows in a file.
#[derive(Debug)]
pub enum BundleNext {
    /// A range.
    Range {
        /// Its frame with the length before it, to be handed on as it is.
        frame: Bytes,
        /// Its records.
        records: Vec<SignedRecord>,
    },
    /// The end, and all is as it was written.
    End,
}

impl<R: Read> BundleFile<R> {
    /// Reads the beginning.
    ///
    /// # Errors
    /// [`BundleFault`]: what is there is no bundle, or its head cannot be read.
    pub fn open(reader: R) -> Result<(Self, BundleHead), BundleFault> {
        let mut file = Self {
            reader,
            hasher: blake3::Hasher::new(),
            at: 0,
            records: 0,
        };
        let mut magic = [0; BUNDLE_MAGIC.len()];
        match file.reader.read_exact(&mut magic) {
            Ok(()) if magic == *BUNDLE_MAGIC => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
            Ok(()) | Err(_) => return Err(BundleFault::NotABundle),
        }
        file.take(&magic);
        let (frame, bytes) = file.frame()?;
        file.take(&bytes);
        match frame {
            BundleFrame::Head(head) => Ok((file, head)),
            BundleFrame::Range(_) | BundleFrame::End { .. } => Err(BundleFault::NotABundle),
        }
    }

    /// Reads the next range, or the end. Not to be asked again after the end.
    ///
    /// # Errors
    /// [`BundleFault`] names the byte at which the file is cut or damaged.
    pub fn read_next(&mut self) -> Result<BundleNext, BundleFault> {
        let at = self.at;
        let (frame, bytes) = self.frame()?;
        match frame {
            BundleFrame::Range(records) => {
                self.records += records.len() as u64;
                self.take(&bytes);
                Ok(BundleNext::Range { frame: bytes, records })
            }
            BundleFrame::End { records, hash } => {
                if records == self.records && self.hasher.finalize() == hash {
                    return Ok(BundleNext::End);
                }
                Err(BundleFault::WrongHash)
            }
            BundleFrame::Head(_) => Err(BundleFault::Damaged {
                at,
                source: WireError::BadEncoding { place: "range" },
            }),
        }
    }

    /// What follows the end.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.reader
    }

    fn take(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
    }

    fn frame(&mut self) -> Result<(BundleFrame, Bytes), BundleFault> {
        let at = self.at;
        let mut bytes = vec![0; BUNDLE_LENGTH_BYTES];
        self.fill(&mut bytes)?;
        let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        if length > BUNDLE_FRAME_BYTES_MAX {
            let source = WireError::TooLarge {
                place: "bundle frame",
                got: length,
                max: BUNDLE_FRAME_BYTES_MAX,
            };
            return Err(BundleFault::Damaged { at, source });
        }
        bytes.resize(BUNDLE_LENGTH_BYTES + length, 0);
        self.fill(&mut bytes[BUNDLE_LENGTH_BYTES..])?;
        let bytes = Bytes::from(bytes);
        let frame = BundleFrame::decode(bytes.slice(BUNDLE_LENGTH_BYTES..));
        let frame = frame.map_err(|source| BundleFault::Damaged { at, source })?;
        Ok((frame, bytes))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BundleFault> {
        let at = self.at;
        self.reader.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BundleFault::Cut { at },
            _ => BundleFault::Io(error),
        })
    }
}
