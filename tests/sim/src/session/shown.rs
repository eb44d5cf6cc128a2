//! Inputs and effects in a few words, for the trace.

use alliance_engine::{Effect, Input};
use alliance_record::{SignedRecord, VerifiedRecord};
use alliance_wire::SyncMessage;

/// An input in a few words.
pub(crate) fn shown_input(input: &Input) -> String {
    match input {
        Input::Record { record, source, .. } => format!("record {} {source:?}", shown(record)),
        Input::Range {
            session,
            records,
            fault,
            more,
            ..
        } => {
            let first = records.first().map(|record| shown(record)).unwrap_or_default();
            format!(
                "range {session:?}: {} records {first}, fault {fault:?}, more {more}",
                records.len()
            )
        }
        Input::Frame { session, message } => format!("frame {session:?}: {}", shown_message(message)),
        Input::PeerUp { peer } => format!("up {}", peer.short()),
        Input::PeerDown { peer } => format!("down {}", peer.short()),
        Input::Proved { from, until, found, .. } => {
            let found: String = format!("{found:?}").chars().take(12).collect();
            format!("proved {from}..={until}: {found}")
        }
        Input::Opened { session, peer } => format!("opened {session:?} {}", peer.short()),
        Input::Closed { session } => format!("closed {session:?}"),
        Input::Import { ticket, records } => format!("import {ticket}: {} records", records.len()),
        Input::Unfillable { log } => format!("unfillable {} in {}", log.writer.short(), log.chapter),
        Input::Wake => "wake".to_owned(),
    }
}

fn shown(record: &SignedRecord) -> String {
    let header = record.header();
    let log = &header.log;
    let life = log.instance.short();
    format!(
        "{} {} {}/{life}/{}@{}",
        record.id().short(),
        header.kind,
        log.writer.short(),
        log.chapter,
        header.sequence
    )
}

fn shown_message(message: &SyncMessage) -> String {
    match message {
        SyncMessage::Hello(hello) => format!("hello of {} chapters", hello.chapters.len()),
        SyncMessage::Sketch(part) => format!("{} cells from {} of {}", part.cells.len(), part.from, part.view.chapter),
        SyncMessage::List(part) => format!("{} marks of {}, more {}", part.marks.len(), part.chapter, part.more),
        SyncMessage::Compared { lagging } => format!("compared, {} lagging", lagging.len()),
        SyncMessage::More(more) => format!("more of {}", more.chapter),
        SyncMessage::Pull(pull) => {
            let wants = pull.wants.iter().map(|want| format!(" {}..={}", want.from, want.until));
            format!("pull {:?} of {}:{}", pull.part, pull.chapter, wants.collect::<String>())
        }
        SyncMessage::Grant { bytes } => format!("grant {bytes}"),
        SyncMessage::Range(part) => format!("range of {}", part.records.len()),
        SyncMessage::Done => "done".to_owned(),
        SyncMessage::Busy { retry_after_ms } => format!("busy {retry_after_ms}"),
        SyncMessage::Addresses(peers) => format!("{} addresses", peers.len()),
    }
}

fn shown_run(records: &[VerifiedRecord]) -> String {
    let ends = [records.first(), records.last()].into_iter().flatten();
    let ends: Vec<String> = ends.map(|record| shown(record)).collect();
    format!("{}: {}", records.len(), ends.join(" to "))
}

/// An effect in a few words.
pub(crate) fn shown_effect(effect: &Effect) -> String {
    match effect {
        Effect::Append { records } => format!("append {}", shown_run(records)),
        Effect::Fill { records } => format!("fill {}", shown_run(records)),
        Effect::Judge { ticket, verdict } => format!("judge {ticket} {}", verdict.code()),
        Effect::Imported {
            ticket,
            brought,
            stopped,
        } => format!("imported {ticket}: {brought}, stopped {stopped:?}"),
        Effect::Broadcast { record } => format!("broadcast {}", shown(record)),
        Effect::Erase { record } => format!("erase {}", record.short()),
        Effect::Prove { other } => format!("prove {}", shown_run(other)),
        Effect::Carry { statement } => format!("carry {statement:?}").chars().take(60).collect(),
        Effect::Open { session, peer } => format!("open {session:?} {}", peer.short()),
        Effect::Send { session, message } => format!("send {session:?}: {}", shown_message(message)),
        Effect::Serve { session, served } => {
            let served = served
                .iter()
                .map(|served| format!(" {}..={} {:?}", served.from, served.until, served.part));
            format!("serve {session:?}:{}", served.collect::<String>())
        }
        Effect::Credit { session, bytes } => format!("credit {session:?} {bytes}"),
        Effect::SendAddresses { session } => format!("addresses {session:?}"),
        Effect::Close { session } => format!("close {session:?}"),
        Effect::Tell { notice } => format!("tell {notice:?}"),
        Effect::Follow { chapter } => format!("follow {chapter}"),
        Effect::Unfollow { chapter } => format!("unfollow {chapter}"),
        Effect::RosterChanged => "roster changed".to_owned(),
        Effect::Learn { peers } => format!("learn {} peers", peers.len()),
    }
}
