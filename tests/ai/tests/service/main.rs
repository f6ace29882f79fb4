//! This program, LaunchDarkly's own SDK and the emulator together: what is served, and what is sent.

mod bad_input;
mod prompts;
mod tracked;
mod world;
