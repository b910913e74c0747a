// What a request costs a quota, in tokens. A plain value; any thread.
#pragma once

#include <cstdint>

namespace retort::engine {

struct load {
  std::int64_t input = 0, output = 0;  // tokens

  std::int64_t total() const { return input + output; }
  bool operator==(const load&) const = default;
};

inline load operator+(const load& a, const load& b) {
  return {a.input + b.input, a.output + b.output};
}

inline load operator-(const load& a, const load& b) {
  return {a.input - b.input, a.output - b.output};
}

}  // namespace retort::engine
