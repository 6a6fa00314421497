//! The file of face templates. Every template is sealed on its own with XChaCha20-Poly1305; all numbers are little-endian.
//!
//! ```text
//! header   magic "VGFACES1" · file id 16 · key id 8 · next id u64 · dimensions u16 · length of model id u16 · model id, 64 padded
//!          with zeros · nonce 24 · tag 16 over everything before it
//! slots    kind u8 (1 face, 0 erased) · face id u64 · nonce 24 · sealed (person reference 16 · dimensions × f32) · tag 16
//! ```
//! A slot is authenticated together with file id, model, dimensions and its face id, so none can be changed, moved to another
//! file, or given to another id. Face ids ascend, so none can be repeated or put elsewhere in its file. What this cannot tell is a
//! whole older copy of the file put back, or slots cut off at the end.
//!
//! - A face is appended with one write and synchronised before it is acknowledged. A torn last slot is counted and cut off at the
//!   next start; it was never acknowledged.
//! - Erasing overwrites the slot with zeros where it lies (its id stays) and synchronises before it is acknowledged. When a
//!   quarter is erased, the file is written anew without those slots, sealed anew, and renamed over the old one.
//! - A slot that cannot be authenticated (a damaged disk, or erasing cut short) is counted and left out.
//!
//! One process at a time: the file is locked.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use face_index::{Face, FaceId, IndexError, PersonRef};
use rustix::fs::{FlockOperation, flock};
use thiserror::Error;
use uuid::Uuid;
use wire::face::{FaceModel, FaceVector};

use super::key::{FaceKey, KeyId};

const MAGIC: &[u8; 8] = b"VGFACES1";
const MODEL_ROOM: usize = 64;
pub(super) const HEADER: usize = 8 + 16 + 8 + 8 + 2 + 2 + MODEL_ROOM + NONCE + TAG;
const NONCE: usize = 24;
const TAG: usize = 16;
const ERASED: u8 = 0;
const FACE: u8 = 1;
/// Kind and id, which erasing leaves.
const SLOT_HEAD: usize = 1 + 8;

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("the face file {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it.
    #[error("the face file {0} is in use by another process: stop that one first")]
    InUse(PathBuf),
    /// It is something else, or its header is damaged.
    #[error("the face file {0} is not a face file or its header is damaged: put a saved copy back")]
    NotAFaceFile(PathBuf),
    /// Another key sealed it.
    #[error(
        "the face file {path} was sealed with key {theirs}, and {ours} is configured: put that key back, or name its file in \
         faces.previous_key_file to seal everything anew"
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
        /// Key of the file.
        theirs: KeyId,
        /// Key that is configured.
        ours: KeyId,
    },
    /// It holds vectors of another model.
    #[error(
        "the face file {path} holds vectors of {theirs}, and {ours} is configured: vectors of two models cannot be compared; \
         put the model back, or move the file away and enrol everybody again"
    )]
    OtherModel {
        /// The file.
        path: PathBuf,
        /// Model and dimensions of the file.
        theirs: String,
        /// Model and dimensions that are configured.
        ours: String,
    },
    /// The index refused what it holds.
    #[error("the face file does not fit the index: {0}")]
    Unfit(#[source] IndexError),
}

/// What a file held when it was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Faces.
    pub faces: usize,
    /// Erased slots that still take room.
    pub erased: usize,
    /// Slots that are not what was written there: left out.
    pub damaged: usize,
    /// Bytes of a last slot that was not written to its end: cut off.
    pub torn_bytes: u64,
}

/// What all slots of a file have in common.
#[derive(Debug, Clone)]
struct Header {
    file_id: [u8; 16],
    key_id: KeyId,
    /// No id below this is given out any more, even if its slot is gone.
    next_id: u64,
    model: FaceModel,
    dimensions: usize,
}

/// The open file.
pub struct FaceFile {
    path: PathBuf,
    file: File,
    cipher: XChaCha20Poly1305,
    header: Header,
    /// Slots in the file, whatever is in them.
    slots: u32,
    /// Faces in ascending order, as the slots said that could be authenticated, and the slot of each.
    ids: Vec<FaceId>,
    at: Vec<u32>,
    torn_bytes: u64,
}

impl std::fmt::Debug for FaceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FaceFile({}, {} slots)", self.path.display(), self.slots)
    }
}

