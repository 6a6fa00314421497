//! The only user of ONNX Runtime: loads the library, checks a model, runs it.
//!
//! One environment per process. A [`SessionPool`] holds N sessions of one model and is shared by all cameras: a caller
//! borrows a session, runs, gives it back. A camera thread waits for its answer, so no more requests can ever be open
//! than there are camera threads: the queue is bounded by construction.

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use ort::session::{Session, SessionInputValue, builder::GraphOptimizationLevel};
use ort::value::{Outlet, TensorRef, ValueType};
use serde::{Deserialize, Serialize};

use super::VisionError;
use super::manifest::{Model, ModelStore, sha256_of};

/// Hardware that runs the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Any processor; always there.
    #[default]
    Cpu,
    /// NVIDIA GPU.
    Cuda,
    /// NVIDIA GPU, compiled per model (slow first start).
    TensorRt,
    /// Intel processor, GPU or NPU.
    OpenVino,
}

/// How sessions are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// Hardware.
    pub provider: Provider,
    /// Threads inside one run. One is the best value on a busy machine: several sessions beat several threads.
    pub threads: usize,
    /// Sessions per model, shared by the cameras.
    pub sessions: usize,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { provider: Provider::Cpu, threads: 1, sessions: 1 }
    }
}

/// The loaded library. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
}

/// ONNX Runtime allows one environment per process, for ever: the first one loaded stays.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Loads ONNX Runtime from a shared library. Later calls return the runtime loaded first.
    ///
    /// # Errors
    /// [`VisionError::Missing`] when there is no such file, [`VisionError::Library`] when it is no ONNX Runtime.
    pub fn load(library: &Path) -> Result<Self, VisionError> {
        let mut loaded = lock(&LOADED);
        if let Some(runtime) = loaded.as_ref() {
            return Ok(runtime.clone());
        }
        if !library.is_file() {
            let searched = library.display().to_string();
            return Err(VisionError::Missing { what: "ONNX Runtime".to_owned(), searched });
        }
        let failed = |reason: String| VisionError::Library { path: library.to_owned(), reason };
        let builder = ort::init_from(library).map_err(|e| failed(e.to_string()))?;
        let environment =
            builder.with_name("vong-gac").with_telemetry(false).build().map_err(|e| failed(e.to_string()))?;
        let runtime = Self { environment };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// Loads the library that a [`ModelStore`] finds.
    ///
    /// # Errors
    /// As [`ModelStore::library`] and [`Runtime::load`].
    pub fn from_store(store: &ModelStore) -> Result<Self, VisionError> {
        Self::load(&store.library()?)
    }

    /// Sessions of the model `id`: its file's hash is checked before it is parsed, its tensors after.
    ///
    /// # Errors
    /// Those of [`ModelStore::verified`]; [`VisionError::Provider`], [`VisionError::WrongShape`],
    /// [`VisionError::Inference`].
    pub fn pool(
        &self,
        store: &ModelStore,
        id: &str,
        settings: &SessionSettings,
    ) -> Result<SessionPool, VisionError> {
        let (model, path) = store.verified(id)?;
        self.sessions(model, &path, settings)
    }

    /// Sessions of a model that does not come with the program: the file's hash is checked before it is parsed, its tensors after.
    ///
    /// # Errors
    /// [`VisionError::Io`], [`VisionError::OtherFile`], and those of [`Runtime::pool`].
    pub fn pool_of(
        &self,
        model: &Model,
        path: &Path,
        settings: &SessionSettings,
    ) -> Result<SessionPool, VisionError> {
        let found = sha256_of(path)?;
        if found != model.sha256 {
            let (path, wanted) = (path.to_owned(), model.sha256.clone());
            return Err(VisionError::OtherFile { path, found, wanted });
        }
        self.sessions(model, path, settings)
    }

    fn sessions(
        &self,
        model: &Model,
        path: &Path,
        settings: &SessionSettings,
    ) -> Result<SessionPool, VisionError> {
        let sessions = (0..settings.sessions.max(1))
            .map(|_| self.session(model, path, settings))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(SessionPool {
            id: model.id.clone(),
            sha256: model.sha256.clone(),
            idle: Mutex::new(sessions),
            returned: Condvar::new(),
        })
    }

    fn session(
        &self,
        model: &Model,
        path: &Path,
        settings: &SessionSettings,
    ) -> Result<Session, VisionError> {
        let providers = providers(settings.provider)?;
        let failed =
            |e: ort::Error| VisionError::Inference { model: model.id.clone(), reason: e.to_string() };
        let session = Session::builder(&self.environment)
            .and_then(|b| Ok(b.with_optimization_level(GraphOptimizationLevel::Level3)?))
            .and_then(|b| Ok(b.with_intra_threads(settings.threads.max(1))?))
            .and_then(|b| Ok(b.with_inter_threads(1)?))
            .and_then(|b| Ok(b.with_intra_op_spinning(false)?))
            .and_then(|b| Ok(b.with_execution_providers(providers)?))
            .and_then(|mut b| b.commit_from_file(path))
            .map_err(failed)?;
        check_tensors(model, &model.inputs, session.inputs())?;
        check_tensors(model, &model.outputs, session.outputs())?;
        Ok(session)
    }
}

