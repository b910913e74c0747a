#include "io/dataset/row_spool.hpp"

#include <cstring>
#include <utility>

namespace retort::io {
namespace {

// What stands before a row's text and its problem.
struct head {
  std::uint64_t ordinal, line;
  std::uint32_t file;
  std::uint64_t text_bytes, problem_bytes;
};

}  // namespace

row_spool::row_spool(std::unique_ptr<file> to_read, sink to_write)
    : file_(std::move(to_read)), out_(std::move(to_write)) {}

result<std::unique_ptr<row_spool>> row_spool::make(const std::string& directory) {
  auto to_read = file::open_nameless(directory);
  if (!to_read) return to_read.error();
  auto to_write = (*to_read)->again();
  if (!to_write) return to_write.error();
  auto out = sink::open(std::move(*to_write), 0);
  if (!out) return out.error();
  return std::unique_ptr<row_spool>(new row_spool(std::move(*to_read), std::move(*out)));
}

result<void> row_spool::keep(const row& one) {
  const head before{one.ordinal, one.line, one.file, one.text.size(), one.problem.size()};
  char bytes[sizeof before];
  std::memcpy(bytes, &before, sizeof before);
  auto kept = out_.append({bytes, sizeof bytes});
  if (kept) kept = out_.append(one.text);
  if (kept) kept = out_.append(one.problem);
  return kept;
}

result<std::optional<row>> row_spool::next() {
  if (!std::exchange(flushed_, true)) {
    if (auto flushed = out_.flush(); !flushed) return flushed.error();
  }
  head before{};
  const auto more = read(head_, sizeof before);
  if (!more) return more.error();
  if (!*more) return std::nullopt;
  std::memcpy(&before, head_.data(), sizeof before);
  const auto whole = read(text_, before.text_bytes + before.problem_bytes);
  if (!whole) return whole.error();
  row again;
  again.ordinal = before.ordinal;
  again.line = before.line;
  again.file = before.file;
  again.text = std::string_view(text_).substr(0, before.text_bytes);
  again.problem = text_.substr(before.text_bytes);
  return again;
}

// False at the end of what was kept.
result<bool> row_spool::read(std::string& to, std::size_t bytes) {
  to.resize(bytes);
  const auto got = file_->read(to.data(), bytes, at_);
  if (!got) return got.error();
  at_ += *got;
  return *got == bytes;
}

}  // namespace retort::io
