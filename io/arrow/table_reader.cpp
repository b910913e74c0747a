#include "io/arrow/table_reader.hpp"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "io/arrow/arrow_error.hpp"
#include "io/arrow/json_column.hpp"
#include "io/base/json_writer.hpp"

namespace retort::io {
namespace {

// Rows that are read at once, as far as a group's size tells: it does not tell of a text that many
// rows share in a dictionary, which is why they are never many. And that are said at once, in
// bytes.
constexpr std::int64_t batch_bytes = 4 << 20, most_rows = 128;
constexpr std::size_t most_said = 4 << 20;

// What the pages of a column are read through.
constexpr std::int64_t column_buffer_bytes = 256 << 10;

// Bytes that no annotation says to be more than that.
bool is_bytes(const parquet::ColumnDescriptor& leaf) {
  using enum parquet::Type::type;
  if (leaf.physical_type() != BYTE_ARRAY && leaf.physical_type() != FIXED_LEN_BYTE_ARRAY) {
    return false;
  }
  const auto said = leaf.logical_type();
  return !said || !(said->is_string() || said->is_enum() || said->is_JSON() || said->is_decimal() ||
                    said->is_UUID() || said->is_float16());
}

// The map that a leaf belongs to, the outermost: it is read whole or not at all.
const parquet::schema::Node* map_around(const parquet::ColumnDescriptor& leaf) {
  const parquet::schema::Node* found = nullptr;
  for (auto* node = leaf.schema_node()->parent(); node; node = node->parent()) {
    if (node->logical_type() && node->logical_type()->is_map()) found = node;
  }
  return found;
}

std::vector<int> readable_leaves(const parquet::SchemaDescriptor& schema) {
  std::vector<const parquet::schema::Node*> left_out;
  for (int n = 0; n < schema.num_columns(); ++n) {
    if (is_bytes(*schema.Column(n))) left_out.push_back(map_around(*schema.Column(n)));
  }
  std::vector<int> out;
  for (int n = 0; n < schema.num_columns(); ++n) {
    const auto* const map = map_around(*schema.Column(n));
    const bool is_of_such = map && std::ranges::find(left_out, map) != left_out.end();
    if (!is_bytes(*schema.Column(n)) && !is_of_such) out.push_back(n);
  }
  return out;
}

class table_reader final : public parquet_file {
 public:
  explicit table_reader(std::string path) : path_(std::move(path)) {}

  result<void> open() {
    return without_exceptions<result<void>>(path_, errc::unreadable, [this] { return try_open(); });
  }
  std::uint64_t rows() const override {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, reader_->parquet_reader()->metadata()->num_rows()));
  }
  result<bool> next(row_texts& out) override {
    return without_exceptions<result<bool>>(path_, errc::unreadable, [&] { return try_next(out); });
  }
  result<std::uint64_t> pass_over(std::uint64_t rows) override {
    return without_exceptions<result<std::uint64_t>>(path_, errc::unreadable,
                                                     [&] { return try_passing(rows); });
  }

 private:
  result<void> try_open() {
    const auto file = arrow::io::ReadableFile::Open(path_, arrow::default_memory_pool());
    if (!file.ok()) return wrong(file.status());
    parquet::ReaderProperties how(arrow::default_memory_pool());
    how.enable_buffered_stream();
    how.set_buffer_size(column_buffer_bytes);
    how.set_page_checksum_verification(true);
    parquet::arrow::FileReaderBuilder builder;
    if (auto opened = builder.Open(*file, how); !opened.ok()) return wrong(opened);
    parquet::ArrowReaderProperties as(false);
    as.set_pre_buffer(false);
    as.set_arrow_extensions_enabled(true);
    // In nanoseconds, Arrow's default for them, the years 1677 to 2262 are all there are.
    as.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
    builder.memory_pool(arrow::default_memory_pool())->properties(as);
    if (auto built = builder.Build(&reader_); !built.ok()) return wrong(built);
    leaves_ = readable_leaves(*reader_->parquet_reader()->metadata()->schema());
    return check_types();
  }

  // Before any row is asked for.
  result<void> check_types() {
    std::shared_ptr<arrow::Schema> schema;
    if (auto got = reader_->GetSchema(&schema); !got.ok()) return wrong(got);
    std::set<std::string_view> seen;
    for (const auto& field : schema->fields()) {
      if (!seen.insert(field->name()).second) {
        return error{errc::unreadable, fmt::format("{}: two columns are named \"{}\"", path_,
                                                   one_line(field->name(), 60))};
      }
      if (is_said_in_json(*field->type()) || holds_bytes(*field->type())) continue;
      return error{
          errc::unreadable,
          fmt::format("{}: column {} is of a type that cannot be read, {}", path_,
                      one_line(field->name(), 60), one_line(field->type()->ToString(), 60))};
    }
    return {};
  }

