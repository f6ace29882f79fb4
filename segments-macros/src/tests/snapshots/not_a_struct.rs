#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    ::segments_runtime::__private_0_1::ide! {
        nobody()
    }
};
pub enum Staff {}
::core::compile_error! {
    "`#[segment]` needs a unit struct; write `pub struct BetaTesters;`"
}
