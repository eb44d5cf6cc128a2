//! How long a question is worked on: up to a limit, and while whoever asked it still waits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

type IsGone = Arc<dyn Fn() -> bool + Send + Sync>;

/// How long a question is worked on. Looked at between two records.
#[derive(Clone, Default)]
pub(crate) struct Patience {
    /// `None`: for ever.
    until: Option<Instant>,
    is_gone: Option<IsGone>,
}

/// Why a question is not worked on any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Over {
    #[error("whoever asked for it has gone")]
    Gone,
    #[error("it takes longer than this node works on a question")]
    TooLong,
}

/// Whoever waits for an answer: has gone when this is dropped.
pub(crate) struct Asker(Arc<AtomicBool>);

impl Drop for Asker {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Patience {
    /// From now on for so long, and until the asker is dropped.
    pub(crate) fn of_asker(limit: Duration) -> (Self, Asker) {
        let gone = Arc::new(AtomicBool::new(false));
        let asker = Asker(Arc::clone(&gone));
        (Self::new(limit, move || gone.load(Ordering::Relaxed)), asker)
    }

    /// From now on for so long, and until `is_gone` says so.
    pub(crate) fn new(limit: Duration, is_gone: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            until: Instant::now().checked_add(limit),
            is_gone: Some(Arc::new(is_gone)),
        }
    }

    /// Why it is over, if it is.
    pub(crate) fn over(&self) -> Option<Over> {
        if self.is_gone.as_ref().is_some_and(|is_gone| is_gone()) {
            return Some(Over::Gone);
        }
        self.until
            .filter(|until| *until <= Instant::now())
            .map(|_| Over::TooLong)
    }

    /// Goes on, unless it is over.
    pub(crate) fn check(&self) -> Result<(), Over> {
        self.over().map_or(Ok(()), Err)
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_over_when_its_time_is_or_nobody_waits() {
        assert_eq!(Patience::default().over(), None);
        let (patience, asker) = Patience::of_asker(Duration::from_hours(1));
        assert_eq!(patience.check(), Ok(()));
        drop(asker);
        assert_eq!(patience.clone().over(), Some(Over::Gone));
        let (patience, _asker) = Patience::of_asker(Duration::ZERO);
        assert_eq!(patience.over(), Some(Over::TooLong));
    }
}
