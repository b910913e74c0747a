// JSON values as an Arrow array: one column, built row by row. Any thread with one of its own.
#pragma once

#include <arrow/api.h>
#include <simdjson.h>

#include <memory>

#include "io/parquet/parquet_module.hpp"

namespace retort::io {

class json_builder {
 public:
  virtual ~json_builder() = default;
  // One more value; null where it is not of the column's type.
  virtual arrow::Status append(simdjson::ondemand::value value) = 0;
  arrow::Status append_null() { return arrow_->AppendNull(); }
  const std::shared_ptr<arrow::ArrayBuilder>& arrow() const { return arrow_; }

 protected:
  explicit json_builder(std::shared_ptr<arrow::ArrayBuilder> arrow) : arrow_(std::move(arrow)) {}

 private:
  std::shared_ptr<arrow::ArrayBuilder> arrow_;
};

std::shared_ptr<arrow::DataType> arrow_type(const parquet_column& of);
std::unique_ptr<json_builder> make_json_builder(const parquet_column& of);

// Appends an object's members to the columns of their names, and null to all others. False where it
// is none; then some columns have a value more than others.
arrow::Result<bool> append_members(simdjson::ondemand::object object,
                                   const std::vector<parquet_column>& columns,
                                   const std::vector<std::unique_ptr<json_builder>>& to);

}  // namespace retort::io
