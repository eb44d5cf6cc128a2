//! What the roster costs: 10,000 organisations and 1,000 acts folded at a start, one record more of each kind, a copy.
//!
//! `cargo bench -p alliance-engine --bench roster`. Prints Markdown.

// The engine has no clock; who measures it needs one.
#![allow(clippy::disallowed_types)]

mod world;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use alliance_engine::{BodiesKept, Config, Engine};
use alliance_record::schema::Kind;
use alliance_record::{ActId, Approval, Certificate, OrganisationId, StandingTo, VerifiedRecord};
use world::{Outcome, STEWARDS, World};

const ORGANISATIONS: u64 = 10_000;
/// Versions of the charter after the founding one.
const AMENDMENTS: u64 = 20;
/// Standing acts under each version: 980 in all.
const ACTS: u64 = 49;
/// Records of each kind that are added one by one.
const MORE: u64 = 200;
/// Amendments that are added one by one.
const MORE_AMENDMENTS: u64 = 20;

fn main() -> Outcome<()> {
    let mut out = io::stdout().lock();
    let mut world = World::new(ORGANISATIONS);
    let records = large(&mut world)?;
    writeln!(
        out,
        "{} records\n\n| step | ms of processor |\n|---|---|",
        records.len()
    )?;
    let (engine, took) = folded(&world, &fresh(&records)?);
    row(&mut out, "check and fold all, as they came, on one core", took)?;
    let (backwards, took) = folded(&world, &fresh(&records.iter().rev().cloned().collect::<Vec<_>>())?);
    row(&mut out, "check and fold all, backwards, on one core", took)?;
    let held = records.iter().filter(|record| record.statement().is_some()).count();
    writeln!(io::stderr(), "{held} statements hold")?;
    let (_, took) = folded(&world, &records);
    row(&mut out, "fold all, their statements checked before", took)?;
    if backwards.state() != engine.state() {
        return Err("another order, another roster".into());
    }
    let (statements, took) = statements(&records)?;
    row(
        &mut out,
        &format!("reading and checking {statements} statements, which a node does on all cores"),
        took,
    )?;
    let start = ran();
    let copy = std::hint::black_box(engine.state().members.clone());
    row(&mut out, "copy the roster", since(start))?;
    let start = ran();
    drop(copy);
    row(&mut out, "drop the copy", since(start))?;
    let start = ran();
    let members = std::hint::black_box(engine.state().members.all()).len();
    row(&mut out, &format!("show all {members} members"), since(start))?;
    more(&mut out, &mut world, engine)
}

/// Processor time of this process so far, which a busy machine does not lengthen by much; to within a few milliseconds.
/// Nothing where the system does not tell.
fn ran() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn since(start: Duration) -> Duration {
    ran().saturating_sub(start)
}

fn row(out: &mut impl Write, name: &str, took: Duration) -> Outcome<()> {
    Ok(writeln!(out, "| {name} | {:.2} |", took.as_secs_f64() * 1e3)?)
}

/// Everybody, and everything that was decided.
fn large(world: &mut World) -> Outcome<Vec<VerifiedRecord>> {
    let mut records = vec![world.charter()?];
    for number in 0..ORGANISATIONS {
        if number >= STEWARDS {
            records.push(world.admission(World::inviter(number), number)?);
        }
        records.push(world.certificate(number, 1)?);
        records.push(world.profile(number)?);
    }
    for version in 0..AMENDMENTS {
        let carried = decided(world, version, &mut records)?;
        let amendment = world.amendment(&carried)?;
        records.extend(world.decided(&amendment)?);
        world.version = amendment.id().into();
    }
    Ok(records)
}

/// Every third act removes; the others suspend, and then take back.
fn decided(world: &mut World, version: u64, records: &mut Vec<VerifiedRecord>) -> Outcome<Vec<ActId>> {
    let mut acts: Vec<ActId> = Vec::new();
    let mut suspended = None;
    for number in 0..ACTS {
        // Among those who let nobody in: the tree of the others stays.
        let of = ORGANISATIONS / 2 + version * ACTS + number;
        let act = match (number % 3, suspended.take()) {
            (0, _) => world.change(of, StandingTo::Removed, None),
            (_, Some((of, before))) => world.change(of, StandingTo::Reinstated, Some(before)),
            _ => world.change(of, StandingTo::Suspended, None),
        };
        if number % 3 == 1 {
            suspended = Some((of, act.id()));
        }
        records.extend(world.decided(&act)?);
        acts.push(act.id());
    }
    Ok(acts)
}

