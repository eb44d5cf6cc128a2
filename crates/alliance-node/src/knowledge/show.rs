//! What is known of a record, as it is shown.

use alliance_api::{
    AdoptionFacts, AdoptionView, ComponentView, ConnectionView, EntryView, KnowledgeView, NoticeMark, NoticeView,
    RecordLink, RecordSummary, ResponseView, TranslationView, VersionView,
};
use alliance_knowledge::{
    Adoption, Entry, Facts, Independence, Issuer, Item, Mark, MarkSource, Response, StageRule, State, Versions,
    knowledge, standing, translation_is_stale,
};
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};
use alliance_store::ReadError;

use super::{Asking, Held};
use crate::date::month;
use crate::handle::{named, summary_of};
use crate::listing::facets;
use crate::random::now_ms;

type Read<T> = Result<T, ReadError>;

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn ids(ids: &[RecordId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// The few words by which a record is named in another one's view. Of what is not shown there is no title.
pub(super) fn link(held: &Held<'_>, item: &Item) -> Read<RecordLink> {
    let stored = match item.state {
        State::Counts | State::Disputed if !held.is_aside(&item.id) => held.reader.record(&item.id)?,
        _ => None,
    };
    let facets = stored.map(|stored| facets(&stored.record)).unwrap_or_default();
    Ok(RecordLink {
        id: item.id.to_string(),
        kind: item.kind.name().into_owned(),
        organisation: named(&held.view, &item.organisation),
        title: facets.title,
        lang: facets.lang,
        claimed_at_ms: item.claimed_at_ms,
    })
}

impl Asking<'_> {
    /// All that is known of a record from others.
    pub(crate) fn knowledge(&self, item: &Item) -> Read<KnowledgeView> {
        let known = knowledge(&self.reading, item, month(now_ms()))?;
        let of_all = known.standing.marks.iter().chain(&known.of_versions);
        Ok(KnowledgeView {
            versions: self.all(&known.versions.all, |version| {
                Ok(VersionView {
                    record: link(self.held, &version.item)?,
                    version: version.number,
                    current: version.replaced_by.is_empty(),
                    removed: version.item.state == State::Removed,
                })
            })?,
            more_versions: known.versions.more,
            more: known.more,
            notices: of_all.map(|mark| self.notice(mark)).collect(),
            said_by_others: known.by_others.iter().map(|mark| self.notice(mark)).collect(),
            adoptions: known.facts.as_ref().map(|facts| self.facts(facts)).transpose()?,
            responses: self.all(&known.responses, |response| self.response(response))?,
            translations: self.all(&known.translations, |translation| {
                Ok(TranslationView {
                    record: link(self.held, &translation.item)?,
                    of: translation.of.to_string(),
                    how: translation.how.clone(),
                    stale: translation.is_stale,
                })
            })?,
            stale: known.is_stale,
            entries: self.all(&known.entries, |entry| self.entry(entry))?,
            connections: self.all(&known.connections, |connection| {
                Ok(ConnectionView {
                    role: connection.role.name().unwrap_or_default().to_owned(),
                    record: link(self.held, &connection.item)?,
                })
            })?,
        })
    }

    fn all<T, V>(&self, items: &[T], show: impl Fn(&T) -> Read<V>) -> Read<Vec<V>> {
        items.iter().map(show).collect()
    }

    pub(super) fn notice(&self, mark: &Mark) -> NoticeView {
        NoticeView {
            id: source(mark),
            on: mark.on.to_string(),
            notice_type: mark.notice_type.clone(),
            reason: mark.reason.clone(),
            by: issuer(mark).to_owned(),
            member: match mark.issuer {
                Issuer::Other(member) => Some(named(&self.held.view, &member)),
                Issuer::Author | Issuer::Stewards => None,
            },
            text: mark.text.clone(),
            replaced_by: mark.replaced_by.map(|id| id.to_string()),
            affects_conclusions: mark.affects_conclusions.clone(),
            claimed_at_ms: mark.claimed_at_ms,
        }
    }

    fn facts(&self, facts: &Facts) -> Read<AdoptionFacts> {
        Ok(AdoptionFacts {
            adopters: count(facts.adopters),
            in_use: count(facts.in_use),
            tried_and_stopped: count(facts.tried_and_stopped),
            considering: count(facts.considering),
            countries: facts.countries.clone(),
            reporting: count(facts.improved.of),
            improved: count(facts.improved.part),
            worse: count(facts.worse),
            stage: facts.stage.map(str::to_owned),
            stage_rules: [StageRule::FOUR, StageRule::FIVE]
                .map(|rule| rule.text.to_owned())
                .to_vec(),
            adoptions: self.all(&facts.adoptions, |adoption| self.adoption(adoption))?,
            more: facts.more,
        })
    }

    fn adoption(&self, adoption: &Adoption) -> Read<AdoptionView> {
        let independence = match adoption.independence {
            Independence::Independent => "independent",
            Independence::WithItsMakers => "with_its_makers",
            Independence::ItsOwn => "its_own",
        };
        let fidelity = adoption.fidelity.iter();
        Ok(AdoptionView {
            record: link(self.held, &adoption.item)?,
            of: adoption.of.to_string(),
            status: adoption.status.clone(),
            effect: adoption.effect.clone(),
            would_recommend: adoption.would_recommend.clone(),
            since: adoption.since.clone(),
            ended: adoption.ended.clone(),
            country: adoption.country.clone(),
            independence: independence.to_owned(),
            has_measure: adoption.has_measure,
            has_lasted: adoption.has_lasted,
            fidelity: fidelity
                .map(|(component, met)| ComponentView {
                    component: component.clone(),
                    met: met.clone(),
                })
                .collect(),
        })
    }

    fn response(&self, response: &Response) -> Read<ResponseView> {
        Ok(ResponseView {
            record: link(self.held, &response.item)?,
            about: response.about.to_string(),
            response_type: response.response_type.clone(),
            text: response.text.clone(),
            text_en: response.text_en.clone(),
            basis: response.basis.clone(),
            conflict_of_interest: response.conflict_of_interest.clone(),
            open: response.is_open,
            responses: self.all(&response.responses, |reply| self.response(reply))?,
        })
    }

    fn entry(&self, entry: &Entry) -> Read<EntryView> {
        let held = match &entry.held {
            Some((item, _)) => self.summary(&item.id)?,
            None => None,
        };
        Ok(EntryView {
            record: entry.record.to_string(),
            heading: entry.heading.clone(),
            note: entry.note.clone(),
            held,
        })
    }

    /// What a list shows of a record, with where it stands.
    pub(crate) fn summary(&self, id: &RecordId) -> Read<Option<RecordSummary>> {
        let Some(stored) = self.held.reader.record(id)? else {
            return Ok(None);
        };
        let mut summary = summary_of(&self.held.view, &stored);
        let item = self.held.item(&stored.record);
        if self.held.is_aside(id) {
            crate::handle::hide(&mut summary);
        }
        self.stand(&item, &mut summary)?;
        Ok(Some(summary))
    }

    /// Puts into a summary where the record stands.
    pub(crate) fn stand(&self, item: &Item, summary: &mut RecordSummary) -> Read<()> {
        if item.kind.is_governance() {
            return Ok(());
        }
        let standing = standing(&self.reading, item)?;
        summary.notices = standing
            .marks
            .iter()
            .map(|mark| NoticeMark {
                id: source(mark),
                notice_type: mark.notice_type.clone(),
                by: issuer(mark).to_owned(),
            })
            .collect();
        summary.retracted = standing.is_retracted();
        // A record that takes no other's place and has no successor is the only version.
        if standing.replaced_by.is_empty() && item.linked(Role::SUPERSEDES).next().is_some() {
            let versions = Versions::of(&self.reading, item)?;
            let others = versions.heads().filter(|head| head.item.id != item.id);
            summary.concurrent = others.map(|head| head.item.id.to_string()).collect();
        }
        summary.replaced_by = ids(&standing.replaced_by);
        summary.stale = item.kind == Kind::TRANSLATION && translation_is_stale(&self.reading, item)? == Some(true);
        Ok(())
    }

    /// A record by its id.
    pub(crate) fn link_to(&self, id: &RecordId) -> Read<Option<RecordLink>> {
        match self.reading.record(id)? {
            Some(item) => Ok(Some(link(self.held, &item)?)),
            None => Ok(None),
        }
    }
}

fn source(mark: &Mark) -> String {
    match mark.source {
        MarkSource::Notice(id) => id.to_string(),
        MarkSource::Act(act) => act.to_string(),
    }
}

const fn issuer(mark: &Mark) -> &'static str {
    match mark.issuer {
        Issuer::Author => "author",
        Issuer::Stewards => "stewards",
        Issuer::Other(_) => "member",
    }
}
