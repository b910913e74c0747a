#include "io/dataset/jsonl.hpp"

#include <fmt/format.h>

#include "io/dataset/line_splitter.hpp"

namespace retort::io {
namespace {

bool is_blank(const line& l) {
  return !l.too_long && l.text.find_first_not_of(" \t\r") == std::string_view::npos;
}

class jsonl_reader final : public row_source {
 public:
  jsonl_reader(std::unique_ptr<byte_source> text, std::size_t max_row, std::size_t block)
      : lines_(std::move(text), max_row, block), max_row_(max_row) {}

  result<std::optional<row>> next() override {
    auto next = lines_.next();
    while (next && *next && is_blank(**next)) next = lines_.next();
    if (!next) return next.error();
    if (!*next) return std::nullopt;
    return to_row(**next);
  }

 private:
  row to_row(const line& l) const {
    row made;
    made.line = l.number;
    made.text = l.text;
    if (l.too_long) made.problem = fmt::format("longer than {} bytes", max_row_);
    return made;
  }

  line_splitter lines_;
  std::size_t max_row_;
};

}  // namespace

std::unique_ptr<row_source> jsonl_rows(std::unique_ptr<byte_source> text, std::size_t max_row,
                                       std::size_t block) {
  return std::make_unique<jsonl_reader>(std::move(text), max_row, block);
}

}  // namespace retort::io
