//! What a member leaves behind beyond the end of its log: others carry on what is of use to those who come later, and
//! nothing else.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Effects, Engine, Input, ToCarry};
use alliance_record::{RecordId, SignedRecord, StandingTo};

use super::builders::{again, certificate, certificate_in, proposal};
use super::promises::Scene;
use crate::fixture::{NOW_MS, verified};

/// What the engine of `a`, started with these records and then told the rest, carries within an hour.
fn carried(engine: &mut Engine) -> Vec<RecordId> {
    let mut carried = Vec::new();
    for after_ms in [10_000, 1_000_000, 3_590_000] {
        let mut fx = Effects::new();
        engine.handle(Input::Wake, NOW_MS + after_ms, &mut fx);
        carried.extend(fx.drain().filter_map(|effect| match effect {
            Effect::Carry {
                statement: ToCarry::Held { record },
            } => Some(record),
            _ => None,
        }));
    }
    carried
}

fn started(scene: &Scene, records: &[SignedRecord]) -> Engine {
    let mut engine = scene.alliance.engine();
    records
        .iter()
        .for_each(|record| engine.restore_record(&verified(record)));
    engine
}

#[test]
fn the_words_of_stewards_are_carried_and_what_strangers_signed_is_not() {
    let mut scene = Scene::new();
    let before = scene.change(None, "d", StandingTo::Removed);
    scene.d_says(proposal(&before));
    let removal = scene.remove();
    let of_use = [
        scene.d.says(scene.alliance.approval(&before.id(), "c")),
        scene.d.says(scene.alliance.word(&removal, "c", "no")),
    ];
    scene.records.extend(of_use.clone());
    // Proposals that no steward spoke of, words of those who are none, and certificates of a time that is over.
    for nonce in 2..=200 {
        scene.d_says(proposal(&again(&before, nonce)));
        let said = scene.alliance.approval(&before.id(), &format!("stranger {nonce}"));
        scene.d_says(said);
        let other = scene.alliance.node(&format!("d{nonce}"));
        scene.d_says(certificate(&certificate_in(&other, None, "d")));
    }
    let mut engine = started(&scene, &scene.records);
    let found: BTreeSet<_> = carried(&mut engine).into_iter().collect();
    assert_eq!(found, of_use.iter().map(SignedRecord::id).collect());
}
