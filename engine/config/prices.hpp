// The prices of known models, from configs/prices.yaml as it was when retort was built. Immutable;
// any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/config/price.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

const std::map<std::string, price, std::less<>>& known_prices();

// The entry's own price, else the known one of its model; a date behind the model's name is looked
// past. Half of it in mode: batch (OpenAI, Anthropic: wire-reference section 14). errc::usage names
// the model, and the near miss.
result<price> price_of(const model_config& model);

}  // namespace retort::engine
