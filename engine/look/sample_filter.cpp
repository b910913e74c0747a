#include "engine/look/sample_filter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/text/near_miss.hpp"
#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

using relation = score_condition::relation;

bool holds(const score_condition& wanted, const evaluation& made) {
  if (!made.score) return wanted.is == relation::unscored;
  switch (wanted.is) {
    case relation::less: return *made.score < wanted.value;
    case relation::at_most: return *made.score <= wanted.value;
    case relation::more: return *made.score > wanted.value;
    case relation::at_least: return *made.score >= wanted.value;
    case relation::equal: return *made.score == wanted.value;
    case relation::unscored: break;
  }
  return false;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool says(const sample& one, const std::string& part) {
  const auto& answer = one.completion;
  if (has(answer.text, part) || has(answer.reasoning, part) || has(answer.refusal, part)) {
    return true;
  }
  if (one.failure && has(one.failure->message, part)) return true;
  return std::ranges::any_of(one.messages,
                             [&](const auto& message) { return has(message.content, part); });
}

error unknown(std::string_view what, const std::string& word,
              const std::vector<std::string_view>& known) {
  return {errc::usage, fmt::format("{} is no {}: expected {}{}", shown(word), what,
                                   fmt::join(known, ", "), did_you_mean(word, known))};
}

}  // namespace

bool sample_filter::lets(const sample& one) const {
  if (verdict && one.verdict() != *verdict) return false;
  if (reason && one.rejected != *reason) return false;
  if (variant && one.key.variant != *variant) return false;
  if (!step.empty() && one.step != step) return false;
  if (!id.empty() && one.id != id) return false;
  for (const auto& wanted : scores) {
    const auto made = std::ranges::find(one.evaluations, wanted.evaluator, &evaluation::name);
    if (made == one.evaluations.end() || !holds(wanted, *made)) return false;
  }
  return text.empty() || says(one, text);
}

result<verdict> read_verdict_word(const std::string& word) {
  if (const auto known = verdict_named(word)) return *known;
  return unknown("verdict", word, {"accepted", "rejected", "failed"});
}

result<reject_reason> read_reason_word(const std::string& word) {
  if (const auto known = reason_named(word)) return *known;
  std::vector<std::string_view> all;
  for (const reject_reason why : all_reject_reasons) all.push_back(name(why));
  return unknown("reason", word, all);
}

result<score_condition> read_score_condition(const std::string& text) {
  constexpr std::pair<std::string_view, relation> relations[] = {{"<=", relation::at_most},
                                                                 {">=", relation::at_least},
                                                                 {"<", relation::less},
                                                                 {">", relation::more},
                                                                 {"=", relation::equal}};
  for (const auto& [sign, is] : relations) {
    const std::size_t at = text.find(sign);
    if (at == std::string::npos || at == 0) continue;
    const std::string value = text.substr(at + sign.size());
    score_condition out{text.substr(0, at), is, 0};
    if (is == relation::equal && value == "unscored") {
      out.is = relation::unscored;
      return out;
    }
    const char* const end = value.data() + value.size();
    const auto [stop, failed] = std::from_chars(value.data(), end, out.value);
    if (failed == std::errc() && stop == end && !value.empty()) return out;
  }
  return error{errc::usage, fmt::format("{} is no condition on a score: expected an evaluator's "
                                        "name, <, <=, =, >= or >, and a number, as in numeric<1; "
                                        "or numeric=unscored",
                                        shown(text))};
}

}  // namespace retort::engine
