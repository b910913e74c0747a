#include "engine/answers/code_answer.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/answers/answer_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

struct fence {
  char mark = '`';
  std::size_t indent = 0, length = 0;
  std::string_view info;  // what follows, trimmed
};

struct block {
  std::string language;  // lower-case; empty where the fence names none
  std::string code;
};

// Without its line break, which goes too.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// In a list's item a fence may stand far to the right.
std::optional<fence> fence_in(std::string_view line) {
  fence found;
  found.indent = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(found.indent);
  if (!line.starts_with("```") && !line.starts_with("~~~")) return std::nullopt;
  found.mark = line[0];
  found.length = std::min(line.find_first_not_of(found.mark), line.size());
  found.info = trim(line.substr(found.length));
  // ```x``` is a piece of a sentence.
  if (found.mark == '`' && found.info.find('`') != std::string_view::npos) return std::nullopt;
  return found;
}

bool closes(const std::optional<fence>& later, const fence& opening) {
  return later && later->mark == opening.mark && later->length >= opening.length &&
         later->info.empty();
}

// "python", of "python title=x" and "{.python .numberLines}" too.
std::string language_of(std::string_view info) {
  const auto start = std::min(info.find_first_not_of("{. "), info.size());
  info.remove_prefix(start);
  info = info.substr(0, info.find_first_of(" \t,;:{}"));
  std::string word(info);
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

std::string_view without_indent(std::string_view line, std::size_t most) {
  const auto blanks = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(std::min(blanks, most));
}

block take_block(const fence& opening, std::string_view& text) {
  block found{language_of(opening.info), {}};
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (closes(fence_in(line), opening)) break;
    found.code.append(without_indent(line, opening.indent)) += '\n';
  }
  return found;
}

std::vector<block> blocks_in(std::string_view text) {
  std::vector<block> found;
  while (!text.empty()) {
    const auto opening = fence_in(take_line(text));
    if (opening) found.push_back(take_block(*opening, text));
  }
  return found;
}

bool shows_session(const block& one) { return trim(one.code).starts_with(">>>"); }

}  // namespace

std::string find_code_answer(std::string_view completion, std::span<const std::string_view> names) {
  const std::string_view answer = answer_part(completion);
  const std::vector<block> blocks = blocks_in(answer);
  std::string joined;
  for (const block& one : blocks) {
    const bool named = std::ranges::find(names, one.language) != names.end();
    if (named && !shows_session(one)) joined += one.code;
  }
  if (!joined.empty()) return joined;
  for (const block& one : blocks) {
    if (one.language.empty()) return one.code;
  }
  return std::string(answer);
}

}  // namespace retort::engine
