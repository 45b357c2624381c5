//! Connections that can be cut, cut short or slowed down from inside a request handler.
//!
//! Each accepted stream carries a [`Line`], which the handler receives as connect info. HTTP has no way to say "close
//! now without an answer"; refusing the next write does exactly that.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// How often a slow connection writes.
const TICK: Duration = Duration::from_millis(50);

/// What happens to the next bytes written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    Normal,
    /// The connection closes, nothing gets out.
    Cut,
    /// The headers and this many bytes of the body get out, then the connection closes.
    CutBody(usize),
    /// Bytes per tick.
    Drip(usize),
}

/// The handler's grip on its connection.
#[derive(Debug, Clone)]
pub(super) struct Line(Arc<Mutex<Treatment>>);

impl Line {
    pub(super) fn treat(&self, treatment: Treatment) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = treatment;
    }

    fn treatment(&self) -> Treatment {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes per tick for a speed.
    pub(super) fn drip(bytes_per_second: usize) -> Treatment {
        Treatment::Drip((bytes_per_second / 20).max(1))
    }
}

/// Accepts connections and gives each its line.
pub(super) struct Gate(pub(super) TcpListener);

impl Listener for Gate {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        let (tcp, address) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for the peer's delayed acknowledgement; without it they are merely slower.
        tcp.set_nodelay(true).unwrap_or_default();
        (Stream { tcp, line: Line(Arc::new(Mutex::new(Treatment::Normal))), pause: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Gate>> for Line {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        stream.io().line.clone()
    }
}

/// A TCP stream under a line's control.
pub(super) struct Stream {
    tcp: TcpStream,
    line: Line,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, task: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_read(task, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let tcp = Pin::new(&mut this.tcp);
        match this.line.treatment() {
            Treatment::Normal => tcp.poll_write(task, bytes),
            Treatment::Cut => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            Treatment::CutBody(allowed) => {
                let body_start = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |place| place + 4);
                let end = bytes.len().min(body_start.saturating_add(allowed));
                if end == 0 {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
                let written = ready!(tcp.poll_write(task, bytes.get(..end).unwrap_or(bytes)))?;
                this.line.treat(Treatment::CutBody(end.saturating_sub(written.max(body_start))));
                Poll::Ready(Ok(written))
            }
            Treatment::Drip(portion) => {
                if let Some(pause) = &mut this.pause {
                    ready!(pause.as_mut().poll(task));
                }
                this.pause = Some(Box::pin(tokio::time::sleep(TICK)));
                tcp.poll_write(task, bytes.get(..portion).unwrap_or(bytes))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(task)
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(task)
    }
}
