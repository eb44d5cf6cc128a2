//! Publishing by several programs at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alliance_api::{Client, ClientError, Confirmations, DocumentFormat, PublishRequest};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::node::soon;

/// Programs that publish at once.
const PUBLISHERS: usize = 6;
/// Where they publish in turn.
const CHAPTERS: [&str; 3] = ["m49:001", "iso:gb", "m49:150"];
/// Letters by which every seventh document is longer.
const LONGER: usize = 4_000;

/// Publishers at work.
pub(crate) struct Load {
    publishers: JoinSet<Vec<String>>,
    acknowledgements: mpsc::UnboundedReceiver<()>,
    over: Arc<AtomicBool>,
}

fn document(publisher: usize, number: usize) -> PublishRequest {
    let more = if number % 7 == 6 {
        "and again ".repeat(LONGER / 10)
    } else {
        String::new()
    };
    let document = format!(
        "---\nkind: practice\ntitle: Number {number} of publisher {publisher}\nlang: en-GB\nlicence: CC-BY-4.0\n\
         scope: public\nsettings: [inpatient.acute_adult]\ncoproduction:\n  level: codesigned\n  note: Together.\n\
         evidence_stage: \"1\"\neffect: too_early\nstatus: in_use\n---\n\n## Summary\n\nWe meet and plan the day.\n\n\
         ## Problem\n\nNews surprised people.\n\n## Why it should work\n\nWho knows early can prepare.\n\n\
         ## What is done\n\nThanks, news, requests and offers {more}.\n"
    );
    PublishRequest {
        format: DocumentFormat::Markdown,
        document,
        chapter: Some(CHAPTERS[number % CHAPTERS.len()].to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    }
}

impl Load {
    pub(crate) fn on(client: &Client) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (told, acknowledgements) = mpsc::unbounded_channel();
        let mut publishers = JoinSet::new();
        for publisher in 0..PUBLISHERS {
            publishers.spawn(publish(publisher, client.clone(), told.clone(), Arc::clone(&over)));
        }
        Self {
            publishers,
            acknowledgements,
            over,
        }
    }

    /// Waits for some more acknowledgements.
    pub(crate) async fn acknowledged(&mut self, count: u64) {
        for _ in 0..count {
            soon(self.acknowledgements.recv())
                .await
                .expect("the publishers are at work");
        }
    }

    /// Ends publishing; the ids that were acknowledged.
    pub(crate) async fn end(self) -> Vec<String> {
        self.over.store(true, Ordering::Relaxed);
        soon(self.publishers.join_all()).await.concat()
    }
}

/// Publishes until it is over, or the node is gone.
async fn publish(
    publisher: usize,
    client: Client,
    told: mpsc::UnboundedSender<()>,
    over: Arc<AtomicBool>,
) -> Vec<String> {
    let mut ids = Vec::new();
    while !over.load(Ordering::Relaxed) {
        match client.publish(&document(publisher, ids.len())).await {
            Ok(receipt) => ids.push(receipt.id.expect("an id")),
            Err(ClientError::Problem(problem)) => panic!("{problem}"),
            Err(_) => break,
        }
        // The one who counts may have seen enough.
        let _ = told.send(());
    }
    ids
}
