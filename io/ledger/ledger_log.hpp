// The append-only log under the ledger: one JSON object per line, each line sealed with a
// checksum, committed in groups by a thread of its own. Knows nothing of what the lines say.
// The format is described in ledger_format.md.
//
// Threads: append(), flush() and backlog() from one thread, the callbacks run on the log's own
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::io {

struct ledger_options {
  bool sync = true;  // a group counts as committed after fdatasync; else after write
  // Disk space kept allocated ahead of the end of the file, so that a full disk is noticed while
  // everything in flight can still be written.
  std::size_t reserve_bytes = std::size_t{1} << 20;
  // More of it, where the disk has so much.
  std::size_t comfort_bytes = 0;
  // The whole lines (with their newlines) that a group has just committed, in file order.
  std::function<void(std::string_view lines)> committed;
  // The disk is full or failing: append no more than what is in flight. Called once.
  std::function<void(const error&)> failed;
};

class ledger_log {
 public:
  // Creates the file, or opens it and cuts a torn tail (the bytes after the last newline).
  // Takes an exclusive lock for its lifetime: errc::busy when another process has it.
  // `options.committed` does not see the lines that were there before.
  // errc::disk also when there is no room for the reserve; errc::mismatch when it is no ledger.
  static result<std::unique_ptr<ledger_log>> open(const std::string& path, ledger_options options);
  // The same on a file that is open already: a test's, whose disk fails when told to.
  static result<std::unique_ptr<ledger_log>> open(std::unique_ptr<file> file,
                                                  ledger_options options);
  ~ledger_log();  // closes

  // Takes one JSON object ("{...}", at least one member, no newline inside), to be written after
  // the next flush(). Returns the line's length in the file, in bytes.
  std::size_t append(std::string_view object);
  // Hands what was appended to the log's thread. Never blocks on the disk. Lines that could not be
  // written wait in memory and are tried again after the next flush, and a last time by close().
  // Apart from append(), since a lock for each line costs more than the line.
  void flush();
  // Where the next line goes in the file, when all before it are written.
  std::uint64_t end() const;
  // Bytes appended and not committed yet; less already when `committed` tells of it.
  std::size_t backlog() const;
  // So many lines may come besides those appended: what is kept in reserve follows them and the
  // longest line so far.
  void expect(std::size_t lines);
  // All of them fit the reserve. One always does, while there is any: it is the disk that says no.
  bool has_room_for(std::size_t lines) const;
  // Commits everything, gives the reserve back and stops the thread. An error says how many lines
  // could not be written. Further calls do nothing.
  result<void> close();

 private:
  struct state;
  explicit ledger_log(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

struct scan_summary {
  std::uint64_t lines = 0;          // good ones
  std::uint64_t damaged = 0;        // whole lines whose checksum does not agree; not visited
  std::uint64_t first_damaged = 0;  // its line number
};

// Reads a ledger from its beginning to its last newline, in blocks; a torn tail is no error and is
// not visited. A missing file is an empty ledger. `visit` returns false to stop early; `stop`,
// raised by anyone, ends it soon. errc::unreadable, errc::mismatch, errc::cancelled.
result<scan_summary> scan_ledger(const std::string& path,
                                 const std::function<bool(const ledger_line&)>& visit,
                                 const interrupt* stop = nullptr);

}  // namespace retort::io
