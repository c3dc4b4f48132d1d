//! The garbage-collected heap of a Kaa store: object layout, allocation, collector, handles.
