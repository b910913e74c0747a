// The filters that go by what was accepted before: unique and per_record. A verdict of theirs is a
// function of the ledger's order: a sample is judged when it is about to be appended, with all that
// stands before it, and a fold over the ledger's lines comes to the same. Only what is accepted in
// the end is remembered: what something else rejects is in nobody's way. This is all the state that
// such filters have, beside what it was made from. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <roaring/roaring64map.hh>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/filters/known_texts.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

class succession {
 public:
  // Nothing where the config has no such filter; it outlives what is made.
  static std::unique_ptr<succession> make(const config& run);

  // The next sample of the ledger, judged by itself; each sample once. What was accepted of another
  // step is in nobody's way.
  void judge(sample& next);
  // The same for one that was judged in full when it was written, under this very config.
  void note(const sample& written);

 private:
  explicit succession(const config& asked);
  void judge_own(sample& next);
  void note_own(const sample& written);
  std::optional<std::string> text_of(const sample& of) const;
  std::uint64_t place_of_next(std::uint64_t ordinal) const;

  const config& run_;                                 // what one step asks
  std::vector<std::unique_ptr<succession>> earlier_;  // of the steps before; null where none
  std::optional<known_texts> texts_;
  std::uint64_t most_ = 0;   // of a record; 0: any number
  Roaring64Map of_records_;  // ordinal * most + 0, 1, ... for each accepted
};

}  // namespace retort::engine
