//! The index of links: which records refer to one, whether that one is held here or not. Built from headers alone, so
//! that what is erased still links. Never knows what a link means.

use alliance_record::{Header, OrganisationId, RecordId, Reference, Role, VerifiedRecord};

use crate::arrival::Arrival;
use crate::error::ReadError;
use crate::group::Placed;
use crate::reader::Reader;
use crate::runs::{Entry, Runs, entry};
use crate::scan::HeaderCursor;
use crate::trees::{Place, Trees};

/// Places that are looked at for one question: more records than a person reads that refer to one, and a bound on what
/// links to made-up ids with the same first bytes can cost.
pub const LINKS_EXAMINED_MAX: usize = 16_384;
/// Roles by which an organisation says of its own records what has an effect.
const BY_ROLES: [Role; 2] = [Role::SUPERSEDES, Role::CORRECTS];
/// Opens what an organisation's links to a record stand under.
const BY_TAG: &[u8] = b"alliance/store/link-by\0";

/// A record that refers to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The record that refers, without its body. Its header says in which roles.
    pub record: VerifiedRecord,
    /// When it arrived here.
    pub arrival: Arrival,
}

/// The records that refer to one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// In the order in which they arrived here, each once.
    pub records: Vec<Link>,
    /// Whether there are more, or may be: see [`Reader::links_to`].
    pub more: bool,
}

/// Puts the links of records in. A header has at most
/// [`REFERENCES_MAX`](alliance_record::limits::REFERENCES_MAX), and so many entries at most.
pub(crate) fn put(trees: &Trees, placed: &[Placed<'_>]) -> Result<(), ReadError> {
    let mut entries: Vec<Entry> = Vec::new();
    for placed in placed.iter().filter(|placed| !placed.is_body()) {
        let header = placed.record.header();
        // Links to one record in several roles come to one entry, since a run has each once.
        entries.extend(header.references.iter().map(|link| entry(&link.record, placed.place)));
    }
    trees.link_runs().put(entries)
}

/// Puts in what organisations say of records in the roles that have an effect on their own.
///
/// Apart from the other links: there, anybody may name an id of whatever first bytes, and so fill a place. Here ids are
/// hashes of what is in the header.
pub(crate) fn put_own(trees: &Trees, placed: &[Placed<'_>]) -> Result<(), ReadError> {
    let mut entries: Vec<Entry> = Vec::new();
    for placed in placed.iter().filter(|placed| !placed.is_body()) {
        let header = placed.record.header();
        let said = header.references.iter().filter(|link| BY_ROLES.contains(&link.role));
        entries.extend(said.map(|link| entry(&by(&link.record, &header.organisation), placed.place)));
    }
    trees.own_link_runs().put(entries)
}

/// Under which id the links of one organisation to a record stand.
fn by(target: &RecordId, organisation: &OrganisationId) -> RecordId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(BY_TAG);
    hasher.update(target.as_bytes());
    hasher.update(organisation.as_bytes());
    RecordId(*hasher.finalize().as_bytes())
}

impl Reader {
    /// The visible records whose headers refer to `target`, which need not be held here, and which the caller wants to
    /// `keep`; at most `max`. Reads headers alone.
    ///
    /// When there are more, those are given whose logs this node has known longest, and of one log the oldest: what a
    /// newcomer writes does not displace them. No more than [`LINKS_EXAMINED_MAX`] places are looked at; when that was
    /// not all, `more` is said too.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn links_to(&self, target: &RecordId, max: usize, keep: &dyn Fn(&Header) -> bool) -> Result<Links, ReadError> {
        let refers = |header: &Header| header.references.iter().any(|link| link.record == *target);
        let runs = self.core.trees().link_runs();
        self.links_under((runs, target), max, &|header| refers(header) && keep(header))
    }

    /// As [`Reader::links_to`], those of one organisation in the roles `supersedes` and `corrects`: no number of links by
    /// others hides them.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn links_by(
        &self,
        organisation: &OrganisationId,
        target: &RecordId,
        max: usize,
        keep: &dyn Fn(&Header) -> bool,
    ) -> Result<Links, ReadError> {
        let is_such = |link: &Reference| link.record == *target && BY_ROLES.contains(&link.role);
        let is_its_own =
            |header: &Header| header.organisation == *organisation && header.references.iter().any(is_such);
        let runs = self.core.trees().own_link_runs();
        let id = by(target, organisation);
        self.links_under((runs, &id), max, &|header| is_its_own(header) && keep(header))
    }

    fn links_under(
        &self,
        (runs, id): (Runs<'_>, &RecordId),
        max: usize,
        keep: &dyn Fn(&Header) -> bool,
    ) -> Result<Links, ReadError> {
        let (trees, visible) = (self.core.trees(), self.core.visible());
        let mut places = runs.places(id, id, LINKS_EXAMINED_MAX + 1)?;
        let mut links = Links {
            records: Vec::new(),
            more: places.len() > LINKS_EXAMINED_MAX,
        };
        places.truncate(LINKS_EXAMINED_MAX);
        for log in places.chunk_by(|one, next| one.log == next.log) {
            let mut headers = HeaderCursor::new(trees, log[0].log);
            for place in log {
                let Some(link) = link_at(&mut headers, *place, keep)?.filter(|link| link.arrival <= visible) else {
                    continue;
                };
                if links.records.len() == max {
                    links.more = true;
                    return Ok(links.in_order());
                }
                links.records.push(link);
            }
        }
        Ok(links.in_order())
    }
}

impl Links {
    fn in_order(mut self) -> Self {
        self.records.sort_unstable_by_key(|link| link.arrival);
        self
    }
}

/// The record at `place`, if it is there and is one to keep: ids may share their first bytes, and what was taken back after
/// a stop may have left its entry.
fn link_at(
    headers: &mut HeaderCursor,
    place: Place,
    keep: &dyn Fn(&Header) -> bool,
) -> Result<Option<Link>, ReadError> {
    let read = headers.record_at(place.sequence)?;
    let kept = read.filter(|(record, _)| keep(record.header()));
    Ok(kept.map(|(record, arrival)| Link { record, arrival }))
}
