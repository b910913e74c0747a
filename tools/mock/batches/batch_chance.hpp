// What chance has in store for batches and their lines. It depends on the seed, the batch and the
// line's custom_id alone: a line that expires in one batch may be answered in the next. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/mock/faults/options.hpp"

namespace retort::mock {

enum class line_fate {
  answered,
  errored,  // by the server
  expired,
};

class batch_chance {
 public:
  explicit batch_chance(const options& chosen);

  line_fate fate_of(std::string_view batch, std::string_view custom_id) const;
  // Whether the n-th batch that is asked for is refused as a whole.
  bool refuses(std::uint64_t nth) const;
  // The order in which a batch's lines finish, as positions in its input. Never that of the input.
  std::vector<std::size_t> order_of(std::string_view batch, std::size_t lines) const;

 private:
  double expired_, errored_, refused_;
  std::uint64_t seed_;
};

}  // namespace retort::mock
