//! A stream in blocks of whole lines.
//!
//! Threads are handed blocks instead of lines, so that no line is a piece of memory of its own that
//! one thread takes and another gives back.

use std::io::{self, BufRead, ErrorKind};
use std::mem;

use memchr::{memchr_iter, memrchr};

/// How large a block is at least, but for the last: enough to make handing it over cheap.
const BLOCK: usize = 64 << 10;

/// Lines of a stream, the last of which may lack its end.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// How many lines the stream has before these.
    before: u64,
    bytes: Vec<u8>,
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The lines, without their ends, with their numbers from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let ends = memchr_iter(b'\n', &self.bytes).chain([self.bytes.len()]);
        let mut from = 0;
        let lines = ends.map(move |end| &self.bytes[mem::replace(&mut from, end + 1)..end]);
        (self.before + 1..).zip(lines)
    }
}

/// Reads a stream block by block.
pub(super) struct Blocks<R> {
    reader: R,
    /// The begin of the line in the midst of which the last block would have ended.
    rest: Vec<u8>,
    /// How many lines have been read.
    lines: u64,
}

impl<R: BufRead> Blocks<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            rest: Vec::new(),
            lines: 0,
        }
    }

    /// Replaces what is in the block by what comes next; nothing, if nothing comes any more.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read, with the number of the line where that was.
    pub(super) fn read(&mut self, block: &mut Block) -> Result<(), (u64, io::Error)> {
        block.before = self.lines;
        let bytes = &mut block.bytes;
        bytes.clear();
        bytes.append(&mut self.rest);
        loop {
            let read = match self.reader.fill_buf() {
                Ok([]) => break,
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err((self.lines + ends(bytes) + 1, error)),
            };
            let old = bytes.len();
            let taken = read.len().min(BLOCK);
            bytes.extend_from_slice(&read[..taken]);
            self.reader.consume(taken);
            if bytes.len() < BLOCK {
                continue;
            }
            // An end that came before would do, too; looking for it again would take the square of
            // the length of a line that never ends.
            if let Some(place) = memrchr(b'\n', &bytes[old..]) {
                let begun = old + place + 1;
                self.rest.extend_from_slice(&bytes[begun..]);
                bytes.truncate(begun);
                break;
            }
        }
        self.lines += ends(bytes);
        Ok(())
    }
}

fn ends(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The numbers and lengths of all lines that are not empty, and how many blocks they came in.
    fn read(stream: &[u8], buffer: usize) -> (Vec<(u64, usize)>, usize) {
        let mut blocks = Blocks::new(BufReader::with_capacity(buffer, stream));
        let (mut block, mut lines, mut number) = (Block::default(), Vec::new(), 0);
        loop {
            blocks.read(&mut block).unwrap();
            if block.is_empty() {
                return (lines, number);
            }
            number += 1;
            lines.extend(
                block
                    .lines()
                    .filter(|(_, line)| !line.is_empty())
                    .map(|(number, line)| (number, line.len())),
            );
        }
    }

    #[test]
    fn every_line_comes_once_with_its_number_however_it_is_cut() {
        // Of every length up to one that no block holds, some of them empty, the last without end.
        let lengths: Vec<usize> = (0..400)
            .map(|n| if n == 200 { 3 * BLOCK } else { n * 7 % 1000 })
            .collect();
        let lines: Vec<Vec<u8>> = lengths.iter().map(|length| vec![b'x'; *length]).collect();
        let stream = lines.join(&b'\n');
        let expected: Vec<(u64, usize)> = (1..)
            .zip(lengths)
            .filter(|(_, length)| *length > 0)
            .collect();
        for buffer in [1, 100, BLOCK, 1 << 20] {
            let (found, blocks) = read(&stream, buffer);
            assert_eq!(found, expected, "{buffer}");
            assert!((2..=6).contains(&blocks), "{blocks} blocks at {buffer}");
        }
        assert_eq!(read(b"", 10), (vec![], 0));
        assert_eq!(read(b"\n\na\n", 10), (vec![(3, 1)], 1));
    }
}
