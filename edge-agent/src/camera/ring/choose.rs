//! Which access units a clip takes. Pure.

use super::{NoClip, Unit};

/// Which units a clip takes, by index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub first: usize,
    pub last: usize,
    pub shortened: bool,
}

/// From the key frame before `from` to the last unit that belongs before `to`; shorter from both ends, but around `act`, when that is
/// over the limit. Times are presentation times, units come in decoding order.
pub(super) fn choose(units: &[&Unit], [from, act, to]: [i128; 3], limit: usize) -> Result<Range, NoClip> {
    let before = |at: i128| {
        units
            .iter()
            .enumerate()
            .rev()
            .find(|(_, unit)| unit.key && i128::from(unit.pts_ns) <= at)
            .map(|(i, _)| i)
    };
    let first_key = units.iter().position(|unit| unit.key).ok_or(NoClip::Gone)?;
    let latest_first = before(act).unwrap_or(first_key);
    let mut first = before(from).unwrap_or(first_key).min(latest_first);
    let until = |at: i128| units.iter().rposition(|unit| i128::from(unit.pts_ns) <= at).unwrap_or(first_key);
    // One unit more, so that the clip reaches `to`.
    let mut last = (until(to) + 1).min(units.len() - 1).max(first);
    let earliest_last = (until(act) + 1).min(units.len() - 1).max(latest_first);
    let mut bytes: usize = units[first..=last].iter().map(|unit| unit.data.len()).sum();
    let mut shortened = false;
    while bytes > limit {
        shortened = true;
        let next_key = (first + 1..=latest_first).find(|i| units[*i].key);
        let lead = act - i128::from(units[first].pts_ns);
        let tail = i128::from(units[last].pts_ns) - act;
        match next_key {
            Some(next) if lead >= tail || last <= earliest_last => {
                bytes -= units[first..next].iter().map(|unit| unit.data.len()).sum::<usize>();
                first = next;
            }
            _ if last > earliest_last => {
                bytes -= units[last].data.len();
                last -= 1;
            }
            _ => return Err(NoClip::TooLarge),
        }
    }
    Ok(Range { first, last, shortened })
}
