//! A stream as blocks of complete lines.
//!
//! Threads receive blocks instead of lines, so that no line is allocated by one thread and freed by
//! another.

use std::io::{self, BufRead, ErrorKind};
use std::mem;

use memchr::{memchr, memchr_iter, memrchr};

/// How large a block is at least, but for the last: enough to make handing it over cheap.
const BLOCK: usize = 64 << 10;

/// The maximum length of a line. A longer line is not a context, and is not kept.
pub(super) const LONGEST: usize = 16 << 20;

/// Lines of a stream, the last of which may lack its end.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// How many lines the stream has before these.
    before: u64,
    bytes: Vec<u8>,
    /// The number of the last line, if it was longer than a line may be. It is empty then.
    too_long: Option<u64>,
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number of the line that was longer than a line may be, if there is one.
    pub(super) fn too_long(&self) -> Option<u64> {
        self.too_long
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
        block.too_long = None;
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
            if bytes.len() > LONGEST + BLOCK {
                let begun = memrchr(b'\n', bytes).map_or(0, |place| place + 1);
                bytes.truncate(begun);
                bytes.shrink_to(BLOCK);
                let line = self.lines + ends(bytes) + 1;
                block.too_long = Some(line);
                skip_line(&mut self.reader).map_err(|error| (line, error))?;
                bytes.push(b'\n');
                break;
            }
        }
        self.lines += ends(bytes);
        Ok(())
    }
}

/// How much of a line is passed over. A stream in which nothing ends is read no further.
const ENDLESS: usize = 256 << 20;

/// Reads up to the end of a line, and keeps nothing of it.
pub(super) fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    let mut skipped = 0_usize;
    loop {
        if skipped > ENDLESS {
            return Err(io::Error::other(
                "no line ends within 256 MB; write each context on a separate line",
            ));
        }
        let read = match reader.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = memchr(b'\n', read);
        let taken = end.map_or(read.len(), |end| end + 1);
        reader.consume(taken);
        skipped += taken;
        if end.is_some() || taken == 0 {
            return Ok(());
        }
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
    }

    #[test]
    fn a_line_without_an_end_is_not_kept() {
        let stream = [&b"a\n"[..], &vec![b'x'; LONGEST * 3], b"\nb\n"].concat();
        let mut blocks = Blocks::new(BufReader::with_capacity(1 << 20, &stream[..]));
        let mut block = Block::default();
        let (mut lines, mut too_long) = (Vec::new(), Vec::new());
        loop {
            blocks.read(&mut block).unwrap();
            if block.is_empty() {
                break;
            }
            assert!(block.bytes.len() <= LONGEST + 2 * BLOCK);
            too_long.extend(block.too_long());
            let whole = block.lines().filter(|(_, line)| !line.is_empty());
            lines.extend(whole.map(|(number, line)| (number, line.to_vec())));
        }
        assert_eq!(too_long, [2]);
        assert_eq!(lines, [(1, b"a".to_vec()), (3, b"b".to_vec())]);
    }

    #[test]
    fn a_stream_without_an_end_is_given_up() {
        let mut blocks = Blocks::new(BufReader::with_capacity(1 << 20, io::repeat(0)));
        let (line, error) = blocks.read(&mut Block::default()).unwrap_err();
        assert_eq!(line, 1);
        assert!(
            error.to_string().starts_with("no line ends within 256 MB"),
            "{error}"
        );
    }

    #[test]
    fn blank_lines_are_counted() {
        assert_eq!(read(b"\n\na\n", 10), (vec![(3, 1)], 1));
    }
}
