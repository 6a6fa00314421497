//! The guard's desk over real HTTP and WebSockets. Central and the broker are not there in any of these tests.

mod fake;
mod live;
mod process;
mod routes;
mod shift;
mod sign_in;
mod stream;
mod support;

#[path = "../support/gate_list.rs"]
mod gate_list;
