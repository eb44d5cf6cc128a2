//! What is new, what is due and what waits for an answer.

use alliance_api::{DigestNotice, DigestView, DueView, MeetingView, RecordLink, UnansweredView};
use alliance_knowledge::{Due, DueWhat, Item, Room, due, is_open, said_by, shortened, standing};
use alliance_record::ChapterName;
use alliance_record::Role;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_store::{ListingRow, Query, ReadError};
use prost::Message;

use super::Asking;
use super::show::link;
use crate::date::{day, from_moment_ms, plus_days};

/// Things of one sort that a digest shows, in all and of one organisation.
const SHOWN_MAX: usize = 100;
const SHOWN_OF_EACH_MAX: usize = 25;
/// Things of one record that are due: the earliest.
const DUE_OF_RECORD_MAX: usize = 5;
/// Rows of one sort that are looked at: a digest answers in a second or so.
const ROWS_MAX: usize = 5_000;
/// Rows of a page of the listing.
const PAGE_ROWS: usize = 200;
/// Days that a digest looks back, when there was no meeting, and ahead.
const DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

type Read<T> = Result<T, ReadError>;

/// What is asked for, read.
pub(crate) struct Asked {
    pub(crate) chapter: Option<ChapterName>,
    pub(crate) since_ms: Option<i64>,
    pub(crate) due_by: Option<String>,
    pub(crate) now_ms: i64,
}

/// Which meetings there are around a moment.
#[derive(Default)]
struct Meetings {
    last: Option<(i64, RecordLink)>,
    next: Option<(i64, MeetingView)>,
}

