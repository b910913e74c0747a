// Which files a dataset is made of, in which order and of which kind; nothing is read yet.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "io/file/file_identity.hpp"

namespace retort::io {

enum class row_format { jsonl, json, csv, tsv, parquet };
enum class compression { none, gzip, zstd };

struct dataset_file {
  std::string path;  // empty: standard input
  row_format format = row_format::jsonl;
  io::compression compression = compression::none;
  bool read_once = false;  // no regular file: what was read of it is gone
};

struct dataset_choice {
  std::optional<row_format> format;  // of every file; else by its name's ending
  // Files of the reader's own making. A glob leaves them out; to name one is errc::usage.
  std::vector<file_identity> own_outputs = {};
  std::vector<file_identity> earlier_outputs = {};  // a glob leaves them out, too; one may be named
};

// `paths` in their order, each a file, "-" or a glob (its matches sorted by their bytes). Endings
// are those of either case. What is no regular file and has no known ending is JSONL, as "-" is.
// errc::usage: a kind that is not known, a glob without a match, what can be read only once given
// twice, packed Parquet. errc::unreadable: missing, a directory, no permission.
result<std::vector<dataset_file>> list_dataset_files(const std::vector<std::string>& paths,
                                                     const dataset_choice& choice = {});

}  // namespace retort::io
