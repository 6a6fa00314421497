use wire::DeviceKey;

use super::*;

const CENTRAL: u8 = 2;

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn scene(version: u64) -> Scene {
    let mut scene: Scene =
        serde_json::from_str(include_str!("../../../tests/goldens/v1/scene.json")).expect("a scene");
    scene.version = version;
    scene
}

fn sealed(scene: Scene, agent: &str, seed: u8) -> Vec<u8> {
    let message = SceneMessage {
        v: wire::VERSION,
        site: name("nga-tu"),
        agent: name(agent),
        sealed_at: Timestamp::UNIX_EPOCH,
        scene,
    };
    wire::seal(&key(seed), &serde_json::to_vec(&message).expect("serialises"))
}

fn open(folder: &Path, file: Option<Scene>) -> Scenes {
    let own = (name("nga-tu"), name("edge-1"));
    Scenes::open(folder, own, [(name("huong-bac"), file)], Some(key(CENTRAL).public()))
}

fn take(scenes: &Scenes, message: &[u8]) -> Result<Taken, SceneRefused> {
    scenes.take(&name("huong-bac"), message, &key(CENTRAL).public())
}

fn version(scenes: &Scenes) -> Option<u64> {
    scenes.word(&name("huong-bac")).in_use.map(|scene| scene.version)
}

#[test]
fn a_scene_is_in_use_at_once_and_again_after_a_restart_without_central() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenes = open(folder.path(), None);
    let mut slot = scenes.slot(&name("huong-bac"));
    assert_eq!(slot.change(), Some(None), "the first look tells that there is none");
    assert_eq!(slot.change(), None);
    assert_eq!(take(&scenes, &sealed(scene(3), "edge-1", CENTRAL)).expect("good"), Taken::InUse);
    let told = slot.change().expect("news").expect("a scene");
    assert_eq!((told.scene.version, told.reference.version), (3, 3));
    assert_eq!(take(&scenes, &sealed(scene(3), "edge-1", CENTRAL)).expect("again"), Taken::Unchanged);
    assert_eq!(slot.change(), None, "the broker repeats what it keeps: that is no news");
    drop(scenes);
    assert_eq!(version(&open(folder.path(), None)), Some(3));
}

#[test]
fn an_older_one_is_refused_also_after_a_restart_and_the_heartbeat_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    take(&open(folder.path(), None), &sealed(scene(5), "edge-1", CENTRAL)).expect("good");
    let scenes = open(folder.path(), None);
    let refused = take(&scenes, &sealed(scene(4), "edge-1", CENTRAL));
    assert!(matches!(refused, Err(SceneRefused::Older { version: 4, in_use: 5 })), "{refused:?}");
    let word = scenes.word(&name("huong-bac"));
    assert!(word.refused.is_some_and(|why| why.contains("older than version 5")));
    take(&scenes, &sealed(scene(6), "edge-1", CENTRAL)).expect("newer");
    assert_eq!(scenes.word(&name("huong-bac")).refused, None, "a good one clears it");
    assert_eq!(version(&scenes), Some(6));
}

#[test]
fn what_central_did_not_sign_for_this_camera_or_what_is_wrong_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenes = open(folder.path(), None);
    take(&scenes, &sealed(scene(2), "edge-1", CENTRAL)).expect("good");
    let mut other = scene(9);
    other.camera = name("huong-nam");
    let mut wrong = scene(9);
    wrong.lanes[0].corners.truncate(2);
    for message in [
        sealed(scene(9), "edge-1", 66),
        sealed(scene(9), "edge-2", CENTRAL),
        sealed(other, "edge-1", CENTRAL),
        sealed(wrong, "edge-1", CENTRAL),
        wire::seal(&key(CENTRAL), br#"{"v":1}"#),
        b"{".to_vec(),
        vec![b' '; MAX_SCENE_BYTES + 1],
    ] {
        assert!(take(&scenes, &message).is_err());
        assert_eq!(version(&scenes), Some(2));
    }
}

#[test]
fn a_file_counts_as_it_says_and_centrals_scene_replaces_it_when_newer() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenes = open(folder.path(), Some(scene(0)));
    assert_eq!(version(&scenes), Some(0));
    take(&scenes, &sealed(scene(1), "edge-1", CENTRAL)).expect("newer than a file");
    assert_eq!(version(&open(folder.path(), Some(scene(0)))), Some(1), "kept over the file");
    let edited = open(folder.path(), Some(scene(7)));
    assert_eq!(version(&edited), Some(7), "a file that says that it is newer");
    assert!(matches!(take(&edited, &sealed(scene(6), "edge-1", CENTRAL)), Err(SceneRefused::Older { .. })));
}

#[test]
fn a_kept_scene_that_was_damaged_is_set_aside_and_the_file_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    take(&open(folder.path(), None), &sealed(scene(3), "edge-1", CENTRAL)).expect("good");
    let kept = folder.path().join(FOLDER).join("huong-bac.sealed");
    std::fs::write(&kept, b"{half").expect("written");
    let scenes = open(folder.path(), Some(scene(0)));
    assert_eq!(version(&scenes), Some(0));
    assert!(!kept.exists() && kept.with_extension("damaged").exists());
}
