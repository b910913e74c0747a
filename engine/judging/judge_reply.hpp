// The verdict in what a judge replied. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/evaluators/judge.hpp"

namespace retort::engine {

struct read_verdict {
  std::optional<double> number;  // on the judge's scale; nothing: it cannot be read
  std::string problem;           // why not
};

// What the pattern captures, which must be one number, else the last number of the reply, thinking
// aside; of "8/10", "8 out of 10" and "8 (max 10)", on a scale up to 10, the 8. A number beyond the
// scale is no verdict, and none is what is out of another number than the scale ends with. Of
// unlike numbers in the last line, what they come to, the one that is called the score, or the one
// that the reply ends with ("Step 2 is unclear. 6"); else none. A list behind a score is passed
// over; of a reply that is JSON its score counts. What contradicts a score above it is none, nor is
// what the reply says it does not give ("not worth a 10").
read_verdict read_verdict_in(std::string_view reply, const judge_rule& by);

// Of a judge that compares: 1 for the first of the two, 0 for the second, 0.5 for neither. What the
// pattern captures, else the letter that the reply chooses (answers/choice_letter.hpp): A, B, or C,
// "tie", as the whole of it or its last line.
read_verdict read_preference_in(std::string_view reply, const judge_rule& by);

// Where a number stands on the scale, 0 to 1.
double score_on_scale(double number, const judge_rule& by);

}  // namespace retort::engine
