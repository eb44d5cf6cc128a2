//! What is shown while it is waited: one line redrawn on a terminal, a line now and then elsewhere.

use std::time::{Duration, Instant};

use alliance_api::SyncReport;

use super::{awaited, line, records};
use crate::failure::Failure;
use crate::output::{Output, Screen};
use crate::text::{cut, width};

/// Between two lines, where they are not redrawn: for a log that somebody reads later.
const LINE_PAUSE: Duration = Duration::from_secs(1);
/// Columns of the bar itself: enough to see it move, and the figures stay beside it.
const BAR_COLUMNS: usize = 20;
/// Moves to the beginning of the line and clears it.
const AFRESH: &str = "\r\u{1b}[K";

/// How much of what was found missing has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Reach {
    found: u64,
    missing: u64,
}

impl Reach {
    /// More than before is missing: so much more was found.
    const fn see(&mut self, missing: u64) {
        self.found = self.found.saturating_add(missing.saturating_sub(self.missing));
        self.missing = missing;
    }

    const fn come(self) -> u64 {
        self.found.saturating_sub(self.missing)
    }

    /// Of a hundred, rounded down, so that it is a hundred at the end and no sooner.
    const fn percent(self) -> u64 {
        if self.found == 0 {
            return 0;
        }
        self.come().saturating_mul(100) / self.found
    }
}

/// The line.
#[derive(Debug)]
pub(super) struct Bar {
    output: Output,
    reach: Reach,
    written: Option<(Instant, String)>,
    /// The cursor stands in a line that is not ended.
    is_open: bool,
}

impl Bar {
    pub(super) const fn new(output: Output) -> Self {
        Self {
            output,
            reach: Reach { found: 0, missing: 0 },
            written: None,
            is_open: false,
        }
    }

    /// Shows where it stands.
    pub(super) fn show(&mut self, report: &SyncReport) -> Result<(), Failure> {
        self.reach.see(report.sync.missing);
        let said = words(report);
        let is_terminal = Screen::of_stdout().columns.is_some();
        let is_early = |(at, before): &(Instant, String)| at.elapsed() < LINE_PAUSE || *before == said;
        if !is_terminal && self.written.as_ref().is_some_and(is_early) {
            return Ok(());
        }
        let reach = self.reach;
        self.output.answer(&report.sync, |screen| drawn(reach, &said, screen))?;
        self.is_open = is_terminal && self.output.is_for_people();
        self.written = Some((Instant::now(), said));
        Ok(())
    }

    /// Shows the end.
    pub(super) fn finish(mut self, report: &SyncReport) -> Result<(), Failure> {
        let begin = if std::mem::take(&mut self.is_open) { AFRESH } else { "" };
        let come = match self.reach.found {
            0 => String::new(),
            found => format!(", {} caught up with", records(found)),
        };
        let with = match report.peers.len() {
            0 => "no other member to be in step with".to_owned(),
            1 => "in step with 1 node".to_owned(),
            nodes => format!("in step with {nodes} nodes"),
        };
        self.output.answer(&report.sync, |_| format!("{begin}{with}{come}\n"))
    }

    /// Leaves the line as it stands.
    pub(super) fn leave(self) -> Result<(), Failure> {
        if self.is_open {
            self.output.answer(&(), |_| "\n".to_owned())?;
        }
        Ok(())
    }
}

fn drawn(reach: Reach, said: &str, screen: Screen) -> String {
    let Some(columns) = screen.columns else {
        return format!("{said}\n");
    };
    // The last column is left free: some terminals begin a new line when it is written.
    let room = columns.saturating_sub(1);
    let bar = bar(reach);
    if reach.missing == 0 || width(&bar) + 2 + width(said) > room {
        return format!("{AFRESH}{}", cut(said, room));
    }
    format!("{AFRESH}{bar}  {said}")
}

fn bar(reach: Reach) -> String {
    let percent = reach.percent();
    let full = usize::try_from(percent).map_or(0, |percent| percent * BAR_COLUMNS / 100);
    let (full, rest) = ("█".repeat(full), "░".repeat(BAR_COLUMNS - full));
    format!("{full}{rest} {percent:>3} %")
}

/// Where it stands, in words.
fn words(report: &SyncReport) -> String {
    if report.sync.missing > 0 {
        return line(&report.sync);
    }
    if report.peers.is_empty() {
        return "waiting for a member's node to connect".to_owned();
    }
    let awaited = awaited(report);
    let compared = report.peers.iter().filter(|peer| peer.sync.in_step.is_some()).count();
    if awaited > 0 && compared == report.peers.len() {
        return format!("the texts of {} still to come", records(awaited));
    }
    format!("compared with {compared} of {} nodes", report.peers.len())
}

#[cfg(test)]
mod tests {
    use alliance_api::{SyncStatus, SyncSummary};

    use super::super::tests::{lacking, peer, texts};
    use super::*;

    fn reach(seen: &[u64]) -> Reach {
        let mut reach = Reach::default();
        seen.iter().for_each(|missing| reach.see(*missing));
        reach
    }

    #[test]
    fn what_is_found_later_is_added_and_nothing_is_done_before_the_end() {
        assert_eq!(reach(&[]).percent(), 0);
        assert_eq!((reach(&[400]).percent(), reach(&[400, 300]).percent()), (0, 25));
        let more = reach(&[400, 300, 700, 1]);
        assert_eq!((more.found, more.come(), more.percent()), (800, 799, 99));
        assert_eq!(reach(&[400, 0]).percent(), 100);
        assert_eq!(reach(&[400, 0, 100]).percent(), 80);
    }

    #[test]
    fn the_line_never_fills_the_terminal() {
        let said = "catching up: 300 records missing";
        let at = |columns| drawn(reach(&[400, 300]), said, Screen { columns: Some(columns) });
        let wide = "\r\u{1b}[K█████░░░░░░░░░░░░░░░  25 %  catching up: 300 records missing";
        assert_eq!(at(80), wide);
        for columns in 2..80 {
            let shown = at(columns);
            assert!(width(shown.trim_start_matches(AFRESH)) < columns, "{columns}: {shown}");
        }
        assert_eq!(at(16), "\r\u{1b}[Kcatching up: 3…");
        let elsewhere = drawn(reach(&[400, 300]), said, Screen { columns: None });
        assert_eq!(elsewhere, format!("{said}\n"));
    }

    #[test]
    fn it_is_said_what_is_waited_for() {
        let mut report = SyncReport {
            sync: SyncSummary::default(),
            peers: vec![],
            members: 3,
            bodies: vec![texts("iso:cz", true)],
        };
        assert_eq!(words(&report), "waiting for a member's node to connect");
        report.peers = vec![peer("A", SyncStatus::default()), peer("B", lacking(0))];
        assert_eq!(words(&report), "compared with 1 of 2 nodes");
        report.peers.remove(0);
        assert_eq!(words(&report), "the texts of 3 records still to come");
        report.sync.missing = 2;
        assert_eq!(words(&report), "2 records missing");
    }
}
