// Answers and references that nobody would write: a line each. Whatever they are, judging them has
// an end, comes to the same twice, and what can be read is what it is.
#include "engine/math/math_judge.hpp"

#include "engine/math/math_parser.hpp"
#include "engine/math/math_same.hpp"
#include "engine/math/math_text.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  const auto answer = text.substr(0, end), reference = text.substr(std::min(end + 1, text.size()));
  const auto judged = engine::judge_math(answer, reference);
  require(judged.what == engine::judge_math(answer, reference).what,
          "a judgement is the same twice");
  require(judged.detail.find('\n') == std::string::npos, "a detail is one line");
  const auto read = engine::parse_math(engine::plain_math_text(reference));
  engine::math_work work;
  require(!read || engine::are_same_math(*read, *read, work), "a formula is what it is");
  return 0;
}
