#include "engine/filters/known_texts.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr int most_of_one_key = 32;
constexpr std::size_t first_slots = 64;

}  // namespace

known_texts::trace known_texts::trace_of(std::string_view text) const {
  const std::string_view bare = trim(text);
  const XXH128_hash_t hash = XXH3_128bits(bare.data(), bare.size());
  trace out{{hash.high64, hash.low64}, {}};
  if (near_) out.signature = minhash_of(bare);
  return out;
}

std::string_view known_texts::id_of(std::uint32_t number) const {
  const std::uint64_t begin = number == 0 ? 0 : id_ends_[number - 1];
  return std::string_view(ids_).substr(begin, id_ends_[number] - begin);
}

std::optional<std::string> known_texts::find(const trace& of) const {
  const auto same = exact_.find(of.exact);
  if (same != exact_.end()) return fmt::format("the same as {}", excerpt(id_of(same->second)));
  return near_ ? find_near(of.signature) : std::nullopt;
}

// A band's bytes are hashes that stand beside each other: mixed, they spread.
std::size_t known_texts::slot_of(std::uint64_t key, const band& in) const {
  key ^= key >> 32;
  return (key * 0x9E3779B97F4A7C15 >> 20) & (in.slots.size() - 1);
}

std::optional<std::string> known_texts::find_near(const minhash_signature& of) const {
  for (std::size_t which = 0; which < minhash_bands; ++which) {
    const band& in = bands_[which];
    if (in.slots.empty()) continue;
    for (std::size_t at = slot_of(of[which], in); in.slots[at] != 0;
         at = (at + 1) & (in.slots.size() - 1)) {
      const std::uint32_t number = in.slots[at] - 1;
      if (signatures_[number][which] != of[which]) continue;
      const double alike = likeness(signatures_[number], of);
      if (alike >= *near_) return fmt::format("{:.2f} like {}", alike, excerpt(id_of(number)));
    }
  }
  return std::nullopt;
}

void known_texts::add(const trace& of, std::string_view id) {
  const auto number = static_cast<std::uint32_t>(id_ends_.size());
  exact_.emplace(of.exact, number);
  ids_ += id;
  id_ends_.push_back(ids_.size());
  if (!near_) return;
  signatures_.push_back(of.signature);
  for (std::size_t which = 0; which < minhash_bands; ++which) {
    if (bands_[which].used * 10 >= bands_[which].slots.size() * 7) grow(which);
    put(number, which);
  }
}

void known_texts::put(std::size_t number, std::size_t which) {
  band& in = bands_[which];
  const std::uint64_t key = signatures_[number][which];
  int same = 0;
  std::size_t at = slot_of(key, in);
  for (; in.slots[at] != 0; at = (at + 1) & (in.slots.size() - 1)) {
    same += signatures_[in.slots[at] - 1][which] == key;
    if (same == most_of_one_key) return;
  }
  in.slots[at] = static_cast<std::uint32_t>(number) + 1;
  ++in.used;
}

// In the order of the numbers, so that those of one key stay in theirs.
void known_texts::grow(std::size_t which) {
  band& in = bands_[which];
  in.slots.assign(in.slots.empty() ? first_slots : 2 * in.slots.size(), 0);
  in.used = 0;
  for (std::size_t number = 0; number + 1 < signatures_.size(); ++number) put(number, which);
}

}  // namespace retort::engine
