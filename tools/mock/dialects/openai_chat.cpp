// Chat completions, OpenAI's and Azure's: platform.openai.com/docs/api-reference/chat.
#include "tools/mock/answers/pieces.hpp"
#include "tools/mock/dialects/openai.hpp"

namespace retort::mock {
namespace {

api_error invalid(std::string message, std::string_view param) {
  return {400, std::move(message), param};
}

// Azure's classic API names the model in the path: /openai/deployments/MODEL/chat/completions.
std::string_view deployment_in(std::string_view target) {
  constexpr std::string_view mark = "/deployments/";
  const std::size_t at = target.find(mark);
  if (at == target.npos) return {};
  const std::string_view rest = target.substr(at + mark.size());
  return rest.substr(0, rest.find('/'));
}

std::uint64_t wanted_tokens(json_element body) {
  const std::uint64_t most = count_at(body["max_completion_tokens"]);
  return most > 0 ? most : count_at(body["max_tokens"]);
}

std::string_view finish_reason(const reply& said) {
  if (said.cut_short) return "length";
  return said.is_call() ? "tool_calls" : "stop";
}

void write_call(io::json_writer& json, const reply& said, std::string_view arguments) {
  json.member("id", "call_mock_" + std::to_string(said.number));
  json.member("type", "function");
  write_object(json, "function", [&] {
    json.member("name", said.to.tool);
    json.member("arguments", arguments);
  });
}

// Reasoning as the servers of open models give it: OpenAI's own only counts it.
void write_message(io::json_writer& json, const reply& said) {
  json.member("role", "assistant");
  if (said.is_call()) {
    json.member_raw("content", "null");
    write_array(json, "tool_calls",
                [&] { write_object(json, [&] { write_call(json, said, said.text); }); });
  } else {
    json.member("content", said.text);
  }
  if (!said.reasoning.empty()) json.member("reasoning_content", said.reasoning);
}

void write_scores(io::json_writer& json, const reply& said, std::string_view text) {
  if (!said.to.logprobs) return;
  write_object(json, "logprobs", [&] { write_logprobs(json, "content", text, *said.to.logprobs); });
}

void write_choice(io::json_writer& json, const reply& said) {
  json.member("index", 0);
  write_object(json, "message", [&] { write_message(json, said); });
  if (!said.is_call()) write_scores(json, said, said.text);
  json.member("finish_reason", finish_reason(said));
}

void write_details(io::json_writer& json, std::uint64_t reasoning) {
  write_object(json, "prompt_tokens_details", [&] { json.member("cached_tokens", 0); });
  write_object(json, "completion_tokens_details",
               [&] { json.member("reasoning_tokens", reasoning); });
}

// The completion's tokens include those of its reasoning.
void write_usage(io::json_writer& json, const reply& said) {
  const std::uint64_t prompt = said.to.prompt_tokens(), completion = said.output_tokens();
  write_object(json, "usage", [&] {
    json.member("prompt_tokens", prompt);
    json.member("completion_tokens", completion);
    json.member("total_tokens", prompt + completion);
    if (said.reasoning_tokens > 0) write_details(json, said.reasoning_tokens);
  });
}

void write_head(io::json_writer& json, const reply& said, std::string_view object) {
  json.member("id", "chatcmpl-mock-" + std::to_string(said.number));
  json.member("object", object);
  json.member("created", said.created);
  json.member("model", said.to.model);
}

// The events of one stream.
class chunks {
 public:
  explicit chunks(const reply& said) : said_(said) {}

  std::vector<event> all() && {
    begin();
    for (const std::string_view piece : pieces_of(said_.reasoning)) {
      add_piece([&](io::json_writer& json) { json.member("reasoning_content", piece); });
    }
    for (const std::string_view piece : pieces_of(said_.text, said_.pieces)) add_text(piece);
    add(chunk("", finish_reason(said_), [](io::json_writer&) {}));
    if (said_.to.include_usage) add(usage());
    add("[DONE]");
    return std::move(events_);
  }

