//! Whether what a node says of its catching up is true. Judges what was seen; never asks a node itself.

use std::time::Duration;

/// How old a node's word may be: it looks twice a second, and takes its time on a busy machine.
const STALE: Duration = Duration::from_secs(3);

/// What was seen at a moment of the chapter that is caught up with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Since the newcomer started.
    pub(crate) at: Duration,
    /// Records of the chapter that the newcomer holds: read before the rest.
    pub(crate) records: u64,
    /// How many of it the newcomer says are missing.
    pub(crate) missing: u64,
    /// Records a second that it shows.
    pub(crate) pace: Option<u64>,
    /// Records that were published since the newcomer started.
    pub(crate) published: u64,
}

/// All that was seen, in order.
#[derive(Debug, Default)]
pub(crate) struct Looks(pub(crate) Vec<Look>);

impl Looks {
    /// What was not true. `held` is how many records the founder held when the newcomer started.
    pub(crate) fn faults(&self, held: u64) -> Vec<String> {
        let mut faults = Vec::new();
        faults.extend(self.unannounced(held));
        for (index, look) in self.0.iter().enumerate() {
            faults.extend(self.untrue(index, look, held));
        }
        faults.extend(self.pace_untrue());
        match self.0.last() {
            Some(last) if last.missing == 0 => {}
            Some(last) => faults.push(format!("at the end {} were said to be missing", last.missing)),
            None => faults.push("nothing was seen".to_owned()),
        }
        faults
    }

    /// Records came before it was said how many are missing.
    fn unannounced(&self, held: u64) -> Option<String> {
        let first = self.0.iter().find(|look| look.records > 0)?;
        let is_said = first.missing > 0 || self.0.iter().any(|look| look.at < first.at && look.missing > 0);
        (!is_said && first.records < held).then(|| {
            format!(
                "after {:.1} s there were {} records, and nothing was said to be missing",
                first.at.as_secs_f64(),
                first.records
            )
        })
    }

    fn untrue(&self, index: usize, look: &Look, held: u64) -> Option<String> {
        if self.0[..=index].iter().all(|look| look.missing == 0) {
            return None;
        }
        let at = look.at.as_secs_f64();
        // What was read a moment later bounds it from below, what was read long before from above.
        let later = self.0.get(index + 1).unwrap_or(look);
        let least = held.saturating_sub(later.records);
        if look.missing < least {
            return Some(format!(
                "at {at:.1} s {} were said to be missing, and at least {least} were",
                look.missing
            ));
        }
        let before = self.0[..index].iter().rev().find(|before| before.at + STALE < look.at);
        let most = (held + look.published).saturating_sub(before.map_or(0, |before| before.records));
        if look.missing > most {
            return Some(format!(
                "at {at:.1} s {} were said to be missing, and at most {most} were",
                look.missing
            ));
        }
        let earlier = self.0[..index].iter().rev().find(|earlier| earlier.missing > 0)?;
        let grown = look.missing.saturating_sub(earlier.missing);
        (grown > look.published).then(|| {
            format!(
                "at {at:.1} s the missing grew from {} to {}",
                earlier.missing, look.missing
            )
        })
    }

    /// The pace shown must be that at which records came, within a factor of two on average.
    fn pace_untrue(&self) -> Option<String> {
        let shown: Vec<(&Look, u64)> = self
            .0
            .iter()
            .filter_map(|look| look.pace.map(|pace| (look, pace)))
            .collect();
        let ((first, _), (last, _)) = (shown.first()?, shown.last()?);
        let seconds = (last.at - first.at).as_secs_f64();
        if seconds < 2.0 * STALE.as_secs_f64() {
            return None;
        }
        let real = last.records.saturating_sub(first.records) as f64 / seconds;
        let mean = shown.iter().map(|(_, pace)| *pace as f64).sum::<f64>() / shown.len() as f64;
        (mean > 2.0 * real || mean < real / 2.0)
            .then(|| format!("{mean:.0} records/s were shown on average, and {real:.0} came"))
    }

    /// The paces shown: least, middle, most.
    pub(crate) fn paces(&self) -> Option<(u64, u64, u64)> {
        let mut paces: Vec<u64> = self.0.iter().filter_map(|look| look.pace).collect();
        paces.sort_unstable();
        Some((*paces.first()?, *paces.get(paces.len() / 2)?, *paces.last()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(seen: &[(u64, u64, u64)]) -> Looks {
        let look = |(second, records, missing): &(u64, u64, u64)| Look {
            at: Duration::from_secs(*second),
            records: *records,
            missing: *missing,
            ..Look::default()
        };
        Looks(seen.iter().map(look).collect())
    }

    #[test]
    fn what_is_true_passes() {
        let seen = [(0, 0, 0), (1, 0, 100), (2, 20, 100), (3, 50, 60), (9, 100, 0)];
        assert_eq!(looks(&seen).faults(100), Vec::<String>::new());
    }

    #[test]
    fn each_untruth_is_found() {
        for (seen, fault) in [
            (&[][..], "nothing was seen"),
            (&[(0, 0, 0), (1, 10, 0), (2, 100, 0)], "nothing was said to be missing"),
            (
                &[(0, 0, 100), (1, 10, 50), (2, 20, 80), (9, 100, 0)],
                "at least 80 were",
            ),
            (
                &[(0, 0, 100), (1, 90, 100), (9, 90, 100), (10, 100, 0)],
                "at most 10 were",
            ),
            (&[(0, 0, 90), (1, 10, 100), (9, 100, 0)], "grew from 90 to 100"),
            (&[(0, 0, 100), (1, 100, 1)], "at the end 1 were"),
        ] {
            let faults = looks(seen).faults(100).join("; ");
            assert!(faults.contains(fault), "{fault} is not in: {faults}");
        }
    }

    #[test]
    fn a_pace_that_is_not_the_real_one_is_found() {
        let with = |pace| {
            let mut looks = looks(&[(0, 0, 100), (5, 50, 50), (10, 100, 0)]);
            looks.0.iter_mut().for_each(|look| look.pace = Some(pace));
            looks.faults(100)
        };
        assert_eq!(with(12), Vec::<String>::new());
        assert_eq!(with(31), ["31 records/s were shown on average, and 10 came"]);
        assert_eq!(with(4), ["4 records/s were shown on average, and 10 came"]);
    }

    #[test]
    fn what_is_published_meanwhile_may_be_missing_too() {
        let mut looks = looks(&[(0, 0, 100), (1, 50, 60), (2, 50, 61), (3, 101, 0)]);
        assert_eq!(looks.faults(100).len(), 1);
        looks.0[2].published = 1;
        looks.0[3].published = 1;
        assert_eq!(looks.faults(100), Vec::<String>::new());
    }
}
