//! What came over cut connections against what was new in it. Judges figures; never asks a node itself.

use anyhow::{Context as _, ensure};

use crate::said::bytes;

/// A cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Bytes that came since the cut before.
    came: u64,
    /// Records that are held more than at the cut before.
    gained: u64,
    /// The newcomer was killed, and lost what it had not written yet.
    is_kill: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    cuts: Vec<Cut>,
    records: u64,
    /// Bytes of connections that ended since the last cut without one.
    pending: u64,
    /// Connections that a node ended.
    pub(crate) closed: u64,
}

/// What each record takes on the line, and what came more than once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Again {
    /// Bytes of a record on the line, all that carries it included, while nothing is cut.
    pub(crate) record_bytes: f64,
    /// Bytes of all cut connections.
    pub(crate) came: u64,
    /// What of them brought nothing new, for each cut: on average, in the middle, and at most where only the connection
    /// ended, and where the newcomer was killed.
    pub(crate) mean: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
    pub(crate) most_killed: f64,
}

impl Tally {
    /// A connection ended of itself.
    pub(crate) fn closed(&mut self, came: u64) {
        self.closed += 1;
        self.pending += came;
    }

    /// A connection was cut, maybe by a kill, and so many records are held now.
    pub(crate) fn cut(&mut self, came: u64, records: u64, is_kill: bool) -> anyhow::Result<()> {
        let gained = records.checked_sub(self.records);
        let gained = gained.with_context(|| {
            format!(
                "{} records were held before cut {}, and {records} after it",
                self.records,
                self.cuts.len() + 1
            )
        })?;
        let came = came + std::mem::take(&mut self.pending);
        self.cuts.push(Cut { came, gained, is_kill });
        self.records = records;
        Ok(())
    }

    /// Compares with what came after the last cut, of which nothing came twice; `held` is how many records there are now.
    pub(crate) fn again(&self, held: u64) -> anyhow::Result<Again> {
        let rest = held.saturating_sub(self.records);
        ensure!(
            rest >= held / 50 && rest > 0,
            "only {rest} records were left after the last cut, too few to compare with: take more (--records)"
        );
        let record_bytes = self.pending as f64 / rest as f64;
        let again = |cut: &Cut| cut.came as f64 - cut.gained as f64 * record_bytes;
        let mut each: Vec<f64> = self.cuts.iter().map(again).collect();
        each.sort_by(f64::total_cmp);
        let most = |is_kill: bool| {
            let cuts = self.cuts.iter().filter(|cut| cut.is_kill == is_kill);
            cuts.map(again).max_by(f64::total_cmp).unwrap_or_default()
        };
        Ok(Again {
            record_bytes,
            came: self.cuts.iter().map(|cut| cut.came).sum(),
            mean: each.iter().sum::<f64>() / each.len().max(1) as f64,
            median: each.get(each.len() / 2).copied().unwrap_or_default(),
            most: most(false),
            most_killed: most(true),
        })
    }
}

impl Again {
    /// In words.
    pub(crate) fn told(&self) -> String {
        let of = |figure: f64| {
            let records = figure / self.record_bytes.max(1.0);
            format!("{} ({records:.0} records)", bytes(figure.max(0.0) as u64))
        };
        format!(
            "a record takes {:.0} bytes on the line; {} came over cut connections; of each, on average {} brought nothing \
             new, {} in the middle; at most {} where only the connection ended, {} where the newcomer was killed",
            self.record_bytes,
            bytes(self.came),
            of(self.mean),
            of(self.median),
            of(self.most),
            of(self.most_killed)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_after_the_last_cut_is_the_measure() {
        let mut tally = Tally::default();
        tally.cut(1_200, 10, false).unwrap();
        tally.closed(50);
        tally.cut(1_150, 21, true).unwrap();
        tally.closed(900);
        let again = tally.again(30).unwrap();
        assert_eq!((again.record_bytes, again.came), (100.0, 2_400));
        assert_eq!((again.mean, again.median), (150.0, 200.0));
        assert_eq!((again.most, again.most_killed), (200.0, 100.0));
    }

    #[test]
    fn a_record_that_is_gone_is_found() {
        let mut tally = Tally::default();
        tally.cut(1_200, 10, false).unwrap();
        assert!(tally.cut(1_200, 9, true).is_err());
    }

    #[test]
    fn without_a_rest_there_is_no_measure() {
        let mut tally = Tally::default();
        tally.cut(1_200, 10, false).unwrap();
        assert!(tally.again(10).is_err());
    }
}
