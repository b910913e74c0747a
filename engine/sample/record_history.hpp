// What has become of a record's samples so far: one state for each slot, a variant and a k. It is
// what a plan goes by, and what a resume finds in the ledger. Plain values, one thread at a time.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>

namespace retort::engine {

enum class slot_state : std::uint8_t {
  open,       // never asked, or it failed of what may pass
  under_way,  // asked by this process
  accepted,
  passed_over,  // accepted as well, and another of its step is what the next one goes on from
  rejected,
  failed,  // for good, or as far as this process goes
};

// By slot: variant * n + k, or as slot_layout.hpp has it.
using record_history = boost::container::small_vector<slot_state, 8>;

}  // namespace retort::engine
