#include "engine/evaluators/contains.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/answers/answer_text.hpp"
#include "engine/text/letter_case.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

struct contains_rule {
  std::vector<std::string> texts;  // none: the reference
  bool any = false;                // one of them is enough
  bool ignore_case = false;

  std::string form(std::string_view text) const {
    return ignore_case ? without_case(text) : std::string(text);
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// At `at` stands a letter or digit of ASCII, or a Latin, Greek or Cyrillic letter, which are those
// of two bytes and from U+1E00 on; other scripts may stand beside a word without a blank.
bool is_of_word(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
  return is_digit(text[at]) || (byte | 0x20u) - 'a' < 26 || (byte >= 0xc3 && byte <= 0xd4) ||
         (byte == 0xe1 && next >= 0xb8);
}

// Where the character begins that ends before `at`.
std::size_t character_before(std::string_view text, std::size_t at) {
  constexpr std::size_t longest = 4;
  const std::size_t least = at - std::min(at, longest);
  for (--at; at > least && (static_cast<unsigned char>(text[at]) & 0xc0u) == 0x80;) --at;
  return at;
}

bool joins_numbers(char c) { return c == '.' || c == ','; }

// The blank at `at` parts thousands: 5 000, 1 234 567.
bool parts_thousands(std::string_view text, std::size_t at) {
  const auto digits = [&](std::size_t from) {
    std::size_t count = 0;
    while (count < 4 && from + count < text.size() && is_digit(text[from + count])) ++count;
    return count;
  };
  if (at >= text.size() || text[at] != ' ' || digits(at + 1) != 3) return false;
  std::size_t before = 0;
  while (before < 4 && before < at && is_digit(text[at - 1 - before])) ++before;
  return before > 0 && before < 4;
}

// -5, −5; but GPT-5, 3-5.
bool is_signed(std::string_view text, std::size_t at) {
  if (!is_digit(text[at])) return false;
  const auto before = text.substr(0, at);
  const std::size_t size = before.ends_with("−") ? 3 : before.ends_with('-') ? 1 : 0;
  return size > 0 && (at == size || !is_of_word(text, character_before(text, at - size)));
}

bool begins_there(std::string_view text, std::size_t at) {
  if (at == 0 || !is_of_word(text, at)) return true;
  if (is_of_word(text, character_before(text, at))) return false;
  const bool is_decimal =
      at > 1 && is_digit(text[at]) && joins_numbers(text[at - 1]) && is_digit(text[at - 2]);
  return !is_decimal && !is_signed(text, at) &&
         !(is_digit(text[at]) && parts_thousands(text, at - 1));
}

bool ends_there(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_of_word(text, character_before(text, at))) return true;
  if (is_of_word(text, at)) return false;
  const bool is_decimal = at + 1 < text.size() && is_digit(text[at - 1]) &&
                          joins_numbers(text[at]) && is_digit(text[at + 1]);
  return !is_decimal && !parts_thousands(text, at);
}

bool holds(std::string_view text, std::string_view what) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; ++at) {
    if (begins_there(text, at) && ends_there(text, at + what.size())) return true;
  }
  return false;
}

judgement look_for(const contains_rule& rule, const candidate& what) {
  std::vector<std::string> wanted = rule.texts;
  if (wanted.empty()) {
    if (!what.reference) return without_reference();
    wanted.push_back(rule.form(trim(*what.reference)));
    if (wanted.front().empty()) return unscored("the reference is empty");
  }
  const std::string text = rule.form(answer_part(what.answer));
  std::vector<std::string_view> missing;
  for (const auto& one : wanted) {
    if (!holds(text, one)) missing.push_back(one);
  }
  const std::size_t found = wanted.size() - missing.size();
  if (missing.empty() || (rule.any && found > 0)) return right_or_wrong(true, "");
  const std::string detail = fmt::format("{} is not in it", shown(missing.front()));
  if (rule.any) return right_or_wrong(false, detail);
  return {static_cast<double>(found) / static_cast<double>(wanted.size()), detail};
}

result<evaluator> make_contains(const evaluator_config& config) {
  const auto all = config.texts("text"), any = config.texts("any");
  if (!all.empty() && !any.empty()) return error{errc::usage, "any cannot stand beside text"};
  contains_rule rule{.texts = {}, .any = !any.empty(), .ignore_case = config.is_set("ignore_case")};
  for (const auto& one : rule.any ? any : all) rule.texts.push_back(rule.form(one));
  const bool needs_reference = rule.texts.empty();
  return evaluator{std::bind_front(look_for, std::move(rule)), needs_reference};
}

}  // namespace

evaluator_kind contains() {
  using enum shapes;
  return {"contains",
          {rows::key(verdicts, "evaluate[].contains", value_kind::section, "",
                     "the answer holds the reference, or other texts, as words of their own"),
           rows::key(verdicts, "evaluate[].contains.text", value_kind::texts, "the reference",
                     "what must be in the answer; the score is the share that is"),
           rows::key(verdicts, "evaluate[].contains.any", value_kind::texts, "none",
                     "in place of text: one of these is enough"),
           rows::key(verdicts, "evaluate[].contains.ignore_case", value_kind::flag, "false",
                     "capital and small letters are the same")},
          make_contains};
}

}  // namespace retort::engine
