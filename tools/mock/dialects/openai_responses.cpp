// OpenAI's Responses: platform.openai.com/docs/api-reference/responses.
#include "tools/mock/answers/pieces.hpp"
#include "tools/mock/dialects/openai.hpp"

namespace retort::mock {
namespace {

api_error invalid(std::string message, std::string_view param) {
  return {400, std::move(message), param};
}

// Items that are no messages (calls and their results) say nothing here.
void add_item(question& to, json_element item) {
  json_element content;
  if (item["content"].get(content)) return;
  std::optional<std::string> text = content_text(content);
  if (text) add_content(to, text_at(item["role"]), std::move(*text));
}

// A text, or a list of items; false when it is neither.
bool add_input(question& to, json_result input) {
  simdjson::dom::array items;
  if (input.get(items)) {
    add_content(to, "user", std::string(text_at(input)));
    return !text_at(input).empty();
  }
  for (const json_element item : items) add_item(to, item);
  return items.size() > 0;
}

bool wants_logprobs(json_element body) {
  simdjson::dom::array list;
  if (body["include"].get(list)) return false;
  for (const json_element each : list) {
    if (text_at(json_result(json_element(each))) == "message.output_text.logprobs") return true;
  }
  return false;
}

std::string id_of(std::string_view kind, const reply& said) {
  return std::string(kind) + "_mock_" + std::to_string(said.number);
}

std::string_view status_of(const reply& said) {
  return said.cut_short ? "incomplete" : "completed";
}

void write_summary(io::json_writer& json, std::string_view text) {
  json.member("type", "summary_text");
  json.member("text", text);
}

void write_reasoning(io::json_writer& json, const reply& said) {
  json.member("type", "reasoning");
  json.member("id", id_of("rs", said));
  write_array(json, "summary",
              [&] { write_object(json, [&] { write_summary(json, said.reasoning); }); });
}

void write_text(io::json_writer& json, const reply& said, std::string_view text) {
  json.member("type", "output_text");
  json.member("text", text);
  json.member_raw("annotations", "[]");
  write_logprobs(json, "logprobs", said.to.logprobs ? text : "", said.to.logprobs.value_or(0));
}

void write_message(io::json_writer& json, const reply& said) {
  json.member("type", "message");
  json.member("id", id_of("msg", said));
  json.member("status", status_of(said));
  json.member("role", "assistant");
  write_array(json, "content",
              [&] { write_object(json, [&] { write_text(json, said, said.text); }); });
}

void write_call(io::json_writer& json, const reply& said, std::string_view arguments) {
  json.member("type", "function_call");
  json.member("id", id_of("fc", said));
  json.member("call_id", id_of("call", said));
  json.member("name", said.to.tool);
  json.member("arguments", arguments);
  json.member("status", status_of(said));
}

void write_answer(io::json_writer& json, const reply& said) {
  said.is_call() ? write_call(json, said, said.text) : write_message(json, said);
}

void write_output(io::json_writer& json, const reply& said) {
  write_array(json, "output", [&] {
    if (!said.reasoning.empty()) write_object(json, [&] { write_reasoning(json, said); });
    write_object(json, [&] { write_answer(json, said); });
  });
}

// Input includes what was cached, output what was reasoned.
void write_usage(io::json_writer& json, const reply& said) {
  const std::uint64_t input = said.to.prompt_tokens(), output = said.output_tokens();
  write_object(json, "usage", [&] {
    json.member("input_tokens", input);
    write_object(json, "input_tokens_details", [&] { json.member("cached_tokens", 0); });
    json.member("output_tokens", output);
    write_object(json, "output_tokens_details",
                 [&] { json.member("reasoning_tokens", said.reasoning_tokens); });
    json.member("total_tokens", input + output);
  });
}

void write_head(io::json_writer& json, const reply& said, std::string_view status) {
  json.member("id", id_of("resp", said));
  json.member("object", "response");
  json.member("created_at", said.created);
  json.member("status", status);
  json.member_raw("error", "null");
  json.member_raw("incomplete_details",
                  status == "incomplete" ? R"({"reason":"max_output_tokens"})" : "null");
  json.member("model", said.to.model);
  json.member("parallel_tool_calls", true);
  json.member("tool_choice", "auto");
  json.member_raw("tools", "[]");
}

void write_response(io::json_writer& json, const reply& said) {
  write_head(json, said, status_of(said));
  write_output(json, said);
  write_usage(json, said);
}

// The events of one stream: an item of the output is added, grows, and is done.
class item_events {
 public:
  explicit item_events(const reply& said) : said_(said) {}

  std::vector<event> all() && {
    for (const char* const type : {"response.created", "response.in_progress"}) {
      add(type, [&](io::json_writer& json) { write_begun(json); });
    }
    if (!said_.reasoning.empty()) add_reasoning();
    said_.is_call() ? add_call() : add_message();
    add(said_.cut_short ? "response.incomplete" : "response.completed", [&](io::json_writer& json) {
      write_object(json, "response", [&] { write_response(json, said_); });
    });
    return std::move(events_);
  }

 private:
  // An event, numbered.
  template <class Fill>
  void add(std::string_view type, Fill fill, bool is_piece = false) {
    const auto numbered = [&](io::json_writer& json) {
      json.member("sequence_number", events_.size());
      fill(json);
    };
    events_.push_back(typed_event(type, numbered, is_piece));
  }

  void write_begun(io::json_writer& json) {
    write_object(json, "response", [&] {
      write_head(json, said_, "in_progress");
      json.member_raw("output", "[]");
      json.member_raw("usage", "null");
    });
  }

