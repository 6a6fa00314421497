//! What the index is measured against: every face compared with the query in f32, in loops that the compiler turns into the widest
//! instructions of the processor. With one query it waits for memory, not for arithmetic.

/// Similarity and place of the best face; the first of equal ones.
pub type Best = (f32, usize);

/// Best face for one query: what the time is compared with.
pub fn one(faces: &[f32], query: &[f32]) -> Best {
    many(faces, query, query.len())[0]
}

/// Best face for each of many queries, a few queries at a time so that faces are read from memory less often: for the truth.
pub fn many(faces: &[f32], queries: &[f32], dims: usize) -> Vec<Best> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has AVX-512F.
        return unsafe { many_avx512(faces, queries, dims) };
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the processor has AVX2 and FMA.
        return unsafe { many_avx2(faces, queries, dims) };
    }
    many_anywhere(faces, queries, dims)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn many_avx512(faces: &[f32], queries: &[f32], dims: usize) -> Vec<Best> {
    many_anywhere(faces, queries, dims)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn many_avx2(faces: &[f32], queries: &[f32], dims: usize) -> Vec<Best> {
    many_anywhere(faces, queries, dims)
}

#[inline(always)]
fn many_anywhere(faces: &[f32], queries: &[f32], dims: usize) -> Vec<Best> {
    let mut best = vec![(f32::NEG_INFINITY, 0); queries.len() / dims];
    // A block of faces stays in the cache while all queries pass over it.
    let block = (1 << 17) / dims;
    for (at, faces) in faces.chunks(block * dims).enumerate() {
        for (query, best) in queries.chunks_exact(dims).zip(&mut best) {
            let mut take = |score: f32, place: usize| {
                if score > best.0 {
                    *best = (score, at * block + place);
                }
            };
            // Four faces at a time: more of the memory's answers are under way at once.
            let fours = faces.chunks_exact(4 * dims);
            let rest = fours.remainder();
            for (four, faces) in fours.enumerate() {
                let scores = dots(faces, query);
                scores.into_iter().enumerate().for_each(|(i, score)| take(score, 4 * four + i));
            }
            let done = (faces.len() - rest.len()) / dims;
            rest.chunks_exact(dims).enumerate().for_each(|(i, face)| take(dot(face, query), done + i));
        }
    }
    best
}

/// Four faces with one query.
#[inline(always)]
fn dots(faces: &[f32], query: &[f32]) -> [f32; 4] {
    const LANES: usize = 16;
    let mut sums = [[0.0_f32; LANES]; 4];
    let (steps, rest) = query.as_chunks::<LANES>();
    let faces: [&[f32]; 4] = std::array::from_fn(|i| &faces[i * query.len()..][..query.len()]);
    let face_steps = faces.map(|face| face.as_chunks::<LANES>().0);
    for (at, q) in steps.iter().enumerate() {
        for (sums, face) in sums.iter_mut().zip(face_steps) {
            for lane in 0..LANES {
                sums[lane] = face[at][lane].mul_add(q[lane], sums[lane]);
            }
        }
    }
    let whole = query.len() - rest.len();
    std::array::from_fn(|i| {
        let tail: f32 = faces[i][whole..].iter().zip(rest).map(|(a, b)| a * b).sum();
        sums[i].iter().sum::<f32>() + tail
    })
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] = a[lane].mul_add(b[lane], sums[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
