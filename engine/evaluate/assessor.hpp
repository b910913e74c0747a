// Evaluates and filters one sample: the pure step between a completion and its verdict. The same
// assessor serves the record in flight and the fold that judges a ledger again under another
// config. Immutable after making; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluate/evaluators.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

class assessor {
 public:
  // errc::usage for an evaluator that cannot be built.
  static result<assessor> make(const config& run);

  // Sets the sample's evaluations, its reason where it is rejected, and the fingerprints.
  void decide(sample& of) const;
  // Decides again unless this very assessor did before.
  void decide_again(sample& of) const;

  // Of what decides a verdict besides the sample: evaluate and filter.
  std::uint64_t fingerprint() const { return fingerprint_; }
  // Of what makes a row's id and reference: dataset.id and reference.
  std::uint64_t rendering() const { return rendering_; }
  // The id is the ordinal, and there is no reference.
  bool needs_no_row() const { return needs_no_row_; }

 private:
  std::vector<evaluator> evaluators_;
  filter_config filter_;
  std::uint64_t fingerprint_ = 0;
  std::uint64_t rendering_ = 0;
  bool needs_no_row_ = true;
};

}  // namespace retort::engine
