#include "engine/math/math_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/math/math_answer.hpp"
#include "engine/math/math_parser.hpp"
#include "engine/math/math_same.hpp"
#include "engine/math/math_text.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t longest_formula = 2000, longest_reference = 20'000;
constexpr std::size_t most_words = 4;  // of a reference that is only words

using math_readings = std::vector<math_node>;

// \\frac, as text has it that was escaped once too often; in a matrix \\ ends a row.
std::string without_double_escapes(std::string_view text) {
  if (text.find("\\begin") != std::string_view::npos) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = text[i] == '\\' && peek(text, i + 1) == '\\' &&
                         (is_letter(peek(text, i + 2)) || peek(text, i + 2) == '\\');
    if (!doubled) out += text[i];
    if (text[i] == '\\' && peek(text, i + 1) == '\\' && !doubled) out += text[++i];
  }
  return out;
}

// 5 m² is five square metres; in 5m^{2}, as TeX has it, m may be anything.
std::string with_unit_letters(std::string_view text) {
  std::string out(text);
  for (const std::string_view unit : {"m²", "m³"}) {
    for (std::size_t at = 0; (at = out.find(unit, at)) != std::string::npos; ++at) {
      if (at > 0 && (is_digit(out[at - 1]) || out[at - 1] == ' ')) out.replace(at, 1, "\\text{ m}");
    }
  }
  return out;
}

std::string formula_text(std::string_view text) {
  std::string plain =
      plain_math_text(with_unit_letters(without_double_escapes(without_wrapping(text))));
  for (std::size_t at; (at = plain.find("+/-")) != std::string::npos;) plain.replace(at, 3, "\\pm");
  return plain;
}

// 2,74 and 0,5: one comma, and digits that are no list of two small numbers, no thousands.
bool may_be_decimal_comma(std::string_view text) {
  const auto at = text.find(',');
  if (at == std::string_view::npos || at == 0 || text.find(',', at + 1) != std::string_view::npos)
    return false;
  if (text.find_first_of("([{") != std::string_view::npos) return false;
  auto rest = text.substr(at + 1);
  const auto places = take_digits(rest).size();
  const bool zero = text[at - 1] == '0' && (at == 1 || !is_digit(text[at - 2]));
  return is_digit(text[at - 1]) && places > 0 && (zero || (places >= 2 && places != 3));
}

