#include "engine/judging/judge_reply.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <span>
#include <vector>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/choice_letter.hpp"
#include "engine/number/json_scalar.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view minus = "\u2212", dash = "\u2013";

// A run of digits with what may be part of a number: "8", "-3", "7.5", "7,5", ".5".
struct written_number {
  std::string_view text;
  std::optional<double> value;  // nothing: 1.2.3, \u20133
  std::size_t begin = 0, end = 0;
  bool is_scored = false;  // "8/10"
};

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

bool is_word_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const char c = text[at];
  return is_digit_at(text, at) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// A comma is a decimal one, or stands before each thousand: of 7,5 and of 1,000.
std::optional<double> value_of(std::string text) {
  static const re2::RE2 thousands(R"(-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?)");
  if (text.starts_with(minus)) text.replace(0, minus.size(), "-");
  if (re2::RE2::FullMatch(text, thousands)) std::erase(text, ',');
  for (char& c : text) c = c == ',' ? '.' : c;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  const bool is_number = failed == std::errc() && stop == end && std::isfinite(value);
  return is_number ? std::optional(value) : std::nullopt;
}

// How much of what stands before a number is its sign: of "-3" and "\u22123", and of "\u20133",
// which may be a dash as well, so that it is no number; of "4-3" nothing.
std::size_t sign_before(std::string_view text) {
  for (const std::string_view sign : {std::string_view("-"), minus, dash}) {
    if (!text.ends_with(sign)) continue;
    const std::size_t at = text.size() - sign.size();
    return at > 0 && (is_word_at(text, at - 1) || text[at - 1] == ')') ? 0 : sign.size();
  }
  return 0;
}

written_number number_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (is_digit_at(text, end) || (end < text.size() && (text[end] == '.' || text[end] == ',') &&
                                    is_digit_at(text, end + 1))) {
    ++end;
  }
  const bool lacks_zero = begin > 0 && text[begin - 1] == '.' &&  // ".5"
                          (begin < 2 || (!is_word_at(text, begin - 2) && text[begin - 2] != '.'));
  std::size_t from = lacks_zero ? begin - 1 : begin;
  from -= sign_before(text.substr(0, from));
  const std::string_view whole = text.substr(from, end - from);
  return {whole, value_of(std::string(whole)), from, end};
}

// Those that are no part of a word, nor crossed out.
std::vector<written_number> numbers_in(std::string_view text) {
  std::vector<written_number> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit_at(text, at)) continue;
    const bool is_in_word = at > 0 && is_word_at(text, at - 1);
    const written_number one = number_at(text, at);
    at = one.end;
    const bool is_crossed_out = text.substr(one.end).starts_with("~~");
    if (!is_in_word && !is_crossed_out && !is_word_at(text, one.end)) out.push_back(one);
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

bool matches(std::string_view text, const re2::RE2& what) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), what);
}

// "max 10", "where 10 is best": an end of the scale.
bool tells_end(std::string_view before, std::string_view behind) {
  static const re2::RE2 leads(
      R"((?i)\b(?:max(?:imum)?|min(?:imum)?|highest|lowest|scale|up to|where)\b)"
      R"((?:\W|\b(?:is|of|score|possible|points|being|from|to)\b)*$)");
  static const re2::RE2 follows(
      R"((?i)^\W*(?:is|being|means|meaning|=|as)\W*(?:the\s+)?(?:best|worst|perfect|highest|lowest|)"
      R"(max\w*|min\w*|excellent|flawless|poor|bad|very|completely|fully)\b)");
  return matches(before, leads) || matches(behind, follows);
}

// "0 to 10", "1-5"
bool is_range(std::string_view between) {
  static const re2::RE2 range(R"((?i)^\s*(?:to|-|–|—|through|and|\.\.+)\s*$)");
  return matches(between, range);
}

constexpr std::size_t near = 64;          // bytes beside a number that may say what it is
constexpr std::size_t most_numbers = 64;  // of a reply's end

std::size_t line_begin(std::string_view text, std::size_t at) {
  return at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
}

struct told_numbers {
  std::vector<written_number> verdicts;  // may be
  std::vector<written_number> ends;      // of the scale
};

// Where nothing but an end of the scale is told, that is the verdict: "Maximum score: 10".
told_numbers without_scale(std::vector<written_number> all, std::string_view text,
                           const judge_rule& by) {
  told_numbers out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& one = all[i];
    const bool leads_range = i + 1 < all.size() && one.value == by.low &&
                             all[i + 1].value == by.high &&
                             is_range(text.substr(one.end, all[i + 1].begin - one.end));
    if (leads_range) {
      ++i;
      continue;
    }
    auto before = text.substr(0, one.begin);
    before.remove_prefix(before.size() - std::min(before.size(), near));
    before.remove_prefix(before.rfind('\n') + 1);
    const auto behind = one.is_scored ? "" : text.substr(one.end, near);  // "10/10 is perfect"
    const bool is_end = one.value == by.low || one.value == by.high;
    (is_end && tells_end(before, behind) ? out.ends : out.verdicts).push_back(one);
  }
  if (out.verdicts.empty()) std::swap(out.verdicts, out.ends);
  return out;
}

