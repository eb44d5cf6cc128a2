//! Runs real nodes over bad networks, in network namespaces of its own: a slow line that loses packets, and one that
//! breaks again and again.
//!
//! Owns the order of things and the exit code. Never changes the machine outside its namespaces and its directory.

mod arguments;
mod catching;
mod chance;
mod checksum;
mod cuts;
mod forwarder;
mod ground;
mod lack;
mod line;
mod looks;
mod namespace;
mod node;
mod program;
mod proxy;
mod said;
mod shaped;
mod signals;
mod stage;
mod tally;
mod wires;
mod workplace;

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Parser;

use arguments::{Arguments, What};
use lack::Lack;
use program::Program;
use said::Said;
use stage::Stage;
use workplace::Workplace;

/// A fault of the nodes, or of the suite.
const FAULT: u8 = 1;
/// What test harnesses take for "not run".
const NOT_RUN: u8 = 77;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let said = Said::begin();
    let code = if arguments.inside {
        run_all(&arguments, said).unwrap_or_else(|error| tell(said, "suite", &error))
    } else {
        // When all goes well this process becomes another, which comes back here inside.
        let found = Program::find(&arguments);
        let error = found.map_or_else(|error| error, |_| ground::enter());
        tell(said, "suite", &error)
    };
    ExitCode::from(code)
}

/// Runs what was asked for, one after the other; the worst of the exit codes.
fn run_all(arguments: &Arguments, said: Said) -> anyhow::Result<u8> {
    ensure!(
        std::process::id() == 1,
        "--inside is for the suite itself: leave it away"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let both = [("shaped", What::Shaped), ("cuts", What::Cuts)];
    let asked = both
        .into_iter()
        .filter(|(_, what)| [*what, What::All].contains(&arguments.what));
    let mut codes = Vec::new();
    for (name, what) in asked {
        codes.push(match run_one(arguments, said, what, &runtime) {
            Ok(()) => 0,
            Err(error) => tell(said, name, &error),
        });
    }
    // Threads that still read from processes end with them.
    runtime.shutdown_background();
    let is = |wanted: u8| codes.contains(&wanted);
    Ok(if is(FAULT) {
        FAULT
    } else if is(NOT_RUN) {
        NOT_RUN
    } else {
        0
    })
}

fn run_one(arguments: &Arguments, said: Said, what: What, runtime: &tokio::runtime::Runtime) -> anyhow::Result<()> {
    let program = Program::find(arguments)?;
    let parent = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let workplace = Workplace::make(&parent)?;
    let stage = Stage {
        said,
        program,
        dir: workplace.path().to_owned(),
        arguments: arguments.clone(),
    };
    let ended = runtime.block_on(async {
        let interrupted = signals::clean_up_when_told(stage.dir.clone(), said)?;
        let ended = match what {
            What::Cuts => cuts::run(&stage).await,
            What::Shaped | What::All => shaped::run(&stage).await,
        };
        interrupted.abort();
        ended
    });
    if ended.is_err() {
        stage.tell_logs();
        if arguments.keep {
            let kept = workplace.keep();
            said.line(&format!("left behind: {}", kept.display()));
        }
    }
    ended.context("it did not hold")
}

/// Tells why something did not run, or failed; the exit code that says it.
fn tell(said: Said, what: &str, error: &anyhow::Error) -> u8 {
    if let Some(lack) = error.downcast_ref::<Lack>() {
        said.heading(&format!("NOT RUN ({what}): {lack}"));
        return NOT_RUN;
    }
    said.heading(&format!("FAILED ({what}): {error:#}"));
    FAULT
}
