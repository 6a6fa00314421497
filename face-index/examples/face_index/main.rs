//! Measures the face index beside comparing with every face, one thread, and prints markdown.
//!
//! ```text
//! cargo run -p face-index --example face_index -- --faces 1000000 --dims 512
//! ```
//! Needs 3.2 KB of memory per face. Times are processor time of this thread; searches of both kinds take turns, so whatever else the
//! machine does burdens both.

mod exact;
mod people;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use face_index::{Face, FaceId, FaceIndex, PersonRef};
use people::People;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;
use wire::face::{FaceModel, FaceVector};

/// Measures the face index.
#[derive(Parser)]
struct Args {
    /// Faces in the index.
    #[arg(long, default_value_t = 1_000_000)]
    faces: usize,
    /// Values per vector.
    #[arg(long, default_value_t = 512)]
    dims: usize,
    /// Queries of each kind.
    #[arg(long, default_value_t = 1000)]
    queries: usize,
    /// Exact searches that are timed.
    #[arg(long, default_value_t = 20)]
    timed: usize,
    /// Seed of the invented people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write vectors, hard queries and their exact answers here, for other programs to be measured on.
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,
}

/// Counts the bytes that are in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(at, layout) }
    }
}

fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let args = Args::parse();
    let people = People::new(args.dims, args.seed);
    let mut rng = ChaCha8Rng::seed_from_u64(args.seed + 1);
    let mut faces = vec![0.0_f32; args.faces * args.dims];
    faces.chunks_exact_mut(args.dims).for_each(|face| people.enrolled(&mut rng, face));
    eprintln!("{} faces invented", args.faces);
    let before = IN_USE.load(Ordering::Relaxed);
    let started = cpu_ms();
    let index = enrol(&faces, args.dims);
    let (build_ms, bytes) = (cpu_ms() - started, IN_USE.load(Ordering::Relaxed) - before);
    eprintln!("index made in {:.0} s", build_ms / 1e3);

    println!("### {} faces of {} dimensions\n", args.faces, args.dims);
    println!(
        "Memory {:.0} bytes per face (all heap of the index: vectors, bit codes, ids, person references); made in {:.1} µs per \
         face; {} segments.\n",
        bytes as f64 / args.faces as f64,
        build_ms * 1e3 / args.faces as f64,
        index.snapshot().segments()
    );
    println!(
        "| queries | cosine to own | best stranger | own is exact first | recall@1 | exact ms | index ms | p95 ms | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let kinds = [("hard matches", Some(0.3..0.5)), ("easy matches", Some(0.6..0.9)), ("strangers", None)];
    for (name, cosines) in kinds {
        let mut queries = Vec::with_capacity(args.queries * args.dims);
        let mut own = Vec::new();
        for _ in 0..args.queries {
            own.push(rng.random_range(0..args.faces));
            let enrolled = &faces[own[own.len() - 1] * args.dims..][..args.dims];
            match &cosines {
                Some(range) => {
                    let cosine = rng.random_range(range.clone());
                    queries.extend(people.probe(&mut rng, enrolled, cosine));
                }
                None => {
                    let mut stranger = vec![0.0; args.dims];
                    people.enrolled(&mut rng, &mut stranger);
                    queries.extend(stranger);
                }
            }
        }
        measure(name, cosines, &args, &faces, &queries, &own, &index);
    }
}

fn enrol(faces: &[f32], dims: usize) -> FaceIndex {
    let index = FaceIndex::new(model(), dims);
    for (at, some) in faces.chunks(dims << 16).enumerate() {
        let face = |(place, values): (usize, &[f32])| {
            let id = ((at << 16) + place) as u64;
            Face {
                id: FaceId(id),
                person: PersonRef(Uuid::from_u128(u128::from(id))),
                vector: vector(values),
            }
        };
        let some: Vec<_> = some.chunks_exact(dims).enumerate().map(face).collect();
        index.add(&some).expect("ids ascend");
    }
    index
}

fn model() -> FaceModel {
    FaceModel::new("invented-1").expect("an id")
}

fn vector(values: &[f32]) -> FaceVector {
    FaceVector::new(model(), values.to_vec()).expect("a vector")
}

fn measure(
    name: &str,
    cosines: Option<std::ops::Range<f32>>,
    args: &Args,
    faces: &[f32],
    queries: &[f32],
    own: &[usize],
    index: &FaceIndex,
) {
    let truth = exact::many(faces, queries, args.dims);
    eprintln!("{name}: truth known");
    let (mut exact_ms, mut index_ms) = (Vec::new(), Vec::new());
    let mut right = 0;
    let every = (args.queries / args.timed.max(1)).max(1);
    for (at, (query, truth)) in queries.chunks_exact(args.dims).zip(&truth).enumerate() {
        let query_vector = vector(query);
        let started = cpu_ms();
        let found = index.identify(&query_vector, 1, -1.0).expect("the same model");
        index_ms.push(cpu_ms() - started);
        // Equal scores: either is the nearest.
        right += usize::from(
            found
                .first()
                .is_some_and(|c| c.id.0 as usize == truth.1 || similarity(faces, query, c.id.0) >= truth.0),
        );
        if at % every == 0 {
            let started = cpu_ms();
            let best = exact::one(faces, query);
            exact_ms.push(cpu_ms() - started);
            assert_eq!(best.1, truth.1);
        }
    }
    if let (Some(folder), "hard matches") = (&args.export, name) {
        export(folder, faces, queries, &truth, args.dims).expect("the folder can be written");
    }
    let own_first = own.iter().zip(&truth).filter(|(own, truth)| **own == truth.1).count();
    let stranger = strangers(&truth, own);
    let (exact_ms, typical) = (median(&mut exact_ms), median(&mut index_ms));
    println!(
        "| {name} | {} | {stranger:.2} | {} | {:.4} of {} | {exact_ms:.1} | {typical:.2} | {:.2} | {:.3} |",
        cosines.map_or("–".to_owned(), |c| format!("{:.1}–{:.1}", c.start, c.end)),
        if own_first == 0 {
            "–".to_owned()
        } else {
            format!("{:.1} %", 100.0 * own_first as f64 / own.len() as f64)
        },
        right as f64 / truth.len() as f64,
        truth.len(),
        index_ms[index_ms.len() * 95 / 100],
        typical / exact_ms,
    );
}

fn similarity(faces: &[f32], query: &[f32], id: u64) -> f32 {
    exact::one(&faces[id as usize * query.len()..][..query.len()], query).0
}

/// Mean similarity of the best face where that is not the own one; NaN where it always is.
fn strangers(truth: &[exact::Best], own: &[usize]) -> f32 {
    let scores: Vec<_> = truth.iter().zip(own).filter(|(t, own)| t.1 != **own).map(|(t, _)| t.0).collect();
    scores.iter().sum::<f32>() / scores.len() as f32
}

/// Raw little-endian files: f32 vectors and queries, u32 places of the exact answers.
fn export(
    folder: &Path,
    faces: &[f32],
    queries: &[f32],
    truth: &[exact::Best],
    dims: usize,
) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let write = |name: &str, values: &[f32]| {
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(name))?);
        values.iter().try_for_each(|v| std::io::Write::write_all(&mut file, &v.to_le_bytes()))
    };
    write("faces.f32", faces)?;
    write("queries.f32", queries)?;
    let truth: Vec<u8> = truth.iter().flat_map(|t| (t.1 as u32).to_le_bytes()).collect();
    std::fs::write(folder.join("truth.u32"), truth)?;
    std::fs::write(folder.join("dims"), dims.to_string())
}
