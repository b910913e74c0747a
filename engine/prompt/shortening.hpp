// What is asked in the place of a question that is too large for its model (on_overflow: shorten):
// first with less room for the answer, then, with all of it again, with less and less of the
// longest field, from its middle. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/sample/sample.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// How often it is asked anew, at most: max_tokens is halved twice, and each cut leaves the field
// two thirds of its bytes, down to a sixtieth.
inline constexpr int most_halvings = 2, most_cuts = 10;

class shorter_question {
 public:
  // As it was asked for the first time; `asked` outlives it.
  shorter_question(const providers::sampling& sampling, sample& asked);

  // Makes the next, smaller question of the sample and notes in it what was taken; false where
  // nothing more is to be taken.
  bool next();
  const providers::sampling& sampling() const { return sampling_; }

 private:
  bool halve();
  bool cut();

  providers::sampling sampling_;
  const std::optional<std::int64_t> room_;  // for the answer, as configured
  sample* asked_;
  std::string whole_;  // the field's message
  int halvings_ = 0, cuts_ = 0;
};

}  // namespace retort::engine
