//! How fast the store appends, how much disk and memory it takes, and how soon it opens, beside raw sled writing the same
//! records under their ids with an index by chapter. `benches/README.md` says how to run it and what it showed.
//!
//! Each way runs in a process of its own, so that its peak memory is its own.

mod data;
mod erasing;
mod figures;
mod ways;

use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

use data::{Bodies, Shape};
use figures::Figures;
use ways::Way;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What to run.
#[derive(Debug, Clone)]
struct Plan {
    shape: Shape,
    rounds: usize,
    ways: Vec<Way>,
    /// Set in the process that runs one way in one directory.
    child: Option<String>,
}

fn main() -> Result<()> {
    let plan = plan(std::env::args().skip(1))?;
    if let (Some(dir), [way]) = (&plan.child, &plan.ways[..]) {
        return way.run(dir.as_ref(), plan.shape);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", plan.shape)?;
    for round in 0..plan.rounds {
        for way in &plan.ways {
            writeln!(out, "round {}: {}", round + 1, run_apart(*way, &plan)?)?;
        }
    }
    Ok(())
}

fn plan(args: impl Iterator<Item = String>) -> Result<Plan> {
    let mut plan = Plan {
        shape: Shape::DEFAULT,
        rounds: 1,
        ways: Vec::new(),
        child: None,
    };
    let mut args = args.filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} wants a value"));
        match arg.as_str() {
            "--records" => plan.shape.records = value()?.parse()?,
            "--group" => plan.shape.group = value()?.parse()?,
            "--run" => plan.shape.run = value()?.parse()?,
            "--logs" => plan.shape.logs = value()?.parse()?,
            "--references" => plan.shape.references = value()?.parse()?,
            "--bodies" => plan.shape.bodies = Bodies::named(&value()?)?,
            "--rounds" => plan.rounds = value()?.parse()?,
            "--in" => plan.child = Some(value()?),
            way => plan.ways.push(Way::named(way)?),
        }
    }
    if plan.ways.is_empty() {
        plan.ways = vec![Way::Store, Way::Raw];
    }
    Ok(plan)
}

/// Runs one way in a process and a directory of its own.
fn run_apart(way: Way, plan: &Plan) -> Result<String> {
    let dir = tempfile::Builder::new()
        .prefix("append")
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut lines = Vec::new();
    for step in way.steps() {
        let output = Command::new(std::env::current_exe()?)
            .args(plan.shape.args())
            .args([step.name(), "--in"])
            .arg(dir.path())
            .stderr(Stdio::inherit())
            .output()?;
        lines.push(String::from_utf8(output.stdout)?.trim().to_owned());
    }
    Ok(lines.join("; "))
}

/// Prints what a way came to.
fn report(figures: &Figures) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{figures}")?)
}
