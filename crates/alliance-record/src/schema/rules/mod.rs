//! Rules that look at several fields together: one small function per kind. Rules of single fields are options.

mod measure;
mod translated;

use std::collections::BTreeSet;

use prost::Message;

use super::finding::Finding;
use super::kind::Kind;
use super::text::{is_doi, is_url};
use crate::proto::v1;

/// Stages that are computed from others' adoptions; no author may claim them.
const COMPUTED_STAGES: [&str; 2] = ["4", "5"];

/// Judges a body by the rules of its kind. Bytes that do not decode have been reported before.
pub(super) fn check(kind: Kind, body: &[u8], findings: &mut Vec<Finding>) {
    match kind {
        Kind::PRACTICE => with(body, practice, findings),
        Kind::LESSON => with(body, lesson, findings),
        Kind::ADOPTION => with(body, adoption, findings),
        Kind::MEASURE => with(body, measure::check, findings),
        Kind::RESOURCE => with(body, resource, findings),
        Kind::COLLECTION => with(body, collection, findings),
        Kind::RESPONSE => with(body, response, findings),
        Kind::TRANSLATION => with(body, translation, findings),
        Kind::MEETING => with(body, meeting, findings),
        Kind::NOTICE => with(body, notice, findings),
        _ => {}
    }
}

fn with<T: Message + Default>(body: &[u8], rule: fn(&T, &mut Vec<Finding>), findings: &mut Vec<Finding>) {
    if let Ok(message) = T::decode(body) {
        rule(&message, findings);
    }
}

fn practice(practice: &v1::Practice, findings: &mut Vec<Finding>) {
    common(practice.common.as_ref(), Summarised::Yes, findings);
    stage(&practice.evidence_stage, findings);
    in_order(&practice.started, &practice.ended, "ended", findings);
    if practice.status == "abandoned" {
        stopped("practice", &practice.ended, findings);
        if practice.why_stopped.is_empty() {
            let message = "The practice was abandoned, and \"why_stopped\" says not why.";
            let remedy = "Say what did not work: others can learn from it as much as from what did.";
            findings.push(Finding::warning("why_stopped_missing", "why_stopped", message, remedy));
        }
    }
    let ids = practice.core_components.iter().map(|component| component.id.as_str());
    twice("core_components", "id", ids, findings);
    for (index, citation) in practice.citations.iter().enumerate() {
        identifier(
            &citation.r#type,
            &citation.id,
            format!("citations[{index}].id"),
            findings,
        );
    }
}

fn lesson(lesson: &v1::Lesson, findings: &mut Vec<Finding>) {
    common(lesson.common.as_ref(), Summarised::Yes, findings);
    if matches!(lesson.valence.as_str(), "failing" | "near_miss") && lesson.will_change.is_empty() {
        let message = "Something failed or nearly did, and \"will_change\" says nothing.";
        let remedy = "Say what will change: an action, whose role, and by which month. \"Nothing yet, because …\" is an action too.";
        findings.push(Finding::error("change_missing", "will_change", message, remedy));
    }
    if let Some(period) = &lesson.period {
        in_order(&period.from, &period.to, "period.to", findings);
    }
    for (index, subject) in lesson.about.iter().enumerate() {
        if subject.record.is_empty() && subject.model.is_empty() {
            findings.push(names_nothing(format!("about[{index}]"), "a record or a model"));
        }
    }
}

fn adoption(adoption: &v1::Adoption, findings: &mut Vec<Finding>) {
    common(adoption.common.as_ref(), Summarised::Yes, findings);
    if adoption.would_recommend == "with_conditions" && adoption.conditions.is_empty() {
        let message = "You recommend it with conditions, and \"conditions\" says nothing.";
        findings.push(Finding::error(
            "conditions_missing",
            "conditions",
            message,
            "Say under which conditions.",
        ));
    }
    if adoption.status == "abandoned" {
        stopped("adoption", &adoption.ended, findings);
    }
    in_order(&adoption.since, &adoption.ended, "ended", findings);
    if let Some(fidelity) = &adoption.fidelity {
        let ids = fidelity.components.iter().map(|component| component.component.as_str());
        twice("fidelity.components", "component", ids, findings);
    }
    let staff = adoption
        .reach
        .as_ref()
        .and_then(|reach| reach.staff_trained.zip(reach.staff_total));
    if staff.is_some_and(|(trained, total)| trained > total) {
        findings.push(reversed(
            "reach.staff_trained",
            "More staff were trained than there are in all.",
        ));
    }
}

