// The formats whose lines are made of all samples of a record: pairs of a better and a worse answer
// to one prompt, and prompts with what became of them. Immutable; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/formats/example.hpp"
#include "engine/sample/verdict.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// What a format keeps of a sample until its record is done: members of JSON objects, which are put
// together then.
struct kept_half {
  std::string prompt;   // what a line begins with, the same for all answers to one prompt
  std::string answer;   // one value
  std::string words;    // the same of all answers that say and call the same, blanks around aside
  std::string closing;  // what a line ends with: metadata, columns
};

// A half as it was kept, and what the view knows of its sample.
struct record_half {
  std::optional<reject_reason> rejected = {};
  double score = -1;  // below 0: unscored
  std::optional<bool> is_right = {};
  std::string_view prompt, answer, words, closing;
};

struct record_format {
  std::string_view name;  // as output.format has it
  // Fills in the prompt and the answer. May only be called for answers.
  broken_rule (*keep)(const example& what, kept_half& into);
  // The lines, objects without their braces, of a record's halves by variant and k.
  std::vector<std::string> (*write)(std::span<const record_half> of, const output_config& output);
  // Whether one that was rejected for this is of any use to it.
  bool (*takes)(reject_reason why);
};

// Null when there is none of that name.
const record_format* find_record_format(std::string_view name);

// Whether it is worse than what was accepted of its prompt: not so where one that says the same
// was.
bool is_worse_answer(std::span<const record_half> of, const record_half& one);

// Places of a better and a worse answer to one prompt, at most output.pairs of them: those farthest
// apart by score first, each answer in as few pairs as can be, no two of the same texts. An answer
// that is accepted is better than one that is not, but for one that scored more; than one that is
// only not kept, where it scored more. What says the same as any that is accepted is no worse.
std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::span<const record_half> of,
                                                          const output_config& output);

}  // namespace retort::engine