impl Asking<'_> {
    /// The digest.
    pub(crate) fn digest(&self, asked: &Asked) -> Read<DigestView> {
        let meetings = match &asked.chapter {
            Some(chapter) => self.meetings(chapter, asked.now_ms)?,
            None => Meetings::default(),
        };
        let last = meetings.last.filter(|_| asked.since_ms.is_none());
        let since_ms = asked
            .since_ms
            .or(last.as_ref().map(|(at_ms, _)| *at_ms))
            .unwrap_or(asked.now_ms - DAYS * DAY_MS);
        let due_by = asked
            .due_by
            .clone()
            .unwrap_or_else(|| plus_days(day(asked.now_ms), DAYS).to_string());
        let mut digest = DigestView {
            chapter: asked.chapter.as_ref().map(ToString::to_string),
            since_ms,
            since_meeting: last.map(|(_, meeting)| meeting),
            due_by,
            new: Vec::new(),
            notices: Vec::new(),
            due: Vec::new(),
            unanswered: Vec::new(),
            next_meeting: meetings.next.map(|(_, meeting)| meeting),
            more: false,
        };
        self.new_ones(asked, &mut digest)?;
        self.due_ones(asked, &mut digest)?;
        self.unanswered(asked, &mut digest)?;
        Ok(digest)
    }

    /// The rows that fit, newest first, and whether there are more.
    fn rows(&self, mut query: Query) -> Read<(Vec<ListingRow>, bool)> {
        query.limit = PAGE_ROWS;
        let mut rows = Vec::new();
        loop {
            let page = self.held.list(&query)?;
            rows.extend(page.rows);
            match page.next {
                None => return Ok((rows, false)),
                Some(_) if rows.len() >= ROWS_MAX => return Ok((rows, true)),
                Some(next) => query.before = Some(next),
            }
        }
    }

    /// The record of a row, if it counts and stands.
    fn current(&self, row: &ListingRow) -> Read<Option<Item>> {
        let item = self.reading.record(&row.record)?.filter(Item::counts);
        match item {
            Some(item) if standing(&self.reading, &item)?.is_current() => Ok(Some(item)),
            _ => Ok(None),
        }
    }

    /// The meetings of a chapter. Where it has stewards, theirs: a digest begins with the last one.
    fn meetings(&self, chapter: &ChapterName, now_ms: i64) -> Read<Meetings> {
        let stewards = self.held.stewards(chapter);
        let query = Query {
            kind: Some(Kind::MEETING),
            chapter: Some(chapter.clone()),
            ..Query::default()
        };
        let mut meetings = Meetings::default();
        for row in self.rows(query)?.0 {
            if !stewards.is_empty() && !stewards.contains(&row.organisation) {
                continue;
            }
            let Some(item) = self.current(&row)? else { continue };
            let body = self.reading.body(&item.id)?;
            let Some(said) = body.and_then(|body| v1::Meeting::decode(body).ok()) else {
                continue;
            };
            let Some(at_ms) = from_moment_ms(&said.starts) else {
                continue;
            };
            if at_ms <= now_ms && meetings.last.as_ref().is_none_or(|(last, _)| at_ms > *last) {
                meetings.last = Some((at_ms, link(self.held, &item)?));
            }
            if at_ms > now_ms && meetings.next.as_ref().is_none_or(|(next, _)| at_ms < *next) {
                let meeting = MeetingView {
                    record: link(self.held, &item)?,
                    starts: said.starts,
                    zone: said.zone,
                };
                meetings.next = Some((at_ms, meeting));
            }
        }
        Ok(meetings)
    }

    fn new_ones(&self, asked: &Asked, digest: &mut DigestView) -> Read<()> {
        let notices_ms = digest.since_ms.min(asked.now_ms - DAYS * DAY_MS);
        // A meeting that was just announced hides no notice.
        let is_asked = asked.since_ms.is_some();
        let query = Query {
            chapter: asked.chapter.clone(),
            claimed_from_ms: Some(if is_asked { digest.since_ms } else { notices_ms }),
            ..Query::default()
        };
        let (rows, more) = self.rows(query)?;
        digest.more |= more;
        let (mut new, mut notices) = (room(), room());
        for row in rows.iter().filter(|row| !row.kind.is_governance()) {
            let is_notice = row.kind == Kind::NOTICE;
            if !is_notice && row.claimed_at_ms < digest.since_ms {
                continue;
            }
            let Some(item) = self.current(row)? else { continue };
            let room = if is_notice { &mut notices } else { &mut new };
            if !room.take(&item.organisation) {
                continue;
            }
            match is_notice {
                true => digest.notices.extend(self.digest_notice(&item)?),
                false => digest.new.extend(self.summary(&item.id)?),
            }
        }
        digest.more |= new.more || notices.more;
        Ok(())
    }

    fn digest_notice(&self, notice: &Item) -> Read<Option<DigestNotice>> {
        let Some(mark) = said_by(&self.reading, notice)? else {
            return Ok(None);
        };
        Ok(Some(DigestNotice {
            record: link(self.held, notice)?,
            about: self.link_to(&mark.on)?,
            notice: self.notice(&mark),
        }))
    }

    fn due_ones(&self, asked: &Asked, digest: &mut DigestView) -> Read<()> {
        let query = Query {
            chapter: asked.chapter.clone(),
            due_by: Some(digest.due_by.clone()),
            ..Query::default()
        };
        let (rows, more) = self.rows(query)?;
        digest.more |= more;
        let mut found: Vec<(Due, Item)> = Vec::new();
        let mut room = Room::new(ROWS_MAX, SHOWN_OF_EACH_MAX);
        for row in &rows {
            let Some(item) = self.current(row)? else { continue };
            let Some(body) = self.reading.body(&item.id)? else {
                continue;
            };
            let mut by_then = due(item.kind, &body);
            by_then.retain(|due| due.by <= digest.due_by);
            by_then.sort_by(|one, other| one.by.cmp(&other.by));
            digest.more |= by_then.len() > DUE_OF_RECORD_MAX;
            for due in by_then.into_iter().take(DUE_OF_RECORD_MAX) {
                if room.take(&item.organisation) {
                    found.push((due, item.clone()));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.by.cmp(&other.by));
        digest.more |= found.len() > SHOWN_MAX || room.more;
        let today = day(asked.now_ms).to_string();
        for (due, item) in found.into_iter().take(SHOWN_MAX) {
            digest.due.push(DueView {
                record: link(self.held, &item)?,
                what: what(due.what).to_owned(),
                // A month is over when the next has begun.
                overdue: due.by.as_str() < &today[..due.by.len().min(today.len())],
                by: due.by,
                text: due.text,
                whose: due.whose,
            });
        }
        Ok(())
    }

    fn unanswered(&self, asked: &Asked, digest: &mut DigestView) -> Read<()> {
        let query = Query {
            chapter: asked.chapter.clone(),
            asks: true,
            ..Query::default()
        };
        let (rows, more) = self.rows(query)?;
        digest.more |= more;
        let mut room = room();
        for row in rows.iter().rev() {
            let Some(item) = self.reading.record(&row.record)? else {
                continue;
            };
            if !is_open(&self.reading, &item)? {
                continue;
            }
            let body = self.reading.body(&item.id)?;
            let Some(said) = body.and_then(|body| v1::Response::decode(body).ok()) else {
                continue;
            };
            if !room.take(&item.organisation) {
                continue;
            }
            let about = match item.linked(Role::REPLIES_TO).next() {
                Some(about) => self.link_to(about)?,
                None => None,
            };
            digest.unanswered.push(UnansweredView {
                record: link(self.held, &item)?,
                response_type: said.response_type,
                text: shortened(said.text),
                text_en: shortened(said.text_en),
                about,
            });
        }
        Ok(())
    }
}

const fn room() -> Room {
    Room::new(SHOWN_MAX, SHOWN_OF_EACH_MAX)
}

const fn what(what: DueWhat) -> &'static str {
    match what {
        DueWhat::Review => "review",
        DueWhat::Change => "change",
        DueWhat::Action => "action",
    }
}
