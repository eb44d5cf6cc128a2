//! Reading records: lists and single ones, straight from the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use alliance_api::{Problem, RecordPage, RecordQuery, RecordSummary, RecordView, ReferenceView, Removed};
use alliance_engine::RemovedBy;
use alliance_record::schema::{self, Kind};
use alliance_record::{RecordId, VerifiedRecord};
use alliance_search::filter::Facts;
use alliance_store::{Arrival, Found, ListingFacets, ListingRow, Query, StoredRecord};
use data_encoding::HEXLOWER;

use super::chapters::known_chapter;
use super::filtering::read_filter;
use super::named::organisation;
use super::problem::{bad_request, problem};
use super::{Handle, too_costly};
use crate::knowledge::{Held, Wanted};
use crate::listing::facets;
use crate::shared::View;

/// The code list of settings.
const SETTING: &str = "setting";
/// Records of a page when no number is asked for.
const PAGE_RECORDS: u32 = 50;
/// Pages of the store's listing that are looked at for one page: however much is left out, an answer comes, and says where to
/// read on.
const PAGES_EXAMINED_MAX: usize = 40;
/// Characters of an excerpt.
const EXCERPT_CHARS_MAX: usize = 600;
/// Records of a page at most.
const PAGE_RECORDS_MAX: u32 = 200;

impl Handle {
    /// Lists records, newest first. Versions that newer ones took the place of, and what was retracted, are left out unless
    /// they are asked for.
    ///
    /// # Errors
    /// A problem naming the filter that cannot be read; `question_too_costly`.
    pub async fn records(&self, query: RecordQuery) -> Result<RecordPage, Problem> {
        let (patience, _asker) = self.patience();
        let wanted = self.wanted(&query)?.within(patience.clone());
        let mut asked = to_store(&query, &self.0.parts.shared.view())?;
        let limit = asked.limit;
        let mut records: Vec<RecordSummary> = Vec::new();
        let mut pages = 0;
        let at = self.read(|reader| Ok(reader.last_arrival())).await?;
        loop {
            let (page, shared, wanted) = (asked.clone(), Arc::clone(&self.0.parts.shared), wanted.clone());
            let room = limit - records.len();
            pages += 1;
            let (found, next) = self
                .read(move |reader| Held::at(reader, &shared, at).asking().list(&page, &wanted, room))
                .await?;
            records.extend(found);
            match next {
                Some(next) if records.len() < limit && pages < PAGES_EXAMINED_MAX => {
                    patience.check().map_err(too_costly)?;
                    asked.before = Some(next);
                }
                next => {
                    let next = next.map(|next| next.0);
                    return Ok(RecordPage { records, next });
                }
            }
        }
    }

    /// What a query wants, its filter read.
    pub(super) fn wanted(&self, query: &RecordQuery) -> Result<Wanted, Problem> {
        let wanted = Wanted::of(query);
        match query.filter.as_deref() {
            None | Some("") => Ok(wanted),
            Some(filter) => Ok(wanted.that(read_filter(filter, &self.0.parts.shared.view())?)),
        }
    }

    /// One record by its id or a unique prefix of it.
    ///
    /// # Errors
    /// `not_found`; `ambiguous` with the candidates; `bad_request` when it is no prefix of an id.
    pub async fn record(&self, id: &str) -> Result<RecordView, Problem> {
        let stored = self.stored(id).await?;
        let shared = Arc::clone(&self.0.parts.shared);
        self.read(move |reader| {
            let held = Held::new(reader, &shared);
            let item = held.item(&stored.record);
            let mut shown = record_view(&shared.view(), &stored);
            let asking = held.asking();
            asking.stand(&item, &mut shown.summary)?;
            *shown.knowledge = asking.knowledge(&item)?;
            if shared.quarantine().contains(&item.id) {
                hide(&mut shown.summary);
                (shown.body, shown.markdown, shown.envelope) = (serde_json::Value::Null, None, String::new());
            }
            Ok(shown)
        })
        .await
    }

