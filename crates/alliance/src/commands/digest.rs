//! `alliance digest`: what is new, what is due and what waits for an answer.

use std::fmt::Write;

use alliance_api::{DigestQuery, DigestView, DueView, RecordLink};
use clap::Args;

use super::list::states;
use crate::calendar::{day_of, day_start_ms};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::{plain, plain_lines};

/// Characters of an id that people are shown.
const ID_CHARS: usize = 12;
/// Lines of a question that are shown.
const LINES_MAX: usize = 3;

/// Options of `digest`.
#[derive(Debug, Args)]
pub(crate) struct DigestArgs {
    /// The chapter [default: all that this node holds]
    #[arg(long, value_name = "CHAPTER")]
    chapter: Option<String>,
    /// What is new since this day (YYYY-MM-DD, UTC) [default: since the chapter's last meeting, or 30 days ago]
    #[arg(long, value_name = "DAY", value_parser = day_start_ms)]
    since: Option<i64>,
    /// What is due by this month or day (YYYY-MM or YYYY-MM-DD) [default: in 30 days]
    #[arg(long, value_name = "WHEN")]
    due_by: Option<String>,
}

pub(super) async fn perform(context: &Context, args: DigestArgs) -> Result<Exit, Failure> {
    let query = DigestQuery {
        chapter: args.chapter,
        since_ms: args.since,
        due_by: args.due_by,
    };
    let asked = context.client()?.digest(&query).await;
    let digest = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&digest, |_| render(&digest))?;
    Ok(Exit::Done)
}

fn id(link: &RecordLink) -> String {
    plain(&link.id).chars().take(ID_CHARS).collect()
}

fn whose(link: &RecordLink) -> String {
    match link.organisation.name.is_empty() {
        true => plain(&link.organisation.id).chars().take(ID_CHARS).collect(),
        false => plain(&link.organisation.name),
    }
}

fn render(digest: &DigestView) -> String {
    let place = digest.chapter.as_deref().unwrap_or("all chapters");
    let since = match &digest.since_meeting {
        Some(meeting) => format!("the meeting of {} ({})", day_of(digest.since_ms), id(meeting)),
        None => day_of(digest.since_ms),
    };
    let mut out = format!("Digest of {}, since {since}\n", plain(place));
    if let Some(meeting) = &digest.next_meeting {
        let (starts, zone) = (plain(&meeting.starts), plain(&meeting.zone));
        let _ = writeln!(out, "Next meeting: {starts} ({zone}): {}", plain(&meeting.record.title));
    }
    new(&mut out, digest);
    notices(&mut out, digest);
    due(&mut out, digest);
    unanswered(&mut out, digest);
    if digest.more {
        out.push_str("\nThere is more than is shown: ask for one chapter, or a later day.\n");
    }
    out
}

fn new(out: &mut String, digest: &DigestView) {
    let _ = writeln!(out, "\nNew: {}", digest.new.len());
    for record in &digest.new {
        let short: String = plain(&record.id).chars().take(ID_CHARS).collect();
        let organisation = match record.organisation_name.is_empty() {
            true => &record.organisation,
            false => &record.organisation_name,
        };
        let states = match &states(record)[..] {
            [] => String::new(),
            states => format!(" ({})", plain(&states.join(", "))),
        };
        let title = match (record.title.is_empty(), record.title_en.is_empty()) {
            (_, false) if record.title != record.title_en && !record.title.is_empty() => {
                format!("{} / {}", plain(&record.title), plain(&record.title_en))
            }
            (true, false) => plain(&record.title_en),
            _ => plain(&record.title),
        };
        let (day, kind) = (day_of(record.claimed_at_ms), plain(&record.kind));
        let _ = writeln!(
            out,
            "  {short} {day} {kind}{states} of {}: {title}",
            plain(organisation)
        );
    }
}

fn notices(out: &mut String, digest: &DigestView) {
    if digest.notices.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNotices: {}", digest.notices.len());
    for notice in &digest.notices {
        let about = match &notice.about {
            Some(about) => format!("{} {}", id(about), plain(&about.title)),
            None => plain(&notice.notice.on).chars().take(ID_CHARS).collect(),
        };
        let what = plain(&notice.notice.notice_type).replace('_', " ");
        let effect = match notice.notice.member {
            Some(_) => ", another member: it has no effect",
            None => "",
        };
        let _ = writeln!(out, "  {what} by {}{effect}, on {about}", whose(&notice.record));
    }
}

fn due(out: &mut String, digest: &DigestView) {
    let _ = writeln!(out, "\nDue by {}: {}", plain(&digest.due_by), digest.due.len());
    for due in &digest.due {
        let overdue = if due.overdue { " OVERDUE" } else { "" };
        let _ = writeln!(out, "  {}{overdue} {}", plain(&due.by), task(due));
    }
}

fn task(due: &DueView) -> String {
    let of = format!(
        "{} of {}: {}",
        id(&due.record),
        whose(&due.record),
        plain(&due.record.title)
    );
    match due.what.as_str() {
        "review" => format!("review of the {} {of}", plain(&due.record.kind)),
        _ => format!("{} ({}), from {of}", plain(&due.text), plain(&due.whose)),
    }
}

fn unanswered(out: &mut String, digest: &DigestView) {
    let _ = writeln!(out, "\nUnanswered: {}", digest.unanswered.len());
    for question in &digest.unanswered {
        let about = match &question.about {
            Some(about) => format!("{} {}", id(about), plain(&about.title)),
            None => "a record that is not held here".to_owned(),
        };
        let what = plain(&question.response_type).replace('_', " ");
        let _ = writeln!(
            out,
            "  {} {what} of {}, on {about}",
            id(&question.record),
            whose(&question.record)
        );
        for text in [&question.text, &question.text_en] {
            for line in plain_lines(text)
                .lines()
                .filter(|line| !line.is_empty())
                .take(LINES_MAX)
            {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
}
