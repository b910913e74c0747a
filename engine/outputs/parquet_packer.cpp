#include "engine/outputs/parquet_packer.hpp"

namespace retort::engine {
namespace {

class sink_bytes final : public io::byte_taker {
 public:
  explicit sink_bytes(io::sink& to) : to_(&to) {}
  result<void> take(std::string_view bytes) override { return to_->append(bytes); }

 private:
  io::sink* to_;
};

class parquet_packer final : public io::packer {
 public:
  parquet_packer(io::sink& out, std::size_t group) : bytes_(out), group_(group) {}

  result<void> begin(const std::vector<io::parquet_column>& columns) {
    const auto module = io::load_parquet_module();
    if (!module) return module.error();
    auto begun = (*module)->write(columns, bytes_);
    if (!begun) return begun.error();
    table_ = std::move(*begun);
    return {};
  }

  result<void> append(std::string_view line, io::sink&) override {
    if (line.empty()) return {};
    if (auto put = table_->append(line); !put) return put;
    in_group_ += line.size();
    if (in_group_ < group_) return {};
    in_group_ = 0;
    return table_->end_group();
  }
  result<void> end(io::sink&) override { return table_->finish(); }

 private:
  sink_bytes bytes_;
  std::size_t group_;
  std::unique_ptr<io::parquet_table> table_;
  std::size_t in_group_ = 0;  // bytes of lines
};

}  // namespace

result<std::unique_ptr<io::packer>> make_parquet_packer(
    const std::vector<io::parquet_column>& columns, io::sink& out, std::size_t group) {
  auto made = std::make_unique<parquet_packer>(out, group);
  if (auto begun = made->begin(columns); !begun) return begun.error();
  return made;
}

}  // namespace retort::engine
