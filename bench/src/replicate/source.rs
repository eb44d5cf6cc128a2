//! The records of the full node's store as a range brings them: log by log, with the signatures that prove them. Reads
//! in pieces as large as those that a node serves.

use std::path::Path;

use alliance_record::{ChapterName, Head, VerifiedRecord, thin_signatures};
use alliance_store::{Options, RangeLimits, Reader, Store, Writer};
use anyhow::{Context, Result, anyhow};

use crate::CHAPTER;

/// As a node's.
const PIECE: RangeLimits = RangeLimits {
    records_max: 1024,
    bytes_max: 524_288,
};

/// Reads groups.
pub(crate) struct Source {
    reader: Reader,
    /// Keeps the store open.
    _writer: Writer,
    /// Logs still to be read, the next one last.
    heads: Vec<Head>,
    next: u64,
    read: Vec<VerifiedRecord>,
    group: usize,
}

/// Bytes of a record: header and body, salt and signature, without what frames them.
pub(crate) fn record_bytes(record: &VerifiedRecord) -> u64 {
    let signature = record.signature().map_or(0, |signature| signature.as_bytes().len());
    let body = record
        .body()
        .map_or(0, |body| body.bytes.len() + body.salt.as_bytes().len());
    (record.header_bytes().len() + signature + body) as u64
}

impl Source {
    pub(crate) fn open(data: &Path, group: usize) -> Result<Self> {
        let (writer, reader, _) = Store::open(&data.join("store"), options())?;
        let mut heads = reader.heads(&CHAPTER.parse::<ChapterName>()?)?;
        heads.reverse();
        Ok(Self {
            reader,
            _writer: writer,
            heads,
            next: 0,
            read: Vec::new(),
            group,
        })
    }

    /// The next group; empty at the end. It may be short by what lies behind the last signature of its last log.
    pub(crate) fn next_group(&mut self) -> Result<Vec<VerifiedRecord>> {
        while self.read.len() < self.group && self.read_piece()? {}
        let most = self.group.min(self.read.len());
        let proven = self.read[..most]
            .iter()
            .rposition(|record| record.signature().is_some());
        let rest = self.read.split_off(proven.map_or(0, |last| last + 1));
        Ok(std::mem::replace(&mut self.read, rest))
    }

    fn read_piece(&mut self) -> Result<bool> {
        let Some(head) = self.heads.last() else {
            return Ok(false);
        };
        let mut records = self.reader.range(&head.log, self.next, PIECE)?;
        let last = records.last().context("a log is served to its end")?;
        self.next = last.header().sequence + 1;
        if self.next > head.sequence {
            self.heads.pop();
            self.next = 0;
        }
        thin_signatures(&mut records);
        for record in records {
            let record = VerifiedRecord::from_own_store(record);
            self.read.push(record.map_err(|refusal| anyhow!("{refusal}"))?);
        }
        Ok(true)
    }
}

/// As a node opens its store.
pub(crate) fn options() -> Options {
    Options {
        cache_bytes: CACHE_BYTES,
        facets: alliance_fill::facets,
    }
}

/// What a node uses unless told otherwise.
pub(crate) const CACHE_BYTES: u64 = 64 << 20;
