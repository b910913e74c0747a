#include "engine/config/prices.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdlib>
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

result<price> online_price_of(const model_config& model) {
  if (model.price) return *model.price;
  const auto& known = known_prices();
  for (const std::string& name : {model.model, without_date(model.model)}) {
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
  }
  return unknown_price(model.model);
}

}  // namespace

const price_table& known_prices() {
  static const price_table table = read_table();
  return table;
}

result<price> price_of(const model_config& model) {
  auto online = online_price_of(model);
  if (!online || !model.batch) return online;
  return price{online->input / 2, online->cached / 2, online->output / 2, online->cache_write / 2};
}

}  // namespace retort::engine