  // An event about the item at hand as a whole.
  template <class Fill>
  void add_item(std::string_view type, Fill item) {
    add(type, [&](io::json_writer& json) {
      json.member("output_index", item_);
      write_object(json, "item", [&] { item(json); });
    });
  }

  // One about what is in it. `where` is the name of its index there; "" for none.
  template <class Fill>
  void add_inner(std::string_view type, std::string_view id, std::string_view where, Fill fill,
                 bool is_piece = false) {
    add(
        type,
        [&](io::json_writer& json) {
          json.member("item_id", id);
          json.member("output_index", item_);
          if (!where.empty()) json.member(where, 0);
          fill(json);
        },
        is_piece);
  }

  void add_reasoning() {
    const std::string id = id_of("rs", said_), type = "response.reasoning_summary_";
    const auto inner = [&](std::string_view what, auto fill, bool is_piece = false) {
      add_inner(type + std::string(what), id, "summary_index", fill, is_piece);
    };
    const auto part = [&](std::string_view text) {
      return [text](io::json_writer& json) {
        write_object(json, "part", [&] { write_summary(json, text); });
      };
    };
    add_item("response.output_item.added", [&](io::json_writer& json) {
      json.member("type", "reasoning");
      json.member("id", id);
      json.member_raw("summary", "[]");
    });
    inner("part.added", part(""));
    for (const std::string_view piece : pieces_of(said_.reasoning)) {
      inner(
          "text.delta", [&](io::json_writer& json) { json.member("delta", piece); }, true);
    }
    inner("text.done", [&](io::json_writer& json) { json.member("text", said_.reasoning); });
    inner("part.done", part(said_.reasoning));
    add_item("response.output_item.done",
             [&](io::json_writer& json) { write_reasoning(json, said_); });
    ++item_;
  }

  void add_message() {
    const std::string id = id_of("msg", said_);
    const auto inner = [&](std::string_view type, auto fill, bool is_piece = false) {
      add_inner(type, id, "content_index", fill, is_piece);
    };
    const auto part = [&](std::string_view text) {
      return [this, text](io::json_writer& json) {
        write_object(json, "part", [&] { write_text(json, said_, text); });
      };
    };
    add_item("response.output_item.added", [&](io::json_writer& json) {
      json.member("type", "message");
      json.member("id", id);
      json.member("status", "in_progress");
      json.member("role", "assistant");
      json.member_raw("content", "[]");
    });
    inner("response.content_part.added", part(""));
    for (const std::string_view piece : pieces_of(said_.text, said_.pieces)) {
      inner(
          "response.output_text.delta",
          [&](io::json_writer& json) {
            json.member("delta", piece);
            write_scores(json, piece);
          },
          true);
    }
    inner("response.output_text.done", [&](io::json_writer& json) {
      json.member("text", said_.text);
      write_scores(json, said_.text);
    });
    inner("response.content_part.done", part(said_.text));
    add_item("response.output_item.done",
             [&](io::json_writer& json) { write_message(json, said_); });
  }

  void write_scores(io::json_writer& json, std::string_view text) {
    write_logprobs(json, "logprobs", said_.to.logprobs ? text : "", said_.to.logprobs.value_or(0));
  }

  void add_call() {
    const std::string id = id_of("fc", said_);
    const auto inner = [&](std::string_view type, auto fill, bool is_piece = false) {
      add_inner(type, id, "", fill, is_piece);
    };
    add_item("response.output_item.added",
             [&](io::json_writer& json) { write_call(json, said_, ""); });
    for (const std::string_view piece : pieces_of(said_.text, said_.pieces)) {
      inner(
          "response.function_call_arguments.delta",
          [&](io::json_writer& json) { json.member("delta", piece); }, true);
    }
    inner("response.function_call_arguments.done",
          [&](io::json_writer& json) { json.member("arguments", said_.text); });
    add_item("response.output_item.done",
             [&](io::json_writer& json) { write_call(json, said_, said_.text); });
  }

  const reply& said_;
  std::vector<event> events_;
  int item_ = 0;
};

class responses final : public openai {
 public:
  boost::system::result<question, api_error> read(std::string_view,
                                                  json_element body) const override {
    question asked;
    asked.model = text_at(body["model"]);
    if (asked.model.empty()) return invalid("You must provide a model, as a string.", "model");
    add_content(asked, "system", std::string(text_at(body["instructions"])));
    if (!add_input(asked, body["input"])) {
      return invalid("You must provide an input: a text, or a list of items.", "input");
    }
    asked.stream = is_true(body["stream"]);
    asked.max_tokens = count_at(body["max_output_tokens"]);
    if (wants_logprobs(body)) asked.logprobs = count_at(body["top_logprobs"]);
    if (asked.logprobs > most_alternatives) {
      return invalid("Expected at most 20 top_logprobs.", "top_logprobs");
    }
    asked.tool = forced_tool(body, body["tool_choice"]["name"], body["tools"].at(0)["name"]);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) { write_response(json, said); });
  }

  std::vector<event> stream(const reply& said) const override { return item_events(said).all(); }

  std::string error_event(const api_error& why, std::string_view,
                          std::size_t events) const override {
    const std::string data = object_text([&](io::json_writer& json) {
      json.member("type", "error");
      json.member("sequence_number", events);
      json.member("code", why.code.empty() ? error_type(why) : why.code);
      json.member("message", why.message);
      json.member_raw("param", "null");
    });
    return sse("error", data);
  }
};

}  // namespace

const dialect& openai_responses() {
  static const responses spoken;
  return spoken;
}

}  // namespace retort::mock
