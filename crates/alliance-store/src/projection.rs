//! What follows the arrival feed: the index by id, the index of links and the listing. Each has a durable cursor and can be rebuilt from
//! nothing. Never holds anything that the records do not.

use crate::arrival::Arrival;
use crate::error::{ReadError, StoreFault};
use crate::feed::{Run, runs_after};
use crate::group::Placed;
use crate::ids;
use crate::links;
use crate::listing;
use crate::listing::ListingFacets;
use crate::meta::Followed;
use crate::page::Packer;
use crate::scan::{Bodies, Scan, Scanned};
use crate::sealed::Space;
use crate::trees::{IDS, LINKS, LISTING, OWN_LINKS, Place, TreeSpec, Trees};

use alliance_record::VerifiedRecord;

/// How the listing's columns are read from a record. A plain function, so that the store needs to know no schema.
pub type FacetsOf = fn(&VerifiedRecord) -> ListingFacets;

/// Records taken at a time while catching up: at most 16 MiB of them.
const CATCH_UP_RECORDS: usize = 256;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Projection {
    Ids,
    Links,
    OwnLinks,
    Listing,
}

impl Projection {
    const ALL: [Self; 4] = [Self::Ids, Self::Links, Self::OwnLinks, Self::Listing];

    const fn spec(self) -> TreeSpec {
        match self {
            Self::Ids => IDS,
            Self::Links => LINKS,
            Self::OwnLinks => OWN_LINKS,
            Self::Listing => LISTING,
        }
    }

    /// The bodies that it is built from.
    const fn bodies(self) -> Bodies {
        match self {
            Self::Ids | Self::Listing => Bodies::ALL,
            Self::Links | Self::OwnLinks => Bodies::Left,
        }
    }

    fn move_cursor(self, trees: &Trees, arrival: Arrival) -> Result<(), StoreFault> {
        let TreeSpec { name, version, .. } = self.spec();
        trees.put_followed(name, Followed { version, arrival })
    }

    /// Takes away what a stop left behind its cursor. Says whether the rest is sound.
    fn trim(self, trees: &Trees, packer: &mut Packer, last: Arrival) -> Result<bool, ReadError> {
        match self {
            Self::Ids => trees.id_runs().trim().map(|()| true),
            Self::Links => trees.link_runs().trim().map(|()| true),
            Self::OwnLinks => trees.own_link_runs().trim().map(|()| true),
            Self::Listing => listing::trim(trees, packer, last),
        }
    }

