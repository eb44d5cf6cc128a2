//! A chapter of many logs: one writer in many lives, so that the roster stays small.

use alliance_record::{InstanceId, SignedRecord};

use crate::fixture::{Node, Saying, founder, subscription};

/// The chapter: a name as long as they come.
pub(crate) const CHAPTER: &str = "theme:seclusion";

/// What there is to know.
pub(crate) struct Library {
    /// The alliance's own records: a founder that follows the chapter.
    pub(crate) alliance: Vec<SignedRecord>,
    /// The chapter's logs.
    pub(crate) logs: Vec<Vec<SignedRecord>>,
    /// Who writes them on.
    pub(crate) writers: Vec<Node>,
}

fn life(node: &Node, number: usize) -> Node {
    let mut node = node.clone();
    let mut life = [0; 8];
    life[..4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
    life[4] = 1;
    node.author.instance = InstanceId(life);
    node
}

impl Library {
    /// Logs of so many records each, whose texts have about so many bytes.
    pub(crate) fn of(logs: usize, records: impl Fn(usize) -> usize, bytes: usize) -> Self {
        let (mut node, mut alliance) = founder("a1");
        alliance.push(node.says(subscription(CHAPTER, true)));
        let mut writers: Vec<_> = (0..logs).map(|number| life(&node, number)).collect();
        let text = |number: usize| format!("{number:0>bytes$}");
        let logs = writers.iter_mut().enumerate().map(|(log, writer)| {
            let sayings = (0..records(log)).map(|number| Saying::content(CHAPTER, &text(number)));
            sayings.map(|saying| writer.says(saying)).collect()
        });
        let logs = logs.collect();
        Self {
            alliance,
            logs,
            writers,
        }
    }

    /// Everything.
    pub(crate) fn all(&self) -> Vec<SignedRecord> {
        self.part(|_, length| length)
    }

    /// The alliance's own records, and of each log as many as `held` says of its number and length.
    pub(crate) fn part(&self, held: impl Fn(usize, usize) -> usize) -> Vec<SignedRecord> {
        let logs = self.logs.iter().enumerate();
        let parts = logs.flat_map(|(number, log)| &log[..held(number, log.len())]);
        self.alliance.iter().chain(parts).cloned().collect()
    }
}
