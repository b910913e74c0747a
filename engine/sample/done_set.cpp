#include "engine/sample/done_set.hpp"

namespace retort::engine {

bool done_set::note(const sample_key& key, verdict what, bool open) {
  const std::uint64_t at = index(key.ordinal, key.variant);
  if (settled_.contains(at)) return false;
  if (what == verdict::failed) {
    failed_.add(at);
  } else {
    failed_.remove(at);
  }
  if (!open) settled_.add(at);
  return true;
}

bool done_set::is_settled(std::uint64_t ordinal) const {
  for (std::uint32_t variant = 0; variant < variants_; ++variant) {
    if (!is_settled(ordinal, variant)) return false;
  }
  return true;
}

}  // namespace retort::engine
