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
  // Nothing where the config has no such filter; it outlives what is made. A step that keeps not
  // all of a record's answers (samples.keep) chooses first: see behind_keep().
  static std::unique_ptr<succession> make(const config& run);
  // Of the last step, for those of its answers that samples.keep has chosen, in the order in which
  // it does. Nothing where it keeps all, or has no such filter.
  static std::unique_ptr<succession> behind_keep(const config& run);

  // The next sample of the ledger, judged by itself; each sample once. What was accepted of another
  // step is in nobody's way.
  void judge(sample& next);
  // The same for one that was judged in full when it was written, under this very config.
  void note(const sample& written);

  // What `unique` goes by; nothing without it. Any thread.
  std::optional<std::string> text_of(const sample& of) const;
  // The next one that has such a text; nothing: it may stay.
  struct objection {
    reject_reason why;
    std::string detail;
  };
  std::optional<objection> object(const std::optional<std::string>& text, std::uint64_t ordinal,
                                  std::string_view id);

 private:
  explicit succession(const config& asked, bool is_behind_keep);
  void judge_own(sample& next);
  void note_own(const sample& written);
  std::uint64_t place_of_next(std::uint64_t ordinal) const;

  const config& run_;                                 // what one step asks
  std::vector<std::unique_ptr<succession>> earlier_;  // of the steps before; null where none
  std::optional<known_texts> texts_;
  std::uint64_t most_ = 0;   // of a record; 0: any number
  Roaring64Map of_records_;  // ordinal * most + 0, 1, ... for each accepted
};

}  // namespace retort::engine
