"""Behaviours of whole answers: their framing, their coding, and oddities in their JSON."""

import gzip

from behaviours import (CHUNKED, CLOSE, END, GOOD, KEEP, LOST, chunk, events_of, response, whole,
                        whole_body)



@whole(3, GOOD)
async def chunks(ask):
    body = whole_body(ask)
    pieces = [chunk(body[at:at + 40]) for at in range(0, len(body), 40)]
    await ask.link.send(CHUNKED + b"".join(pieces) + END)
    return KEEP


@whole(2, GOOD)
async def chunks_with_extensions(ask):
    body = whole_body(ask)
    pieces = [chunk(body[at:at + 40], b";name=\"value\"") for at in range(0, len(body), 40)]
    await ask.link.send(CHUNKED + b"".join(pieces) + b"0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n")
    return KEEP


@whole(3, GOOD)
async def ends_with_the_connection(ask):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    await ask.link.send(head + whole_body(ask))
    return CLOSE


@whole(2, GOOD)
async def http_1_0(ask):
    head = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    await ask.link.send(head + whole_body(ask))
    return CLOSE


@whole(3, GOOD)
async def zipped(ask):
    body = gzip.compress(whole_body(ask))
    await ask.link.send(response(body, b"Content-Encoding: gzip\r\n"))
    return KEEP


@whole(2, LOST)
async def zipped_and_cut(ask):
    body = gzip.compress(whole_body(ask))
    await ask.link.send(response(body[:len(body) // 2], b"Content-Encoding: gzip\r\n"))
    return KEEP


@whole(2, LOST)
async def half_the_json(ask):
    body = whole_body(ask)
    await ask.link.send(response(body[:len(body) // 2]))
    return KEEP


@whole(2, GOOD)
async def coding_of_none(ask):
    await ask.link.send(response(whole_body(ask), b"Content-Encoding: none\r\n"))
    return KEEP


@whole(2, GOOD)
async def byte_order_mark(ask):
    await ask.link.send(response(b"\xef\xbb\xbf" + whole_body(ask)))
    return KEEP


@whole(2, GOOD)
async def empty_error_beside(ask):
    nothing = ask.random.choice(({}, "", False, None))
    await ask.link.send(response(whole_body(ask, error=nothing)))
    return KEEP


@whole(2, GOOD)
async def odd_usage(ask):
    tokens = ask.random.choice(("10", 10.0, None, -1, 2**63 - 1, "x"))
    usage = {name: tokens for name in ask.dialect.usage_names}
    await ask.link.send(response(whole_body(ask, **{ask.dialect.usage_member: usage})))
    return KEEP


@whole(2, GOOD)
async def not_a_number(ask):
    body = whole_body(ask, score="NAN").replace(b'"NAN"', b"NaN")
    await ask.link.send(response(body))
    return KEEP


@whole(2, GOOD)
async def one_bad_byte(ask):
    body = whole_body(ask, note="NOTE").replace(b"NOTE", b"a\xffb")
    await ask.link.send(response(body))
    return KEEP


@whole(2, GOOD)
async def a_stream_instead(ask):
    events = b"".join(events_of(ask))
    await ask.link.send(response(events, kind=b"text/event-stream"))
    return KEEP


