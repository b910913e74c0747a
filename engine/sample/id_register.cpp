#include "engine/sample/id_register.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "engine/text/shown_text.hpp"

namespace retort::engine {

std::optional<std::uint64_t> id_register::note(std::string_view id, std::uint64_t ordinal) {
  const std::uint64_t hash = XXH3_64bits(id.data(), id.size());
  const auto known = ordinals_.find(hash);
  if (known == ordinals_.end()) {
    if (ordinals_.size() < most_) ordinals_.emplace(hash, ordinal);
    return std::nullopt;
  }
  return known->second == ordinal ? std::nullopt : std::optional(known->second);
}

std::string describe_repeated_id(std::string_view id, std::uint64_t first, std::uint64_t second) {
  return fmt::format("{} is that of records {} and {}", shown(id), first, second);
}

}  // namespace retort::engine
