//! Chooses the dispatch of the interpreter: tail-called handlers need a compiler that turns
//! calls in tail position into jumps, which rustc does at every level above 0.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(tail_dispatch)");
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let optimised = var("OPT_LEVEL") != "0";
    let arch = var("CARGO_CFG_TARGET_ARCH");
    let miri = std::env::var_os("CARGO_CFG_MIRI").is_some();
    if optimised && !miri && matches!(arch.as_str(), "x86_64" | "aarch64") {
        println!("cargo:rustc-cfg=tail_dispatch");
    }
}
