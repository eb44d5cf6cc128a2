//! Finding what differs by sketches of the heads: asker and answerer in turn, by the functions that a node uses.

use alliance_record::Head;
use alliance_wire::{
    Ask, CELLS_FIRST, Cell, Decoded, Difference, Fingerprint, Mark, SessionKey, compare, decode, sketch,
};

use crate::frames::{Answer, Hello, More, Pull, View, Want, bytes_of};
use crate::replica::{Replica, chapter};
use crate::{Cost, timed};

/// The heads of a chapter as a session sees them.
struct Side {
    heads: Vec<Head>,
    key: SessionKey,
    fingerprint: Fingerprint,
    marks: Vec<Mark>,
}

impl Side {
    fn new(heads: Vec<Head>, nonce: &[u8; 16]) -> Self {
        let key = SessionKey::new(nonce);
        Self {
            fingerprint: key.fingerprint(&chapter(), &heads),
            heads,
            key,
            marks: Vec::new(),
        }
    }

    fn mark(&mut self) {
        self.marks = self.heads.iter().map(|head| self.key.mark(head)).collect();
    }

    fn logs(&self) -> anyhow::Result<u32> {
        Ok(u32::try_from(self.heads.len())?)
    }
}

/// Finds which records the asker lacks.
pub(crate) fn find(asker: &Replica, answerer: &Replica, round: u8) -> anyhow::Result<Cost> {
    let mut cost = Cost::default();
    let nonce = [round; 16];
    // A node holds its heads in memory, sorted.
    let (asker, answerer) = (asker.heads(), answerer.heads());
    let mut asker = timed(&mut cost.asker_cpu, || Side::new(asker, &nonce));
    cost.asker_bytes += hello(&asker, &nonce)?;
    cost.round_trips += 1;
    let mut answerer = timed(&mut cost.answerer_cpu, || Side::new(answerer, &nonce));
    if asker.fingerprint == answerer.fingerprint {
        cost.answerer_bytes += bytes_of(&Answer {
            last: true,
            ..Answer::default()
        });
        return Ok(cost);
    }
    timed(&mut cost.answerer_cpu, || answerer.mark());
    timed(&mut cost.asker_cpu, || asker.mark());
    let found = settle(&asker, &answerer, &mut cost)?;
    let wants = found.iter().filter_map(want).collect::<Vec<_>>();
    cost.missing = wants.iter().map(|want| (want.until - want.from) as usize).sum();
    cost.want_bytes = bytes_of(&Pull {
        chapter: chapter().to_string(),
        wants,
        part: 1,
    });
    Ok(cost)
}

fn hello(asker: &Side, nonce: &[u8; 16]) -> anyhow::Result<usize> {
    Ok(bytes_of(&Hello {
        version: 2,
        alliance: vec![7; 32],
        nonce: nonce.to_vec(),
        chapters: vec![View {
            chapter: chapter().to_string(),
            fingerprint: asker.fingerprint.to_vec(),
            logs: asker.logs()?,
        }],
    }))
}

fn answer(answerer: &Side, content: Vec<u8>) -> anyhow::Result<Answer> {
    Ok(Answer {
        chapter: chapter().to_string(),
        logs: answerer.logs()?,
        content,
        last: true,
    })
}

/// Asks for more until all that differs is known.
fn settle(asker: &Side, answerer: &Side, cost: &mut Cost) -> anyhow::Result<Vec<Difference>> {
    let (mut cells, mut all) = (Vec::new(), CELLS_FIRST);
    loop {
        let sent = timed(&mut cost.answerer_cpu, || {
            Cell::write_all(&sketch(&answerer.marks, cells.len()..all))
        });
        let answer = answer(answerer, sent)?;
        cost.answerer_bytes += bytes_of(&answer);
        let decoded = timed(&mut cost.asker_cpu, || {
            cells.extend(Cell::read_all(&answer.content)?);
            anyhow::Ok(decode(&cells, answer.logs, &asker.marks))
        })?;
        let ask = match decoded {
            Decoded::Complete(found) => return Ok(found.logs),
            Decoded::Undecided { ask, .. } => ask,
        };
        cost.round_trips += 1;
        let Ask::Cells(more) = ask else {
            break;
        };
        all = more;
        cost.asker_bytes += bytes_of(&more_of(u32::try_from(all)?));
    }
    cost.asker_bytes += bytes_of(&more_of(0));
    let sent = timed(&mut cost.answerer_cpu, || Mark::write_all(&answerer.marks));
    let answer = self::answer(answerer, sent)?;
    cost.answerer_bytes += bytes_of(&answer);
    timed(&mut cost.asker_cpu, || {
        let marks = Mark::read_all(&answer.content)?;
        Ok(compare(&marks, &asker.marks).logs)
    })
}

fn more_of(cells: u32) -> More {
    More {
        chapter: chapter().to_string(),
        cells,
    }
}

/// What the peer has beyond ours.
fn want(difference: &Difference) -> Option<Want> {
    let theirs = difference.theirs?;
    let from = difference.ours.map_or(0, |ours| ours.sequence_near(0) + 1);
    Some(Want {
        log: difference.log.to_bytes().to_vec(),
        from,
        until: theirs.sequence_near(from) + 1,
    })
}
