//! What stewards of chapters say of them: who may follow whom, and how a chapter that was taken over is taken back.

use alliance_record::RecordId;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use bytes::Bytes;

use super::promises::Scene;
use crate::fixture::{Saying, organisation, verified};

fn describes(about: &str, stewards: &[&str], previous: Option<RecordId>) -> Saying {
    let bytes = |id: &[u8]| Bytes::copy_from_slice(id);
    let message = v1::Chapter {
        chapter: "m49:001".to_owned(),
        stewards: stewards
            .iter()
            .map(|name| bytes(organisation(name).as_bytes()))
            .collect(),
        about: about.to_owned(),
        previous: previous.map_or_else(Bytes::new, |id| bytes(id.as_bytes())),
        ..v1::Chapter::default()
    };
    Saying::governance(Kind::CHAPTER, &message)
}

fn about(scene: &Scene) -> String {
    let mut engine = scene.alliance.engine();
    scene
        .records
        .iter()
        .for_each(|record| engine.restore_record(&verified(record)));
    let state = engine.state();
    let found = state.descriptions.of(&"m49:001".parse().unwrap(), &state.members);
    found.map(|said| said.about).unwrap_or_default()
}

#[test]
fn a_chapters_stewards_go_on_describing_it_and_others_do_not() {
    let mut scene = Scene::new();
    scene.d_says(describes("first", &["d"], None));
    let first = scene.records.last().unwrap().id();
    let mut f = scene.alliance.node("f1");
    let said = f.certificate();
    scene.records.push(f.says(said));
    scene.records.push(f.says(describes("a stranger", &["f"], Some(first))));
    assert_eq!(about(&scene), "first");
    scene.d_says(describes("second", &["f"], Some(first)));
    let second = scene.records.last().unwrap().id();
    assert_eq!(about(&scene), "second");
    scene.records.push(f.says(describes("third", &["f"], Some(second))));
    assert_eq!(about(&scene), "third");
}

/// Whichever id is smaller, the steward's goes first.
#[test]
fn whoever_takes_a_chapter_over_by_a_first_description_loses_it_to_the_alliances_stewards() {
    for text in ["one", "two", "three", "four"] {
        let mut scene = Scene::new();
        scene.d_says(describes(&format!("taken over {text}"), &["d"], None));
        assert_eq!(about(&scene), format!("taken over {text}"));
        let said = scene.a.says(describes(text, &["b"], None));
        scene.records.push(said);
        assert_eq!(about(&scene), text);
    }
}
