// Which samples a ledger holds: compressed bitmaps, not a set of keys. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <roaring/roaring64map.hh>

#include "engine/sample/record_history.hpp"
#include "engine/sample/sample.hpp"
#include "engine/sample/slot_layout.hpp"

namespace retort::engine {

class done_set {
 public:
  explicit done_set(slot_layout layout) : layout_(std::move(layout)) {}
  const slot_layout& layout() const { return layout_; }

  // Notes a line of the ledger. A finished sample stays finished whatever comes later; returns
  // false for a line that says nothing new about one. `is_awaited`: an answer whose verdict was
  // still to come when its line was written, which is no failure.
  bool note(const sample_key& key, verdict what, bool open, bool is_awaited = false);

  // Nothing more is to be done for this sample: accepted, rejected, or failed for good.
  bool is_settled(const sample_key& key) const { return settled_.contains(index(key)); }
  // Its last word is a failure.
  bool has_failed(const sample_key& key) const { return failed_.contains(index(key)); }

  std::uint64_t settled() const { return settled_.cardinality(); }
  // Samples whose last word is a failure, for good or not.
  std::uint64_t failed() const { return failed_.cardinality(); }

  // Of a record: so many of its samples are settled, and which.
  std::uint32_t settled_of(std::uint64_t ordinal) const;
  record_history history_of(std::uint64_t ordinal) const;
  // As those who asked have left it: what failed is as good as failed for good.
  record_history as_left(std::uint64_t ordinal) const;

  // Calls `each` with every record of which a sample is settled, in their order.
  void for_records(const std::function<void(std::uint64_t ordinal)>& each) const;
  // With every record of which a sample's last word is a failure.
  void for_failed(const std::function<void(std::uint64_t ordinal)>& each) const;

 private:
  std::uint64_t first_index(std::uint64_t ordinal) const { return ordinal * layout_.slots(); }
  std::uint64_t index(const sample_key& key) const {
    return first_index(key.ordinal) + layout_.slot_of(key);
  }
  slot_state state_at(std::uint64_t index) const;
  void for_records_in(const Roaring64Map& samples,
                      const std::function<void(std::uint64_t ordinal)>& each) const;

  slot_layout layout_;
  Roaring64Map settled_;
  Roaring64Map failed_;
  Roaring64Map rejected_;
};

}  // namespace retort::engine
