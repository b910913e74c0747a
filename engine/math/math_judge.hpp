// Whether the final answer of a text and a reference are mathematically the same. What that means
// is told in math.md. Neither is ever run as code; whatever they hold, a comparison takes a bounded
// time. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

struct math_judgement {
  enum class outcome : std::uint8_t {
    same,
    different,
    unreadable,  // the reference is no mathematics: nothing can be said
  };
  outcome what = outcome::different;
  std::string detail;  // one line: the answer found, or why there is none
};

// `text` is the part of a completion that answers, thinking aside.
math_judgement judge_math(std::string_view text, std::string_view reference);

// The final answer of such a text, as it stands there; nothing where it has none that can be read.
std::optional<std::string> find_math_answer(std::string_view text);
// Whether two of these are the same.
bool are_same_answers(std::string_view a, std::string_view b);

}  // namespace retort::engine
