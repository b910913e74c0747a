#include "io/sink.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <utility>

namespace retort::io {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{128} << 10;

result<void> cut_to(file& file, std::uint64_t keep_bytes) {
  const auto size = file.size();
  if (!size) return size.error();
  if (*size < keep_bytes) {
    return error{errc::mismatch, fmt::format("{} has {} bytes, but should begin with {} written "
                                             "earlier",
                                             file.path(), *size, keep_bytes)};
  }
  if (*size == keep_bytes) return {};  // also /dev/null, which cannot be truncated
  return file.truncate(keep_bytes);
}

}  // namespace

sink::sink(std::unique_ptr<file> file, std::uint64_t written)
    : file_(std::move(file)), written_(written) {
  buffer_.reserve(buffer_bytes);
}

result<sink> sink::open(const std::string& path, std::uint64_t keep_bytes) {
  auto opened = file::open(path, keep_bytes == 0 ? O_WRONLY | O_CREAT : O_WRONLY);
  if (!opened) return opened.error();
  return open(std::move(*opened), keep_bytes);
}

result<sink> sink::open(const std::string& path) {
  auto opened = file::open(path, O_WRONLY | O_CREAT);
  if (!opened) return opened.error();
  return sink(std::move(*opened), 0);
}

result<sink> sink::open(std::unique_ptr<file> file, std::uint64_t keep_bytes) {
  if (auto cut = cut_to(*file, keep_bytes); !cut) return cut.error();
  return sink(std::move(file), keep_bytes);
}

result<void> sink::append(std::string_view text) {
  if (failure_) return *failure_;
  if (buffer_.size() + text.size() > buffer_bytes) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  if (text.size() > buffer_bytes) return write(text);
  buffer_.append(text);
  return {};
}

result<void> sink::flush() {
  auto done = write(buffer_);
  buffer_.clear();
  return done;
}

result<void> sink::sync() {
  if (auto flushed = flush(); !flushed) return flushed;
  auto synced = file_->sync();
  if (!synced) failure_ = synced.error();
  return synced;
}

result<void> sink::finish() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (auto cut = cut_to(*file_, written_); !cut) return cut;
  return sync();
}

result<void> sink::write(std::string_view bytes) {
  if (failure_) return *failure_;
  auto done = file_->write(bytes, written_);
  written_ += done.bytes;
  failure_ = std::move(done.problem);
  if (failure_) return *failure_;
  return {};
}

}  // namespace retort::io
