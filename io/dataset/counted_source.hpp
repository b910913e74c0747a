// A stream of bytes that counts what it gives. One thread reads; any may look at the count.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "io/dataset/byte_source.hpp"

namespace retort::io {

// `count`, which outlives the source, is added to.
std::unique_ptr<byte_source> counted(std::unique_ptr<byte_source> bytes,
                                     std::atomic<std::uint64_t>& count);

}  // namespace retort::io