    fn clear(self, trees: &Trees, packer: &mut Packer) -> Result<(), ReadError> {
        self.move_cursor(trees, Arrival::NONE)?;
        match self {
            Self::Ids => trees.id_runs().clear(),
            Self::Links => trees.link_runs().clear(),
            Self::OwnLinks => trees.own_link_runs().clear(),
            Self::Listing => Ok(packer.clear_sealed(trees, Space::Listing)?),
        }
    }
}

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
    pub(crate) fn follow(&self, trees: &Trees, packer: &mut Packer, placed: &[Placed<'_>]) -> Result<(), ReadError> {
        let mut all = Projection::ALL.into_iter();
        all.try_for_each(|projection| self.put(trees, packer, projection, placed))
    }

    /// Brings all to `last`, from wherever they are. A projection of another layout, or one that is damaged, begins
    /// anew.
    pub(crate) fn catch_up(&self, trees: &Trees, packer: &mut Packer, last: Arrival) -> Result<CaughtUp, ReadError> {
        let mut done = CaughtUp::default();
        for projection in Projection::ALL {
            let from = match resume(trees, packer, projection, last) {
                Ok(Some(from)) => from,
                // Not worth setting the database aside for: it holds nothing of its own.
                Err(error) if !error.is_damage() => return Err(error),
                Ok(None) | Err(_) => {
                    done.rebuilt.push(projection.spec().name);
                    projection.clear(trees, packer)?;
                    Arrival::NONE
                }
            };
            done.unreadable += self.follow_feed(trees, packer, projection, from)?;
        }
        Ok(done)
    }

    /// Empties all and fills them again. Gives the number of records that could not be read.
    pub(crate) fn rebuild(&self, trees: &Trees, packer: &mut Packer, last: Arrival) -> Result<u64, ReadError> {
        for projection in Projection::ALL {
            projection.clear(trees, packer)?;
        }
        Ok(self.catch_up(trees, packer, last)?.unreadable)
    }

    fn follow_feed(
        &self,
        trees: &Trees,
        packer: &mut Packer,
        projection: Projection,
        from: Arrival,
    ) -> Result<u64, ReadError> {
        let mut unreadable = 0;
        let mut batch: Vec<Arrivals> = Vec::with_capacity(CATCH_UP_RECORDS);
        for run in runs_after(trees, from)? {
            let mut run = Following::of(trees, run?, projection.bodies());
            while let Some(read) = run.next() {
                match read {
                    Ok(arrived) => batch.push(arrived),
                    // A projection goes on without what is damaged.
                    Err(error) if error.is_damage() => unreadable += 1,
                    Err(error) => return Err(error),
                }
                if batch.len() == CATCH_UP_RECORDS {
                    self.put_batch(trees, packer, projection, &mut batch)?;
                }
            }
        }
        self.put_batch(trees, packer, projection, &mut batch)?;
        Ok(unreadable)
    }

    fn put_batch(
        &self,
        trees: &Trees,
        packer: &mut Packer,
        projection: Projection,
        batch: &mut Vec<Arrivals>,
    ) -> Result<(), ReadError> {
        let placed: Vec<Placed<'_>> = batch.iter().map(Arrivals::placed).collect();
        if !placed.is_empty() {
            self.put(trees, packer, projection, &placed)?;
        }
        batch.clear();
        Ok(())
    }

    fn put(
        &self,
        trees: &Trees,
        packer: &mut Packer,
        projection: Projection,
        placed: &[Placed<'_>],
    ) -> Result<(), ReadError> {
        match projection {
            Projection::Ids => ids::put(trees, placed)?,
            Projection::Links => links::put(trees, placed)?,
            Projection::OwnLinks => links::put_own(trees, placed)?,
            Projection::Listing => {
                for stretch in placed.chunk_by(|one, next| one.is_body() == next.is_body()) {
                    match stretch[0].is_body() {
                        true => listing::complete(trees, packer, stretch, self.facets)?,
                        false => listing::put(trees, packer, stretch, self.facets)?,
                    }
                }
            }
        }
        let arrival = placed.last().map_or(Arrival::NONE, |last| last.arrival);
        Ok(projection.move_cursor(trees, arrival)?)
    }
}

/// Where a projection is to go on; `None` when it must begin anew.
fn resume(
    trees: &Trees,
    packer: &mut Packer,
    projection: Projection,
    last: Arrival,
) -> Result<Option<Arrival>, ReadError> {
    let TreeSpec { name, version, .. } = projection.spec();
    let Some(followed) = trees.followed(name)? else {
        return Ok(None);
    };
    if followed.version != version || followed.arrival > last {
        return Ok(None);
    }
    let is_sound = projection.trim(trees, packer, followed.arrival)?;
    Ok(is_sound.then_some(followed.arrival))
}

/// Something that arrived, read back.
struct Arrivals {
    arrival: Arrival,
    place: Place,
    scanned: Scanned,
}

impl Arrivals {
    fn placed(&self) -> Placed<'_> {
        Placed {
            arrival: self.arrival,
            row: self.scanned.arrival,
            place: self.place,
            record: &self.scanned.record,
            body: self.scanned.body,
        }
    }
}

/// Reads a run of the feed, over damage.
struct Following {
    run: Run,
    scan: Scan,
    read: u64,
}

impl Following {
    fn of(trees: &Trees, run: Run, bodies: Bodies) -> Self {
        Self {
            run,
            scan: trees.scan(run.place, run.last_sequence(), bodies),
            read: 0,
        }
    }

    fn place(&self) -> Place {
        Place {
            log: self.run.place.log,
            sequence: self.run.place.sequence + self.read,
        }
    }

    fn next(&mut self) -> Option<Result<Arrivals, ReadError>> {
        let scanned = self.scan.next()?;
        let (arrival, place) = (Arrival(self.run.first.0 + self.read), self.place());
        self.read += 1;
        Some(scanned.map(|scanned| Arrivals {
            arrival,
            place,
            scanned,
        }))
    }
}
