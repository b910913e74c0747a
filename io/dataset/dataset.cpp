#include "io/dataset/dataset.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "io/dataset/byte_order_mark.hpp"
#include "io/dataset/byte_source.hpp"
#include "io/dataset/counted_source.hpp"
#include "io/dataset/csv.hpp"
#include "io/dataset/dataset_files.hpp"
#include "io/dataset/gzip_source.hpp"
#include "io/dataset/json_array.hpp"
#include "io/dataset/jsonl.hpp"
#include "io/dataset/parquet_rows.hpp"
#include "io/dataset/zstd_source.hpp"

namespace retort::io {
namespace {

std::unique_ptr<byte_source> unpack(std::unique_ptr<byte_source> bytes, compression packed) {
  switch (packed) {
    case compression::none: return bytes;
    case compression::gzip: return gunzip(std::move(bytes));
    case compression::zstd: return unzstd(std::move(bytes));
  }
  return bytes;
}

std::unique_ptr<row_source> rows_of(std::unique_ptr<byte_source> text, row_format format) {
  switch (format) {
    case row_format::jsonl: return jsonl_rows(std::move(text));
    case row_format::json: return json_rows(std::move(text));
    case row_format::csv: return csv_rows(std::move(text));
    case row_format::tsv: return csv_rows(std::move(text), max_row_bytes, read_block_bytes, '\t');
    case row_format::parquet: break;  // no stream of bytes
  }
  return jsonl_rows(std::move(text));
}

// All files together; nothing when one of them has none.
std::optional<std::uint64_t> size_of(const std::vector<dataset_file>& files) {
  std::uint64_t sum = 0;
  for (const auto& one : files) {
    std::error_code ec;
    if (!std::filesystem::is_regular_file(one.path, ec)) return std::nullopt;
    sum += std::filesystem::file_size(one.path, ec);
    if (ec) return std::nullopt;
  }
  return sum;
}

result<std::unique_ptr<row_source>> open_rows(const dataset_file& file, const interrupt& stop,
                                              std::atomic<std::uint64_t>& bytes_read) {
  if (file.format == row_format::parquet) return parquet_rows(file.path, stop, bytes_read);
  auto bytes = file.path.empty() ? open_standard_input(stop) : open_file(file.path, stop);
  if (!bytes) return bytes.error();
  auto text =
      without_byte_order_mark(unpack(counted(std::move(*bytes), bytes_read), file.compression));
  return rows_of(std::move(text), file.format);
}

}  // namespace

struct dataset_reader::state {
  std::shared_ptr<interrupt> stop;
  row_part part;
  std::unique_ptr<row_spool> kept;  // comes before what is read next
  std::vector<dataset_file> files;
  std::uint32_t file = 0;            // being read
  std::unique_ptr<row_source> rows;  // of that file; null before its first row
  std::atomic<std::uint64_t> ordinal = 0;
  std::optional<std::uint64_t> generated;  // so many rows, of no file
  std::optional<std::uint64_t> size;
  std::atomic<std::uint64_t> bytes_read = 0, row_bytes = 0;

  result<std::optional<row>> next() {
    if (kept) {
      auto again = kept->next();
      if (!again || *again) return again;
      kept.reset();
    }
    for (; file < files.size(); ++file, rows.reset()) {
      auto read = next_of_file();
      if (!read) end();
      if (!read || *read) return read;
    }
    return std::nullopt;
  }

 private:
  result<std::optional<row>> next_of_file() {
    if (!rows) {
      auto opened = open_rows(files[file], *stop, bytes_read);
      if (!opened) return opened.error();
      rows = std::move(*opened);
    }
    if (auto passed = pass_over_others(); !passed) return passed.error();
    auto read = rows->next();
    if (read && *read) {
      (**read).file = file;
      (**read).ordinal = ordinal++;
      row_bytes.fetch_add((**read).bytes_of_file(), std::memory_order_relaxed);
    }
    return read;
  }

  result<void> pass_over_others() {
    const std::uint64_t others = part.next(ordinal) - ordinal;
    if (others == 0) return {};
    const auto passed = rows->pass_over(others);
    if (!passed) return passed.error();
    ordinal += passed->rows;
    row_bytes.fetch_add(passed->file_bytes, std::memory_order_relaxed);
    return {};
  }

  void end() { file = static_cast<std::uint32_t>(files.size()); }
};

dataset_reader::dataset_reader(std::unique_ptr<state> opened) : state_(std::move(opened)) {}
dataset_reader::dataset_reader(dataset_reader&&) noexcept = default;
dataset_reader::~dataset_reader() = default;

result<dataset_reader> dataset_reader::open(const std::vector<std::string>& paths,
                                            const dataset_options& options) {
  auto files = list_dataset_files(paths, options);
  if (!files) return files.error();
  for (const dataset_file& one : *files) {
    if (one.format != row_format::parquet) continue;
    if (auto whole = check_parquet(one.path); !whole) return whole.error();
  }
  auto opened = std::make_unique<state>();
  opened->size = size_of(*files);
  opened->stop = options.stop ? options.stop : std::make_shared<interrupt>();
  opened->files = std::move(*files);
  opened->part = options.part;
  return dataset_reader(std::move(opened));
}

dataset_reader dataset_reader::generate(std::uint64_t rows, std::vector<generated_column> columns,
                                        std::shared_ptr<interrupt> stop, row_part part) {
  auto opened = std::make_unique<state>();
  opened->stop = stop ? std::move(stop) : std::make_shared<interrupt>();
  opened->files = {{.path = "dataset.generate"}};
  opened->rows = generated_rows(rows, std::move(columns));
  opened->generated = rows;
  opened->part = part;
  return dataset_reader(std::move(opened));
}

result<std::optional<row>> dataset_reader::next() { return state_->next(); }

void dataset_reader::stop() { state_->stop->raise(); }

bool dataset_reader::is_read_once() const {
  return std::ranges::any_of(state_->files, &dataset_file::read_once);
}

void dataset_reader::give_back(std::unique_ptr<row_spool> kept) { state_->kept = std::move(kept); }

std::uint64_t dataset_reader::position() const { return state_->ordinal; }

std::optional<double> dataset_reader::share_read() const {
  if (const auto rows = state_->generated) {
    return static_cast<double>(state_->ordinal) /
           static_cast<double>(std::max(*rows, std::uint64_t{1}));
  }
  if (!state_->size || *state_->size == 0) return std::nullopt;
  const std::uint64_t read = std::min(state_->bytes_read.load(), state_->row_bytes.load());
  return std::min(1.0, static_cast<double>(read) / static_cast<double>(*state_->size));
}

const std::string& dataset_reader::file_name(std::uint32_t file) const {
  static const std::string standard_input = "standard input";
  const std::string& path = state_->files[file].path;
  return path.empty() ? standard_input : path;
}

}  // namespace retort::io
