// Lines that are JSON objects, packed as a Parquet file: a packer like those of io/file, of one
// line at a time. A group ends where its lines come to so many bytes, and nowhere else, so what
// comes out depends on the lines alone. One thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "io/file/packer.hpp"
#include "io/parquet/parquet_module.hpp"

namespace retort::engine {

// Bytes of lines in a group, that many at least: what a writer and its readers hold at once.
inline constexpr std::size_t group_bytes = std::size_t{32} << 20;

// `out` gets the bytes of all that is appended. errc::usage: Parquet is off.
result<std::unique_ptr<io::packer>> make_parquet_packer(
    const std::vector<io::parquet_column>& columns, io::sink& out, std::size_t group = group_bytes);

}  // namespace retort::engine
