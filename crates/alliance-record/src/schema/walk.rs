//! Reading a few texts of a body without making a message of it: every byte is judged as the codec judges it, and only what
//! is wanted is kept. What a message looks like comes from the descriptors, once for each kind.

use std::collections::BTreeMap;

use prost::bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message};
use prost_reflect::{FieldDescriptor, Kind as Wire, MessageDescriptor, UnknownField};

use super::info::{FieldInfo, KindInfo};

/// The messages of a kind, and which of their fields are kept.
#[derive(Debug)]
pub(super) struct Route {
    forms: Vec<Form>,
    slots: usize,
}

/// The fields of a message, by their numbers.
#[derive(Debug, Default)]
struct Form {
    parts: Vec<(u32, Part)>,
}

#[derive(Debug, Clone, Copy)]
struct Part {
    holds: Holds,
    repeated: bool,
    /// Whether an empty text is there all the same.
    explicit: bool,
    slot: Option<usize>,
}

/// How a field stands on the wire.
#[derive(Debug, Clone, Copy)]
enum Holds {
    Text,
    Bytes,
    Varint,
    Fixed32,
    Fixed64,
    /// The place of its form.
    Message(usize),
}

/// Where a message stands in a body.
#[derive(Debug, Clone, Copy)]
enum Stands<'a> {
    /// It is the body.
    Top,
    /// In this field of the body, and its fields count as the body's own.
    Inline(&'a FieldDescriptor),
    /// Elsewhere: nothing in it is wanted.
    Within,
}

/// Makes the forms of one kind.
struct Surveyor<'a> {
    wanted: &'a [&'a FieldInfo],
    forms: Vec<Form>,
    known: BTreeMap<String, usize>,
}

impl Route {
    /// How bodies of a kind are read for the texts of the `wanted` fields, each of which gets its place among them.
    pub(super) fn of(info: &KindInfo, wanted: &[&FieldInfo]) -> Self {
        let mut surveyor = Surveyor {
            wanted,
            forms: Vec::new(),
            known: BTreeMap::new(),
        };
        surveyor.form(&info.descriptor, Stands::Top);
        Self {
            forms: surveyor.forms,
            slots: wanted.len(),
        }
    }

    /// The texts of each wanted field, in their order: none when it is absent or empty.
    pub(super) fn texts(&self, body: &[u8]) -> Result<Vec<Vec<String>>, DecodeError> {
        let mut found = Found {
            texts: vec![Vec::new(); self.slots],
            ..Found::default()
        };
        Walk {
            route: self,
            at: 0,
            found: &mut found,
        }
        .merge(body)?;
        Ok(found.texts)
    }
}

impl Surveyor<'_> {
    /// Adds the form of a message.
    fn form(&mut self, message: &MessageDescriptor, stands: Stands<'_>) -> usize {
        let place = self.forms.len();
        self.forms.push(Form::default());
        if matches!(stands, Stands::Within) {
            self.known.insert(message.full_name().to_owned(), place);
        }
        let parts = message
            .fields()
            .map(|field| (field.number(), self.part(&field, stands)));
        let mut parts: Vec<_> = parts.collect();
        parts.sort_unstable_by_key(|(number, _)| *number);
        self.forms[place].parts = parts;
        place
    }

    fn part(&mut self, field: &FieldDescriptor, stands: Stands<'_>) -> Part {
        let is_here = |wanted: &FieldInfo| match (stands, &wanted.within) {
            (Stands::Top, None) => true,
            (Stands::Inline(field), Some(within)) => within == field,
            _ => false,
        };
        let is_it = |wanted: &&FieldInfo| wanted.descriptor == *field && is_here(wanted);
        Part {
            slot: self.wanted.iter().position(is_it),
            holds: self.holds(field, stands),
            repeated: field.is_list(),
            explicit: field.supports_presence(),
        }
    }

    fn holds(&mut self, field: &FieldDescriptor, stands: Stands<'_>) -> Holds {
        match field.kind() {
            Wire::String => Holds::Text,
            Wire::Bytes => Holds::Bytes,
            Wire::Fixed32 | Wire::Sfixed32 | Wire::Float => Holds::Fixed32,
            Wire::Fixed64 | Wire::Sfixed64 | Wire::Double => Holds::Fixed64,
            Wire::Message(inner) => Holds::Message(self.inner(field, &inner, stands)),
            _ => Holds::Varint,
        }
    }

    fn inner(&mut self, field: &FieldDescriptor, message: &MessageDescriptor, stands: Stands<'_>) -> usize {
        let holds_wanted = self.wanted.iter().any(|wanted| wanted.within.as_ref() == Some(field));
        if matches!(stands, Stands::Top) && holds_wanted {
            return self.form(message, Stands::Inline(field));
        }
        match self.known.get(message.full_name()) {
            Some(place) => *place,
            None => self.form(message, Stands::Within),
        }
    }
}

impl Form {
    fn part(&self, number: u32) -> Option<Part> {
        let place = self.parts.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(self.parts[place].1)
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Found {
    texts: Vec<Vec<String>>,
    /// Where texts and bytes are put that nobody wants: they are judged all the same.
    text: String,
    bytes: Vec<u8>,
}

/// One message on the way. It is a message of the codec only to be read by it, so that lengths, levels and errors are those of
/// any other message.
#[derive(Debug)]
struct Walk<'a> {
    route: &'a Route,
    at: usize,
    found: &'a mut Found,
}

impl Message for Walk<'_> {
    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        let Some(part) = self.route.forms[self.at].part(number) else {
            return UnknownField::decode_value(number, wire_type, buf, ctx).map(drop);
        };
        match part.holds {
            Holds::Text => self.text(part, wire_type, buf, ctx),
            Holds::Bytes => encoding::bytes::merge(wire_type, &mut self.found.bytes, buf, ctx),
            Holds::Message(at) => {
                let mut inner = Walk {
                    route: self.route,
                    at,
                    found: self.found,
                };
                encoding::message::merge(wire_type, &mut inner, buf, ctx)
            }
            Holds::Varint if part.repeated => encoding::uint64::merge_repeated(wire_type, &mut Vec::new(), buf, ctx),
            Holds::Varint => encoding::uint64::merge(wire_type, &mut 0, buf, ctx),
            Holds::Fixed32 if part.repeated => encoding::fixed32::merge_repeated(wire_type, &mut Vec::new(), buf, ctx),
            Holds::Fixed32 => encoding::fixed32::merge(wire_type, &mut 0, buf, ctx),
            Holds::Fixed64 if part.repeated => encoding::fixed64::merge_repeated(wire_type, &mut Vec::new(), buf, ctx),
            Holds::Fixed64 => encoding::fixed64::merge(wire_type, &mut 0, buf, ctx),
        }
    }

    fn encode_raw(&self, _: &mut impl BufMut) {}

    fn encoded_len(&self) -> usize {
        0
    }

    fn clear(&mut self) {}
}

impl Walk<'_> {
    fn text(
        &mut self,
        part: Part,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        let Some(slot) = part.slot else {
            return encoding::string::merge(wire_type, &mut self.found.text, buf, ctx);
        };
        let mut text = String::new();
        encoding::string::merge(wire_type, &mut text, buf, ctx)?;
        let texts = &mut self.found.texts[slot];
        if !part.repeated {
            texts.clear();
        }
        if part.repeated || part.explicit || !text.is_empty() {
            texts.push(text);
        }
        Ok(())
    }
}
