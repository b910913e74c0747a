"""Behaviours of streams: where they end, what lies between their events, and streams without an answer."""

import asyncio
import itertools

from behaviours import (CLOSE, END, EVENTS, GOOD, KEEP, LOST, about, chunk, deltas, events_of, stream)
from dialects import data



async def send_events(ask, events):
    await ask.link.send(EVENTS)
    for one in events:
        await ask.link.send(chunk(one))


@stream(4, GOOD)
async def whole_then_silence(ask):
    await send_events(ask, [*deltas(ask), *ask.dialect.finish(ask.answer)])
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@stream(4, GOOD)
async def whole_then_heartbeats(ask):
    await send_events(ask, [*deltas(ask), *ask.dialect.finish(ask.answer)])
    await ask.send_for_ever(itertools.repeat(chunk(b": heartbeat\n\n")), 0.05)
    return CLOSE


@stream(3, GOOD)
async def whole_then_cut(ask):
    await send_events(ask, [*deltas(ask), *ask.dialect.finish(ask.answer)])
    return CLOSE


@stream(3, GOOD)
async def done_then_cut(ask):
    await send_events(ask, events_of(ask))
    return CLOSE


@stream(2, GOOD)
async def done_then_silence(ask):
    await send_events(ask, events_of(ask))
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@stream(3, GOOD)
async def without_done(ask):
    await ask.link.send(EVENTS + chunk(b"".join([*deltas(ask), *ask.dialect.finish(ask.answer)])) + END)
    return KEEP


@stream(3, GOOD)
async def cut_anywhere(ask):
    """Chunks that know nothing of events, and lines that end in CRLF."""
    events = b"".join(events_of(ask, 16)).replace(b"\n", b"\r\n")
    step = ask.random.randint(1, 50)
    await ask.link.send(EVENTS + b"".join(
        chunk(events[at:at + step]) for at in range(0, len(events), step)) + END)
    return KEEP


@stream(2, GOOD)
async def comments_and_pings(ask):
    events = [b": hello\n\n", b"event: ping\ndata: ping\n\n", *deltas(ask, 8), b": x\n\n",
              b"data: ping\n\n", *ask.dialect.finish(ask.answer), *ask.dialect.done]
    await ask.link.send(EVENTS + chunk(b"".join(events)) + END)
    return KEEP


@stream(2, GOOD)
async def slow_events(ask):
    await ask.link.send(EVENTS)
    for one in events_of(ask, 8):
        await ask.link.send(chunk(one))
        await asyncio.sleep(0.01)
    await ask.link.send(END)
    return KEEP


@stream(2, GOOD)
async def events_without_a_length(ask):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    await ask.link.send(head + b"".join(events_of(ask)))
    return CLOSE


@stream(3, LOST)
async def half_the_events(ask):
    await ask.link.send(EVENTS + chunk(b"".join(deltas(ask)[:2])) + END)
    return KEEP


@stream(2, LOST)
@about("openai")
async def only_done(ask):
    await ask.link.send(EVENTS + chunk(data(b"[DONE]")) + END)
    return KEEP


@stream(3, LOST)
@about("anthropic")
async def text_and_a_foreign_done(ask):
    """No stop reason and no message_stop: OpenAI's goodbye does not make it whole."""
    await ask.link.send(EVENTS + chunk(b"".join(deltas(ask)) + data(b"[DONE]")) + END)
    return KEEP


@stream(3, GOOD)
@about("openai-responses")
async def nothing_in_the_last_event(ask):
    """The answer is what the deltas said."""
    last = ask.dialect.completed(ask.dialect.completion(ask.answer, output=[]))
    await ask.link.send(EVENTS + chunk(b"".join([*deltas(ask), last])) + END)
    return KEEP


@stream(3, GOOD)
@about("anthropic")
async def text_in_the_block_start(ask):
    message, _ = ask.dialect.opening
    block = {"type": "text", "text": ask.answer[:20]}
    start = data({"type": "content_block_start", "index": 0, "content_block": block},
                 "content_block_start")
    events = [message, start, ask.dialect.delta(ask.answer[20:]),
              *ask.dialect.finish(ask.answer), *ask.dialect.done]
    await ask.link.send(EVENTS + chunk(b"".join(events)) + END)
    return KEEP


@stream(2, LOST)
async def error_in_between(ask):
    error = {"message": "engine died", "type": "server_error", "code": 500, "status": "INTERNAL"}
    events = b"".join([*deltas(ask)[:2], data({"type": "error", "error": error}, "error")])
    await ask.link.send(EVENTS + chunk(events) + END)
    return KEEP


@stream(1, LOST)
async def heartbeats_only(ask):
    await ask.link.send(EVENTS)
    await ask.send_for_ever(itertools.repeat(chunk(b": heartbeat\n\n")), 0.02)
    return CLOSE


@stream(1, LOST)
async def endless_events(ask):
    await ask.link.send(EVENTS)
    await ask.send_for_ever(itertools.repeat(chunk(ask.dialect.delta("more ") * 50)))
    return CLOSE
