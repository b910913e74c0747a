// The reading side of ledger_log.hpp.
#include <filesystem>

#include "io/ledger/ledger_log.hpp"

namespace retort::io {
namespace {

// A look at an interrupt is a system call; so many bytes are read in a millisecond.
constexpr std::uint64_t bytes_between_looks = std::uint64_t{1} << 20;

bool is_missing(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found;
}

}  // namespace

result<scan_summary> scan_ledger(const std::string& path,
                                 const std::function<bool(const ledger_line&)>& visit,
                                 const interrupt* stop) {
  scan_summary summary;
  if (is_missing(path)) return summary;
  auto reader = ledger_reader::open(path);
  if (!reader) return reader.error();
  for (std::uint64_t next_look = 0;;) {
    if (stop && reader->position() >= next_look) {
      if (stop->is_raised()) return error{errc::cancelled, path + ": reading was stopped"};
      next_look = reader->position() + bytes_between_looks;
    }
    auto line = reader->next();
    if (!line) return line.error();
    if (!*line) break;
    ++summary.lines;
    if (!visit(**line)) break;
  }
  summary.damaged = reader->damaged();
  summary.first_damaged = reader->first_damaged();
  return summary;
}

}  // namespace retort::io
