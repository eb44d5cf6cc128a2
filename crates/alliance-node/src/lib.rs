//! Runs: joins engine, store and net in one loop and offers a handle.
