"""An endpoint of four APIs that answers by chance as real ones do on their worst day.

What it does to a request is drawn from the seed, the prompt and how often that prompt has come, never
from the order of the requests. It keeps books: who was answered well, who asked again all the same, who
wrote where nothing may be written, who stayed beyond the deadline. What the books hold against the
client is in `complaints`; they count in ticks of the peer's own loop, which stands still when the
machine does."""

import asyncio
import collections
import copy
import hashlib
import random
import socket
import threading
import time
import traceback

import behaviours
import streamed_answers  # noqa: F401, they enter the tables
import whole_answers  # noqa: F401
from behaviours import CLOSE, EITHER, GOOD, KEEP, OF_ONE
from dialects import PROVIDERS, read_request
from link import Gone, Link

LONG_BODY = 100_000
MARGIN_TICKS = 60  # beyond timeout_s: sweeping, a busy machine


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Clock:
    TICK = 0.1  # seconds, at least

    def __init__(self):
        self.ticks = 0

    async def run(self):
        while True:
            await asyncio.sleep(self.TICK)
            self.ticks += 1


class Ask:
    """One request, as a behaviour sees it."""

    def __init__(self, peer, link, request, drawn):
        self.peer, self.link, self.random = peer, link, drawn
        self.dialect, self.prompt, self.streamed = request
        self.answer = sha256(self.prompt)

    def poison(self):
        self.peer.poisons += 1
        return f"unsolicited {self.peer.poisons}"

    def with_answer(self, text):
        other = copy.copy(self)
        other.answer = text
        return other

    async def excuse(self):
        """What was on its way when news came: no client can tell. Its answer counts for nothing."""
        head, length = await self.link.head()
        if length > LONG_BODY:  # of which only the beginning may come
            self.peer.excused |= self.peer.long_prompts
        _, prompt, _ = read_request(path_of(head), await self.link.body(length))
        self.peer.excuse(prompt)
        return CLOSE

    async def outlast(self, wait):
        if not await wait(self.peer.deadline_ticks):
            self.peer.complain(f"is still there beyond its deadline: {self.name}")

    async def send_for_ever(self, pieces, pause=0):
        ticks = self.peer.deadline_ticks
        if not await self.link.send_while_wanted(pieces, ticks, pause):
            self.peer.complain(f"reads on beyond its deadline: {self.name}")


def path_of(head):
    return head.split(" ", 2)[1].partition("?")[0]


def names_for(table, dialect):
    return {name for name in table
            if name not in OF_ONE or PROVIDERS[OF_ONE[name]] is dialect}


