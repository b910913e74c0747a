#include "io/arrow/table_writer.hpp"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <simdjson.h>

#include <cstring>
#include <optional>
#include <string>

#include "io/arrow/arrow_error.hpp"
#include "io/arrow/json_builder.hpp"

namespace retort::io {
namespace {

// Hands on what Arrow writes, and keeps what went wrong with that.
class taken_stream final : public arrow::io::OutputStream {
 public:
  explicit taken_stream(byte_taker& to) : to_(&to) {}

  using OutputStream::Write;
  arrow::Status Write(const void* data, std::int64_t bytes) override {
    const auto put = to_->take({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
    position_ += bytes;
    if (put) return arrow::Status::OK();
    failure_ = put.error();
    return arrow::Status::IOError(put.error().message);
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }
  const std::optional<error>& failure() const { return failure_; }

 private:
  byte_taker* to_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::optional<error> failure_;
};

std::shared_ptr<parquet::WriterProperties> how_to_write() {
  parquet::WriterProperties::Builder how;
  how.memory_pool(arrow::default_memory_pool());
  how.compression(arrow::Compression::ZSTD);
  how.compression_level(1);
  how.enable_page_checksum();
  return how.build();
}

class table_writer final : public parquet_table {
 public:
  table_writer(const std::vector<parquet_column>& columns, byte_taker& to)
      : columns_(columns), stream_(std::make_shared<taken_stream>(to)) {
    for (const auto& one : columns_) builders_.push_back(make_json_builder(one));
  }

  result<void> begin() {
    return guarded([this] {
      arrow::FieldVector fields;
      for (const auto& one : columns_) fields.push_back(arrow::field(one.name, arrow_type(one)));
      schema_ = arrow::schema(std::move(fields));
      return parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), stream_,
                                              how_to_write())
          .Value(&writer_);
    });
  }
  result<void> append(std::string_view object) override {
    return guarded([&] { return try_append(object); });
  }
  result<void> end_group() override {
    return guarded([this] { return try_end_group(); });
  }
  result<void> finish() override {
    return guarded([this] {
      ARROW_RETURN_NOT_OK(try_end_group());
      return writer_->Close();
    });
  }

 private:
  // What failed once is not gone on with: Arrow may be anywhere.
  template <class Run>
  result<void> guarded(const Run& run) {
    if (failure_) return *failure_;
    auto done = without_exceptions<result<void>>("Parquet", errc::bug, [&]() -> result<void> {
      const arrow::Status status = run();
      if (status.ok()) return {};
      return arrow_error("Parquet", status, errc::bug);
    });
    if (done) return done;
    failure_ = stream_->failure() ? *stream_->failure() : done.error();
    return *failure_;
  }

  arrow::Status try_append(std::string_view object) {
    if (padded_.size() < object.size() + simdjson::SIMDJSON_PADDING) {
      padded_.resize(2 * object.size() + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(padded_.data(), object.data(), object.size());
    simdjson::ondemand::document document;
    simdjson::ondemand::object row;
    const bool is_none =
        parser_.iterate(padded_.data(), object.size(), padded_.size()).get(document) ||
        document.get_object().get(row);
    if (is_none) return arrow::Status::Invalid("a row is no JSON object");
    ARROW_ASSIGN_OR_RAISE(const bool is_whole, append_members(row, columns_, builders_));
    if (!is_whole) return arrow::Status::Invalid("a row is no JSON object");
    ++rows_;
    return arrow::Status::OK();
  }

  arrow::Status try_end_group() {
    if (rows_ == 0) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(writer_->NewRowGroup());
    // A column's memory is given back before the next one is encoded.
    for (const auto& one : builders_) {
      ARROW_ASSIGN_OR_RAISE(const auto column, one->arrow()->Finish());
      ARROW_RETURN_NOT_OK(writer_->WriteColumnChunk(*column));
    }
    rows_ = 0;
    return arrow::Status::OK();
  }

  std::vector<parquet_column> columns_;
  std::shared_ptr<taken_stream> stream_;
  std::vector<std::unique_ptr<json_builder>> builders_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  simdjson::ondemand::parser parser_;
  std::string padded_;
  std::int64_t rows_ = 0;  // since the last group's end
  std::optional<error> failure_;
};

}  // namespace

result<std::unique_ptr<parquet_table>> begin_table(const std::vector<parquet_column>& columns,
                                                   byte_taker& to) {
  auto made = std::make_unique<table_writer>(columns, to);
  if (auto begun = made->begin(); !begun) return begun.error();
  return made;
}

}  // namespace retort::io
