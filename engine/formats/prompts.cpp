#include "engine/formats/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/formats/chat_rules.hpp"
#include "engine/formats/message_list.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

// The halves of each prompt, in the order in which the prompts come up.
std::vector<std::vector<const record_half*>> by_prompt(std::span<const record_half> of) {
  std::vector<std::vector<const record_half*>> out;
  for (const record_half& one : of) {
    const auto found = std::ranges::find_if(
        out, [&](const auto& all) { return all.front()->prompt == one.prompt; });
    if (found == out.end()) {
      out.push_back({&one});
    } else {
      found->push_back(&one);
    }
  }
  return out;
}

std::string rewards_of(const std::vector<const record_half*>& all) {
  const auto right = std::ranges::count(all, std::optional(true), &record_half::is_right);
  const auto accepted =
      std::ranges::count_if(all, [](const record_half* one) { return !one->rejected; });
  std::string out;
  json_writer json(out);
  json.open_object();
  json.member("pass_rate", static_cast<double>(right) / static_cast<double>(all.size()));
  json.member("accepted", accepted);
  json.member("samples", all.size());
  json.key("scores");
  json.open_array();
  for (const record_half* one : all) {
    if (one->score < 0) {
      json.raw("null");
    } else {
      json.value(one->score);
    }
  }
  json.close_array();
  json.close_object();
  return out.substr(1, out.size() - 2);
}

// What the run is judged by says what it asks for.
std::string_view ability_of(const config& run) {
  if (run.evaluate.empty()) return "other";
  const std::string& kind = run.evaluate.front().kind;
  if (kind == "numeric" || kind == "math") return "math";
  return kind == "code" ? "code" : "other";
}

void write_verl(json_writer& json, const example& what) {
  json.member("data_source", what.run.run);
  write_prompt_list(json, "prompt", what);
  json.member("ability", ability_of(what.run));
  json.key("reward_model");
  json.open_object();
  json.member("style", "rule");
  json.member("ground_truth", what.of.reference.value_or(""));
  json.close_object();
  json.key("extra_info");
  json.open_object();
  json.member("split", what.output.part == part::holdout ? "test" : "train");
  json.member("index", what.of.key.ordinal);
  json.close_object();
}

broken_rule keep_as(const example& what, kept_half& into,
                    void (*write)(json_writer& json, const example& what)) {
  conversation said = what.said;  // what the answer is does not matter here
  said.answer = "-";
  said.calls = {};
  if (const auto broken = rule_broken_by(said, {}); !broken.empty()) return broken;
  json_writer json(into.prompt);
  json.open_object();
  write(json, what);
  json.close_object();
  into.prompt = into.prompt.substr(1, into.prompt.size() - 2);
  return {};
}

}  // namespace

broken_rule keep_prompt(const example& what, kept_half& into) {
  return keep_as(what, into, [](json_writer& json, const example& of) {
    write_prompt_list(json, "prompt", of);
    write_tools(json, of);
  });
}

broken_rule keep_verl(const example& what, kept_half& into) {
  if (!what.of.reference) return "ground_truth is the reference, and it has none";
  return keep_as(what, into, write_verl);
}

std::vector<std::string> write_prompt_only(std::span<const record_half> of, const output_config&) {
  std::vector<std::string> out;
  for (const auto& all : by_prompt(of)) {
    out.push_back(std::string(all.front()->prompt).append(all.front()->closing));
  }
  return out;
}

std::vector<std::string> write_reward(std::span<const record_half> of, const output_config&) {
  std::vector<std::string> out;
  for (auto& all : by_prompt(of)) {
    std::erase_if(all, [](const record_half* one) { return !one->is_right; });
    if (all.empty()) continue;
    out.push_back(
        fmt::format("{},{}{}", all.front()->prompt, rewards_of(all), all.front()->closing));
  }
  return out;
}

}  // namespace retort::engine