class Peer:
    """Runs in a thread of its own while the context lasts."""

    def __init__(self, seed, timeout_s, tls=None, only=(), without=(), long_prompts=()):
        self.seed, self.tls = seed, tls
        self.timeout_ticks = int(timeout_s / Clock.TICK)
        self.deadline_ticks = self.timeout_ticks + MARGIN_TICKS
        self.only, self.without = set(only), set(without)
        self.long_prompts = set(long_prompts)
        self.clock = Clock()
        self.behaves = False  # set it, and everything is answered well
        self.complaints, self.excused, self.poisons = [], set(), 0
        self.drawn = collections.Counter()
        self.requests = 0
        self._asked = collections.Counter()
        self._links = 0  # connections being served
        self._answered = {}  # prompt -> the behaviour that answered it well in this process's life
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def process_ended(self, may_lose):
        """Of the client. What was answered well shortly before a kill may be asked for again: also what
        was still being answered when it came."""
        for _ in range(200):
            if self._links == 0:
                break
            time.sleep(0.02)
        if may_lose:
            self._answered.clear()

    def complain(self, what):
        self.complaints.append(f"hostile peer: the client {what}")

    def reads(self, prompt):
        """How often a request for it was read, in all."""
        return self._asked[(prompt,)]

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda loop, context: None)
        listening = self._loop.run_until_complete(self._start())
        self._loop.create_task(self.clock.run())
        self._loop.run_forever()
        listening.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))  # for what was closed to close
        self._loop.close()

    async def _start(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        # Small, so that an early answer finds the sender of a long body still at work. Connections
        # inherit it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        limits = {"ssl": self.tls, "ssl_shutdown_timeout": 1} if self.tls else {}
        server = await asyncio.start_server(self._serve, sock=listener, limit=1 << 17, **limits)
        self.port = listener.getsockname()[1]
        self._ready.set()
        return server

    async def _serve(self, reader, writer):
        link = Link(reader, writer, self.clock)
        self._links += 1
        try:
            if self._draws("greeting", 0.03) and await self._greet(link) is CLOSE:
                return
            while await self._answer_one(link) is KEEP:
                pass
        except Gone:
            pass
        except Exception:  # of ours: a peer that has a fault proves nothing
            self.complaints.append("the suite itself is wrong: " + traceback.format_exc())
        finally:
            self._links -= 1
            link.close()

    async def _answer_one(self, link):
        head, length = await link.head()
        began = self.clock.ticks
        if link.forbidden:
            self.complain(f"wrote a request on a connection where {link.forbidden}")
            return CLOSE
        self.requests += 1
        if length > LONG_BODY and self._draws("early", 0.8):
            return await self._answer_early(link, length)
        request = read_request(path_of(head), await link.body(length))
        return await self._act(link, request, began)

    def excuse(self, prompt):
        self._chance(prompt)  # it was read
        self.excused.add(prompt)

    def _chance(self, *what):
        self._asked[what] += 1
        return random.Random(f"{self.seed} {what} {self._asked[what]}")

    def _draw(self, ask, table):
        names = names_for(table, ask.dialect) - self.without
        if self.only:
            names &= self.only | {"good"}
        if self.behaves:
            names = {"good"}
        names = sorted(names)
        return ask.random.choices(names, [table[name][0] for name in names])[0]

    async def _act(self, link, request, began):
        ask = Ask(self, link, request, self._chance(request[1]))
        table = behaviours.STREAM if ask.streamed else behaviours.WHOLE
        ask.name = self._draw(ask, table)
        _, kind, act = table[ask.name]
        self.drawn[ask.name] += 1
        self._look_for_repetition(ask)
        if kind == GOOD:
            self._answered[ask.prompt] = ask.name
        try:
            return await act(ask)
        finally:
            # A slow machine's answer may have come too late for the client.
            if kind == EITHER or self.clock.ticks - began > self.timeout_ticks / 2:
                self._answered.pop(ask.prompt, None)

    def _look_for_repetition(self, ask):
        behaviour = self._answered.pop(ask.prompt, None)
        if behaviour and ask.prompt not in self.excused:
            self.complain(f"asks again what was answered well: {behaviour}")

    def _draws(self, name, share):
        """Of what is no behaviour, since it comes before the prompt is known."""
        off = self.behaves or name in self.without or (self.only and name not in self.only)
        return not off and self._chance("whether", name).random() < share

    async def _greet(self, link):
        """An answer before any request. Who has written by then could not know of it."""
        self.drawn["greeting"] += 1
        ask = Ask(self, link, (PROVIDERS["openai"], "", False), self._chance("greeting"))
        ask.name = "greeting"
        await link.send(behaviours.unsolicited(ask))
        return await behaviours.after_news(ask, "an answer came before any request")

    async def _answer_early(self, link, length):
        """A refusal that comes while the body is still being written, which is then read all the same.
        Whoever misses it waits for it until its deadline."""
        self.drawn["early"] += 1
        error = b'{"error": {"message": "slow", "type": "requests", "code": "rate_limit_exceeded"}}'
        headers = b"retry-after-ms: 50\r\nConnection: close\r\n"
        await link.send(behaviours.response(error, headers, b"429 Too Many Requests"))
        await asyncio.sleep(self._chance("early pause").uniform(0, 0.3))
        await link.body(length)
        if not await link.until_gone(self.timeout_ticks * 2 // 3):
            self.complain("does not read an early answer")
        return CLOSE
