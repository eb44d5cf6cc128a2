//! Who belongs and who speaks for whom, as the alliance's own records up to certain heads make it: the engine's own code.

use alliance_engine::{BodiesKept, Config, Engine, Members};
use alliance_knowledge::Item;
use alliance_record::{ActId, AllianceId, Head, OrganisationId, VerifiedRecord};

/// The roster at a snapshot's heads.
#[derive(Debug)]
pub(crate) struct Roster(Engine);

impl Roster {
    /// A roster without any record. It decides about nobody's connections, asks nobody and looks at no clock.
    pub(crate) fn new(alliance: AllianceId) -> Self {
        let config = Config {
            alliance,
            organisation: OrganisationId([0; 32]),
            seed: [0; 32],
            sync_interval_ms: 60_000,
            heartbeat_ms: 60_000,
            bodies: BodiesKept::default(),
        };
        Self(Engine::new(config, 0))
    }

    /// Takes a record of the alliance's chapter; they may come in any order.
    pub(crate) fn take(&mut self, record: &VerifiedRecord) {
        self.0.restore_record(record);
    }

    /// Who belongs.
    pub(crate) const fn members(&self) -> &Members {
        &self.0.state().members
    }

    /// What an organisation calls itself; empty while no profile is held.
    pub(crate) fn name(&self, organisation: &OrganisationId) -> String {
        let profile = self.members().profile(organisation);
        profile.map(|profile| profile.name.clone()).unwrap_or_default()
    }

    /// Where it says it is.
    pub(crate) fn country(&self, organisation: &OrganisationId) -> String {
        let profile = self.members().profile(organisation);
        profile.map(|profile| profile.country.clone()).unwrap_or_default()
    }

    /// The alliance's name, as the charter in force has it.
    pub(crate) fn alliance_name(&self) -> String {
        let charter = self.members().charter();
        charter.map(|charter| charter.name.clone()).unwrap_or_default()
    }

    /// The acts by which stewards mark a record.
    pub(crate) fn acts_on(&self, item: &Item) -> Vec<ActId> {
        let marks = self.members().marked(&item.id, &item.chapter, &item.organisation);
        marks.into_iter().map(|mark| mark.act).collect()
    }

    /// Whether everything up to a head counts: its organisation was let in, its writer speaks for it, and the log does not end
    /// before.
    pub(crate) fn counts(&self, head: &Head) -> bool {
        self.members().clamped(head.clone()).as_ref() == Some(head)
    }
}
