#include "io/ledger/ledger_reader.hpp"

#include <fcntl.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/ledger/ledger_seal.hpp"

namespace retort::io {
namespace {

// Small enough to stay in a core's own cache between the copy out of the kernel and the checksum.
constexpr std::size_t block_bytes = std::size_t{256} << 10;

}  // namespace

ledger_reader::ledger_reader(std::unique_ptr<file> file)
    : file_(std::move(file)), buffer_(block_bytes + simdjson::SIMDJSON_PADDING, '\0') {}

result<ledger_reader> ledger_reader::open(const std::string& path) {
  auto opened = file::open(path, O_RDONLY);
  if (!opened) return opened.error();
  ledger_reader reader(std::move(*opened));
  auto checked = reader.check_header();
  if (!checked) return checked.error();
  return reader;
}

result<void> ledger_reader::check_header() {
  auto got = fill(ledger_head_bytes);  // no more: what follows may not be committed yet
  if (!got) return got.error();
  const auto head = std::string_view(buffer_).substr(0, std::min(end_, ledger_head_bytes));
  auto found = has_ledger_header(file_->path(), head);
  if (!found) return found.error();
  return {};
}

result<std::optional<ledger_line>> ledger_reader::next(std::uint64_t limit) {
  for (;;) {
    auto text = next_line(limit);
    if (!text) return text.error();
    if (!*text) return std::optional<ledger_line>();
    if (++line_ == 1) continue;  // the header
    if (is_sealed(**text)) {
      return std::optional(ledger_line{**text, line_, position() - (*text)->size() - 1});
    }
    if (damaged_++ == 0) first_damaged_ = line_;
  }
}

void ledger_reader::skip_to(std::uint64_t position) {
  begin_ = end_ = 0;
  offset_ = position;
}

// The next line without its newline; nothing where no newline follows before the limit.
result<std::optional<std::string_view>> ledger_reader::next_line(std::uint64_t limit) {
  for (std::size_t seen = 0;;) {
    if (const auto line = take_line(seen)) return line;
    seen = end_ - begin_;
    const auto got = fill(limit);
    if (!got) return got.error();
    if (*got == 0) return std::optional<std::string_view>();
  }
}

// `seen`: how many bytes are known to hold no newline.
std::optional<std::string_view> ledger_reader::take_line(std::size_t seen) {
  const char* line = buffer_.data() + begin_;
  const void* newline = std::memchr(line + seen, '\n', end_ - begin_ - seen);
  if (newline == nullptr) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(static_cast<const char*>(newline) - line);
  begin_ += bytes + 1;
  return std::string_view(line, bytes);
}

// Reads on behind the unfinished line, which moves to the front. How many bytes came.
result<std::size_t> ledger_reader::fill(std::uint64_t limit) {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  if (end_ == room()) buffer_.resize(buffer_.size() * 2);
  const std::uint64_t left = limit > offset_ ? limit - offset_ : 0;
  const auto got =
      file_->read(buffer_.data() + end_, std::min<std::uint64_t>(room() - end_, left), offset_);
  if (!got) return got.error();
  end_ += *got;
  offset_ += *got;
  return *got;
}

std::size_t ledger_reader::room() const { return buffer_.size() - simdjson::SIMDJSON_PADDING; }

}  // namespace retort::io
