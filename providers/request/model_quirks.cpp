#include "providers/request/model_quirks.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

#include <memory>

#include "providers/request/model_quirks_yaml.hpp"

namespace retort::providers {
namespace {

struct entry {
  std::unique_ptr<re2::RE2> models;
  model_quirks quirks;
};

struct table {
  std::vector<entry> entries = {};
  std::string problem = {};
};

// A model's name comes from a config: there are few, but nobody promises it.
constexpr std::size_t most_remembered = 1000;

sampling_key key_of(const YAML::Node& node) {
  const auto key = sampling_key_named(node.as<std::string>());
  if (!key) throw YAML::RepresentationException(node.Mark(), "no sampling key");
  return *key;
}

sampling_key_set keys_of(const YAML::Node& list) {
  sampling_key_set keys;
  for (const YAML::Node& each : list) keys.add(key_of(each));
  return keys;
}

entry read_entry(const YAML::Node& node) {
  entry one;
  one.models = std::make_unique<re2::RE2>(node["models"].as<std::string>(), re2::RE2::Quiet);
  if (!one.models->ok()) throw YAML::RepresentationException(node.Mark(), "no expression");
  if (const auto name = node["max_tokens_as"]) one.quirks.max_tokens_as = name.as<std::string>();
  for (const auto& value : node["only"]) {
    one.quirks.only[key_of(value.first)] = value.second.as<double>();
  }
  for (const auto& value : node["least"]) {
    one.quirks.least[key_of(value.first)] = value.second.as<double>();
  }
  for (const auto& value : node["doubtful"]) {
    one.quirks.doubtful[key_of(value.first)] = value.second.as<std::string>();
  }
  one.quirks.calls_without_thoughts = node["calls_without_thoughts"].as<std::string>("");
  one.quirks.calls_without_signature = node["calls_without_signature"].as<std::string>("");
  for (const YAML::Node& each : node["efforts"]) {
    one.quirks.efforts.push_back(each.as<std::string>());
  }
  one.quirks.not_both = keys_of(node["not_both"]);
  one.quirks.refuses = keys_of(node["refuses"]);
  one.quirks.without_effort = keys_of(node["without_effort"]);
  return one;
}

table read_table() {
  table all;
  try {
    for (const YAML::Node& node : YAML::Load(model_quirks_yaml)) {
      all.entries.push_back(read_entry(node));
    }
  } catch (const YAML::Exception& broken) {
    all = {{}, fmt::format("configs/model_quirks.yaml: {}", broken.what())};
  }
  return all;
}

const table& quirks_table() {
  static const table all = read_table();
  return all;
}

const model_quirks& find_quirks(std::string_view model) {
  static const model_quirks none;
  for (const entry& each : quirks_table().entries) {
    if (re2::RE2::FullMatch(model, *each.models)) return each.quirks;
  }
  return none;
}

}  // namespace

const model_quirks& quirks_of(std::string_view model) {
  thread_local std::map<std::string, const model_quirks*, std::less<>> remembered;
  const auto known = remembered.find(model);
  if (known != remembered.end()) return *known->second;
  if (remembered.size() >= most_remembered) remembered.clear();
  const model_quirks& found = find_quirks(model);
  remembered.emplace(model, &found);
  return found;
}

std::string conversation_doubt(std::string_view model, const std::vector<message>& messages) {
  const model_quirks& quirks = quirks_of(model);
  bool has_calls = false, has_unthought = false;
  for (const message& each : messages) {
    has_calls |= !each.tool_calls.empty();
    has_unthought |= !each.tool_calls.empty() && each.reasoning.empty();
  }
  if (has_calls && !quirks.calls_without_signature.empty()) return quirks.calls_without_signature;
  return has_unthought ? quirks.calls_without_thoughts : "";
}

result<void> check_model_quirks() {
  const std::string& problem = quirks_table().problem;
  if (problem.empty()) return {};
  return error{errc::usage, problem};
}

}  // namespace retort::providers
