//! Which records a snapshot selects, at one moment, and what bears on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_api::Problem;
use alliance_knowledge::{Item, Records};
use alliance_record::schema::Kind;
use alliance_record::{ActId, AllianceId, ChapterName, Head, RecordId};
use alliance_snapshot::limits::RECORDS_MAX;
use alliance_snapshot::{Maker, Manifest, SchemaName, bears_on};
use alliance_store::{Query, ReadError};

use super::shelf::{Shelved, bare, not_in_step, unmade};
use crate::access::Held as Access;
use crate::handle::problem::problem;
use crate::handle::too_costly;
use crate::knowledge::{Held, Wanted};
use crate::shared::Shared;

/// Records of a page of the store's listing.
const PAGE_RECORDS: usize = 200;
/// How often a moment is looked for at which nothing arrives: it has to last as long as heads are read.
const MOMENTS_MAX: usize = 64;
/// How far notices of notices are followed, as the rules of knowledge do.
const TURNS: u8 = 4;

/// What a snapshot is to be made of.
pub(super) struct Selecting {
    pub(super) reader: Access,
    pub(super) shared: Arc<Shared>,
    pub(super) alliance: AllianceId,
    pub(super) asked: Query,
    /// With what is removed and put aside: the one is passed over, for the other nothing is made.
    pub(super) wanted: Wanted,
    pub(super) filter: String,
    pub(super) title: String,
}

fn unread(error: &ReadError) -> Problem {
    problem(500, "store_failed", "The store could not be read", &error.to_string())
}

impl Selecting {
    /// The manifest, of which the bundle can be made here now.
    pub(super) fn make(self) -> Result<Manifest, Problem> {
        let (held, heads) = self.moment()?;
        let selected = self.selected(&held)?;
        let bearing = bearing(&held, &selected).map_err(|error| unread(&error))?;
        let all = || selected.values().chain(bearing.values());
        let mut chapters: BTreeSet<ChapterName> = match &self.asked.chapter {
            Some(chapter) => BTreeSet::from([chapter.clone()]),
            None => held.view().replicated.clone(),
        };
        chapters.insert(ChapterName::alliance());
        chapters.extend(all().map(|item| item.chapter.clone()));
        let heads = held.view().clamped(heads);
        // A chapter that is followed and empty is of this node alone.
        let is_of_it = |chapter: &ChapterName| self.asked.chapter.as_ref() == Some(chapter) || chapter.is_alliance();
        chapters.retain(|chapter| is_of_it(chapter) || heads.iter().any(|head| head.log.chapter == *chapter));
        let mut manifest = Manifest {
            alliance: self.alliance,
            heads: heads
                .into_iter()
                .filter(|head| chapters.contains(&head.log.chapter))
                .collect(),
            chapters: chapters.into_iter().collect(),
            records: selected.keys().copied().collect(),
            acts: acts(&held, &selected),
            bearing: bearing.keys().copied().collect(),
            schema: SchemaName::own(),
            filter: self.filter.clone(),
            title: self.title.clone(),
        };
        if manifest.records.is_empty() {
            let detail =
                "a snapshot without records says nothing. `alliance list` with the same conditions shows what fits";
            return Err(problem(422, "nothing_fits", "No record fits", detail));
        }
        manifest.sort();
        manifest.check().map_err(|error| too_many(&error.to_string()))?;
        let shelved = Shelved {
            reader: self.reader.clone(),
        };
        Maker::new(&shelved, &manifest).map_err(|error| unmade(&error, &shelved, &self.shared))?;
        Ok(manifest)
    }

    /// Records, roster and heads of one moment: the roster is shown after records are stored, and their number after that.
    fn moment(&self) -> Result<(Held<'_>, Vec<Head>), Problem> {
        for _ in 0..MOMENTS_MAX {
            let at = self.reader.last_arrival();
            let is_shown = self.shared.last_arrival() == at.0;
            let held = Held::at(&self.reader, &self.shared, at);
            let heads = self.reader.all_heads().map_err(|error| unread(&error))?;
            if is_shown && self.reader.last_arrival() == at {
                return Ok((held, heads));
            }
            std::thread::yield_now();
        }
        Err(not_in_step(
            "records arrive so fast that there was no moment at which nothing came",
        ))
    }

    fn selected(&self, held: &Held<'_>) -> Result<BTreeMap<RecordId, Item>, Problem> {
        let mut asked = Query {
            limit: PAGE_RECORDS,
            ..self.asked.clone()
        };
        let mut selected = BTreeMap::new();
        loop {
            // Anew for each page, so that what was read for it is let go of.
            let listed = held.asking().list(&asked, &self.wanted, PAGE_RECORDS);
            let (page, next) = listed.map_err(|error| unread(&error))?;
            for summary in page {
                if summary.removed.is_some() || summary.disputed {
                    continue;
                }
                if summary.quarantined {
                    return Err(aside(&summary.id));
                }
                let Ok(id) = summary.id.parse::<RecordId>() else {
                    continue;
                };
                let stored = self.reader.record(&id).map_err(|error| unread(&error))?;
                let Some(stored) = stored else { continue };
                // The alliance's own are in the proof, whole: charter, roster, and what removes records.
                if stored.record.header().log.chapter.is_alliance() {
                    continue;
                }
                if stored.record.body().is_none() {
                    return Err(bare(&id));
                }
                selected.insert(id, held.item(&stored.record));
            }
            if selected.len() > RECORDS_MAX {
                return Err(too_many(&format!("more than {RECORDS_MAX} records fit")));
            }
            self.wanted.patience.check().map_err(too_costly)?;
            match next {
                Some(next) => asked.before = Some(next),
                None => return Ok(selected),
            }
        }
    }
}

/// What somebody here put aside would make a snapshot that no other node makes.
pub(super) fn aside(record: &str) -> Problem {
    let detail = format!(
        "record {record} is put aside on this node. Lift that (`alliance quarantine --lift`), have it removed, or narrow the filter"
    );
    problem(409, "put_aside", "A record that fits is put aside here", &detail)
}

fn too_many(detail: &str) -> Problem {
    problem(
        422,
        "too_many",
        "The snapshot would be too large",
        &format!("{detail}. Narrow the filter"),
    )
}

/// Records that change where the selected ones stand: newer versions and notices, and notices of notices.
fn bearing(held: &Held<'_>, selected: &BTreeMap<RecordId, Item>) -> Result<BTreeMap<RecordId, Item>, ReadError> {
    let mut bearing = BTreeMap::new();
    let mut asked: BTreeSet<RecordId> = selected.keys().copied().collect();
    let mut waiting: Vec<Item> = selected.values().cloned().collect();
    for _ in 0..TURNS {
        let mut next = Vec::new();
        for item in waiting {
            for link in held.own_links_to(&item)?.items {
                // Of a removed notice nothing is heard; a removed version has still taken the older one's place.
                let is_heard = link.kind != Kind::NOTICE || link.counts();
                if !is_heard || link.chapter.is_alliance() || !bears_on(&link, &item) {
                    continue;
                }
                if !selected.contains_key(&link.id) {
                    bearing.insert(link.id, link.clone());
                }
                if link.kind == Kind::NOTICE && asked.insert(link.id) {
                    next.push(link);
                }
            }
        }
        waiting = next;
    }
    Ok(bearing)
}

fn acts(held: &Held<'_>, selected: &BTreeMap<RecordId, Item>) -> Vec<ActId> {
    let marks = selected
        .values()
        .flat_map(|item| held.view().marks(&item.id, &item.chapter, &item.organisation));
    marks.map(|mark| mark.act).collect()
}
