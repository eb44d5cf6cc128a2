//! The tree an author wrote, before anything is known of its meaning. The field decides what a plain `2024` is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::finding::{Finding, Position};
use super::json_places;
use super::limits::DEPTH_MAX;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) at: Option<Position>,
    pub(super) content: Content,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Nothing: the field is left empty.
    Null,
    /// Without quotes: text, a number, or true and false.
    Plain(String),
    /// In quotes, or a block of text: text only.
    Quoted(String),
    /// Items.
    List(Vec<Node>),
    /// Fields, in the order written, duplicates included.
    Map(Vec<Entry>),
}

/// A field as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) at: Option<Position>,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn unplaced(content: Content) -> Self {
        Self { at: None, content }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Plain(text) | Content::Quoted(text) => Some(text),
            _ => None,
        }
    }

    fn depth(&self) -> usize {
        match &self.content {
            Content::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Content::Map(entries) => 1 + entries.iter().map(|entry| entry.value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// The finding for too many levels.
pub(super) fn too_deep(at: Option<Position>) -> Finding {
    let message = format!("Lists and fields stand within each other more than {DEPTH_MAX} levels deep.");
    Finding::error(
        "depth_exceeded",
        "",
        message,
        "No field needs more than four levels; check the brackets.",
    )
    .at(at)
}

/// Reads JSON. The parser's own limit of 128 levels guards the stack; ours is checked after.
pub(super) fn parse_json(text: &str) -> Result<Node, Finding> {
    let mut node: Node = serde_json::from_str(text).map_err(|error| syntax(&error))?;
    if node.depth() > DEPTH_MAX {
        return Err(too_deep(None));
    }
    json_places::place(text, &mut node);
    Ok(node)
}

fn syntax(error: &serde_json::Error) -> Finding {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let position = Position {
        line: count(error.line()),
        column: count(error.column()),
    };
    let message = format!("This is not JSON: {error}.");
    Finding::error(
        "json_syntax",
        "",
        message,
        "Check the commas, quotes and brackets just before this place.",
    )
    .at(Some(position))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Plain(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Plain(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Plain(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Plain(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::unplaced(Content::Quoted(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::unplaced(Content::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            entries.push(Entry { name, at: None, value });
        }
        Ok(Node::unplaced(Content::Map(entries)))
    }
}
