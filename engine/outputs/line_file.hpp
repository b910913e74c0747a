// The file, or the shards, that an output's lines go to, packed where its name says so. What is in
// them depends on the lines alone. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/outputs/parquet_packer.hpp"
#include "engine/views/view.hpp"
#include "io/file/packer.hpp"

namespace retort::engine {

struct line_file_form {
  std::string header;                            // what each file begins with
  std::vector<io::parquet_column> columns = {};  // of a Parquet file; none of any other
  std::uint64_t shard_bytes = 0;  // go on in the view's next file before one has more; 0: never
};

class line_file {
 public:
  // Both outlive it.
  line_file(const view* of, view_files* files, line_file_form form)
      : of_(of), files_(files), form_(std::move(form)) {}

  // Opens the first file; before anything else.
  result<void> begin() { return next_file(); }
  result<void> append(std::string_view line);
  result<void> finish() { return end_file(); }
  std::uint64_t lines() const { return lines_; }

 private:
  result<void> next_file();
  result<void> end_file();
  result<void> put(std::string_view bytes);
  result<std::unique_ptr<io::packer>> packer_for(const std::string& path) const;
  bool is_full_before(std::string_view line) const;

  const view* of_;
  view_files* files_;
  line_file_form form_;
  io::sink* out_ = nullptr;
  std::unique_ptr<io::packer> packer_;
  std::size_t file_ = 0;
  std::uint64_t lines_ = 0, in_file_ = 0;
};

}  // namespace retort::engine
