// The samples of one batch, kept in the run directory while the provider has them:
//
//   batches/<tag>.jsonl    {"retort_batch":1,"tag":"...","variant":0,"made_ms":...}, then for each
//                          request [ordinal, attempts, row], with the row as the dataset had it;
//                          [ordinal, attempts, k, row] for a record's second sample (k = 1) and on
//   batches/<tag>.id       what the provider calls the batch, once that is known
//   batches/<tag>.results  its answers, while they are read
//
// The first two are written beside, synced and renamed, so that what is there is whole. A file that
// is there says that its samples are away: they are sent with no other batch. It goes when every
// answer is in the ledger; what a kill leaves is found by the next process. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/file/file.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

struct batch_row {
  std::uint64_t ordinal = 0;
  std::uint32_t attempts = 1;  // this one included
  std::string text;            // simdjson-padded
  std::uint32_t k = 0;         // which sample of the record
};

class batch_file {
 public:
  // All errors are errc::disk, errc::unreadable, or errc::mismatch for a file that is not ours.
  // `stop`, raised, ends the reading with errc::cancelled.
  static result<batch_file> open(const std::string& path, const io::interrupt* stop = nullptr);

  const std::string& tag() const { return tag_; }
  std::uint32_t variant() const { return variant_; }
  std::chrono::system_clock::time_point made() const { return made_; }
  std::size_t size() const { return starts_.size() - 1; }  // requests
  result<batch_row> row(std::size_t index) const;
  // What the provider knows a request by, and which one it is; nothing for another batch's.
  std::string custom_id(std::size_t index) const;
  std::optional<std::size_t> index_of(std::string_view custom_id) const;
  std::string path() const { return stem_ + ".jsonl"; }
  std::string results_path() const { return stem_ + ".results"; }

  const std::optional<std::string>& id() const { return id_; }
  result<void> note_id(const std::string& id);
  result<void> forget_id();

  // Its samples are away no more. The rows can still be read through this object.
  result<void> remove();

 private:
  friend class batch_draft;
  batch_file() = default;

  std::string stem_;  // the path without its ending
  std::string tag_;
  std::uint32_t variant_ = 0;
  std::chrono::system_clock::time_point made_;
  std::unique_ptr<io::file> file_;
  std::vector<std::uint64_t> starts_;  // of the rows' lines, and the end of the last
  std::optional<std::string> id_;
};

// A batch file that is being written. Given up, it leaves nothing that would be read.
class batch_draft {
 public:
  static result<batch_draft> begin(const std::string& directory, const std::string& tag,
                                   std::uint32_t variant);

  // `sent_bytes`: what the request will take in the upload.
  result<void> add(const batch_row& row, std::size_t sent_bytes);
  std::size_t size() const { return made_.starts_.size() - 1; }
  std::size_t sent_bytes() const { return sent_bytes_; }

  result<batch_file> seal();

 private:
  batch_draft(batch_file made, io::sink out) : made_(std::move(made)), out_(std::move(out)) {}

  batch_file made_;
  io::sink out_;
  std::string line_;
  std::size_t sent_bytes_ = 0;
};

// The batches that earlier processes left in `directory` (which may be missing), whole; drafts and
// other leavings of a kill are removed.
result<std::vector<batch_file>> open_batches(const std::string& directory,
                                             const io::interrupt* stop = nullptr);

}  // namespace retort::engine
