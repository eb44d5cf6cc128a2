//! Records in memory.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use alliance_knowledge::{Issuer, Item, Links, Mark, MarkSource, Records, State};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ActId, OrganisationId, RecordId, Reference, Role};
use bytes::Bytes;
use prost::Message;

pub(crate) const PRACTICE: Kind = Kind::PRACTICE;

#[derive(Default)]
pub(crate) struct Shelf {
    items: Vec<Item>,
    bodies: BTreeMap<RecordId, Bytes>,
    countries: BTreeMap<OrganisationId, String>,
    acts: BTreeMap<RecordId, Vec<Mark>>,
    /// As many links as the holder looks at.
    pub(crate) links_max: Option<usize>,
    /// Items and bodies given so far.
    pub(crate) given: Cell<usize>,
}

pub(crate) fn organisation(number: u8) -> OrganisationId {
    OrganisationId([number; 32])
}

pub(crate) fn version_of(record: RecordId) -> Option<v1::RecordVersion> {
    Some(v1::RecordVersion {
        record: record.0.to_vec().into(),
        version: None,
    })
}

impl Shelf {
    /// Puts a record there, with the number of its organisation.
    pub(crate) fn put(&mut self, by: u8, kind: Kind, links: &[(Role, RecordId)], body: impl Message) -> RecordId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&(self.items.len() as u64 + 1).to_be_bytes());
        let id = RecordId(id);
        self.items.push(Item {
            id,
            kind,
            organisation: organisation(by),
            chapter: "m49:001".parse().unwrap(),
            claimed_at_ms: 1_000 * self.items.len() as i64,
            references: links
                .iter()
                .map(|(role, record)| Reference {
                    role: *role,
                    record: *record,
                })
                .collect(),
            state: State::Counts,
        });
        self.bodies.insert(id, body.encode_to_vec().into());
        id
    }

    /// A practice that takes the place of others.
    pub(crate) fn practice(&mut self, by: u8, supersedes: &[RecordId]) -> RecordId {
        let links: Vec<_> = supersedes.iter().map(|id| (Role::SUPERSEDES, *id)).collect();
        self.put(by, PRACTICE, &links, v1::Practice::default())
    }

    pub(crate) fn notice(&mut self, by: u8, notice_type: &str, target: RecordId) -> RecordId {
        let body = v1::Notice {
            notice_type: notice_type.to_owned(),
            target: version_of(target),
            text: "Because.".to_owned(),
            ..v1::Notice::default()
        };
        self.put(by, Kind::NOTICE, &[(Role::CORRECTS, target)], body)
    }

    /// Lets a record take the place of another.
    pub(crate) fn supersede(&mut self, newer: RecordId, older: RecordId) {
        let item = self.items.iter_mut().find(|item| item.id == newer);
        item.unwrap().references.push(Reference {
            role: Role::SUPERSEDES,
            record: older,
        });
    }

    pub(crate) fn set(&mut self, id: RecordId, state: State) {
        let item = self.items.iter_mut().find(|item| item.id == id);
        item.unwrap().state = state;
    }

    /// As another node holds it, to which everything came the other way round.
    pub(crate) fn turned(mut self) -> Self {
        self.items.reverse();
        self
    }

    /// Takes a record away, as if it had never come.
    pub(crate) fn lose(&mut self, id: RecordId) {
        self.items.retain(|item| item.id != id);
        self.bodies.remove(&id);
    }

    pub(crate) fn is_in(&mut self, by: u8, country: &str) {
        self.countries.insert(organisation(by), country.to_owned());
    }

    pub(crate) fn act(&mut self, on: RecordId, notice_type: &str) {
        let mark = Mark {
            on,
            notice_type: notice_type.to_owned(),
            reason: "unreliable_findings".to_owned(),
            text: String::new(),
            issuer: Issuer::Stewards,
            source: MarkSource::Act(ActId([9; 32])),
            claimed_at_ms: None,
            replaced_by: None,
            affects_conclusions: String::new(),
        };
        self.acts.entry(on).or_default().push(mark);
    }

    pub(crate) fn item(&self, id: RecordId) -> Item {
        self.items.iter().find(|item| item.id == id).unwrap().clone()
    }

    fn links(&self, keep: impl Fn(&Item) -> bool) -> Links {
        let mut items: Vec<_> = self.items.iter().filter(|item| keep(item)).cloned().collect();
        let max = self.links_max.unwrap_or(usize::MAX);
        let more = items.len() > max;
        items.truncate(max);
        self.given.set(self.given.get() + items.len());
        Links { items, more }
    }
}

impl Records for Shelf {
    type Error = Infallible;

    fn record(&self, id: &RecordId) -> Result<Option<Item>, Infallible> {
        Ok(self.items.iter().find(|item| item.id == *id).cloned())
    }

    fn links_to(&self, id: &RecordId) -> Result<Links, Infallible> {
        Ok(self.links(|item| item.state != State::Disputed && item.references.iter().any(|link| link.record == *id)))
    }

    fn own_links_to(&self, target: &Item) -> Result<Links, Infallible> {
        let roles = BTreeSet::from([Role::SUPERSEDES, Role::CORRECTS]);
        Ok(self.links(|item| {
            let mut links = item.references.iter();
            item.organisation == target.organisation
                && item.state != State::Disputed
                && links.any(|link| link.record == target.id && roles.contains(&link.role))
        }))
    }

    fn body(&self, id: &RecordId) -> Result<Option<Bytes>, Infallible> {
        self.given.set(self.given.get() + 1);
        let is_shown = self.items.iter().any(|item| item.id == *id && item.counts());
        Ok(self.bodies.get(id).filter(|_| is_shown).cloned())
    }

    fn country(&self, organisation: &OrganisationId) -> String {
        self.countries.get(organisation).cloned().unwrap_or_default()
    }

    fn acts_on(&self, item: &Item) -> Vec<Mark> {
        self.acts.get(&item.id).cloned().unwrap_or_default()
    }
}
