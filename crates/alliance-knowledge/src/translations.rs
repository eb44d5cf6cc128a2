//! Translations of a work, and whether they are of its newest version.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};
use prost::Message;

use crate::marks::standing;
use crate::reading::{Reading, Room};
use crate::records::{Item, Records};
use crate::versions::Versions;

/// Translations of one work that are shown, in all and of one organisation.
const TRANSLATIONS_MAX: usize = 300;
const TRANSLATIONS_OF_EACH_MAX: usize = 40;

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

/// The translations of any version of a work, and whether there are more.
///
/// # Errors
/// As the holder says.
pub fn translations<R: Records>(
    records: &Reading<'_, R>,
    work: &Versions,
) -> Result<(Vec<Translation>, bool), R::Error> {
    let (mut all, mut more) = (Vec::new(), work.more);
    let mut room = Room::new(TRANSLATIONS_MAX, TRANSLATIONS_OF_EACH_MAX);
    for version in &work.all {
        let links = records.links_to(&version.item.id)?;
        more |= links.more;
        // A translation is of one record: what its header names first.
        let translates = |item: &&Item| {
            item.kind == Kind::TRANSLATION
                && item.counts()
                && item.linked(Role::TRANSLATES).next() == Some(&version.item.id)
        };
        for item in links.items.iter().filter(translates) {
            if !standing(records, item)?.is_current() || !room.take(&item.organisation) {
                continue;
            }
            let body = records.body(&item.id)?;
            let Some(said) = body.and_then(|body| v1::Translation::decode(body).ok()) else {
                continue;
            };
            all.push(Translation {
                item: item.clone(),
                of: version.item.id,
                lang: said.common.map(|common| common.lang).unwrap_or_default(),
                how: said.how,
                is_stale: !version.replaced_by.is_empty(),
            });
        }
    }
    Ok((all, more || room.more))
}

/// Whether the source of a translation has moved on. `None` when the source is not held here.
///
/// # Errors
/// As the holder says.
pub fn translation_is_stale<R: Records>(
    records: &Reading<'_, R>,
    translation: &Item,
) -> Result<Option<bool>, R::Error> {
    let Some(source) = translation.linked(Role::TRANSLATES).next() else {
        return Ok(None);
    };
    let Some(source) = records.record(source)? else {
        return Ok(None);
    };
    Ok(Some(!standing(records, &source)?.replaced_by.is_empty()))
}
