//! `emulate --health-check`: tests whether an emulator responds, in images without other programs.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::failure::Failure;
use crate::output::Output;
use crate::status::Status;

/// How long connecting and answering may take, each.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn check(address: SocketAddr, output: Output) -> Result<Status, Failure> {
    let address = SocketAddr::new(reachable(address.ip()), address.port());
    ask(address).map_err(|source| Failure::Unhealthy { address, source })?;
    output.message(format_args!("the emulator at {address} responds"));
    Ok(Status::Done)
}

/// A server on every address is reached over loopback.
fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

/// Asks for the page. An emulator that wants a token for it answers, too.
fn ask(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut start = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut start)?;
    match &start {
        b"HTTP/1.1 200" | b"HTTP/1.1 401" => Ok(()),
        other => Err(io::Error::new(
            ErrorKind::InvalidData,
            format!("it answers `{}`", other.escape_ascii()),
        )),
    }
}
