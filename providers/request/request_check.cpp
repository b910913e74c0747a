#include "providers/request/request_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"
#include "providers/body/tools.hpp"

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

// The first member name that an object in it has twice; "" when there is none. `extra` may join
// what the body has within an object, so these are looked at too.
std::string twice_in(simdjson::dom::element part) {
  std::set<std::string_view> seen;
  std::string twice;
  for_members(found(part), [&](std::string_view key, simdjson::dom::element value) {
    if (twice.empty() && !seen.insert(key).second) twice = key;
    if (twice.empty() && value.is_object()) twice = twice_in(value);
  });
  return twice;
}

// Members that a request can have and that change what comes back into something that is not read.
struct refused_member {
  std::string_view name, why;
};
constexpr refused_member refused_members[] = {
    {"n", "asks for several answers, of which one would be read and all be paid"},
    {"best_of", "asks for several answers, of which one would be read and all be paid"},
    {"candidateCount", "asks for several answers, of which one would be read and all be paid"},
    {"candidate_count", "asks for several answers, of which one would be read and all be paid"},
    {"background", "has the answer come later, by a request that retort does not make"},
    {"stream", "is for models[].stream to say"},
    {"stream_options", "is for models[].stream to say"},
    {"system_instruction", "is the prompt's; it has its place in prompt.system"},
};

// The first of them in `extra`, or in an object in it that joins the body's own.
const refused_member* refused_in(simdjson::dom::element extra) {
  const refused_member* first = nullptr;
  for_members(found(extra), [&](std::string_view key, simdjson::dom::element value) {
    const auto is_named = [&](const refused_member& each) { return each.name == key; };
    const auto known = std::ranges::find_if(refused_members, is_named);
    if (!first && known != std::end(refused_members)) first = known;
    if (!first && key == "generationConfig") first = refused_in(value);
  });
  return first;
}

result<void> check_extra(const dialect& speaker, std::string_view model, const sampling& asked) {
  if (asked.extra.empty()) return {};
  simdjson::dom::element parsed;
  if (parse_json_body(asked.extra).get(parsed)) return {};
  if (const auto* refused = refused_in(parsed)) {
    return wrong_text(
        "extra", fmt::format("{} {}; expected it not to be there", refused->name, refused->why));
  }
  const std::vector<message> any = {{"system", "s"}, {"user", "u"}};
  std::string body;
  speaker.append_body({model, any, asked, delivery::stream}, body);
  if (parse_json_body(body).get(parsed)) return {};
  const std::string twice = twice_in(parsed);
  if (twice.empty()) return {};
  return wrong_text("extra", fmt::format("{} is in the request already; expected members that "
                                         "retort does not set itself",
                                         twice));
}

}  // namespace

std::vector<std::string> dialect::doubts(std::string_view model, const sampling& asked) const {
  return model_doubts(model, asked);
}

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
