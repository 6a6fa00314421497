//! Rules: track changes become facts. Pure.
