//! Chapters: where they stand, following and leaving.

use std::collections::BTreeMap;

use alliance_api::{
    ChapterDescription, ChapterEvent, ChapterState, ChapterView, ChapterWord, Depth, DescribedChapter, Problem,
};
use alliance_engine::{Description, Said, region};
use alliance_record::proto::v1;
use alliance_record::schema::nearest;
use alliance_record::{ChapterName, OrganisationId, RecordId, chapter_digest};
use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::Handle;
use super::governance::named;
use super::named::organisation;
use super::problem::{bad_request, problem};
use crate::draft;
use crate::publishing::look_through;
use crate::shared::View;

/// Characters of what a chapter is about.
const ABOUT_CHARS_MAX: usize = 1000;

impl Handle {
    /// All chapters that anyone follows, the alliance's own first.
    ///
    /// # Errors
    /// A problem when the store cannot be read.
    pub async fn chapters(&self) -> Result<Vec<ChapterView>, Problem> {
        let view = self.0.parts.shared.view();
        let mut names = view.chapters.names();
        names.insert(ChapterName::alliance());
        let ever = view.chapters.ever_followed(&view.members);
        let mut chapters = Vec::with_capacity(names.len());
        for name in names {
            chapters.push(self.chapter_view((&view, &ever), name).await?);
        }
        Ok(chapters)
    }

    /// One chapter.
    ///
    /// # Errors
    /// `bad_request` for a name that is none, `not_found` for one that nobody follows.
    pub async fn chapter(&self, name: &str) -> Result<ChapterView, Problem> {
        let view = self.0.parts.shared.view();
        let name = chapter_name(name)?;
        if !name.is_alliance() && !view.chapters.names().contains(&name) {
            return Err(no_chapter(&view, &name));
        }
        let ever = view.chapters.ever_followed(&view.members);
        self.chapter_view((&view, &ever), name).await
    }

    /// Follows a chapter by a signed subscription.
    ///
    /// # Errors
    /// As [`Handle::publish`].
    pub async fn follow(&self, chapter: &str, depth: Depth) -> Result<ChapterView, Problem> {
        self.subscribe(chapter, depth == Depth::Deep, Wish::Follow).await
    }

    /// Stops following a chapter.
    ///
    /// # Errors
    /// As [`Handle::publish`].
    pub async fn leave(&self, chapter: &str) -> Result<ChapterView, Problem> {
        let view = self.0.parts.shared.view();
        let name = chapter_name(chapter)?;
        if !name.is_alliance() && !view.chapters.follows(&self.0.organisation, &name) {
            let detail = format!("this organisation does not follow {name}: there is nothing to leave");
            return Err(problem(409, "not_followed", "The chapter is not followed", &detail));
        }
        self.subscribe(chapter, false, Wish::Leave).await
    }

    async fn subscribe(&self, chapter: &str, deep: bool, wish: Wish) -> Result<ChapterView, Problem> {
        let name = chapter_name(chapter)?;
        if name.is_alliance() {
            let detail = "every member follows the alliance's own chapter; it cannot be left";
            return Err(problem(409, "wrong_chapter", "Always followed", detail));
        }
        self.submit(draft::subscription(&name, deep, wish == Wish::Follow))
            .await?;
        let view = self.0.parts.shared.view();
        let ever = view.chapters.ever_followed(&view.members);
        self.chapter_view((&view, &ever), name).await
    }

