//! What schema.org has for each kind.

use alliance_record::schema::Kind;
use serde_json::{Value as Json, json};

use super::codes::term;
use super::graph::{Node, organisation, reference, spoken};
use crate::exporter::Entry;
use crate::reading::text_of;
use crate::subject::{Subject, address};

/// The types of a record's node; the module says why.
pub(super) fn types(entry: &Entry<'_>) -> Vec<&'static str> {
    let reading = entry.reading;
    match entry.record.kind {
        Kind::PRACTICE => vec!["HowTo", "Article"],
        Kind::LESSON | Kind::ADOPTION => vec!["Report"],
        Kind::MEASURE => vec!["Dataset"],
        Kind::RESOURCE => match reading.text("resource_type") {
            "video" => vec!["LearningResource", "VideoObject"],
            "audio" => vec!["LearningResource", "AudioObject"],
            "dataset" => vec!["LearningResource", "Dataset"],
            _ => vec!["LearningResource"],
        },
        Kind::COLLECTION => vec!["Collection", "ItemList"],
        Kind::RESPONSE => match reading.text("response_type") {
            "question" => vec!["Question"],
            "answer" => vec!["Answer"],
            _ => vec!["Comment"],
        },
        Kind::TRANSLATION => vec!["Article"],
        Kind::MEETING => vec!["DigitalDocument"],
        Kind::NOTICE if reading.text("notice_type") == "correction" => vec!["CorrectionComment"],
        Kind::NOTICE => vec!["Comment"],
        _ => vec!["CreativeWork"],
    }
}

/// What a kind has of its own.
pub(super) fn describe(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    match entry.record.kind {
        Kind::PRACTICE => practice(entry, subject, node),
        Kind::LESSON => lesson(entry, subject, node),
        Kind::ADOPTION => adoption(entry, subject, node),
        Kind::MEASURE => measure(entry, node),
        Kind::RESOURCE => resource(entry, node),
        Kind::COLLECTION => collection(entry, subject, node),
        Kind::RESPONSE => answer(entry, subject, node, "about"),
        Kind::NOTICE => answer(entry, subject, node, "target"),
        Kind::TRANSLATION => node.add("translationOfWork", record(entry.reading.within("of", "record"))),
        Kind::MEETING => meeting(entry, subject, node),
        _ => {}
    }
}

/// A record named in a field; nothing where none is.
fn record(id: &str) -> Json {
    if id.is_empty() { Json::Null } else { reference(id) }
}

fn prose(entry: &Entry<'_>, subject: &Subject, field: &str) -> Json {
    spoken(entry.reading.text(field), None, subject.lang.as_deref())
}

fn practice(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    node.add("step", prose(entry, subject, "what_procedures"));
    node.add("supply", prose(entry, subject, "what_materials"));
    node.add("backstory", prose(entry, subject, "problem"));
    node.add("articleBody", prose(entry, subject, "results"));
}

fn lesson(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    node.add("articleBody", prose(entry, subject, "learned"));
    node.add("backstory", prose(entry, subject, "happened"));
    let period = ["from", "to"].map(|end| entry.reading.within("period", end));
    node.add("temporalCoverage", span(period[0], period[1]));
    let about = entry
        .reading
        .items("about")
        .map(|about| record(text_of(about, "record")));
    let about: Vec<Json> = about.filter(|about| !about.is_null()).collect();
    node.add("mentions", Json::Array(about));
}

fn adoption(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    let reading = entry.reading;
    let mut action = Node::default();
    action.add("@type", json!("UseAction"));
    action.add("agent", organisation(entry, subject));
    action.add("object", record(reading.within("of", "record")));
    action.add("startTime", json!(reading.text("since")));
    action.add("endTime", json!(reading.text("ended")));
    action.add("result", term("effect", reading.text("effect")));
    action.add(
        "alliance:adoptionStatus",
        term("adoption_status", reading.text("status")),
    );
    node.add("mainEntity", action.into_json());
}

fn measure(entry: &Entry<'_>, node: &mut Node) {
    let reading = entry.reading;
    let variable = json!({
        "@type": "PropertyValue",
        "propertyID": reading.text("measure"),
        "name": term("measure_definition", reading.text("measure")).get("name"),
    });
    if !reading.text("measure").is_empty() {
        node.add("variableMeasured", variable);
    }
    node.add("measurementTechnique", json!(reading.text("counting_rule")));
    let months = |end: &'static str| reading.items("points").map(move |point| text_of(point, end));
    let (from, to) = (months("from").min(), months("to").max());
    node.add(
        "temporalCoverage",
        span(from.unwrap_or_default(), to.unwrap_or_default()),
    );
}

/// An interval of ISO 8601.
fn span(from: &str, to: &str) -> Json {
    match (from, to) {
        ("", "") => Json::Null,
        (from, "") => json!(format!("{from}/..")),
        (from, to) => json!(format!("{from}/{to}")),
    }
}

fn resource(entry: &Entry<'_>, node: &mut Node) {
    let reading = entry.reading;
    node.add(
        "learningResourceType",
        term("resource_type", reading.text("resource_type")),
    );
    let outcomes: Vec<&str> = reading.texts("learning_outcomes").collect();
    node.add("teaches", json!(outcomes));
    if let Some(minutes) = reading.fields.get("duration_minutes") {
        node.add("timeRequired", json!(format!("PT{minutes}M")));
    }
    let audience = reading
        .texts("audience")
        .map(|code| json!({"@type": "Audience", "audienceType": code}));
    node.add("audience", audience.collect());
    node.add("copyrightNotice", json!(reading.text("third_party_rights")));
    let place = address(reading.text("url"));
    node.add("mainEntityOfPage", json!(place.map(|place| json!({"@id": place}))));
}

fn collection(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    let entries = entry.reading.items("entries");
    let items = entries.zip(1..).map(|(item, position)| {
        let mut found = Node::default();
        found.add("@type", json!("ListItem"));
        found.add("position", json!(position));
        found.add("name", spoken(text_of(item, "heading"), None, subject.lang.as_deref()));
        found.add(
            "description",
            spoken(text_of(item, "note"), None, subject.lang.as_deref()),
        );
        found.add("item", record(text_of(item, "record")));
        found.into_json()
    });
    node.add("itemListElement", items.collect());
}

fn answer(entry: &Entry<'_>, subject: &Subject, node: &mut Node, target: &str) {
    let english = Some(entry.reading.text("text_en")).filter(|text| !text.is_empty());
    node.add(
        "text",
        spoken(entry.reading.text("text"), english, subject.lang.as_deref()),
    );
    let about = record(entry.reading.within(target, "record"));
    // Of comments schema.org has what they answer; a question is about something and answers nothing.
    let name = if entry.reading.text("response_type") == "question" {
        "mentions"
    } else {
        "parentItem"
    };
    node.add(name, about);
}

fn meeting(entry: &Entry<'_>, subject: &Subject, node: &mut Node) {
    let reading = entry.reading;
    let mut event = Node::default();
    event.add("@type", json!("Event"));
    event.add("name", prose(entry, subject, "title"));
    event.add("startDate", json!(reading.text("starts")));
    if let Some(minutes) = reading.fields.get("duration_minutes") {
        event.add("duration", json!(format!("PT{minutes}M")));
    }
    event.add(
        "eventAttendanceMode",
        json!({"@id": "https://schema.org/OnlineEventAttendanceMode"}),
    );
    event.add("organizer", organisation(entry, subject));
    node.add("mainEntity", event.into_json());
    node.add("text", prose(entry, subject, "minutes"));
}
