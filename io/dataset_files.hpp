// Which files a dataset is made of, in which order and of which kind; nothing is read yet.
// Any thread.
#pragma once

#include <string>
#include <vector>

#include "io/error.hpp"

namespace retort::io {

enum class row_format { jsonl, csv };
enum class compression { none, gzip, zstd };

struct dataset_file {
  std::string path;  // empty: standard input
  row_format format = row_format::jsonl;
  io::compression compression = compression::none;
};

// `paths` in their order, each a file, "-" or a glob (its matches sorted by their bytes).
// errc::usage: a kind that is not known, a glob without a match, "-" given twice.
// errc::unreadable: missing, a directory, no permission.
result<std::vector<dataset_file>> list_dataset_files(const std::vector<std::string>& paths);

}  // namespace retort::io
