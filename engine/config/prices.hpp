// What a model's tokens cost, and the prices of known models, from configs/prices.yaml as it was
// when retort was built. Immutable; any thread.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::engine {

struct config;
struct model_config;

// In US dollars per 1,000,000 tokens, as providers list them. `input` is for what is neither read
// from the provider's cache nor written to it.
struct price {
  double input = 0, cached = 0, output = 0;
  double cache_write = input;

  // The most that a token of a prompt may cost.
  double dearest_input() const { return std::max({input, cached, cache_write}); }

  bool operator==(const price&) const = default;
};

// Of each kind of token what costs more.
price dearest_of(const price& a, const price& b);

const std::map<std::string, price, std::less<>>& known_prices();

// The entry's own price, else the known one of its model; a date behind the model's name is looked
// past. Half of it in mode: batch (docs.claude.com; of OpenAI unconfirmed).
// errc::usage names the model, and the near miss, or the special rate that it is asked at.
result<price> price_of(const model_config& model);

// Notes the special rate of each model and judge, of any of the steps and combinations that ask it.
void note_special_rates(config& run);

}  // namespace retort::engine
