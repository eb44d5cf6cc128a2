//! The proof: signed records in the frames of a bundle, each log from its newest record backwards.
//!
//! One signature at the head proves a log, because each record links to the one before it; so a reader proves each range as it
//! comes, holds one at a time, and the proof has the same bytes on every node, whichever other signatures it keeps. Of the
//! alliance's chapter the records are whole. Of other logs there are the headers from the head down to the first that the
//! snapshot needs, and the texts of what it selects and of notices.

mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::schema::Kind;
use alliance_record::{Head, LogName, RecordId};

use crate::manifest::Manifest;
use crate::names::Part;

pub(crate) use read::{ProofReader, Stop};
pub(crate) use write::write;

/// What the proof gives of one log.
#[derive(Debug)]
pub(crate) struct LogPlan {
    pub(crate) head: Head,
    /// The first sequence that is needed.
    pub(crate) from: u64,
    /// The records whose texts are given, by sequence.
    pub(crate) whole: BTreeMap<u64, RecordId>,
    /// Those of them that the snapshot selects.
    pub(crate) selected: BTreeSet<u64>,
}

impl LogPlan {
    pub(crate) fn new(head: Head) -> Self {
        let from = if head.log.chapter.is_alliance() {
            0
        } else {
            head.sequence
        };
        Self {
            head,
            from,
            whole: BTreeMap::new(),
            selected: BTreeSet::new(),
        }
    }
}

/// The heads of a part, in the order of the manifest.
pub(crate) fn heads_of(manifest: &Manifest, part: Part) -> impl Iterator<Item = &Head> {
    let heads = manifest.heads.iter();
    heads.filter(move |head| head.log.chapter.is_alliance() == (part == Part::Alliance))
}

/// Whether the proof gives a record's text.
pub(crate) fn is_whole(kind: Kind, is_selected: bool) -> bool {
    is_selected || kind == Kind::NOTICE
}

/// A log in words.
pub(crate) fn named(log: &LogName) -> String {
    format!(
        "log {} of writer {} in {}",
        log.instance,
        log.writer.short(),
        log.chapter
    )
}
