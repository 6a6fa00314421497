//! People in a zone, minute by minute. Pure: time comes with the counts.

/// A gap between two looks longer than this was not seen at all, seconds: a camera that was away does not show an empty hall.
const MOST_GAP_S: f64 = 2.5;
/// Less than this is no minute worth telling of, seconds.
const LEAST_S: f64 = 1.0;

/// What was seen of one minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minute {
    /// Which minute: whole minutes since 1970.
    pub number: i64,
    /// Most people at the same time.
    pub most: u32,
    /// Mean number over the seconds that were seen.
    pub mean: f64,
    /// Seconds that were seen.
    pub observed_s: f64,
}

/// Counts one zone.
#[derive(Debug, Default)]
pub struct MinuteCount {
    number: Option<i64>,
    last: Option<(f64, u32)>,
    most: u32,
    people_s: f64,
    observed_s: f64,
}

impl MinuteCount {
    /// So many people are in the zone in this frame: wall time in whole seconds since 1970, stream time in seconds. Says how the
    /// minute before was when a new one has begun and anything of it was seen.
    pub fn see(&mut self, wall_s: i64, stream_s: f64, people: u32) -> Option<Minute> {
        let number = wall_s.div_euclid(60);
        let over = (self.number != Some(number)).then(|| self.finish()).flatten();
        self.number = Some(number);
        if let Some((last_s, were)) = self.last {
            let gap_s = stream_s - last_s;
            if (0.0..=MOST_GAP_S).contains(&gap_s) {
                self.people_s += gap_s * f64::from(were);
                self.observed_s += gap_s;
            }
        }
        self.last = Some((stream_s, people));
        self.most = self.most.max(people);
        over
    }

    /// The minute that is being counted, as far as it was seen.
    pub fn finish(&mut self) -> Option<Minute> {
        let number = self.number.take()?;
        let (most, people_s, observed_s) = (self.most, self.people_s, self.observed_s.min(60.0));
        (self.most, self.people_s, self.observed_s) = (0, 0.0, 0.0);
        let mean = (people_s / observed_s.max(f64::MIN_POSITIVE)).min(f64::from(most));
        (observed_s >= LEAST_S).then_some(Minute { number, most, mean, observed_s })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_its_most_its_mean_and_the_seconds_that_were_seen() {
        let mut count = MinuteCount::default();
        for tick in 0..600 {
            let people = if tick < 300 { 2 } else { 6 };
            assert_eq!(count.see(600 + tick / 10, tick as f64 / 10.0, people), None);
        }
        let minute = count.see(660, 60.0, 6).unwrap();
        assert_eq!((minute.number, minute.most), (10, 6));
        assert!((minute.mean - 4.0).abs() < 0.02, "{minute:?}");
        assert!((minute.observed_s - 59.9).abs() < 0.2, "{minute:?}");
    }

    #[test]
    fn a_minute_that_nobody_saw_is_no_minute_and_no_zero() {
        let mut count = MinuteCount::default();
        count.see(0, 0.0, 3);
        count.see(1, 1.0, 3);
        count.see(2, 2.0, 3);
        // The camera is away for three minutes.
        let first = count.see(200, 200.0, 5).unwrap();
        assert_eq!((first.number, first.observed_s), (0, 2.0));
        assert_eq!(count.see(201, 201.0, 5), None);
        let second = count.see(240, 240.0, 5);
        assert_eq!(
            second.map(|minute| (minute.number, minute.observed_s)),
            Some((3, 1.0)),
            "the gap counts nothing"
        );
    }

    #[test]
    fn one_look_alone_is_nothing_to_tell_of() {
        let mut count = MinuteCount::default();
        count.see(0, 0.0, 9);
        assert_eq!(count.finish(), None);
        assert_eq!(count.finish(), None);
    }
}
