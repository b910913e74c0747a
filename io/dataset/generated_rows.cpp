#include "io/dataset/generated_rows.hpp"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "io/base/json_writer.hpp"

namespace retort::io {
namespace {

// Below `end`, which is at most 2^32.
std::size_t draw(std::uint64_t ordinal, std::string_view column, std::size_t end) {
  const std::uint64_t seed = XXH3_64bits(column.data(), column.size());
  const std::uint64_t random = XXH3_64bits_withSeed(&ordinal, sizeof ordinal, seed);
  return (random >> 32) * end >> 32;
}

class generator final : public row_source {
 public:
  generator(std::uint64_t rows, std::vector<generated_column> columns)
      : rows_(rows), columns_(std::move(columns)) {}

  result<std::optional<row>> next() override {
    if (made_ == rows_) return std::nullopt;
    text_.clear();
    json_writer json(text_);
    json.open_object();
    for (const generated_column& one : columns_) {
      json.foreign_key(one.name);
      json.raw(one.values[draw(made_, one.name, one.values.size())]);
    }
    json.close_object();
    row out;
    out.line = ++made_;
    out.text = text_;
    return out;
  }

  result<passed_rows> pass_over(std::uint64_t rows) override {
    const std::uint64_t passed = std::min(rows, rows_ - made_);
    made_ += passed;
    return passed_rows{passed, 0};
  }

 private:
  std::uint64_t rows_, made_ = 0;
  std::vector<generated_column> columns_;
  std::string text_;
};

}  // namespace

std::unique_ptr<row_source> generated_rows(std::uint64_t rows,
                                           std::vector<generated_column> columns) {
  return std::make_unique<generator>(rows, std::move(columns));
}

}  // namespace retort::io
