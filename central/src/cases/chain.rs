//! The chain of a log: each step names the hash of the one before, so that a step cannot be changed, left out or put in unseen.

use wire::Digest;

/// The hash of a step: SHA-256 of the hash before it (64 hex digits, nothing for the first) followed by `body`.
pub fn link(prior: Option<Digest>, body: &[u8]) -> Digest {
    let mut bytes = prior.map(|prior| prior.to_string().into_bytes()).unwrap_or_default();
    bytes.extend_from_slice(body);
    Digest::of(&bytes)
}

/// The first step whose hash is not the one of its body and the step before; `None` when the chain holds.
pub fn first_break<'a>(steps: impl IntoIterator<Item = (&'a [u8], Digest)>) -> Option<usize> {
    let mut prior = None;
    for (at, (body, hash)) in steps.into_iter().enumerate() {
        if link(prior, body) != hash {
            return Some(at);
        }
        prior = Some(hash);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(bodies: &[&'static str]) -> Vec<(&'static [u8], Digest)> {
        let mut prior = None;
        bodies
            .iter()
            .map(|body| {
                let hash = link(prior, body.as_bytes());
                prior = Some(hash);
                (body.as_bytes(), hash)
            })
            .collect()
    }

    #[test]
    fn a_step_that_was_changed_left_out_or_put_in_is_found() {
        let whole = chain(&["a", "b", "c"]);
        assert_eq!(first_break(whole.iter().copied()), None);
        let mut changed = whole.clone();
        changed[1].0 = b"x";
        assert_eq!(first_break(changed), Some(1));
        let mut shorter = whole.clone();
        shorter.remove(1);
        assert_eq!(first_break(shorter), Some(1));
        let mut longer = whole;
        longer.insert(1, (b"x", Digest::of(b"x")));
        assert_eq!(first_break(longer), Some(1));
    }

    #[test]
    fn the_first_step_stands_alone() {
        assert_eq!(link(None, b"a"), Digest::of(b"a"));
        let first = Digest::of(b"a");
        assert_eq!(link(Some(first), b"b"), Digest::of(format!("{first}b").as_bytes()));
    }
}
