//! The sites of the files looked into so far, round by round.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Active;
use super::dispatchers::Dispatchers;
use super::matching::Matcher;
use super::sites::Sites;
use crate::project::{Asked, Callers, Evaluator, FileId, Project};

/// What was found in each file, with what the index of callers was asked for it:
/// a file is looked into anew when the index has more to say.
#[derive(Debug, Default)]
pub struct LookedInto {
    files: BTreeMap<FileId, (Sites, Asked)>,
}

impl LookedInto {
    /// Finds the sites of those files of which more can be known than before.
    pub fn look(
        &mut self,
        project: &Project,
        active: &Active,
        callers: &Callers,
        dispatchers: &Dispatchers,
        files: &[FileId],
    ) {
        let stands = |file: &FileId| {
            let known = self.files.get(file);
            known.is_some_and(|(_, asked)| asked.stands(callers))
        };
        let found: Vec<(FileId, (Sites, Asked))> = files
            .par_iter()
            .filter(|file| !stands(file))
            .map(|file| {
                let ev = Evaluator::new(project, active, callers);
                let matcher = Matcher {
                    active,
                    ev: &ev,
                    dispatchers,
                };
                let sites = matcher.file(*file);
                (*file, (sites, ev.into_asked()))
            })
            .collect();
        self.files.extend(found);
    }

    /// What was found in some of the files.
    #[must_use]
    pub fn sites(&self, files: &[FileId]) -> Sites {
        let mut all = Sites::default();
        for (sites, _) in files.iter().filter_map(|file| self.files.get(file)) {
            all.append(sites.clone());
        }
        all
    }

    /// What was found in all files.
    #[must_use]
    pub fn into_sites(self) -> Sites {
        let mut all = Sites::default();
        for (sites, _) in self.files.into_values() {
            all.append(sites);
        }
        all
    }
}
