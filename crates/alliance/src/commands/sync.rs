//! `alliance sync`: how far catching up is; with `--watch`, until nothing is missing.

mod bar;
mod watch;

use std::time::Duration;

use alliance_api::{ChapterBodies, PeerStatus, SyncReport, SyncSummary};
use clap::Args;

use super::peers;
use super::status::bytes;
use crate::calendar::span;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;
use crate::text::plain;

/// Options of `sync`.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// Follow it, and end when nothing is missing
    #[arg(long)]
    watch: bool,
    /// Give up after so long: seconds, minutes or hours, as 90s, 10m or 2h
    #[arg(long, value_name = "SPAN", requires = "watch", value_parser = patience)]
    timeout: Option<Duration>,
}

fn patience(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is not a span: write seconds, minutes or hours, as 90s, 10m or 2h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number = text
        .strip_suffix(unit)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let number: u32 = number.and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

pub(super) async fn perform(context: &Context, args: &SyncArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    if args.watch {
        return watch::Watch::new(context, client).until_in_step(args.timeout).await;
    }
    let report = client.sync().await.map_err(|error| context.refused(error))?;
    context.output.answer(&report, |screen| page(&report, screen))?;
    if report.peers.is_empty() && !watch::is_alone(&report) {
        context.output.note(&format!(
            "No member's node is connected. `{}` tells more.",
            context.command("status")
        ));
    }
    Ok(Exit::Done)
}

/// How far catching up is, in a line; also a part of `status`.
pub(super) fn line(sync: &SyncSummary) -> String {
    match (sync.missing, sync.in_step_ms) {
        (0, Some(since_ms)) => format!("in step for {}", span(since_ms)),
        (0, None) => "not compared with any connected member yet".to_owned(),
        (missing, _) if sync.running => {
            let left = sync
                .remaining_s
                .map(|seconds| format!(", about {} left", span(seconds.saturating_mul(1000))));
            let pace = pace(sync.records_per_s, sync.bytes_per_s).map(|pace| format!(", {pace}"));
            let figures = pace.unwrap_or_default() + &left.unwrap_or_default();
            format!("catching up: {} missing{figures}", records(missing))
        }
        (missing, _) => format!("{} missing", records(missing)),
    }
}

/// What is missing of a chapter's bodies.
fn bodies(chapter: &ChapterBodies) -> String {
    let name = plain(&chapter.chapter);
    let (of, size) = (records(chapter.missing), bytes(chapter.missing_bytes));
    if chapter.awaited {
        format!("{name}: the texts of {of} ({size}) are still to come")
    } else {
        format!("{name}: of {of} only the headers are kept here")
    }
}

/// How many texts are still to come.
pub(super) fn awaited(report: &SyncReport) -> u64 {
    let awaited = report.bodies.iter().filter(|chapter| chapter.awaited);
    awaited.map(|chapter| chapter.missing).sum()
}

/// How many records.
pub(super) fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}

/// How fast records come, as far as it is known.
pub(super) fn pace(records_per_s: Option<u64>, bytes_per_s: Option<u64>) -> Option<String> {
    Some(format!("{} records/s, {}/s", records_per_s?, bytes(bytes_per_s?)))
}

fn page(report: &SyncReport, screen: Screen) -> String {
    let mut shown = line(&report.sync) + "\n";
    for chapter in &report.bodies {
        shown = shown + &bodies(chapter) + "\n";
    }
    if !report.peers.is_empty() {
        shown = format!("{shown}\n{}", table(&report.peers, screen));
    }
    shown
}

/// A row for each peer and each chapter in which it has something that is missing here.
fn table(peers: &[PeerStatus], screen: Screen) -> String {
    let mut table = Table::new(&["ORGANISATION", "CHAPTER", "REPLICA", "CONTACT", "PACE"]);
    for peer in peers {
        let sync = &peer.sync;
        let contact = sync.last_contact_ms_ago.map(|ago| format!("{} ago", span(ago)));
        let session = sync.session.as_ref();
        let pace = session.and_then(|session| pace(session.records_per_s, session.bytes_per_s));
        let mut push = |chapter: &str, replica: String| {
            table.push(vec![
                peers::organisation(peer, screen),
                chapter.to_owned(),
                replica,
                contact.clone().unwrap_or_else(|| "never".to_owned()),
                pace.clone().unwrap_or_else(|| "-".to_owned()),
            ]);
        };
        for lacking in &sync.chapters {
            push(&lacking.chapter, format!("{} missing", lacking.missing));
        }
        if sync.chapters.is_empty() {
            let replica = if sync.in_step.is_some() {
                "in step"
            } else {
                "not compared"
            };
            push("all", replica.to_owned());
        }
    }
    table.render(screen)
}

