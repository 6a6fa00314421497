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
            for (place, face) in faces.chunks_exact(dims).enumerate() {
                let score = dot(face, query);
                if score > best.0 {
                    *best = (score, at * block + place);
                }
            }
        }
    }
    best
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 64;
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