    /// Says of a chapter who its stewards are, in which language and how often it meets, and what it is about.
    ///
    /// # Errors
    /// `bad_request`, `not_a_steward`, and as [`Handle::publish`].
    pub async fn describe_chapter(&self, name: &str, request: ChapterDescription) -> Result<ChapterView, Problem> {
        let view = self.0.parts.shared.view();
        let name = chapter_name(name)?;
        if view.chapters.history(&name, &view.members).is_empty() {
            return Err(no_chapter(&view, &name));
        }
        let newest = view.descriptions.of(&name, &view.members);
        let own = &self.0.organisation;
        let may = newest
            .as_ref()
            .is_none_or(|said| said.stewards.contains(own) || view.members.is_steward(own));
        if !may {
            let detail =
                "its stewards describe it: `alliance chapter show` names them; or a steward of the alliance does";
            return Err(problem(
                409,
                "not_a_steward",
                "This organisation is no steward of the chapter",
                detail,
            ));
        }
        let message = next_description(&view, &name, newest.as_ref(), request)?;
        self.submit(draft::chapter(&message)).await?;
        self.chapter(name.as_str()).await
    }

    /// Who followed a chapter, who left it and how it was described, as far as records tell.
    ///
    /// # Errors
    /// `bad_request` for a name that is none, `not_found` for one of which nobody said anything.
    pub async fn chapter_history(&self, name: &str) -> Result<Vec<ChapterEvent>, Problem> {
        let view = self.0.parts.shared.view();
        let name = chapter_name(name)?;
        let said = view.chapters.history(&name, &view.members);
        let mut events: Vec<ChapterEvent> = said.iter().map(|said| followed(&view, said)).collect();
        let descriptions = view.descriptions.history(&name, &view.members);
        let records: Vec<RecordId> = descriptions.iter().map(|said| said.record).collect();
        let times = move |reader: &alliance_store::Reader| {
            let stored = records.iter().map(|record| reader.record(record));
            let times = stored.map(|stored| Ok(stored?.map_or(0, |stored| stored.record.header().claimed_at_ms)));
            times.collect::<Result<Vec<i64>, alliance_store::ReadError>>()
        };
        let times = self.read(times).await?;
        events.extend(descriptions.iter().zip(times).map(|(said, at_ms)| ChapterEvent {
            at_ms,
            organisation: named(&view, &said.by),
            what: ChapterWord::Describes,
            described: Some(described(&view, said)),
            record: said.record.to_string(),
        }));
        if events.is_empty() && !name.is_alliance() {
            return Err(no_chapter(&view, &name));
        }
        events.sort_by(|a, b| (a.at_ms, &a.record).cmp(&(b.at_ms, &b.record)));
        Ok(events)
    }

    /// Where a chapter stands. `ever` says how many followed each, or did once.
    pub(super) async fn chapter_view(
        &self,
        (view, ever): (&View, &BTreeMap<ChapterName, u32>),
        name: ChapterName,
    ) -> Result<ChapterView, Problem> {
        let chapter = name.clone();
        let heads = view.clamped(self.read(move |reader| reader.heads(&chapter)).await?);
        let active_at = view.members.charter().map_or(1, |charter| charter.chapter_active_at);
        let members = view.members.organisations();
        let standing = view.chapters.standing(&name, &members, active_at);
        let everyone = name.is_alliance();
        let missing = self.0.parts.shared.progress().missing();
        let followers = if everyone { members } else { standing.followers.clone() };
        let active = everyone || standing.is_active();
        Ok(ChapterView {
            label: label(&name),
            state: match ever.get(&name) {
                _ if active => ChapterState::Active,
                Some(ever) if *ever >= active_at => ChapterState::Dormant,
                _ => ChapterState::Forming,
            },
            active_at,
            followed: followers.contains(&self.0.organisation),
            followers: followers.iter().map(ToString::to_string).collect(),
            records: heads.iter().map(|head| head.sequence + 1).sum(),
            missing: missing.get(&name).copied().unwrap_or(0),
            digest: HEXLOWER.encode(&chapter_digest(&name, &heads)),
            described: view
                .descriptions
                .of(&name, &view.members)
                .map(|said| described(view, &said)),
            name: name.to_string(),
        })
    }
}

