//! Suspected malware leaves only inside an encrypted archive, so that nobody opens it by mistake and no gateway eats it.
//!
//! The archive is made while it is sent. Its password is the one that analysts everywhere expect.

use std::io::{self, Write};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::oneshot;
use tokio::time::timeout;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::vault::{Fault, Reader};
use crate::core::error::Error;

/// What opens the archive; shown beside it. It guards against accidents, not against people.
pub const PASSWORD: &str = "infected";
/// Bytes that are handed on at once.
const PIECE: usize = 256 << 10;
/// How long a piece waits to be taken. Whoever takes none in that time keeps a thread from others.
const PATIENCE: Duration = Duration::from_secs(60);

/// The file, of which the first chunk was read already, as an archive that holds it under `name`. It keeps its place
/// among those that are packed until it is at its end.
pub fn archived(
    name: String,
    first: Vec<u8>,
    rest: Reader,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Bytes, Fault>> + 'static {
    streamed(place, move |outlet, _| write(outlet, &name, first, rest))
}

/// What `write` writes, while it writes: a thread of its own, which waits for whoever takes the bytes.
pub fn streamed(
    place: OwnedSemaphorePermit,
    write: impl FnOnce(Outlet<'_>, &Handle) -> Result<(), Fault> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Fault>> + 'static {
    let (sender, receiver) = channel(4);
    let (told, ending) = oneshot::channel();
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let outlet =
            Outlet { handle: &handle, sender, patience: PATIENCE, buffer: Vec::with_capacity(PIECE) };
        // Nobody is left to be told where the receiver is gone.
        let _ = told.send(write(outlet, &handle));
        drop(place);
    });
    stream::unfold((receiver, Some(ending)), |(mut receiver, mut ending)| async move {
        if let Some(piece) = receiver.recv().await {
            return Some((Ok(piece), (receiver, ending)));
        }
        // A thread that ended without a word failed.
        let lost = |_| Err(Fault::Failed(Error::Internal("archive: its thread failed".to_owned())));
        let fault = ending.take()?.await.unwrap_or_else(lost).err()?;
        Some((Err(fault), (receiver, ending)))
    })
}

fn write(outlet: Outlet<'_>, name: &str, first: Vec<u8>, mut rest: Reader) -> Result<(), Fault> {
    let handle = outlet.handle;
    let failed = |error: zip::result::ZipError| Fault::Failed(Error::Internal(format!("archive: {error}")));
    let mut zip = ZipWriter::new_stream(outlet);
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
pub struct Outlet<'a> {
    handle: &'a Handle,
    sender: Sender<Bytes>,
    patience: Duration,
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
        let taken = async { timeout(self.patience, self.sender.send(piece.into())).await };
        match self.handle.block_on(taken) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_takes_nothing_keeps_no_thread() {
        let (sender, receiver) = channel(1);
        let handle = Handle::current();
        let write = move || {
            let patience = Duration::from_millis(20);
            let mut outlet = Outlet { handle: &handle, sender, patience, buffer: Vec::new() };
            (0..3).try_for_each(|_| outlet.write_all(&[0; PIECE]))
        };
        let ended = timeout(Duration::from_secs(20), tokio::task::spawn_blocking(write)).await;
        let error = ended.expect("it ends by itself").unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(receiver);
    }
}
