#include "tools/mock/answers/replay.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <fstream>

namespace retort::mock {
namespace {

constexpr std::size_t beginning_bytes = 12;

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

// A string's content; of anything else its JSON.
result<std::string> field_of(simdjson::dom::element row, const std::string& name) {
  simdjson::dom::element value;
  if (row[name].get(value)) return error{errc::dataset, "no field \"" + name + "\""};
  std::string_view text;
  if (!value.get(text)) return std::string(text);
  return std::string(simdjson::minify(value));
}

}  // namespace

result<replay_table> replay_table::read(const std::string& path, const std::string& match,
                                        const std::string& reply) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return error{errc::unreadable, "cannot open " + path};
  replay_table table;
  simdjson::dom::parser parser;
  std::string line;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    if (trim(line).empty()) continue;
    simdjson::dom::element row;
    if (parser.parse(line).get(row) || !row.is_object()) {
      return error{errc::dataset, fmt::format("{}:{}: not a JSON object", path, number)};
    }
    const result<std::string> text = field_of(row, match);
    result<std::string> answer = field_of(row, reply);
    if (!text || !answer) {
      const error& missing = text ? answer.error() : text.error();
      return error{errc::dataset, fmt::format("{}:{}: {}", path, number, missing.message)};
    }
    table.add(trim(*text), std::move(*answer));
  }
  if (file.bad()) return error{errc::unreadable, "cannot read " + path};
  return table;
}

void replay_table::add(std::string_view text, std::string reply) {
  if (text.empty() || by_text_.contains(text)) return;
  const row& added = rows_.emplace_back(row{std::string(text), std::move(reply), rows_.size()});
  by_text_.emplace(added.text, &added);
  if (text.size() < beginning_bytes) {
    short_rows_.push_back(&added);
  } else {
    by_beginning_[std::string_view(added.text).substr(0, beginning_bytes)].push_back(&added);
  }
}

std::optional<std::string> replay_table::find(std::string_view prompt, std::size_t rows_off) const {
  const auto equal = by_text_.find(trim(prompt));
  const row* found = equal != by_text_.end() ? equal->second : find_contained(prompt);
  if (found == nullptr) return std::nullopt;
  return rows_[(found->index + rows_off) % rows_.size()].reply;
}

const replay_table::row* replay_table::find_contained(std::string_view prompt) const {
  const row* best = nullptr;
  const auto consider = [&best](const row* candidate) {
    if (best == nullptr || candidate->text.size() > best->text.size()) best = candidate;
  };
  for (std::size_t at = 0; at + beginning_bytes <= prompt.size(); ++at) {
    const auto candidates = by_beginning_.find(prompt.substr(at, beginning_bytes));
    if (candidates == by_beginning_.end()) continue;
    for (const row* candidate : candidates->second) {
      if (prompt.substr(at).starts_with(candidate->text)) consider(candidate);
    }
  }
  if (best != nullptr) return best;
  for (const row* candidate : short_rows_) {
    if (prompt.find(candidate->text) != std::string_view::npos) consider(candidate);
  }
  return best;
}

}  // namespace retort::mock