    /// What records say of themselves in short, by their ids: their summaries, or what stands first. Nothing of those that are not
    /// shown here.
    ///
    /// # Errors
    /// A problem when the store cannot be read.
    pub async fn excerpts(&self, records: &[RecordSummary]) -> Result<BTreeMap<String, String>, Problem> {
        let is_shown = |record: &&RecordSummary| !record.quarantined && record.removed.is_none();
        let shown = records.iter().filter(is_shown);
        let ids: Vec<RecordId> = shown.filter_map(|record| record.id.parse().ok()).collect();
        self.read(move |reader| {
            let mut excerpts = BTreeMap::new();
            for id in ids {
                let stored = reader.record(&id)?;
                let said = stored.and_then(|stored| excerpt(&Facts::of(&stored.record)));
                excerpts.extend(said.map(|said| (id.to_string(), said)));
            }
            Ok(excerpts)
        })
        .await
    }

    fn is_draft(&self, id: &str) -> bool {
        !id.is_empty() && self.drawer().list().iter().any(|draft| draft.id.starts_with(id))
    }

    /// The stored record of that id, or of a unique prefix of it.
    pub(super) async fn stored(&self, id: &str) -> Result<StoredRecord, Problem> {
        let prefix = id_prefix(id)?;
        let found = match self.read(move |reader| reader.by_prefix(&prefix)).await? {
            Found::None if self.is_draft(id) => return Err(a_draft(id)),
            Found::None => return Err(not_found(id)),
            Found::One(found) => found,
            Found::Many(candidates) => return Err(ambiguous(id, &candidates)),
        };
        let stored = self.read(move |reader| reader.record(&found)).await?;
        stored.ok_or_else(|| not_found(&found.to_string()))
    }
}

/// The summary of a record, or the first of its texts that is no title, cut.
fn excerpt(facts: &Facts) -> Option<String> {
    let mut texts = facts.texts.iter().filter(|text| !text.is_title);
    let first = texts.clone().next();
    let text = &texts.find(|text| text.field == "summary").or(first)?.text;
    let mut cut: String = text.chars().take(EXCERPT_CHARS_MAX).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    Some(cut)
}

/// What names a record, as the store takes it.
pub(super) fn id_prefix(id: &str) -> Result<String, Problem> {
    let prefix = id.to_lowercase();
    let is_hex = prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    if prefix.is_empty() || prefix.len() > 64 || !is_hex {
        return Err(bad_request("a record is named by its id: up to 64 hexadecimal digits"));
    }
    Ok(prefix)
}

fn a_draft(id: &str) -> Problem {
    let detail = format!("{id} is a draft, which has another id once it is a record: `alliance drafts show {id}`");
    problem(404, "not_found", "Not a record yet", &detail)
}

fn not_found(id: &str) -> Problem {
    let detail = format!("no record here begins with {id}. It may be in a chapter that this node does not follow");
    problem(404, "not_found", "No such record", &detail)
}

pub(super) fn ambiguous(id: &str, candidates: &[RecordId]) -> Problem {
    let listed: Vec<_> = candidates.iter().map(|id| id.to_string()[..16].to_owned()).collect();
    let detail = format!("{id} begins several records: {}. Give more digits", listed.join(", "));
    problem(409, "ambiguous", "Several records", &detail)
}

pub(super) fn to_store(query: &RecordQuery, view: &View) -> Result<Query, Problem> {
    let limit = query.limit.unwrap_or(PAGE_RECORDS);
    if !(1..=PAGE_RECORDS_MAX).contains(&limit) {
        return Err(bad_request(&format!("limit: from 1 to {PAGE_RECORDS_MAX}")));
    }
    let kind = query.kind.as_deref().map(kind).transpose()?;
    Ok(Query {
        kind,
        chapter: query
            .chapter
            .as_deref()
            .map(|text| known_chapter(text, view))
            .transpose()?,
        organisation: query
            .organisation
            .as_deref()
            .map(|text| organisation(text, view))
            .transpose()?,
        language: query.language.clone(),
        setting: query.setting.as_deref().map(setting).transpose()?,
        claimed_from_ms: query.from_ms,
        claimed_to_ms: query.to_ms.map(|before| before.saturating_sub(1)),
        before: query.before.map(Arrival),
        limit: limit as usize,
        ..Query::default()
    })
}

