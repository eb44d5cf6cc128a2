//! Versions: records of one organisation that take the place of one another.
//!
//! Only its own organisation gives a record a new version, and only one of the same kind: otherwise anybody could hide what
//! another said. What was superseded stays so, also when its successor is removed.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{RecordId, Role};

use crate::reading::Reading;
use crate::records::{Item, Records, State};

/// Versions that are looked at. A work with more is shown in part, and says so.
pub const VERSIONS_MAX: usize = 256;
/// Links between versions that are looked at: honest works have one or two to a version.
const LINKS_MAX: usize = 4_096;

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

/// Which version a record is, 1 for the first; `None` where that is not known here.
///
/// # Errors
/// When the records cannot be read.
pub fn number<R: Records>(records: &Reading<'_, R>, item: &Item) -> Result<Option<u32>, R::Error> {
    // Most records take nobody's place: nothing has to be read for them.
    if item.references.iter().all(|link| link.role != Role::SUPERSEDES) {
        return Ok(Some(1));
    }
    let versions = Versions::of(records, item)?;
    let own = versions.all.iter().find(|version| version.item.id == item.id);
    Ok(own.and_then(|version| version.number))
}

impl Versions {
    /// The versions of the work that a record belongs to, found by following references both ways.
    ///
    /// # Errors
    /// As the holder says.
    pub fn of<R: Records>(records: &Reading<'_, R>, start: &Item) -> Result<Self, R::Error> {
        let mut found = Found::default();
        let mut seen = BTreeSet::from([start.id]);
        let mut waiting = vec![start.clone()];
        let mut links_left = LINKS_MAX;
        while let Some(item) = waiting.pop() {
            let links = records.own_links_to(&item)?;
            let named = item.linked(Role::SUPERSEDES).count() + links.items.len();
            if found.items.len() == VERSIONS_MAX || named > links_left {
                found.more = true;
                break;
            }
            links_left -= named;
            found.more |= links.more;
            for id in item
                .linked(Role::SUPERSEDES)
                .filter(|id| !seen.contains(*id))
                .collect::<BTreeSet<_>>()
            {
                match records.record(id)? {
                    Some(older) if replaces(&item, &older) => {
                        seen.insert(*id);
                        waiting.push(older);
                    }
                    // Of another organisation or kind: no version of this.
                    Some(_) => {}
                    None => {
                        found.missing.insert(*id);
                    }
                }
            }
            for newer in successors(&item, &links.items) {
                found.replaced_by.entry(item.id).or_default().insert(newer.id);
                if seen.insert(newer.id) {
                    waiting.push(newer.clone());
                }
            }
            found.items.insert(item.id, item);
        }
        Ok(Self {
            all: found.in_order(),
            more: found.more,
        })
    }

    /// Those in whose place nothing stands. More than one: the work was edited at two places at once.
    pub fn heads(&self) -> impl Iterator<Item = &Version> {
        self.all.iter().filter(|version| version.replaced_by.is_empty())
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
    /// By those whose place they take; some may not have been looked at.
    replaced_by: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// Earlier ones that are not held.
    missing: BTreeSet<RecordId>,
    more: bool,
}

#[derive(Debug, Clone, Copy)]
struct Number {
    height: u32,
    is_known: bool,
}

impl Found {
    fn in_order(&self) -> Vec<Version> {
        let mut numbers = BTreeMap::new();
        for item in self.items.values() {
            self.number(item, &mut numbers);
        }
        let mut all: Vec<_> = self.items.values().collect();
        all.sort_by_key(|item| (numbers[&item.id].height, item.claimed_at_ms, item.id));
        let version = |item: &Item| Version {
            // Where not all was looked at, there may be an earlier one.
            number: (numbers[&item.id].is_known && !self.more).then_some(numbers[&item.id].height),
            replaces: self
                .predecessors(item)
                .map(|older| older.id)
                .chain(self.missing(item))
                .collect(),
            replaced_by: self.replaced_by.get(&item.id).into_iter().flatten().copied().collect(),
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
