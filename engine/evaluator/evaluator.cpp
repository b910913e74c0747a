#include "engine/evaluator/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort::engine {

const evaluator_kind* find_evaluator(std::span<const evaluator_kind> among, std::string_view name) {
  const auto found = std::ranges::find(among, name, &evaluator_kind::name);
  return found == among.end() ? nullptr : &*found;
}

result<evaluator> make_evaluator(const evaluator_config& config,
                                 std::span<const evaluator_kind> among) {
  const evaluator_kind* const kind = find_evaluator(among, config.kind);
  if (!kind) return error{errc::usage, fmt::format("there is no evaluator {}", config.kind)};
  return kind->make(config);
}

}  // namespace retort::engine
