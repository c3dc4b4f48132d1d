//! Size classes, and the allocation cursors that engines may bump inline.
//!
//! A *lane* is one size class of one of two worlds: objects with references (even lanes)
//! and pointer-free ones (odd lanes), which have blocks of their own and are never traced.
//! How a lane gets its next free run is in `block` and `alloc`.

/// Cells start at multiples of this many bytes.
pub const GRANULE: u32 = 16;
/// Bytes of one block; all its cells belong to one lane.
pub const BLOCK_BYTES: u32 = 32 * 1024;
/// Larger objects get pages of their own.
pub const MAX_SMALL: u32 = 8192;
/// Number of size classes.
pub const CLASSES: usize = 26;
/// Number of lanes.
pub const LANES: usize = CLASSES * 2;
/// Bytes at the end of the context page that hold the `AllocState`.
pub const STATE_BYTES: usize = 512;

/// Cell sizes by class: steps of at most a quarter, dividing a block with little rest.
const SIZES: [u16; CLASSES] = [
    16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 1024, 1280,
    1632, 2048, 2720, 4096, 5456, 8192,
];

const CLASS_OF: [u8; (MAX_SMALL / GRANULE) as usize + 1] = {
    let mut table = [0; (MAX_SMALL / GRANULE) as usize + 1];
    let mut granules = 0;
    let mut class = 0;
    while granules < table.len() {
        if granules * GRANULE as usize > SIZES[class] as usize {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// The free run a lane allocates from: offsets of the next cell and of the run's end.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Lane {
    /// Offset of the next free cell.
    pub cursor: u32,
    /// End of the run; a cell fits while `cursor + size <= limit`.
    pub limit: u32,
}

/// What engines need to allocate inline. It lies `STATE_BYTES` below offset 0.
#[repr(C)]
#[derive(Debug)]
pub struct AllocState {
    /// One free run per lane.
    pub lanes: [Lane; LANES],
    /// Not 0 when a collection is due at the next safepoint.
    pub pending: u32,
}

const _: () = assert!(size_of::<AllocState>() <= STATE_BYTES);

/// The lane for an object of `bytes` bytes, which must be at most `MAX_SMALL`.
#[inline(always)]
#[must_use]
pub fn lane_for(bytes: u32, pointer_free: bool) -> usize {
    let granules = (bytes.min(MAX_SMALL)).div_ceil(GRANULE) as usize;
    CLASS_OF[granules] as usize * 2 + usize::from(pointer_free)
}

/// Bytes of the cells of a lane.
#[inline(always)]
#[must_use]
pub fn cell_bytes(lane: usize) -> u32 {
    u32::from(SIZES[(lane / 2).min(CLASSES - 1)])
}

/// Number of cells in a block of a lane.
#[inline]
#[must_use]
pub fn cells_per_block(lane: usize) -> u32 {
    BLOCK_BYTES / cell_bytes(lane)
}

/// How an engine allocates a fixed-size object inline: bump `lane` by `cell`, store `meta`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocPlan {
    /// Lane to bump.
    pub lane: u32,
    /// Bytes to bump by.
    pub cell: u32,
    /// First header word of the new object.
    pub meta: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_fitting_cell() {
        for bytes in 1..=MAX_SMALL {
            let lane = lane_for(bytes, false);
            assert!(cell_bytes(lane) >= bytes);
            assert!(lane < 2 || cell_bytes(lane - 2) < bytes, "{bytes}");
            assert_eq!(lane_for(bytes, true), lane + 1);
        }
    }

    #[test]
    fn cells_are_granular_and_blocks_well_used() {
        for lane in 0..LANES {
            let cell = cell_bytes(lane);
            assert_eq!(cell % GRANULE, 0);
            assert!(cells_per_block(lane) * cell * 100 >= BLOCK_BYTES * 97, "{cell}");
        }
    }
}