 private:
  void add(std::string_view data, bool is_piece = false) {
    events_.push_back({sse("", data), is_piece});
  }
  template <class Fill>
  void add_piece(Fill delta, std::string_view scored = "") {
    add(chunk(scored, "", delta), true);
  }

  void begin() {
    add(chunk("", "", [&](io::json_writer& json) {
      json.member("role", "assistant");
      if (!said_.is_call()) return json.member("content", "");
      json.member_raw("content", "null");
      write_call_piece(json, [&] { write_call(json, said_, ""); });
    }));
  }

  void add_text(std::string_view piece) {
    if (!said_.is_call()) {
      return add_piece([&](io::json_writer& json) { json.member("content", piece); }, piece);
    }
    add_piece([&](io::json_writer& json) {
      write_call_piece(
          json, [&] { write_object(json, "function", [&] { json.member("arguments", piece); }); });
    });
  }

  template <class Fill>
  static void write_call_piece(io::json_writer& json, Fill rest) {
    write_array(json, "tool_calls", [&] {
      write_object(json, [&] {
        json.member("index", 0);
        rest();
      });
    });
  }

  template <class Fill>
  std::string chunk(std::string_view scored, std::string_view finish, Fill delta) const {
    return object_text([&](io::json_writer& json) {
      write_head(json, said_, "chat.completion.chunk");
      write_array(json, "choices", [&] {
        write_object(json, [&] {
          json.member("index", 0);
          write_object(json, "delta", [&] { delta(json); });
          if (!scored.empty()) write_scores(json, said_, scored);
          write_or_null(json, "finish_reason", finish);
        });
      });
      if (said_.to.include_usage) json.member_raw("usage", "null");
    });
  }

  std::string usage() const {
    return object_text([&](io::json_writer& json) {
      write_head(json, said_, "chat.completion.chunk");
      json.member_raw("choices", "[]");
      write_usage(json, said_);
    });
  }

  const reply& said_;
  std::vector<event> events_;
};

class chat final : public openai {
 public:
  boost::system::result<question, api_error> read(std::string_view target,
                                                  json_element body) const override {
    question asked;
    asked.model = deployment_in(target);
    std::string_view model;
    if (asked.model.empty() && body["model"].get(model)) {
      return invalid("You must provide a model, as a string.", "model");
    }
    if (asked.model.empty()) asked.model = model;
    simdjson::dom::array messages;
    if (body["messages"].get(messages) || messages.size() == 0) {
      return invalid("You must provide messages, as an array that is not empty.", "messages");
    }
    if (!add_messages(asked, messages)) {
      return invalid("Every message needs a role and a content.", "messages");
    }
    asked.stream = is_true(body["stream"]);
    asked.include_usage = is_true(body["stream_options"]["include_usage"]);
    asked.max_tokens = wanted_tokens(body);
    asked.seed = count_at(body["seed"]);
    if (is_true(body["logprobs"])) asked.logprobs = count_at(body["top_logprobs"]);
    if (asked.logprobs > most_alternatives) {
      return invalid("Expected at most 20 top_logprobs.", "top_logprobs");
    }
    asked.tool = forced_tool(body, body["tool_choice"]["function"]["name"],
                             body["tools"].at(0)["function"]["name"]);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) {
      write_head(json, said, "chat.completion");
      write_array(json, "choices", [&] { write_object(json, [&] { write_choice(json, said); }); });
      write_usage(json, said);
    });
  }

  std::vector<event> stream(const reply& said) const override { return chunks(said).all(); }

  std::string error_event(const api_error& why, std::string_view id, std::size_t) const override {
    return sse("", word(why, id).body);
  }
};

}  // namespace

const dialect& openai_chat() {
  static const chat spoken;
  return spoken;
}

}  // namespace retort::mock
