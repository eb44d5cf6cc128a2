//! `alliance run`: the node, until it is told to end.

use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::pin;

use alliance_http::{ApiToken, HttpSettings, Network, Reading, ServeError, Server, TokenError};
use alliance_node::{Handle, ReadingRule, Run, RunError, Settings};
use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::SettingFlags;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, chain};
use crate::notify::Supervisor;

/// Options of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    settings: SettingFlags,
}

/// Where a started node answers.
#[derive(Serialize)]
struct Started {
    data: String,
    socket: Option<String>,
    http: Option<String>,
}

pub(super) async fn perform(context: &Context, args: &RunArgs) -> Result<Exit, Failure> {
    let settings = context.config(&args.settings)?.settings;
    let mut signals = Signals::new()?;
    let mut http = http_settings(context, &settings)?;
    let run = Run::start(&context.data, settings)
        .await
        .map_err(|error| not_started(&error))?;
    let handle = run.handle.clone();
    let started = Started {
        data: context.data.display().to_string(),
        socket: http.unix.as_ref().map(|path| path.display().to_string()),
        http: None,
    };
    match open(context, &handle, &mut http).await {
        Ok(server) => until_end(context, (run, handle, server), started, &mut signals).await,
        Err(failure) => {
            handle.shutdown();
            let _ = run.ended().await;
            Err(failure)
        }
    }
}

/// Opens the HTTP interface; makes its token, when it needs one and there is none.
async fn open(context: &Context, handle: &Handle, http: &mut HttpSettings) -> Result<Server, Failure> {
    if http.tcp.is_some() {
        http.token = Some(ApiToken::load_or_create(&context.data.join("api.token")).map_err(no_token)?);
    }
    let serving = alliance_http::serve(handle.clone(), http.clone());
    serving.await.map_err(|error| not_served(&error))
}

async fn until_end(
    context: &Context,
    (run, handle, server): (Run, Handle, Server),
    started: Started,
    signals: &mut Signals,
) -> Result<Exit, Failure> {
    let supervisor = Supervisor::of_process();
    announce(context, &server, started)?;
    supervisor.ready();
    let mut ended = pin!(run.ended());
    tokio::select! {
        outcome = ended.as_mut() => {
            server.stop().await;
            return outcome.map(|()| Exit::Done).map_err(|error| broke_down(&error));
        }
        () = signals.next() => {}
        () = supervisor.watch(&handle) => {}
    }
    supervisor.stopping();
    tracing::info!("ending; a second signal ends at once");
    let ending = async {
        server.stop().await;
        handle.shutdown();
        ended.await
    };
    tokio::select! {
        outcome = ending => outcome.map(|()| Exit::Done).map_err(|error| broke_down(&error)),
        () = signals.next() => Err(Failure::local("ended_at_once", "The node was ended before it had finished", "")),
    }
}

fn announce(context: &Context, server: &Server, started: Started) -> Result<(), Failure> {
    let started = Started {
        http: server.tcp_address().map(|address| format!("http://{address}/")),
        ..started
    };
    context.output.answer(&started, |_| String::new())?;
    for place in started.socket.iter().chain(&started.http) {
        context.output.note(&format!("answers at {place}"));
    }
    tracing::info!(data = started.data, "the node runs");
    Ok(())
}

/// Where the HTTP interface listens.
fn http_settings(context: &Context, settings: &Settings) -> Result<HttpSettings, Failure> {
    Ok(HttpSettings {
        tcp: address(&settings.http)?,
        reading: reading(settings)?,
        keys: Some(context.data.join("idempotency.log")),
        unix: (!settings.socket.is_empty()).then(|| context.data.join(&settings.socket)),
        ..HttpSettings::default()
    })
}

fn address(text: &str) -> Result<Option<SocketAddr>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.map(Some).ok_or_else(|| {
        let title = format!("'{text}' is no address for the HTTP interface");
        Failure::usage("bad_http_address", title, "write host and port: --http 127.0.0.1:8080")
    })
}

/// Who may read without a token. Networks without effect would seem to open what they do not.
fn reading(settings: &Settings) -> Result<Reading, Failure> {
    let named = settings.reading_without_token_from.iter();
    let networks = named.map(|text| text.parse()).collect::<Result<Vec<Network>, _>>();
    let networks = networks.map_err(|error| {
        let title = format!("reading_without_token_from: {error}");
        Failure::usage("bad_network", title, "")
    })?;
    match settings.reading {
        ReadingRule::Own => Ok(Reading::Own(networks)),
        _ if !networks.is_empty() => Err(Failure::usage(
            "bad_settings",
            "reading_without_token_from has an effect only while reading is \"own\"",
            "leave one of the two out",
        )),
        ReadingRule::Open => Ok(Reading::Open),
        ReadingRule::Token => Ok(Reading::Token),
    }
}

fn no_token(error: TokenError) -> Failure {
    Failure::local("no_token", "The token of the HTTP interface is missing", chain(&error))
}

fn not_started(error: &RunError) -> Failure {
    Failure::local("not_started", "The node did not start", chain(error))
}

fn not_served(error: &ServeError) -> Failure {
    Failure::local("not_served", "The node's HTTP interface did not start", chain(error))
}

fn broke_down(error: &RunError) -> Failure {
    Failure::local("broke_down", "The node ended with an error", chain(error))
}

/// The signals that end a node.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| Failure::local("no_signals", "Signals cannot be received", error.to_string()))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_open_to_whom_the_settings_say() {
        let set = |reading, networks: &[&str]| Settings {
            reading,
            reading_without_token_from: networks.iter().map(|text| (*text).to_owned()).collect(),
            ..Settings::default()
        };
        assert_eq!(reading(&Settings::default()).unwrap(), Reading::Own(Vec::new()));
        let own = reading(&set(ReadingRule::Own, &["10.0.0.0/8"])).unwrap();
        assert_eq!(own, Reading::Own(vec!["10.0.0.0/8".parse().unwrap()]));
        assert_eq!(reading(&set(ReadingRule::Open, &[])).unwrap(), Reading::Open);
        assert_eq!(reading(&set(ReadingRule::Token, &[])).unwrap(), Reading::Token);
        let wrong = reading(&set(ReadingRule::Own, &["10.0.0.0"])).unwrap_err().told;
        assert!(wrong.title.contains("'10.0.0.0' is no network"), "{}", wrong.title);
        assert!(reading(&set(ReadingRule::Token, &["10.0.0.0/8"])).is_err());
    }

    #[test]
    fn an_http_address_is_host_and_port_or_nothing() {
        assert_eq!(address("").unwrap(), None);
        assert_eq!(address("127.0.0.1:0").unwrap(), Some("127.0.0.1:0".parse().unwrap()));
        assert!(address("[::1]:8080").unwrap().is_some());
        assert!(address("8080").is_err() && address("127.0.0.1").is_err());
    }
}
