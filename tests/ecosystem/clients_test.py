"""The official Python clients of OpenAI, Anthropic and Google drive the mock provider over HTTPS:
what they understand, our idea of the APIs has right.
"""

import json
import unittest

import anthropic
import openai
from google import genai
from google.genai import errors as google_errors

from mock_server import KEY, MockServer

QUESTION = [{"role": "user", "content": "What is 5 + 3?"}]
ANSWER = '{"answer": "8"}'
CALL = {"name": "tell", "parameters": {"type": "object", "properties": {}}}


def openai_client(server, **more):
    given = {"api_key": KEY, "base_url": server.base_url, "max_retries": 0, **more}
    return openai.OpenAI(http_client=openai.DefaultHttpxClient(verify=server.trust()), **given)


def azure_client(server, **more):
    given = {"api_key": KEY, "azure_endpoint": server.origin, "api_version": "2024-10-21",
             "max_retries": 0, **more}
    return openai.AzureOpenAI(http_client=openai.DefaultHttpxClient(verify=server.trust()), **given)


def anthropic_client(server, **more):
    given = {"api_key": KEY, "base_url": server.origin, "max_retries": 0, **more}
    return anthropic.Anthropic(http_client=anthropic.DefaultHttpxClient(verify=server.trust()),
                               **given)


# To be held on to: it closes when it is forgotten.
def google_client(server, key=KEY):
    options = {"base_url": server.origin, "client_args": {"verify": server.trust()}}
    return genai.Client(api_key=key, http_options=options)


def ask_chat(client, **more):
    return client.chat.completions.create(model="gpt-5.6-luna", messages=QUESTION, **more)


def ask_responses(client, **more):
    return client.responses.create(model="gpt-5.6-sol", input="What is 5 + 3?", **more)


def ask_messages(client, **more):
    given = {"max_tokens": 100, **more}
    return client.messages.create(model="claude-opus-5", messages=QUESTION, **given)


