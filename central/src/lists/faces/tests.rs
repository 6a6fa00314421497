use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;
use uuid::Uuid;

use super::key::FaceKeyError;
use super::*;

const DIMS: usize = 16;

struct Kept {
    folder: TempDir,
    key: FaceKey,
}

impl Kept {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: FaceKey::from_bytes([7; 32]) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("faces.vgf")
    }

    fn open(&self) -> Result<Faces, FacesError> {
        Faces::open(&self.path(), &self.key, None, &model(), DIMS)
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }
}

fn model() -> FaceModel {
    FaceModel::new("invented-1").unwrap()
}

fn vector(seed: u64) -> FaceVector {
    let values = (0..DIMS as u64).map(|i| ((i * i + 1) as f32 * (seed + 1) as f32 * 0.37).sin()).collect();
    FaceVector::new(model(), values).unwrap()
}

fn person(number: u128) -> PersonRef {
    PersonRef(Uuid::from_u128(0xfeed_0000_0000_0000_0000_0000_0000_0000 + number))
}

fn enrol(faces: &Faces, people: std::ops::Range<u64>) -> Vec<FaceId> {
    people.map(|n| faces.enrol(person(n.into()), vector(n)).unwrap()).collect()
}

fn is_found(faces: &Faces, n: u64) -> bool {
    let found = faces.identify(&vector(n), 1, 0.9999).unwrap();
    found.first().is_some_and(|c| c.person == person(n.into()))
}

/// Whether `part` lies anywhere in `all`.
fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// Whether vector or person can be read in the file: any two neighbouring values, or the reference.
fn is_readable(bytes: &[u8], n: u64) -> bool {
    let values: Vec<u8> = vector(n).values().iter().flat_map(|v| v.to_le_bytes()).collect();
    values.chunks(8).any(|pair| contains(bytes, pair)) || contains(bytes, person(n.into()).0.as_bytes())
}

