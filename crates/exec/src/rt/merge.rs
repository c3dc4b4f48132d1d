//! A stable merge sort whose comparison may fail.
//!
//! The sorts of `std` take an order that never fails, and may panic when the order is not one.
//! Comparing objects can end with an error, so lists of them are sorted here.

/// Runs that are sorted by insertion first.
const RUN: usize = 12;

/// Sorts stably; `less(a, b)` says whether `a` must stand before `b`.
pub(super) fn sort<T: Copy, E>(
    items: &mut [T],
    mut less: impl FnMut(T, T) -> Result<bool, E>,
) -> Result<(), E> {
    for run in items.chunks_mut(RUN) {
        insertion(run, &mut less)?;
    }
    let mut spare = Vec::with_capacity(items.len().div_ceil(2));
    let mut width = RUN;
    while width < items.len() {
        for pair in items.chunks_mut(2 * width) {
            if pair.len() > width {
                merge(pair, width, &mut spare, &mut less)?;
            }
        }
        width *= 2;
    }
    Ok(())
}

fn insertion<T: Copy, E>(
    run: &mut [T],
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
) -> Result<(), E> {
    for i in 1..run.len() {
        let item = run[i];
        let mut hole = i;
        while hole > 0 && less(item, run[hole - 1])? {
            run[hole] = run[hole - 1];
            hole -= 1;
        }
        run[hole] = item;
    }
    Ok(())
}

/// Merges the sorted parts before and behind `middle`.
fn merge<T: Copy, E>(
    items: &mut [T],
    middle: usize,
    spare: &mut Vec<T>,
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
) -> Result<(), E> {
    if !less(items[middle], items[middle - 1])? {
        return Ok(());
    }
    spare.clear();
    spare.extend_from_slice(&items[..middle]);
    let (mut left, mut right, mut to) = (0, middle, 0);
    while left < spare.len() && right < items.len() {
        if less(items[right], spare[left])? {
            items[to] = items[right];
            right += 1;
        } else {
            items[to] = spare[left];
            left += 1;
        }
        to += 1;
    }
    let rest = &spare[left..];
    items[to..to + rest.len()].copy_from_slice(rest);
    Ok(())
}
