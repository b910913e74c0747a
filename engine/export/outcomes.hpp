// What became of each sample of a ledger, as compressed bitmaps, and the view that notes it. One
// thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <roaring/roaring64map.hh>
#include <string>
#include <string_view>
#include <utility>

#include "engine/sample/slot_layout.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

// accepted, failed, not judged (its answer waits for an evaluator that costs something), and each
// reason of a rejected one.
inline constexpr std::size_t outcomes = 3 + reject_reasons;
inline constexpr std::size_t unjudged_outcome = 2;
std::size_t outcome_of(const view_change& change, bool is_unjudged);
// "accepted", "unscored", "rejected (too_short)".
std::string name_of_outcome(std::size_t outcome);

class outcome_set {
 public:
  explicit outcome_set(slot_layout layout) : layout_(std::move(layout)) {}

  // A sample's last word counts.
  void note(const sample_key& key, std::size_t outcome);
  std::optional<std::size_t> of(const sample_key& key) const;
  std::uint64_t count(std::size_t outcome) const { return by_outcome_[outcome].cardinality(); }
  // Samples that came to the one here and to the other there.
  std::uint64_t count_both(std::size_t here, const outcome_set& there, std::size_t other) const;

 private:
  std::uint64_t index(const sample_key& key) const {
    return key.ordinal * layout_.slots() + layout_.slot_of(key);
  }

  slot_layout layout_;
  std::array<Roaring64Map, outcomes> by_outcome_;
};

// Writes nothing: it hears each sample's outcome in the fold's order, its id, and what a reason has
// to say besides.
struct told_outcome {
  sample_key key;
  std::size_t outcome;
  std::string_view id, detail;
};
using outcome_listener = std::function<void(const told_outcome&)>;
std::unique_ptr<const view> make_outcome_view(outcome_listener listener);

// The same view, of which nothing is written: what its format cannot have is known all the same.
// None for a view of what is not exported.
std::unique_ptr<const view> make_unwritten(std::unique_ptr<const view> of);

}  // namespace retort::engine