impl FaceFile {
    /// Opens or makes the file, cuts off a torn last slot, and seals everything anew when `previous` sealed it.
    ///
    /// # Errors
    /// [`FileError`]; the file is as it was then.
    pub fn open(
        path: &Path,
        key: &FaceKey,
        previous: Option<&FaceKey>,
        model: &FaceModel,
        dimensions: usize,
    ) -> Result<Self, FileError> {
        let io = |source| FileError::Io { path: path.to_owned(), source };
        // Of a rewriting that was cut short: the file itself is whole.
        remove_if_there(&beside(path)).map_err(io)?;
        if !path.exists() {
            let header = Header {
                file_id: rand::random(),
                key_id: key.id(),
                next_id: 1,
                model: model.clone(),
                dimensions,
            };
            drop(write_new(path, &header, &cipher(key), |_| Ok(())).map_err(io)?);
        }
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(io)?;
        lock(&file, path)?;
        let mut bytes = [0; HEADER];
        file.read_exact(&mut bytes).map_err(|_| FileError::NotAFaceFile(path.to_owned()))?;
        let header = Header::read(&bytes).ok_or_else(|| FileError::NotAFaceFile(path.to_owned()))?;
        let sealed_by = [Some(key), previous].into_iter().flatten().find(|key| key.id() == header.key_id);
        let Some(sealed_by) = sealed_by else {
            return Err(FileError::OtherKey { path: path.to_owned(), theirs: header.key_id, ours: key.id() });
        };
        let old = cipher(sealed_by);
        if !header.is_authentic(&old, &bytes) {
            return Err(FileError::NotAFaceFile(path.to_owned()));
        }
        if header.model != *model || header.dimensions != dimensions {
            let told = |model: &FaceModel, dimensions| format!("{model} with {dimensions} values");
            let (theirs, ours) = (told(&header.model, header.dimensions), told(model, dimensions));
            return Err(FileError::OtherModel { path: path.to_owned(), theirs, ours });
        }
        let mut open = Self {
            path: path.to_owned(),
            file,
            cipher: old,
            header,
            slots: 0,
            ids: Vec::new(),
            at: Vec::new(),
            torn_bytes: 0,
        };
        open.count_slots().map_err(io)?;
        if sealed_by.id() != key.id() {
            // Finds the next id, which goes into the new header.
            open.read(|_| Ok(()))?;
            open.rewrite(key.id(), cipher(key))?;
            tracing::info!(faces = open.slots, "face templates were sealed anew with the present key");
        }
        Ok(open)
    }

    /// Slots in the file, whatever is in them.
    pub fn slots(&self) -> usize {
        self.slots as usize
    }

    /// Gives every face to `take`, in the order of ids. To be called before anything is changed.
    ///
    /// # Errors
    /// [`FileError::Io`], and what `take` says.
    pub fn read(&mut self, mut take: impl FnMut(Face) -> Result<(), FileError>) -> Result<Found, FileError> {
        let mut found = Found { torn_bytes: self.torn_bytes, ..Found::default() };
        let mut slots = self.slots_from_start().map_err(|source| self.io(source))?;
        let mut bytes = vec![0; self.header.slot_length()];
        (self.ids, self.at) = (Vec::with_capacity(self.slots()), Vec::with_capacity(self.slots()));
        for at in 0..self.slots {
            slots.read_exact(&mut bytes).map_err(|source| self.io(source))?;
            if let Some((head, _)) = bytes.split_first_chunk().filter(|_| bytes[0] == ERASED) {
                found.erased += 1;
                // Nobody vouches for the id of an erased slot: an absurd one is not believed.
                let id = Some(id_of(head))
                    .filter(|id| *id < self.header.next_id.saturating_add(u64::from(u32::MAX)));
                self.header.next_id = self.header.next_id.max(id.map_or(0, |id| id + 1));
                continue;
            }
            let face = self.header.unseal(&self.cipher, &bytes);
            match face.filter(|face| self.ids.last().is_none_or(|last| *last < face.id)) {
                Some(face) => {
                    self.ids.push(face.id);
                    self.at.push(at);
                    self.header.next_id = self.header.next_id.max(face.id.0 + 1);
                    found.faces += 1;
                    take(face)?;
                }
                None => found.damaged += 1,
            }
        }
        Ok(found)
    }

