// Few-shot examples: rows of a pool, drawn for each record by its position and a seed, never the
// record itself. Immutable once loaded; any thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class examples {
 public:
  // Reads the files whole. errc::usage, errc::unreadable: which file, row and why.
  static result<examples> load(const few_shot_config& from);

  // {"examples": [...]}, k rows in the order drawn; lives until this thread's next draw. A row is
  // the record itself where the two agree in all that one of them has. errc::dataset where too few
  // others are left.
  result<simdjson::dom::element> draw(simdjson::dom::element record, std::uint64_t ordinal) const;

 private:
  struct member {
    std::uint64_t name, value;  // hashes
    auto operator<=>(const member&) const = default;
  };
  using members = std::vector<member>;  // sorted
  struct example {
    std::string text;
    members has;
  };
  static members members_of(simdjson::dom::element record);
  static bool are_one(const members& a, const members& b);

  std::vector<example> pool_;
  std::uint32_t k_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace retort::engine
