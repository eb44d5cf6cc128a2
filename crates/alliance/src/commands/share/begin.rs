//! Documents to begin with: templates, and new versions of a record.

use alliance_api::RecordView;
use serde::Serialize;

use crate::context::Context;
use crate::document;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::{plain, plain_lines};

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
        let Some(with_it) = document::about(&template, &record.summary) else {
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
    let mut record = asked.map_err(|error| context.refused(error))?;
    if record.knowledge.more_versions {
        return Err(Failure::usage(
            "too_many_versions",
            format!("There are more versions of {id} than are looked at, so which are the newest is not known"),
            "name them yourself under supersedes; `alliance list --superseded` lists all",
        ));
    }
    let current = record.knowledge.versions.iter().filter(|version| version.current);
    let supersedes: Vec<String> = current.map(|version| version.record.id.clone()).collect();
    // What an older version says was changed since: a new one begins with the newest.
    if let Some(newest) = supersedes.last().filter(|_| !supersedes.contains(&record.summary.id)) {
        let asked = context.client()?.record(newest).await;
        record = asked.map_err(|error| context.refused(error))?;
        context.output.note("There is a newer version: this is its text.");
    }
    let Some(markdown) = record.markdown.as_deref().filter(|_| record.has_body) else {
        return Err(Failure::usage(
            "no_text",
            format!(
                "The text of {} is not here, or is of a kind that nobody writes by hand",
                record.summary.id
            ),
            format!("see why: alliance why {}", record.summary.id),
        ));
    };
    let text = document::revision(markdown, &record.summary.chapter, &supersedes);
    let answer = Revision {
        supersedes: &supersedes,
        document: &text,
    };
    context.output.answer(&answer, |screen| match screen.columns {
        Some(_) => plain_lines(&text),
        None => text.clone(),
    })?;
    context.output.note(&format!("a new version of {}", named(&record)));
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