// "Score: 8", "I rate it 8".
bool is_cued(std::string_view before) {
  static const re2::RE2 cue(
      R"((?i)\b(?:score|rating|verdict|grade|overall|total|result|rate|give|award|assign)\b)"
      R"((?:\W|\b(?:is|was|of|be|as|would|should|a|an|the|final|this|answer|response|it|for)\b)*$)");
  return matches(before, cue);
}

// "3-4", "10^0", "3 to 4", "8 -> 5"
bool is_operation(std::string_view between) {
  static const re2::RE2 operation(R"(^\s*(?:[-+^*/–—×→⇒]|[-=]>|(?i:to|or|and))\s*$)");
  return matches(between, operation);
}

// Nothing is said behind the number, nor does what stands before it make it part of something else:
// "3 errors of 9", "8, not 9", "7, but see step 3".
bool ends_reply(const written_number& one, std::string_view before, std::string_view text) {
  static const re2::RE2 silence(R"(^(?:</\w+>|[^\pL\pN])*$)"),
      tie(R"((?i)\b(?:of(?:\s+the)?|not|than|in|steps?|lines?|points?|parts?|items?|questions?|)"
          R"(sentences?|paragraphs?|sections?)\s*#?$)");
  return !is_operation(before) && !matches(before, tie) && matches(text.substr(one.end), silence);
}

// The one of a line that is the verdict: the only one there is, what all comes to, what alone is
// called so, or what the reply ends with. Nothing where two may be it.
const written_number* verdict_among(std::span<const written_number> of, std::string_view text) {
  static const re2::RE2 sum(R"(=[\s*_$`(]*$)");
  const auto unlike = [](const written_number& a, const written_number& b) {
    return a.value != b.value;
  };
  if (std::ranges::adjacent_find(of, unlike) == of.end()) return &of.back();
  const auto start = line_begin(text, of.front().begin);
  if (matches(text.substr(start, of.back().begin - start), sum)) return &of.back();
  const written_number* found = nullptr;
  bool is_one = true, is_last = false;
  std::string_view before = text.substr(start, of.front().begin - start);
  for (std::size_t i = 0; i < of.size(); ++i) {
    const auto& one = of[i];
    if (i > 0) before = text.substr(of[i - 1].end, one.begin - of[i - 1].end);
    is_last = one.is_scored || is_cued(before);
    if (!is_last) continue;
    const bool goes_on =
        i + 1 < of.size() && is_operation(text.substr(one.end, of[i + 1].begin - one.end));
    is_one = is_one && !goes_on && (!found || !unlike(*found, one));
    if (!goes_on) found = &one;
  }
  if (found && is_one) return found;
  return (!found || is_last) && ends_reply(of.back(), before, text) ? &of.back() : nullptr;
}

// "I cannot give this a 10", "not worth an 8"
bool is_denied(std::string_view before) {
  static const re2::RE2 denial(
      R"((?i)(?:\bnot|n['\x{2019}]t|\bnever|\bcannot|\bhardly|\bno)(?:[\s*_"]+(?:give|giving|given|award|)"
      R"(assign|rate|rated|score|scored|deserve|merit|warrant|earn|get|worth|worthy|call|quite|)"
      R"(really|even|be|been|a|an|the|this|that|it|its|answer|response|solution|full|perfect|rating|)"
      R"(grade|mark|marks|of|as|at|above|below|more|less|than|over|under|higher|lower))*[\s*_"]+$)");
  return matches(before, denial);
}

// Its line up to it, or up to the number before it there.
std::string_view before(std::span<const written_number> all, std::size_t i, std::string_view text) {
  const auto start = line_begin(text, all[i].begin);
  const auto from = i > 0 ? std::max(start, all[i - 1].end) : start;
  return text.substr(from, all[i].begin - from);
}

bool is_called_score(std::span<const written_number> all, std::size_t i, std::string_view text) {
  return all[i].is_scored || is_cued(before(all, i, text));
}

