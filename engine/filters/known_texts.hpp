// The texts that were accepted so far, and whose they are: whether another is one of them, or
// nearly. Holds hashes alone: about 75 bytes a text and its id, near 330. One thread at a time.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/filters/min_hash.hpp"

namespace retort::engine {

class known_texts {
 public:
  // `near`: texts so much alike, from 0 to 1, count as one; without it only those that are the
  // same, white space around them aside.
  explicit known_texts(std::optional<double> near) : near_(near) {}

  // A text as it is looked for, and added afterwards.
  struct trace {
    std::pair<std::uint64_t, std::uint64_t> exact;
    minhash_signature signature;  // with `near`
  };
  trace trace_of(std::string_view text) const;

  // "the same as q7", or "0.86 like q7": the first that is.
  std::optional<std::string> find(const trace& of) const;
  void add(const trace& of, std::string_view id);

 private:
  // One band's table: open addressing over the numbers of the texts. Of those with one key the
  // first 32 are kept, so that what half of all texts share costs no more than that.
  struct band {
    std::vector<std::uint32_t> slots;  // number + 1; 0: free
    std::size_t used = 0;
  };
  std::size_t slot_of(std::uint64_t key, const band& in) const;
  void put(std::size_t number, std::size_t which);
  void grow(std::size_t which);
  std::optional<std::string> find_near(const minhash_signature& of) const;
  std::string_view id_of(std::uint32_t number) const;

  std::optional<double> near_;
  boost::unordered_flat_map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> exact_;
  std::vector<minhash_signature> signatures_;
  std::array<band, minhash_bands> bands_;
  std::string ids_;  // one behind the other
  std::vector<std::uint64_t> id_ends_;
};

}  // namespace retort::engine
