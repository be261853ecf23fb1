//! The resilience score and what each finding takes off it.
//! The formula stands in the documentation of [`super`].

use crate::analysis::{Analysis, CheckScore, Score};

/// Sets `score`, `resilience_score` and every finding's cost from the tallies.
pub fn settle(analysis: &mut Analysis, checks: Vec<CheckScore>) {
    let total: f64 = counting(&checks).map(|c| f64::from(c.weight)).sum();
    let value = if total > 0.0 {
        counting(&checks).map(contribution).sum::<f64>() / total
    } else {
        1.0
    };
    for finding in &mut analysis.findings {
        finding.cost = counting(&checks)
            .find(|c| c.check == finding.check)
            .map_or(0.0, |c| {
                f64::from(c.weight) / (total * f64::from(c.applicable))
            });
    }
    analysis.score = Score {
        value: (value * 100.0).round() / 100.0,
        checks,
    };
    analysis.resilience_score = analysis.score.value;
}

/// The checks with a subject; the others do not count.
fn counting(checks: &[CheckScore]) -> impl Iterator<Item = &CheckScore> {
    checks.iter().filter(|c| c.applicable > 0)
}

fn contribution(check: &CheckScore) -> f64 {
    f64::from(check.weight) * f64::from(check.passed) / f64::from(check.applicable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(check: &str, weight: u32, passed: u32, applicable: u32) -> CheckScore {
        CheckScore {
            check: check.into(),
            weight,
            passed,
            applicable,
        }
    }

    fn value(checks: Vec<CheckScore>) -> f64 {
        let mut analysis = Analysis::default();
        settle(&mut analysis, checks);
        assert_eq!(analysis.resilience_score, analysis.score.value);
        analysis.score.value
    }

    #[test]
    fn a_weighted_mean_of_shares() {
        // (3 × 1/2 + 1 × 1) / 4 = 0.625
        assert_eq!(value(vec![tally("a", 3, 1, 2), tally("b", 1, 4, 4)]), 0.63);
    }

    #[test]
    fn a_check_without_subjects_does_not_count() {
        assert_eq!(value(vec![tally("a", 3, 1, 2), tally("b", 9, 0, 0)]), 0.5);
    }

    #[test]
    fn one_when_nothing_applies() {
        assert_eq!(value(vec![tally("a", 3, 0, 0)]), 1.0);
    }
}
