"""What the hostile peer does to a request: one coroutine per behaviour, in three kinds.

GOOD: the answer is whole, however it came. It must be taken, and not be asked for again.
LOST: there is no answer. The client must not make one up, and must be gone by its deadline.
EITHER: both are right, as where a reset may have overtaken the answer.

A behaviour gets an `Ask` and returns whether the connection lives on. `WEIGHTS` says how often each is
drawn; what is written here is bytes on purpose, since a library would mend them."""

import asyncio
import gzip
import itertools
import json

GOOD, LOST, EITHER = "good", "lost", "either"
WHOLE, STREAM = {}, {}  # name -> (weight, kind, coroutine)

# A request within this time of unsolicited bytes may have been on its way already: HTTP/1.1 cannot
# tell, and no client can. Later ones were written with the bytes at hand.
AMBIGUOUS_S = 0.05

KEEP, CLOSE = True, False


def whole(weight, kind):
    return lambda act: WHOLE.setdefault(act.__name__, (weight, kind, act)) and act


def stream(weight, kind):
    return lambda act: STREAM.setdefault(act.__name__, (weight, kind, act)) and act


def response(body, headers=b"", status=b"200 OK", kind=b"application/json"):
    return (b"HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
            % (status, kind, headers, len(body))) + body


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENTS = CHUNKED.replace(b"application/json", b"text/event-stream")
END = b"0\r\n\r\n"


def completion(text, **members):
    return json.dumps({
        "id": "c", "object": "chat.completion", "created": 1, "model": "hostile",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text},
                     "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 16, "total_tokens": 25}, **members,
    }).encode()