    /// Writes one more face and gives it its id.
    ///
    /// # Errors
    /// [`FileError::Io`]; nothing was added then.
    pub fn append(&mut self, person: PersonRef, vector: &FaceVector) -> Result<FaceId, FileError> {
        let id = FaceId(self.header.next_id);
        let slot = self.header.seal(&self.cipher, id, person, vector);
        let end = self.offset(self.slots);
        let written = self.file.write_all_at(&slot, end).and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // Half a slot would be in the way of the next one.
            let _ = self.file.set_len(end);
            return Err(self.io(source));
        }
        self.header.next_id += 1;
        self.ids.push(id);
        self.at.push(self.slots);
        self.slots += 1;
        Ok(id)
    }

    /// Overwrites the slots of these faces.
    ///
    /// # Errors
    /// [`FileError::Io`]; some may have been erased then.
    pub fn erase(&mut self, ids: &[FaceId]) -> Result<(), FileError> {
        for id in ids {
            let Ok(place) = self.ids.binary_search(id) else { continue };
            let mut slot = vec![0; self.header.slot_length()];
            slot[0] = ERASED;
            slot[1..SLOT_HEAD].copy_from_slice(&id.0.to_le_bytes());
            self.file.write_all_at(&slot, self.offset(self.at[place])).map_err(|source| self.io(source))?;
        }
        self.file.sync_data().map_err(|source| self.io(source))?;
        let mut gone = ids.to_vec();
        gone.sort_unstable();
        let is_gone = |id: &FaceId| gone.binary_search(id).is_ok();
        (self.ids, self.at) =
            self.ids.iter().zip(&self.at).filter(|(id, _)| !is_gone(id)).map(|(id, at)| (*id, *at)).unzip();
        Ok(())
    }

    /// Writes the file anew, without erased and damaged slots, when these are a quarter of it. Needs room for a second copy.
    ///
    /// # Errors
    /// [`FileError`]; the file is as it was then.
    pub fn tidy(&mut self) -> Result<(), FileError> {
        if (self.slots() - self.ids.len()) * 4 <= self.slots() {
            return Ok(());
        }
        self.rewrite(self.header.key_id, self.cipher.clone())
    }

    fn rewrite(&mut self, key_id: KeyId, cipher: XChaCha20Poly1305) -> Result<(), FileError> {
        let path = self.path.clone();
        let io = |source| FileError::Io { path: path.clone(), source };
        let header = Header { file_id: rand::random(), key_id, ..self.header.clone() };
        let file = write_new(&path, &header, &cipher, |out| {
            let copied = self.read(|face| {
                out.write_all(&header.seal(&cipher, face.id, face.person, &face.vector)).map_err(io)
            });
            copied.map(|_| ()).map_err(io::Error::other)
        });
        self.file = file.map_err(io)?;
        (self.cipher, self.header) = (cipher, header);
        self.slots = self.ids.len() as u32;
        self.at = (0..self.slots).collect();
        Ok(())
    }

    /// Counts the slots, and cuts off a torn one.
    fn count_slots(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len() - HEADER as u64;
        let slot_length = self.header.slot_length() as u64;
        self.torn_bytes = length % slot_length;
        if self.torn_bytes > 0 {
            self.file.set_len(HEADER as u64 + length - self.torn_bytes)?;
            self.file.sync_data()?;
        }
        self.slots = u32::try_from(length / slot_length).map_err(io::Error::other)?;
        Ok(())
    }

    fn slots_from_start(&self) -> io::Result<BufReader<File>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(HEADER as u64))?;
        Ok(BufReader::with_capacity(1 << 18, file))
    }

    fn offset(&self, slot: u32) -> u64 {
        HEADER as u64 + u64::from(slot) * self.header.slot_length() as u64
    }

    fn io(&self, source: io::Error) -> FileError {
        FileError::Io { path: self.path.clone(), source }
    }
}

impl Header {
    fn slot_length(&self) -> usize {
        SLOT_HEAD + NONCE + 16 + 4 * self.dimensions + TAG
    }

