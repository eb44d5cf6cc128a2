//! `alliance show`: one record.

mod about;

use alliance_api::RecordView;
use clap::Args;

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::text::{plain, plain_lines};

/// Options of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The record's id, or as much of its beginning as is unique
    #[arg(value_name = "ID")]
    id: String,
    /// Only what others say of it: versions, notices, adoptions, responses, translations
    #[arg(long)]
    about: bool,
}

pub(super) async fn perform(context: &Context, args: &ShowArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.record(&args.id).await;
    let record = asked.map_err(|error| context.refused(error))?;
    context.output.note(&origin(&record));
    context
        .output
        .answer(&record, |screen| match (args.about, screen.columns) {
            (true, _) => about::render(&record).trim_start().to_owned(),
            // Elsewhere the answer is the document, and nothing else.
            (false, None) => render(&record, screen),
            (false, Some(_)) => render(&record, screen) + &about::render(&record),
        })?;
    standing(context, &record);
    if record.summary.disputed {
        context.output.note(&format!(
            "Disputed: it does not count. Why: alliance why {}",
            record.summary.id
        ));
    }
    if let Some(removed) = &record.summary.removed {
        context.output.note(&format!(
            "Removed by {} {}: its text is gone. Who confirms it: alliance removal {}",
            plain(&removed.by),
            &removed.id,
            record.summary.id
        ));
    } else if !record.has_body {
        context
            .output
            .note("The record's text is not held here: it has not arrived, or this node does not keep it.");
    }
    Ok(Exit::Done)
}

/// Where it stands: what a reader must know before the text is believed.
fn standing(context: &Context, record: &RecordView) {
    let (summary, known) = (&record.summary, &record.knowledge);
    let mut said = Vec::new();
    let of_it = known.notices.iter().filter(|notice| notice.on == summary.id);
    said.extend(of_it.map(|notice| format!("Notice: {}", about::headline(notice))));
    let newest = known.versions.iter().rev().find(|version| version.current);
    let newest = newest
        .map(|version| &version.record.id)
        .filter(|_| !summary.replaced_by.is_empty());
    if let Some(newer) = newest.or(summary.replaced_by.first()) {
        said.push(format!("There is a newer version: alliance show {}", plain(newer)));
    }
    if let [other, ..] = &summary.concurrent[..] {
        said.push(format!(
            "It was edited at two places at once, and both stand. The other: alliance show {}",
            plain(other)
        ));
    }
    if summary.stale {
        said.push("This translation is stale: its source has a newer version.".to_owned());
    }
    for line in said {
        context.output.note(&line);
    }
}

fn origin(record: &RecordView) -> String {
    let summary = &record.summary;
    let name = if summary.organisation_name.is_empty() {
        &summary.organisation
    } else {
        &summary.organisation_name
    };
    format!(
        "{} {} of {}, {} in {}, signed {}",
        plain(&summary.kind),
        summary.id,
        plain(name),
        if summary.lang.is_empty() {
            "no language".to_owned()
        } else {
            plain(&summary.lang)
        },
        plain(&summary.chapter),
        day_of(summary.claimed_at_ms)
    )
}

/// The Markdown as it is for a program; made harmless for a terminal.
fn render(record: &RecordView, screen: Screen) -> String {
    let text = match (&record.markdown, record.has_body) {
        (Some(markdown), _) => markdown.trim_end().to_owned() + "\n",
        (None, true) => serde_json::to_string_pretty(&record.body).unwrap_or_default() + "\n",
        (None, false) => String::new(),
    };
    match screen.columns {
        Some(_) => plain_lines(&text),
        None => text,
    }
}
