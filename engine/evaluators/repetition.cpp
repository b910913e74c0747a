#include "engine/evaluators/repetition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t looked_at = std::size_t{256} << 10;

// A refrain, a row of a table or a list of zeros is none: what counts is longer and comes more
// often.
constexpr std::size_t fewest_rounds = 4;
constexpr std::size_t fewest_words = 24;
constexpr std::size_t longest_unit = 64;    // words of one round
constexpr std::size_t shortest_tail = 120;  // bytes
constexpr std::size_t shortest_line = 20;   // bytes

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(blank, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(blank, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// The bytes of words that are said on end, whatever the length of a round.
std::size_t bytes_in_word_loops(const std::vector<std::string_view>& words) {
  std::vector<char> loops(words.size());
  for (std::size_t unit = 1; unit <= longest_unit && unit * fewest_rounds <= words.size(); ++unit) {
    std::size_t same = 0;
    for (std::size_t i = unit; i <= words.size(); ++i) {
      if (i < words.size() && words[i] == words[i - unit]) {
        ++same;
        continue;
      }
      const std::size_t length = same + unit;
      if (length >= std::max(fewest_words, unit * fewest_rounds)) {
        std::fill_n(loops.begin() + static_cast<std::ptrdiff_t>(i - length), length, 1);
      }
      same = 0;
    }
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < words.size(); ++i) bytes += loops[i] ? words[i].size() + 1 : 0;
  return bytes;
}

// The longest end of the text that is one piece over and over, the last round perhaps cut off: by
// the prefix function of the text read backwards.
std::size_t bytes_in_tail(std::string_view text) {
  std::vector<std::uint32_t> border(text.size());
  const auto at = [&](std::size_t i) { return text[text.size() - 1 - i]; };
  std::size_t longest = 0;
  for (std::size_t i = 1, k = 0; i < text.size(); ++i) {
    while (k > 0 && at(i) != at(k)) k = border[k - 1];
    k += at(i) == at(k);
    border[i] = static_cast<std::uint32_t>(k);
    const std::size_t length = i + 1, unit = length - k;
    if (length >= std::max(shortest_tail, unit * fewest_rounds)) longest = length;
  }
  return longest;
}

std::size_t bytes_in_repeated_lines(std::string_view text) {
  std::unordered_map<std::string_view, std::size_t> times;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (trim(line).size() >= shortest_line) ++times[trim(line)];
  }
  std::size_t bytes = 0;
  for (const auto& [line, count] : times) {
    if (count >= fewest_rounds) bytes += (line.size() + 1) * count;
  }
  return bytes;
}

judgement look_for_loops(const candidate& what) {
  const double share = looping_share(what.answer);
  if (share == 0) return right_or_wrong(true, "");
  return {1 - share, fmt::format("{:.0f}% of it goes round in circles", share * 100)};
}

result<evaluator> make_repetition(const evaluator_config&) { return evaluator{look_for_loops}; }

}  // namespace

double looping_share(std::string_view text) {
  text = trim(text);
  if (text.size() > looked_at) text.remove_prefix(text.size() - looked_at);
  if (text.size() < shortest_line * fewest_rounds) return 0;
  const std::size_t bytes = std::max(
      {bytes_in_word_loops(words_of(text)), bytes_in_tail(text), bytes_in_repeated_lines(text)});
  return std::min(1.0, static_cast<double>(bytes) / static_cast<double>(text.size()));
}

evaluator_kind repetition() {
  return {"repetition",
          {rows::key(shapes::verdicts, "evaluate[].repetition", value_kind::section, "",
                     "one less the share of the completion that goes round in circles")},
          make_repetition};
}

}  // namespace retort::engine
