use std::sync::atomic::{AtomicBool, Ordering};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use wire::face::FaceModel;

use super::*;

fn model() -> FaceModel {
    FaceModel::new("invented-1").unwrap()
}

fn random(rng: &mut ChaCha8Rng, dims: usize) -> FaceVector {
    // A common part, so that the mean is not zero.
    let values = (0..dims).map(|i| rng.random::<f32>() - 0.5 + 0.05 * (i % 3) as f32).collect();
    FaceVector::new(model(), values).unwrap()
}

/// `share` of `of`, the rest at random.
fn alike(rng: &mut ChaCha8Rng, of: &FaceVector, share: f32) -> FaceVector {
    let noise = random(rng, of.dimensions());
    let mix = |(a, b): (&f32, &f32)| share * a + (1.0 - share * share).sqrt() * b;
    FaceVector::new(model(), of.values().iter().zip(noise.values()).map(mix).collect()).unwrap()
}

fn faces(rng: &mut ChaCha8Rng, dims: usize, ids: std::ops::Range<u64>) -> Vec<Face> {
    let person = |id| PersonRef(Uuid::from_u128(u128::from(id) / 2));
    ids.map(|id| Face { id: FaceId(id), person: person(id), vector: random(rng, dims) }).collect()
}

fn exact(faces: &[Face], query: &FaceVector, count: usize) -> Vec<FaceId> {
    let mut all: Vec<_> = faces.iter().map(|f| (f.vector.similarity(query).unwrap(), f.id)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.into_iter().take(count).map(|(_, id)| id).collect()
}

fn ids(found: &[Candidate]) -> Vec<FaceId> {
    found.iter().map(|c| c.id).collect()
}

#[test]
fn the_answer_is_that_of_comparing_with_every_face() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for dims in [5, 100, 128, 512] {
        let faces = faces(&mut rng, dims, 0..3000);
        let index = FaceIndex::new(model(), dims);
        index.add(&faces[..1]).unwrap();
        index.add(&faces[1..1700]).unwrap();
        faces[1700..1800].iter().for_each(|face| index.add(std::slice::from_ref(face)).unwrap());
        index.add(&faces[1800..]).unwrap();
        assert_eq!(index.snapshot().len(), 3000);
        let mut missed = 0;
        for at in 0..100 {
            let query = alike(&mut rng, &faces[at * 17].vector, 0.4);
            let found = index.identify(&query, 5, -1.0).unwrap();
            assert!(found.is_sorted_by(|a, b| a.score >= b.score));
            missed += exact(&faces, &query, 5).iter().filter(|id| !ids(&found).contains(id)).count();
            for candidate in found {
                let real = faces[candidate.id.0 as usize].vector.similarity(&query).unwrap();
                assert!((candidate.score - real).abs() < 5e-5);
            }
        }
        assert!(missed <= 1, "{missed} of 500 missed with {dims} dimensions");
    }
}

#[test]
fn equal_faces_come_in_the_order_of_their_ids_however_they_were_added() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let twin = random(&mut rng, 128);
    let mut faces = faces(&mut rng, 128, 0..400);
    [399, 3, 200, 77].iter().for_each(|at: &usize| faces[*at].vector = twin.clone());
    for step in [1, 7, 400] {
        let index = FaceIndex::new(model(), 128);
        faces.chunks(step).for_each(|some| index.add(some).unwrap());
        let found = index.identify(&twin, 4, 0.9).unwrap();
        assert_eq!(ids(&found), [3, 77, 200, 399].map(FaceId));
        assert_eq!(ids(&index.identify(&twin, 2, 0.9).unwrap()), [3, 77].map(FaceId));
    }
}

#[test]
fn nothing_below_the_least_score_is_a_candidate() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let faces = faces(&mut rng, 128, 0..200);
    let index = FaceIndex::new(model(), 128);
    index.add(&faces).unwrap();
    assert_eq!(ids(&index.identify(&faces[5].vector, 10, 0.9).unwrap()), [FaceId(5)]);
    assert_eq!(index.identify(&faces[5].vector, 0, -1.0).unwrap(), []);
    assert_eq!(index.identify(&faces[5].vector, 500, -1.0).unwrap().len(), 200);
}

