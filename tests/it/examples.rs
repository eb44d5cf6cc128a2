//! The shipped records on their whole way: file, gate, record, the replica of every organisation, and the same file again.

use std::collections::{BTreeMap, BTreeSet};

use alliance_api::{Confirmations, Depth, DocumentFormat, PublishReceipt, PublishRequest, RecordView};
use alliance_node::Handle;
use alliance_record::schema::{self, Document};
use alliance_tests::{Cluster, arrival_of};
use prost::Message;

use crate::directory::hex;
use crate::envelope::Envelope;
use crate::reading::second_reader;
use crate::removal::unhex;
use crate::shipped::{Organisation, Said, Shipped, files, organisations, read, records, said_in_json};

/// A record's id before anything is published, different for each.
fn made_up(number: usize) -> String {
    format!("{number:064x}")
}

fn request(record: &Shipped, document: String) -> PublishRequest {
    PublishRequest {
        format: record.format(),
        document,
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    }
}

#[test]
fn nothing_is_found_in_any_of_them_where_no_node_runs() {
    let mut named = BTreeMap::new();
    for (number, record) in records().iter().enumerate() {
        let text = record.text(&named);
        let receipt = alliance_node::check_document(&request(record, text));
        let receipt = receipt.unwrap_or_else(|problem| panic!("{}: {problem:?}", record.name));
        assert_eq!(receipt.findings, [], "{}", record.name);
        named.insert(record.name.clone(), made_up(number));
    }
    assert_eq!(named.len(), files(), "every file is in the list once");
}

/// All organisations, each invited by the one that the list names, and following every chapter that a record goes to.
async fn assembled(organisations: &[Organisation], chapters: &BTreeSet<String>) -> Cluster {
    let [founder, others @ ..] = organisations else {
        panic!("the list of organisations is empty");
    };
    let mut cluster = Cluster::found(&founder.name, &founder.country).await;
    for one in others {
        let inviter = organisations
            .iter()
            .position(|inviter| Some(&inviter.id) == one.recruited_by.as_ref());
        cluster.join(inviter.unwrap(), &one.name, &one.country).await;
    }
    for member in 0..organisations.len() {
        for chapter in chapters {
            let handle = cluster.handle(member);
            let is_followed = handle.chapter(chapter).await.is_ok_and(|view| view.followed);
            if !is_followed {
                handle.follow(chapter, Depth::Exact).await.unwrap();
            }
        }
    }
    cluster
}

/// How many records go to each chapter.
fn chapters() -> BTreeMap<String, u64> {
    let mut chapters = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (number, record) in records().iter().enumerate() {
        let document = read(record.format(), &record.text(&named));
        *chapters.entry(document.chapter.unwrap()).or_default() += 1;
        named.insert(record.name.clone(), made_up(number));
    }
    chapters
}

/// Shares a document, and approves it as its second reader where it needs one.
async fn through_the_gate(handle: &Handle, request: PublishRequest) -> PublishReceipt {
    let receipt = handle.publish(request).await.unwrap();
    assert_eq!(receipt.findings, []);
    let Some(draft) = &receipt.draft else {
        return receipt;
    };
    let token = second_reader(handle, "Second reader").token;
    handle.approve_draft(&draft.id, &token).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_them_is_on_every_replica_as_its_author_wrote_it() {
    let (organisations, chapters) = (organisations(), chapters());
    let cluster = assembled(&organisations, &chapters.keys().cloned().collect()).await;
    let mut published = BTreeMap::new();
    for record in records() {
        let author = organisations.iter().position(|one| one.id == record.organisation);
        let text = record.text(&published);
        let receipt = through_the_gate(cluster.handle(author.unwrap()), request(&record, text.clone())).await;
        let id = receipt.id.unwrap();
        for (member, organisation) in organisations.iter().enumerate() {
            let handle = cluster.handle(member);
            // Whoever answers has read what it answers.
            arrival_of(handle, &id).await;
            let view = handle.record(&id).await.unwrap();
            assert_eq!(view.summary.id, id);
            let place = format!("{} with {}", record.name, organisation.name);
            is_as_written(&place, (record.format(), &text), &view);
        }
        published.insert(record.name, id);
    }
    assert_eq!(published.len(), files());
    for (chapter, records) in &chapters {
        cluster.agree_on(chapter, *records).await;
        for member in 0..organisations.len() {
            assert_eq!(cluster.handle(member).chapter(chapter).await.unwrap().records, *records);
        }
    }
}

/// A replica's record against the file that it was made of: bytes of the body, JSON and Markdown, and the way back from both.
fn is_as_written(place: &str, (format, file): (DocumentFormat, &str), view: &RecordView) {
    let document = read(format, file);
    let (kind, body) = (document.kind, document.body.as_slice());
    assert_eq!(view.summary.kind, kind.name(), "{place}");
    assert_eq!(
        Some(view.summary.chapter.as_str()),
        document.chapter.as_deref(),
        "{place}"
    );
    let envelope = Envelope::decode(unhex(&view.envelope)).unwrap();
    assert_eq!(envelope.body.unwrap().bytes, body, "{place}: the bytes of the body");
    assert_eq!(links_of(view), links_in(&document), "{place}");

    let markdown = view.markdown.as_deref().unwrap();
    assert_eq!(view.body, schema::to_json(kind, body).unwrap(), "{place}");
    assert_eq!(markdown, schema::to_markdown(kind, body).unwrap(), "{place}");
    let mut json = view.body.clone();
    json["kind"] = kind.name().into();
    let from_markdown = read(DocumentFormat::Markdown, markdown);
    for again in [&from_markdown, &read(DocumentFormat::Json, &json.to_string())] {
        assert_eq!((again.kind, again.body.as_slice()), (kind, body), "{place}");
        assert_eq!(again.references, document.references, "{place}");
    }
    match format {
        DocumentFormat::Markdown => assert_eq!(
            Said::of(&from_markdown, markdown),
            Said::of(&document, file),
            "{place}: the file itself"
        ),
        DocumentFormat::Json => assert_eq!(view.body, said_in_json(&document, file), "{place}: the file itself"),
    }
}

fn links_of(view: &RecordView) -> BTreeSet<(String, String)> {
    let links = view.references.iter();
    links.map(|link| (link.role.clone(), link.record.clone())).collect()
}

fn links_in(document: &Document) -> BTreeSet<(String, String)> {
    let links = document.references.iter();
    links.map(|(role, record)| (role.clone(), hex(record))).collect()
}
