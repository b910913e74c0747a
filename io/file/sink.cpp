#include "io/file/sink.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/file/xxh3.hpp"

namespace retort::io {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;  // large pieces cost the kernel less

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const std::size_t both = std::min(a.size(), b.size());
  if (std::memcmp(a.data(), b.data(), both) == 0) return both;  // a fifth of the time, and the rule
  const auto end = std::ranges::mismatch(a, b).in1;
  return static_cast<std::size_t>(end - a.begin());
}

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
    : file_(std::move(file)), written_(written), hash_(XXH3_createState()) {
  buffer_.reserve(buffer_bytes);
  XXH3_64bits_reset(hash_.get());
}

result<sink> sink::open(const std::string& path, std::uint64_t keep_bytes) {
  auto opened = file::open(path, keep_bytes == 0 ? O_WRONLY | O_CREAT : O_WRONLY);
  if (!opened) return opened.error();
  return open(std::move(*opened), keep_bytes);
}

result<sink> sink::go_over(const std::string& path) {
  auto opened = file::open(path, O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  return go_over(std::move(*opened));
}

result<sink> sink::go_over(std::unique_ptr<file> file, difference differs) {
  const auto size = file->size();
  if (!size) return size.error();
  sink made(std::move(file), 0);
  made.there_ = *size;
  made.differs_ = std::move(differs);
  return made;
}

sink sink::pour_into(std::unique_ptr<file> file) {
  sink made(std::move(file), 0);
  made.pours_ = true;
  return made;
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
  if (auto flushed = flush(); !flushed || pours_) return flushed;
  if (there_ > written_) {
    if (auto shorter = cut(); !shorter) return shorter;
  }
  if (auto same = cut_to(*file_, written_); !same) return same;
  return sync();
}

result<void> sink::write(std::string_view bytes) {
  if (failure_) return *failure_;
  add_to_xxh3(hash_.get(), bytes);
  if (there_ > written_) return write_changes(bytes);
  return put(bytes);
}

result<void> sink::put(std::string_view bytes) {
  auto done = file_->write(bytes, written_);
  written_ += done.bytes;
  failure_ = std::move(done.problem);
  if (failure_) return *failure_;
  return {};
}

// Passes over what the file holds already, and writes the rest.
result<void> sink::write_changes(std::string_view bytes) {
  const auto same = count_same(bytes);
  if (!same) {
    failure_ = same.error();
    return *failure_;
  }
  written_ += *same;
  if (*same == bytes.size()) return {};
  if (there_ > written_) {
    if (auto shorter = cut(); !shorter) return shorter;
  }
  return put(bytes.substr(*same));
}

// How many of these bytes are in the file where they belong.
result<std::size_t> sink::count_same(std::string_view bytes) const {
  const std::size_t there = std::min<std::uint64_t>(bytes.size(), there_ - written_);
  const auto old = std::make_unique_for_overwrite<char[]>(there);
  const auto got = file_->read(old.get(), there, written_);
  if (!got) return got.error();
  return common_prefix(bytes, {old.get(), *got});
}

// What the file holds from here on is something else.
result<void> sink::cut() {
  auto cut = differs_ ? differs_(written_) : result<void>();
  if (cut) cut = file_->truncate(written_);
  there_ = 0;
  if (!cut) failure_ = cut.error();
  return cut;
}

}  // namespace retort::io
