//! `alliance chapter`: list, show, follow, leave.

use alliance_api::{ChapterDescription, ChapterEvent, ChapterState, ChapterView, ChapterWord, Depth, DescribedChapter};
use clap::Subcommand;

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;
use crate::text::plain;

/// What to do with chapters.
#[derive(Debug, Subcommand)]
pub(crate) enum ChapterCommand {
    /// List every chapter that someone follows
    List,
    /// Show a chapter and who follows it
    Show {
        /// Its name: m49:150 (a UN region), iso:gb (a country), theme:seclusion
        name: String,
    },
    /// Say who its stewards are, in which language and how often it meets, and what it is about; what is not given stays
    Describe {
        /// Its name
        name: String,
        /// A steward of it (may be repeated)
        #[arg(long, value_name = "ORGANISATION")]
        steward: Vec<String>,
        /// The language that it meets in, such as en-GB
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
        /// How often it meets, such as monthly
        #[arg(long, value_name = "CODE")]
        rhythm: Option<String>,
        /// A text for people
        #[arg(long, value_name = "TEXT")]
        about: Option<String>,
    },
    /// Show who followed a chapter and who left it, how it was described, and when
    History {
        /// Its name
        name: String,
    },
    /// Follow a chapter: its records are replicated here
    Follow {
        /// Its name: m49:150 (a UN region), iso:gb (a country), theme:seclusion
        name: String,
        /// Also every chapter within its region
        #[arg(long)]
        deep: bool,
    },
    /// Stop following a chapter
    Leave {
        /// Its name
        name: String,
    },
}

pub(super) async fn perform(context: &Context, command: ChapterCommand) -> Result<Exit, Failure> {
    let client = context.client()?;
    if matches!(command, ChapterCommand::List) {
        let chapters = client.chapters().await.map_err(|error| context.refused(error))?;
        context.output.answer(&chapters, |screen| table(&chapters, screen))?;
        if chapters.is_empty() {
            context
                .output
                .note("Nobody follows a chapter yet: alliance chapter follow m49:001");
        }
        return Ok(Exit::Done);
    }
    if let ChapterCommand::History { name } = &command {
        let events = client
            .chapter_history(name)
            .await
            .map_err(|error| context.refused(error))?;
        context.output.answer(&events, |screen| history(&events, screen))?;
        return Ok(Exit::Done);
    }
    let (asked, done) = match &command {
        ChapterCommand::Follow { name, deep } => {
            let depth = if *deep { Depth::Deep } else { Depth::Exact };
            (client.follow(name, depth).await, "follows")
        }
        ChapterCommand::Leave { name } => (client.leave(name).await, "no longer follows"),
        ChapterCommand::Show { name } => (client.chapter(name).await, ""),
        ChapterCommand::Describe {
            name,
            steward,
            language,
            rhythm,
            about,
        } => {
            let said = ChapterDescription {
                stewards: Some(steward.clone()).filter(|stewards| !stewards.is_empty()),
                language: language.clone(),
                rhythm: rhythm.clone(),
                about: about.clone(),
            };
            (client.describe_chapter(name, &said).await, "describes")
        }
        ChapterCommand::List | ChapterCommand::History { .. } => return Ok(Exit::Done),
    };
    let chapter = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&chapter, |_| page(&chapter))?;
    if !done.is_empty() {
        context
            .output
            .note(&format!("Your organisation {done} {}.", plain(&chapter.name)));
    }
    Ok(Exit::Done)
}

/// Chapters as a table; also a part of `status`.
pub(super) fn table(chapters: &[ChapterView], screen: Screen) -> String {
    if chapters.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["CHAPTER", "STATE", "RECORDS", "FOLLOWED", "NAME"]);
    for chapter in chapters {
        table.push(vec![
            chapter.name.clone(),
            state(chapter),
            held(chapter),
            if chapter.followed { "yes" } else { "no" }.to_owned(),
            chapter.label.clone(),
        ]);
    }
    table.render(screen)
}

