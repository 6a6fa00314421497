//! Something left behind: what is new in a zone, stays where it is, and has nobody beside it.
//!
//! The detector knows people and vehicles, no bags. So this looks at the picture itself: the zone is divided into blocks, each with
//! a slow background of its mean brightness. Blocks that leave their background and then stand still are *foreign*; where somebody
//! stands nothing is judged and nothing learnt. Foreign blocks that hang together, of a bag's size against the zone, that came while
//! somebody was there and are still there a while after everybody has gone away from them, are something left behind. Told
//! once; forgotten when the blocks look as before. A change of light over much of the zone starts everything anew.
//!
//! What it cannot do: see a bag of the floor's own brightness, tell a bag from a parcel or a sign, or watch a zone that is never
//! free of people. It says "look there", not what it is.

use crate::frame::I420;
use crate::geometry::BBox;

/// Blocks along the longer side of a zone.
const ACROSS: f32 = 48.0;
/// Least side of a block, pixels.
const LEAST_BLOCK: f32 = 4.0;
/// A block this far from its background is foreign; this far from its last value it moves. Levels of 255.
const FOREIGN: f32 = 14.0;
const MOVES: f32 = 6.0;
/// Looks per second, at most.
const EVERY_S: f64 = 0.5;
/// How long the background is learnt before anything is judged, seconds.
const LEARN_S: f64 = 5.0;
/// Time constant of the background where nothing is foreign, seconds.
const SLOW_S: f64 = 30.0;
/// Share of the zone that may be foreign at most, and least number of blocks of one thing. A thing may take this share at most.
const LIGHT_SHARE: f32 = 0.4;
const LEAST_BLOCKS: usize = 3;
const MOST_SHARE: f32 = 0.15;
/// Somebody must have been this near when it came, and be this far when it is told of: parts of their box around it.
const NEAR: f32 = 0.6;

/// Something that was left behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftThing {
    /// Where, pixels.
    pub bbox: BBox,
    /// How long nobody has been beside it, seconds.
    pub alone_s: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Block {
    inside: bool,
    background: f32,
    last: f32,
    /// Since when it is foreign and still; NaN if it is not.
    foreign_s: f64,
    /// Somebody was near when it became so.
    brought: bool,
    /// When somebody was last near it.
    near_s: f64,
    told: bool,
}

/// Watches one zone of one picture size.
#[derive(Debug)]
pub struct LeftWatch {
    alone_s: f64,
    side: f32,
    origin: (f32, f32),
    columns: usize,
    blocks: Vec<Block>,
    began_s: f64,
    last_s: f64,
}

impl LeftWatch {
    /// Watches the zone with these corners (pixels); tells of what nobody was beside for `alone_s`.
    pub fn new(corners: &[(f32, f32)], alone_s: f64) -> Self {
        let fold = |pick: fn(f32, f32) -> f32, start: f32, of: fn(&(f32, f32)) -> f32| {
            corners.iter().map(of).fold(start, pick)
        };
        let (left, top) = (fold(f32::min, f32::MAX, |c| c.0), fold(f32::min, f32::MAX, |c| c.1));
        let (right, bottom) = (fold(f32::max, 0.0, |c| c.0), fold(f32::max, 0.0, |c| c.1));
        let side = ((right - left).max(bottom - top) / ACROSS).max(LEAST_BLOCK).round();
        let columns = ((right - left) / side).floor().max(0.0) as usize;
        let rows = ((bottom - top) / side).floor().max(0.0) as usize;
        let block = |index: usize| {
            let (column, row) = ((index % columns.max(1)) as f32, (index / columns.max(1)) as f32);
            let centre = (left + (column + 0.5) * side, top + (row + 0.5) * side);
            let none = f64::NAN;
            Block {
                inside: within(corners, centre),
                foreign_s: none,
                near_s: f64::NEG_INFINITY,
                ..Block::default()
            }
        };
        let blocks = (0..columns * rows).map(block).collect();
        let never = f64::NEG_INFINITY;
        Self { alone_s, side, origin: (left, top), columns, blocks, began_s: never, last_s: never }
    }

