"""The suite sees what it is there to see: a client that does wrong is complained of, one that does right
is not. And what it says arrives, plain and behind TLS."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import shlex
import socket
import ssl
import sys
import tempfile
import unittest
import unittest.mock

import run
from books import Books
from dialects import PROVIDERS
from hostile_peer import Peer, sha256
from programs import certificate

PATHS = {"openai": "/v1/chat/completions", "openai-responses": "/v1/responses",
         "anthropic": "/v1/messages", "gemini": "/v1beta/models/m:{}enerateContent"}


def trust(peer):
    return ssl.create_default_context(cafile=peer.trusted)


def connect(peer):
    if peer.tls is None:
        return http.client.HTTPConnection("127.0.0.1", peer.port, timeout=30)
    return http.client.HTTPSConnection("127.0.0.1", peer.port, timeout=30, context=trust(peer))


def ask(peer, prompt, connection=None):
    """The text of the answer; on a connection of its own unless one is given."""
    own = connection or connect(peer)
    body = json.dumps({"messages": [{"role": "user", "content": prompt}]})
    own.request("POST", "/v1/chat/completions", body)
    answer = json.load(own.getresponse())["choices"][0]["message"]["content"]
    if connection is None:
        own.close()
    return answer


def body_of_answer(peer, provider, streamed):
    """What comes to a client that says nothing after its request."""
    message = {"role": "user", "content": "a", "parts": [{"text": "a"}]}  # for any of the four
    asked = {"messages": [message], "contents": [message], "input": "a", "stream": streamed}
    path = PATHS[provider].format("streamG" if streamed else "g")
    with contextlib.closing(connect(peer)) as connection:
        connection.request("POST", path, json.dumps(asked))
        return connection.getresponse().read()


@contextlib.contextmanager
def asked(peer):
    """A bare connection on which a request has been written."""
    with socket.create_connection(("127.0.0.1", peer.port), timeout=30) as bare:
        tls = peer.tls and trust(peer).wrap_socket(bare, server_hostname="127.0.0.1")
        with tls or bare as held:
            body = b'{"messages": [{"role": "user", "content": "a"}]}'
            held.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                         b"Content-Length: %d\r\n\r\n" % len(body) + body)
            yield held


class HostilePeer(unittest.TestCase):
    tls, trusted = None, None

    def peer_of(self, behaviour):
        peer = Peer(1, 1, self.tls, only=[behaviour], without=["good", "early", "greeting"])
        peer.trusted = self.trusted
        return peer

    def test_an_answer_in_many_pieces_comes_whole(self):
        for provider, dialect in PROVIDERS.items():
            whole = json.dumps(dialect.completion(sha256("a"))).encode()
            end = b"".join(dialect.finish(sha256("a")) + dialect.done)
            with self.subTest(provider), self.peer_of("byte_by_byte") as peer:
                self.assertEqual(body_of_answer(peer, provider, False), whole)
                self.assertEqual(body_of_answer(peer, provider, True)[-len(end):], end)

    def test_news_comes_while_a_client_is_idle(self):
        with self.peer_of("timeout_when_idle") as peer, asked(peer) as held:
            came = b"".join(iter(lambda: held.recv(1 << 16), b""))
        self.assertIn(b"HTTP/1.1 408 ", came)

    def test_an_orderly_client_gets_its_own_answers_and_no_complaint(self):
        with self.peer_of("chunks") as peer:
            with contextlib.closing(connect(peer)) as connection:
                for prompt in ("a", "b", "c"):
                    self.assertEqual(ask(peer, prompt, connection), sha256(prompt))
        self.assertEqual(peer.complaints, [])

    def test_who_asks_again_what_was_answered_is_seen(self):
        with self.peer_of("chunks") as peer:
            ask(peer, "a")
            ask(peer, "a")
        self.assertEqual(peer.complaints,
                         ["hostile peer: the client asks again what was answered well: chunks"])

    def test_a_kill_in_between_makes_that_right(self):
        with self.peer_of("chunks") as peer:
            ask(peer, "a")
            peer.process_ended(may_lose=True)
            ask(peer, "a")
        self.assertEqual(peer.complaints, [])

    def test_who_writes_where_an_answer_lies_unasked_is_seen(self):
        with self.peer_of("unsolicited_behind") as peer:
            with contextlib.closing(connect(peer)) as connection:
                ask(peer, "a", connection)
                with self.assertRaises((OSError, http.client.HTTPException, ValueError)):
                    while True:  # once or twice it takes what lies there
                        ask(peer, "b", connection)
        self.assertIn("behind an answer came another one", peer.complaints[0])

    def test_who_stays_beyond_the_deadline_is_seen(self):
        with self.peer_of("silence") as peer:
            peer.deadline_ticks = 2
            with asked(peer) as held:
                self.assertEqual(held.recv(1), b"")
        self.assertIn("is still there beyond its deadline: silence", peer.complaints[0])


class HostilePeerBehindTls(HostilePeer):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.trusted, cls.tls = certificate(pathlib.Path(directory.name))


class Ledger(unittest.TestCase):
    ROWS = [{"id": "r0", "prompt": "a", "answer": sha256("a")},
            {"id": "r1", "prompt": "b", "answer": sha256("b")}]

    def complaints_of(self, *samples):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "ledger.jsonl")
            path.write_text("".join(json.dumps(one) + "\n" for one in samples))
            return Books(path.parent, self.ROWS).check(wrong_variant=0, excused={"b"})

    def sample(self, at, answer, verdict="accepted", variant=1):
        return {"key": [at, variant, 0], "id": f"r{at}", "verdict": verdict, "completion": answer}

    def test_its_own_answer_is_right_and_another_s_is_not(self):
        self.assertEqual(self.complaints_of(self.sample(0, sha256("a"))), [])
        self.assertIn("another's answer", self.complaints_of(self.sample(0, sha256("b")))[-1])

    def test_a_right_answer_that_is_rejected_is_seen(self):
        seen = self.complaints_of(self.sample(0, sha256("a"), "rejected"))
        self.assertIn("is right and rejected", seen[0])

    def test_a_sample_that_is_settled_twice_is_seen(self):
        twice = self.sample(0, sha256("a"))
        self.assertIn("settled 2 times", self.complaints_of(twice, twice)[0])

    def test_an_answer_that_nobody_asked_for_is_right_where_no_client_can_tell_alone(self):
        self.assertEqual(self.complaints_of(self.sample(1, "unsolicited 1", "rejected")), [])
        self.assertNotEqual(self.complaints_of(self.sample(0, "unsolicited 1", "rejected")), [])

    def test_the_mock_may_be_off_by_the_first_digit_and_the_peer_may_not(self):
        off = "x" + sha256("a")[1:]
        self.assertEqual(self.complaints_of(self.sample(0, off, "rejected", variant=0)), [])
        self.assertNotEqual(self.complaints_of(self.sample(0, off, "rejected")), [])


class Again(unittest.TestCase):
    """The line that a failed round prints."""

    WORDS = ["build/dev/a b", "--mock", "other/retort", "--seconds", "60", "--seed", "7", "--timeout-s", "8.5",
             "--only", "endless_hints", "--only", "good", "--without", "early_413", "--no-memory", "--verbose"]

    def again(self, words, **told):
        with unittest.mock.patch.dict(os.environ):
            for name in run.SANITIZERS:
                os.environ.pop(name, None)
            os.environ.update(told)
            return shlex.split(shlex.join(run.again(run.option_parser().parse_args(words), 9)))

    def test_it_says_every_option_and_no_other_round(self):
        chosen = run.option_parser().parse_args(self.WORDS)
        program, *words = self.again(self.WORDS)
        self.assertEqual(program, sys.argv[0])
        expected = argparse.Namespace(**{**vars(chosen), "seconds": 0, "seed": 9})
        self.assertEqual(run.option_parser().parse_args(words), expected)

    def test_the_test_knows_every_option(self):
        usual = vars(run.option_parser().parse_args(["program"]))
        chosen = vars(run.option_parser().parse_args(self.WORDS))
        same = {name for name in usual if usual[name] == chosen[name]}
        self.assertLessEqual(same, {"list", "seconds"})

    def test_it_says_what_a_sanitizer_was_told(self):
        words = self.again(["program"], UBSAN_OPTIONS="a=1:b=2")
        self.assertEqual(words[:3], ["env", "UBSAN_OPTIONS=a=1:b=2", sys.argv[0]])


if __name__ == "__main__":
    unittest.main()
