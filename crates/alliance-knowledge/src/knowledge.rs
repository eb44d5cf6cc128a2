//! All that others say of one record, together.

use std::collections::BTreeSet;

use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::adoptions::{Facts, facts};
use crate::collection::{Entry, entries};
use crate::marks::{Mark, Standing, said_by_others, standing};
use crate::month::Month;
use crate::records::{Item, Records};
use crate::responses::{Response, responses};
use crate::translations::{Translation, translation_is_stale, translations};
use crate::versions::Versions;

/// Connections of one work that are looked at.
const CONNECTIONS_MAX: usize = 200;
/// Roles that are told in a way of their own.
const TOLD_ELSEWHERE: [Role; 6] = [
    Role::SUPERSEDES,
    Role::REPLIES_TO,
    Role::ADOPTS,
    Role::TRANSLATES,
    Role::CORRECTS,
    Role::REDACTS,
];

/// A record that names this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// In which way.
    pub role: Role,
    /// The record.
    pub item: Item,
}

/// What is known of a record from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// All versions of it.
    pub versions: Versions,
    /// Where it stands itself.
    pub standing: Standing,
    /// What is said of its other versions by those who may.
    pub of_versions: Vec<Mark>,
    /// What other members say of any version.
    pub by_others: Vec<Mark>,
    /// What adoptions of it come to; `None` for a kind that nobody adopts.
    pub facts: Option<Facts>,
    /// Responses to it.
    pub responses: Vec<Response>,
    /// Translations of it.
    pub translations: Vec<Translation>,
    /// Of a translation: whether its source has moved on, when that is held here.
    pub is_stale: Option<bool>,
    /// Of a collection: what it holds.
    pub entries: Vec<Entry>,
    /// Other records that name it and stand: lessons about it, collections that hold it, practices that use it.
    pub connections: Vec<Connection>,
}

/// Gathers what is known of a record from others, in the month `today`.
///
/// # Errors
/// As the holder says.
pub fn knowledge<R: Records>(records: &R, item: &Item, today: Month) -> Result<Knowledge, R::Error> {
    let versions = Versions::of(records, item)?;
    let (mut of_versions, mut by_others) = (Vec::new(), Vec::new());
    for version in &versions.all {
        by_others.extend(said_by_others(records, &version.item)?);
        if version.item.id != item.id {
            of_versions.extend(standing(records, &version.item)?.marks);
        }
    }
    Ok(Knowledge {
        standing: standing(records, item)?,
        of_versions,
        by_others,
        facts: match item.kind {
            Kind::PRACTICE | Kind::RESOURCE => Some(facts(records, &versions, today)?),
            _ => None,
        },
        responses: responses(records, &versions)?,
        translations: translations(records, &versions)?,
        is_stale: match item.kind {
            Kind::TRANSLATION => translation_is_stale(records, item)?,
            _ => None,
        },
        entries: match item.kind {
            Kind::COLLECTION => entries(records, item)?,
            _ => Vec::new(),
        },
        connections: connections(records, &versions)?,
        versions,
    })
}

fn connections<R: Records>(records: &R, work: &Versions) -> Result<Vec<Connection>, R::Error> {
    let mut all = Vec::new();
    let mut seen: BTreeSet<RecordId> = work.all.iter().map(|version| version.item.id).collect();
    for version in &work.all {
        for item in records.links_to(&version.item.id)?.items {
            let mut links = item.references.iter();
            let role = links.find(|link| link.record == version.item.id && !TOLD_ELSEWHERE.contains(&link.role));
            let Some(role) = role.map(|link| link.role) else {
                continue;
            };
            // What a notice names beside its target, it names there.
            let is_told = item.kind.is_governance() || item.kind == Kind::NOTICE;
            if is_told || !item.counts() || all.len() == CONNECTIONS_MAX || !seen.insert(item.id) {
                continue;
            }
            if standing(records, &item)?.is_current() {
                all.push(Connection { role, item });
            }
        }
    }
    Ok(all)
}
