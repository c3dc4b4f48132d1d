//! Tests of the natives.