fn history(events: &[ChapterEvent], screen: Screen) -> String {
    let mut table = Table::new(&["DAY", "WHAT", "ORGANISATION"]);
    for event in events {
        let what = match event.what {
            ChapterWord::FollowsDeeply => "follows deeply".to_owned(),
            ChapterWord::Follows => "follows".to_owned(),
            ChapterWord::Leaves => "leaves".to_owned(),
            ChapterWord::Describes => event.described.as_ref().map_or_else(String::new, description),
        };
        let name = match event.organisation.name.as_str() {
            "" => event.organisation.id.clone(),
            name => name.to_owned(),
        };
        table.push(vec![day_of(event.at_ms), what, name]);
    }
    table.render(screen)
}

/// A description in a line.
fn description(said: &DescribedChapter) -> String {
    let stewards: Vec<&str> = said.stewards.iter().map(|steward| steward.name.as_str()).collect();
    let parts = [
        ("stewards", stewards.join(" and ")),
        ("language", said.language.clone()),
        ("rhythm", said.rhythm.clone()),
        ("about", said.about.clone()),
    ];
    let given = parts.iter().filter(|(_, text)| !text.is_empty());
    let said: Vec<String> = given.map(|(word, text)| format!("{word} {}", plain(text))).collect();
    format!("describes: {}", said.join(", "))
}

fn state(chapter: &ChapterView) -> String {
    match chapter.state {
        ChapterState::Active => format!("active {}", chapter.followers.len()),
        ChapterState::Forming => format!("forming {}/{}", chapter.followers.len(), chapter.active_at),
        ChapterState::Dormant => format!("dormant {}/{}", chapter.followers.len(), chapter.active_at),
    }
}

fn held(chapter: &ChapterView) -> String {
    match chapter.missing {
        0 => chapter.records.to_string(),
        missing => format!("{}, {missing} missing", chapter.records),
    }
}

fn page(chapter: &ChapterView) -> String {
    let mut lines = vec![
        format!("chapter   {} ({})", plain(&chapter.name), plain(&chapter.label)),
        format!("state     {}", state(chapter)),
        format!("records   {}", held(chapter)),
        format!("digest    {}", plain(&chapter.digest)),
    ];
    if let Some(said) = &chapter.described {
        let stewards = said.stewards.iter();
        lines.extend(stewards.map(|steward| format!("steward   {} {}", plain(&steward.name), plain(&steward.id))));
        for (word, text) in [
            ("language", &said.language),
            ("rhythm", &said.rhythm),
            ("about", &said.about),
        ] {
            if !text.is_empty() {
                lines.push(format!("{word:<9} {}", plain(text)));
            }
        }
    }
    lines.extend(chapter.followers.iter().map(|key| format!("follower  {}", plain(key))));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(state: ChapterState, followers: usize, missing: u64) -> ChapterView {
        ChapterView {
            name: "iso:gb".to_owned(),
            label: "United Kingdom".to_owned(),
            state,
            active_at: 3,
            followers: vec!["ab".to_owned(); followers],
            followed: true,
            records: 7,
            missing,
            digest: "00".to_owned(),
            described: None,
        }
    }

    #[test]
    fn a_forming_chapter_says_how_many_it_needs() {
        let both = [
            chapter(ChapterState::Forming, 2, 0),
            chapter(ChapterState::Active, 4, 2),
        ];
        assert_eq!(
            table(&both, Screen { columns: None }),
            "CHAPTER\tSTATE\tRECORDS\tFOLLOWED\tNAME\n\
             iso:gb\tforming 2/3\t7\tyes\tUnited Kingdom\niso:gb\tactive 4\t7, 2 missing\tyes\tUnited Kingdom\n"
        );
        assert!(page(&both[0]).ends_with("follower  ab\nfollower  ab\n"));
        assert_eq!(table(&[], Screen { columns: Some(80) }), "");
    }
}