fn stopped(what: &str, ended: &str, findings: &mut Vec<Finding>) {
    if ended.is_empty() {
        let message = format!("The {what} was abandoned, and \"ended\" says not when.");
        let remedy = "Give the month, such as 2025-07.";
        findings.push(Finding::warning("end_missing", "ended", message, remedy));
    }
}

fn resource(resource: &v1::Resource, findings: &mut Vec<Finding>) {
    common(resource.common.as_ref(), Summarised::Yes, findings);
    stage(&resource.evidence_stage, findings);
    if resource.files.is_empty() && resource.url.is_empty() {
        let message = "The resource has neither files nor an address.";
        findings.push(Finding::error(
            "file_or_url_missing",
            "url",
            message,
            "Give its files, or its address as url.",
        ));
    }
    attached("files", &resource.files, findings);
    let size = resource.group_size.as_ref().and_then(|size| size.min.zip(size.max));
    if size.is_some_and(|(min, max)| min > max) {
        findings.push(reversed(
            "group_size.max",
            "The largest group is smaller than the smallest.",
        ));
    }
}

fn collection(collection: &v1::Collection, findings: &mut Vec<Finding>) {
    common(collection.common.as_ref(), Summarised::Yes, findings);
}

fn response(response: &v1::Response, findings: &mut Vec<Finding>) {
    common(response.common.as_ref(), Summarised::No, findings);
    if response.response_type != "endorsement" {
        return;
    }
    let needed = [
        ("basis", response.basis.is_empty()),
        ("conflict_of_interest", response.conflict_of_interest.is_empty()),
    ];
    for (field, _) in needed.into_iter().filter(|(_, empty)| *empty) {
        let message = format!("An endorsement needs \"{field}\".");
        let remedy = "Say what it rests on (basis), and your interests, or \"none\" (conflict_of_interest).";
        findings.push(Finding::error("endorsement_incomplete", field, message, remedy));
    }
}

fn translation(translation: &v1::Translation, findings: &mut Vec<Finding>) {
    // The title in English belongs to the source: a translation is asked for nothing more.
    common_of_any(translation.common.as_ref(), findings);
    twice(
        "fields",
        "field",
        translation.fields.iter().map(|field| field.field.as_str()),
        findings,
    );
    for (index, translated) in translation.fields.iter().enumerate() {
        findings.extend(translated::check(&translated.field, format!("fields[{index}].field")));
    }
}

fn meeting(meeting: &v1::Meeting, findings: &mut Vec<Finding>) {
    common(meeting.common.as_ref(), Summarised::No, findings);
    let scope = meeting.common.as_ref().map_or("", |common| common.scope.as_str());
    if meeting.join.contains("://") && !matches!(scope, "chapter" | "private") {
        let message = "A link to join must not go beyond the chapter, and this record does.";
        let remedy = "Set scope: chapter, or say in join where members find the link.";
        findings.push(Finding::error("join_link_scope", "join", message, remedy));
    }
}

fn notice(notice: &v1::Notice, findings: &mut Vec<Finding>) {
    common(notice.common.as_ref(), Summarised::No, findings);
    if notice.notice_type == "new_version" && notice.replaced_by.is_none() {
        let message = "A notice of a new version must name it.";
        findings.push(Finding::error(
            "replacement_missing",
            "replaced_by",
            message,
            "Give replaced_by: record: its id.",
        ));
    }
    if notice.notice_type != "removal" && notice.text.is_empty() {
        let message = "The notice gives a reason and does not say what was wrong, or what is added.";
        findings.push(Finding::warning(
            "notice_text_missing",
            "text",
            message,
            "Say what was wrong and what is right, or what is added.",
        ));
    }
}

/// Whether a kind has a summary, and so is asked for one in English.
#[derive(Clone, Copy, PartialEq)]
enum Summarised {
    Yes,
    No,
}

