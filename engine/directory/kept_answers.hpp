// Answers that the ledger holds and that are not judged yet: whoever was to ask for one takes it
// from here, and asks nobody. And those that another step goes on from. One thread.
#pragma once

#include <string>

#include "engine/directory/resume.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

class kept_answers {
 public:
  // `found` outlives it. errc::unreadable.
  static result<kept_answers> open(const std::string& ledger, const ledger_state* found);

  // Gives the sample, of which key and row are known, its answer and the evaluations that were made
  // of it; false where the ledger has none. errc::mismatch when it answers another row.
  result<bool> take(sample& into);
  // Reads one that was handed on. errc::mismatch where the ledger has none, or of another row.
  result<void> read_handed_on(const sample_key& key, std::uint64_t row_hash, sample& into);

 private:
  kept_answers(io::ledger_reader ledger, const ledger_state* found)
      : ledger_(std::move(ledger)), found_(found) {}

  result<bool> read(std::uint64_t offset, std::uint64_t row_hash, sample& into);

  io::ledger_reader ledger_;
  const ledger_state* found_;
};

}  // namespace retort::engine
