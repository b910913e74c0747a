// How right the answers of a trial are, by what its config evaluates: a fast endpoint that answers
// worse is seen. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/evaluate/assessor.hpp"

namespace retort::engine {

struct accuracy {
  // As the evaluators that decide hold them; who could not tell, or was not asked, is none of
  // these.
  std::uint64_t right = 0, wrong = 0, unscored = 0;
  std::uint64_t accepted = 0, rejected = 0;  // by the filter, as `retort run` would

  void add(const assessor& by, const sample& judged);
  std::uint64_t answers() const { return right + wrong + unscored; }
  // Of those that were scored; nothing of none.
  std::optional<double> share() const;
  // Where the true share is in 95 of 100 cases (Wilson 1927).
  std::optional<std::pair<double, double>> share_between() const;
};

// "93.8 % right (85.0 to 97.5), 60 of 64; 2 unscored; 58 accepted, 8 rejected"
std::string text_of(const accuracy& of);

}  // namespace retort::engine
