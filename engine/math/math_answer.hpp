// Where a text gives its answer. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

// What may be the answer, the likeliest first; the first that can be read is it:
//   - the last \boxed{}, and those before it that only "and", "or" and commas part from it,
//   - else what stands behind the last "answer is", "Answer:" or "####",
//   - else of the last line with a formula or a digit the whole, its last formula, what stands
//   behind
//     its last "is" or "=", and its last number.
// Empty where the text has none of these, or its box is part of something else or was cut off.
// Linear in the text: all but the boxes is looked for in its last 4,000 bytes.
std::vector<std::string> final_answers(std::string_view text);

// The same of a reference: its boxes, what stands behind a marker, else the whole, which may be
// formulas that only "and" and commas part. Empty where there is more to it.
std::vector<std::string> reference_answers(std::string_view text);

}  // namespace retort::engine
