//! Documents to begin with: templates, and new versions of a record.

use alliance_api::RecordView;
use serde::Serialize;

use crate::context::Context;
use crate::document;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::plain;

/// A template, for programs.
#[derive(Serialize)]
struct Template<'a> {
    kind: &'a str,
    template: &'a str,
}

/// A new version, for programs.
#[derive(Serialize)]
struct Revision<'a> {
    supersedes: &'a [String],
    document: &'a str,
}

/// Prints the template of a kind, with the record that it is about put in.
pub(super) async fn template(context: &Context, kind: &str, about: Option<&str>) -> Result<Exit, Failure> {
    let mut template = document::template(kind)?;
    if let Some(id) = about {
        let asked = context.client()?.record(id).await;
        let record = asked.map_err(|error| context.refused(error))?;
        let Some(with_it) = document::about(&template, &record.summary.id) else {
            return Err(Failure::usage(
                "about_nothing",
                format!("A {kind} is about no other record"),
                "leave --about out",
            ));
        };
        template = with_it;
        context.output.note(&format!("about {}", named(&record)));
        if let [newer, ..] = &record.summary.replaced_by[..] {
            context
                .output
                .note(&format!("There is a newer version of it: {}", plain(newer)));
        }
    }
    let answer = Template {
        kind,
        template: &template,
    };
    context.output.answer(&answer, |_| template.clone())?;
    Ok(Exit::Done)
}

/// Prints a record as a document that takes its place, and that of the versions that were written beside it.
pub(super) async fn revision(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.record(id).await;
    let record = asked.map_err(|error| context.refused(error))?;
    let Some(markdown) = record.markdown.as_deref().filter(|_| record.has_body) else {
        return Err(Failure::usage(
            "no_text",
            format!("The text of {id} is not here, or is of a kind that nobody writes by hand"),
            format!("see why: alliance why {id}"),
        ));
    };
    let current = record.knowledge.versions.iter().filter(|version| version.current);
    let mut supersedes: Vec<String> = current.map(|version| version.record.id.clone()).collect();
    // An older version was asked for: its text goes on, in the place of what is newest.
    if supersedes.is_empty() {
        supersedes.push(record.summary.id.clone());
    }
    let text = document::revision(markdown, &record.summary.chapter, &supersedes);
    let answer = Revision {
        supersedes: &supersedes,
        document: &text,
    };
    context.output.answer(&answer, |_| text.clone())?;
    context.output.note(&format!("a new version of {}", named(&record)));
    if !supersedes.contains(&record.summary.id) {
        let note = "The text is that of an older version; it takes the place of the newest.";
        context.output.note(note);
    }
    if supersedes.len() > 1 {
        let others = supersedes.iter().filter(|other| **other != record.summary.id);
        for other in others {
            let note = format!("Bring over what the other version says: alliance show {}", plain(other));
            context.output.note(&note);
        }
    }
    Ok(Exit::Done)
}

fn named(record: &RecordView) -> String {
    let summary = &record.summary;
    format!(
        "{} {}: {}",
        plain(&summary.kind),
        plain(&summary.id),
        plain(&summary.title)
    )
}