/// The same records, of whose statements nothing is known yet: as a store gives them.
fn fresh(records: &[VerifiedRecord]) -> Outcome<Vec<VerifiedRecord>> {
    let again = records
        .iter()
        .map(|record| VerifiedRecord::from_own_store(record.clone().into_signed()));
    let again: Result<Vec<_>, _> = again.collect();
    again.map_err(|refusal| refusal.code().into())
}

fn folded(world: &World, records: &[VerifiedRecord]) -> (Engine, Duration) {
    let config = Config {
        alliance: world.alliance,
        organisation: OrganisationId([1; 32]),
        seed: [7; 32],
        sync_interval_ms: 1000,
        heartbeat_ms: 60_000,
        bodies: BodiesKept::default(),
    };
    let mut engine = Engine::new(config, 1);
    let start = ran();
    records.iter().for_each(|record| engine.restore_record(record));
    (engine, since(start))
}

/// Reads the statements that carry signatures, and nothing else.
fn statements(records: &[VerifiedRecord]) -> Outcome<(usize, Duration)> {
    let start = ran();
    let mut count = 0;
    for record in records {
        let Some(body) = record.body() else { continue };
        match record.header().kind {
            Kind::CERTIFICATE => drop(std::hint::black_box(Certificate::decode(&body.bytes)?)),
            Kind::APPROVAL => drop(std::hint::black_box(Approval::decode(&body.bytes)?)),
            _ => continue,
        }
        count += 1;
    }
    Ok((count, since(start)))
}

/// Times of one record each.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, engine: &mut Engine, record: &VerifiedRecord) {
        let start = Instant::now();
        engine.restore_record(record);
        self.0.push(start.elapsed());
    }

    fn row(mut self, out: &mut impl Write, name: &str) -> Outcome<()> {
        self.0.sort_unstable();
        let us = |duration: Option<&Duration>| duration.map_or(0.0, |duration| duration.as_secs_f64() * 1e6);
        let (median, most) = (us(self.0.get(self.0.len() / 2)), us(self.0.last()));
        Ok(writeln!(
            out,
            "| {name} | {} | {median:.0} | {most:.0} |",
            self.0.len()
        )?)
    }
}

/// One record more of each kind.
fn more(out: &mut impl Write, world: &mut World, mut engine: Engine) -> Outcome<()> {
    writeln!(
        out,
        "\n| one record more, µs | times | median | most |\n|---|---|---|---|"
    )?;
    let mut times: [Times; 5] = Default::default();
    for number in 0..MORE {
        let new = world.organisations();
        world.join();
        let inviter = number % 200;
        times[0].add(&mut engine, &world.admission(inviter, new)?);
        times[1].add(&mut engine, &world.certificate(new, 1)?);
        // Of one who let twenty in.
        times[2].add(&mut engine, &world.certificate(inviter, 3)?);
        times[3].add(&mut engine, &world.profile(new)?);
        times[4].add(&mut engine, &world.revocation(inviter, 3)?);
    }
    let names = [
        "admission",
        "certificate of a new member's node",
        "certificate of an inviter's second node",
        "profile",
        "revocation of that node",
    ];
    for (times, name) in times.into_iter().zip(names) {
        times.row(out, name)?;
    }
    standing(out, world, &mut engine)?;
    amendments(out, world, &mut engine)
}

fn standing(out: &mut impl Write, world: &mut World, engine: &mut Engine) -> Outcome<()> {
    let (mut proposals, mut approvals, mut last) = (Times::default(), Times::default(), Times::default());
    for number in 0..MORE {
        let act = world.change(ORGANISATIONS * 4 / 5 + number, StandingTo::Removed, None);
        let records = world.decided(&act)?;
        let [proposal, before @ .., completing] = &records[..] else {
            continue;
        };
        proposals.add(engine, proposal);
        before.iter().for_each(|record| approvals.add(engine, record));
        last.add(engine, completing);
    }
    proposals.row(out, "proposal")?;
    approvals.row(out, "approval")?;
    last.row(out, "approval that completes a removal")
}

/// The first carries on what was decided since the last; the others have nothing to carry.
fn amendments(out: &mut impl Write, world: &mut World, engine: &mut Engine) -> Outcome<()> {
    let mut times = Times::default();
    for _ in 0..MORE_AMENDMENTS {
        let carries = engine.state().members.to_carry();
        let act = world.amendment(&carries)?;
        let records = world.decided(&act)?;
        let Some((last, before)) = records.split_last() else {
            continue;
        };
        before.iter().for_each(|record| engine.restore_record(record));
        times.add(engine, last);
        world.version = act.id().into();
    }
    times.row(out, "approval that completes an amendment")
}