// "2. It is clear"
bool is_of_list(const written_number& one, std::string_view text) {
  static const re2::RE2 leads(R"(^[\s>*_#-]*\(?$)"), follows(R"(^[.)][*_]*\s+[*_"'`(]*\pL)");
  const auto start = line_begin(text, one.begin);
  return matches(text.substr(start, one.begin - start), leads) &&
         matches(text.substr(one.end), follows);
}

// Those up to the last that is called the score, where a list is all that stands behind it.
std::size_t without_list(std::span<const written_number> all, std::string_view text) {
  std::size_t count = all.size();
  while (count > 0 && is_of_list(all[count - 1], text)) --count;
  return count > 0 && is_called_score(all, count - 1, text) ? count : all.size();
}

// "Confidence: 9", a line that says what else it tells.
bool is_labelled(std::string_view before) {
  static const re2::RE2 label(R"(^[^\pL\pN]*\pL+(?:\s\pL+)?[^\pL\pN:]*:[^\pL\pN]*$)"),
      own(R"((?i)overall|final|total|answer|verdict|assess|judg|mark|point|eval|conclu|result)");
  return matches(before, label) && !matches(before, own);
}

// A number above that is called the score, where the verdict found looks like none beside it.
const written_number* contradicts(std::span<const written_number> all, std::size_t found,
                                  std::string_view text) {
  const auto lead = before(all, found, text);
  if (is_called_score(all, found, text)) return nullptr;
  if (ends_reply(all[found], lead, text) && !is_labelled(lead)) return nullptr;
  for (std::size_t i = found; i-- > 0;) {
    if (all[i].value != all[found].value && is_called_score(all, i, text)) return &all[i];
  }
  return nullptr;
}

// Of a reply that is JSON what its score says, else nothing: "7.5", "8/10", no words with a number.
std::optional<std::string> score_of_json(std::string_view answer) {
  static const re2::RE2 score(
      R"((?i)^\s*-?(?:\d+(?:[.,]\d+)*|\.\d+)(?:\s*(?:/|out of|of)\s*\d+(?:[.,]\d+)*)?\s*$)");
  const auto start = trim(answer).substr(0, 1);
  if (start != "{" && start != "`") return std::nullopt;
  for (const char* key : {"final_score", "overall_score", "score", "rating", "grade", "verdict"}) {
    const std::string path[] = {key};
    json_scalar found = find_json_scalar(answer, path);
    if (!found.is_json) return std::nullopt;
    if (found.text && matches(*found.text, score)) return found.text;
  }
  return std::nullopt;
}

// Beside an end of the scale a number must look like a verdict: not as in "Step 3 is fine, so the
// maximum score of 10".
bool is_verdict_beside(const written_number& end, const written_number& one,
                       std::string_view text) {
  static const re2::RE2 markup(R"(^[^\pL\pN]*$)");
  const auto start = line_begin(text, one.begin);
  if (end.begin < start || one.is_scored) return true;
  const auto before = text.substr(start, one.begin - start);
  auto behind = text.substr(one.end);
  const auto stop = behind.find('\n');
  // "2. It is clear.\nMaximum score: 10" is a list's number.
  const bool is_beside = end.begin < one.end || end.begin - one.end < stop;
  const bool leads =
      matches(before, markup) && (is_beside || matches(behind.substr(0, stop), markup));
  return leads || is_cued(before) || ends_reply(one, before, text);
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

namespace {

read_verdict last_number_in(std::string_view answer, const judge_rule& by) {
  auto all = numbers_in(answer);
  if (all.empty()) return {{}, "the reply has no number"};
  all.erase(all.begin(),
            all.end() - static_cast<std::ptrdiff_t>(std::min(all.size(), most_numbers)));
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!is_out_of(answer.substr(all[i - 1].end, all[i].begin - all[i - 1].end))) continue;
    if (all[i].value != by.high && i + 1 == all.size()) {
      return {{},
              fmt::format("{} out of {} is on another scale than up to {}", all[i - 1].text,
                          all[i].text, by.high)};
    }
    if (all[i].value != by.high) continue;
    all[i - 1].is_scored = true;
    all[i - 1].end = all[i].end;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  const told_numbers told = without_scale(std::move(all), answer, by);
  all = told.verdicts;
  if (all.empty()) return {{}, "the reply has no number but those of the scale"};
  all.resize(without_list(all, answer));
  const auto line = answer.rfind('\n', all.back().begin);
  const auto first = std::ranges::find_if(
      all, [&](const written_number& one) { return line == answer.npos || one.begin > line; });
  const std::span<const written_number> last(first, all.end());
  const written_number* const found = verdict_among(last, answer);
  if (!found) {
    return {{},
            fmt::format("{} and {} stand in one line, and neither is called the score",
                        last.front().text, last.back().text)};
  }
  if (!told.ends.empty() && !is_verdict_beside(told.ends.back(), *found, answer)) {
    return {{},
            fmt::format("{} and {} stand in it, and neither is called the score", found->text,
                        told.ends.back().text)};
  }
  const auto at = static_cast<std::size_t>(found - all.data());
  if (is_denied(before(all, at, answer))) {
    return {{}, fmt::format("{} is what it says it does not give", found->text)};
  }
  if (const auto* other = contradicts(all, at, answer)) {
    return {
        {},
        fmt::format("{} is called the score, and {} stands below it", other->text, found->text)};
  }
  return on_scale(found->value, found->text, by);
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
  const auto told = score_of_json(answer);
  return last_number_in(told ? std::string_view(*told) : answer, by);
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

// To twelve places: of votes of 0.7 the mean is 0.7, and no double below it.
double score_on_scale(double number, const judge_rule& by) {
  return std::round((number - by.low) / (by.high - by.low) * 1e12) / 1e12;
}

}  // namespace retort::engine
