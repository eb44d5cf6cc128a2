//! Where the values of a JSON file stand. The parser keeps no places, so the text is gone through once more, beside the tree
//! that was read from it. Judges nothing: the text has been read before.

use std::iter::Peekable;
use std::str::Chars;

use super::finding::Position;
use super::node::{Content, Node};

/// Gives every field and value of `node` its place in `text`, from which it was read.
pub(super) fn place(text: &str, node: &mut Node) {
    let mut walk = Walk {
        rest: text.chars().peekable(),
        at: Position { line: 1, column: 1 },
    };
    walk.value(node);
}

struct Walk<'a> {
    rest: Peekable<Chars<'a>>,
    at: Position,
}

impl Walk<'_> {
    fn value(&mut self, node: &mut Node) {
        self.blanks();
        node.at = Some(self.at);
        match &mut node.content {
            Content::Map(entries) => {
                self.next();
                for entry in &mut *entries {
                    self.blanks();
                    entry.at = Some(self.at);
                    self.text();
                    self.blanks();
                    self.next();
                    self.value(&mut entry.value);
                    self.blanks();
                    self.next();
                }
                self.close(entries.is_empty());
            }
            Content::List(items) => {
                self.next();
                for item in &mut *items {
                    self.value(item);
                    self.blanks();
                    self.next();
                }
                self.close(items.is_empty());
            }
            Content::Quoted(_) => self.text(),
            Content::Null | Content::Plain(_) => while self.next_if(|c| !",]}".contains(c) && !c.is_whitespace()) {},
        }
    }

    /// The bracket that nothing stands before; any other was taken as what follows the last value.
    fn close(&mut self, empty: bool) {
        if empty {
            self.blanks();
            self.next();
        }
    }

    fn text(&mut self) {
        self.next();
        while let Some(c) = self.next() {
            match c {
                '\\' => drop(self.next()),
                '"' => return,
                _ => {}
            }
        }
    }

    fn blanks(&mut self) {
        while self.next_if(char::is_whitespace) {}
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let found = self.rest.peek().is_some_and(|c| wanted(*c));
        if found {
            self.next();
        }
        found
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::super::node::parse_json;
    use super::*;

    fn placed(node: &Node, out: &mut Vec<(u32, u32)>) {
        let at = node.at.unwrap();
        out.push((at.line, at.column));
        match &node.content {
            Content::Map(entries) => entries.iter().for_each(|entry| placed(&entry.value, out)),
            Content::List(items) => items.iter().for_each(|item| placed(item, out)),
            _ => {}
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let text =
            "{\n \"a\": \"x \\\" {\", \"é\" :[ ],\n \"b\": [1, {\"c\":null} ,\ntrue], \"d\":{}, \"e\": -1.5e3\n}";
        let node = parse_json(text).unwrap();
        let mut found = Vec::new();
        placed(&node, &mut found);
        assert_eq!(
            found,
            [
                (1, 1),
                (2, 7),
                (2, 22),
                (3, 7),
                (3, 8),
                (3, 11),
                (3, 16),
                (4, 1),
                (4, 12),
                (4, 21)
            ]
        );
    }
}
