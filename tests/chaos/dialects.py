"""The four APIs as the hostile peer speaks them: how a request carries its prompt, and the pieces that
answers are made of. A stream is `opening`, deltas, `finish` (with which the answer is whole: a finish
reason and usage are there) and `done`."""

import json


def data(value, name=None):
    line = b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode())
    return (b"event: " + name.encode() + b"\n" if name else b"") + line + b"\n\n"


def pieces_of(text, count):
    step = -(-len(text) // count)
    return [text[at:at + step] for at in range(0, len(text), step)]


def text_of(content):
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class Chat:
    """OpenAI's chat completions."""

    usage_names = "prompt_tokens", "completion_tokens", "total_tokens"
    usage_member = "usage"
    done = [data(b"[DONE]")]
    opening = []

    def prompt(self, asked):
        return text_of(asked["messages"][-1]["content"])

    def usage(self):
        return dict(zip(self.usage_names, (9, 16, 25)))

    def completion(self, text, **members):
        message = {"role": "assistant", "content": text}
        return {"id": "c", "object": "chat.completion", "created": 1, "model": "hostile",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": self.usage(), **members}

    def _event(self, choices, **members):
        return data({"id": "c", "object": "chat.completion.chunk", "created": 1,
                     "model": "hostile", "choices": choices, **members})

    def delta(self, text):
        return self._event([{"index": 0, "delta": {"content": text}, "finish_reason": None}])

    def finish(self, _):
        return [self._event([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
                self._event([], usage=self.usage())]


class Anthropic:
    usage_names = "input_tokens", "output_tokens"
    usage_member = "usage"
    done = [data({"type": "message_stop"}, "message_stop")]

    def prompt(self, asked):
        return text_of(asked["messages"][-1]["content"])

    def usage(self):
        return {"input_tokens": 9, "output_tokens": 16}

    def completion(self, text, **members):
        return {"id": "m", "type": "message", "role": "assistant", "model": "hostile",
                "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
                "stop_sequence": None, "usage": self.usage(), **members}

    @property
    def opening(self):
        message = self.completion("") | {"content": [], "stop_reason": None}
        block = {"type": "text", "text": ""}
        return [data({"type": "message_start", "message": message}, "message_start"),
                data({"type": "content_block_start", "index": 0, "content_block": block},
                     "content_block_start")]

    def delta(self, text):
        return data({"type": "content_block_delta", "index": 0,
                     "delta": {"type": "text_delta", "text": text}}, "content_block_delta")

    def finish(self, _):
        return [data({"type": "content_block_stop", "index": 0}, "content_block_stop"),
                data({"type": "message_delta", "usage": {"output_tokens": 16},
                      "delta": {"stop_reason": "end_turn", "stop_sequence": None}},
                     "message_delta")]


class Responses:
    usage_names = "input_tokens", "output_tokens", "total_tokens"
    usage_member = "usage"
    done = []

    def prompt(self, asked):
        asked = asked["input"]
        return asked if isinstance(asked, str) else text_of(asked[-1]["content"])

    def usage(self):
        return dict(zip(self.usage_names, (9, 16, 25)))

    def completion(self, text, **members):
        message = {"id": "o", "type": "message", "role": "assistant", "status": "completed",
                   "content": [{"type": "output_text", "text": text, "annotations": []}]}
        return {"id": "r", "object": "response", "created_at": 1, "model": "hostile",
                "status": "completed", "error": None, "incomplete_details": None,
                "output": [message], "usage": self.usage(), **members}

    @property
    def opening(self):
        response = self.completion("") | {"output": [], "status": "in_progress", "usage": None}
        return [data({"type": "response.created", "sequence_number": 0, "response": response},
                     "response.created")]

    def delta(self, text):
        return data({"type": "response.output_text.delta", "sequence_number": 1, "item_id": "o",
                     "output_index": 0, "content_index": 0, "delta": text},
                    "response.output_text.delta")

    def finish(self, text):
        return [self.completed(self.completion(text))]

    def completed(self, response):
        return data({"type": "response.completed", "sequence_number": 2, "response": response},
                    "response.completed")


class Gemini:
    usage_names = "promptTokenCount", "candidatesTokenCount", "totalTokenCount"
    usage_member = "usageMetadata"
    opening, done = [], []

    def prompt(self, asked):
        return text_of(asked["contents"][-1]["parts"])

    def usage(self):
        return dict(zip(self.usage_names, (9, 16, 25)))

    def _candidate(self, text, **members):
        return {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0, **members}

    def completion(self, text, **members):
        return {"candidates": [self._candidate(text, finishReason="STOP")],
                "usageMetadata": self.usage(), "modelVersion": "hostile", **members}

    def delta(self, text):
        return data({"candidates": [self._candidate(text)], "modelVersion": "hostile"})

    def finish(self, _):
        return [data(self.completion(""))]


PROVIDERS = {"openai": Chat(), "anthropic": Anthropic(), "openai-responses": Responses(),
             "gemini": Gemini()}


def of_request(path):
    if path.endswith("/messages"):
        return PROVIDERS["anthropic"]
    if path.endswith("/responses"):
        return PROVIDERS["openai-responses"]
    return PROVIDERS["gemini" if "enerateContent" in path else "openai"]


def read_request(path, body):
    """(dialect, prompt, whether a stream is asked for)."""
    asked, dialect = json.loads(body), of_request(path)
    streamed = bool(asked.get("stream")) or "streamGenerateContent" in path
    return dialect, dialect.prompt(asked), streamed
