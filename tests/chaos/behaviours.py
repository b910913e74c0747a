"""What the hostile peer does to a request: one coroutine per behaviour, in three kinds. Those of whole and
of streamed answers alone are in whole_answers.py and streamed_answers.py.

GOOD: the answer is whole, however it came. It must be taken, and not be asked for again.
LOST: there is no answer. The client must not make one up, and must be gone by its deadline.
EITHER: both are right: where a reset may have overtaken the answer, and where more came soon behind it,
for whose the first of two answers is cannot be told.

A behaviour gets an `Ask` and returns whether the connection lives on. `WEIGHTS` says how often each is
drawn; what is written here is bytes on purpose, since a library would mend them."""

import asyncio
import itertools
import json

from dialects import pieces_of

GOOD, LOST, EITHER = "good", "lost", "either"
WHOLE, STREAM = {}, {}  # name -> (weight, kind, coroutine)
OF_ONE = {}  # name -> the dialect that it is about, by its name as a provider

# A request within this time of unsolicited bytes may have been on its way already: HTTP/1.1 cannot
# tell, and no client can. Later ones were written with the bytes at hand.
AMBIGUOUS_S = 0.2

KEEP, CLOSE = True, False


def whole(weight, kind):
    return lambda act: WHOLE.setdefault(act.__name__, (weight, kind, act)) and act


def stream(weight, kind):
    return lambda act: STREAM.setdefault(act.__name__, (weight, kind, act)) and act


def about(provider):
    return lambda act: OF_ONE.setdefault(act.__name__, provider) and act


def response(body, headers=b"", status=b"200 OK", kind=b"application/json"):
    return (b"HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
            % (status, kind, headers, len(body))) + body


def chunk(data, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENTS = CHUNKED.replace(b"application/json", b"text/event-stream")
END = b"0\r\n\r\n"


def whole_body(ask, **members):
    return json.dumps(ask.dialect.completion(ask.answer, **members)).encode()


def deltas(ask, pieces=4):
    return ask.dialect.opening + [ask.dialect.delta(one) for one in pieces_of(ask.answer, pieces)]


def events_of(ask, pieces=4):
    return deltas(ask, pieces) + ask.dialect.finish(ask.answer) + ask.dialect.done


# --- what is behind an answer, whole or streamed ---

def good_answer(ask):
    """In one piece, as an orderly server writes it."""
    if not ask.streamed:
        return response(whole_body(ask))
    return EVENTS + chunk(b"".join(events_of(ask))) + END


def unsolicited(ask):
    """A whole answer that nobody asked for: what is in it must be in no record."""
    return good_answer(ask.with_answer(ask.poison()))


def both(weight, kind):
    return lambda act: stream(weight, kind)(whole(weight, kind)(act))


@both(60, GOOD)
async def good(ask):
    await ask.link.send(good_answer(ask))
    return KEEP


@both(5, EITHER)
async def unsolicited_behind(ask):
    await ask.link.send(good_answer(ask) + unsolicited(ask))
    return forbid(ask, "behind an answer came another one")


@both(3, EITHER)
async def garbage_behind(ask):
    await ask.link.send(good_answer(ask) + b"GARBAGE")
    return forbid(ask, "behind an answer came garbage")


@both(2, EITHER)
async def blank_line_behind(ask):
    """Some servers write one too many; whether the connection lives on is the client's choice."""
    await ask.link.send(good_answer(ask) + b"\r\n")
    return KEEP


@both(8, EITHER)
async def unsolicited_when_idle(ask):
    await ask.link.send(good_answer(ask))
    return await while_idle(ask, unsolicited(ask), "an answer came unasked while it was idle")


@both(5, EITHER)
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
        answer = CHUNKED + chunk(whole_body(ask)) + END
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
    body = whole_body(ask)
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
