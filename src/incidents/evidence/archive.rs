//! Suspected malware leaves only inside an encrypted archive, so that nobody opens it by mistake and no gateway eats it.
//!
//! The archive is made while it is sent. Its password is the one that analysts everywhere expect.

use std::io::{self, Write};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::vault::{Fault, Reader};
use crate::core::error::Error;

/// What opens the archive; shown beside it. It guards against accidents, not against people.
pub const PASSWORD: &str = "infected";
/// Bytes that are handed on at once.
const PIECE: usize = 256 << 10;

/// The file, of which the first chunk was read already, as an archive that holds it under `name`.
pub fn archived(
    name: String,
    first: Vec<u8>,
    rest: Reader,
) -> impl Stream<Item = Result<Bytes, Fault>> + 'static {
    let (sender, receiver) = channel(4);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        if let Err(fault) = write(&handle, &sender, &name, first, rest) {
            // Nobody is left to be told where the receiver is gone.
            let _ = sender.blocking_send(Err(fault));
        }
    });
    stream::unfold(receiver, |mut receiver: Receiver<_>| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
}

fn write(
    handle: &Handle,
    sender: &Sender<Result<Bytes, Fault>>,
    name: &str,
    first: Vec<u8>,
    mut rest: Reader,
) -> Result<(), Fault> {
    let failed = |error: zip::result::ZipError| Fault::Failed(Error::Internal(format!("archive: {error}")));
    let mut zip = ZipWriter::new_stream(Outlet { sender, buffer: Vec::with_capacity(PIECE) });
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(rest.size() >= u64::from(u32::MAX) - (64 << 10))
        .with_aes_encryption(AesMode::Aes256, PASSWORD);
    zip.start_file(name, options).map_err(failed)?;
    let mut chunk = Some(first);
    while let Some(bytes) = chunk {
        zip.write_all(&bytes).map_err(|error| failed(error.into()))?;
        chunk = handle.block_on(rest.next())?;
    }
    let mut outlet = zip.finish().map_err(failed)?.into_inner();
    outlet.flush().map_err(|error| failed(error.into()))
}

/// Hands on what is written in pieces of a good size.
struct Outlet<'a> {
    sender: &'a Sender<Result<Bytes, Fault>>,
    buffer: Vec<u8>,
}

impl Write for Outlet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
