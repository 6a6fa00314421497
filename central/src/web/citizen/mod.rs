//! The citizen's side.
