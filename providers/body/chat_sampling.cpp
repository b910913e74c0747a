#include "providers/body/chat_sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/base/json_writer.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

error wrong_member(std::string_view name, std::string_view what) {
  return {errc::dataset, fmt::format("{} {}", name, what)};
}

// What is no part of how the answer is sampled.
constexpr std::string_view passed_over[] = {"model", "messages", "stream", "stream_options"};

bool is_passed_over(std::string_view name) {
  return std::ranges::find(passed_over, name) != std::end(passed_over);
}

struct real_member {
  std::string_view name;
  double low, high;
  std::optional<double> sampling::*place;
};
constexpr real_member reals[] = {
    {"temperature", 0, 2, &sampling::temperature},
    {"top_p", 0, 1, &sampling::top_p},
    {"min_p", 0, 1, &sampling::min_p},
    {"frequency_penalty", -2, 2, &sampling::frequency_penalty},
    {"presence_penalty", -2, 2, &sampling::presence_penalty},
};

// The k-th answer to a record is asked with seed + k, which needs room above.
constexpr std::int64_t any_count = std::int64_t{1} << 53;

// `key` is the config's name of it.
struct whole_member {
  std::string_view name, key;
  std::int64_t low, high;
  std::optional<std::int64_t> sampling::*place;
};
constexpr whole_member wholes[] = {
    {"max_tokens", "max_tokens", 1, any_count, &sampling::max_tokens},
    {"max_completion_tokens", "max_tokens", 1, any_count, &sampling::max_tokens},
    {"top_k", "top_k", 1, any_count, &sampling::top_k},
    {"seed", "seed", 0, any_count, &sampling::seed},
};

// One body, on its way into a sampling.
class body_reader {
 public:
  body_reader(body_taker to, std::span<const std::string> fixed, sampling& into, std::string& said)
      : to_(to), fixed_(fixed), into_(&into), said_(said) {}

  result<void> read(object body) {
    const std::string own = std::exchange(into_->extra, "");
    said_.open_object();
    for (const auto& [name, value] : body) {
      if (value.is_null() || is_passed_over(name)) continue;
      if (auto taken = take(name, value); !taken) return taken;
    }
    said_.close_object();
    into_->extra = joined(own);
    return {};
  }

 private:
  bool is_fixed(std::string_view key) const {
    return std::ranges::find(fixed_, key) != fixed_.end();
  }

  result<void> take(std::string_view name, element value) {
    for (const real_member& one : reals) {
      if (one.name == name) return take_real(one, value);
    }
    for (const whole_member& one : wholes) {
      if (one.name == name) return take_whole(one, value);
    }
    if (name == "stop") return take_stop(value);
    if (name == "n") return take_n(value);
    if (name == "logprobs") return take_logprobs(value);
    if (name == "top_logprobs") return take_top_logprobs(value);
    if (name == "reasoning_effort") return take_effort(value);
    if (name == "response_format") return take_format(value);
    if (name == "tools") return take_tools(value);
    return take_other(name, value);
  }

  void keep(std::string_view name, element value) {
    said_.foreign_key(name);
    said_.raw(exact_json(value));
  }

  result<void> take_real(const real_member& one, element value) {
    if (is_fixed(one.name)) return {};
    double number = 0;
    if (value.get(number) || !(number >= one.low && number <= one.high)) {
      return wrong_member(one.name, fmt::format("is {}; expected a number from {} to {}",
                                                exact_json(value), one.low, one.high));
    }
    into_->*one.place = number;
    keep(one.name, value);
    return {};
  }

  result<void> take_whole(const whole_member& one, element value) {
    if (is_fixed(one.key)) return {};
    std::int64_t number = 0;
    if (value.get(number) || number < one.low || number > one.high) {
      return wrong_member(one.name, fmt::format("is {}; expected a whole number from {} to {}",
                                                exact_json(value), one.low, one.high));
    }
    const bool is_length = one.key == "max_tokens";
    if (is_length && std::exchange(has_length_, true) && into_->max_tokens != number) {
      return wrong_member(one.name, "is beside another max_tokens; expected one of them");
    }
    into_->*one.place = number;
    keep(one.name, value);
    return {};
  }

  result<void> take_stop(element value) {
    if (is_fixed("stop")) return {};
    into_->stop.clear();
    std::string_view text;
    if (!value.get(text)) {
      into_->stop.emplace_back(text);
    } else if (!take_texts(value)) {
      return wrong_member("stop", "is no text and no list of texts");
    }
    keep("stop", value);
    return {};
  }

