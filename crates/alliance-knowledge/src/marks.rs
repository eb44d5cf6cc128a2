//! Notices of a record, and whether it stands.
//!
//! A notice of the record's own organisation, and an act of stewards, have effect: what they retract is out of lists. What
//! other members say of it is shown beside it, with who says so, and changes nothing.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ActId, OrganisationId, RecordId, Role};
use prost::Message;

use crate::reading::{Reading, Room};
use crate::records::{Item, Records};
use crate::versions::successors;

/// Characters of a text that are handed on.
pub const TEXT_CHARACTERS_MAX: usize = 5_000;
/// Notices of one record by its own organisation that are heard: the newest.
const OWN_MARKS_MAX: usize = 100;
/// Notices of one record by others that are heard, in all and of one organisation.
const MARKS_MAX: usize = 200;
const MARKS_OF_EACH_MAX: usize = 5;
/// Notices whose texts are read for one record: one that says nothing of it counts here too.
const READ_MAX: usize = 500;
/// How far notices of notices are followed, as the specification says.
const DEPTH_MAX: u8 = 3;
/// Types of notice by which a record is out of lists.
const RETRACTING: [&str; 2] = ["retraction", "withdrawal"];
/// Its text is erased instead, which the roster knows.
const REMOVAL: &str = "removal";

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// The record's own organisation.
    Author,
    /// Enough stewards.
    Stewards,
    /// Another member.
    Other(OrganisationId),
}

/// What says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkSource {
    /// A notice.
    Notice(RecordId),
    /// An act.
    Act(ActId),
}

/// Something that is said of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The record that it is said of.
    pub on: RecordId,
    /// Code of `notice_type`; unknown ones as they came.
    pub notice_type: String,
    /// Code of `notice_reason`.
    pub reason: String,
    /// In words, at most [`TEXT_CHARACTERS_MAX`] characters; may be empty.
    pub text: String,
    /// Who says it.
    pub issuer: Issuer,
    /// What says it.
    pub source: MarkSource,
    /// When, as its author's clock said, in milliseconds since 1970 UTC; `None` of an act.
    pub claimed_at_ms: Option<i64>,
    /// The record that stands in its place, if the notice names one.
    pub replaced_by: Option<RecordId>,
    /// Code of `affects_conclusions`, or empty.
    pub affects_conclusions: String,
}

impl Mark {
    /// What stewards say of a record by an act: codes of its type and reason, and the text.
    #[must_use]
    pub fn of_act(on: RecordId, act: ActId, (notice_type, reason, text): (&str, &str, &str)) -> Self {
        Self {
            on,
            notice_type: notice_type.to_owned(),
            reason: reason.to_owned(),
            text: text.to_owned(),
            issuer: Issuer::Stewards,
            source: MarkSource::Act(act),
            claimed_at_ms: None,
            replaced_by: None,
            affects_conclusions: String::new(),
        }
    }

    /// Whether it comes from those who may say so.
    #[must_use]
    pub const fn has_effect(&self) -> bool {
        !matches!(self.issuer, Issuer::Other(_))
    }

    /// Whether the record is out of lists by it.
    #[must_use]
    pub fn retracts(&self) -> bool {
        self.has_effect() && RETRACTING.contains(&self.notice_type.as_str())
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The versions that take its place, the newest first.
    pub replaced_by: Vec<RecordId>,
    /// What is said of it, in the order of claimed times, acts last.
    pub marks: Vec<Mark>,
    /// Whether more refers to it than was looked at.
    pub more: bool,
}

impl Standing {
    /// Whether nothing takes its place and nothing retracts it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.replaced_by.is_empty() && !self.is_retracted()
    }

    /// Whether its organisation or stewards retracted it.
    #[must_use]
    pub fn is_retracted(&self) -> bool {
        self.marks.iter().any(Mark::retracts)
    }
}

/// Where a record stands: what takes its place, and what its organisation and stewards say of it.
///
/// # Errors
/// As the holder says.
pub fn standing<R: Records>(records: &Reading<'_, R>, item: &Item) -> Result<Standing, R::Error> {
    let links = records.own_links_to(item)?;
    let newest_first = links.items.iter().rev();
    let own = newest_first.filter(|link| link.organisation == item.organisation);
    let mut heard = Heard::new(OWN_MARKS_MAX, OWN_MARKS_MAX);
    heard.hear(records, item, own)?;
    heard.marks.reverse();
    heard.marks.extend(records.acts_on(item));
    let mut replaced_by: Vec<_> = successors(item, &links.items).map(Item::moment).collect();
    replaced_by.sort_unstable_by(|one, other| other.cmp(one));
    Ok(Standing {
        replaced_by: replaced_by.into_iter().map(|(_, id)| id).collect(),
        marks: heard.marks,
        more: links.more || heard.room.more,
    })
}

