//! One-time codes that let a new device in.
