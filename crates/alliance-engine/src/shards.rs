//! A sorted map of which a copy costs little: it lies in shards by its keys' first byte, and copies share what neither
//! changed since. What the shell shows to others is such a copy, taken after each turn that changed anything.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use alliance_record::{ActId, OrganisationId, RecordId, WriterId};

/// One for each first byte: keys are hashes or public keys, spread evenly.
const SHARDS: usize = 256;

/// What sorts by its first byte before anything else.
pub(crate) trait Leading: Ord + Clone {
    fn leading(&self) -> u8;
}

impl Leading for [u8; 32] {
    fn leading(&self) -> u8 {
        self[0]
    }
}

impl Leading for OrganisationId {
    fn leading(&self) -> u8 {
        self.0.leading()
    }
}

impl Leading for WriterId {
    fn leading(&self) -> u8 {
        self.0.leading()
    }
}

impl Leading for ActId {
    fn leading(&self) -> u8 {
        self.0.leading()
    }
}

impl Leading for RecordId {
    fn leading(&self) -> u8 {
        self.0.leading()
    }
}

impl<T: Ord + Clone> Leading for (OrganisationId, T) {
    fn leading(&self) -> u8 {
        self.0.leading()
    }
}

/// The map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shards<K, V>(Vec<Arc<BTreeMap<K, V>>>);

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self(vec![Arc::default(); SHARDS])
    }
}

impl<K: Leading, V: Clone> Shards<K, V> {
    fn shard(&self, key: &K) -> &BTreeMap<K, V> {
        &self.0[usize::from(key.leading())]
    }

    fn shard_mut(&mut self, key: &K) -> &mut BTreeMap<K, V> {
        Arc::make_mut(&mut self.0[usize::from(key.leading())])
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.shard(key).get(key)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.shard(key).contains_key(key)
    }

    /// What is not there is looked for without taking a shard apart.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.contains_key(key) {
            return None;
        }
        self.shard_mut(key).get_mut(key)
    }

    pub(crate) fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        self.shard_mut(&key).entry(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.shard_mut(&key).insert(key, value)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        if !self.contains_key(key) {
            return None;
        }
        self.shard_mut(key).remove(key)
    }

    /// From a key on, as far as keys begin with the same byte.
    pub(crate) fn from(&self, first: K) -> impl Iterator<Item = (&K, &V)> {
        self.shard(&first).range(first..)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().flat_map(|shard| shard.iter())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|shard| shard.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> [u8; 32] {
        *blake3::hash(&number.to_le_bytes()).as_bytes()
    }

    #[test]
    fn it_says_what_a_sorted_map_says() {
        let (mut shards, mut map) = (Shards::default(), BTreeMap::new());
        for number in 0..2000 {
            assert_eq!(shards.insert(key(number), number), map.insert(key(number), number));
        }
        for number in (0..4000).step_by(3) {
            assert_eq!(shards.remove(&key(number)), map.remove(&key(number)));
        }
        for number in 0..2000 {
            if let Some(value) = shards.get_mut(&key(number)) {
                *value += 1;
            }
            map.entry(key(number)).and_modify(|value| *value += 1);
        }
        assert!(shards.iter().eq(map.iter()), "in the same order");
        let first = key(7);
        let from = map.range(first..).take_while(|(key, _)| key[0] == first[0]);
        assert!(shards.from(first).eq(from));
    }

    #[test]
    fn a_copy_shares_what_is_not_changed_and_keeps_what_was() {
        let mut shards: Shards<[u8; 32], u32> = Shards::default();
        for number in 0..2000 {
            shards.insert(key(number), number);
        }
        let copy = shards.clone();
        assert_eq!((shards.remove(&key(5000)), shards.get_mut(&key(5001))), (None, None));
        shards.insert(key(0), 7);
        let shared = shards
            .0
            .iter()
            .zip(&copy.0)
            .filter(|(one, other)| Arc::ptr_eq(one, other));
        assert_eq!(shared.count(), SHARDS - 1);
        assert_eq!((copy.get(&key(0)), shards.get(&key(0))), (Some(&0), Some(&7)));
    }
}