/// The provider to register; an error when the loaded library was built without it.
fn providers(wanted: Provider) -> Result<Vec<ExecutionProviderDispatch>, VisionError> {
    fn there<P: ExecutionProvider>(name: &'static str) -> Result<(), VisionError> {
        if P::is_available().unwrap_or(false) { Ok(()) } else { Err(VisionError::Provider { wanted: name }) }
    }
    Ok(match wanted {
        Provider::Cpu => Vec::new(),
        Provider::Cuda => {
            there::<ep::CUDA>("cuda")?;
            vec![ep::CUDA::default().build().error_on_failure()]
        }
        Provider::TensorRt => {
            there::<ep::TensorRT>("tensorrt")?;
            vec![ep::TensorRT::default().build().error_on_failure()]
        }
        Provider::OpenVino => {
            there::<ep::OpenVINO>("openvino")?;
            vec![ep::OpenVINO::default().build().error_on_failure()]
        }
    })
}

/// Compares the manifest's tensors with the model's; -1 on either side is a free size.
fn check_tensors(
    model: &Model,
    wanted: &std::collections::BTreeMap<String, Vec<i64>>,
    found: &[Outlet],
) -> Result<(), VisionError> {
    for (name, shape) in wanted {
        let actual = found.iter().find(|o| o.name() == name).map(Outlet::dtype);
        let found = match actual {
            Some(ValueType::Tensor { shape: actual, .. }) if fits(shape, actual) => continue,
            Some(ValueType::Tensor { shape: actual, .. }) => format!("{:?}", &actual[..]),
            Some(other) => format!("{other:?}"),
            None => "not there".to_owned(),
        };
        let (model, tensor, wanted) = (model.id.clone(), name.clone(), format!("{shape:?}"));
        return Err(VisionError::WrongShape { model, tensor, found, wanted });
    }
    Ok(())
}

fn fits(wanted: &[i64], actual: &[i64]) -> bool {
    wanted.len() == actual.len() && wanted.iter().zip(actual).all(|(w, a)| *w == -1 || *a == -1 || w == a)
}

/// One input of a run.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Tensor name.
    pub name: &'a str,
    /// Its shape.
    pub shape: &'a [i64],
    /// Row-major values; as many as the shape's product.
    pub data: &'a [f32],
}

/// One output of a run, borrowed from the runtime.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    /// Its shape.
    pub shape: &'a [i64],
    /// Row-major values.
    pub data: &'a [f32],
}

/// Sessions of one model, shared by all cameras.
#[derive(Debug)]
pub struct SessionPool {
    id: String,
    sha256: String,
    idle: Mutex<Vec<Session>>,
    returned: Condvar,
}

impl SessionPool {
    /// Model id of the manifest.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Hash of the model file; events carry it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Runs the model and hands its first output to `read`. Waits while every session is busy.
    ///
    /// # Errors
    /// [`VisionError::Inference`] when the runtime refuses the input or gives something other than floats.
    pub fn run<R>(&self, inputs: &[Input<'_>], read: impl FnOnce(Output<'_>) -> R) -> Result<R, VisionError> {
        let mut session = self.borrow();
        let result = run_session(session.get(), inputs, read);
        drop(session);
        result.map_err(|e| VisionError::Inference { model: self.id.clone(), reason: e.to_string() })
    }

    /// Runs the model and hands the outputs `names`, in that order, to `read`. Waits while every session is busy.
    ///
    /// # Errors
    /// [`VisionError::Inference`] when the runtime refuses the input, or an output is not there or no floats.
    pub fn run_named<R>(
        &self,
        inputs: &[Input<'_>],
        names: &[&str],
        read: impl FnOnce(&[Output<'_>]) -> R,
    ) -> Result<R, VisionError> {
        let failed = |reason: String| VisionError::Inference { model: self.id.clone(), reason };
        let mut session = self.borrow();
        let outputs = session.get().run(values(inputs).map_err(|e| failed(e.to_string()))?);
        let outputs = outputs.map_err(|e| failed(e.to_string()))?;
        let named = names.iter().map(|name| {
            let value = outputs.get(*name).ok_or_else(|| failed(format!("there is no output {name}")))?;
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(|e| failed(e.to_string()))?;
            Ok(Output { shape, data })
        });
        Ok(read(&named.collect::<Result<Vec<_>, VisionError>>()?))
    }

    /// A text that the model file carries under `key`, such as its character set.
    pub fn metadata(&self, key: &str) -> Option<String> {
        self.borrow().get().metadata().ok()?.custom(key)
    }

    fn borrow(&self) -> Borrowed<'_> {
        let mut idle = lock(&self.idle);
        loop {
            match idle.pop() {
                Some(session) => return Borrowed { pool: self, session: Some(session) },
                None => idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

fn run_session<R>(
    session: &mut Session,
    inputs: &[Input<'_>],
    read: impl FnOnce(Output<'_>) -> R,
) -> ort::Result<R> {
    let outputs = session.run(values(inputs)?)?;
    let (shape, data) = outputs[0].try_extract_tensor::<f32>()?;
    Ok(read(Output { shape, data }))
}

/// The inputs as the runtime takes them: views, no copies.
fn values<'a>(inputs: &[Input<'a>]) -> ort::Result<Vec<(&'a str, SessionInputValue<'a>)>> {
    let view =
        |i: &Input<'a>| Ok((i.name, SessionInputValue::from(TensorRef::from_array_view((i.shape, i.data))?)));
    inputs.iter().map(view).collect()
}

/// A session out of the pool; it goes back when this is dropped, also during a panic.
struct Borrowed<'a> {
    pool: &'a SessionPool,
    session: Option<Session>,
}

impl Borrowed<'_> {
    fn get(&mut self) -> &mut Session {
        match self.session.as_mut() {
            Some(session) => session,
            None => unreachable!("the session leaves only in drop"),
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            lock(&self.pool.idle).push(session);
            self.pool.returned.notify_one();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
