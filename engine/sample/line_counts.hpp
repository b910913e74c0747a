// How many lines a ledger has of each of many: numbers written in binary, a bitmap for each digit,
// so that a record costs some bits, however many lines it has. One thread at a time.
#pragma once

#include <cstdint>
#include <roaring/roaring64map.hh>
#include <vector>

namespace retort::engine {

class line_counts {
 public:
  void add(std::uint64_t of);   // one more
  void take(std::uint64_t of);  // one fewer; nothing where there is none
  bool has_any(std::uint64_t of) const;

 private:
  std::vector<Roaring64Map> digits_;  // the lowest first
};

}  // namespace retort::engine
