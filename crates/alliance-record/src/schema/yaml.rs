//! Front matter to a tree, with the line of each value. Refuses anchors, aliases and tags: a few of them can stand for
//! gigabytes, and no field needs them.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::finding::{Finding, Position};
use super::limits::DEPTH_MAX;
use super::node::{Content, Entry, Node, too_deep};

/// Reads YAML whose first line is `first_line` of the file. Empty text is [`Content::Null`].
pub(super) fn parse(text: &str, first_line: u32) -> Result<Node, Finding> {
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(&error, first_line))?;
        builder.take(event, position(&span.start, first_line))?;
    }
    Ok(builder.root.unwrap_or(Node::unplaced(Content::Null)))
}

fn position(marker: &Marker, first_line: u32) -> Position {
    let line = u32::try_from(marker.line()).unwrap_or(u32::MAX).max(1);
    let column = u32::try_from(marker.col()).unwrap_or(u32::MAX);
    Position {
        line: (line - 1).saturating_add(first_line),
        column: column.saturating_add(1),
    }
}

fn syntax(error: &ScanError, first_line: u32) -> Finding {
    let message = format!("The front matter cannot be read: {}.", error.info());
    let remedy =
        "Put text that contains \": \" or \" #\", or that begins with a sign, in \"quotes\"; indent with spaces.";
    Finding::error("yaml_syntax", "", message, remedy).at(Some(position(error.marker(), first_line)))
}

fn unexpected(message: &str, at: Position) -> Finding {
    let remedy = "Write one field per line, as `name: value`.";
    Finding::error("yaml_syntax", "", message, remedy).at(Some(at))
}

fn refused(what: &str, at: Position) -> Finding {
    let message = format!("The front matter uses {what}, which drafts do not need.");
    Finding::error(
        "yaml_feature_refused",
        "",
        message,
        "Write the value out, or put it in \"quotes\".",
    )
    .at(Some(at))
}

enum Open {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<(String, Position)>),
}

struct Builder {
    open: Vec<(Position, Open)>,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), Finding> {
        match event {
            Event::Alias(_) => Err(refused("an alias (*)", at)),
            Event::Scalar(_, _, anchor, ref tag)
            | Event::SequenceStart(anchor, ref tag)
            | Event::MappingStart(anchor, ref tag)
                if anchor > 0 || tag.is_some() =>
            {
                Err(refused("an anchor (&) or a tag (!)", at))
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, at),
            Event::SequenceStart(..) => self.start(Open::List(Vec::new()), at),
            Event::MappingStart(..) => self.start(Open::Map(Vec::new(), None), at),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    fn start(&mut self, open: Open, at: Position) -> Result<(), Finding> {
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep(Some(at)));
        }
        if let Some((_, Open::Map(_, name @ None))) = self.open.last_mut() {
            *name = None;
            return Err(unexpected(
                "A list or a group of fields stands where a field's name should be.",
                at,
            ));
        }
        self.open.push((at, open));
        Ok(())
    }

    fn end(&mut self) -> Result<(), Finding> {
        let Some((at, open)) = self.open.pop() else {
            return Ok(());
        };
        let content = match open {
            Open::List(items) => Content::List(items),
            Open::Map(entries, _) => Content::Map(entries),
        };
        self.put(Node { at: Some(at), content })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Position) -> Result<(), Finding> {
        if let Some((_, Open::Map(_, name @ None))) = self.open.last_mut() {
            *name = Some((text.to_owned(), at));
            return Ok(());
        }
        let content = match (style, text) {
            (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Content::Null,
            (ScalarStyle::Plain, text) => Content::Plain(text.to_owned()),
            (_, text) => Content::Quoted(text.to_owned()),
        };
        self.put(Node { at: Some(at), content })
    }

    fn put(&mut self, node: Node) -> Result<(), Finding> {
        match self.open.last_mut() {
            Some((_, Open::List(items))) => items.push(node),
            Some((_, Open::Map(entries, name))) => {
                if let Some((name, at)) = name.take() {
                    entries.push(Entry {
                        name,
                        at: Some(at),
                        value: node,
                    });
                }
            }
            None if self.root.is_none() => self.root = Some(node),
            None => {
                let at = node.at.unwrap_or(Position { line: 1, column: 1 });
                return Err(unexpected("A second document begins here.", at));
            }
        }
        Ok(())
    }
}
