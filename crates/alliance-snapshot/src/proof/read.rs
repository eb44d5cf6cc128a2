//! Reads a part of the proof, and takes nothing from it that is not proven.

use std::collections::BTreeSet;
use std::io::{self, Read};

use alliance_record::{Head, RecordId, Refusal, SignedRecord, Verdict, VerifiedRecord, verify_before};
use alliance_wire::{BundleFault, BundleFile, BundleNext};

use super::{heads_of, is_whole, named};
use crate::contents::Take;
use crate::fault::{Check, Fault};
use crate::manifest::Manifest;
use crate::names::Part;

/// Why a reading ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The bundle is wrong.
    Fault(Fault),
    /// Whoever takes the records cannot go on, or the file cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Reads one part.
pub(crate) struct ProofReader<'m> {
    part: Part,
    manifest: &'m Manifest,
    selected: BTreeSet<RecordId>,
    bearing: BTreeSet<RecordId>,
}

/// Where a reading stands in a log.
struct Log<'m> {
    head: &'m Head,
    /// The record after the next range; `None` before the newest.
    next: Option<VerifiedRecord>,
}

impl<'m> ProofReader<'m> {
    pub(crate) fn new(part: Part, manifest: &'m Manifest) -> Self {
        Self {
            part,
            manifest,
            selected: manifest.records.iter().copied().collect(),
            bearing: manifest.bearing.iter().copied().collect(),
        }
    }

    pub(crate) fn is_selected(&self, id: &RecordId) -> bool {
        self.selected.contains(id)
    }

    pub(crate) fn is_named(&self, id: &RecordId) -> bool {
        self.is_selected(id) || self.bearing.contains(id)
    }

    fn fault(&self, check: Check, place: &str, found: &str) -> Stop {
        let file = self.part.file();
        let place = if place.is_empty() {
            file.to_owned()
        } else {
            format!("{file}, {place}")
        };
        Fault::new(check, place, found).into()
    }

    fn unread(&self, fault: BundleFault) -> Stop {
        match fault {
            BundleFault::Io(error) => Stop::Io(error),
            fault => self.fault(Check::Chain, "", &fault.to_string()),
        }
    }

    /// Hands over each record up to the heads, log by log, the newest first.
    pub(crate) fn read<R: Read>(&self, file: R, take: &mut Take<'_>) -> Result<(), Stop> {
        let (mut file, head) = BundleFile::open(file).map_err(|fault| self.unread(fault))?;
        if head.alliance != self.manifest.alliance {
            return Err(self.fault(Check::Alliance, "", "it is of another alliance than snapshot.json"));
        }
        let mut heads = heads_of(self.manifest, self.part);
        let mut log: Option<Log<'m>> = None;
        while let BundleNext::Range { records, .. } = file.read_next().map_err(|fault| self.unread(fault))? {
            let Some(first) = records.first() else { continue };
            let is_same = log.as_ref().is_some_and(|log| log.head.log == first.header().log);
            if !is_same {
                self.close(log.take())?;
                log = Some(self.open(first, heads.next())?);
            }
            let Some(current) = &mut log else { continue };
            self.range(current, records, take)?;
        }
        self.close(log)?;
        if let Some(head) = heads.next() {
            return Err(self.fault(Check::Heads, &named(&head.log), "the log is not in the proof"));
        }
        match file.into_inner().read(&mut [0])? {
            0 => Ok(()),
            _ => Err(self.fault(Check::Chain, "", "something follows its end")),
        }
    }

    fn open(&self, first: &SignedRecord, head: Option<&'m Head>) -> Result<Log<'m>, Stop> {
        let found = named(&first.header().log);
        match head {
            Some(head) if head.log == first.header().log => Ok(Log { head, next: None }),
            Some(head) => {
                let says = format!("the proof goes on with {found}, and not with this one");
                Err(self.fault(Check::Heads, &named(&head.log), &says))
            }
            None => Err(self.fault(Check::Heads, &found, "snapshot.json does not name this log")),
        }
    }

    /// What holds at the end of a log.
    fn close(&self, log: Option<Log<'m>>) -> Result<(), Stop> {
        let Some(Log {
            head,
            next: Some(first),
        }) = log
        else {
            return Ok(());
        };
        if self.part == Part::Alliance && first.header().sequence > 0 {
            return Err(self.fault(Check::Chain, &named(&head.log), "its first records are not there"));
        }
        Ok(())
    }

    fn range(&self, log: &mut Log<'m>, records: Vec<SignedRecord>, take: &mut Take<'_>) -> Result<(), Stop> {
        let ids: Vec<RecordId> = records.iter().map(SignedRecord::id).collect();
        let verified = verify_before(records, log.next.as_ref()).map_err(|error| {
            let check = if error.refusal == Refusal::BadBody {
                Check::Bodies
            } else {
                Check::Chain
            };
            let place = ids
                .get(error.index)
                .map_or_else(String::new, |id| format!("record {id}"));
            self.fault(check, &place, refused(error.refusal))
        })?;
        if log.next.is_none() {
            self.reaches(log.head, &verified)?;
        }
        for record in verified.iter().rev() {
            self.check_text(record, log.head)?;
            if record.header().sequence <= log.head.sequence {
                take(record)?;
            }
        }
        log.next = verified.into_iter().next().map(VerifiedRecord::without_body);
        Ok(())
    }

    /// The newest range of a log has its head.
    fn reaches(&self, head: &Head, records: &[VerifiedRecord]) -> Result<(), Stop> {
        let at = records.iter().find(|record| record.header().sequence == head.sequence);
        let wrong = |says: &str| Err(self.fault(Check::Heads, &named(&head.log), says));
        let Some(at) = at else {
            return wrong("the proof does not reach the head that snapshot.json names");
        };
        let header = at.header();
        if at.id() != head.record {
            return wrong("its head is another record than snapshot.json names");
        }
        if header.organisation != head.organisation {
            return wrong("it is of another organisation than snapshot.json names");
        }
        if header.alliance != self.manifest.alliance {
            let place = named(&head.log);
            return Err(self.fault(Check::Alliance, &place, "it is of another alliance"));
        }
        Ok(())
    }

    /// The texts of what is selected are there, and no others: what is not selected may be erased elsewhere.
    fn check_text(&self, record: &VerifiedRecord, head: &Head) -> Result<(), Stop> {
        let (id, header) = (record.id(), record.header());
        let is_beyond = header.sequence > head.sequence;
        let is_wanted = match self.part {
            // Nothing of the alliance's own is ever erased: whoever leaves a text out hides what it says.
            Part::Alliance => !is_beyond,
            Part::Records => !is_beyond && self.is_named(&id) && is_whole(header.kind, self.is_selected(&id)),
        };
        match (is_wanted, record.body().is_some()) {
            (true, true) | (false, false) => Ok(()),
            (true, false) => Err(self.fault(Check::Bodies, &format!("record {id}"), "its text is not there")),
            (false, true) => {
                let says = "its text is there, and snapshot.json does not select it";
                Err(self.fault(Check::Bodies, &format!("record {id}"), says))
            }
        }
    }
}

/// A refusal in words.
fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::BadSignature => "its writer's signature is missing or wrong",
        Refusal::BadBody => "its text is not the one that its signed header commits to",
        Refusal::WrongPrevious | Refusal::WrongSequence => "it is not the record that the one after it links to",
        Refusal::WrongLog => "it is of another log than the one after it",
        Refusal::WrongOrganisation => "it is of another organisation than the one after it",
        other => Verdict::Refused(other).code(),
    }
}