#[test]
fn other_models_and_lengths_and_ids_that_do_not_ascend_are_refused_and_change_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let good = faces(&mut rng, 64, 0..10);
    let index = FaceIndex::new(model(), 64);
    index.add(&good).unwrap();
    let other =
        FaceVector::new(FaceModel::new("other-1").unwrap(), good[0].vector.values().to_vec()).unwrap();
    let short = FaceVector::new(model(), vec![1.0; 63]).unwrap();
    for (vector, word) in [(other, "other-1"), (short, "63")] {
        let bad = Face { id: FaceId(11), person: PersonRef(Uuid::nil()), vector: vector.clone() };
        let fine = Face { id: FaceId(10), ..good[0].clone() };
        let said = index.add(&[fine, bad]).unwrap_err().to_string();
        assert!(said.contains(word), "{said}");
        assert!(index.identify(&vector, 1, 0.0).is_err());
    }
    assert_eq!(index.add(&good[9..]), Err(IndexError::IdOrder { given: FaceId(9), last: FaceId(9) }));
    // An id is not used again, even when its face is gone.
    index.remove(&[FaceId(9)]);
    assert!(index.add(&good[9..]).is_err());
    assert_eq!(index.snapshot().len(), 9);
}

#[test]
fn removed_faces_are_not_found_and_their_room_is_given_back() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let faces = faces(&mut rng, 128, 0..2000);
    let index = FaceIndex::new(model(), 128);
    index.add(&faces).unwrap();
    let full = index.snapshot().bytes();
    assert_eq!(index.remove(&[FaceId(7), FaceId(7), FaceId(5000)]), 1);
    assert!(!ids(&index.identify(&faces[7].vector, 5, -1.0).unwrap()).contains(&FaceId(7)));
    // Person 50 has faces 100 and 101.
    assert_eq!(index.remove_person(faces[100].person), 2);
    assert!(index.snapshot().of_person(faces[100].person).is_empty());
    let most: Vec<_> = (200..2000).map(FaceId).collect();
    assert_eq!(index.remove(&most), 1800);
    assert_eq!(index.snapshot().len(), 197);
    assert!(index.snapshot().bytes() < full / 5);
    assert_eq!(ids(&index.identify(&faces[50].vector, 1, 0.5).unwrap()), [FaceId(50)]);
    index.remove(&(0..200).map(FaceId).collect::<Vec<_>>());
    assert!(index.snapshot().is_empty());
    assert_eq!(index.identify(&faces[50].vector, 1, -1.0).unwrap(), []);
}

#[test]
fn a_search_never_sees_half_a_change() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let stay = faces(&mut rng, 64, 0..500);
    let pairs: Vec<_> = (0..60)
        .map(|i| {
            let vector = random(&mut rng, 64);
            [500 + 2 * i, 501 + 2 * i].map(|id| Face {
                id: FaceId(id),
                person: PersonRef(Uuid::from_u128(u128::from(i))),
                vector: vector.clone(),
            })
        })
        .collect();
    let index = FaceIndex::new(model(), 64);
    index.add(&stay).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for searcher in 0..2 {
            let (index, pairs, stay, done) = (&index, &pairs, &stay, &done);
            scope.spawn(move || {
                for at in (searcher..).take_while(|_| !done.load(Ordering::Relaxed)) {
                    let twins = index.identify(&pairs[at % 60][0].vector, 2, 0.999).unwrap();
                    assert_ne!(twins.len(), 1, "one of a pair");
                    let found = index.identify(&stay[at % 500].vector, 1, 0.999).unwrap();
                    assert_eq!(ids(&found), [stay[at % 500].id]);
                }
            });
        }
        for pair in &pairs {
            index.add(pair).unwrap();
        }
        for pair in &pairs {
            assert_eq!(index.remove(&pair.each_ref().map(|face| face.id)), 2);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(index.snapshot().len(), 500);
    assert!(index.snapshot().segments() <= 10);
}

#[test]
fn old_snapshots_keep_what_they_had() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let faces = faces(&mut rng, 64, 0..64);
    let index = FaceIndex::new(model(), 64);
    index.add(&faces).unwrap();
    let before = index.snapshot();
    index.remove(&[FaceId(3)]);
    assert_eq!(ids(&before.identify(&faces[3].vector, 1, 0.9).unwrap()), [FaceId(3)]);
    assert!(before.contains(FaceId(3)) && !index.snapshot().contains(FaceId(3)));
}
