//! The short way to a summary says what the long way says: a whole message made of the body by reflection.

use proptest::prelude::*;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost::{Message, bytes::BufMut};
use prost_reflect::{DynamicMessage, Kind as Wire, MessageDescriptor, ReflectMessage, Value};

use crate::proto::v1;
use crate::schema::info::{KindInfo, all, items};
use crate::schema::json::decode;
use crate::schema::limits::{
    BODY_BYTES_MAX, SUMMARY_ITEM_CHARACTERS_MAX, SUMMARY_ITEMS_MAX, SUMMARY_TEXT_CHARACTERS_MAX,
    SUMMARY_TITLE_CHARACTERS_MAX,
};
use crate::schema::summary::{TEXTS, TITLES, TITLES_EN};
use crate::schema::{Kind, Summary, read_markdown, summary};

/// The long way.
fn reflected(kind: Kind, body: &[u8]) -> Summary {
    let Ok((info, message)) = decode(kind, body) else {
        return Summary::default();
    };
    let first = |names: &[&str], most| {
        let mut texts = names.iter().filter_map(|name| text(info, &message, name));
        texts
            .next()
            .map_or_else(String::new, |text| text.chars().take(most).collect())
    };
    Summary {
        title: first(&TITLES, SUMMARY_TITLE_CHARACTERS_MAX),
        title_en: first(&TITLES_EN, SUMMARY_TITLE_CHARACTERS_MAX),
        lang: first(&["lang"], SUMMARY_ITEM_CHARACTERS_MAX),
        summary: first(&TEXTS, SUMMARY_TEXT_CHARACTERS_MAX),
        settings: list(info, &message, "settings"),
        scope: first(&["scope"], SUMMARY_ITEM_CHARACTERS_MAX),
        tags: list(info, &message, "tags"),
    }
}

fn text<'a>(info: &KindInfo, message: &'a DynamicMessage, name: &str) -> Option<&'a str> {
    info.field(name)?.value(message)?.as_str()
}

fn list(info: &KindInfo, message: &DynamicMessage, name: &str) -> Vec<String> {
    let value = info.field(name).and_then(|field| field.value(message));
    let texts = value.map_or(&[][..], items).iter().filter_map(Value::as_str);
    let shortened = |text: &str| text.chars().take(SUMMARY_ITEM_CHARACTERS_MAX).collect();
    texts.take(SUMMARY_ITEMS_MAX).map(shortened).collect()
}

/// What drives the making of a body; wraps when it is used up.
struct Dice<'a>(std::iter::Cycle<std::slice::Iter<'a, u32>>);

impl Dice<'_> {
    fn below(&mut self, bound: u32) -> u32 {
        self.0.next().map_or(0, |number| number % bound)
    }

    fn text(&mut self) -> String {
        let length = [0, 1, 9, 70, 150][self.below(5) as usize];
        (0..length)
            .map(|_| ['a', ' ', 'é', 'ש', '\u{1f600}'][self.below(5) as usize])
            .collect()
    }
}

/// Some fields of a message in any order, some of them twice, each as the wire writes it; strange ones among them.
fn fields(message: &MessageDescriptor, dice: &mut Dice<'_>, levels: u32) -> Vec<u8> {
    let known: Vec<_> = message.fields().collect();
    let mut out = Vec::new();
    for _ in 0..dice.below(9) {
        match known.get(dice.below(u32::try_from(known.len()).unwrap() + 1) as usize) {
            Some(field) => value(field.number(), &field.kind(), dice, (levels, &mut out)),
            None => strange(dice, &mut out),
        }
    }
    out
}