/// A chapter by its name, of which anybody ever said anything.
pub(super) fn known_chapter(text: &str, view: &View) -> Result<ChapterName, Problem> {
    let name = text
        .parse::<ChapterName>()
        .map_err(|error| bad_request(&format!("chapter: {error}")))?;
    let is_known = name.is_alliance()
        || view.chapters.names().contains(&name)
        || view.chapters.ever_followed(&view.members).contains_key(&name);
    match is_known {
        true => Ok(name),
        false => Err(no_chapter(view, &name)),
    }
}

fn no_chapter(view: &View, name: &ChapterName) -> Problem {
    let mut names: Vec<String> = view.chapters.names().iter().map(ToString::to_string).collect();
    names.extend(
        view.chapters
            .ever_followed(&view.members)
            .keys()
            .map(ToString::to_string),
    );
    let near = nearest(name.as_str(), names.iter().map(String::as_str));
    let meant = near.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
    let detail = format!("nobody follows {name} yet.{meant} `alliance chapter follow {name}` brings it into being");
    problem(404, "not_found", "No such chapter", &detail)
}

fn followed(view: &View, said: &Said) -> ChapterEvent {
    ChapterEvent {
        at_ms: said.claimed_at_ms,
        organisation: named(view, &said.organisation),
        what: match (said.follows, said.deep) {
            (true, true) => ChapterWord::FollowsDeeply,
            (true, false) => ChapterWord::Follows,
            (false, _) => ChapterWord::Leaves,
        },
        described: None,
        record: said.record.to_string(),
    }
}

/// What is said of a chapter from now on: what is not given stays.
fn next_description(
    view: &View,
    name: &ChapterName,
    newest: Option<&Description>,
    request: ChapterDescription,
) -> Result<v1::Chapter, Problem> {
    let copy = |bytes: &[u8; 32]| Bytes::copy_from_slice(bytes);
    let about = request
        .about
        .or_else(|| newest.map(|said| said.about.clone()))
        .unwrap_or_default();
    look_through("about", &about)?;
    if about.chars().count() > ABOUT_CHARS_MAX {
        return Err(bad_request(&format!("about: at most {ABOUT_CHARS_MAX} characters")));
    }
    let stewards: Vec<OrganisationId> = match request.stewards {
        Some(named) => named
            .iter()
            .map(|text| organisation(text, view))
            .collect::<Result<_, _>>()?,
        None => newest.iter().flat_map(|said| said.stewards.iter().copied()).collect(),
    };
    let language = request.language.or_else(|| newest.map(|said| said.language.clone()));
    let rhythm = request.rhythm.or_else(|| newest.map(|said| said.rhythm.clone()));
    Ok(v1::Chapter {
        chapter: name.to_string(),
        stewards: stewards.iter().map(|id| copy(id.as_bytes())).collect(),
        language: language.unwrap_or_default(),
        rhythm: rhythm.unwrap_or_default(),
        about,
        previous: newest.map_or_else(Bytes::new, |said| copy(said.record.as_bytes())),
    })
}

fn described(view: &View, said: &Description) -> DescribedChapter {
    DescribedChapter {
        stewards: said.stewards.iter().map(|id| named(view, id)).collect(),
        language: said.language.clone(),
        rhythm: said.rhythm.clone(),
        about: said.about.clone(),
        by: named(view, &said.by),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Follow,
    Leave,
}

fn chapter_name(name: &str) -> Result<ChapterName, Problem> {
    name.parse()
        .map_err(|error: alliance_record::ChapterNameError| bad_request(&error.to_string()))
}

/// A chapter's name for people, in English.
pub(super) fn label(name: &ChapterName) -> String {
    let text = name.as_str();
    if let Some(region) = region::name(text) {
        return region.to_owned();
    }
    match text.split_once(':') {
        Some(("theme", word)) => format!("Theme: {}", word.replace('-', " ")),
        Some((_, code)) => code.to_uppercase(),
        None => "The alliance".to_owned(),
    }
}
