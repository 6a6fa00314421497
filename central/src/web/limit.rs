//! How often one address may do something that needs no account. Pure: time is an argument.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Mutex;

/// Addresses remembered at most; those that were quiet longest go first.
const MAX_ADDRESSES: usize = 20_000;

/// What was done when, by address.
#[derive(Debug, Default)]
pub struct Limit(Mutex<HashMap<Asked, VecDeque<i64>>>);

/// What is asked for, and from where.
type Asked = (&'static str, Option<IpAddr>);

impl Limit {
    /// Counts a deed of an address; with more than `most` within `within_ms` it is refused with the seconds to wait. An IPv6 address
    /// counts as its network of 64 bits, which one household or office has.
    pub fn take(
        &self,
        what: &'static str,
        address: Option<IpAddr>,
        most: usize,
        within_ms: i64,
        now_ms: i64,
    ) -> Result<(), u64> {
        // The map is whole after every statement.
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= MAX_ADDRESSES {
            known.retain(|_, times| times.back().is_some_and(|last| now_ms - last < within_ms));
        }
        if known.len() >= MAX_ADDRESSES {
            let quiet = known.iter().min_by_key(|(_, times)| times.back().copied()).map(|(key, _)| *key);
            quiet.and_then(|key| known.remove(&key));
        }
        let times = known.entry((what, address.map(network))).or_default();
        while times.front().is_some_and(|first| now_ms - first >= within_ms) {
            times.pop_front();
        }
        if times.len() >= most {
            let wait_ms = times.front().map_or(within_ms, |first| first + within_ms - now_ms);
            return Err((wait_ms.max(1) as u64).div_ceil(1000));
        }
        times.push_back(now_ms);
        Ok(())
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_once_it_did_too_much_and_others_do_not() {
        let limit = Limit::default();
        let (one, other) = (Some(IpAddr::from([10, 0, 0, 1])), Some(IpAddr::from([10, 0, 0, 2])));
        for at in 0..3 {
            assert_eq!(limit.take("book", one, 3, 60_000, at * 1000), Ok(()));
        }
        assert_eq!(limit.take("book", one, 3, 60_000, 10_000), Err(50));
        assert_eq!(limit.take("book", other, 3, 60_000, 10_000), Ok(()));
        assert_eq!(limit.take("look", one, 3, 60_000, 10_000), Ok(()));
        assert_eq!(limit.take("book", one, 3, 60_000, 60_000), Ok(()));
        assert_eq!(limit.take("book", one, 3, 60_000, 60_500), Err(1));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one_and_memory_is_bounded() {
        let limit = Limit::default();
        let at = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert_eq!(limit.take("x", at("2001:db8::1"), 1, 1000, 0), Ok(()));
        assert!(limit.take("x", at("2001:db8::2"), 1, 1000, 0).is_err());
        assert_eq!(limit.take("x", at("2001:db8:0:1::1"), 1, 1000, 0), Ok(()));
        for n in 0..MAX_ADDRESSES as u32 + 100 {
            let _ = limit.take("x", Some(IpAddr::from(n.to_be_bytes())), 1, 1_000_000, 1);
        }
        assert!(limit.0.lock().unwrap().len() <= MAX_ADDRESSES);
    }
}