def event(delta, finish=None, **members):
    return data({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "hostile",
                 "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **members})


def data(value):
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def deltas(text, pieces=4):
    step = -(-len(text) // pieces)
    return [event({"content": text[at:at + step]}) for at in range(0, len(text), step)]


FINISH = event({}, "stop")
USAGE = data({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "hostile",
              "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 16,
                                       "total_tokens": 25}})
DONE = b"data: [DONE]\n\n"


# --- what is behind an answer, whole or streamed ---

def good_answer(ask):
    """In one piece, as an orderly server writes it."""
    if not ask.streamed:
        return response(completion(ask.answer))
    events = b"".join([*deltas(ask.answer), FINISH, USAGE, DONE])
    return EVENTS + chunk(events) + END


def unsolicited(ask):
    """A whole answer that nobody asked for: what is in it must be in no record."""
    text = ask.poison()
    if not ask.streamed:
        return response(completion(text))
    return EVENTS + chunk(b"".join([*deltas(text), FINISH, USAGE, DONE])) + END


def both(weight, kind):
    return lambda act: stream(weight, kind)(whole(weight, kind)(act))


@both(60, GOOD)
async def good(ask):
    await ask.link.send(good_answer(ask))
    return KEEP


@both(5, GOOD)
async def unsolicited_behind(ask):
    await ask.link.send(good_answer(ask) + unsolicited(ask))
    return forbid(ask, "behind an answer came another one")


@both(3, GOOD)
async def garbage_behind(ask):
    await ask.link.send(good_answer(ask) + b"GARBAGE")
    return forbid(ask, "behind an answer came garbage")


@both(2, GOOD)
async def blank_line_behind(ask):
    """Some servers write one too many; whether the connection lives on is the client's choice."""
    await ask.link.send(good_answer(ask) + b"\r\n")
    return KEEP


@both(8, GOOD)
async def unsolicited_when_idle(ask):
    await ask.link.send(good_answer(ask))
    return await while_idle(ask, unsolicited(ask), "an answer came unasked while it was idle")


@both(5, GOOD)
async def timeout_when_idle(ask):
    """A 408 behind which the server closes: the connection is stale, and no request has failed."""
    await ask.link.send(good_answer(ask))
    goodbye = response(b"", b"Connection: close\r\n", b"408 Request Timeout")
    return await while_idle(ask, goodbye, "a 408 came while it was idle", ask.link.end_sending)


@both(5, GOOD)
async def closes_when_idle(ask):
    await ask.link.send(good_answer(ask))
    return await while_idle(ask, b"", "its end came while it was idle", ask.link.end_sending)


@both(6, GOOD)
async def ends_behind(ask):
    """As cpp-httplib behind a stream: FIN without a word, and what comes is swallowed."""
    await ask.link.send(good_answer(ask))
    ask.link.end_sending()
    return await after_news(ask, "its end came behind an answer")


@both(3, GOOD)
async def says_it_closes(ask):
    answer = good_answer(ask).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    await ask.link.send(answer)
    return CLOSE


@both(3, EITHER)
async def resets_behind(ask):
    await ask.link.send(good_answer(ask))
    ask.link.reset()
    return CLOSE


@both(3, GOOD)
async def byte_by_byte(ask):
    answer = good_answer(ask)
    cut = answer.index(b"\r\n\r\n") + 4
    for at in range(0, cut, 7):
        await ask.link.send(answer[at:min(at + 7, cut)])
        await asyncio.sleep(0)
    for at in range(cut, len(answer), 23):
        await ask.link.send(answer[at:at + 23])
        await asyncio.sleep(0)
    return KEEP


@both(3, GOOD)
async def early_hints(ask):
    await ask.link.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5 + good_answer(ask))
    return KEEP


@both(2, GOOD)
async def continues(ask):
    await ask.link.send(b"HTTP/1.1 100 Continue\r\n\r\n" + good_answer(ask))
    return KEEP


@both(2, GOOD)
async def no_reason(ask):
    await ask.link.send(good_answer(ask).replace(b"200 OK", b"200", 1))
    return KEEP


@both(2, GOOD)
async def header_of_30_kb(ask):
    extra = b"".join(b"\r\nX-%d: %s" % (i, b"x" * 1000) for i in range(30))
    await ask.link.send(good_answer(ask).replace(b"200 OK", b"200 OK" + extra, 1))
    return KEEP


def forbid(ask, why):
    ask.link.forbidden = why
    return KEEP


async def while_idle(ask, news, why, then=lambda: None):
    """Brings news to a connection on which nothing is out. Whether something is, is seen first."""
    if not await ask.link.is_quiet(ask.random.uniform(0.002, 0.06)):
        return KEEP
    if news:
        await ask.link.send(news)
    then()
    return await after_news(ask, why)


async def after_news(ask, why):
    """Who writes now may not have known; who writes later has not looked."""
    if not await ask.link.is_quiet(AMBIGUOUS_S):
        return await ask.excuse()
    return forbid(ask, why)


# --- no answer at all, whole or streamed ---

@both(2, LOST)
async def silence(ask):
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@both(1, LOST)
async def silence_in_the_head(ask):
    await ask.link.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@both(2, LOST)
async def silence_in_the_answer(ask):
    answer = good_answer(ask)
    await ask.link.send(answer[:answer.index(b"\r\n\r\n") + 60])
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@both(1, LOST)
async def drips(ask):
    """A byte of a header now and then: each is progress, and none leads anywhere."""
    await ask.link.send(b"HTTP/1.1 200 OK\r\nX: ")
    await ask.send_for_ever(itertools.repeat(b"x"), 0.05)
    return CLOSE


@both(2, LOST)
async def endless_hints(ask):
    await ask.send_for_ever(itertools.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 200))
    return CLOSE


@both(2, LOST)
async def endless_header(ask):
    await ask.link.send(b"HTTP/1.1 200 OK\r\n")
    await ask.send_for_ever(b"X-%d: y\r\n" % i * 500 for i in itertools.count())
    return CLOSE


@both(1, LOST)
async def endless_status(ask):
    await ask.link.send(b"HTTP/1.1 200 O")
    await ask.send_for_ever(itertools.repeat(b"K" * 16384))
    return CLOSE


@both(2, LOST)
async def endless_extension(ask):
    head = EVENTS if ask.streamed else CHUNKED
    await ask.link.send(head + b"5;a=")
    await ask.send_for_ever(itertools.repeat(b"x" * 16384))
    return CLOSE


@both(1, LOST)
async def endless_chunk_lines(ask):
    """A byte of white space in each chunk, and kilobytes that are no body around it."""
    head = EVENTS if ask.streamed else CHUNKED
    piece = chunk(b" ", b";a=" + b"x" * 4000) * 4
    await ask.link.send(head)
    await ask.send_for_ever(itertools.repeat(piece))
    return CLOSE