    /// What is authenticated with the header: all but nonce and tag.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.file_id);
        bytes.extend(self.key_id.0);
        bytes.extend(self.next_id.to_le_bytes());
        bytes.extend((self.dimensions as u16).to_le_bytes());
        bytes.extend((self.model.as_str().len() as u16).to_le_bytes());
        bytes.extend(self.model.as_str().as_bytes());
        bytes.resize(HEADER - NONCE - TAG, 0);
        bytes
    }

    fn read(bytes: &[u8; HEADER]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (file_id, rest) = rest.split_first_chunk()?;
        let (key_id, rest) = rest.split_first_chunk()?;
        let (next_id, rest) = rest.split_first_chunk()?;
        let (dimensions, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let model = rest[..MODEL_ROOM].get(..usize::from(u16::from_le_bytes(*length)))?;
        Some(Self {
            file_id: *file_id,
            key_id: KeyId(*key_id),
            next_id: u64::from_le_bytes(*next_id),
            model: FaceModel::new(std::str::from_utf8(model).ok()?).ok()?,
            dimensions: usize::from(u16::from_le_bytes(*dimensions)),
        })
    }

    fn is_authentic(&self, cipher: &XChaCha20Poly1305, bytes: &[u8; HEADER]) -> bool {
        let (aad, rest) = bytes.split_at(HEADER - NONCE - TAG);
        let (nonce, tag) = rest.split_at(NONCE);
        nonce_of(nonce).is_some_and(|nonce| cipher.decrypt(&nonce, Payload { msg: tag, aad }).is_ok())
    }

    fn slot_aad(&self, id: FaceId) -> Vec<u8> {
        let mut aad = b"face".to_vec();
        aad.extend(self.file_id);
        aad.extend(id.0.to_le_bytes());
        aad.extend((self.dimensions as u16).to_le_bytes());
        aad.extend(self.model.as_str().as_bytes());
        aad
    }

    fn seal(
        &self,
        cipher: &XChaCha20Poly1305,
        id: FaceId,
        person: PersonRef,
        vector: &FaceVector,
    ) -> Vec<u8> {
        let mut plain = person.0.as_bytes().to_vec();
        plain.extend(vector.values().iter().flat_map(|v| v.to_le_bytes()));
        let mut slot = vec![FACE];
        slot.extend(id.0.to_le_bytes());
        slot.extend(sealed(cipher, &plain, &self.slot_aad(id)));
        slot
    }

    fn unseal(&self, cipher: &XChaCha20Poly1305, slot: &[u8]) -> Option<Face> {
        let (head, rest) = slot.split_first_chunk::<SLOT_HEAD>()?;
        if head[0] != FACE {
            return None;
        }
        let id = FaceId(id_of(head));
        let (nonce, sealed) = rest.split_at(NONCE);
        let payload = Payload { msg: sealed, aad: &self.slot_aad(id) };
        let plain = cipher.decrypt(&nonce_of(nonce)?, payload).ok()?;
        let (person, values) = plain.split_first_chunk::<16>()?;
        let values = values.as_chunks::<4>().0.iter().map(|v| f32::from_le_bytes(*v)).collect();
        let vector = FaceVector::new(self.model.clone(), values).ok()?;
        Some(Face { id, person: PersonRef(Uuid::from_bytes(*person)), vector })
    }
}

/// Nonce and sealed bytes. Nonces are random: 24 bytes never meet twice.
fn sealed(cipher: &XChaCha20Poly1305, plain: &[u8], aad: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = rand::random();
    let mut bytes = nonce.to_vec();
    let payload = Payload { msg: plain, aad };
    // The library fails for texts of 256 GiB and more only.
    bytes.extend(cipher.encrypt(&XNonce::from(nonce), payload).expect("a short text is sealed"));
    bytes
}

fn nonce_of(bytes: &[u8]) -> Option<XNonce> {
    <[u8; NONCE]>::try_from(bytes).ok().map(XNonce::from)
}

fn id_of(head: &[u8; SLOT_HEAD]) -> u64 {
    let [_, id @ ..] = *head;
    u64::from_le_bytes(id)
}

fn cipher(key: &FaceKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// Where a file is written before it takes its name.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

/// Writes a whole file and puts it in place of the old one, at once and for good. Returns it open and locked.
fn write_new(
    path: &Path,
    header: &Header,
    cipher: &XChaCha20Poly1305,
    slots: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<File> {
    let new = beside(path);
    remove_if_there(&new)?;
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&new)?;
    // From the first moment, so that no other process gets between.
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let bytes = header.to_bytes();
    out.write_all(&bytes)?;
    out.write_all(&sealed(cipher, &[], &bytes))?;
    slots(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn lock(file: &File, path: &Path) -> Result<(), FileError> {
    flock(file, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
        rustix::io::Errno::WOULDBLOCK => FileError::InUse(path.to_owned()),
        other => FileError::Io { path: path.to_owned(), source: other.into() },
    })
}
