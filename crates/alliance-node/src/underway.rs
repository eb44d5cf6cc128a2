//! Long answers with texts of records: exports and bundles. What may hold a removed text ends before its removal is confirmed.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, watch};

/// Those that are under way: all that began since the last cut.
pub(crate) struct Underway(Mutex<Group>);

struct Group {
    is_cut: watch::Sender<bool>,
    living: mpsc::Sender<Infallible>,
    gone: mpsc::Receiver<Infallible>,
}

impl Group {
    fn new() -> Self {
        let (living, gone) = mpsc::channel(1);
        Self {
            is_cut: watch::Sender::new(false),
            living,
            gone,
        }
    }
}

/// One of them: under way until this is dropped.
pub(crate) struct Part {
    cut: Cut,
    _living: mpsc::Sender<Infallible>,
}

impl Part {
    pub(crate) fn cut(&self) -> Cut {
        self.cut.clone()
    }
}

/// Whether an answer has to end.
#[derive(Clone)]
pub(crate) struct Cut(watch::Receiver<bool>);

impl Cut {
    pub(crate) fn is_made(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it has to end; for ever when the node is gone before.
    pub(crate) async fn made(&mut self) {
        if self.0.wait_for(|is_made| *is_made).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cut({})", self.is_made())
    }
}

impl Default for Underway {
    fn default() -> Self {
        Self(Mutex::new(Group::new()))
    }
}

impl Underway {
    /// One more is under way. To be said before it reads anything.
    pub(crate) fn enter(&self) -> Part {
        let group = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Part {
            cut: Cut(group.is_cut.subscribe()),
            _living: group.living.clone(),
        }
    }

    /// Has all end that are under way; what it gives waits until they have. What begins later reads what is there now.
    pub(crate) fn cut(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut group = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Group {
            is_cut,
            living,
            mut gone,
        } = std::mem::replace(&mut *group, Group::new());
        is_cut.send_replace(true);
        drop(living);
        async move { while gone.recv().await.is_some() {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cut_ends_what_had_begun_and_waits_for_it() {
        let underway = Underway::default();
        let part = underway.enter();
        let mut cut = part.cut();
        let ended = tokio::spawn(underway.cut());
        cut.made().await;
        let later = underway.enter();
        assert!(cut.is_made() && !later.cut().is_made());
        assert!(!ended.is_finished());
        drop(part);
        ended.await.unwrap();
        drop(later);
        underway.cut().await;
    }
}
