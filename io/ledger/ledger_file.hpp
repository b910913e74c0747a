// The ledger on the disk: header, torn tail, space held in reserve, and what is left after a failed
// write. Does what it is told when it is told: when to write is ledger_log's business.
// One thread at a time. The format is described in ledger_format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/file/file.hpp"

namespace retort::io {

class ledger_file {
 public:
  // Locks the file, begins it with a header or cuts its torn tail, and takes the first reserve: of
  // `comfort_bytes` where the disk has so much, else of `reserve_bytes`, which it must have.
  // errc::busy, errc::mismatch, errc::disk, errc::unreadable. `sync`: see append().
  static result<ledger_file> open(std::unique_ptr<file> file, bool sync, std::size_t reserve_bytes,
                                  std::size_t comfort_bytes = 0);

  struct outcome {
    std::size_t written = 0;       // bytes of the whole lines that are now in the file
    bool durable = true;           // they are also as safe as `sync` asks
    std::optional<error> problem;  // errc::disk; also when all is written but the reserve is at
                                   // its end; errc::busy: somebody else writes to the file
  };
  // Writes whole lines at the end. Those of them that did not fit leave no trace and can be handed
  // over again. Nothing is durable any more once a sync has failed: the kernel forgets the
  // pages it could not write and would call the next sync a success.
  outcome append(std::string_view lines);
  std::uint64_t end() const { return end_; }  // of the last whole line

  // From the next append() on the reserve must be at least so large.
  void need(std::size_t bytes) { needed_bytes_ = bytes; }
  std::uint64_t room() const { return reserved_ > end_ ? reserved_ - end_ : 0; }
  // The disk had no room for the comfortable reserve.
  bool is_tight() const { return comfort_bytes_ == 0; }

  // Gives the reserve back. errc::disk; errc::busy as append().
  result<void> close();

  const std::string& path() const { return file_->path(); }

 private:
  ledger_file(std::unique_ptr<file> file, bool sync, std::size_t reserve_bytes,
              std::size_t comfort_bytes);
  result<void> begin_or_continue();
  result<void> begin();
  result<void> cut_torn_tail();
  void write_at_end(std::string_view lines, outcome& after);
  result<void> keep_reserve(std::uint64_t end);
  result<void> reserve_up_to(std::uint64_t to);
  void forgo_reserve();
  result<void> check_alone();
  result<void> make_durable();

  std::unique_ptr<file> file_;
  bool sync_;
  std::size_t reserve_bytes_;  // 0: not any more
  std::size_t comfort_bytes_;  // 0: none, or not any more
  std::size_t needed_bytes_ = 0;
  std::uint64_t end_ = 0;       // of the last whole line
  std::uint64_t size_ = 0;      // what the file was left with: a torn line may follow
  std::uint64_t reserved_ = 0;  // where the reserve ends
  std::optional<error> sync_failure_, other_writer_;
};

}  // namespace retort::io