    /// Looks at one frame; `occupied` are the boxes of everybody and everything that is tracked.
    pub fn update(&mut self, now_s: f64, picture: &I420, occupied: &[BBox]) -> Vec<LeftThing> {
        if self.began_s == f64::NEG_INFINITY || now_s < self.last_s {
            self.restart(now_s, picture);
            return Vec::new();
        }
        let past_s = now_s - self.last_s;
        if past_s < EVERY_S || self.columns == 0 {
            return Vec::new();
        }
        self.last_s = now_s;
        let learning = now_s - self.began_s < LEARN_S;
        let learn = if learning { 0.3 } else { (past_s / SLOW_S).min(1.0) as f32 };
        let (mut foreign, mut all) = (0_usize, 0_usize);
        for index in 0..self.blocks.len() {
            if !self.blocks[index].inside {
                continue;
            }
            all += 1;
            let area = self.area(index, 1);
            let value = mean(picture, &area);
            let on = occupied.iter().any(|bbox| bbox.intersect(&area).area() > 0.0);
            let near = on || occupied.iter().any(|bbox| widened(bbox).intersect(&area).area() > 0.0);
            let block = &mut self.blocks[index];
            if near {
                block.near_s = now_s;
            }
            if on {
                continue;
            }
            let still = (value - block.last).abs() < MOVES;
            block.last = value;
            if (value - block.background).abs() < FOREIGN || learning {
                block.background += learn * (value - block.background);
                (block.foreign_s, block.told) = (f64::NAN, false);
                continue;
            }
            foreign += 1;
            if !still {
                block.foreign_s = f64::NAN;
            } else if block.foreign_s.is_nan() {
                block.foreign_s = now_s;
                // It came with somebody, or came to light when they stepped aside.
                block.brought = now_s - block.near_s <= 2.0 * EVERY_S + past_s;
            }
        }
        if foreign as f32 > LIGHT_SHARE * all as f32 {
            self.restart(now_s, picture);
            return Vec::new();
        }
        self.things(now_s, all)
    }

    /// Foreign blocks that hang together.
    fn things(&mut self, now_s: f64, all: usize) -> Vec<LeftThing> {
        let ripe = |block: &Block| block.inside && now_s - block.foreign_s >= self.alone_s.min(2.0);
        let mut seen = vec![false; self.blocks.len()];
        let mut things = Vec::new();
        for start in 0..self.blocks.len() {
            if seen[start] || !ripe(&self.blocks[start]) {
                continue;
            }
            let mut group = vec![start];
            seen[start] = true;
            let mut next = 0;
            while let Some(&at) = group.get(next) {
                next += 1;
                for other in neighbours(at, self.columns, self.blocks.len()) {
                    if !seen[other] && ripe(&self.blocks[other]) {
                        seen[other] = true;
                        group.push(other);
                    }
                }
            }
            let blocks = || group.iter().map(|at| &self.blocks[*at]);
            let since_s = blocks().map(|block| block.near_s.max(block.foreign_s)).fold(f64::MIN, f64::max);
            let sized =
                group.len() >= LEAST_BLOCKS && group.len() as f32 <= (MOST_SHARE * all as f32).max(9.0);
            let brought = blocks().any(|block| block.brought);
            if sized && brought && blocks().all(|block| !block.told) && now_s - since_s >= self.alone_s {
                let boxes = group.iter().map(|at| self.area(*at, 1));
                let bbox = boxes.reduce(|one, other| around(&one, &other)).unwrap_or_default();
                things.push((group, LeftThing { bbox, alone_s: now_s - since_s }));
            }
        }
        for at in things.iter().flat_map(|(group, _)| group) {
            self.blocks[*at].told = true;
        }
        things.into_iter().map(|(_, thing)| thing).collect()
    }

    fn restart(&mut self, now_s: f64, picture: &I420) {
        (self.began_s, self.last_s) = (now_s, now_s);
        for index in 0..self.blocks.len() {
            let value = mean(picture, &self.area(index, 1));
            let block = &mut self.blocks[index];
            (block.background, block.last, block.foreign_s, block.told) = (value, value, f64::NAN, false);
        }
    }

    fn area(&self, index: usize, size: usize) -> BBox {
        let (column, row) = ((index % self.columns) as f32, (index / self.columns) as f32);
        let side = self.side * size as f32;
        BBox { x: self.origin.0 + column * self.side, y: self.origin.1 + row * self.side, w: side, h: side }
    }
}

fn widened(bbox: &BBox) -> BBox {
    let by = NEAR * bbox.w.max(0.4 * bbox.h);
    BBox { x: bbox.x - by, y: bbox.y - by, w: bbox.w + 2.0 * by, h: bbox.h + 2.0 * by }
}

fn around(one: &BBox, other: &BBox) -> BBox {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    BBox { x, y, w: one.right().max(other.right()) - x, h: one.bottom().max(other.bottom()) - y }
}

fn neighbours(at: usize, columns: usize, all: usize) -> impl Iterator<Item = usize> {
    let column = at % columns;
    let left = (column > 0).then(|| at - 1);
    let right = (column + 1 < columns).then_some(at + 1);
    let above = at.checked_sub(columns);
    let below = Some(at + columns).filter(|below| *below < all);
    [left, right, above, below].into_iter().flatten()
}

/// Mean brightness of an area, every other pixel.
fn mean(picture: &I420, area: &BBox) -> f32 {
    let area = area.clip(picture.width, picture.height);
    let (luma, stride) = (picture.y(), picture.strides[0]);
    let (mut sum, mut count) = (0_u32, 0_u32);
    for row in (area.y as usize..area.bottom() as usize).step_by(2) {
        for column in (area.x as usize..area.right() as usize).step_by(2) {
            sum += u32::from(luma[row * stride + column]);
            count += 1;
        }
    }
    sum as f32 / count.max(1) as f32
}

