"""A TCP proxy that understands just enough of PostgreSQL's protocol to count, delay, cut and swallow.

A round trip is counted when the client sends something while nothing it sent before is unanswered: with pipelining, what is
sent on top of work in flight costs no waiting.
"""
import asyncio
import socket
import struct
import threading


class Stream:
    """Cuts one direction into messages; `untyped` is how many messages without a type byte come first."""

    def __init__(self):
        self.data = b""

    def feed(self, data, has_type):
        """Yields (type, body) of each complete message; has_type() is asked before each."""
        self.data += data
        while True:
            head = 1 if has_type() else 0
            if len(self.data) < head + 4:
                return
            length = struct.unpack_from("!I", self.data, head)[0]
            if len(self.data) < head + length:
                return
            kind = self.data[:1].decode("latin-1") if head else ""
            body = self.data[head + 4:head + length]
            self.data = self.data[head + length:]
            yield kind, body


class Link:
    """One client connection through the proxy."""

    def __init__(self, proxy, client_writer):
        self.proxy = proxy
        self.client_writer = client_writer
        self.server_writer = None
        self.started = False        # the startup message has passed
        self.ssl_asked = False      # the next server byte answers an SSLRequest
        self.unanswered = 0         # requests whose ReadyForQuery is still to come
        self.waiting = False        # a round trip is under way
        self.silent = False         # nothing passes any more (stop_after)
        self.up, self.down = Stream(), Stream()

    def from_client(self, data):
        """What of it to send on, and whether that was the last (stop_after)."""
        passed, stop = b"", False
        if not self.waiting:
            self.waiting = True
            self.proxy.round_trips += 1
        for kind, body in self.up.feed(data, lambda: self.started):
            self.proxy.client_messages += 1
            if not kind:
                code = struct.unpack_from("!I", body)[0]
                self.ssl_asked = code in (80877103, 80877104)
                self.started = code >> 16 == 3
                self.unanswered = 1 if self.started else 0
            elif kind in "QSF":
                self.unanswered += 1
            self.proxy.note_message(self, kind, body)
            passed += kind.encode("latin-1") + struct.pack("!I", len(body) + 4) + body
            if self.proxy.client_messages == self.proxy.stop_after:
                stop = True
                break
        # Whole messages only, where it matters after which one the wire goes dead.
        return (data if self.proxy.stop_after is None else passed), stop

    def from_server(self, data):
        whole = data
        if self.ssl_asked:
            self.ssl_asked, self.waiting, data = False, False, data[1:]
        for kind, _body in self.down.feed(data, lambda: True):
            if kind == "Z":
                self.unanswered -= 1
            # Authentication asks the client for more, and so does COPY.
            if self.unanswered <= 0 or kind in "RG":
                self.waiting = False
        return whole, False


class Proxy:
    """
    proxy = Proxy(port).start(); connect to proxy.port; proxy.stop().

    delay is in seconds each way and does not serialise.  on_message(link, kind, body) may be set: it is called for each
    message of a client before it is sent on, and returns False to swallow the connection (cut) at that very moment.

    stop_after = N lets exactly N messages of clients through; then on_stop(proxy) is called, from another thread.
    """

    def __init__(self, port, delay=0.0):
        self.target, self.delay = port, delay
        self.port = None
        self.round_trips = self.client_messages = self.connections = 0
        self.on_message = None
        self.stop_after = self.on_stop = None
        self.black_hole = False
        self.links = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.ready = threading.Event()

    def start(self):
        self.thread.start()
        self.ready.wait(10)
        return self

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def stop(self):
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def reset_counts(self):
        self.round_trips = self.client_messages = self.connections = 0

    def url(self, url):
        """The same URL with this proxy as its address."""
        return url.replace(f":{self.target}/", f":{self.port}/")

    def note_message(self, link, kind, body):
        if self.on_message and self.on_message(link, kind, body) is False:
            raise ConnectionAbortedError

    def cut(self):
        """Both ends of every connection are reset at once."""
        def abort():
            for link in list(self.links):
                self.abort(link)
        self.loop.call_soon_threadsafe(abort)

    @staticmethod
    def abort(link):
        for writer in (link.client_writer, link.server_writer):
            if writer:
                sock = writer.get_extra_info("socket")
                if sock:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()

    async def serve(self, reader, writer):
        link = Link(self, writer)
        self.connections += 1
        self.links.add(link)
        try:
            server_reader, link.server_writer = await asyncio.open_connection("127.0.0.1", self.target)
            pumps = [asyncio.create_task(self.pump(link, reader, link.server_writer, link.from_client)),
                     asyncio.create_task(self.pump(link, server_reader, writer, link.from_server))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
        except OSError:
            pass
        finally:
            self.links.discard(link)
            for end in (writer, link.server_writer):
                if end:
                    end.close()

    async def pump(self, link, reader, writer, note):
        try:
            while data := await reader.read(65536):
                if self.black_hole or link.silent:
                    continue
                data, stop = note(data)
                if stop:
                    writer.write(data)
                    await writer.drain()
                    for each in self.links:
                        each.silent = True
                    threading.Thread(target=self.on_stop, args=(self,), daemon=True).start()
                    continue
                if self.delay:
                    # Later, in order, without holding up what comes behind it.
                    self.loop.call_later(self.delay, self.write, writer, data)
                else:
                    writer.write(data)
                    await writer.drain()
            if self.delay:
                await asyncio.sleep(self.delay * 1.5)
        except ConnectionAbortedError:
            self.abort(link)
        except (ConnectionError, OSError):
            pass

    @staticmethod
    def write(writer, data):
        if not writer.transport.is_closing():
            writer.write(data)
