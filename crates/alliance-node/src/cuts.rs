//! Where logs are to end by decision: behind what is held, or before what somebody else wrote in their writers' names.
//! Read from the store alone, so that a node that runs and a command beside one that is stopped say the same.

use alliance_record::limits::CUT_LOGS_MAX;
use alliance_record::{Cuts, Head, Header};
use alliance_store::{Found, RangeLimits, ReadError, Reader};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Headers read at once while a log is looked through.
const HEADERS_AT_ONCE: RangeLimits = RangeLimits {
    records_max: 4096,
    bytes_max: 1 << 21,
};

/// From where on a log does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    /// From this record on, in its log: the beginning of its id, in hexadecimal.
    Record(String),
    /// From the first record on that claims this time or a later one, in each log: milliseconds since 1970 UTC.
    Moment(i64),
}

/// Why the ends cannot be told. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CutsError {
    /// The text says neither a record nor a time.
    #[error(
        "'{0}' is neither a record's id nor a time: write up to 64 hexadecimal digits, a day as 2026-03-31, or a moment as \
         2026-03-31T14:30 (UTC)"
    )]
    Unreadable(String),
    /// No record begins so.
    #[error("no record here begins with {0}; `alliance list --governance` shows them")]
    NoRecord(String),
    /// Several do.
    #[error("{text} begins several records: {candidates}. Give more digits")]
    Several {
        /// What was given.
        text: String,
        /// The beginnings of their ids.
        candidates: String,
    },
    /// It is in nobody's log of whom this ends anything.
    #[error("the record {0} was written by none of the nodes whose logs are to end: name one that they wrote")]
    OfOthers(String),
    /// More logs than can be named.
    #[error(
        "{logs} logs are held of it, and {CUT_LOGS_MAX} are the most that can be named: those left out would not count at \
         all. Its nodes wrote under many instances; look at them with `alliance list --organisation`"
    )]
    TooMany {
        /// How many.
        logs: usize,
    },
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Before {
    /// Reads a record's id, or a beginning of it; a day; or a moment, in UTC unless it says otherwise.
    pub(crate) fn read(text: &str) -> Result<Self, CutsError> {
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id {
            return Ok(Self::Record(text.to_lowercase()));
        }
        let moment = moment(text).ok_or_else(|| CutsError::Unreadable(text.to_owned()))?;
        Ok(Self::Moment(moment.as_millisecond()))
    }

    /// Reads several.
    pub(crate) fn read_all(texts: &[String]) -> Result<Vec<Self>, CutsError> {
        texts.iter().map(|text| Self::read(text)).collect()
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let at_utc = |time: DateTime| Some(time.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp());
    // A time without a zone is read as a moment first: as one of no zone it would lose the zone that it may have.
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| match text.contains(['T', ' ']) {
            true => at_utc(text.parse().ok()?),
            false => at_utc(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight())),
        })
}

/// Where these logs are to end. `heads` are all that are held of whom it concerns, as far as they count by now.
pub(crate) fn cuts(reader: &Reader, heads: &[Head], before: &[Before]) -> Result<Cuts, CutsError> {
    let mut cuts = Cuts::behind(heads.iter()).ok_or(CutsError::TooMany { logs: heads.len() })?;
    for before in before {
        match before {
            Before::Record(prefix) => end_before(&mut cuts, &header(reader, heads, prefix)?),
            Before::Moment(moment_ms) => {
                for head in heads {
                    if let Some(first) = first_since(reader, head, *moment_ms)? {
                        end_before(&mut cuts, &first);
                    }
                }
            }
        }
    }
    Ok(cuts)
}

fn end_before(cuts: &mut Cuts, header: &Header) {
    match (header.sequence.checked_sub(1), header.previous) {
        (Some(sequence), Some(previous)) => cuts.earlier(&header.log, sequence, previous),
        _ => cuts.before_all(&header.log),
    }
}

/// The record that begins so, of one of these logs' writers.
fn header(reader: &Reader, heads: &[Head], prefix: &str) -> Result<Header, CutsError> {
    let none = || CutsError::NoRecord(prefix.to_owned());
    let id = match reader.by_prefix(prefix)? {
        Found::None => return Err(none()),
        Found::One(id) => id,
        Found::Many(ids) => {
            let short: Vec<String> = ids.iter().map(|id| id.to_string()[..16].to_owned()).collect();
            return Err(CutsError::Several {
                text: prefix.to_owned(),
                candidates: short.join(", "),
            });
        }
    };
    let stored = reader.record(&id)?.ok_or_else(none)?;
    let header = stored.record.header().clone();
    let is_theirs = heads.iter().any(|head| head.log.writer == header.log.writer);
    is_theirs
        .then_some(header)
        .ok_or_else(|| CutsError::OfOthers(id.to_string()))
}

/// The first record of a log, up to its end, that claims a time or a later one. Clocks go wrong, so all are looked at.
fn first_since(reader: &Reader, head: &Head, moment_ms: i64) -> Result<Option<Header>, ReadError> {
    let mut next = 0;
    while next <= head.sequence {
        let records = reader.headers(&head.log, next, HEADERS_AT_ONCE)?;
        let Some(last) = records.last() else { break };
        next = last.header().sequence + 1;
        let mut headers = records.iter().map(alliance_record::SignedRecord::header);
        let found = headers.find(|header| header.sequence <= head.sequence && header.claimed_at_ms >= moment_ms);
        if let Some(found) = found {
            return Ok(Some(found.clone()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_a_day_and_a_moment_are_told_apart() {
        for (text, ms) in [
            ("2026-03-31", 1_774_915_200_000),
            ("2026-03-31T00:01", 1_774_915_260_000),
            ("2026-03-31 00:01:30", 1_774_915_290_000),
            ("2026-03-31T02:00+02:00", 1_774_915_200_000),
            ("2026-03-31T00:00:00Z", 1_774_915_200_000),
        ] {
            assert_eq!(Before::read(text).unwrap(), Before::Moment(ms), "{text}");
        }
        assert_eq!(Before::read("00AE").unwrap(), Before::Record("00ae".to_owned()));
        assert_eq!(Before::read("20260331").unwrap(), Before::Record("20260331".to_owned()));
        for text in ["", "yesterday", "2026-02-30", "31.3.2026", "2026-03-31T25:00"] {
            assert!(matches!(Before::read(text), Err(CutsError::Unreadable(_))), "{text}");
        }
    }
}
