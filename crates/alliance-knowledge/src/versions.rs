//! Versions: records of one organisation that take the place of one another.
//!
//! Only its own organisation gives a record a new version, and only one of the same kind: otherwise anybody could hide what
//! another said. What was superseded stays so, also when its successor is removed.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{RecordId, Role};

use crate::records::{Item, Records, State};

/// Versions that are looked at. A work with more is shown in part, and says so.
pub const VERSIONS_MAX: usize = 256;

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The record.
    pub item: Item,
    /// 1 for the first, counted by edits along the longest way; `None` when an earlier one is not held here.
    pub number: Option<u32>,
    /// The versions whose place it takes, held or not.
    pub replaces: Vec<RecordId>,
    /// The versions that take its place.
    pub replaced_by: Vec<RecordId>,
}

/// All versions of a work, earlier ones first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// At least the one that was asked for.
    pub all: Vec<Version>,
    /// Whether there are more, which were not looked at.
    pub more: bool,
}

/// Whether `newer` takes the place of `older`.
pub(crate) fn replaces(newer: &Item, older: &Item) -> bool {
    newer.state != State::Disputed
        && newer.kind == older.kind
        && newer.organisation == older.organisation
        && newer.links(Role::SUPERSEDES, &older.id)
}

/// The records among those that refer to `older` which take its place.
pub(crate) fn successors<'a>(older: &'a Item, linked: &'a [Item]) -> impl Iterator<Item = &'a Item> {
    linked.iter().filter(|newer| replaces(newer, older))
}

impl Versions {
    /// The versions of the work that a record belongs to, found by following references both ways.
    ///
    /// # Errors
    /// As the holder says.
    pub fn of<R: Records>(records: &R, start: &Item) -> Result<Self, R::Error> {
        let mut found = Found::default();
        let mut waiting = vec![start.clone()];
        let mut more = false;
        while let Some(item) = waiting.pop() {
            if found.items.contains_key(&item.id) {
                continue;
            }
            if found.items.len() == VERSIONS_MAX {
                more = true;
                break;
            }
            for id in item.linked(Role::SUPERSEDES) {
                match records.record(id)? {
                    Some(older) => waiting.extend(Some(older).filter(|older| replaces(&item, older))),
                    None => {
                        found.missing.insert(*id);
                    }
                }
            }
            let links = records.own_links_to(&item)?;
            more |= links.more;
            waiting.extend(successors(&item, &links.items).cloned());
            found.items.insert(item.id, item);
        }
        Ok(Self {
            all: found.in_order(),
            more,
        })
    }

    /// Those in whose place nothing stands. More than one: the work was edited at two places at once.
    pub fn heads(&self) -> impl Iterator<Item = &Version> {
        self.all.iter().filter(|version| version.replaced_by.is_empty())
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: &RecordId) -> Option<&Version> {
        self.all.iter().find(|version| version.item.id == *id)
    }

    /// The newest: of several heads the one with the latest claimed time.
    #[must_use]
    pub fn newest(&self) -> Option<&Version> {
        self.heads().max_by_key(|head| (head.item.claimed_at_ms, head.item.id))
    }
}

/// Versions as they were found.
#[derive(Default)]
struct Found {
    items: BTreeMap<RecordId, Item>,
    /// Earlier ones that are not held.
    missing: BTreeSet<RecordId>,
}

#[derive(Debug, Clone, Copy)]
struct Number {
    height: u32,
    is_known: bool,
}

impl Found {
    fn in_order(&self) -> Vec<Version> {
        let mut numbers = BTreeMap::new();
        let mut replaced_by: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for newer in self.items.values() {
            self.number(newer, &mut numbers);
            for older in self.predecessors(newer) {
                replaced_by.entry(older.id).or_default().push(newer.id);
            }
        }
        let mut all: Vec<_> = self.items.values().collect();
        all.sort_by_key(|item| (numbers[&item.id].height, item.claimed_at_ms, item.id));
        let version = |item: &Item| Version {
            number: numbers[&item.id].is_known.then_some(numbers[&item.id].height),
            replaces: self
                .predecessors(item)
                .map(|older| older.id)
                .chain(self.missing(item))
                .collect(),
            replaced_by: replaced_by.remove(&item.id).unwrap_or_default(),
            item: item.clone(),
        };
        all.into_iter().map(version).collect()
    }

    fn predecessors<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a Item> {
        let named: BTreeSet<&RecordId> = item.linked(Role::SUPERSEDES).collect();
        let held = named.into_iter().filter_map(|id| self.items.get(id));
        held.filter(|older| replaces(item, older))
    }

    fn missing(&self, item: &Item) -> BTreeSet<RecordId> {
        let named = item.linked(Role::SUPERSEDES);
        named.filter(|id| self.missing.contains(*id)).copied().collect()
    }

    /// References form no circle, because an id is the hash of what it refers to; so this ends, at most [`VERSIONS_MAX`]
    /// deep.
    fn number(&self, item: &Item, numbers: &mut BTreeMap<RecordId, Number>) -> Number {
        if let Some(known) = numbers.get(&item.id) {
            return *known;
        }
        let mut mine = Number {
            height: 1,
            is_known: self.missing(item).is_empty(),
        };
        for older in self.predecessors(item) {
            let before = self.number(older, numbers);
            mine.height = mine.height.max(before.height + 1);
            mine.is_known &= before.is_known;
        }
        numbers.insert(item.id, mine);
        mine
    }
}