@both(2, EITHER)
async def endless_trailers(ask):
    """The answer is whole before them; a client may take it or not, but not go on reading."""
    answer = good_answer(ask)
    if not ask.streamed:
        answer = CHUNKED + chunk(completion(ask.answer)) + END
    await ask.link.send(answer[:-2])
    await ask.send_for_ever(b"X-%d: y\r\n" % i * 500 for i in itertools.count())
    return CLOSE


@both(1, LOST)
async def endless_body(ask):
    await ask.link.send(EVENTS if ask.streamed else CHUNKED)
    await ask.send_for_ever(itertools.repeat(chunk(b" " * 16000)))
    return CLOSE


@both(2, LOST)
async def resets(ask):
    ask.link.reset()
    return CLOSE


@both(2, LOST)
async def closes(ask):
    return CLOSE


@both(2, LOST)
async def cut_in_the_answer(ask):
    answer = good_answer(ask)
    await ask.link.send(answer[:answer.index(b"\r\n\r\n") + 90])
    return CLOSE


@both(2, LOST)
async def no_http(ask):
    await ask.link.send(b"\x15\x03\x01\x00\x02\x02\x28 who are you?\r\n\r\n")
    return CLOSE


@both(2, LOST)
async def two_lengths(ask):
    body = completion(ask.answer)
    await ask.link.send(response(body, b"Content-Length: 5\r\n"))
    return CLOSE


@both(3, LOST)
async def overloaded(ask):
    error = b'{"error": {"message": "busy", "type": "server_error"}}'
    await ask.link.send(response(error, b"Retry-After: 0\r\n", b"503 Service Unavailable"))
    return KEEP


@both(2, LOST)
async def rate_limited(ask):
    error = b'{"error": {"message": "slow down", "type": "requests", "code": "rate_limit_exceeded"}}'
    await ask.link.send(response(error, b"retry-after-ms: 50\r\n", b"429 Too Many Requests"))
    return KEEP


@both(2, LOST)
async def web_page(ask):
    await ask.link.send(response(b"<html>We are back soon</html>", kind=b"text/html"))
    return KEEP


@both(2, LOST)
async def nothing_in_it(ask):
    await ask.link.send(response(b""))
    return KEEP


@both(1, LOST)
async def error_with_200(ask):
    await ask.link.send(response(b'{"error": {"message": "upstream failed", "code": 502}}'))
    return KEEP


# --- whole answers ---

@whole(3, GOOD)
async def chunks(ask):
    body = completion(ask.answer)
    pieces = [chunk(body[at:at + 40]) for at in range(0, len(body), 40)]
    await ask.link.send(CHUNKED + b"".join(pieces) + END)
    return KEEP


@whole(2, GOOD)
async def chunks_with_extensions(ask):
    body = completion(ask.answer)
    pieces = [chunk(body[at:at + 40], b";name=\"value\"") for at in range(0, len(body), 40)]
    await ask.link.send(CHUNKED + b"".join(pieces) + b"0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n")
    return KEEP


@whole(3, GOOD)
async def ends_with_the_connection(ask):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    await ask.link.send(head + completion(ask.answer))
    return CLOSE


@whole(2, GOOD)
async def http_1_0(ask):
    head = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    await ask.link.send(head + completion(ask.answer))
    return CLOSE


@whole(3, GOOD)
async def zipped(ask):
    body = gzip.compress(completion(ask.answer))
    await ask.link.send(response(body, b"Content-Encoding: gzip\r\n"))
    return KEEP


