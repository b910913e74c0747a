#include "providers/request_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/json_body.hpp"
#include "providers/json_text.hpp"
#include "providers/tools.hpp"

namespace retort::providers {
namespace {

error wrong_text(std::string_view key, std::string_view what) {
  return {errc::usage, fmt::format("sampling.{}: {}", key, what)};
}

result<void> check_texts(const sampling& asked) {
  const std::string& schema = asked.response_schema;
  if (!schema.empty() && !is_json_object(schema)) {
    return wrong_text("response_schema", "expected a JSON Schema that is an object");
  }
  const std::string problem = asked.tools.empty() ? "" : tools_problem(asked.tools);
  if (!problem.empty()) return wrong_text("tools", problem);
  if (!asked.extra.empty() && !is_json_object(asked.extra)) {
    return wrong_text("extra", "expected a JSON object");
  }
  return {};
}

// The first member name that a JSON object has twice; "" when there is none.
std::string twice_in(const std::string& body) {
  simdjson::dom::object members;
  std::set<std::string_view> seen;
  if (parse_json_body(body).get(members)) return "";
  for (const auto& [key, value] : members) {
    if (!seen.insert(key).second) return std::string(key);
  }
  return "";
}

result<void> check_extra(const dialect& speaker, std::string_view model, const sampling& asked) {
  if (asked.extra.empty()) return {};
  const std::vector<message> none;
  std::string body;
  speaker.append_body({model, none, asked, delivery::stream}, body);
  const std::string twice = twice_in(body);
  if (twice.empty()) return {};
  return wrong_text("extra", fmt::format("{} is in the request already; expected members that "
                                         "retort does not set itself",
                                         twice));
}

}  // namespace

result<void> check_request(const dialect& speaker, std::string_view provider,
                           std::string_view model, const sampling& asked, sampling_key_set taken) {
  if (auto keys = check_keys(provider, model, asked, taken); !keys) return keys;
  if (auto texts = check_texts(asked); !texts) return texts;
  return check_extra(speaker, model, asked);
}

result<void> check_at_most(std::string_view provider, const sampling& asked, sampling_key key,
                           double most) {
  const auto number = number_at(asked, key);
  if (!number || *number <= most) return {};
  return refused_key(provider, key, fmt::format("takes {} at most, not {}", most, *number));
}

result<void> check_effort(std::string_view provider, const sampling& asked,
                          std::initializer_list<std::string_view> known) {
  const std::string& effort = asked.reasoning_effort;
  if (effort.empty() || std::find(known.begin(), known.end(), effort) != known.end()) return {};
  return refused_key(provider, sampling_key::reasoning_effort,
                     fmt::format("does not know {}; expected one of {}", effort,
                                 fmt::join(known.begin(), known.end(), ", ")));
}

}  // namespace retort::providers