fn setting(code: &str) -> Result<String, Problem> {
    let known = || schema::vocabulary(SETTING).unwrap_or_default().iter();
    if known().any(|known| known.code == code) {
        return Ok(code.to_owned());
    }
    let near = schema::nearest(code, known().map(|known| known.code.as_str()));
    let meant = near.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
    Err(bad_request(&format!(
        "setting: '{code}' is no code of the list {SETTING}.{meant} `alliance codes {SETTING}` shows them; all that begin alike, and codes \
         that only newer nodes know, are for a filter: {SETTING}:inpatient.*, {SETTING}:\"{code}\""
    )))
}

pub(super) fn kind(name: &str) -> Result<Kind, Problem> {
    Kind::from_name(name).ok_or_else(|| {
        let known: Vec<_> = schema::kinds().map(|kind| kind.name.as_str()).collect();
        bad_request(&format!("kind: '{name}' is none of {}", known.join(", ")))
    })
}

pub(super) fn removed(by: RemovedBy) -> Removed {
    let (by, id) = match by {
        RemovedBy::Notice(notice) => ("notice", notice.to_string()),
        RemovedBy::Act(act) => ("act", act.to_string()),
    };
    Removed { by: by.to_owned(), id }
}

/// Of what was put aside nothing is told but that it was.
pub(crate) fn hide(summary: &mut RecordSummary) {
    summary.quarantined = true;
    summary.title.clear();
    summary.title_en.clear();
    summary.lang.clear();
    summary.settings.clear();
}

pub(crate) fn summary(view: &View, row: ListingRow) -> RecordSummary {
    let ListingFacets {
        title,
        title_en,
        lang,
        settings,
        ..
    } = row.facets;
    RecordSummary {
        id: row.record.to_string(),
        kind: row.kind.name().into_owned(),
        chapter: row.chapter.to_string(),
        organisation: row.organisation.to_string(),
        organisation_name: view.name(&row.organisation),
        lang,
        title,
        title_en,
        settings,
        claimed_at_ms: row.claimed_at_ms,
        arrival: row.arrival.0,
        disputed: false,
        quarantined: false,
        replaced_by: Vec::new(),
        concurrent: Vec::new(),
        notices: Vec::new(),
        retracted: false,
        stale: false,
        removed: view
            .removed_by(&row.record, &row.chapter, &row.organisation)
            .map(removed),
    }
}

/// What a list shows of a stored record.
pub(crate) fn summary_of(view: &View, stored: &StoredRecord) -> RecordSummary {
    RecordSummary {
        disputed: view.is_disputed(stored.record.header()),
        ..summary(view, listing_row(stored))
    }
}

/// A stored record as the store's listing has it.
pub(crate) fn listing_row(stored: &StoredRecord) -> ListingRow {
    let header = stored.record.header();
    ListingRow {
        arrival: stored.arrival,
        record: stored.record.id(),
        kind: header.kind,
        chapter: header.log.chapter.clone(),
        organisation: header.organisation,
        claimed_at_ms: header.claimed_at_ms,
        facets: facets(&stored.record),
    }
}

fn record_view(view: &View, stored: &StoredRecord) -> RecordView {
    let record = &stored.record;
    let header = record.header();
    RecordView {
        summary: summary_of(view, stored),
        writer: header.log.writer.to_string(),
        instance: header.log.instance.to_string(),
        sequence: header.sequence,
        previous: header.previous.map(|id| id.to_string()),
        references: references(record),
        has_body: record.body().is_some(),
        body: body(record),
        markdown: markdown(record),
        envelope: HEXLOWER.encode(&record.encode()),
        knowledge: Box::default(),
    }
}

fn references(record: &VerifiedRecord) -> Vec<ReferenceView> {
    let name = |role: alliance_record::Role| role.name().map_or_else(|| format!("role-{}", role.0), str::to_owned);
    let links = record.header().references.iter();
    links
        .map(|link| ReferenceView {
            role: name(link.role),
            record: link.record.to_string(),
        })
        .collect()
}

fn body(record: &VerifiedRecord) -> serde_json::Value {
    let Some(body) = record.body() else {
        return serde_json::Value::Null;
    };
    let read = schema::to_json(record.header().kind, &body.bytes);
    // A body that its kind cannot be read from is still shown: raw.
    read.unwrap_or_else(|_| serde_json::json!({ "raw_hex": HEXLOWER.encode(&body.bytes) }))
}

fn markdown(record: &VerifiedRecord) -> Option<String> {
    schema::to_markdown(record.header().kind, &record.body()?.bytes).ok()
}
