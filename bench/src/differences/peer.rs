//! negentropy over the ids of all records, as its own protocol goes: no limit of frames, which is the fewest round trips.

use anyhow::Context;
use negentropy::{Id, Negentropy, NegentropyStorageVector};

use crate::frames::LENGTH_BYTES;
use crate::replica::Replica;
use crate::{Cost, timed};

/// The sorted set of a replica's records by claimed time and id.
pub(crate) fn set(replica: &Replica) -> anyhow::Result<NegentropyStorageVector> {
    let mut set = NegentropyStorageVector::new();
    for record in replica.records() {
        set.insert(record.claimed_at_ms, Id::from_byte_array(record.id.0))?;
    }
    set.seal()?;
    Ok(set)
}

/// Finds which records the asker lacks.
pub(crate) fn find(asker: &NegentropyStorageVector, answerer: &NegentropyStorageVector) -> anyhow::Result<Cost> {
    let mut cost = Cost::default();
    let mut asking = Negentropy::borrowed(asker, 0)?;
    let mut answering = Negentropy::borrowed(answerer, 0)?;
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut next = Some(timed(&mut cost.asker_cpu, || asking.initiate())?);
    while let Some(question) = next {
        cost.round_trips += 1;
        cost.asker_bytes += LENGTH_BYTES + question.len();
        let answer = timed(&mut cost.answerer_cpu, || answering.reconcile(&question))?;
        cost.answerer_bytes += LENGTH_BYTES + answer.len();
        next = timed(&mut cost.asker_cpu, || {
            asking.reconcile_with_ids(&answer, &mut have, &mut need)
        })
        .context("negentropy's answer")?;
    }
    anyhow::ensure!(have.is_empty(), "the answerer lacks nothing");
    cost.missing = need.len();
    cost.want_bytes = need.len() * negentropy::ID_SIZE;
    Ok(cost)
}
