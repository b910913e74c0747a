// The providers by name: the one place to add a dialect to. Immutable; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "providers/dialects/batch_api.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

struct provider {
  std::string_view name;  // as configs have it
  const providers::dialect* dialect;
  std::string_view base_url;         // the usual one; "" when every user has another
  std::string_view key_variable;     // of the environment, for the usual base_url; "" when none
  const batch_api* batch = nullptr;  // null: it has none, or none that retort speaks
};

// Null when there is none of that name.
const provider* find_provider(std::string_view name);
// Its dialect, or null.
const dialect* find_dialect(std::string_view name);
const std::vector<std::string_view>& known_dialects();

}  // namespace retort::providers
