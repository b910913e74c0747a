#include "engine/config/prices.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/prices_yaml.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "engine/text/near_miss.hpp"

namespace retort::engine {
namespace {

using price_table = std::map<std::string, price, std::less<>>;

double number_at(const yaml_node& model, std::string_view key) {
  const yaml_node* found = model.child(key);
  return found ? std::strtod(found->text.c_str(), nullptr) : 0;
}

// The table is ours: a test sees to it that it can be read and that every price is there.
price_table read_table() {
  price_table table;
  const auto root = parse_yaml(prices_yaml, "configs/prices.yaml");
  if (!root) return table;
  for (const yaml_node& model : root->children) {
    price& costs = table[model.key] = {number_at(model, "input"), number_at(model, "cached"),
                                       number_at(model, "output")};
    if (model.child("cache_write")) costs.cache_write = number_at(model, "cache_write");
  }
  return table;
}

// "gpt-5.6-luna-2026-07-09" and "claude-haiku-4-5-20251001" without their dates.
std::string without_date(const std::string& name) {
  std::string undated;
  const bool dated = re2::RE2::FullMatch(name, R"((.+)-(?:\d{4}-\d\d-\d\d|\d{8}))", &undated);
  return dated ? undated : name;
}

error unknown_price(const std::string& model) {
  std::vector<std::string_view> names;
  for (const auto& [name, costs] : known_prices()) names.push_back(name);
  const std::string_view near = near_miss(model, names);
  return {
      errc::usage,
      fmt::format("budget.usd needs the price of {}, which is not known{}: set its price in the "
                  "config, {{input: ..., output: ...}} in USD per 1,000,000 tokens",
                  model, near.empty() ? "" : fmt::format(" (that of {} is)", near))};
}

error unknown_rate(const model_config& model) {
  return {errc::usage,
          fmt::format("budget.usd needs the price of {} with {}, as sampling.extra asks for it, "
                      "which is not known: set its price in the config, {{input: ..., output: "
                      "...}} in USD per 1,000,000 tokens",
                      model.model, model.special_rate)};
}

result<price> online_price_of(const model_config& model) {
  if (model.price) return *model.price;
  if (!model.special_rate.empty()) return unknown_rate(model);
  const auto& known = known_prices();
  for (const std::string& name : {model.model, without_date(model.model)}) {
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
  }
  return unknown_price(model.model);
}

// A member of `extra` that has a price of its own unless it is one of `plain`; "" is any provider.
struct rated_member {
  std::string_view provider, pointer, name;
  std::array<std::string_view, 4> plain;
};

// docs.claude.com, "Pricing": a cache of an hour costs twice the input, US-only inference a tenth
// more, fast mode a multiple. Tiers: OpenAI's and Anthropic's service_tier.
constexpr rated_member rated_members[] = {
    {"", "/service_tier", "service_tier", {"auto", "default", "standard", "standard_only"}},
    {"anthropic", "/cache_control/ttl", "cache_control.ttl", {"5m"}},
    {"anthropic", "/inference_geo", "inference_geo", {"global"}},
    {"anthropic", "/speed", "speed", {"standard"}},
};

std::string special_rate(const providers::sampling& asked, std::string_view provider) {
  simdjson::dom::parser parser;
  simdjson::dom::element extra;
  if (asked.extra.empty() || parser.parse(asked.extra).get(extra)) return "";
  for (const rated_member& one : rated_members) {
    std::string_view value;
    if (!one.provider.empty() && one.provider != provider) continue;
    if (extra.at_pointer(one.pointer).get(value)) continue;
    if (std::ranges::find(one.plain, value) != one.plain.end()) continue;
    return fmt::format("{} {}", one.name, value);
  }
  return "";
}

std::string special_rate(const config& step, std::size_t model) {
  for (std::uint32_t i = 0; i < combinations_of(step); ++i) {
    const auto variant = static_cast<std::uint32_t>(model) * combinations_of(step) + i;
    auto rate = special_rate(sampling_of(step, variant), step.models[model].provider);
    if (!rate.empty()) return rate;
  }
  return "";
}

void for_steps(config& run, const std::function<void(config&)>& each) {
  for (config& step : run.earlier) each(step);
  each(run);
}

}  // namespace

const price_table& known_prices() {
  static const price_table table = read_table();
  return table;
}

price dearest_of(const price& a, const price& b) {
  return {std::max(a.input, b.input), std::max(a.cached, b.cached), std::max(a.output, b.output),
          std::max(a.cache_write, b.cache_write)};
}

result<price> price_of(const model_config& model) {
  auto online = online_price_of(model);
  if (!online || !model.batch) return online;
  return price{online->input / 2, online->cached / 2, online->output / 2, online->cache_write / 2};
}

void note_special_rates(config& run) {
  std::map<std::size_t, std::string> rates;  // by the entry, which steps may share
  for_steps(run, [&rates](config& step) {
    for (std::size_t i = 0; i < step.models.size(); ++i) {
      std::string& rate = rates[step.models_at + i];
      if (rate.empty()) rate = special_rate(step, i);
    }
    for (judge_config& judge : step.judges) {
      judge.model.special_rate = special_rate(judge.sampling, judge.model.provider);
    }
  });
  for_steps(run, [&rates](config& step) {
    for (std::size_t i = 0; i < step.models.size(); ++i) {
      step.models[i].special_rate = rates[step.models_at + i];
    }
  });
}

}  // namespace retort::engine
