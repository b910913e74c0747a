// Chat completions, OpenAI's and Azure's: platform.openai.com/docs/api-reference/chat.
#include "tools/mock/openai.hpp"

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

void write_choices(io::json_writer& json, const reply& said) {
  write_array(json, "choices", [&] {
    write_object(json, [&] {
      json.member("index", 0);
      write_object(json, "message", [&] {
        json.member("role", "assistant");
        json.member("content", said.text);
      });
      json.member("finish_reason", said.cut_short ? "length" : "stop");
    });
  });
}

void write_usage(io::json_writer& json, const reply& said) {
  const std::uint64_t prompt = said.to.prompt_tokens();
  write_object(json, "usage", [&] {
    json.member("prompt_tokens", prompt);
    json.member("completion_tokens", said.text_tokens);
    json.member("total_tokens", prompt + said.text_tokens);
  });
}

void write_head(io::json_writer& json, const reply& said, std::string_view object) {
  json.member("id", "chatcmpl-mock-" + std::to_string(said.number));
  json.member("object", object);
  json.member("created", said.created);
  json.member("model", said.to.model);
}

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
    if (is_true(body["stream"])) return invalid("This server does not stream.", "stream");
    asked.max_tokens = wanted_tokens(body);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) {
      write_head(json, said, "chat.completion");
      write_choices(json, said);
      write_usage(json, said);
    });
  }
};

}  // namespace

const dialect& openai_chat() {
  static const chat spoken;
  return spoken;
}

}  // namespace retort::mock
