// Evaluates and filters one sample: the pure step between a completion and its verdict. The same
// assessor serves the record in flight and the fold that judges a ledger again under another
// config. Immutable after making; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluate/filter.hpp"
#include "engine/evaluators/registry.hpp"
#include "engine/filters/screen.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// What a sample's verdict waits for.
struct need {
  enum class kind {
    pure,     // begin(): nothing was evaluated yet
    costly,   // an evaluation that takes a process or a request, to be given to add()
    decided,  // nothing: settle() says the verdict
  };
  kind what = kind::decided;
  std::size_t evaluator = 0;  // of a costly one, its place in the config's `evaluate`
};

class assessor {
 public:
  // errc::usage for an evaluator that cannot be built.
  static result<assessor> make(const config& run,
                               std::span<const evaluator_kind> known = evaluator_kinds());

  // Sets the sample's evaluations, its reason where it is rejected, and the fingerprints. What is
  // costly is not asked for: it is taken from the sample's own evaluations where its fingerprint
  // holds; a sample that needs more is unjudged.
  void decide(sample& of) const;

  // The same in steps, for whoever carries out the costly ones:
  //   begin(s); while (next_needed(s).what == need::kind::costly) add(s, ...); settle(s);
  // Pure evaluators and filters are all run at once, costly ones one by one, those that decide
  // first, while the sample may still be accepted.
  void begin(sample& of) const;
  need next_needed(const sample& of) const;
  // `made` is its score, detail and usage: name and fingerprint are the assessor's to set.
  void add(sample& to, std::size_t evaluator, evaluation made) const;
  // It could not be made, for a reason that may pass: with what it has used, its votes so far, and
  // why.
  void add_missing(sample& to, std::size_t evaluator, evaluation why) const;
  // Those that a process before was given, and paid for.
  std::vector<double> votes_so_far(const sample& of, std::size_t evaluator) const;
  void settle(sample& of) const;
  // begin() and settle(), of which the first may be done already.
  void finish(sample& of) const;

  bool has_costly() const { return costs_; }
  // The step whose samples it judges.
  std::uint32_t step() const { return step_; }

  // What the first evaluator that decides gave the sample; nothing where it could not tell.
  std::optional<double> deciding_score(const sample& of) const;
  // Whether those that decide hold a judged sample right, whatever a filter of texts thought of it;
  // one that is no whole answer is not. Nothing of what failed, and where one of them has not told:
  // it could not, the majority will stand for its reference, or a filter spared its cost.
  std::optional<bool> is_right(const sample& of) const;

  // What the first evaluator that can finds as the answer; and whether it holds two such the same.
  // Of a config that keeps the majority.
  std::optional<std::string> extracted_answer(const sample& of) const;
  bool are_same(std::string_view one, std::string_view other) const;

  // What the judges gave it, where the config has several; of those that gave a score.
  std::vector<double> judge_scores(const sample& of) const;

  // Of what decides a verdict besides the sample: evaluate and filter.
  std::uint64_t fingerprint() const { return fingerprint_; }
  // Of what makes a row's id, reference and columns: dataset.id, reference, outputs[].columns.
  std::uint64_t rendering() const { return rendering_; }
  // The id is the ordinal, and there are no reference and no columns.
  bool needs_no_row() const { return needs_no_row_; }

 private:
  struct configured {
    engine::evaluator evaluator;
    std::string name;
    double threshold = 1;
    bool decides = false;
    std::uint64_t fingerprint = 0;  // of a costly one's kind and keys; 0: pure
  };
  static result<configured> configure(std::span<const evaluator_config> all, std::size_t which,
                                      std::span<const evaluator_kind> known);
  std::uint64_t fingerprint_of(const configured&, const sample&) const;
  std::size_t place_of(const sample& in, std::size_t evaluator) const;
  void insert(sample& to, std::size_t evaluator, evaluation made) const;
  bool asks_majority(const configured& by, bool has_reference) const;
  judgement judge(const configured& by, const candidate& what) const;
  const engine::evaluator* first_that_extracts() const;
  bool lacks_costly(const sample& of) const;
  const evaluation* find(const sample& in, std::size_t evaluator) const;
  void hold_on_to(std::vector<evaluation> paid_for, sample& of) const;
  void look_through(sample& of) const;
  std::optional<reject_reason> rejection(const sample& of) const;
  agreement agreement_on(const sample& of) const;

  std::vector<configured> evaluators_;
  std::vector<std::size_t> judges_;  // their places, where there are several
  bool costs_ = false;               // one of them does
  bool majority_ = false;            // it stands for a reference that is not there
  filter_config filter_;
  screen screen_;
  std::uint64_t fingerprint_ = 0;
  std::uint64_t rendering_ = 0;
  bool needs_no_row_ = true;
  std::uint32_t step_ = 0;
};

}  // namespace retort::engine
