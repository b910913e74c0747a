#include "engine/answers/choice_letter.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

std::string with_line_ends(std::string_view text) {
  constexpr std::string_view mark = "⏎";
  std::string out;
  for (std::size_t at; (at = text.find(mark)) != text.npos; text.remove_prefix(at + mark.size())) {
    out.append(text.substr(0, at)) += '\n';
  }
  return out.append(text);
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

}  // namespace

TEST_CASE("the letter is found in the forms in which models write it, and in no others") {
  const auto all = test::content_of(test::in_source("tests/engine/answers/choice_forms.txt"));
  std::size_t found = 0, none = 0;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.starts_with('#')) continue;
    const auto [letter, problem] = find_chosen_letter(with_line_ends(line.substr(5)));
    CAPTURE(line);
    CHECK(std::string(1, letter ? letter : '-') == line.substr(0, 1));
    CHECK(problem.empty() == (letter != 0));
    ++(letter ? found : none);
  }
  CHECK(found >= 100);
  CHECK(none >= 90);
}

TEST_CASE("a lone letter is one in any markup, and nothing else") {
  for (const char* text : {"B", "b", " (B) ", "B.", "**B**", "\\text{B}", "Option B", "[B]"}) {
    CAPTURE(text);
    CHECK(lone_letter(text) == 'B');
  }
  for (const char* text :
       {"", " ", "AB", "A, B", "B or C", "Paris", "B. Paris", "4", "é", "\xff"}) {
    CAPTURE(text);
    CHECK(lone_letter(text) == 0);
  }
}

TEST_CASE("what a hostile model writes is read to its end, whatever it is made of") {
  const std::size_t much = std::size_t{32} << 20;
  for (const char* piece :
       {"answer is ", "(", "\\boxed{", "A and ", "\xff\xfe", "not A but ", "A\n"}) {
    CAPTURE(piece);
    CHECK(find_chosen_letter(repeated(piece, much) + "\nThe answer is B.").letter == 'B');
  }
  CHECK(find_chosen_letter("The answer is A.\n" + repeated("x ", much)).letter == 0);
}
