#include "engine/formats/pairs.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "engine/formats/chat_rules.hpp"
#include "engine/formats/gemini.hpp"
#include "engine/formats/message_list.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

// The members of an object, without its braces.
template <class Write>
std::string members_of(const Write& write) {
  std::string out;
  json_writer json(out);
  json.open_object();
  write(json);
  json.close_object();
  return out.substr(1, out.size() - 2);
}

std::string answer_list(const example& what) {
  std::string out;
  json_writer json(out);
  json.open_array();
  write_answer_message(json, what);
  json.close_array();
  return out;
}

// A hash tells the few answers to one prompt apart. Ids of calls are the provider's own.
std::string words_of(const example& what) {
  std::string all(trim(what.said.answer));
  for (const auto& [id, name, arguments] : what.said.calls) {
    (all += '\0').append(name) += '\0';
    all += trim(arguments);
  }
  return fmt::format("{:x}", XXH3_64bits(all.data(), all.size()));
}

void keep_answer(const example& what, kept_half& into) {
  into.answer = answer_list(what);
  into.words = words_of(what);
}

// Each pair put into `form`: prompt, better answer, worse one. What closes is the better one's.
std::vector<std::string> lines(std::span<const record_half> of, const output_config& output,
                               std::string_view better, std::string_view worse,
                               std::string_view end) {
  std::vector<std::string> out;
  for (const auto& [chosen, rejected] : pairs_of(of, output)) {
    out.push_back(fmt::format("{}{}{}{}{}{}{}", of[chosen].prompt, better, of[chosen].answer, worse,
                              of[rejected].answer, end, of[chosen].closing));
  }
  return out;
}

}  // namespace

broken_rule keep_preference(const example& what, kept_half& into) {
  if (const auto broken = rule_broken_by(what.said, {}); !broken.empty()) return broken;
  into.prompt = members_of([&](json_writer& json) {
    write_tools(json, what);
    write_prompt_list(json, "prompt", what);
  });
  keep_answer(what, into);
  return {};
}

broken_rule keep_unpaired(const example& what, kept_half& into) {
  if (const auto broken = rule_broken_by(what.said, {}); !broken.empty()) return broken;
  into.prompt = members_of([&](json_writer& json) { write_prompt_list(json, "prompt", what); });
  keep_answer(what, into);
  if (!what.said.tools.empty()) into.answer.append(",\"tools\":").append(what.said.tools);
  return {};
}

broken_rule keep_openai_preference(const example& what, kept_half& into) {
  const auto broken = rule_broken_by(what.said, {.takes_turns = true, .needs_ids = true});
  if (!broken.empty()) return broken;
  into.prompt = members_of([&](json_writer& json) {
    json.key("input");
    json.open_object();
    write_prompt_list(json, "messages", what);
    write_tools(json, what);
    if (!what.said.tools.empty()) json.member("parallel_tool_calls", true);
    json.close_object();
  });
  keep_answer(what, into);
  return {};
}

broken_rule keep_gemini_preference(const example& what, kept_half& into) {
  const auto broken = rule_broken_by(what.said, {.has_calls = false, .takes_turns = true});
  if (!broken.empty()) return broken;
  into.prompt = members_of([&](json_writer& json) {
    if (!what.said.system.empty()) {
      json.key("system_instruction");
      write_gemini_text(json, "system", what.said.system);
    }
    json.key("contents");
    json.open_array();
    for (const auto& one : what.said.turns) {
      write_gemini_text(json, one.role == "assistant" ? "model" : "user", one.content);
    }
    json.close_array();
  });
  json_writer json(into.answer);
  write_gemini_text(json, "model", what.said.answer);
  into.words = words_of(what);
  return {};
}

std::vector<std::string> write_unpaired(std::span<const record_half> of, const output_config&) {
  std::vector<std::string> out;
  for (const record_half& one : of) {
    if (one.rejected && !is_worse_answer(of, one)) continue;
    out.push_back(fmt::format("{},\"completion\":{},\"label\":{}{}", one.prompt, one.answer,
                              !one.rejected, one.closing));
  }
  return out;
}

std::vector<std::string> write_preference(std::span<const record_half> of,
                                          const output_config& output) {
  return lines(of, output, R"(,"chosen":)", R"(,"rejected":)", "");
}

std::vector<std::string> write_openai_preference(std::span<const record_half> of,
                                                 const output_config& output) {
  return lines(of, output, R"(,"preferred_output":)", R"(,"non_preferred_output":)", "");
}

std::vector<std::string> write_gemini_preference(std::span<const record_half> of,
                                                 const output_config& output) {
  return lines(of, output, R"(,"completions":[{"score":1,"completion":)",
               R"(},{"score":0,"completion":)", "}]");
}

}  // namespace retort::engine