// (0, 1,000) parts its ends with a blank; (1,234) and (0,1,000) hold nothing but digits.
bool has_groups_inside(std::string_view text) {
  if (text.find(", ") == std::string_view::npos) return false;
  for (std::size_t at = 0; (at = text.find_first_of("([{", at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_not_of("0123456789,", ++at), text.size());
    const std::string_view closes = text[at - 1] == '{' ? "\\" : ")]";
    if (end > at && closes.find(peek(text, end)) != std::string_view::npos) return false;
  }
  return true;
}

// 1,234 is one number, (1,234) two: whatever the other side says.
std::vector<comma_reading> comma_readings(std::string_view text) {
  if (!has_doubtful_comma(text)) return {{}};
  std::vector<comma_reading> out{{.groups_inside = has_groups_inside(text)}};
  if (may_be_decimal_comma(text)) out.push_back({.groups = false, .is_decimal = true});
  return out;
}

// Several where it can be read in several ways.
math_readings readings_of(std::string_view text, bool letter_units) {
  math_readings out;
  if (text.size() > longest_formula) return out;
  const std::string plain = formula_text(text);
  for (const comma_reading& commas : comma_readings(plain)) {
    if (auto made = parse_math(plain, {commas, letter_units})) out.push_back(std::move(*made));
  }
  return out;
}

bool is_prose(const math_node& of, std::string_view text) {
  return of.what == math_node::kind::text && text.find("\\text") == std::string_view::npos &&
         static_cast<std::size_t>(std::ranges::count(of.name, ' ')) >= most_words;
}

// What is read, and where: the text that it was read from.
struct read_answer {
  std::string text;
  math_readings readings;
};

read_answer first_readable(const std::vector<std::string>& candidates) {
  for (const std::string& one : candidates) {
    auto readings = readings_of(one, false);
    if (!readings.empty() && !is_prose(readings.front(), one)) return {one, std::move(readings)};
  }
  return {candidates.empty() ? "" : candidates.front(), {}};
}

// A reference is its whole text, unless it is a solution with an answer in it.
read_answer read_reference(std::string_view reference) {
  if (reference.size() > longest_reference) return {};
  return first_readable(reference_answers(reference));
}

bool has_unit(const math_readings& of) {
  return std::ranges::any_of(
      of, [](const math_node& one) { return holds_kind(one, math_node::kind::quantity); });
}

bool any_same(const math_readings& answers, const math_readings& references) {
  math_work work;
  return std::ranges::any_of(answers, [&](const math_node& answer) {
    return std::ranges::any_of(references, [&](const math_node& reference) {
      return are_same_math(answer, reference, work);
    });
  });
}

bool ends_with_command(std::string_view text) {
  const std::string_view up_to_name(
      text.begin(), std::ranges::find_if_not(text.rbegin(), text.rend(), is_letter).base());
  return up_to_name.ends_with('\\') && up_to_name.size() < text.size();
}

// \mathrm{CO_2} is CO_2; x_\mathrm{ab} keeps its braces, \mathrm{2^1}0 its end.
std::string without_fonts(std::string_view text) {
  static constexpr std::array<std::string_view, 3> fonts{"\\mathrm{", "\\textrm{", "\\text{"};
  if (text.size() > longest_formula) return std::string(text);
  std::string out;
  std::vector<bool> open;  // braces, and whether they are dropped
  while (!text.empty()) {
    const auto font =
        std::ranges::find_if(fonts, [&](std::string_view one) { return text.starts_with(one); });
    const bool opens = font != fonts.end(), closes = text[0] == '}' && !open.empty();
    const bool is_script = out.ends_with('_') || out.ends_with('^');
    const bool is_dropped = opens ? !is_script : closes && open.back();
    const std::size_t length = opens ? font->size() : text[0] == '\\' && text.size() > 1 ? 2 : 1;
    if (!is_dropped) out += opens ? "{" : text.substr(0, length);
    if (closes) open.pop_back();
    if (opens || text[0] == '{') open.push_back(is_dropped);
    text.remove_prefix(length);
    const bool runs_on = !out.empty() && is_digit(out.back()) && is_digit(peek(text, 0));
    if (is_dropped && (runs_on || ends_with_command(out))) out += ' ';
  }
  return out;
}

// 1, 234 is not 1,234; 1, 2 is 1,2.
bool is_thousands(std::string_view behind_comma) {
  behind_comma.remove_prefix(std::min(behind_comma.find_first_not_of(' '), behind_comma.size()));
  return take_digits(behind_comma).size() == 3;
}

// A blank parts words, numbers and the points and commas of numbers: 1 1/2 is not 11/2, 1 e5 not
// 1e5. Beside a sign or a bracket it parts nothing, nor a letter from its number (N 30), nor what
// is no letter from the name of a command.
bool parts(std::string_view before, std::string_view behind) {
  const auto is_word = [](char c) {
    return is_alphanumeric(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  };
  const char last = before.back(), next = behind[0];
  if (last == '\\') return true;
  if (last == ',') return is_thousands(behind);
  if (next == ',') return is_digit(last) && is_thousands(behind.substr(1));
  if (is_letter(last) && is_digit(next))
    return before.size() > 1 && is_digit(before[before.size() - 2]);
  return is_word(last) && is_word(next) && (is_letter(next) || !ends_with_command(before));
}

// What is the same whatever it reads as; all that is compared where one of two cannot be read.
std::string bare_text(std::string_view text) {
  const std::string plain = without_fonts(formula_text(text));
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == ' ') continue;
    const bool blank = !out.empty() && plain[i - 1] == ' ';
    if (blank && parts(out, std::string_view(plain).substr(i))) out += ' ';
    out += plain[i];
  }
  return out;
}

bool are_same_readings(const read_answer& found, const read_answer& wanted) {
  if (bare_text(found.text) == bare_text(wanted.text)) return true;
  if (found.readings.empty() || wanted.readings.empty()) return false;
  if (any_same(found.readings, wanted.readings)) return true;
  if (!has_unit(wanted.readings) && !has_unit(found.readings)) return false;
  return any_same(readings_of(found.text, true), readings_of(wanted.text, true));
}

}  // namespace

math_judgement judge_math(std::string_view text, std::string_view reference) {
  using outcome = math_judgement::outcome;
  const auto candidates = final_answers(text);
  read_answer wanted = read_reference(reference);
  if (wanted.readings.empty()) {
    const auto as_text = bare_text(reference.substr(0, longest_reference));
    const bool same =
        !as_text.empty() && std::ranges::any_of(candidates, [&](const std::string& one) {
          return bare_text(one) == as_text;
        });
    if (same) return {outcome::same, excerpt(candidates.front())};
    return {outcome::unreadable,
            fmt::format("reference \"{}\" is no mathematics", excerpt(reference))};
  }
  if (candidates.empty()) return {outcome::different, "no answer"};
  const read_answer found = first_readable(candidates);
  std::string detail = excerpt(found.text);
  if (are_same_readings(found, wanted)) return {outcome::same, std::move(detail)};
  if (found.readings.empty()) detail = fmt::format("\"{}\" cannot be read", detail);
  return {outcome::different, std::move(detail)};
}

std::optional<std::string> find_math_answer(std::string_view text) {
  read_answer found = first_readable(final_answers(text));
  if (found.readings.empty()) return std::nullopt;
  return std::move(found.text);
}

bool are_same_answers(std::string_view a, std::string_view b) {
  return are_same_readings({std::string(a), readings_of(a, false)},
                           {std::string(b), readings_of(b, false)});
}

}  // namespace retort::engine
