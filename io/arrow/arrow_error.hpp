// What Arrow says went wrong, as an error of ours. Any thread.
#pragma once

#include <arrow/status.h>
#include <arrow/util/io_util.h>

#include <exception>
#include <string>

#include "io/base/disk_error.hpp"
#include "io/base/error.hpp"
#include "io/base/one_line.hpp"

namespace retort::io {

// `file` is what the message begins with. A failed system call may pass, damage does not.
inline error arrow_error(const std::string& file, const arrow::Status& why, errc otherwise) {
  const int number = arrow::internal::ErrnoFromStatus(why);
  const errc code = why.IsOutOfMemory() ? errc::disk
                    : number != 0       ? disk_code(number, otherwise)
                                        : otherwise;
  return {code, file + ": " + one_line(why.message(), 300)};
}

// Runs what may throw: Parquet's lower layers do, and nothing of that leaves the module.
template <class Result, class Run>
Result without_exceptions(const std::string& file, errc otherwise, const Run& run) {
  try {
    return run();
  } catch (const std::bad_alloc&) {
    return error{errc::disk, file + ": there is not memory enough for it"};
  } catch (const std::exception& e) {
    return error{otherwise, file + ": " + one_line(e.what(), 300)};
  } catch (...) {
    return error{otherwise, file + ": it cannot be read or written"};
  }
}

}  // namespace retort::io
