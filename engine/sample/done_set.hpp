// Which samples a ledger holds: two compressed bitmaps, not a set of keys. One thread at a time.
#pragma once

#include <cstdint>
#include <roaring/roaring64map.hh>

#include "engine/sample/sample.hpp"

namespace retort::engine {

class done_set {
 public:
  explicit done_set(std::uint32_t variants) : variants_(variants) {}
  std::uint32_t variants() const { return variants_; }

  // Notes a line of the ledger. A finished sample stays finished whatever comes later; returns
  // false for a line that says nothing new about one.
  bool note(const sample_key& key, verdict what, bool open);

  // Nothing more is to be done for this sample: accepted, rejected, or failed for good.
  bool is_settled(std::uint64_t ordinal, std::uint32_t variant) const {
    return settled_.contains(index(ordinal, variant));
  }
  bool is_settled(std::uint64_t ordinal) const;
  // Its last word is a failure.
  bool has_failed(std::uint64_t ordinal, std::uint32_t variant) const {
    return failed_.contains(index(ordinal, variant));
  }

  std::uint64_t settled() const { return settled_.cardinality(); }
  // Samples whose last word is a failure, for good or not.
  std::uint64_t failed() const { return failed_.cardinality(); }

 private:
  std::uint64_t index(std::uint64_t ordinal, std::uint32_t variant) const {
    return ordinal * variants_ + variant;
  }

  std::uint32_t variants_;
  Roaring64Map settled_;
  Roaring64Map failed_;
};

}  // namespace retort::engine
