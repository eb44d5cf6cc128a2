//! Personal details in texts: patterns, checksums, and the words around them.
