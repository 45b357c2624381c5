//! Stored bytes that can be gone through again from their start.
//!
//! Late rows may show that the first ones misled. A file is read once more then; what comes from a pipe is kept as it comes.

use std::io::{self, Read, Seek};

/// A reader that can begin again.
pub trait Again: Read {
    /// The next byte read is the first one.
    fn again(&mut self) -> io::Result<()>;
}

impl<T: Again + ?Sized> Again for Box<T> {
    fn again(&mut self) -> io::Result<()> {
        (**self).again()
    }
}

/// A reader that knows its places, such as a file.
#[derive(Debug)]
pub struct Seekable<R>(pub R);

impl<R: Read> Read for Seekable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read + Seek> Again for Seekable<R> {
    fn again(&mut self) -> io::Result<()> {
        self.0.rewind()
    }
}

/// Bytes kept in one piece: a list that grows as a whole would be moved again and again.
const BLOCK_BYTES: usize = 1 << 20;

/// A reader that gives its bytes once, such as a pipe: they are kept.
#[derive(Debug)]
pub struct Once<R> {
    input: R,
    blocks: Vec<Vec<u8>>,
    /// Block and byte of it that are read next; those of the input when there is no such block.
    next: (usize, usize),
}

impl<R> Once<R> {
    /// From where the reader stands.
    pub fn new(input: R) -> Self {
        Self { input, blocks: Vec::new(), next: (0, 0) }
    }
}

impl<R: Read> Read for Once<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(block) = self.blocks.get(self.next.0) {
            let read = block.get(self.next.1..).unwrap_or_default().read(buffer)?;
            if read > 0 || buffer.is_empty() {
                self.next.1 += read;
                return Ok(read);
            }
            // More may come into the last block
            if self.next.0 + 1 == self.blocks.len() && block.len() < BLOCK_BYTES {
                break;
            }
            self.next = (self.next.0 + 1, 0);
        }
        let kept = self.blocks.last().map_or(BLOCK_BYTES, Vec::len);
        if kept >= BLOCK_BYTES {
            self.blocks.push(Vec::with_capacity(BLOCK_BYTES));
        }
        let most = buffer.len().min(BLOCK_BYTES - kept % BLOCK_BYTES);
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let read = self.input.read(buffer)?;
        if let Some(block) = self.blocks.last_mut() {
            block.extend_from_slice(buffer.get(..read).unwrap_or_default());
            self.next.1 = block.len();
        }
        self.next.0 = self.blocks.len() - 1;
        Ok(read)
    }
}

impl<R: Read> Again for Once<R> {
    fn again(&mut self) -> io::Result<()> {
        self.next = (0, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_a_pipe_is_read_again_from_wherever_it_was_left() {
        let bytes: Vec<u8> = (0..3 * BLOCK_BYTES + 17).map(|at| u8::try_from(at % 251).unwrap()).collect();
        for first in [0, 5, BLOCK_BYTES, 2 * BLOCK_BYTES + 1, bytes.len()] {
            let mut input = Once::new(bytes.as_slice());
            let mut taken = vec![0; first];
            input.read_exact(&mut taken).unwrap();
            for _ in 0..2 {
                input.again().unwrap();
                let mut all = Vec::new();
                input.read_to_end(&mut all).unwrap();
                assert!(all == bytes, "after {first} bytes");
            }
        }
    }
}
