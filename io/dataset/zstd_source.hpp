// A Zstandard stream (RFC 8878) as the bytes that went into it. Several frames in a row are one
// stream; skippable frames are skipped. One thread at a time.
//
// Memory: the window that the frame asks for, at most the library's limit for untrusted input of
// 128 MiB (ZSTD_WINDOWLOG_LIMIT_DEFAULT): what `zstd` itself unpacks without --long.
#pragma once

#include "io/dataset/byte_source.hpp"

namespace retort::io {

// `block` is how much is read from `compressed` at once. Reading fails, naming the source, when
// the data is corrupt, ends inside a frame or holds none, or goes on with something else.
std::unique_ptr<byte_source> unzstd(std::unique_ptr<byte_source> compressed,
                                    std::size_t block = read_block_bytes);

}  // namespace retort::io
