//! Which part of a frame is the accused vehicle, and which parts are others.

/// A rectangle of whole pixels within a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub x0: u32,
    /// First row.
    pub y0: u32,
    /// Column after the last.
    pub x1: u32,
    /// Row after the last.
    pub y1: u32,
}

impl Area {
    /// The area of a normalised `[x, y, w, h]`, a little wider on every side by `margin` of its size; none when nothing of it is
    /// within the picture.
    pub fn of(bbox: [f32; 4], margin: f32, (width, height): (u32, u32)) -> Option<Self> {
        let [x, y, w, h] = bbox;
        if bbox.iter().any(|value| !value.is_finite()) || w <= 0.0 || h <= 0.0 {
            return None;
        }
        let (dx, dy) = (w * margin, h * margin);
        let (across, down) = (width as f32, height as f32);
        // `as` stops at the ends of the type, and the bounds are those of the picture.
        let at = |value: f32, side: f32| (value * side).clamp(0.0, side);
        let area = Self {
            x0: at(x - dx, across).floor() as u32,
            y0: at(y - dy, down).floor() as u32,
            x1: at(x + w + dx, across).ceil() as u32,
            y1: at(y + h + dy, down).ceil() as u32,
        };
        (area.x0 < area.x1 && area.y0 < area.y1).then_some(area)
    }

    /// Whether a pixel is in it.
    pub fn holds(self, x: u32, y: u32) -> bool {
        (self.x0..self.x1).contains(&x) && (self.y0..self.y1).contains(&y)
    }

    /// Its pixels.
    pub fn pixels(self) -> impl Iterator<Item = (u32, u32)> {
        (self.y0..self.y1).flat_map(move |y| (self.x0..self.x1).map(move |x| (x, y)))
    }
}

/// Something that stood in the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object<'a> {
    /// Whether it is the accused track.
    pub accused: bool,
    /// Class, as the detector names it.
    pub class: &'a str,
    /// Normalised `[x, y, w, h]`.
    pub bbox: [f32; 4],
}

/// What of a frame stays and what is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The accused vehicle; all of the picture is hidden without it.
    pub own: Option<Area>,
    /// Others, who are hidden even where they cover the vehicle.
    pub others: Vec<Area>,
}

/// Room around the accused vehicle, as a share of its size: detectors cut mirrors and wheels.
const OWN_MARGIN: f32 = 0.04;
/// Room around others.
const OTHER_MARGIN: f32 = 0.06;
/// From this overlap (intersection over union) on, a second box is the same vehicle found twice.
const SAME: f32 = 0.6;
/// From this share within the box on, a person on a two-wheeler is its rider.
const RIDER: f32 = 0.7;

impl Plan {
    /// The plan for a picture of this size. `own` is where the vehicle is, normalised; without it the box of the accused track counts.
    pub fn new(size: (u32, u32), own: Option<[f32; 4]>, own_class: &str, objects: &[Object<'_>]) -> Self {
        let accused = objects.iter().find(|object| object.accused).map(|object| object.bbox);
        let own = own.filter(|bbox| bbox[2] > 0.0 && bbox[3] > 0.0).or(accused);
        let ridden = matches!(own_class, "motorcycle" | "moped" | "e_motorcycle" | "bicycle");
        let is_own = |object: &Object<'_>| {
            object.accused
                || own.is_some_and(|own| {
                    let shared = intersection(own, object.bbox);
                    let both = own[2] * own[3] + object.bbox[2] * object.bbox[3] - shared;
                    let rider = ridden
                        && matches!(object.class, "person" | "rider")
                        && shared >= RIDER * object.bbox[2] * object.bbox[3];
                    shared >= SAME * both || rider
                })
        };
        let others = objects.iter().filter(|object| !is_own(object));
        Self {
            own: own.and_then(|bbox| Area::of(bbox, OWN_MARGIN, size)),
            others: others.filter_map(|object| Area::of(object.bbox, OTHER_MARGIN, size)).collect(),
        }
    }
}

fn intersection(a: [f32; 4], b: [f32; 4]) -> f32 {
    let along = |i: usize| (a[i] + a[i + 2]).min(b[i] + b[i + 2]) - a[i].max(b[i]);
    along(0).max(0.0) * along(1).max(0.0)
}
