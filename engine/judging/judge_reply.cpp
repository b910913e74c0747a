#include "engine/judging/judge_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <vector>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/choice_letter.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// A run of digits with what may be part of a number: "8", "-3", "7.5", "7,5".
struct written_number {
  std::string_view text;
  std::optional<double> value;  // nothing: 1,234.5, 1.2.3
  std::size_t begin = 0, end = 0;
};

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

bool is_word_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const char c = text[at];
  return is_digit_at(text, at) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::optional<double> value_of(std::string text) {
  for (char& c : text) c = c == ',' ? '.' : c;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  const bool is_number = failed == std::errc() && stop == end && std::isfinite(value);
  return is_number ? std::optional(value) : std::nullopt;
}

written_number number_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (is_digit_at(text, end) || (end < text.size() && (text[end] == '.' || text[end] == ',') &&
                                    is_digit_at(text, end + 1))) {
    ++end;
  }
  const bool is_negative = begin > 0 && text[begin - 1] == '-' &&
                           (begin < 2 || (!is_word_at(text, begin - 2) && text[begin - 2] != ')'));
  const std::size_t from = is_negative ? begin - 1 : begin;
  const std::string_view whole = text.substr(from, end - from);
  return {whole, value_of(std::string(whole)), from, end};
}

// Those that are no part of a word.
std::vector<written_number> numbers_in(std::string_view text) {
  std::vector<written_number> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit_at(text, at)) continue;
    const bool is_in_word = at > 0 && is_word_at(text, at - 1);
    const written_number one = number_at(text, at);
    at = one.end;
    if (!is_in_word && !is_word_at(text, one.end)) out.push_back(one);
  }
  return out;
}

// "8/10", "8 out of 10", "**8** / 10", "8 (out of 10)", "8 points out of 10", "\\frac{8}{10}".
bool is_out_of(std::string_view between) {
  constexpr std::string_view all[] = {"/",  "\u2044", "\u2215",      "\uff0f",   "}{",
                                      "of", "outof",  "pointsoutof", "pointsof", "outofapossible"};
  std::string plain;
  for (const char c : between) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool is_around = std::string_view(" *_()[]`").find(c) != std::string_view::npos;
    if (!is_around) plain += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return std::ranges::find(all, plain) != std::end(all);
}

read_verdict on_scale(std::optional<double> number, std::string_view text, const judge_rule& by) {
  if (!number) return {{}, fmt::format("{} is no number", shown(excerpt(text)))};
  if (*number >= by.low && *number <= by.high) return {number, ""};
  return {{}, fmt::format("{} is beyond the scale from {} to {}", *number, by.low, by.high)};
}

// "Tie", "**tie**." as the last line.
bool is_tie(std::string_view answer) {
  const std::string_view text = trim(answer);
  std::string letters;
  for (const char c : text.substr(text.rfind('\n') + 1)) {
    if (c >= 'a' && c <= 'z') letters += c;
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
  }
  return letters == "tie" || letters == "verdicttie" || letters == "itsatie";
}

}  // namespace

read_verdict read_verdict_in(std::string_view reply, const judge_rule& by) {
  const std::string_view answer = answer_part(reply);
  if (by.where) {
    const auto captured = by.where->last_in(answer);
    if (!captured) return {{}, "the pattern matches nothing of the reply"};
    const std::string_view text = trim(*captured);
    return on_scale(value_of(std::string(text)), text, by);
  }
  const auto all = numbers_in(answer);
  if (all.empty()) return {{}, "the reply has no number"};
  const written_number& last = all.back();
  if (all.size() == 1) return on_scale(last.value, last.text, by);
  const written_number& before = all[all.size() - 2];
  const bool is_part = is_out_of(answer.substr(before.end, last.begin - before.end));
  if (!is_part) return on_scale(last.value, last.text, by);
  if (last.value == by.high) return on_scale(before.value, before.text, by);
  return {{},
          fmt::format("{} out of {} is on another scale than up to {}", before.text, last.text,
                      by.high)};
}

read_verdict read_preference_in(std::string_view reply, const judge_rule& by) {
  std::string_view answer = answer_part(reply);
  if (by.where) {
    const auto captured = by.where->last_in(answer);
    if (!captured) return {{}, "the pattern matches nothing of the reply"};
    answer = *captured;
  }
  if (is_tie(answer)) return {0.5, ""};
  const chosen_letter chosen = find_chosen_letter(answer);
  switch (chosen.letter) {
    case 'A': return {1.0, ""};
    case 'B': return {0.0, ""};
    case 'C': return {0.5, ""};
    case 0: return {{}, chosen.problem};
    default: return {{}, fmt::format("{} is none of A, B and C", chosen.letter)};
  }
}

double score_on_scale(double number, const judge_rule& by) {
  return (number - by.low) / (by.high - by.low);
}

}  // namespace retort::engine
