// What retort_parquet.so is to the program that loads it.
#include "io/arrow/table_reader.hpp"
#include "io/arrow/table_writer.hpp"
#include "io/parquet/parquet_module.hpp"

namespace retort::io {
namespace {

class arrow_module final : public parquet_module {
 public:
  result<std::unique_ptr<parquet_file>> read(const std::string& path) const override {
    return open_table(path);
  }
  result<std::unique_ptr<parquet_table>> write(const std::vector<parquet_column>& columns,
                                               byte_taker& to) const override {
    return begin_table(columns, to);
  }
};

}  // namespace
}  // namespace retort::io

extern "C" [[gnu::visibility("default")]] const retort::io::parquet_module* retort_parquet_2() {
  static const retort::io::arrow_module module;
  return &module;
}