fn common(common: Option<&v1::Common>, summarised: Summarised, findings: &mut Vec<Finding>) {
    common_of_any(common, findings);
    let Some(common) = common else { return };
    let language = common.lang.split('-').next().unwrap_or_default();
    // What is no language has been reported as that.
    if !(2..=3).contains(&language.len()) || language.eq_ignore_ascii_case("en") {
        return;
    }
    let asked = [
        ("title_en", common.title_en.is_empty()),
        ("summary_en", common.summary_en.is_empty()),
    ];
    for (field, empty) in asked {
        if empty && (field == "title_en" || summarised == Summarised::Yes) {
            let message = format!("The text is not in English and \"{field}\" is empty.");
            findings.push(Finding::warning(
                "english_missing",
                field,
                message,
                "A line in English lets others find it.",
            ));
        }
    }
}

fn common_of_any(common: Option<&v1::Common>, findings: &mut Vec<Finding>) {
    let Some(common) = common else { return };
    for (index, author) in common.authors.iter().enumerate() {
        if !author.name.is_empty() && author.consent != Some(true) {
            let message = "A person is named without having agreed to it.";
            let remedy = "Ask, then set consent: true; or leave the name out and keep the role.";
            findings.push(Finding::error(
                "name_without_consent",
                format!("authors[{index}].name"),
                message,
                remedy,
            ));
        }
    }
    for (index, found) in common.identifiers.iter().enumerate() {
        identifier(&found.r#type, &found.id, format!("identifiers[{index}].id"), findings);
    }
    for (index, related) in common.related.iter().enumerate() {
        if related.record.is_empty() && related.doi.is_empty() && related.url.is_empty() {
            findings.push(names_nothing(format!("related[{index}]"), "a record, a doi or a url"));
        }
        if !related.doi.is_empty() {
            identifier("doi", &related.doi, format!("related[{index}].doi"), findings);
        }
    }
    attached("attachments", &common.attachments, findings);
}

fn stage(stage: &str, findings: &mut Vec<Finding>) {
    if COMPUTED_STAGES.contains(&stage) {
        let message = "Stages 4 and 5 are computed from what others report; an author may claim 0 to 3.";
        let remedy = "Write the stage you can show yourself.";
        findings.push(Finding::error(
            "evidence_stage_computed",
            "evidence_stage",
            message,
            remedy,
        ));
    }
}

fn identifier(kind: &str, id: &str, place: String, findings: &mut Vec<Finding>) {
    let remedy = match kind {
        "doi" if !is_doi(id) => "Write the DOI alone, such as 10.1186/s13063-017-2189-8.",
        "url" if !is_url(id) => "Write an address that begins with https:// or http://.",
        _ => return,
    };
    let message = format!("\"{}\" is not a {kind}.", super::finding::shown(id));
    findings.push(Finding::error("identifier_misformed", place, message, remedy));
}

fn attached(field: &str, files: &[v1::Attachment], findings: &mut Vec<Finding>) {
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.hash.is_empty()) {
        let message = format!(
            "\"{}\" is described but not attached: it has no hash.",
            super::finding::shown(&file.name)
        );
        let remedy = "Attach the file, and the hash is computed; or publish the description alone.";
        findings.push(Finding::warning(
            "file_not_attached",
            format!("{field}[{index}]"),
            message,
            remedy,
        ));
    }
}

fn twice<'a>(list: &str, name: &str, ids: impl Iterator<Item = &'a str>, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        if !seen.insert(id) {
            let message = format!("\"{}\" stands twice in \"{list}\".", super::finding::shown(id));
            let remedy = "Give each its own.";
            findings.push(Finding::error(
                "named_twice",
                format!("{list}[{index}].{name}"),
                message,
                remedy,
            ));
        }
    }
}

/// Months compare as text: the year stands first. One that is missing has been reported, where it is required.
fn in_order(from: &str, to: &str, place: &str, findings: &mut Vec<Finding>) {
    if !from.is_empty() && !to.is_empty() && from > to {
        findings.push(reversed(place, "The end comes before the beginning."));
    }
}

fn reversed(place: &str, message: &str) -> Finding {
    Finding::error("range_reversed", place, message, "Check which of the two is meant.")
}

fn names_nothing(place: String, what: &str) -> Finding {
    Finding::error(
        "related_to_nothing",
        place,
        format!("This entry names nothing: it needs {what}."),
        format!("Give {what}."),
    )
}
