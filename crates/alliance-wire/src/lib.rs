//! What two nodes say to each other: bounded decoding of frames, conversion to domain types.
