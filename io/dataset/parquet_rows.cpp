#include "io/dataset/parquet_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "io/parquet/parquet_module.hpp"

namespace retort::io {
namespace {

result<std::unique_ptr<parquet_file>> open(const std::string& path) {
  const auto module = load_parquet_module();
  if (!module) return error{module.error().code, path + ": " + module.error().message};
  return (*module)->read(path);
}

class parquet_reader final : public row_source {
 public:
  parquet_reader(std::string path, std::unique_ptr<parquet_file> opened, const interrupt& stop,
                 std::atomic<std::uint64_t>& bytes_read)
      : path_(std::move(path)), file_(std::move(opened)), stop_(stop), bytes_read_(bytes_read) {
    std::error_code ec;
    const auto size = std::filesystem::file_size(path_, ec);
    if (!ec) size_ = size;
  }

  result<std::optional<row>> next() override {
    if (position_ == texts_.ends.size()) {
      if (stop_.is_raised()) return error{errc::cancelled, path_ + ": reading was stopped"};
      position_ = 0;
      const auto got = file_->next(texts_);
      if (!got) return got.error();
      if (!*got) return std::nullopt;
    }
    return take();
  }

  // Groups that hold none that is wanted are not read; rows of one that is are no JSON.
  result<passed_rows> pass_over(std::uint64_t rows) override {
    const std::uint64_t first = number_;
    const auto said = std::min<std::uint64_t>(rows, texts_.ends.size() - position_);
    position_ += said;
    number_ += said;
    while (number_ - first < rows) {
      if (stop_.is_raised()) return error{errc::cancelled, path_ + ": reading was stopped"};
      const std::uint64_t wanted = std::min(rows - (number_ - first), rows_between_looks);
      const auto passed = file_->pass_over(wanted);
      if (!passed) return passed.error();
      number_ += *passed;
      if (*passed < wanted) break;
    }
    const std::uint64_t bytes = share_of(number_) - share_of(first);
    bytes_read_.fetch_add(bytes, std::memory_order_relaxed);
    return passed_rows{number_ - first, bytes};
  }

 private:
  // At the interrupt.
  static constexpr std::uint64_t rows_between_looks = 1 << 16;

  row take() {
    const std::size_t begin = position_ == 0 ? 0 : texts_.ends[position_ - 1];
    row made;
    made.line = ++number_;
    made.file_bytes = share_of(number_) - share_of(number_ - 1);
    made.text = std::string_view(texts_.bytes).substr(begin, texts_.ends[position_] - begin);
    if (made.text.size() > max_row_bytes) {
      made.text = {};
      made.problem = fmt::format("longer than {} bytes", max_row_bytes);
    }
    ++position_;
    bytes_read_.fetch_add(*made.file_bytes, std::memory_order_relaxed);
    return made;
  }

  // Of the file's bytes so many are those of the first rows, one taken for as long as another.
  std::uint64_t share_of(std::uint64_t rows) const {
    const double all = static_cast<double>(file_->rows());
    return static_cast<std::uint64_t>(static_cast<double>(size_) * static_cast<double>(rows) / all);
  }

  std::string path_;
  std::unique_ptr<parquet_file> file_;
  const interrupt& stop_;
  std::atomic<std::uint64_t>& bytes_read_;
  std::uint64_t size_ = 0;
  std::uint64_t number_ = 0;  // of the row handed out last, from 1
  row_texts texts_;
  std::size_t position_ = 0;  // of the next row in texts_
};

}  // namespace

result<void> check_parquet(const std::string& path) {
  const auto opened = open(path);
  if (!opened) return opened.error();
  return {};
}

result<std::unique_ptr<row_source>> parquet_rows(const std::string& path, const interrupt& stop,
                                                 std::atomic<std::uint64_t>& bytes_read) {
  auto opened = open(path);
  if (!opened) return opened.error();
  return std::make_unique<parquet_reader>(path, std::move(*opened), stop, bytes_read);
}

}  // namespace retort::io
