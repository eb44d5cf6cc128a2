//! What follows the arrival feed: the index by id and the listing. Each has a durable cursor and can be rebuilt from
//! nothing. Never holds anything that the records do not.

use crate::arrival::{Arrival, StoredRecord};
use crate::error::ReadError;
use crate::feed::runs_after;
use crate::group::Placed;
use crate::ids;
use crate::listing;
use crate::listing::ListingFacets;
use crate::meta::Followed;
use crate::trees::{IDS, LISTING, Place, TreeSpec, Trees};

use alliance_record::VerifiedRecord;

/// How the listing's columns are read from a record. A plain function, so that the store needs to know no schema.
pub type FacetsOf = fn(&VerifiedRecord) -> ListingFacets;

/// Records taken at a time while catching up: at most 16 MiB of them.
const CATCH_UP_RECORDS: usize = 256;

/// Keeps the projections in step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projections {
    facets: FacetsOf,
}

/// What catching up came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CaughtUp {
    pub(crate) rebuilt: Vec<&'static str>,
    pub(crate) unreadable: u64,
}

impl Projections {
    pub(crate) const fn new(facets: FacetsOf) -> Self {
        Self { facets }
    }

    /// Takes in the records that arrived next.
    pub(crate) fn follow(&self, trees: &Trees, placed: &[Placed<'_>]) -> Result<(), ReadError> {
        for spec in [IDS, LISTING] {
            self.put(trees, &spec, placed)?;
        }
        Ok(())
    }

    /// Brings both to `last`, from wherever they are. A projection of another layout, or one that is damaged, begins
    /// anew.
    pub(crate) fn catch_up(&self, trees: &Trees, last: Arrival) -> Result<CaughtUp, ReadError> {
        let mut done = CaughtUp::default();
        for spec in [IDS, LISTING] {
            let from = match self.resume(trees, &spec, last) {
                Ok(Some(from)) => from,
                // Not worth setting the database aside for: it holds nothing of its own.
                Err(error) if !error.is_damage() => return Err(error),
                Ok(None) | Err(_) => {
                    done.rebuilt.push(spec.name);
                    clear(trees, &spec)?;
                    Arrival::NONE
                }
            };
            done.unreadable += self.follow_feed(trees, &spec, from)?;
        }
        Ok(done)
    }

    /// Empties both and fills them again. Gives the number of records that could not be read.
    pub(crate) fn rebuild(&self, trees: &Trees, last: Arrival) -> Result<u64, ReadError> {
        for spec in [IDS, LISTING] {
            clear(trees, &spec)?;
        }
        Ok(self.catch_up(trees, last)?.unreadable)
    }

    /// Where to go on; `None` when it must begin anew.
    fn resume(&self, trees: &Trees, spec: &TreeSpec, last: Arrival) -> Result<Option<Arrival>, ReadError> {
        let Some(followed) = trees.followed(spec.name)? else {
            return Ok(None);
        };
        if followed.version != spec.version || followed.arrival > last {
            return Ok(None);
        }
        let is_sound = match spec.name == IDS.name {
            true => ids::trim(trees).map(|()| true)?,
            false => listing::trim(trees, followed.arrival)?,
        };
        Ok(is_sound.then_some(followed.arrival))
    }

    fn follow_feed(&self, trees: &Trees, spec: &TreeSpec, from: Arrival) -> Result<u64, ReadError> {
        let mut unreadable = 0;
        let mut batch: Vec<(Place, StoredRecord)> = Vec::with_capacity(CATCH_UP_RECORDS);
        for run in runs_after(trees, from)? {
            let run = run?;
            for offset in 0..u64::from(run.count) {
                let place = Place {
                    log: run.place.log,
                    sequence: run.place.sequence + offset,
                };
                match read(trees, place)? {
                    Some(stored) => batch.push((place, stored)),
                    None => unreadable += 1,
                }
                if batch.len() == CATCH_UP_RECORDS {
                    self.put_batch(trees, spec, &mut batch)?;
                }
            }
        }
        self.put_batch(trees, spec, &mut batch)?;
        Ok(unreadable)
    }

    fn put_batch(
        &self,
        trees: &Trees,
        spec: &TreeSpec,
        batch: &mut Vec<(Place, StoredRecord)>,
    ) -> Result<(), ReadError> {
        let placed: Vec<Placed<'_>> = batch
            .iter()
            .map(|(place, stored)| Placed {
                arrival: stored.arrival,
                place: *place,
                record: &stored.record,
            })
            .collect();
        if !placed.is_empty() {
            self.put(trees, spec, &placed)?;
        }
        batch.clear();
        Ok(())
    }

    fn put(&self, trees: &Trees, spec: &TreeSpec, placed: &[Placed<'_>]) -> Result<(), ReadError> {
        match spec.name == IDS.name {
            true => ids::put(trees, placed)?,
            false => listing::put(trees, placed, self.facets)?,
        }
        let arrival = placed.last().map_or(Arrival::NONE, |last| last.arrival);
        Ok(trees.put_followed(
            spec.name,
            Followed {
                version: spec.version,
                arrival,
            },
        )?)
    }
}

/// The record at `place`, or `None` when its bytes are damaged: a projection goes on without it.
fn read(trees: &Trees, place: Place) -> Result<Option<StoredRecord>, ReadError> {
    match trees.record_at(place) {
        Err(error) if error.is_damage() => Ok(None),
        other => other,
    }
}

fn clear(trees: &Trees, spec: &TreeSpec) -> Result<(), ReadError> {
    trees.put_followed(
        spec.name,
        Followed {
            version: spec.version,
            arrival: Arrival::NONE,
        },
    )?;
    match spec.name == IDS.name {
        true => trees.ids.clear()?,
        false => trees.listing.clear()?,
    }
    Ok(())
}