/// What other members say of a record, in the order of their claimed times; and whether there is more. It has no effect.
///
/// # Errors
/// As the holder says.
pub fn said_by_others<R: Records>(records: &Reading<'_, R>, item: &Item) -> Result<(Vec<Mark>, bool), R::Error> {
    let links = records.links_to(&item.id)?;
    let others = links.items.iter().filter(|link| link.organisation != item.organisation);
    let mut heard = Heard::new(MARKS_MAX, MARKS_OF_EACH_MAX);
    heard.hear(records, item, others)?;
    Ok((heard.marks, links.more || heard.room.more))
}

/// Notices that are heard.
struct Heard {
    marks: Vec<Mark>,
    room: Room,
}

impl Heard {
    const fn new(in_all: usize, of_each: usize) -> Self {
        Self {
            marks: Vec::new(),
            room: Room::new(in_all, of_each),
        }
    }

    fn hear<'a, R: Records>(
        &mut self,
        records: &Reading<'_, R>,
        item: &Item,
        links: impl Iterator<Item = &'a Item>,
    ) -> Result<(), R::Error> {
        let notices = links.filter(|link| is_notice_of(link, &item.id));
        for (read, notice) in notices.enumerate() {
            if read == READ_MAX {
                self.room.more = true;
                break;
            }
            // What says nothing of it takes no room.
            let Some(mark) = mark(records, item, notice)? else {
                continue;
            };
            if stands(records, notice, DEPTH_MAX)? && self.room.take(&notice.organisation) {
                self.marks.push(mark);
            }
        }
        Ok(())
    }
}

fn is_notice_of(link: &Item, id: &RecordId) -> bool {
    link.kind == Kind::NOTICE && link.counts() && link.links(Role::CORRECTS, id)
}

/// Whether a notice is neither superseded nor taken back. A notice may take back what took another one back: that is
/// followed so many turns.
fn stands<R: Records>(records: &Reading<'_, R>, notice: &Item, turns: u8) -> Result<bool, R::Error> {
    records.stands((notice.id, turns), || {
        let links = records.own_links_to(notice)?;
        let is_retracted = records.acts_on(notice).iter().any(Mark::retracts);
        if is_retracted || successors(notice, &links.items).next().is_some() {
            return Ok(false);
        }
        let own = links
            .items
            .iter()
            .rev()
            .filter(|link| link.organisation == notice.organisation);
        for later in own.filter(|link| is_notice_of(link, &notice.id)).take(OWN_MARKS_MAX) {
            let takes_back = mark(records, notice, later)?.is_some_and(|mark| mark.retracts());
            if takes_back && (turns == 0 || stands(records, later, turns - 1)?) {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// What a notice says, and of which record: `None` when it is no notice, or its text is not held.
///
/// # Errors
/// As the holder says.
pub fn said_by<R: Records>(records: &Reading<'_, R>, notice: &Item) -> Result<Option<Mark>, R::Error> {
    let Some(target) = notice
        .linked(Role::CORRECTS)
        .next()
        .filter(|_| notice.kind == Kind::NOTICE)
    else {
        return Ok(None);
    };
    match records.record(target)? {
        Some(target) => mark(records, &target, notice),
        None => Ok(None),
    }
}

fn mark<R: Records>(records: &Reading<'_, R>, item: &Item, notice: &Item) -> Result<Option<Mark>, R::Error> {
    let Some(body) = records.body(&notice.id)? else {
        return Ok(None);
    };
    let Ok(said) = v1::Notice::decode(body) else {
        return Ok(None);
    };
    let is_of_it = said.target.is_some_and(|target| target.record == item.id.0.as_slice());
    if !is_of_it || said.notice_type == REMOVAL {
        return Ok(None);
    }
    let replaced_by = said
        .replaced_by
        .and_then(|version| RecordId::from_slice(&version.record).ok());
    let issuer = match notice.organisation == item.organisation {
        true => Issuer::Author,
        false => Issuer::Other(notice.organisation),
    };
    Ok(Some(Mark {
        on: item.id,
        notice_type: said.notice_type,
        reason: said.reason,
        text: shortened(said.text),
        issuer,
        source: MarkSource::Notice(notice.id),
        claimed_at_ms: Some(notice.claimed_at_ms),
        replaced_by,
        affects_conclusions: said.affects_conclusions,
    }))
}

/// A text cut to [`TEXT_CHARACTERS_MAX`]: bodies from others may hold longer ones.
#[must_use]
pub fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(TEXT_CHARACTERS_MAX) {
        text.truncate(end);
    }
    text
}
