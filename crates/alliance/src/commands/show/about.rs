//! What others say of a record, for people: versions, notices, adoptions, responses, translations, and what a collection holds.

use std::fmt::Write;

use alliance_api::{AdoptionFacts, KnowledgeView, NoticeView, RecordLink, RecordView, ResponseView};

use crate::calendar::day_of;
use crate::text::{plain, plain_lines};

/// Characters of an id that people are shown: enough to be unique among millions.
const ID_CHARS: usize = 12;

/// All of it, in sections; empty when nobody says anything.
pub(super) fn render(record: &RecordView) -> String {
    let known = &record.knowledge;
    let mut out = String::new();
    notices(&mut out, known);
    versions(&mut out, known, &record.summary.id);
    entries(&mut out, known);
    if let Some(facts) = &known.adoptions {
        adoptions(&mut out, facts);
    }
    if !known.responses.is_empty() {
        out.push_str("\nResponses\n");
        for response in &known.responses {
            self::response(&mut out, response, 1);
        }
    }
    translations(&mut out, known);
    if !known.connections.is_empty() {
        out.push_str("\nNamed by\n");
        for connection in &known.connections {
            let role = plain(&connection.role).replace('_', " ");
            let _ = writeln!(out, "  {role}: {}", named(&connection.record));
        }
    }
    if known.more {
        out.push_str("\nThere is more than is told here; of one organisation only so much is.\n");
    }
    out
}

fn id(id: &str) -> String {
    plain(id).chars().take(ID_CHARS).collect()
}

fn name(link: &RecordLink) -> String {
    match link.organisation.name.is_empty() {
        true => id(&link.organisation.id),
        false => plain(&link.organisation.name),
    }
}

fn named(link: &RecordLink) -> String {
    let title = match link.title.is_empty() {
        true => "(no title is shown)".to_owned(),
        false => plain(&link.title),
    };
    format!("{} {} of {}, {title}", id(&link.id), plain(&link.kind), name(link))
}

/// A code in words.
pub(super) fn words(code: &str) -> String {
    plain(code).replace('_', " ")
}

fn notices(out: &mut String, known: &KnowledgeView) {
    if known.notices.is_empty() && known.said_by_others.is_empty() {
        return;
    }
    out.push_str("\nNotices\n");
    for notice in known.notices.iter().chain(&known.said_by_others) {
        let _ = writeln!(out, "  {}", headline(notice));
        indented(out, &notice.text, 2);
    }
}

/// What a notice says, in a line.
pub(super) fn headline(notice: &NoticeView) -> String {
    let by = match (&notice.member, notice.by.as_str()) {
        (Some(member), _) => format!("{}, another member", plain(&member.name)),
        (None, "author") => "its organisation".to_owned(),
        (None, by) => plain(by),
    };
    let day = notice
        .claimed_at_ms
        .map(|ms| format!(", {}", day_of(ms)))
        .unwrap_or_default();
    let replaced = notice.replaced_by.as_ref();
    let replaced = replaced.map(|newer| format!("; see {}", id(newer))).unwrap_or_default();
    format!(
        "{} by {by} ({}{day}), on {}{replaced}",
        words(&notice.notice_type),
        words(&notice.reason),
        id(&notice.on)
    )
}

fn versions(out: &mut String, known: &KnowledgeView, own: &str) {
    if known.versions.len() < 2 && !known.more_versions {
        return;
    }
    out.push_str("\nVersions\n");
    for version in &known.versions {
        let number = version
            .version
            .map_or_else(|| "a later one".to_owned(), |number| number.to_string());
        let mut said = Vec::new();
        if version.current {
            said.push("current");
        }
        if version.removed {
            said.push("removed");
        }
        if version.record.id == own {
            said.push("shown here");
        }
        let said = match said.is_empty() {
            true => String::new(),
            false => format!(" ({})", said.join(", ")),
        };
        let day = day_of(version.record.claimed_at_ms);
        let _ = writeln!(out, "  {number}: {} of {day}{said}", id(&version.record.id));
    }
    if known.more_versions {
        out.push_str("  There are more.\n");
    }
    if known.versions.iter().filter(|version| version.current).count() > 1 {
        out.push_str(
            "  It was edited at two places at once, and both stand. `alliance share --revise ID` begins one that takes the place of both.\n",
        );
    }
}

