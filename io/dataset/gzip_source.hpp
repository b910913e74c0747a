// A gzip stream (RFC 1952) as the bytes that went into it. Several members in a row are one
// stream, as in `cat a.gz b.gz`. One thread at a time.
#pragma once

#include "io/dataset/byte_source.hpp"

namespace retort::io {

// `block` is how much is read from `compressed` at once. Reading fails, naming the source, when
// the data is corrupt, ends inside a member or holds none, or goes on with something else.
std::unique_ptr<byte_source> gunzip(std::unique_ptr<byte_source> compressed,
                                    std::size_t block = read_block_bytes);

}  // namespace retort::io