#[cfg(test)]
pub(super) mod tests {
    use alliance_api::{ChapterMissing, SessionStatus, SyncStatus};

    use super::*;

    pub(in crate::commands) fn peer(name: &str, sync: SyncStatus) -> PeerStatus {
        PeerStatus {
            peer: "12D3".to_owned(),
            organisation: "ab".to_owned(),
            organisation_name: name.to_owned(),
            resembles: Vec::new(),
            address: "/ip4/10.0.0.1/tcp/4001".to_owned(),
            outbound: true,
            connected_ms: 90_000,
            sync,
        }
    }

    /// A replica in which this many records are missing.
    pub(in crate::commands) fn lacking(missing: u64) -> SyncStatus {
        let lacking = |(chapter, missing): (&str, u64)| ChapterMissing {
            chapter: chapter.to_owned(),
            missing,
        };
        SyncStatus {
            in_step: Some(missing == 0),
            missing,
            chapters: Some(("m49:001", missing))
                .filter(|_| missing > 0)
                .map(lacking)
                .into_iter()
                .collect(),
            checked_ms_ago: Some(2_000),
            last_contact_ms_ago: Some(2_000),
            session: None,
        }
    }

    /// The same while it is being fetched.
    pub(in crate::commands) fn fetching(missing: u64) -> SyncStatus {
        let session = SessionStatus {
            began_ms_ago: 9_000,
            brought: 100,
            brought_bytes: 70_000,
            records_per_s: Some(320),
            bytes_per_s: Some(204_800),
        };
        SyncStatus {
            session: Some(session),
            ..lacking(missing)
        }
    }

    /// A chapter of which three texts are missing.
    pub(in crate::commands) fn texts(chapter: &str, awaited: bool) -> ChapterBodies {
        ChapterBodies {
            chapter: chapter.to_owned(),
            missing: 3,
            missing_bytes: 2_048,
            awaited,
        }
    }

    #[test]
    fn each_peer_and_chapter_has_its_row() {
        let mut two = fetching(40);
        two.chapters.push(ChapterMissing {
            chapter: "iso:cz".to_owned(),
            missing: 2,
        });
        let report = SyncReport {
            sync: SyncSummary {
                in_step_ms: Some(180_000),
                ..SyncSummary::default()
            },
            peers: vec![
                peer("", SyncStatus::default()),
                peer("Harbour Trust", lacking(0)),
                peer("Centrum Vysočina", two),
            ],
            members: 4,
            bodies: vec![texts("iso:cz", true), texts("iso:fr", false)],
        };
        let expected = "\
in step for 3 min
iso:cz: the texts of 3 records (2048 bytes) are still to come
iso:fr: of 3 records only the headers are kept here

ORGANISATION      CHAPTER  REPLICA       CONTACT  PACE
ab                all      not compared  never    -
Harbour Trust     all      in step       2 s ago  -
Centrum Vysočina  m49:001  40 missing    2 s ago  320 records/s, 200 KiB/s
Centrum Vysočina  iso:cz   2 missing     2 s ago  320 records/s, 200 KiB/s
";
        assert_eq!(page(&report, Screen { columns: Some(80) }), expected);
    }

    #[test]
    fn a_line_tells_what_is_known_and_nothing_more() {
        let catching_up = SyncSummary {
            running: true,
            missing: 1,
            ..SyncSummary::default()
        };
        let measured = SyncSummary {
            missing: 1_200,
            records_per_s: Some(320),
            bytes_per_s: Some(1_024),
            remaining_s: Some(240),
            ..catching_up.clone()
        };
        let left = SyncSummary {
            missing: 3,
            ..SyncSummary::default()
        };
        for (sync, expected) in [
            (&SyncSummary::default(), "not compared with any connected member yet"),
            (&catching_up, "catching up: 1 record missing"),
            (
                &measured,
                "catching up: 1200 records missing, 320 records/s, 1024 bytes/s, about 4 min left",
            ),
            (&left, "3 records missing"),
        ] {
            assert_eq!(line(sync), expected);
        }
    }

    #[test]
    fn patience_is_a_number_with_a_unit() {
        assert_eq!(patience("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(patience("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(patience("2h"), Ok(Duration::from_secs(7_200)));
        for text in ["", "s", "90", "+9s", "-1s", "1d", "99999999999s"] {
            assert!(patience(text).is_err(), "{text}");
        }
    }
}
