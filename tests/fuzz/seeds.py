"""Writes the fuzzers' first inputs: the golden transcripts in each target's form, and a few by hand.

seeds.py FOLDER writes FOLDER/TARGET/* and FOLDER/words.dict, JSON's names and words for libFuzzer.
"""

import gzip
import hashlib
import json
import pathlib
import re
import sys

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "providers" / "golden"

BY_HAND = {
    "sse": ["A\nid: 1\nevent: e\ndata: a\ndata:b\n\n: comment\n\n{\"error\":1}\n", "AG\n\ufeffdata\n\n"],
    "headers": [
        "6m0s\nx-ratelimit-limit-requests: 60\nx-ratelimit-remaining-requests: 59\n"
        "x-ratelimit-reset-requests: 1h2m3s\nretry-after: 1.5\nretry-after-ms: 20\n",
        "2026-01-02T03:04:05.678+01:00\nanthropic-ratelimit-input-tokens-limit: 4000\n"
        "anthropic-ratelimit-input-tokens-remaining: 12\n"
        "anthropic-ratelimit-input-tokens-reset: 1994-11-06T08:50:00Z\n",
        "46.07s\nretry-after: Sun, 06 Nov 1994 08:49:47 GMT\nx-ratelimit-limit: 5\n"
        "x-tokenlimit-reset: 784111800000\nx-ratelimit-limit-req-minute: 7\n",
        "Sunday, 06-Nov-94 08:49:37 GMT\n", "Sun Nov  6 08:49:37 1994\n", "1d2h3m4s5ms\n",
    ],
    "http_response": [
        "G\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-A: b\r\n\r\nhello",
        "AB\nHTTP/1.1 429 Too Many Requests\r\ntransfer-encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nt: u\r\n\r\n",
        "A\nHTTP/1.0 200\r\n\r\nto the end", "A\nHTTP/1.1 204 No Content\r\n\r\n",
    ],
    "batch": [
        'openai 200\n\n{"id":"batch_1","object":"batch","errors":null,"status":"completed",'
        '"output_file_id":"file-1","error_file_id":"file-2","created_at":1,'
        '"request_counts":{"total":2,"completed":1,"failed":1},"metadata":{"retort":"t"}}',
        'openai 200\n\n{"object":"list","data":[{"id":"batch_1","status":"failed","created_at":1,'
        '"errors":{"data":[{"code":"token_limit_exceeded","message":"m","line":null}]}}],'
        '"last_id":"batch_1","has_more":true}',
        'openai 200\n\n{"id":"file-1","object":"file"}',
        'openai 200\n\n{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"m"}}',
        'anthropic 200\n\n{"id":"msgbatch_1","processing_status":"ended","created_at":'
        '"2026-01-02T03:04:05Z","request_counts":{"processing":0,"succeeded":1,"errored":0,'
        '"canceled":0,"expired":1},"results_url":"https://h/v1/messages/batches/msgbatch_1/results"}',
        'anthropic 200\n\n{"data":[{"id":"m","processing_status":"canceling","created_at":"x"}],'
        '"has_more":true,"last_id":"m"}',
        'anthropic 200\n\n{"custom_id":"a","result":{"type":"expired"}}',
    ],
    "gzip": ["+A\nsome text, some text, some text", "A\nno gzip"],
    "number": [
        r"-$1,234.50", r"The answer is \boxed{\frac{3}{4}}.", r"1 1/2", r"x = 5 \text{ km}", r"2.5E-3",
        r"\boxed{a{b}c} and 50\% of 90^\circ", r"1{,}000\,000", "\u22123 and .5", "3.4.5 1/0 2^10",
        r"$x = 3$ or $x = 5$", r"-\boxed{5} or 7 \fbox{8}", "9 p.m. 1~000 \u0664\u0662 ½",
        "10^(-3) 1.234.567,89", "4 thousand 500, $5 and 30 cents", r"\end{align} 20% of the 50",
    ],
    "math": [
        "x = 5\n5", r"\boxed{\frac{1}{2}}" "\n0.5", r"(1,2] \cup [3,\infty)" "\n" r"x^2 - 5x + 6 \ge 0",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}" "\n1", r"\sin^2 x + \cos^2 x" "\n1",
        r"\{1 \pm \sqrt{2}, -3\}" "\n" r"1+\sqrt2, 1-\sqrt2, -3", "15 cm^2\n" r"15\text{ cm}^2",
        r"\sum_{k=1}^{n} a_k" "\n" r"\log_2 8", "1,234.5 4 4/9 50\\%\n7:32", "yes\nno solution",
    ],
    "csv": ["A\na,b\n1,\"x \"\"y\"\"\nz\"\r\n\r\n,,\n", "G\n\"a\"b,c\nd\"e\rf\n\"open"],
    "lines": ["A0\none\r\ntwo\n\n" + "x" * 120 + "\nlast", "01\n\r\n\r"],
}


def bytes_of(text):
    """Some golden bodies hold bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def transcripts():
    """(provider, kind, status, headers, body) of every response."""
    for path in sorted(GOLDEN.glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        provider = re.search(r"provider: ([\w-]+)", text)
        for kind, status, part in re.findall(
                r"^--- (response|stream) (\d+)\n(.*?)(?=^--- |\Z)", text, re.M | re.S):
            headers, _, body = ("\n" + part).partition("\n\n")
            name = provider.group(1) if provider else "openai"
            yield name, kind, status, headers.lstrip("\n"), body


def from_golden():
    """(target, bytes)"""
    for provider, kind, status, headers, body in transcripts():
        response = f"{provider} {status} G\n{headers}\n\n{body}"
        yield ("whole_body" if kind == "response" else "stream"), bytes_of(response)
        if headers:
            yield "headers", bytes_of(f"1s\n{headers}\n")
        if kind == "response":
            yield "batch", batch_results(provider, status, json.dumps(read_json(body)))
        if kind == "stream":
            yield "sse", bytes_of(f"GA\n{body}")
            continue
        packed = gzip.compress(bytes_of(body), mtime=0)
        yield "gzip", b"G\n" + packed
        head = f"A\nHTTP/1.1 {status} X\r\n" + "".join(f"{h}\r\n" for h in headers.splitlines())
        yield "http_response", bytes_of(f"{head}content-length: {len(bytes_of(body))}\r\n\r\n{body}")
        yield "http_response", (f"{head}content-encoding: gzip\r\n"
                                f"content-length: {len(packed)}\r\n\r\n").encode() + packed


def read_json(body):
    try:
        return json.loads(body)
    except ValueError:
        return body


def batch_results(provider, status, body):
    """A line of a batch's results with that answer."""
    if provider == "anthropic":
        kind = "succeeded\",\"message" if status == "200" else "errored\",\"error"
        line = f'{{"custom_id":"a","result":{{"type":"{kind}":{body}}}}}'
    else:
        line = ('{"id":"r","custom_id":"a","response":{"status_code":' + status +
                f',"request_id":"r","body":{body}}},"error":null}}')
    return bytes_of(f"{provider} 200\n\n{line}\n")


def words():
    """Names and short strings of the golden bodies."""
    for _, _, _, _, body in transcripts():
        yield from re.findall(r'"[\w.:/-]{1,32}"', body)


def main():
    folder = pathlib.Path(sys.argv[1])
    by_hand = ((target, text.encode()) for target, texts in BY_HAND.items() for text in texts)
    for target, seed in [*from_golden(), *by_hand]:
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    entries = sorted({json.dumps(word) for word in [*words(), "data: ", "event: ", "\\ud83d", "[DONE]"]})
    (folder / "words.dict").write_text("\n".join(entries) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
