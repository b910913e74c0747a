// The prompts of all that a record is asked: of each of a config's steps in their order, or of the
// one that there is. Immutable after making; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/prompt/prompts.hpp"

namespace retort::engine {

class step_prompts {
 public:
  // errc::usage as prompts::make() has it.
  static result<step_prompts> make(const config& run);

  std::uint32_t count() const { return static_cast<std::uint32_t>(all_.size()); }
  const prompts& of(std::uint32_t step) const { return all_[step]; }
  const prompts& last() const { return all_.back(); }

  // Renders the first step's. What the steps behind it lack of the record is an error as well: it
  // is known before anything is paid for.
  result<void> render_first(simdjson::dom::element record, sample& into) const;

 private:
  result<void> try_later(simdjson::dom::element record, std::uint64_t ordinal) const;

  std::vector<prompts> all_;
};

}  // namespace retort::engine
