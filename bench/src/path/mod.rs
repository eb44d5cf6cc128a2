//! A record's whole path: published here, durable and visible everywhere; beside bare gossipsub between the same number
//! of nodes, connected alike, and beside the disk alone.

mod bare;
mod cluster;
mod disk;
mod report;
mod settings;
mod side;

use std::path::Path;

use anyhow::Result;

use crate::dice::Dice;
use bare::Bare;
use cluster::Cluster;
use disk::Disk;
use report::Tallies;
use side::{Measured, Side};

/// Records of each side before anything is measured, for each node: meshes form and caches fill.
const WARM_UP_EACH: usize = 2;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) nodes: usize,
    pub(crate) rounds: usize,
    /// In each round, one after another and again at a steady rate.
    pub(crate) publishes: usize,
}

/// Measures in directories under `dir`, and gives the report's lines.
///
/// # Errors
/// When a node does not start, ends by an error, or a record of ours is not seen everywhere in time.
pub(crate) async fn measure(plan: Plan, dir: &Path) -> Result<Vec<String>> {
    let cluster = Cluster::start(plan.nodes, dir).await?;
    let links = cluster.settled_links().await?;
    let record_bytes = cluster.record_bytes().await?;
    let mut bare = Bare::start(plan.nodes, &links, record_bytes).await?;
    let disk = Disk::new(plan.nodes, dir)?;
    let mut sides = [cluster.side(), bare.side()];
    let mut dice = Dice::new(1);
    for side in &mut sides {
        side.one_by_one(WARM_UP_EACH * plan.nodes, &mut dice).await?;
    }
    let mut tallies = Tallies::default();
    for _ in 0..plan.rounds {
        tallies.add(round(plan, &mut sides, &disk).await?);
    }
    drop(sides);
    bare.end().await;
    cluster.end().await?;
    Ok(report::lines(plan, record_bytes, &links, tallies))
}

/// What one round gave.
#[derive(Debug, Default)]
struct Round {
    ours: Measured,
    bare: Measured,
    ours_steady: Measured,
    bare_steady: Measured,
    disk_ms: Vec<f64>,
}

/// Ours, theirs, the disk, ours, theirs. Each side's publishers are the same nodes in the same order.
async fn round(plan: Plan, [ours, bare]: &mut [Side; 2], disk: &Disk) -> Result<Round> {
    let dice = || Dice::new(plan.publishes as u64);
    Ok(Round {
        ours: ours.one_by_one(plan.publishes, &mut dice()).await?,
        bare: bare.one_by_one(plan.publishes, &mut dice()).await?,
        disk_ms: disk.measure(plan.publishes)?,
        ours_steady: ours.steady(plan.publishes, &mut dice()).await?,
        bare_steady: bare.steady(plan.publishes, &mut dice()).await?,
    })
}
