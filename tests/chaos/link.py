"""One connection of the hostile peer: bytes in, bytes out, and what the client owes us meanwhile."""

import asyncio
import re
import socket
import struct


class Gone(Exception):
    """The client has left, or the peer has: nothing more can happen on this connection."""


class Link:
    def __init__(self, reader, writer, clock):
        self._reader, self._writer, self._clock = reader, writer, clock
        self._buffer = bytearray()
        self.tls = writer.get_extra_info("ssl_object") is not None
        # A drain then ends with the last byte out. asyncio's TLS pauses at the mark, not above it: with 0
        # every other drain would wait, with nothing left to write, until the client says something.
        writer.transport.set_write_buffer_limits(high=1 if self.tls else 0, low=0)
        self.forbidden = None  # why no request may come any more

    async def _fill(self):
        try:
            data = await self._reader.read(1 << 18)
        except (OSError, asyncio.IncompleteReadError) as why:
            raise Gone from why
        if not data:
            raise Gone
        self._buffer += data

    async def head(self):
        """The next request's head and the length of its body."""
        while b"\r\n\r\n" not in self._buffer:
            await self._fill()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        return head.decode("latin-1"), int(length[1]) if length else 0

    async def body(self, length):
        while len(self._buffer) < length:
            await self._fill()
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    async def is_quiet(self, seconds):
        """Whether the client says nothing for so long. Raises Gone when it leaves."""
        if self._buffer:
            return False
        try:
            await asyncio.wait_for(self._fill(), seconds)
        except asyncio.TimeoutError:
            return True
        return False

    async def send(self, data):
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as why:
            raise Gone from why

    async def until_gone(self, ticks):
        """Waits for the client to leave. False: it has not, in so many ticks of the peer's clock."""
        began = self._clock.ticks
        try:
            while self._clock.ticks - began < ticks:
                await self.is_quiet(self._clock.TICK)
                self._buffer.clear()
        except Gone:
            return True
        return False

    async def send_while_wanted(self, pieces, ticks, pause=0):
        """Sends on and on. False: after so many ticks the client was still there."""
        began = self._clock.ticks
        try:
            for piece in pieces:
                if self._clock.ticks - began >= ticks:
                    return False
                left = (ticks - (self._clock.ticks - began)) * self._clock.TICK
                await asyncio.wait_for(self.send(piece), left + self._clock.TICK)
                await asyncio.sleep(pause)
        except asyncio.TimeoutError:
            return False
        except Gone:
            pass
        return True

    def end_sending(self):
        """FIN, and what comes is still taken: as cpp-httplib does. TLS knows no such half."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        else:
            self._writer.transport.abort()

    def abort(self):
        """FIN without a goodbye of TLS."""
        self._writer.transport.abort()

    def reset(self):
        sock = self._writer.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self):
        try:
            self._writer.close()
        except OSError:
            pass
