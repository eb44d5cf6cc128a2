//! `alliance list`: records, newest first.

use alliance_api::{ExportQuery, RecordPage, RecordQuery, RecordSummary};
use clap::Args;

use crate::calendar::{day_of, day_start_ms};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;

/// Characters of an id that a terminal shows: enough to be unique among millions.
const ID_CHARS: usize = 12;
/// What a program is told of each record.
const WHOLE: [&str; 7] = ["ID", "DAY", "KIND", "STATE", "CHAPTER", "ORGANISATION", "TITLE"];

/// Which records are meant. Every filter narrows.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only this kind: practice, lesson, adoption, measure, resource, …
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only this chapter
    #[arg(long, value_name = "CHAPTER")]
    chapter: Option<String>,
    /// Only this organisation: its key, the beginning of it, or its did:key
    #[arg(long, value_name = "KEY")]
    organisation: Option<String>,
    /// Only this language (en finds en-GB too)
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Only where this setting applies, a code of the list of settings
    #[arg(long, value_name = "CODE")]
    setting: Option<String>,
    /// Only records of this day or later (YYYY-MM-DD, UTC)
    #[arg(long, value_name = "DAY", value_parser = day_start_ms)]
    from: Option<i64>,
    /// Only records before this day (YYYY-MM-DD, UTC)
    #[arg(long, value_name = "DAY", value_parser = day_start_ms)]
    to: Option<i64>,
    /// Only what this holds for, words and conditions as `alliance search` takes them
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// Also versions that newer ones took the place of
    #[arg(long)]
    superseded: bool,
    /// Also what its organisation or stewards retracted
    #[arg(long)]
    retracted: bool,
}

/// Options of `list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filters: Filters,
    /// Read on from here: the number that the page before ended with
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
    /// Records of the page
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    limit: u32,
    /// Also the alliance's own records: admissions, certificates, pledges
    #[arg(long)]
    governance: bool,
    /// Also removed records, of which nothing is left but who signed them, and when, and those that this node put aside
    #[arg(long)]
    removed: bool,
}

impl Filters {
    pub(super) fn into_query(self) -> ExportQuery {
        ExportQuery {
            kind: self.kind,
            chapter: self.chapter,
            organisation: self.organisation,
            language: self.language,
            setting: self.setting,
            from_ms: self.from,
            to_ms: self.to,
            filter: self.filter,
            superseded: self.superseded.then_some(true),
            retracted: self.retracted.then_some(true),
            cells: None,
        }
    }
}

impl ListArgs {
    fn into_query(self) -> RecordQuery {
        RecordQuery {
            before: self.before,
            limit: Some(self.limit),
            governance: self.governance.then_some(true),
            removed: self.removed.then_some(true),
            ..self.filters.into_query().into_records()
        }
    }
}

pub(super) async fn perform(context: &Context, args: ListArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.records(&args.into_query()).await;
    let page = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&page, |screen| render(&page, screen))?;
    if page.records.is_empty() {
        context
            .output
            .note("No record fits. `alliance chapter list` shows what this node holds.");
    }
    if let Some(next) = page.next {
        context.output.note(&format!("There are more: add --before {next}"));
    }
    Ok(Exit::Done)
}

/// What a reader must know of a record before it is opened, in a word each.
pub(super) fn states(record: &RecordSummary) -> Vec<String> {
    let mut states: Vec<String> = Vec::new();
    let flags = [
        (record.disputed, "disputed"),
        (record.removed.is_some(), "removed"),
        (record.quarantined, "put aside"),
        (!record.replaced_by.is_empty(), "superseded"),
        (!record.concurrent.is_empty(), "edited twice"),
        (record.stale, "stale"),
    ];
    states.extend(flags.iter().filter(|(is, _)| *is).map(|(_, word)| (*word).to_owned()));
    for notice in &record.notices {
        let word = notice.notice_type.replace('_', " ");
        if !states.contains(&word) {
            states.push(word);
        }
    }
    states
}

fn render(page: &RecordPage, screen: Screen) -> String {
    let records: Vec<_> = page.records.iter().collect();
    table(
        &records,
        &["ID", "DAY", "KIND", "CHAPTER", "ORGANISATION", "TITLE"],
        screen,
    )
}

/// Records as a program reads them, or for people without a head above them.
pub(super) fn rows(records: &[&RecordSummary], screen: Screen) -> String {
    table(records, &[], screen)
}

fn table(records: &[&RecordSummary], head: &[&'static str], screen: Screen) -> String {
    if records.is_empty() {
        return String::new();
    }
    let whole = screen.columns.is_none();
    let mut table = Table::new(if whole { &WHOLE } else { head });
    for record in records {
        let name = if record.organisation_name.is_empty() {
            &record.organisation
        } else {
            &record.organisation_name
        };
        let short = |text: &str, columns| {
            if whole {
                text.to_owned()
            } else {
                crate::text::cut(text, columns)
            }
        };
        let states = states(record).join(", ");
        let mut cells = match whole {
            true => vec![
                record.id.clone(),
                day_of(record.claimed_at_ms),
                record.kind.clone(),
                states,
            ],
            false => vec![
                record.id.chars().take(ID_CHARS).collect(),
                day_of(record.claimed_at_ms),
                match states.is_empty() {
                    true => record.kind.clone(),
                    false => format!("{} ({states})", record.kind),
                },
            ],
        };
        cells.extend([record.chapter.clone(), short(name, 24), record.title.clone()]);
        table.push(cells);
    }
    table.render(screen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> RecordPage {
        let record = RecordSummary {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            kind: "practice".to_owned(),
            chapter: "iso:cz".to_owned(),
            organisation: "ff".repeat(32),
            organisation_name: "Centrum duševního zdraví Vysočina-jih".to_owned(),
            lang: "cs".to_owned(),
            title: "Klidový pokoj místo izolace".to_owned(),
            title_en: String::new(),
            settings: vec![],
            claimed_at_ms: 951_782_400_000,
            arrival: 1,
            disputed: false,
            removed: None,
            quarantined: false,
            replaced_by: vec![],
            concurrent: vec![],
            notices: vec![],
            retracted: false,
            stale: false,
        };
        RecordPage {
            records: vec![record],
            next: None,
        }
    }

    #[test]
    fn a_terminal_sees_short_ids_and_names() {
        let shown = render(&page(), Screen { columns: Some(100) });
        let expected = "\
ID            DAY         KIND      CHAPTER  ORGANISATION              TITLE
0123456789ab  2000-02-29  practice  iso:cz   Centrum duševního zdrav…  Klidový pokoj místo izolace
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_program_sees_everything_and_an_empty_page_nothing() {
        let shown = render(&page(), Screen { columns: None });
        assert!(
            shown.starts_with("ID\tDAY\tKIND\tSTATE\t")
                && shown.contains("\n0123456789abcdef0123456789abcdef\t2000-02-29\tpractice\t\tiso:cz\t"),
            "{shown}"
        );
        assert!(shown.contains("Vysočina-jih"), "{shown}");
        let empty = RecordPage {
            records: vec![],
            next: None,
        };
        assert_eq!(render(&empty, Screen { columns: Some(80) }), "");
    }
}
