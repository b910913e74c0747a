// Packs what is appended to a sink, as one gzip member or zstd frame: what comes out depends on
// nothing but what went in, in which pieces whatever. One thread at a time.
#pragma once

#include <memory>
#include <string_view>

#include "io/base/error.hpp"
#include "io/file/sink.hpp"

namespace retort::io {

enum class packing { none, gzip, zstd };

// By a file's ending: .gz, .zst.
packing packing_of(std::string_view path);

class packer {
 public:
  virtual ~packer() = default;
  // As the sink's append(); what is packed may come out later.
  virtual result<void> append(std::string_view bytes, sink& out) = 0;
  // What is left, and the end: to be called once.
  virtual result<void> end(sink& out) = 0;
};

// Null where nothing is packed. errc::disk: there is no memory for it.
result<std::unique_ptr<packer>> make_packer(packing how);

}  // namespace retort::io