fn value(number: u32, kind: &Wire, dice: &mut Dice<'_>, (levels, out): (u32, &mut Vec<u8>)) {
    let bytes = match kind {
        Wire::Message(_) if levels == 0 => Vec::new(),
        Wire::Message(inner) => fields(inner, dice, levels - 1),
        Wire::String | Wire::Bytes => dice.text().into_bytes(),
        kind => return number_value(number, kind, dice, out),
    };
    encode_key(number, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.put_slice(&bytes);
}

/// A number, alone or packed.
fn number_value(number: u32, kind: &Wire, dice: &mut Dice<'_>, out: &mut Vec<u8>) {
    let (wire_type, bytes) = match kind {
        Wire::Double | Wire::Fixed64 | Wire::Sfixed64 => (WireType::SixtyFourBit, vec![7; 8]),
        Wire::Float | Wire::Fixed32 | Wire::Sfixed32 => (WireType::ThirtyTwoBit, vec![7; 4]),
        _ => (WireType::Varint, vec![0x96, 0x01]),
    };
    if dice.below(4) == 0 {
        encode_key(number, WireType::LengthDelimited, out);
        encode_varint(2 * bytes.len() as u64, out);
        out.put_slice(&bytes);
    } else {
        encode_key(number, wire_type, out);
    }
    out.put_slice(&bytes);
}

/// A field of a newer node: groups within groups, at times more of them than the codec follows.
fn strange(dice: &mut Dice<'_>, out: &mut Vec<u8>) {
    let levels = [0, 1, 2, 97, 98, 99, 100, 101][dice.below(8) as usize];
    (0..levels).for_each(|_| encode_key(900, WireType::StartGroup, out));
    encode_key(901, WireType::Varint, out);
    encode_varint(5, out);
    (0..levels).for_each(|_| encode_key(900, WireType::EndGroup, out));
}

fn same(kind: Kind, body: &[u8]) {
    assert_eq!(summary(kind, body), reflected(kind, body), "{kind} {body:02x?}");
}

proptest! {
    #[test]
    fn of_bodies_in_any_form(index in any::<prop::sample::Index>(), dice in prop::collection::vec(any::<u32>(), 1..300)) {
        let info = all().nth(index.index(all().count())).unwrap();
        let mut dice = Dice(dice.iter().cycle());
        let body = fields(&info.descriptor, &mut dice, 3);
        same(info.kind, &body);
        let again = [body, fields(&info.descriptor, &mut dice, 2)].concat();
        same(info.kind, &again);
    }

    #[test]
    fn of_spoiled_bodies(
        index in 0usize..10, at in any::<prop::sample::Index>(), byte in any::<u8>(), dice in prop::collection::vec(any::<u32>(), 1..200),
    ) {
        let info = all().nth(index).unwrap();
        let made = fields(&info.descriptor, &mut Dice(dice.iter().cycle()), 3);
        for mut body in [read_markdown(&super::filled(info)).unwrap().body, made] {
            if !body.is_empty() {
                let at = at.index(body.len());
                body[at] = byte;
                same(info.kind, &body);
                same(info.kind, &body[..at]);
            }
        }
    }

    #[test]
    fn of_garbage(kind in 0u32..80, body in prop::collection::vec(any::<u8>(), 0..300)) {
        same(Kind(kind), &body);
    }
}

#[test]
fn of_filled_drafts_and_their_parts_in_turn() {
    for info in all().filter(|info| !info.label.is_empty()) {
        let body = read_markdown(&super::filled(info)).unwrap().body;
        assert!(!summary(info.kind, &body).title.is_empty(), "{}", info.name);
        (0..=body.len()).for_each(|end| same(info.kind, &body[..end]));
    }
}

#[test]
fn the_last_of_several_counts_and_parts_of_a_message_are_one() {
    let part = |title: &str, tags: &[&str]| v1::Practice {
        common: Some(v1::Common {
            title: title.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let parts = [part("first", &["a"]), part("second", &[]), part("", &["b", "b"])];
    let body = parts.map(|part| part.encode_to_vec()).concat();
    let listed = summary(Kind::PRACTICE, &body);
    assert_eq!(
        (listed.title.as_str(), listed.tags),
        ("second", ["a", "b", "b"].map(str::to_owned).to_vec())
    );
    same(Kind::PRACTICE, &body);
}

#[test]
fn of_bodies_that_are_too_long_or_of_kinds_from_newer_nodes() {
    let title = v1::Profile {
        name: "Example Trust".to_owned(),
        ..Default::default()
    };
    let body = title.encode_to_vec();
    same(Kind::PROFILE, &body);
    same(Kind(999), &body);
    let full = [body.as_slice(), &[0x0a, 0x00].repeat(BODY_BYTES_MAX / 2)].concat();
    same(Kind::PROFILE, &full);
    same(Kind::PROFILE, &full[..BODY_BYTES_MAX]);
}

/// What the short way does not follow.
#[test]
fn no_kind_has_groups_or_maps() {
    for info in all() {
        let message = DynamicMessage::new(info.descriptor.clone()).descriptor();
        for field in message
            .parent_pool()
            .all_messages()
            .flat_map(|message| message.fields().collect::<Vec<_>>())
        {
            let of_ours = field.parent_message().package_name() == "alliance.v1";
            assert!(
                !of_ours || !(field.is_group() || field.is_map()),
                "{}",
                field.full_name()
            );
        }
    }
}
