#include "io/dataset/row_spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

// What stands before a row's text and its problem.
struct head {
  std::uint64_t ordinal, line;
  std::uint32_t file;
  std::uint64_t text_bytes, problem_bytes;
};

// O_TMPFILE is not known to every file system.
int open_nameless(const std::string& directory) {
  const int made = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (made >= 0) return made;
  std::string name = directory + "/rows.XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

row_spool::row_spool(std::unique_ptr<file> to_read, sink to_write)
    : file_(std::move(to_read)), out_(std::move(to_write)) {}

result<std::unique_ptr<row_spool>> row_spool::make(const std::string& directory) {
  const int made = open_nameless(directory);
  const int again = made < 0 ? -1 : ::fcntl(made, F_DUPFD_CLOEXEC, 0);
  if (again < 0) {
    const error why{disk_code(errno, errc::unwritable),
                    directory + ": " + std::generic_category().message(errno)};
    if (made >= 0) ::close(made);
    return why;
  }
  const std::string path = directory + " (rows kept)";
  auto to_read = std::make_unique<file>(path, made);
  auto out = sink::open(std::make_unique<file>(path, again), 0);
  if (!out) return out.error();
  return std::unique_ptr<row_spool>(new row_spool(std::move(to_read), std::move(*out)));
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
