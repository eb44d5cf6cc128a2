//! A whole alliance on this machine: real nodes, real connections on loopback, real data directories.
//!
//! Needs no configuration, no network and no free port known beforehand. Ends with 0 only if every check held.

mod cast;
mod checks;
mod report;
mod stage;

use std::time::Instant;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use cast::Cast;
use report::Report;
use stage::Stage;

/// What the demonstration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// How many organisations take part.
    pub(crate) organisations: u8,
    /// Whether it ends by itself, or stays until it is interrupted.
    pub(crate) end: DemoEnd,
}

/// When the demonstration ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DemoEnd {
    /// Once its checks are done.
    AfterChecks,
    /// When it is interrupted.
    AtInterrupt,
}

/// Runs the demonstration.
///
/// # Errors
/// What stopped it.
pub(crate) async fn run(options: DemoOptions, output: Output) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let cast = Cast::shipped(options.organisations.into())?;
    let mut stage = Stage::open(output)?;
    let played = play(&mut stage, &cast, options).await;
    let outcome = match played {
        Ok(mut report) => {
            report.seconds = begun.elapsed().as_secs_f64();
            output.answer(&report, |_| report.text())?;
            if options.end == DemoEnd::AtInterrupt {
                output.note("\nThe nodes stay up. Ctrl-C ends them and removes their directories.");
                let _ = tokio::signal::ctrl_c().await;
            }
            Ok(if report.holds() { Exit::Done } else { Exit::Failed })
        }
        Err(failure) => Err(failure),
    };
    stage.close().await;
    outcome
}

async fn play(stage: &mut Stage, cast: &Cast, options: DemoOptions) -> Result<Report, Failure> {
    stage.gather(cast).await?;
    stage.follow_themes(cast).await?;
    let (before, meanwhile) = cast.records.split_at(cast.shared_by_all());
    stage.publish(before).await?;
    stage.agree(cast).await?;
    let away = stage.leave(meanwhile).await?;
    stage.publish(meanwhile).await?;
    stage.come_back(away).await?;
    stage.agree(cast).await?;
    if options.end == DemoEnd::AtInterrupt {
        stage.serve().await?;
    }
    checks::report(stage, cast).await
}
