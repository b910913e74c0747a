// The reading side of ledger_log.hpp.
#include <fcntl.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "io/file.hpp"
#include "io/ledger_log.hpp"
#include "io/ledger_seal.hpp"

namespace retort::io {
namespace {

// Small enough to stay in a core's own cache between the copy out of the kernel and the checksum.
constexpr std::size_t block_bytes = std::size_t{256} << 10;

// The lines of a file, read in blocks. The buffer grows only for a line longer than a block.
class line_blocks {
 public:
  explicit line_blocks(std::unique_ptr<file> file)
      : file_(std::move(file)), buffer_(block_bytes + simdjson::SIMDJSON_PADDING, '\0') {}

  const std::string& path() const { return file_->path(); }

  // The first bytes of the file; before next() alone.
  result<std::string_view> head() {
    if (const auto got = fill(); !got) return got.error();
    return std::string_view(buffer_).substr(0, std::min(end_, ledger_head_bytes));
  }

  // The next line without its newline, valid until the next call; nothing where no newline follows.
  result<std::optional<std::string_view>> next() {
    for (std::size_t seen = 0;;) {
      if (const auto line = take_line(seen)) return line;
      seen = end_ - begin_;
      const auto got = fill();
      if (!got) return got.error();
      if (*got == 0) return std::nullopt;
    }
  }

 private:
  // `seen`: how many bytes are known to hold no newline.
  std::optional<std::string_view> take_line(std::size_t seen) {
    const char* line = buffer_.data() + begin_;
    const void* newline = std::memchr(line + seen, '\n', end_ - begin_ - seen);
    if (newline == nullptr) return std::nullopt;
    const auto bytes = static_cast<std::size_t>(static_cast<const char*>(newline) - line);
    begin_ += bytes + 1;
    return std::string_view(line, bytes);
  }

  // Reads on behind the unfinished line, which moves to the front. How many bytes came.
  result<std::size_t> fill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (end_ == room()) buffer_.resize(buffer_.size() * 2);
    const auto got = file_->read(buffer_.data() + end_, room() - end_, offset_);
    if (!got) return got.error();
    end_ += *got;
    offset_ += *got;
    return *got;
  }

  std::size_t room() const { return buffer_.size() - simdjson::SIMDJSON_PADDING; }

  std::unique_ptr<file> file_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what was read and not handed out
  std::uint64_t offset_ = 0;
};

bool is_missing(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found;
}

void count_damaged(scan_summary& summary, std::uint64_t line) {
  if (summary.damaged++ == 0) summary.first_damaged = line;
}

result<scan_summary> scan_lines(line_blocks& lines,
                                const std::function<bool(const ledger_line&)>& visit) {
  scan_summary summary;
  for (std::uint64_t number = 1;; ++number) {
    const auto line = lines.next();
    if (!line) return line.error();
    if (!*line) return summary;
    if (number == 1) continue;  // the header
    if (!is_sealed(**line)) {
      count_damaged(summary, number);
      continue;
    }
    ++summary.lines;
    if (!visit({**line, number})) return summary;
  }
}

}  // namespace

result<scan_summary> scan_ledger(const std::string& path,
                                 const std::function<bool(const ledger_line&)>& visit) {
  if (is_missing(path)) return scan_summary{};
  auto opened = file::open(path, O_RDONLY);
  if (!opened) return opened.error();
  line_blocks lines(std::move(*opened));
  const auto head = lines.head();
  if (!head) return head.error();
  const auto has_header = has_ledger_header(path, *head);
  if (!has_header) return has_header.error();
  if (!*has_header) return scan_summary{};
  return scan_lines(lines, visit);
}

}  // namespace retort::io
