//! What is known of a record from others: versions, notices, adoptions, responses, translations.

use serde::{Deserialize, Serialize};

use crate::{Named, RecordSummary};

/// A record that another view names, by the few words that people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordLink {
    /// Its id in hexadecimal.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Who said it.
    pub organisation: Named,
    /// Its title; empty when its text is not shown.
    pub title: String,
    /// BCP 47, or empty.
    pub lang: String,
    /// What the author's clock said, milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
}

/// All that is known of a record from others. Every list may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KnowledgeView {
    /// All versions, earlier ones first; at least this one.
    pub versions: Vec<VersionView>,
    /// Whether there are more versions than were looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_versions: bool,
    /// What its organisation and stewards say of this version or of another.
    pub notices: Vec<NoticeView>,
    /// What other members say of any version. It has no effect.
    pub said_by_others: Vec<NoticeView>,
    /// What others report who took it up; `None` for a kind that nobody takes up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adoptions: Option<AdoptionFacts>,
    /// Responses to any version.
    pub responses: Vec<ResponseView>,
    /// Translations of any version.
    pub translations: Vec<TranslationView>,
    /// Of a translation: whether its source has moved on. `None` when the source is not held here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<bool>,
    /// Of a collection: what it holds, in its order.
    pub entries: Vec<EntryView>,
    /// Other records that name it.
    pub connections: Vec<ConnectionView>,
    /// Whether there is more of anything than is told here: of one organisation only so much is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VersionView {
    /// The record.
    #[serde(flatten)]
    pub record: RecordLink,
    /// 1 for the first; `None` when an earlier one is not held here.
    pub version: Option<u32>,
    /// Whether nothing takes its place. Two that are current were edited at once: a version that supersedes both joins them.
    pub current: bool,
    /// Whether its text is erased.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// Something said of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeView {
    /// The notice, a record, or the act: id in hexadecimal.
    pub id: String,
    /// The record that it is said of.
    pub on: String,
    /// Code of `notice_type`.
    pub notice_type: String,
    /// Code of `notice_reason`.
    pub reason: String,
    /// `author`, `stewards` or `member`.
    pub by: String,
    /// Which member, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Named>,
    /// In words; may be empty.
    pub text: String,
    /// The record that stands in its place, if one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Whether it changes the conclusions: a code, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub affects_conclusions: String,
    /// What its author's clock said, milliseconds since 1970 UTC; `None` of an act.
    pub claimed_at_ms: Option<i64>,
}

/// A notice in a list of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeMark {
    /// The notice or the act: id in hexadecimal.
    pub id: String,
    /// Code of `notice_type`.
    pub notice_type: String,
    /// `author` or `stewards`.
    pub by: String,
}

/// What adoptions come to. Counted here from signed records: nobody types it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdoptionFacts {
    /// Other organisations that took it up, those that stopped included.
    pub adopters: u32,
    /// Those that do it now.
    pub in_use: u32,
    /// Those that tried it and stopped.
    pub tried_and_stopped: u32,
    /// Those that consider or plan it.
    pub considering: u32,
    /// Their countries: ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// Independent adopters that report an effect…
    pub reporting: u32,
    /// …of which so many report that it improved, and nothing else.
    pub improved: u32,
    /// …and so many that something became worse.
    pub worse: u32,
    /// Code of `evidence_stage` that adoptions give: 4 or 5.
    pub stage: Option<String>,
    /// The rules of stages 4 and 5, as they are applied.
    pub stage_rules: Vec<String>,
    /// The adoptions.
    pub adoptions: Vec<AdoptionView>,
    /// Whether there are more, which were not looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// An adoption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdoptionView {
    /// The record.
    #[serde(flatten)]
    pub record: RecordLink,
    /// The version that was adopted.
    pub of: String,
    /// Code of `adoption_status`.
    pub status: String,
    /// Code of `effect`.
    pub effect: String,
    /// Code of `recommendation`.
    pub would_recommend: String,
    /// From which month, or empty.
    pub since: String,
    /// Until which month, or empty.
    pub ended: String,
    /// ISO 3166-1 alpha-2, or empty.
    pub country: String,
    /// `independent`, `with_its_makers` or `its_own`.
    pub independence: String,
    /// Whether it links to a measure of its own.
    pub has_measure: bool,
    /// Whether it lasted twelve months or more.
    pub has_lasted: bool,
    /// Core components: id, and code of `component_met`.
    pub fidelity: Vec<ComponentView>,
}

