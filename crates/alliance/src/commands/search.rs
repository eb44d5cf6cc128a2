//! `alliance search`: records by their words and by what they are.

use std::fmt::Write;

use alliance_api::{Facet, SearchHit, SearchOrder, SearchPage, SearchQuery, SnippetView};
use clap::Args;

use super::list;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Colour, Screen, colour_on_stdout};
use crate::text::{cut, plain};

/// Values of a facet that a terminal shows.
const VALUES_SHOWN: usize = 8;
/// Columns before a line that belongs to a record.
const INDENT: usize = 4;

/// Options of `search`.
#[derive(Debug, Args)]
#[command(
    after_help = "Words in any form, \"phrases\", beginnings*, OR, -without, and conditions:
  kind:practice  chapter:m49:150  country:gb  language:de  year:2024..2026  effect:worse
  organisation:\"Harbour Trust\" (a name, or how the id begins)
  and every code list by its name: setting:inpatient.* (`alliance codes` shows them).

  alliance search 'seclusion OR restraint kind:lesson effect:worse year:2025..'"
)]
pub(crate) struct SearchArgs {
    /// Words and conditions; without any, all records
    #[arg(value_name = "QUESTION", conflicts_with_all = ["like", "rebuild"])]
    question: Vec<String>,
    /// The newest first, instead of those that say most of what was asked
    #[arg(long)]
    newest: bool,
    /// Also count what was found by kind, chapter, country, language, year and code
    #[arg(long)]
    facets: bool,
    /// Read on from here: what the page before ended with
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
    /// Records of the page
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Also versions that newer ones took the place of
    #[arg(long)]
    superseded: bool,
    /// Also what its organisation or stewards retracted
    #[arg(long)]
    retracted: bool,
    /// Records that are like this one instead
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["newest", "facets", "after", "superseded", "retracted"])]
    like: Option<String>,
    /// Build the index anew instead; until it has caught up, less is found
    #[arg(long, conflicts_with_all = ["like", "newest", "facets", "after", "superseded", "retracted"])]
    rebuild: bool,
}

impl SearchArgs {
    fn into_query(self) -> SearchQuery {
        SearchQuery {
            q: self.question.join(" "),
            order: match self.newest {
                true => SearchOrder::Newest,
                false => SearchOrder::Relevance,
            },
            after: self.after,
            limit: Some(self.limit),
            facets: Some(self.facets),
            // Whoever has just shared something looks for it.
            fresh: Some(true),
            superseded: self.superseded.then_some(true),
            retracted: self.retracted.then_some(true),
        }
    }
}

pub(super) async fn perform(context: &Context, args: SearchArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    if args.rebuild {
        let begun = client.rebuild_search().await.map_err(|error| context.refused(error))?;
        context.output.answer(&begun, |_| String::new())?;
        context
            .output
            .note("The index is built anew. `alliance status` tells how far it is.");
        return Ok(Exit::Done);
    }
    let asked = match &args.like {
        Some(id) => client.similar(id).await,
        None => client.search(&args.into_query()).await,
    };
    let page = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&page, |screen| render(&page, screen))?;
    for line in notes(&page) {
        context.output.note(&line);
    }
    Ok(Exit::Done)
}

/// Words of the same meaning that are shown for one.
const MEANT_SHOWN: usize = 5;

/// What to know of an answer beside its records.
fn notes(page: &SearchPage) -> Vec<String> {
    let mut notes = Vec::new();
    for spelling in &page.spellings {
        let taken: Vec<String> = spelling.taken.iter().map(|word| plain(word)).collect();
        notes.push(format!(
            "No record says {}: looked for {}",
            plain(&spelling.typed),
            taken.join(", ")
        ));
    }
    for meant in &page.meant {
        let others: Vec<String> = meant.taken.iter().take(MEANT_SHOWN).map(|word| plain(word)).collect();
        let more = match meant.taken.len().saturating_sub(MEANT_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        notes.push(format!(
            "{} also finds what means the same: {}{more}",
            plain(&meant.typed),
            others.join(", ")
        ));
    }
    if page.loose {
        notes.push("Nothing is found as it was asked: the words were taken loosely.".to_owned());
    }
    notes.push(match page.found {
        0 => "Nothing is found. Fewer words find more, and words in quotation marks are taken as they stand; `alliance codes` shows the codes that conditions take.".to_owned(),
        1 => "1 record is found.".to_owned(),
        found => format!("{found} records are found."),
    });
    if page.left_out > 0 {
        notes.push(
            "Some of them were replaced or retracted and are not shown: add --superseded, --retracted.".to_owned(),
        );
    }
    if page.behind > 0 {
        notes.push(format!(
            "{} records that have arrived cannot be found yet.",
            page.behind
        ));
    }
    if let Some(next) = &page.next {
        notes.push(format!("There are more: add --after {}", plain(next)));
    }
    notes
}

fn render(page: &SearchPage, screen: Screen) -> String {
    let mut shown = String::new();
    let records: Vec<_> = page.hits.iter().map(|hit| &hit.record).collect();
    match screen.columns {
        None => shown.push_str(&list::rows(&records, screen)),
        Some(columns) => {
            for hit in &page.hits {
                shown.push_str(&list::rows(&[&hit.record], screen));
                shown.push_str(&said(hit, columns));
            }
        }
    }
    for facet in &page.facets {
        shown.push_str(&counted(facet, screen));
    }
    shown
}

/// Where the words stand.
fn said(hit: &SearchHit, columns: usize) -> String {
    let colour = colour_on_stdout();
    let beside_title = hit.snippets.iter().filter(|snippet| snippet.field != "title");
    let lines = beside_title.map(|snippet| {
        let text = marked(snippet, columns.saturating_sub(INDENT), colour);
        format!("{:INDENT$}{text}\n", "")
    });
    lines.collect()
}

/// A snippet on one line, cut to its width, with what was found in colour.
fn marked(snippet: &SnippetView, columns: usize, colour: Colour) -> String {
    let whole: String = snippet
        .text
        .chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .collect();
    let kept = cut(&plain(&whole), columns);
    let characters: Vec<char> = kept.chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    for [from, to] in &snippet.marks {
        let (from, to) = (*from as usize, (*to as usize).min(characters.len()));
        if from >= to || from < at {
            continue;
        }
        shown.extend(&characters[at..from]);
        shown.push_str(&colour.help(&characters[from..to].iter().collect::<String>()));
        at = to;
    }
    shown.extend(&characters[at..]);
    shown
}

fn counted(facet: &Facet, screen: Screen) -> String {
    let mut shown = String::new();
    let most = screen.columns.map_or(usize::MAX, |_| VALUES_SHOWN);
    for value in facet.values.iter().take(most) {
        let (field, name) = (plain(&facet.field), plain(&value.value));
        let label = match value.label.is_empty() {
            true => String::new(),
            false => format!("\t{}", plain(&value.label)),
        };
        // Writing to a string does not fail.
        let _ = writeln!(shown, "{}\t{field}:{name}{label}", value.records);
    }
    shown
}
