#include "io/dataset/csv.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <set>
#include <vector>

#include "io/base/json_writer.hpp"
#include "io/dataset/csv_splitter.hpp"

namespace retort::io {
namespace {

constexpr std::size_t most_columns = 100'000;  // each row names them all, in memory

std::string_view describe(csv_fault fault) {
  switch (fault) {
    case csv_fault::none: return "";
    case csv_fault::stray_quote: return "a quote inside a field that does not begin with one";
    case csv_fault::text_after_quote:
      return "text after the closing quote (a quote inside quotes is written twice)";
    case csv_fault::lone_carriage_return:
      return "a carriage return without a newline outside quotes";
    case csv_fault::unclosed_quote: return "the quote is not closed before the end of the file";
    case csv_fault::too_long: return "the row becomes too long here; is a quote left open?";
  }
  return "";
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text); }

class csv_reader final : public row_source {
 public:
  csv_reader(std::unique_ptr<byte_source> text, std::size_t max_row, std::size_t block,
             char delimiter)
      : text_(std::move(text)), block_(block), splitter_(max_row, delimiter) {}

  result<std::optional<row>> next() override {
    if (names_.empty()) {
      const auto header = read_header();
      if (!header) return header.error();
    }
    const auto more = read_record();
    if (!more) return more.error();
    if (!*more) return std::nullopt;
    return to_row(splitter_.record());
  }

 private:
  // False at the end of the file.
  result<bool> read_record() {
    while (!splitter_.feed(unread_)) {
      const auto got = text_->read(block_);
      if (!got) return got.error();
      if (*got == 0) return splitter_.finish();
      unread_ = {block_.data(), *got};
    }
    return true;
  }

  result<void> read_header() {
    const auto more = read_record();
    if (!more) return more.error();
    if (!*more) return {};
    const csv_record& header = splitter_.record();
    if (const std::string problem = header_problem(header); !problem.empty()) {
      return error{errc::dataset,
                   fmt::format("{}:{}: in the header, {}", text_->name(), header.line, problem)};
    }
    for (std::size_t i = 0; i < header.size(); ++i) names_.emplace_back(header.field(i));
    return {};
  }

  std::string header_problem(const csv_record& header) const {
    if (std::string problem = text_problem(header); !problem.empty()) return problem;
    if (header.size() > most_columns) {
      return fmt::format("{} columns; expected {} at most", header.size(), most_columns);
    }
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < header.size(); ++i) {
      const std::string_view name = header.field(i);
      if (name.empty()) continue;
      if (!seen.insert(name).second) return fmt::format("two columns are named \"{}\"", name);
    }
    return seen.empty() ? "no column has a name" : "";
  }

  row to_row(const csv_record& record) {
    row made;
    made.line = record.line;
    made.problem = row_problem(record);
    if (made.problem.empty()) made.text = to_json(record);
    return made;
  }

  std::string row_problem(const csv_record& record) const {
    if (std::string problem = text_problem(record); !problem.empty()) return problem;
    if (record.size() == names_.size()) return "";
    return fmt::format("the row's number of fields is {}, the header's {}", record.size(),
                       names_.size());
  }

  // The commas between the fields keep what is bad at the end of one from completing the next:
  // one look at the whole is a look at each.
  std::string text_problem(const csv_record& record) const {
    if (record.fault != csv_fault::none) {
      return fmt::format("{}: {}", column(record.faulty_field), describe(record.fault));
    }
    if (is_utf8(record.text)) return "";
    std::size_t bad = 0;
    while (is_utf8(record.field(bad))) ++bad;
    return fmt::format("{}: not valid UTF-8", column(bad));
  }

  std::string column(std::size_t i) const {
    if (i >= names_.size() || names_[i].empty()) return fmt::format("column {}", i + 1);
    return fmt::format("column {} (\"{}\")", i + 1, names_[i]);
  }

  std::string_view to_json(const csv_record& record) {
    json_.clear();
    json_writer json(json_);
    json.open_object();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].empty()) continue;
      json.foreign_key(names_[i]);
      json.value(record.field(i));
    }
    json.close_object();
    return json_;
  }

  std::unique_ptr<byte_source> text_;
  std::vector<char> block_;
  std::string_view unread_;  // of block_
  csv_splitter splitter_;
  std::vector<std::string> names_;  // the columns'; empty until the header is read
  std::string json_;
};

}  // namespace

std::unique_ptr<row_source> csv_rows(std::unique_ptr<byte_source> text, std::size_t max_row,
                                     std::size_t block, char delimiter) {
  return std::make_unique<csv_reader>(std::move(text), max_row, block, delimiter);
}

}  // namespace retort::io