  static bool holds_bytes(const arrow::DataType& type) {
    if (arrow::is_binary(type.id()) || type.id() == arrow::Type::BINARY_VIEW ||
        type.id() == arrow::Type::FIXED_SIZE_BINARY || type.id() == arrow::Type::EXTENSION) {
      return true;
    }
    return std::ranges::any_of(type.fields(),
                               [](const auto& one) { return holds_bytes(*one->type()); });
  }

  result<bool> try_next(row_texts& out) {
    out.bytes.clear();
    out.ends.clear();
    const auto more = has_more();
    if (more && *more) say(out);
    return more;
  }

  result<std::uint64_t> try_passing(std::uint64_t rows) {
    auto left = static_cast<std::int64_t>(rows);
    while (left > 0) {
      left -= whole_groups(left);
      if (left == 0) break;
      const auto more = has_more();
      if (!more) return more.error();
      if (!*more) break;
      const std::int64_t passed = std::min(left, batch_->num_rows() - next_row_);
      next_row_ += passed;
      left -= passed;
    }
    return rows - static_cast<std::uint64_t>(left);
  }

  // Those at hand that have no more rows than these, where one is just to begin.
  std::int64_t whole_groups(std::int64_t rows) {
    if (group_ || has_rows()) return 0;
    std::int64_t passed = 0;
    while (next_group_ < reader_->num_row_groups()) {
      const auto next = reader_->parquet_reader()->metadata()->RowGroup(next_group_)->num_rows();
      if (passed + next > rows) break;
      passed += next;
      ++next_group_;
    }
    return passed;
  }

  bool has_rows() const { return batch_ && next_row_ < batch_->num_rows(); }

  // Makes the next row one of batch_; false at the end.
  result<bool> has_more() {
    while (!has_rows()) {
      if (!group_ && !begin_group()) return false;
      if (auto begun = begun_; !begun.ok()) return wrong(begun);
      if (auto got = group_->ReadNext(&batch_); !got.ok()) return wrong(got);
      if (!batch_) group_.reset();
      if (!batch_) continue;
      if (auto begun = begin_batch(); !begun) return begun.error();
    }
    return true;
  }

  // False where there is no further one.
  bool begin_group() {
    if (next_group_ == reader_->num_row_groups()) return false;
    const auto about = reader_->parquet_reader()->metadata()->RowGroup(next_group_);
    const std::int64_t bytes_per_row = std::max<std::int64_t>(
        1, about->total_byte_size() / std::max<std::int64_t>(1, about->num_rows()));
    reader_->set_batch_size(std::clamp<std::int64_t>(batch_bytes / bytes_per_row, 1, most_rows));
    auto group = reader_->GetRecordBatchReader({next_group_++}, leaves_);
    begun_ = group.status();
    if (group.ok()) group_ = std::move(*group);
    return group.ok() || !begun_.ok();
  }

  result<void> begin_batch() {
    next_row_ = 0;
    keys_.clear();
    columns_.clear();
    if (auto valid = batch_->Validate(); !valid.ok()) return wrong(valid);
    for (int n = 0; n < batch_->num_columns(); ++n) {
      columns_.push_back(make_json_column(*batch_->column(n)));
      if (!columns_.back()) {
        return wrong(arrow::Status::Invalid("a column's type is not its schema's"));
      }
      keys_.push_back(n == 0 ? "{" : ",");
      append_json_string(keys_.back(), batch_->column_name(n));
      keys_.back() += ':';
    }
    return {};
  }

  void say(row_texts& out) {
    for (; next_row_ < batch_->num_rows() && out.bytes.size() < most_said; ++next_row_) {
      if (columns_.empty()) out.bytes += '{';
      for (std::size_t n = 0; n < columns_.size(); ++n) {
        out.bytes += keys_[n];
        columns_[n]->append(next_row_, out.bytes);
      }
      out.bytes += '}';
      out.ends.push_back(out.bytes.size());
    }
  }

  error wrong(const arrow::Status& why) const {
    return arrow_error(path_ + ": cannot be read as Parquet", why, errc::unreadable);
  }

  std::string path_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::vector<int> leaves_;
  int next_group_ = 0;
  std::unique_ptr<arrow::RecordBatchReader> group_;
  arrow::Status begun_;
  std::shared_ptr<arrow::RecordBatch> batch_;  // whose rows from next_row_ on are still to be said
  std::int64_t next_row_ = 0;
  std::vector<std::string> keys_;  // what stands before each value of a row
  std::vector<std::unique_ptr<json_column>> columns_;
};

}  // namespace

result<std::unique_ptr<parquet_file>> open_table(const std::string& path) {
  auto made = std::make_unique<table_reader>(path);
  if (auto opened = made->open(); !opened) return opened.error();
  return made;
}

}  // namespace retort::io