@whole(2, LOST)
async def zipped_and_cut(ask):
    body = gzip.compress(completion(ask.answer))
    await ask.link.send(response(body[:len(body) // 2], b"Content-Encoding: gzip\r\n"))
    return KEEP


@whole(2, LOST)
async def half_the_json(ask):
    body = completion(ask.answer)
    await ask.link.send(response(body[:len(body) // 2]))
    return KEEP


@whole(2, GOOD)
async def coding_of_none(ask):
    await ask.link.send(response(completion(ask.answer), b"Content-Encoding: none\r\n"))
    return KEEP


@whole(2, GOOD)
async def byte_order_mark(ask):
    await ask.link.send(response(b"\xef\xbb\xbf" + completion(ask.answer)))
    return KEEP


@whole(2, GOOD)
async def empty_error_beside(ask):
    nothing = ask.random.choice(({}, "", False, None))
    await ask.link.send(response(completion(ask.answer, error=nothing)))
    return KEEP


@whole(2, GOOD)
async def odd_usage(ask):
    tokens = ask.random.choice(("10", 10.0, None, -1, 2**63 - 1, "x"))
    usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": tokens}
    await ask.link.send(response(completion(ask.answer, usage=usage)))
    return KEEP


@whole(2, GOOD)
async def not_a_number(ask):
    body = completion(ask.answer, score="NAN").replace(b'"NAN"', b"NaN")
    await ask.link.send(response(body))
    return KEEP


@whole(2, GOOD)
async def one_bad_byte(ask):
    body = completion(ask.answer, note="NOTE").replace(b"NOTE", b"a\xffb")
    await ask.link.send(response(body))
    return KEEP


@whole(2, GOOD)
async def a_stream_instead(ask):
    events = b"".join([*deltas(ask.answer), FINISH, USAGE, DONE])
    await ask.link.send(response(events, kind=b"text/event-stream"))
    return KEEP


# --- streamed answers ---

async def send_events(ask, events):
    await ask.link.send(EVENTS)
    for one in events:
        await ask.link.send(chunk(one))


@stream(4, GOOD)
async def whole_then_silence(ask):
    await send_events(ask, [*deltas(ask.answer), FINISH, USAGE])
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@stream(4, GOOD)
async def whole_then_heartbeats(ask):
    await send_events(ask, [*deltas(ask.answer), FINISH, USAGE])
    await ask.send_for_ever(itertools.repeat(chunk(b": heartbeat\n\n")), 0.05)
    return CLOSE


@stream(3, GOOD)
async def whole_then_cut(ask):
    await send_events(ask, [*deltas(ask.answer), FINISH, USAGE])
    return CLOSE


@stream(3, GOOD)
async def done_then_cut(ask):
    await send_events(ask, [*deltas(ask.answer), FINISH, USAGE, DONE])
    return CLOSE


@stream(2, GOOD)
async def done_then_silence(ask):
    await send_events(ask, [*deltas(ask.answer), FINISH, USAGE, DONE])
    await ask.outlast(ask.link.until_gone)
    return CLOSE


@stream(3, GOOD)
async def without_done(ask):
    await ask.link.send(EVENTS + chunk(b"".join([*deltas(ask.answer), FINISH, USAGE])) + END)
    return KEEP


@stream(3, GOOD)
async def cut_anywhere(ask):
    """Chunks that know nothing of events, and lines that end in CRLF."""
    events = b"".join([*deltas(ask.answer, 16), FINISH, USAGE, DONE]).replace(b"\n", b"\r\n")
    step = ask.random.randint(1, 50)
    await ask.link.send(EVENTS + b"".join(
        chunk(events[at:at + step]) for at in range(0, len(events), step)) + END)
    return KEEP


@stream(2, GOOD)
async def comments_and_pings(ask):
    events = [b": hello\n\n", b"event: ping\ndata: ping\n\n", *deltas(ask.answer, 8), b": x\n\n",
              b"data: ping\n\n", FINISH, USAGE, DONE]
    await ask.link.send(EVENTS + chunk(b"".join(events)) + END)
    return KEEP


@stream(2, GOOD)
async def slow_events(ask):
    await ask.link.send(EVENTS)
    for one in [*deltas(ask.answer, 8), FINISH, USAGE, DONE]:
        await ask.link.send(chunk(one))
        await asyncio.sleep(0.01)
    await ask.link.send(END)
    return KEEP


@stream(2, GOOD)
async def events_without_a_length(ask):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    await ask.link.send(head + b"".join([*deltas(ask.answer), FINISH, USAGE, DONE]))
    return CLOSE


@stream(3, LOST)
async def half_the_events(ask):
    await ask.link.send(EVENTS + chunk(b"".join(deltas(ask.answer)[:2])) + END)
    return KEEP


@stream(2, LOST)
async def only_done(ask):
    await ask.link.send(EVENTS + chunk(DONE) + END)
    return KEEP


@stream(2, LOST)
async def error_in_between(ask):
    error = data({"error": {"message": "engine died", "type": "server_error", "code": 500}})
    events = b"".join([*deltas(ask.answer)[:2], error])
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
    await ask.send_for_ever(itertools.repeat(chunk(event({"content": "more "}) * 50)))
    return CLOSE
