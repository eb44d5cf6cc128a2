//! Small counts of people and events: what a series may show without letting anybody compute what it hides.
