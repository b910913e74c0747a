#include "engine/filters/contamination.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "engine/filters/words.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/prompt/template_context.hpp"
#include "io/dataset/dataset.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;

// A text, or a list of texts; a number as it is written, nothing for null.
template <class Take>
bool take_texts(element value, const Take& take) {
  std::string_view text;
  simdjson::dom::array list;
  if (!value.get(text)) {
    take(text);
    return true;
  }
  if (!value.get(list)) {
    for (const element one : list) {
      if (!take_texts(one, take)) return false;
    }
    return true;
  }
  if (value.is<simdjson::dom::object>()) return false;
  if (!value.is_null()) take(providers::exact_json(value));
  return true;
}

error at_row(const io::dataset_reader& from, const io::row& row, std::string_view what) {
  return {errc::usage,
          fmt::format("filter.decontaminate: {}:{}: {}", from.file_name(row.file), row.line, what)};
}

template <class Take>
result<void> take_field(element record, const std::string& field, const Take& take) {
  const template_context context{record, nullptr};
  element value;
  if (find(context, field).get(value)) return explain(context, field);
  if (!take_texts(value, take)) {
    return error{errc::usage, fmt::format("the field {} is an object, and no text", field)};
  }
  return {};
}

}  // namespace

result<contamination> contamination::load(const decontaminate_config& from) {
  contamination made;
  made.n_ = from.n;
  made.part_ = (from.n + 1) / 2;
  made.fields_ = from.fields;
  auto reader = io::dataset_reader::open(from.against);
  if (!reader) {
    return error{reader.error().code, "filter.decontaminate.against: " + reader.error().message};
  }
  providers::json_parser parser;
  for (;;) {
    auto row = reader->next();
    if (!row) return row.error();
    if (!*row) return made;
    if (!(*row)->problem.empty()) return at_row(*reader, **row, (*row)->problem);
    const auto record = parse_record(parser, (*row)->text);
    if (!record) return at_row(*reader, **row, record.error().message);
    const std::uint32_t file = (*row)->file;
    while (made.files_.size() <= file) {
      made.files_.push_back(reader->file_name(static_cast<std::uint32_t>(made.files_.size())));
    }
    for (std::uint32_t field = 0; field < made.fields_.size(); ++field) {
      const auto take = [&](std::string_view text) { made.add(text, {file, field, (*row)->line}); };
      const auto taken = take_field(*record, made.fields_[field], take);
      if (!taken) return at_row(*reader, **row, taken.error().message);
    }
  }
}

// The first text that has some words is the one that is told.
void contamination::add(std::string_view text, const place& where) {
  const auto words = words_of(text, symbols::part_words);
  if (words.empty()) return;
  const auto number = static_cast<std::uint32_t>(places_.size());
  places_.push_back(where);
  fingerprint_ = fingerprint_ * 0x9E3779B97F4A7C15 + hash_of_words(words);
  if (words.size() < n_) {
    short_texts_.emplace(hash_of_words(words), number);
    return;
  }
  for_grams(words, n_, [&](std::uint64_t gram) {
    grams_.emplace(gram, number);
    return true;
  });
  for_grams(words, part_, [&](std::uint64_t gram) {
    parts_.insert(gram);
    return true;
  });
}

std::string contamination::describe(std::uint32_t number, std::string_view how_much) const {
  const place& where = places_[number];
  return fmt::format("{} of {}:{} ({})", how_much, files_[where.file], where.line,
                     fields_[where.field]);
}

std::optional<std::string> contamination::find_in(std::string_view text) const {
  const auto words = words_of(text, symbols::part_words);
  if (!words.empty() && words.size() < n_) {
    const auto whole = short_texts_.find(hash_of_words(words));
    if (whole != short_texts_.end()) return describe(whole->second, "all");
  }
  return find_run(words);
}

std::optional<std::string> contamination::find_run_in(std::string_view text) const {
  return find_run(words_of(text, symbols::part_words));
}

std::optional<std::string> contamination::find_run(std::span<const std::uint64_t> all) const {
  const std::uint32_t* met = nullptr;
  for (std::size_t at = 0; at + part_ <= all.size() && !met; at += part_) {
    if (has_part(all.subspan(at, part_))) met = find_around(all, at);
  }
  if (!met) return std::nullopt;
  return describe(*met, fmt::format("{} words", n_));
}

bool contamination::has_part(std::span<const std::uint64_t> words) const {
  bool has = false;
  for_grams(words, part_, [&](std::uint64_t gram) {
    has = parts_.contains(gram);
    return true;
  });
  return has;
}

// The first n words in a row whose first part at a place that is looked at is the one at `at`.
const std::uint32_t* contamination::find_around(std::span<const std::uint64_t> words,
                                                std::size_t at) const {
  const std::size_t first = at < part_ ? 0 : at + 1 - part_;
  const std::size_t end = std::min(at + n_, words.size());
  const std::uint32_t* met = nullptr;
  for_grams(words.subspan(first, end - first), n_, [&](std::uint64_t gram) {
    const auto found = grams_.find(gram);
    if (found != grams_.end()) met = &found->second;
    return !met;
  });
  return met;
}

}  // namespace retort::engine
