//! Tests as data: the filetest runner, generators, oracles and tidy checks.