  bool take_texts(element list) {
    simdjson::dom::array all;
    if (list.get(all)) return false;
    for (const element one : all) {
      std::string_view text;
      if (one.get(text)) return false;
      into_->stop.emplace_back(text);
    }
    return true;
  }

  static result<void> take_n(element value) {
    std::int64_t count = 0;
    if (!value.get(count) && count == 1) return {};
    return wrong_member("n", fmt::format("is {}, which asks for several answers; expected 1, and "
                                         "samples.n in the config",
                                         exact_json(value)));
  }

  result<void> take_logprobs(element value) {
    if (is_fixed("logprobs")) return {};
    bool is_asked = false;
    if (value.get(is_asked)) return wrong_member("logprobs", "is neither true nor false");
    into_->logprobs.reset();
    if (is_asked) into_->logprobs = top_logprobs_;
    has_logprobs_ = is_asked;
    keep("logprobs", value);
    return {};
  }

  // Says nothing where no logprobs are asked for; the two come in any order.
  result<void> take_top_logprobs(element value) {
    if (is_fixed("logprobs")) return {};
    std::int64_t count = 0;
    if (value.get(count) || count < 0 || count > 20) {
      return wrong_member("top_logprobs", "is no whole number from 0 to 20");
    }
    top_logprobs_ = count;
    if (has_logprobs_) into_->logprobs = count;
    keep("top_logprobs", value);
    return {};
  }

  result<void> take_effort(element value) {
    if (is_fixed("reasoning.effort")) return {};
    std::string_view word;
    if (value.get(word) || word.empty()) return wrong_member("reasoning_effort", "is no word");
    into_->reasoning_effort = word;
    keep("reasoning_effort", value);
    return {};
  }

  // Chat completions get it as it is, with its name and whether it is strict.
  result<void> take_format(element value) {
    if (is_fixed("response_schema")) return {};
    element schema;
    const std::string_view type = text_at(value["type"]);
    if (type.empty()) return wrong_member("response_format", "is no object with a type");
    into_->response_schema.clear();
    keep("response_format", value);
    if (type == "text") return {};
    if (to_ == body_taker::chat) return add_other("response_format", value);
    if (type == "json_schema" && !value["json_schema"]["schema"].get(schema) &&
        schema.is_object()) {
      into_->response_schema = exact_json(schema);
      return {};
    }
    return wrong_member("response_format",
                        fmt::format("has the type {}, of which this API has no like; expected "
                                    "json_schema with a schema",
                                    type.substr(0, 40)));
  }

  result<void> take_tools(element value) {
    if (is_fixed("tools")) return {};
    if (!value.is_array()) return wrong_member("tools", "is no list");
    if (value.at(0).error()) return wrong_member("tools", "is empty; expected it not to be there");
    into_->tools = exact_json(value);
    keep("tools", value);
    return {};
  }

  result<void> take_other(std::string_view name, element value) {
    if (is_fixed("extra")) return {};
    keep(name, value);
    if (to_ == body_taker::chat) return add_other(name, value);
    if (name == "tool_choice" && text_at(found(value)) == "auto") return {};  // what all do
    return wrong_member(name, "is a member of chat completions, of which this API has no like");
  }

  result<void> add_other(std::string_view name, element value) {
    others_.emplace_back(name, exact_json(value));
    return {};
  }

  // The config's own members, but those that the body has too, and the body's.
  std::string joined(const std::string& own) const {
    if (others_.empty()) return own;
    std::string rest = own;
    for (const auto& one : others_) rest = split_member(rest, one.first).others;
    std::string out;
    io::json_writer json(out);
    json.open_object();
    json.members(members_of(rest));
    for (const auto& [name, value] : others_) {
      json.foreign_key(name);
      json.raw(value);
    }
    json.close_object();
    return out;
  }

  body_taker to_;
  std::span<const std::string> fixed_;
  sampling* into_;
  io::json_writer said_;
  std::vector<std::pair<std::string, std::string>> others_;  // name and JSON
  std::int64_t top_logprobs_ = 0;
  bool has_logprobs_ = false, has_length_ = false;
};

}  // namespace

result<void> take_chat_sampling(object body, body_taker to, std::span<const std::string> fixed,
                                sampling& into, std::string& said) {
  said.clear();
  return body_reader(to, fixed, into, said).read(body);
}

}  // namespace retort::providers
