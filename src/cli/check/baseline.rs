//! The findings a project lives with for now, so that new ones stand out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use msgmap::analysis::Finding;
use serde::{Deserialize, Serialize};

use super::super::Error;

/// Version of the file; raised when older files would be misread.
const VERSION: u32 = 1;

/// A file of fingerprints, which stay the same when lines move.
#[derive(Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    fingerprints: BTreeSet<String>,
}

impl Default for Baseline {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Baseline {
    pub fn of(findings: &[Finding]) -> Self {
        Self {
            version: VERSION,
            fingerprints: findings.iter().map(|f| f.fingerprint.clone()).collect(),
        }
    }

    /// # Errors
    /// If the file cannot be read, or is not a baseline of this version.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let fail = |reason: String| Error::ReadBaseline {
            path: file.to_owned(),
            reason,
        };
        let text = fs::read_to_string(file).map_err(|e| fail(e.to_string()))?;
        let baseline: Self = serde_json::from_str(&text).map_err(|e| fail(e.to_string()))?;
        if baseline.version != VERSION {
            let found = baseline.version;
            return Err(fail(format!("it has version {found}, not {VERSION}")));
        }
        Ok(baseline)
    }

    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), Error> {
        fs::write(file, super::json(self)).map_err(|source| Error::WriteBaseline {
            path: file.to_owned(),
            source,
        })
    }

    pub fn knows(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint)
    }

    /// How many of its findings are not among `findings`.
    pub fn gone(&self, findings: &[Finding]) -> usize {
        let found: BTreeSet<_> = findings.iter().map(|f| f.fingerprint.as_str()).collect();
        let gone = self.fingerprints.iter();
        gone.filter(|f| !found.contains(f.as_str())).count()
    }
}
