//! Every rule of the road, with invented vehicles: what must be found, and what must not.

mod any_traffic;
mod cost;
mod kinds;
mod lanes;
mod people_plates;
mod red_light;
mod settings;
mod solid_line;
mod speed;
mod stage;
mod standing;
mod strips;
mod turns;
