//! Where the logs of one writer or organisation end by decision.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message;

use super::StatementError;
use crate::chapter::ChapterName;
use crate::id::{InstanceId, RecordId};
use crate::key::WriterId;
use crate::limits::CUT_LOGS_MAX;
use crate::log::{Head, LogEnd, LogName};
use crate::proto::v1;

/// The last valid record of each log that is named. What a cut means for logs that it does not name is for whoever cuts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts(BTreeMap<LogName, (u64, RecordId)>);

impl Cuts {
    /// Cuts behind these heads. `None` when they are more than [`CUT_LOGS_MAX`]: a log left out would not count at all, and
    /// whoever writes many could choose which.
    #[must_use]
    pub fn behind<'a>(heads: impl Iterator<Item = &'a Head>) -> Option<Self> {
        let cuts: BTreeMap<_, _> = heads
            .map(|head| (head.log.clone(), (head.sequence, head.record)))
            .collect();
        (cuts.len() <= CUT_LOGS_MAX).then_some(Self(cuts))
    }

    /// Ends a log behind another record than its newest: at most as late as before.
    pub fn earlier(&mut self, log: &LogName, sequence: u64, record: RecordId) {
        if let Some(held) = self.0.get_mut(log) {
            *held = (*held).min((sequence, record));
        }
    }

    /// Ends a log before its first record.
    pub fn before_all(&mut self, log: &LogName) {
        self.0.remove(log);
    }

    /// What both leave of each log: the earlier end where both name it, and what one of them leaves out is named no more.
    /// Whether these say anything else than before.
    pub fn narrow(&mut self, other: &Self) -> bool {
        let before = self.clone();
        self.0.retain(|log, held| match other.0.get(log) {
            Some(cut) => {
                *held = (*held).min(*cut);
                true
            }
            None => false,
        });
        *self != before
    }

    /// Where a log ends; `None` when it is not named.
    #[must_use]
    pub fn end_of(&self, log: &LogName) -> Option<LogEnd> {
        self.0.get(log).map(|(sequence, record)| LogEnd {
            next: sequence.saturating_add(1),
            last: Some(*record),
        })
    }

    /// The logs named, each with its last valid record.
    pub fn logs(&self) -> impl ExactSizeIterator<Item = (&LogName, u64, &RecordId)> {
        self.0.iter().map(|(log, (sequence, record))| (log, *sequence, record))
    }

    /// As messages, sorted: the same cuts are the same bytes.
    pub(super) fn to_messages(&self) -> Vec<v1::WriterCut> {
        let mut writers: Vec<v1::WriterCut> = Vec::new();
        for (log, (sequence, record)) in &self.0 {
            let chapter = v1::ChapterCut {
                chapter: log.chapter.to_string(),
                sequence: *sequence,
                record: Bytes::copy_from_slice(record.as_bytes()),
            };
            match writers.last_mut() {
                Some(last)
                    if last.writer == log.writer.as_bytes()[..] && last.instance == log.instance.as_bytes()[..] =>
                {
                    last.chapters.push(chapter);
                }
                _ => writers.push(v1::WriterCut {
                    writer: Bytes::copy_from_slice(log.writer.as_bytes()),
                    instance: Bytes::copy_from_slice(log.instance.as_bytes()),
                    chapters: vec![chapter],
                }),
            }
        }
        writers
    }

    /// From messages. Of a log that is named twice the earlier end counts.
    pub(super) fn of_messages(messages: &[v1::WriterCut]) -> Result<Self, StatementError> {
        let mut cuts = BTreeMap::new();
        for writer in messages {
            let (key, instance) = (
                WriterId::from_slice(&writer.writer)?,
                InstanceId::from_slice(&writer.instance)?,
            );
            for chapter in &writer.chapters {
                let name: ChapterName = chapter.chapter.parse().map_err(|_| StatementError::BadEncoding)?;
                let log = LogName {
                    writer: key,
                    instance,
                    chapter: name,
                };
                let cut = (chapter.sequence, RecordId::from_slice(&chapter.record)?);
                let held = cuts.entry(log).or_insert(cut);
                *held = (*held).min(cut);
            }
            if cuts.len() > CUT_LOGS_MAX {
                return Err(StatementError::BadEncoding);
            }
        }
        Ok(Self(cuts))
    }

    /// As one message.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let cuts = self.to_messages();
        v1::Cuts { cuts }.encode_to_vec().into()
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`StatementError::BadEncoding`].
    pub fn decode(bytes: &Bytes) -> Result<Self, StatementError> {
        Self::of_messages(&v1::Cuts::decode(bytes.clone())?.cuts)
    }
}
