//! Threads with stacks for deeply nested code: whoever descends into a syntax
//! tree does it by recursion, and foreign code decides how deep that is.

use std::thread;

use super::Error;

/// Bytes of a thread's stack; only what is touched is ever backed by memory.
const STACK: usize = 16 * 1024 * 1024;

/// Read by the standard library when the first thread is started.
const STACK_VARIABLE: &str = "RUST_MIN_STACK";

/// Makes every thread's stack large, those of the parallel walk included: the
/// `ignore` crate starts them and takes no size.
pub fn enlarge_stacks() {
    if std::env::var_os(STACK_VARIABLE).is_none() {
        // SAFETY: called first in `main`; no other thread reads the environment yet.
        unsafe { std::env::set_var(STACK_VARIABLE, STACK.to_string()) };
    }
}

/// Runs `task` on a thread of its own: the main thread's stack is as large as
/// the system says, and cannot be enlarged.
///
/// # Errors
/// Those of `task`; if the thread cannot be started, or panics.
pub fn on_a_large_stack<T: Send>(
    task: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("msgmap".into())
            .stack_size(STACK)
            .spawn_scoped(scope, task)
            .map_err(|source| Error::Threads(source.to_string()))?
            .join()
            .unwrap_or(Err(Error::Bug))
    })
}

/// Starts rayon's global pool; `None` is a thread for each core.
///
/// # Errors
/// If the system does not give that many threads.
pub fn start_pool(threads: Option<u16>) -> Result<(), Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or_default().into())
        .stack_size(STACK)
        .build_global()
        .map_err(|source| Error::Threads(source.to_string()))
}
