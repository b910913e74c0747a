#include "engine/evaluator/key_pattern.hpp"

#include <fmt/format.h>

#include "engine/text/shown_text.hpp"

namespace retort::engine {

result<std::optional<pattern>> key_pattern(const evaluator_config& config, std::string_view key) {
  const auto text = config.text(key);
  if (!text) return std::optional<pattern>();
  auto compiled = pattern::compile(*text);
  if (compiled) return std::optional<pattern>(std::move(*compiled));
  return error{errc::usage, fmt::format("{} is not a regular expression; RE2 says {}", key,
                                        shown(pattern::problem_with(*text)))};
}

}  // namespace retort::engine