def ask_content(client, **config):
    return client.models.generate_content(model="gemini-3.6-flash", contents="What is 5 + 3?",
                                          config=config)


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(MockServer())

    def test_chat(self):
        answer = ask_chat(openai_client(self.server), logprobs=True, top_logprobs=2)
        choice = answer.choices[0]
        self.assertEqual(choice.message.content, ANSWER)
        self.assertEqual(choice.finish_reason, "stop")
        self.assertEqual("".join(each.token for each in choice.logprobs.content), ANSWER)
        self.assertEqual([len(each.top_logprobs) for each in choice.logprobs.content], [2] * 4)
        usage = answer.usage
        self.assertEqual((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens),
                         (4, 4, 8))
        self.assertTrue(answer._request_id.startswith("mock-"))

    def test_chat_stream(self):
        client = openai_client(self.server)
        chunks = list(ask_chat(client, stream=True, stream_options={"include_usage": True}))
        deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
        self.assertEqual("".join(delta.content or "" for delta in deltas), ANSWER)
        self.assertEqual(chunks[-2].choices[0].finish_reason, "stop")
        self.assertEqual(chunks[-1].choices, [])
        self.assertEqual(chunks[-1].usage.total_tokens, 8)
        self.assertIsNone(chunks[0].usage)

    def test_chat_tool(self):
        tools = [{"type": "function", "function": CALL}]
        answer = ask_chat(openai_client(self.server), tools=tools, tool_choice="required")
        call = answer.choices[0].message.tool_calls[0]
        self.assertEqual((call.function.name, json.loads(call.function.arguments)),
                         ("tell", {"answer": "8"}))
        self.assertEqual(answer.choices[0].finish_reason, "tool_calls")

    def test_chat_stream_helper_collects_a_tool_call(self):
        tools = [{"type": "function", "function": CALL}]
        with openai_client(self.server).chat.completions.stream(
                model="m", messages=QUESTION, tools=tools, tool_choice="required") as stream:
            message = stream.get_final_completion().choices[0].message
        self.assertEqual(message.tool_calls[0].function.arguments, ANSWER)

    def test_azure(self):
        client = azure_client(self.server)
        answer = ask_chat(client)
        self.assertEqual(answer.choices[0].message.content, ANSWER)
        self.assertEqual(answer.model, "gpt-5.6-luna")
        chunks = list(ask_chat(client, stream=True))
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")

    def test_responses(self):
        answer = ask_responses(openai_client(self.server))
        self.assertEqual((answer.output_text, answer.status), (ANSWER, "completed"))
        self.assertEqual((answer.usage.input_tokens, answer.usage.output_tokens), (4, 4))
        self.assertEqual(answer.usage.input_tokens_details.cached_tokens, 0)

    def test_responses_stream(self):
        events = list(ask_responses(openai_client(self.server), stream=True))
        self.assertEqual([event.sequence_number for event in events], list(range(len(events))))
        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        self.assertEqual("".join(deltas), ANSWER)
        self.assertEqual(events[-1].type, "response.completed")
        self.assertEqual(events[-1].response.usage.total_tokens, 8)

    def test_responses_stream_helper(self):
        with openai_client(self.server).responses.stream(
                model="m", input="What is 5 + 3?") as stream:
            self.assertEqual(stream.get_final_response().output_text, ANSWER)

    def test_responses_tool(self):
        for stream in (False, True):
            answer = ask_responses(openai_client(self.server), tool_choice="required",
                                   tools=[{"type": "function", "strict": False, **CALL}],
                                   stream=stream)
            call = (list(answer)[-1].response if stream else answer).output[0]
            self.assertEqual((call.name, call.arguments), ("tell", ANSWER))

    def test_messages(self):
        answer = ask_messages(anthropic_client(self.server))
        self.assertEqual([(block.type, block.text) for block in answer.content],
                         [("text", ANSWER)])
        self.assertEqual(answer.stop_reason, "end_turn")
        usage = answer.usage
        self.assertEqual((usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens),
                         (4, 4, 0))
        self.assertTrue(answer._request_id.startswith("mock-"))

    def test_messages_stream(self):
        with anthropic_client(self.server).messages.stream(
                model="m", max_tokens=100, messages=QUESTION) as stream:
            self.assertEqual("".join(stream.text_stream), ANSWER)
            message = stream.get_final_message()
        self.assertEqual((message.stop_reason, message.usage.output_tokens), ("end_turn", 4))

    def test_messages_tool(self):
        tools = [{"name": "tell", "input_schema": CALL["parameters"]}]
        asked = {"tools": tools, "tool_choice": {"type": "tool", "name": "tell"}}
        answer = ask_messages(anthropic_client(self.server), **asked)
        self.assertEqual((answer.content[0].input, answer.stop_reason),
                         ({"answer": "8"}, "tool_use"))
        with anthropic_client(self.server).messages.stream(
                model="m", max_tokens=100, messages=QUESTION, **asked) as stream:
            self.assertEqual(stream.get_final_message().content[0].input, {"answer": "8"})

    def test_content(self):
        answer = ask_content(google_client(self.server))
        self.assertEqual(answer.text, ANSWER)
        self.assertEqual(answer.candidates[0].finish_reason.name, "STOP")
        usage = answer.usage_metadata
        self.assertEqual((usage.prompt_token_count, usage.candidates_token_count), (4, 4))

    def test_content_stream(self):
        client = google_client(self.server)
        events = list(client.models.generate_content_stream(
            model="m", contents="What is 5 + 3?"))
        self.assertEqual("".join(event.text or "" for event in events), ANSWER)
        self.assertEqual(events[-1].candidates[0].finish_reason.name, "STOP")
        self.assertEqual(events[-1].usage_metadata.total_token_count, 8)

    def test_raw_headers(self):
        raw = openai_client(self.server).chat.completions.with_raw_response.create(
            model="m", messages=QUESTION)
        self.assertTrue(raw.headers["x-request-id"].startswith("mock-"))
        raw = anthropic_client(self.server).messages.with_raw_response.create(
            model="m", max_tokens=9, messages=QUESTION)
        self.assertTrue(raw.headers["request-id"].startswith("mock-"))


