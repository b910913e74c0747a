// The code that a model wrote among other things. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace retort::engine {

// The words that name Python behind a fence: ```python
inline constexpr std::string_view python_fences[] = {"python", "python3", "py", "py3"};

// The completion's code, its thinking aside, in a language that a fence may call by any of `names`:
//   - all fenced blocks of the language, joined in their order: a model that defines first and
//     shows the use later, or that says it in pieces, means all of them, and of what it defines
//     twice the last holds. A block that shows a session (">>> ") is none;
//   - where no fence names the language, the first block that names none;
//   - where there is none of these, all of the answer.
// A block that was cut off ends where the answer does. A fence is CommonMark's (section 4.5): three
// or more of ` or ~ that begin a line, closed by as many; what it is indented by is taken from each
// line.
std::string find_code_answer(std::string_view completion, std::span<const std::string_view> names);

}  // namespace retort::engine