/// How a core component was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ComponentView {
    /// Its id in the practice.
    pub component: String,
    /// Code of `component_met`.
    pub met: String,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResponseView {
    /// The record.
    #[serde(flatten)]
    pub record: RecordLink,
    /// The record that it responds to.
    pub about: String,
    /// Code of `response_type`.
    pub response_type: String,
    /// What it says.
    pub text: String,
    /// The same in English, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text_en: String,
    /// Of an endorsement: codes of `endorser_basis`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Of an endorsement: interests.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub conflict_of_interest: String,
    /// Whether it asks for something that nobody has answered.
    pub open: bool,
    /// Responses to it.
    #[schema(no_recursion)]
    pub responses: Vec<ResponseView>,
}

/// A translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TranslationView {
    /// The record; its language is the one translated into.
    #[serde(flatten)]
    pub record: RecordLink,
    /// The version that is translated.
    pub of: String,
    /// Code of `translation_method`.
    pub how: String,
    /// Whether its source has moved on.
    pub stale: bool,
}

/// An entry of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntryView {
    /// The record's id in hexadecimal.
    pub record: String,
    /// Above it, or empty.
    pub heading: String,
    /// Beside it, or empty.
    pub note: String,
    /// What a list shows of it; `None` when it is not held here.
    pub held: Option<RecordSummary>,
}

/// A record that names another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ConnectionView {
    /// In which way: `about`, `uses`, `contains`, …
    pub role: String,
    /// The record.
    #[serde(flatten)]
    pub record: RecordLink,
}

/// What a digest is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DigestQuery {
    /// The chapter; all that this node holds when absent.
    pub chapter: Option<String>,
    /// What is new since this moment, milliseconds since 1970 UTC. When absent: since the chapter's last meeting, or, where
    /// there was none, since 30 days ago.
    pub since_ms: Option<i64>,
    /// What is due by this month or day, `YYYY-MM` or `YYYY-MM-DD`. When absent: within 30 days.
    pub due_by: Option<String>,
}

/// What happened, what is due and what waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DigestView {
    /// The chapter, or `None` for all.
    pub chapter: Option<String>,
    /// New since this moment, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// The meeting that this is the start of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_meeting: Option<RecordLink>,
    /// Due by this month or day.
    pub due_by: String,
    /// Records that are new and current, newest first. Responses and notices stand apart.
    pub new: Vec<RecordSummary>,
    /// New notices of its organisation or of stewards, with the record that they are about.
    pub notices: Vec<DigestNotice>,
    /// What is due, earliest first.
    pub due: Vec<DueView>,
    /// Questions and requests that nobody has answered, oldest first.
    pub unanswered: Vec<UnansweredView>,
    /// The next meeting that is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_meeting: Option<MeetingView>,
    /// Whether there is more of anything than is shown.
    pub more: bool,
}

/// A notice in a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DigestNotice {
    /// The notice.
    #[serde(flatten)]
    pub record: RecordLink,
    /// What it says, and of which record.
    pub notice: NoticeView,
    /// The record that it is about; `None` when it is not held here.
    pub about: Option<RecordLink>,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DueView {
    /// The record that says so.
    #[serde(flatten)]
    pub record: RecordLink,
    /// `review`, `change` or `action`.
    pub what: String,
    /// By when: `YYYY-MM` or `YYYY-MM-DD`.
    pub by: String,
    /// Whether that is over.
    pub overdue: bool,
    /// What is to be done; empty for a review.
    pub text: String,
    /// Whose it is: a role or an organisation, as written.
    pub whose: String,
}

/// A question that nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnansweredView {
    /// The response that asks.
    #[serde(flatten)]
    pub record: RecordLink,
    /// Code of `response_type`.
    pub response_type: String,
    /// What it asks, in its language.
    pub text: String,
    /// The same in English, or empty.
    pub text_en: String,
    /// The record that it asks about; `None` when it is not held here.
    pub about: Option<RecordLink>,
}

/// A meeting that is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeetingView {
    /// The record.
    #[serde(flatten)]
    pub record: RecordLink,
    /// When it starts, in UTC: `2025-09-09T13:00:00Z`.
    pub starts: String,
    /// IANA time zone of its place.
    pub zone: String,
}
