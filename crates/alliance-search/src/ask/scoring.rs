//! How much each document that was found counts: term by term, into one number for each document. Going through the documents
//! instead, with all terms side by side, takes several times as long.

use tantivy::{DocId, TantivyError};

use super::matching::Asked;
use super::node::{Node, Worth};
use crate::bits::Slots;

/// The share of further places where a word was found: the best one decides.
const FURTHER_PLACES: f32 = 0.1;

impl Asked<'_> {
    /// How much each of these documents counts, by their slots; nothing where all count the same. The node has found them all.
    pub(super) fn scores(&self, node: &Node, found: &Slots) -> Result<Option<Vec<f32>>, TantivyError> {
        match node {
            Node::Everything | Node::Not(_) | Node::Claimed(_) => Ok(None),
            Node::All(parts) => self.added(parts, found),
            Node::Any(parts) => self.best(parts, found),
            Node::Least(parts, _) => self.added(parts, found),
            Node::Weighted(part, weight) => {
                let mut scores = self.scores(part, found)?;
                scores.iter_mut().flatten().for_each(|score| *score *= weight);
                Ok(scores)
            }
            Node::Term(_, Worth::Nothing) => Ok(None),
            Node::Term(..) | Node::Prefix(..) | Node::Phrase(_) => {
                let mut scores = vec![0.0; found.len()];
                self.each_score(node, found, |slot, score| scores[slot] = score)?;
                Ok(Some(scores))
            }
        }
    }

    fn added(&self, parts: &[Node], found: &Slots) -> Result<Option<Vec<f32>>, TantivyError> {
        let mut sums: Option<Vec<f32>> = None;
        for part in parts {
            let Some(scores) = self.part(part, found)? else {
                continue;
            };
            match &mut sums {
                None => sums = Some(scores),
                Some(sums) => sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score),
            }
        }
        Ok(sums)
    }

    /// The best part decides, and the others add a little.
    fn best(&self, parts: &[Node], found: &Slots) -> Result<Option<Vec<f32>>, TantivyError> {
        let mut all = vec![(0.0_f32, 0.0_f32); found.len()];
        let mut add = |slot: usize, score: f32| {
            let (best, sum) = &mut all[slot];
            *best = best.max(score);
            *sum += score;
        };
        for part in parts {
            if matches!(part, Node::Term(..) | Node::Prefix(..) | Node::Phrase(_)) {
                self.each_score(part, found, &mut add)?;
            } else if let Some(scores) = self.part(part, found)? {
                scores
                    .into_iter()
                    .enumerate()
                    .for_each(|(slot, score)| add(slot, score));
            }
        }
        let scores = all.into_iter().map(|(best, sum)| best + (sum - best) * FURTHER_PLACES);
        Ok(Some(scores.collect()))
    }

    /// The same for one of several parts, which need not have found all of them.
    fn part(&self, part: &Node, found: &Slots) -> Result<Option<Vec<f32>>, TantivyError> {
        let mut scores = self.scores(part, found)?;
        if let (Some(scores), true) = (&mut scores, may_find_half(part)) {
            let mut others = found.bits().clone();
            others.leave_out(&self.matches(part, found.bits())?);
            others.each(|doc| scores[found.slot(doc)] = 0.0);
        }
        Ok(scores)
    }

    /// Shows how much each document counts for a term, a beginning or a phrase.
    fn each_score(&self, node: &Node, found: &Slots, mut show: impl FnMut(usize, f32)) -> Result<(), TantivyError> {
        let mut constant = |doc: DocId, score: f32| show(found.slot(doc), score);
        match node {
            Node::Term(_, Worth::Nothing) => {}
            Node::Term(placed, Worth::Constant(score)) => {
                self.each(placed, found.bits(), |doc, _| constant(doc, *score))?;
            }
            Node::Term(placed, Worth::Bm25(bm25)) => {
                let lengths = self.reader.get_fieldnorms_reader(placed.field)?;
                self.each(placed, found.bits(), |doc, times| {
                    show(found.slot(doc), bm25.score(lengths.fieldnorm_id(doc), times));
                })?;
            }
            Node::Prefix(prefix, score) => {
                let mut both = found.bits().clone();
                both.keep(&*self.prefix(prefix)?);
                both.each(|doc| constant(doc, *score));
            }
            Node::Phrase(phrase) => {
                let all = self.phrase(node, &**phrase, found.bits())?;
                let shown = all.iter().filter(|(doc, _)| found.bits().has(*doc));
                shown.for_each(|(doc, score)| constant(*doc, *score));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether parts of the node count where the node itself does not hold. Of [`Node::Any`] each part sees to it by itself.
fn may_find_half(node: &Node) -> bool {
    match node {
        Node::All(parts) => parts.len() > 1,
        Node::Least(_, least) => *least > 1,
        Node::Weighted(part, _) => may_find_half(part),
        _ => false,
    }
}
