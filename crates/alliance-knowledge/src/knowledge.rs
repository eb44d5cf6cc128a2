//! All that others say of one record, together.

use std::collections::BTreeSet;

use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::adoptions::{Facts, facts};
use crate::collection::{Entry, entries};
use crate::marks::{Mark, Standing, said_by_others, standing};
use crate::month::Month;
use crate::reading::{Reading, Room};
use crate::records::{Item, Records};
use crate::responses::{Response, responses};
use crate::translations::{Translation, translation_is_stale, translations};
use crate::versions::Versions;

/// Connections of one work that are shown, in all and of one organisation.
const CONNECTIONS_MAX: usize = 300;
const CONNECTIONS_OF_EACH_MAX: usize = 20;
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
    /// Whether there is more of anything than is told here.
    pub more: bool,
}

/// Gathers what is known of a record from others, in the month `today`.
///
/// # Errors
/// As the holder says.
pub fn knowledge<R: Records>(records: &Reading<'_, R>, item: &Item, today: Month) -> Result<Knowledge, R::Error> {
    let versions = Versions::of(records, item)?;
    let (mut of_versions, mut by_others) = (Vec::new(), Vec::new());
    let mut more = versions.more;
    for version in &versions.all {
        let (said, is_more) = said_by_others(records, &version.item)?;
        by_others.extend(said);
        more |= is_more;
        if version.item.id != item.id {
            of_versions.extend(standing(records, &version.item)?.marks);
        }
    }
    let (responses, more_responses) = responses(records, &versions)?;
    let (translations, more_translations) = translations(records, &versions)?;
    let (connections, more_connections) = connections(records, &versions)?;
    let standing = standing(records, item)?;
    Ok(Knowledge {
        of_versions,
        by_others,
        facts: match item.kind {
            Kind::PRACTICE | Kind::RESOURCE => Some(facts(records, &versions, today)?),
            _ => None,
        },
        responses,
        translations,
        is_stale: match item.kind {
            Kind::TRANSLATION => translation_is_stale(records, item)?,
            _ => None,
        },
        entries: match item.kind {
            Kind::COLLECTION => entries(records, item)?,
            _ => Vec::new(),
        },
        connections,
        more: more || more_responses || more_translations || more_connections || standing.more,
        standing,
        versions,
    })
}

fn connections<R: Records>(records: &Reading<'_, R>, work: &Versions) -> Result<(Vec<Connection>, bool), R::Error> {
    let (mut all, mut more) = (Vec::new(), false);
    let mut room = Room::new(CONNECTIONS_MAX, CONNECTIONS_OF_EACH_MAX);
    let mut seen: BTreeSet<RecordId> = work.all.iter().map(|version| version.item.id).collect();
    for version in &work.all {
        let links = records.links_to(&version.item.id)?;
        more |= links.more;
        for item in &links.items {
            let mut named = item.references.iter();
            let role = named.find(|link| link.record == version.item.id && !TOLD_ELSEWHERE.contains(&link.role));
            let Some(role) = role.map(|link| link.role) else {
                continue;
            };
            // What a notice names beside its target, it names there.
            let is_told = item.kind.is_governance() || item.kind == Kind::NOTICE || seen.contains(&item.id);
            if is_told || !item.counts() || !standing(records, item)?.is_current() {
                continue;
            }
            if room.take(&item.organisation) {
                seen.insert(item.id);
                let item = item.clone();
                all.push(Connection { role, item });
            }
        }
    }
    Ok((all, more || room.more))
}
