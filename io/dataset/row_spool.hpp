// Rows that were read from what can be read only once, kept until they are wanted again: in a file
// without a name, so that memory holds one of them at a time. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/base/error.hpp"
#include "io/dataset/row.hpp"
#include "io/file/file.hpp"
#include "io/file/sink.hpp"

namespace retort::io {

class row_spool {
 public:
  // `directory`: where the file takes its room. errc::disk, errc::unwritable.
  static result<std::unique_ptr<row_spool>> make(const std::string& directory);

  result<void> keep(const row& one);
  // The rows in their order, once all are kept. A text is valid until the next call.
  result<std::optional<row>> next();

 private:
  row_spool(std::unique_ptr<file> to_read, sink to_write);
  result<bool> read(std::string& to, std::size_t bytes);

  std::unique_ptr<file> file_;  // to read from
  sink out_;
  std::uint64_t at_ = 0;  // of the next row to read
  std::string head_, text_;
  bool flushed_ = false;
};

}  // namespace retort::io