class Reasoning(unittest.TestCase):
    """Ten tokens of it, and an answer cut short after forty in all."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(
            MockServer(reasoning_tokens=10, output_tokens=50, answer="text"))

    def test_chat(self):
        answer = ask_chat(openai_client(self.server), max_completion_tokens=40)
        self.assertEqual(answer.choices[0].finish_reason, "length")
        self.assertEqual(answer.usage.completion_tokens, 40)
        self.assertEqual(answer.usage.completion_tokens_details.reasoning_tokens, 10)

    def test_responses(self):
        client = openai_client(self.server)
        events = list(ask_responses(client, max_output_tokens=40, stream=True))
        self.assertEqual(events[-1].type, "response.incomplete")
        for answer in (ask_responses(client, max_output_tokens=40), events[-1].response):
            self.assertEqual(answer.incomplete_details.reason, "max_output_tokens")
            self.assertEqual(answer.usage.output_tokens_details.reasoning_tokens, 10)
            self.assertEqual(answer.output[0].summary[0].text[:7], "Let us ")

    def test_messages(self):
        client = anthropic_client(self.server)
        with client.messages.stream(model="m", max_tokens=40, messages=QUESTION) as stream:
            streamed = stream.get_final_message()
        for answer in (ask_messages(client, max_tokens=40), streamed):
            self.assertEqual([block.type for block in answer.content], ["thinking", "text"])
            self.assertEqual((answer.stop_reason, answer.usage.output_tokens), ("max_tokens", 40))

    def test_content(self):
        answer = ask_content(google_client(self.server), max_output_tokens=40)
        self.assertEqual(answer.candidates[0].finish_reason.name, "MAX_TOKENS")
        self.assertTrue(answer.candidates[0].content.parts[0].thought)
        usage = answer.usage_metadata
        self.assertEqual((usage.thoughts_token_count, usage.candidates_token_count), (10, 30))


class Batches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(MockServer(batch_s=0))

    def test_openai(self):
        client = openai_client(self.server)
        line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
                "body": {"model": "m", "messages": QUESTION}}
        file = client.files.create(file=("lines.jsonl", json.dumps(line).encode()),
                                   purpose="batch")
        batch = client.batches.create(input_file_id=file.id, completion_window="24h",
                                      endpoint="/v1/chat/completions")
        batch = client.batches.retrieve(batch.id)
        self.assertEqual((batch.status, batch.request_counts.completed), ("completed", 1))
        result = json.loads(client.files.content(batch.output_file_id).text)
        self.assertEqual(result["custom_id"], "a")
        answer = result["response"]["body"]["choices"][0]["message"]["content"]
        self.assertEqual(answer, ANSWER)

    def test_anthropic(self):
        batches = anthropic_client(self.server).messages.batches
        params = {"model": "m", "max_tokens": 100, "messages": QUESTION}
        batch = batches.create(requests=[{"custom_id": "a", "params": params}])
        batch = batches.retrieve(batch.id)
        self.assertEqual((batch.processing_status, batch.request_counts.succeeded), ("ended", 1))
        results = list(batches.results(batch.id))
        self.assertEqual([each.custom_id for each in results], ["a"])
        self.assertEqual(results[0].result.message.content[0].text, ANSWER)


class Errors(unittest.TestCase):
    def test_a_wrong_key(self):
        with MockServer() as server:
            for client, ask in ((openai_client, ask_chat), (openai_client, ask_responses),
                                (azure_client, ask_chat)):
                with self.assertRaises(openai.AuthenticationError) as caught:
                    ask(client(server, api_key="wrong"))
                self.assertEqual(caught.exception.code, "invalid_api_key")
            with self.assertRaises(anthropic.AuthenticationError) as caught:
                ask_messages(anthropic_client(server, api_key="wrong"))
            self.assertEqual(caught.exception.body["error"]["type"], "authentication_error")
            with self.assertRaises(google_errors.ClientError) as caught:
                ask_content(google_client(server, key="wrong"))
            self.assertEqual((caught.exception.code, caught.exception.status),
                             (401, "UNAUTHENTICATED"))

    def test_a_bad_request(self):
        with MockServer() as server:
            with self.assertRaises(openai.BadRequestError) as caught:
                openai_client(server).chat.completions.create(model="m", messages=[])
            self.assertEqual(caught.exception.param, "messages")
            with self.assertRaises(openai.BadRequestError):
                openai_client(server).responses.create(model="m", input=[])
            with self.assertRaises(anthropic.BadRequestError):
                anthropic_client(server).messages.create(model="m", max_tokens=9, messages=[])

    def test_an_unknown_path(self):
        with MockServer() as server:
            with self.assertRaises(openai.NotFoundError):
                openai_client(server).embeddings.create(model="m", input="x",
                                                        encoding_format="float")

    def test_retries_until_they_are_exhausted(self):
        with MockServer(rate_limit=1, retry_after_s=0.01) as server:
            with self.assertRaises(openai.RateLimitError) as caught:
                ask_chat(openai_client(server, max_retries=2))
            self.assertEqual(caught.exception.code, "rate_limit_exceeded")
            self.assertEqual(caught.exception.response.headers["retry-after-ms"], "10")
            self.assertEqual(caught.exception.request_id, "mock-3")

    def test_rate_limits(self):
        with MockServer(rate_limit=1) as server:
            with self.assertRaises(openai.RateLimitError):
                ask_responses(openai_client(server))
            with self.assertRaises(anthropic.RateLimitError) as caught:
                ask_messages(anthropic_client(server))
            self.assertEqual(caught.exception.response.headers["retry-after"], "1")
            with self.assertRaises(google_errors.ClientError) as caught:
                ask_content(google_client(server))
            self.assertEqual(caught.exception.status, "RESOURCE_EXHAUSTED")
            details = caught.exception.details["error"]["details"]
            self.assertEqual(details[0]["retryDelay"], "1s")

    def test_the_limits_in_the_headers(self):
        with MockServer(rpm=60, tpm=6000) as server:
            raw = openai_client(server).chat.completions.with_raw_response.create(
                model="m", messages=QUESTION)
            self.assertEqual(raw.headers["x-ratelimit-remaining-requests"], "59")
            raw = anthropic_client(server).messages.with_raw_response.create(
                model="m", max_tokens=9, messages=QUESTION)
            self.assertEqual(raw.headers["anthropic-ratelimit-requests-limit"], "60")
            self.assertRegex(raw.headers["anthropic-ratelimit-tokens-reset"],
                             r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_servers_that_fail(self):
        with MockServer(error_500=1) as server:
            with self.assertRaises(openai.InternalServerError):
                ask_chat(openai_client(server))
            with self.assertRaises(anthropic.InternalServerError):
                ask_messages(anthropic_client(server))
            with self.assertRaises(google_errors.ServerError):
                ask_content(google_client(server))
        with MockServer(error_503=1) as server:
            with self.assertRaises(anthropic.APIStatusError) as caught:
                ask_messages(anthropic_client(server))
            self.assertEqual(caught.exception.status_code, 529)
            self.assertEqual(caught.exception.body["error"]["type"], "overloaded_error")

    def test_errors_in_streams(self):
        with MockServer(error_in_stream=1) as server:
            with self.assertRaises(openai.APIError):
                list(ask_chat(openai_client(server), stream=True))
            # An event like any other to this client.
            events = list(ask_responses(openai_client(server), stream=True))
            self.assertEqual((events[-1].type, events[-1].code), ("error", "server_error"))
            with self.assertRaises(anthropic.APIStatusError):
                list(ask_messages(anthropic_client(server), stream=True))
            client = google_client(server)
            with self.assertRaises(google_errors.APIError):
                list(client.models.generate_content_stream(model="m", contents="What is 5 + 3?"))

    def test_streams_that_are_cut(self):
        with MockServer(cut_stream=1) as server:
            chunks = list(ask_chat(openai_client(server), stream=True))
            self.assertIsNone(chunks[-1].choices[0].finish_reason)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of connections that the end closes
