// Prompts that begin alike go to the same endpoint while its load allows: a server of ours then has
// their beginning in its prefix cache. Who goes where is rendezvous hashing with bounded loads
// (Mirrokni, Thorup, Zadimoghaddam: "Consistent Hashing with Bounded Loads", SODA 2018): each
// prefix has its own order of the endpoints, and takes the first that is not much busier than all
// are on average. Who leaves or comes moves no other prefix. Pure but for what a prompt_prefix has
// seen; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "providers/body/types.hpp"

namespace retort::engine {

// The first 64 KB of what is asked, who speaks among it.
std::string beginning_of(std::span<const providers::message> prompt);

// What of a prompt is hashed: what all prompts so far begin with (a template's own words), and so
// many bytes behind that.
inline constexpr std::size_t told_apart_by = 512;

class prompt_prefix {
 public:
  // Never 0.
  std::uint64_t key_of(std::span<const providers::message> prompt);

 private:
  std::optional<std::string> first_;  // the beginning of the first one; what it has in common
  std::size_t common_ = 0;            // with the others
};

struct route_candidate {
  std::uint64_t name = 0;  // the endpoint's, hashed
  double used = 0;         // of its scarcest limit, 0 to 1 and above: how busy it is
  bool is_open = true;     // it would take a request
};

// Not busier than this times the average; 1 / (the excess) bounds how far a prefix wanders.
inline constexpr double load_bound = 1.25;

// Among those open the first in the prefix's order that is within the bound, else the least busy.
// Nothing where none is open.
std::optional<std::size_t> route(std::uint64_t prefix, std::span<const route_candidate> all);

// The first of the least busy that are open.
std::optional<std::size_t> least_used(std::span<const route_candidate> all);

}  // namespace retort::engine