fn within(corners: &[(f32, f32)], (x, y): (f32, f32)) -> bool {
    let mut inside = false;
    for (index, a) in corners.iter().enumerate() {
        let b = corners[(index + 1) % corners.len()];
        if (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0 {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const WIDTH: usize = 320;
    const HEIGHT: usize = 240;
    const BAG: BBox = BBox { x: 150.0, y: 150.0, w: 24.0, h: 20.0 };

    /// A floor of this brightness, and things on it.
    fn picture(floor: u8, things: &[(BBox, u8)]) -> I420 {
        let mut data = vec![floor; WIDTH * HEIGHT];
        for (index, pixel) in data.iter_mut().enumerate() {
            // A floor is never quite even.
            *pixel = pixel.wrapping_add((index % 7) as u8 % 3);
        }
        for (bbox, value) in things {
            for y in bbox.y as usize..bbox.bottom() as usize {
                for x in bbox.x as usize..bbox.right() as usize {
                    data[y * WIDTH + x] = *value;
                }
            }
        }
        let luma = data.len();
        data.resize(luma * 3 / 2, 128);
        I420 {
            width: WIDTH as u32,
            height: HEIGHT as u32,
            strides: [WIDTH, WIDTH / 2, WIDTH / 2],
            offsets: [0, luma, luma * 5 / 4],
            data: Arc::new(data),
        }
    }

    fn watch() -> LeftWatch {
        LeftWatch::new(&[(20.0, 20.0), (300.0, 20.0), (300.0, 220.0), (20.0, 220.0)], 20.0)
    }

    fn person(x: f32) -> BBox {
        BBox { x, y: 80.0, w: 36.0, h: 92.0 }
    }

    /// Plays a scene with ten frames a second; says when something was told of.
    fn play(seconds: u32, scene: impl Fn(f64) -> (I420, Vec<BBox>)) -> Vec<(f64, LeftThing)> {
        let mut watch = watch();
        (0..seconds * 10)
            .flat_map(|tick| {
                let now_s = f64::from(tick) / 10.0;
                let (picture, people) = scene(now_s);
                watch
                    .update(now_s, &picture, &people)
                    .into_iter()
                    .map(move |thing| (now_s, thing))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Somebody walks in, puts a bag down at 12 s and walks off.
    fn left(now_s: f64) -> (I420, Vec<BBox>) {
        let walks = |from: f64| person((20.0 + 13.0 * (now_s - from)) as f32);
        match now_s {
            s if s < 8.0 => (picture(120, &[]), vec![]),
            s if s < 12.0 => (picture(120, &[(person(140.0), 40)]), vec![person(140.0)]),
            s if s < 20.0 => (picture(120, &[(BAG, 50), (walks(3.0), 40)]), vec![walks(3.0)]),
            _ => (picture(120, &[(BAG, 50)]), vec![]),
        }
    }

    #[test]
    fn a_bag_that_stays_when_its_bearer_has_gone_is_told_of_once_and_where_it_stands() {
        let told = play(90, left);
        assert_eq!(told.len(), 1, "{told:?}");
        let (at_s, thing) = told[0];
        assert!((30.0..45.0).contains(&at_s), "{at_s}");
        assert!(thing.bbox.iou(&BAG) > 0.4, "{thing:?}");
        assert!(thing.alone_s >= 20.0);
    }

    #[test]
    fn a_bag_beside_which_somebody_stays_is_not_left() {
        let beside = |now_s: f64| match now_s {
            s if s < 8.0 => (picture(120, &[]), vec![]),
            _ => (picture(120, &[(BAG, 50), (person(190.0), 40)]), vec![person(190.0)]),
        };
        assert_eq!(play(90, beside), []);
    }

    #[test]
    fn a_bag_that_is_fetched_in_time_is_not_told_of() {
        let fetched = |now_s: f64| if now_s < 28.0 { left(now_s) } else { (picture(120, &[]), vec![]) };
        assert_eq!(play(90, fetched), []);
    }

    #[test]
    fn somebody_who_only_stands_for_long_leaves_nothing() {
        let stands = |now_s: f64| match now_s {
            s if !(8.0..50.0).contains(&s) => (picture(120, &[]), vec![]),
            _ => (picture(120, &[(person(140.0), 40)]), vec![person(140.0)]),
        };
        assert_eq!(play(90, stands), []);
    }

    #[test]
    fn a_lamp_that_goes_on_and_a_patch_of_sun_without_anybody_are_no_luggage() {
        let lamp = |now_s: f64| (picture(if now_s < 20.0 { 90 } else { 150 }, &[]), vec![]);
        assert_eq!(play(60, lamp), []);
        let sun = |now_s: f64| (picture(120, if now_s < 20.0 { &[] } else { &[(BAG, 200)] }), vec![]);
        assert_eq!(play(60, sun), []);
    }
}