fn entries(out: &mut String, known: &KnowledgeView) {
    if known.entries.is_empty() {
        return;
    }
    out.push_str("\nHolds\n");
    for (number, entry) in (1..).zip(&known.entries) {
        let what = match &entry.held {
            None => "not held here".to_owned(),
            Some(held) => {
                let states = super::super::list::states(held);
                let states = match states.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", plain(&states.join(", "))),
                };
                format!("{}, {}{states}", plain(&held.kind), plain(&held.title))
            }
        };
        let _ = writeln!(out, "  {number}. {} {what}", id(&entry.record));
        indented(out, &entry.heading, 2);
        indented(out, &entry.note, 2);
    }
}

fn adoptions(out: &mut String, facts: &AdoptionFacts) {
    if facts.adoptions.is_empty() {
        return;
    }
    out.push_str("\nTaken up by others (counted from their adoptions)\n");
    let _ = writeln!(
        out,
        "  Organisations that took it up: {} ({}). In use at {}, tried and stopped at {}, considered at {}",
        facts.adopters,
        match facts.countries.is_empty() {
            true => "no country is known".to_owned(),
            false => plain(&facts.countries.join(", ")),
        },
        facts.in_use,
        facts.tried_and_stopped,
        facts.considering
    );
    let _ = writeln!(
        out,
        "  Independent ones that report an effect: {}. Improved at {}, worse at {}",
        facts.reporting, facts.improved, facts.worse
    );
    if let Some(stage) = &facts.stage {
        let _ = writeln!(out, "  Stage of evidence by adoptions: {}", plain(stage));
    }
    for rule in &facts.stage_rules {
        let _ = writeln!(out, "    {}", plain(rule));
    }
    for adoption in &facts.adoptions {
        let _ = writeln!(
            out,
            "  {} {} ({}): {}, {}{}{}",
            id(&adoption.record.id),
            name(&adoption.record),
            plain(&adoption.country),
            words(&adoption.status),
            words(&adoption.effect),
            if adoption.has_measure { ", measured" } else { "" },
            match adoption.independence.as_str() {
                "independent" => "",
                "its_own" => ", its own",
                _ => ", with its makers",
            }
        );
    }
    if facts.more {
        out.push_str("  There are more.\n");
    }
}

fn response(out: &mut String, response: &ResponseView, level: usize) {
    let indent = "  ".repeat(level);
    let open = if response.open { ", unanswered" } else { "" };
    let _ = writeln!(
        out,
        "{indent}{} {} of {}{open}",
        id(&response.record.id),
        words(&response.response_type),
        name(&response.record)
    );
    indented(out, &response.text, level + 1);
    indented(out, &response.text_en, level + 1);
    for reply in &response.responses {
        self::response(out, reply, level + 1);
    }
}

fn translations(out: &mut String, known: &KnowledgeView) {
    if known.translations.is_empty() {
        return;
    }
    out.push_str("\nTranslations\n");
    for translation in &known.translations {
        let stale = match translation.stale {
            true => format!(", STALE: of {}, which has a newer version", id(&translation.of)),
            false => String::new(),
        };
        let _ = writeln!(
            out,
            "  {}: {} by {} ({}{stale})",
            plain(&translation.record.lang),
            id(&translation.record.id),
            name(&translation.record),
            words(&translation.how)
        );
    }
}

fn indented(out: &mut String, text: &str, level: usize) {
    for line in plain_lines(text).lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(out, "{}{line}", "  ".repeat(level));
    }
}
