// What a request costs a quota, in tokens. A plain value; any thread.
#pragma once

#include <cstdint>

namespace retort::engine {

struct token_load {
  std::int64_t input = 0, output = 0;  // tokens

  std::int64_t total() const { return input + output; }
  bool operator==(const token_load&) const = default;
};

inline token_load operator+(const token_load& a, const token_load& b) {
  return {a.input + b.input, a.output + b.output};
}

inline token_load operator-(const token_load& a, const token_load& b) {
  return {a.input - b.input, a.output - b.output};
}

}  // namespace retort::engine
