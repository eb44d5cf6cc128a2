//! A newcomer catches up over a slow line that loses packets, and what it says of it meanwhile must be true.

use std::time::Instant;

use anyhow::bail;

use crate::arguments::Maker;
use crate::catching::Catching;
use crate::line::{self, ADDRESSES, DEVICE, Line, Standing};
use crate::looks::Looks;
use crate::namespace::Namespace;
use crate::said::{Said, bytes};
use crate::stage::{CHAPTER, PORT, Stage};

/// Runs it.
pub(crate) async fn run(stage: &Stage) -> anyhow::Result<()> {
    let said = &stage.said;
    said.heading("shaped: catching up over a slow line that loses packets");
    let (near, far) = (Namespace::new()?, Namespace::new()?);
    let shape = Line::of(&stage.arguments);
    let standing = line::lay([&near, &far], shape, &stage.arguments)?;
    tell_line(stage, &standing, &line::congestion(&near)?);
    let (mut founder, filled) = stage.found(near, stage.arguments.shaped_records())?;
    founder.start(&["--listen".to_owned(), format!("/ip4/{}/tcp/{PORT}", ADDRESSES[0])])?;
    let held = founder.chapter(CHAPTER).await?.map_or(0, |chapter| chapter.records);
    let mut newcomer = stage.join(&founder, far)?;

    let began = Instant::now();
    let bytes_before = newcomer.place.received_bytes(DEVICE)?;
    newcomer.start(&["--listen", "", "--role", "leaf"].map(str::to_owned))?;
    let mut caught = Catching::begin(stage, &founder, &newcomer, (began, held))?;
    caught.follow().await?;
    let took = began.elapsed().as_secs_f64();
    let came = newcomer.place.received_bytes(DEVICE)? - bytes_before;
    caught.arrived().await?;
    let (looks, events) = caught.seen();

    said.line(&standing.told());
    let share = came as f64 * 100.0 / (took * shape.bytes_per_s as f64);
    let rate = filled.envelope_bytes as f64 / took;
    said.line(&format!(
        "in step after {took:.1} s: {:.0} records/s, {}/s of records; {} came over the line, {share:.0} % of what it carries",
        held as f64 / took,
        bytes(rate as u64),
        bytes(came)
    ));
    judge(said, looks, &events, held)?;
    let records = stage.agree(&founder, &newcomer).await?;
    if records != held + 1 {
        bail!("both hold {records} records of {CHAPTER}, and {held} and one more were expected");
    }
    newcomer.ask(&["status"]).map(drop)
}

fn tell_line(stage: &Stage, standing: &Standing, congestion: &str) {
    let maker = match standing.maker {
        Maker::Netem => "the kernel's netem",
        Maker::Forwarder => "this program, which forwards each Ethernet frame out of VXLAN (real packets, real TCP)",
    };
    stage.said.line(&format!(
        "the line: {} ms there and back, {} % of the packets lost each way, {} kbit/s; made by {maker}; TCP with {congestion}",
        stage.arguments.round_trip_ms, stage.arguments.loss_percent, stage.arguments.rate_kbit
    ));
}

/// Says what of it was not true.
fn judge(said: &Said, looks: &Looks, events: &[u64], held: u64) -> anyhow::Result<()> {
    let mut faults = looks.faults(held);
    // One record was shared meanwhile.
    let grown = events.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let most = events.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max();
    if grown > 1 || most > Some(1) {
        faults.push(format!(
            "events told of more missing {grown} times, by {most:?} at most"
        ));
    }
    if events.last().is_some_and(|last| *last > 0) {
        faults.push(format!("the last event told of {:?} missing", events.last()));
    }
    let paces = looks.paces();
    if let Some((least, middle, most)) = paces {
        said.line(&format!(
            "pace shown: {least} to {most} records/s, {middle} in the middle"
        ));
    } else {
        faults.push("no pace was ever shown".to_owned());
    }
    if !faults.is_empty() {
        bail!(
            "what the newcomer said of its catching up was not true:\n{}",
            faults.join("\n")
        );
    }
    said.line(&format!(
        "{} looks and {} events: missing known before the first record, never untrue, never growing, 0 at the end",
        looks.0.len(),
        events.len()
    ));
    Ok(())
}
