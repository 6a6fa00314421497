//! Every rule of the road, with invented vehicles: what must be found, and what must not.

mod red_light;
mod stage;