#[test]
fn what_was_enrolled_is_found_after_a_restart() {
    let kept = Kept::new();
    let ids = enrol(&kept.open().unwrap(), 0..20);
    let faces = kept.open().unwrap();
    assert_eq!((faces.len(), faces.found().faces, faces.found().damaged), (20, 20, 0));
    assert!((0..20).all(|n| is_found(&faces, n)));
    assert!(enrol(&faces, 20..21)[0] > ids[19]);
    assert_eq!(std::fs::metadata(kept.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn neither_vector_nor_person_is_in_the_file() {
    let kept = Kept::new();
    enrol(&kept.open().unwrap(), 0..5);
    assert!((0..5).all(|n| !is_readable(&kept.bytes(), n)));
}

#[test]
fn a_removed_template_is_gone_from_the_disk_at_once_and_after_the_file_was_written_anew() {
    let kept = Kept::new();
    let faces = kept.open().unwrap();
    let ids = enrol(&faces, 0..20);
    let before = kept.bytes();
    let slot = (before.len() - file::HEADER) / 20;
    let sealed = |at: usize| before[before.len() - (20 - at) * slot + 9..][..slot - 9].to_vec();
    assert!(contains(&kept.bytes(), &sealed(3)));
    assert_eq!(faces.remove(&ids[3..4]).unwrap(), 1);
    assert_eq!(faces.remove(&ids[3..4]).unwrap(), 0);
    assert!(!contains(&kept.bytes(), &sealed(3)[24..]) && kept.bytes().len() == before.len());
    assert!(!is_found(&faces, 3) && is_found(&faces, 4));
    // With a quarter erased the file is written anew, shorter.
    assert_eq!(faces.remove(&ids[4..9]).unwrap(), 5);
    assert_eq!(kept.bytes().len(), before.len() - 6 * slot);
    assert!((0..20).all(|at| !contains(&kept.bytes(), &sealed(at)[24..])));
    assert_eq!(std::fs::read_dir(kept.folder.path()).unwrap().count(), 1);
    drop(faces);
    let faces = kept.open().unwrap();
    assert_eq!((faces.len(), faces.found().damaged), (14, 0));
    assert!((0..20).all(|n| is_found(&faces, n) != (3..9).contains(&n)));
    assert_eq!(faces.remove_person(person(15)).unwrap(), 1);
}

#[test]
fn an_id_is_not_given_twice_even_when_its_slot_is_gone() {
    let kept = Kept::new();
    let faces = kept.open().unwrap();
    let ids = enrol(&faces, 0..4);
    faces.remove(&ids).unwrap();
    drop(faces);
    assert!(enrol(&kept.open().unwrap(), 4..5)[0] > ids[3]);
}

#[test]
fn a_torn_last_slot_is_counted_and_cut_off() {
    let kept = Kept::new();
    enrol(&kept.open().unwrap(), 0..3);
    let whole = kept.bytes();
    for cut in [1, 50, 100] {
        std::fs::write(kept.path(), &whole[..whole.len() - cut]).unwrap();
        let faces = kept.open().unwrap();
        assert!(faces.found().torn_bytes > 0);
        assert_eq!(faces.len(), 2);
        enrol(&faces, 7..8);
        drop(faces);
        let faces = kept.open().unwrap();
        assert_eq!((faces.len(), faces.found().torn_bytes), (3, 0));
        assert!(is_found(&faces, 7));
    }
}

/// What is done to the bytes of a file.
type Damage<'a> = Box<dyn Fn(&mut Vec<u8>) + 'a>;

#[test]
fn a_changed_or_moved_slot_is_left_out_and_counted_and_the_others_live() {
    let kept = Kept::new();
    enrol(&kept.open().unwrap(), 0..10);
    let whole = kept.bytes();
    let slot = (whole.len() - file::HEADER) / 10;
    let at = |n: usize| whole.len() - (10 - n) * slot;
    let damages: [(&str, Damage<'_>); 4] = [
        ("a bit of a sealed value", Box::new(|bytes| bytes[at(4) + 60] ^= 1)),
        ("its id", Box::new(|bytes| bytes[at(4) + 1] = 200)),
        ("its kind", Box::new(|bytes| bytes[at(4)] = 9)),
        ("a slot repeated in the place of another", Box::new(|bytes| bytes.copy_within(at(2)..at(3), at(4)))),
    ];
    for (what, damage) in damages {
        let mut bytes = whole.clone();
        damage(&mut bytes);
        std::fs::write(kept.path(), bytes).unwrap();
        let faces = kept.open().unwrap();
        assert_eq!((faces.len(), faces.found().damaged), (9, 1), "{what}");
        assert!((0..10).all(|n| is_found(&faces, n) == (n != 4)), "{what}");
        // The right slot is erased, not its neighbour.
        assert_eq!(faces.remove_person(person(5)).unwrap(), 1);
        drop(faces);
        assert!(!is_found(&kept.open().unwrap(), 5), "{what}");
    }
}

#[test]
fn another_key_is_refused_by_name_and_a_change_of_keys_seals_everything_anew() {
    let mut kept = Kept::new();
    enrol(&kept.open().unwrap(), 0..5);
    let (old, before) = (kept.key.clone(), kept.bytes());
    kept.key = FaceKey::from_bytes([8; 32]);
    let said = kept.open().unwrap_err().to_string();
    assert!(said.contains(&old.id().to_string()) && said.contains("previous_key_file"), "{said}");
    assert_eq!(kept.bytes(), before);
    let faces = Faces::open(&kept.path(), &kept.key, Some(&old), &model(), DIMS).unwrap();
    assert_eq!(faces.len(), 5);
    drop(faces);
    assert_eq!(kept.open().unwrap().len(), 5);
    kept.key = old;
    assert!(matches!(kept.open(), Err(FacesError::File(FileError::OtherKey { .. }))));
}

#[test]
fn other_models_other_files_and_a_second_process_are_refused() {
    let kept = Kept::new();
    let faces = kept.open().unwrap();
    assert!(matches!(kept.open(), Err(FacesError::File(FileError::InUse(_)))));
    let other = FaceModel::new("other-1").unwrap();
    let foreign = FaceVector::new(other.clone(), vector(1).values().to_vec()).unwrap();
    assert!(faces.enrol(person(1), foreign).unwrap_err().to_string().contains("other-1"));
    drop(faces);
    let opened = Faces::open(&kept.path(), &kept.key, None, &other, DIMS);
    assert!(opened.unwrap_err().to_string().contains("enrol everybody again"));
    let mut bytes = kept.bytes();
    bytes[60] ^= 1;
    for damaged in [bytes, b"something else".to_vec()] {
        std::fs::write(kept.path(), &damaged).unwrap();
        assert!(matches!(kept.open(), Err(FacesError::File(FileError::NotAFaceFile(_)))));
        assert_eq!(kept.bytes(), damaged);
    }
}

#[test]
fn a_rewriting_that_was_cut_short_leaves_the_file_as_it_was() {
    let kept = Kept::new();
    enrol(&kept.open().unwrap(), 0..3);
    std::fs::write(kept.folder.path().join("faces.new"), b"half").unwrap();
    assert_eq!(kept.open().unwrap().len(), 3);
    assert!(!kept.folder.path().join("faces.new").exists());
}

#[test]
fn a_key_that_is_missing_open_or_damaged_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faces.key");
    let read = || FaceKey::read(None, Some(&path));
    assert!(read().unwrap_err().to_string().contains("openssl rand"));
    std::fs::write(&path, "ab".repeat(32)).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(read(), Err(FaceKeyError::Open(_))));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read().unwrap().unwrap().id(), FaceKey::from_bytes([0xab; 32]).id());
    std::fs::write(&path, "abc").unwrap();
    assert!(matches!(read(), Err(FaceKeyError::Damaged)));
}

#[test]
fn without_an_approval_face_search_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "ab".repeat(32)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    assert!(Settings::default().problems(&data).is_empty());
    let text = format!("enabled = true\nmodel = \"invented-1\"\ndimensions = 16\nkey_file = {key:?}\n");
    let bare: Settings = toml::from_str(&text).unwrap();
    let problems = bare.problems(&data);
    assert!(problems.len() == 1 && problems[0].starts_with("faces.approval"), "{problems:?}");
    let approved = format!(
        "{text}[approval]\nauthority = \"A\"\nnumber = \"1/X\"\nvalid_from = \"2026-01-01\"\nvalid_to = \"2026-12-31\"\nsites = [\"cong-nam\"]\n"
    );
    let approved: Settings = toml::from_str(&approved).unwrap();
    assert_eq!(approved.problems(&data), Vec::<String>::new());
    assert_eq!(approved.problems(folder.path()).len(), 1, "key and templates in one folder");
    let [today, later] = ["2026-06-01", "2027-01-01"].map(|day| day.parse().unwrap());
    assert!(approved.open(&data, today).unwrap().is_some());
    assert!(approved.open(&data, later).is_err());
    assert!(bare.open(&data, today).is_err());
    assert!(Settings { enabled: false, ..approved.clone() }.open(&data, today).unwrap().is_none());
    let (here, there) = ("cong-nam".parse().unwrap(), "cong-bac".parse().unwrap());
    let approval = approved.approval.unwrap();
    assert!(
        approval.covers(&here, today) && !approval.covers(&there, today) && !approval.covers(&here, later)
    );
}
