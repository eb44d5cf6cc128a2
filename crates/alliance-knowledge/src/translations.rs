//! Translations of a work, and whether they are of its newest version.

use std::collections::BTreeSet;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};
use prost::Message;

use crate::marks::standing;
use crate::records::{Item, Records};
use crate::versions::Versions;

/// Translations of one work that are looked at.
const TRANSLATIONS_MAX: usize = 200;

/// A translation that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The record.
    pub item: Item,
    /// The version that is translated.
    pub of: RecordId,
    /// The language translated into: BCP 47.
    pub lang: String,
    /// Code of `translation_method`.
    pub how: String,
    /// Whether its source has moved on: there is a newer version than the one that is translated.
    pub is_stale: bool,
}

/// The translations of any version of a work, in the order of arrival.
///
/// # Errors
/// As the holder says.
pub fn translations<R: Records>(records: &R, work: &Versions) -> Result<Vec<Translation>, R::Error> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for version in &work.all {
        for item in records.links_to(&version.item.id)?.items {
            let translates = item.kind == Kind::TRANSLATION && item.links(Role::TRANSLATES, &version.item.id);
            if !translates || !item.counts() || all.len() == TRANSLATIONS_MAX || !seen.insert(item.id) {
                continue;
            }
            if !standing(records, &item)?.is_current() {
                continue;
            }
            let body = records.body(&item.id)?;
            let Some(said) = body.and_then(|body| v1::Translation::decode(body).ok()) else {
                continue;
            };
            all.push(Translation {
                item,
                of: version.item.id,
                lang: said.common.map(|common| common.lang).unwrap_or_default(),
                how: said.how,
                is_stale: !version.replaced_by.is_empty(),
            });
        }
    }
    Ok(all)
}

/// Whether the source of a translation has moved on. `None` when the source is not held here.
///
/// # Errors
/// As the holder says.
pub fn translation_is_stale<R: Records>(records: &R, translation: &Item) -> Result<Option<bool>, R::Error> {
    let Some(source) = translation.linked(Role::TRANSLATES).next() else {
        return Ok(None);
    };
    let Some(source) = records.record(source)? else {
        return Ok(None);
    };
    Ok(Some(!standing(records, &source)?.replaced_by.is_empty()))
}
