//! How a run of typed stack code ended: with what `main` gave.

use super::types::Scalar;
use crate::json::Json;
use crate::program::{End, Ending, Look, Machine, Seen};

/// Tells how a program ended.
#[derive(Debug)]
pub struct Fir {
    /// What `main` gives.
    pub results: Vec<Scalar>,
}

impl Machine for Fir {
    /// The exit status is the low byte of the last result, where that is an integer.
    fn ending(&self, results: &[Seen]) -> Ending {
        let is_int = self.results.last().is_some_and(|scalar| scalar.is_int());
        let code = results.last().and_then(Seen::int).filter(|_| is_int);
        Ending { exit: code.unwrap_or(0) as u8, ..Ending::default() }
    }

    fn state(&self, end: &End, _: Look<'_>) -> Json {
        let (result, stack) = match end {
            End::Returned(results) => {
                let vals = results.iter().map(|seen| seen.int().unwrap_or(0) as u64);
                let show = |(scalar, bits): (&Scalar, u64)| {
                    Json::Array(vec![Json::str(scalar.name()), Json::str(format!("{bits:016x}"))])
                };
                ("Ok".to_owned(), self.results.iter().zip(vals).map(show).collect())
            }
            End::Trapped(kind) => (format!("Trap({kind})"), Vec::new()),
        };
        Json::object([("result", Json::str(result)), ("stack", Json::Array(stack))])
    }
}
