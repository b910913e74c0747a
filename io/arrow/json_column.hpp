// Values of an Arrow array as JSON text. Any thread with one of its own.
#pragma once

#include <arrow/api.h>

#include <cstdint>
#include <memory>
#include <string>

namespace retort::io {

class json_column {
 public:
  virtual ~json_column() = default;
  // Appends the value at `row`; null where there is none.
  void append(std::int64_t row, std::string& out) const {
    if (values_->IsNull(row)) {
      out += "null";
    } else {
      append_valid(row, out);
    }
  }

 protected:
  explicit json_column(const arrow::Array& values) : values_(&values) {}
  virtual void append_valid(std::int64_t row, std::string& out) const = 0;

 private:
  const arrow::Array* values_;
};

// Null for a type that has no JSON; `values` outlives it.
std::unique_ptr<json_column> make_json_column(const arrow::Array& values);

// Whether there is one for the type. What it becomes: io/dataset/parquet.md.
bool is_said_in_json(const arrow::DataType& type);

}  // namespace retort::io
