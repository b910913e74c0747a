// Text without the UTF-8 byte order mark (EF BB BF) that some programs put in front of it and
// that neither JSON nor CSV knows. One thread at a time.
#pragma once

#include "io/dataset/byte_source.hpp"

namespace retort::io {

// The bytes of `text`, but for a mark at their very beginning.
std::unique_ptr<byte_source> without_byte_order_mark(std::unique_ptr<byte_source> text);

}  // namespace retort::io
