//! What a person or a program says to a node: request and response types, a small client.
