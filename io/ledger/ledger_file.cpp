#include "io/ledger/ledger_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "io/ledger/ledger_seal.hpp"

namespace retort::io {
namespace {

constexpr std::size_t tail_block_bytes = std::size_t{64} << 10;

// One past the last newline, found from the end; 0 when there is none.
result<std::uint64_t> end_of_last_line(const file& file, std::uint64_t end) {
  std::string block(tail_block_bytes, '\0');
  while (end > 0) {
    const auto bytes = std::min<std::uint64_t>(end, block.size());
    end -= bytes;
    const auto got = file.read(block.data(), bytes, end);
    if (!got) return got.error();
    const auto newline = std::string_view(block.data(), *got).rfind('\n');
    if (newline != std::string_view::npos) return end + newline + 1;
  }
  return end;
}

std::size_t whole_lines(std::string_view written) { return written.rfind('\n') + 1; }

}  // namespace

ledger_file::ledger_file(std::unique_ptr<file> file, bool sync, std::size_t reserve_bytes,
                         std::size_t comfort_bytes)
    : file_(std::move(file)),
      sync_(sync),
      reserve_bytes_(reserve_bytes),
      comfort_bytes_(comfort_bytes) {}

result<ledger_file> ledger_file::open(std::unique_ptr<file> file, bool sync,
                                      std::size_t reserve_bytes, std::size_t comfort_bytes) {
  if (auto locked = file->lock(); !locked) return locked.error();
  ledger_file ledger(std::move(file), sync, reserve_bytes, comfort_bytes);
  if (auto ready = ledger.begin_or_continue(); !ready) return ready.error();
  if (auto room = ledger.keep_reserve(ledger.end_); !room) return room.error();
  return ledger;
}

result<void> ledger_file::begin_or_continue() {
  char head[ledger_head_bytes];
  const auto bytes = file_->read(head, sizeof head, 0);
  if (!bytes) return bytes.error();
  const auto has_header = has_ledger_header(path(), {head, *bytes});
  if (!has_header) return has_header.error();
  return *has_header ? cut_torn_tail() : begin();
}

// Writes over what a crash may have left of the header.
result<void> ledger_file::begin() {
  const auto header = file_->write(ledger_header(), 0);
  if (header.problem) return *header.problem;
  end_ = size_ = header.bytes;
  if (auto synced = file_->sync(); !synced) return synced;
  return sync_directory_of(path());
}

result<void> ledger_file::cut_torn_tail() {
  const auto size = file_->size();
  if (!size) return size.error();
  const auto end = end_of_last_line(*file_, *size);
  if (!end) return end.error();
  end_ = size_ = *end;
  if (end_ == *size) return {};
  return file_->truncate(end_);
}

ledger_file::outcome ledger_file::append(std::string_view lines) {
  outcome after;
  if (auto alone = check_alone(); !alone) {
    after.problem = alone.error();
    return after;
  }
  if (auto room = keep_reserve(end_ + lines.size()); !room) after.problem = room.error();
  write_at_end(lines, after);
  if (after.written == 0) return after;
  if (auto safe = make_durable(); !safe) {
    after.durable = false;
    after.problem = safe.error();
  }
  return after;
}

void ledger_file::write_at_end(std::string_view lines, outcome& after) {
  auto done = file_->write(lines, end_);
  size_ = std::max(size_, end_ + done.bytes);
  after.written = whole_lines(lines.substr(0, done.bytes));
  end_ += after.written;
  if (!done.problem) return;
  after.problem = std::move(done.problem);
  forgo_reserve();
}

// Keeps at least half the reserve allocated beyond `end`, which the file is about to reach.
result<void> ledger_file::keep_reserve(std::uint64_t end) {
  if (reserve_bytes_ == 0) return {};
  const auto least = std::max(reserve_bytes_, needed_bytes_);
  if (comfort_bytes_ > least) {
    if (end + comfort_bytes_ / 2 <= reserved_ || reserve_up_to(end + comfort_bytes_)) return {};
    comfort_bytes_ = 0;
  }
  if (end + least / 2 <= reserved_) return {};
  auto room = reserve_up_to(end + least);
  if (!room) reserve_bytes_ = 0;
  return room;
}

result<void> ledger_file::reserve_up_to(std::uint64_t to) {
  auto room = file_->reserve(std::max(end_, reserved_), to);
  if (room) reserved_ = to;
  return room;
}

// After a failed write: cuts the torn line off, and with it the reserve, which is used up. If the
// cut fails as well, the torn line is written over by the next write, or cut by the next opening.
void ledger_file::forgo_reserve() {
  reserve_bytes_ = 0;
  if (file_->truncate(end_)) size_ = end_;
}

// Where locks do not reach the other's node, or there are none: nothing is written over any more.
result<void> ledger_file::check_alone() {
  if (other_writer_) return *other_writer_;
  const auto size = file_->size();
  if (!size) return size.error();
  if (*size == size_) return {};
  other_writer_ = error{
      errc::busy, fmt::format("{}: another process is writing to it: it has {} bytes where this "
                              "one left {}; see to it that only one does, and go on",
                              path(), *size, size_)};
  return *other_writer_;
}

result<void> ledger_file::make_durable() {
  if (!sync_) return {};
  if (!sync_failure_) {
    if (auto safe = file_->sync_data(); !safe) sync_failure_ = safe.error();
  }
  if (sync_failure_) return *sync_failure_;
  return {};
}

result<void> ledger_file::close() {
  if (auto alone = check_alone(); !alone) return alone;
  if (auto cut = file_->truncate(end_); !cut) return cut;
  return file_->sync();
}

}  // namespace retort::io
