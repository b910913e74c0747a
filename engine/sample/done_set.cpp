#include "engine/sample/done_set.hpp"

#include <optional>

namespace retort::engine {

bool done_set::note(const sample_key& key, verdict what, bool open, bool is_awaited) {
  const std::uint64_t at = index(key);
  if (settled_.contains(at)) return false;
  if (is_awaited) return true;
  if (what == verdict::failed) {
    failed_.add(at);
  } else {
    failed_.remove(at);
  }
  if (what == verdict::rejected) rejected_.add(at);
  if (!open) settled_.add(at);
  return true;
}

slot_state done_set::state_at(std::uint64_t index) const {
  if (!settled_.contains(index)) return slot_state::open;
  if (failed_.contains(index)) return slot_state::failed;
  return rejected_.contains(index) ? slot_state::rejected : slot_state::accepted;
}

std::uint32_t done_set::settled_of(std::uint64_t ordinal) const {
  const std::uint64_t first = first_index(ordinal);
  std::uint32_t count = 0;
  for (std::uint64_t i = 0; i < layout_.slots(); ++i) count += settled_.contains(first + i);
  return count;
}

record_history done_set::history_of(std::uint64_t ordinal) const {
  const std::uint64_t first = first_index(ordinal);
  record_history out(layout_.slots(), slot_state::open);
  if (settled_.isEmpty()) return out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = state_at(first + i);
  return out;
}

record_history done_set::as_left(std::uint64_t ordinal) const {
  record_history out = history_of(ordinal);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] != slot_state::open) continue;
    if (failed_.contains(first_index(ordinal) + i)) out[i] = slot_state::failed;
  }
  return out;
}

void done_set::for_records(const std::function<void(std::uint64_t ordinal)>& each) const {
  for_records_in(settled_, each);
}

void done_set::for_failed(const std::function<void(std::uint64_t ordinal)>& each) const {
  for_records_in(failed_, each);
}

void done_set::for_records_in(const Roaring64Map& samples,
                              const std::function<void(std::uint64_t ordinal)>& each) const {
  std::optional<std::uint64_t> last;
  for (const std::uint64_t one : samples) {
    const std::uint64_t ordinal = one / layout_.slots();
    if (last != ordinal) each(ordinal);
    last = ordinal;
  }
}

}  // namespace retort::engine
