// The samples of a run that somebody wants to see, one at a time: where they stand in its ledger,
// and how each reads. 8 bytes for each. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/look/found_run.hpp"
#include "engine/look/marks.hpp"
#include "engine/look/sample_filter.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

class inspection {
 public:
  // Reads the ledger once. errc::mismatch, errc::unreadable.
  static result<inspection> open(const found_run& of, const sample_filter& wanted,
                                 const mark_book& marks);

  std::size_t size() const { return offsets_.size(); }
  result<sample> read(std::size_t which);
  // Of all that are marked, whatever was asked for, as the marks were then.
  const mark_agreement& agreement() const { return agreement_; }

 private:
  inspection(io::ledger_reader ledger, std::string path)
      : ledger_(std::move(ledger)), path_(std::move(path)) {}

  io::ledger_reader ledger_;
  std::string path_;
  std::vector<std::uint64_t> offsets_;
  mark_agreement agreement_;
};

// A sample as a person reads it, lines with their newlines; the text in it is as it came. `label`
// is its variant's.
std::string sample_text(const sample& of, const std::string& label, const mark* marked);
// "marks: 12 (9 good, 3 bad); the verdicts agree with 10 of 12 (kappa 0.63)"
std::string agreement_text(const mark_agreement& of);

}  // namespace retort::engine
