// The files that views write, by name: opened when a view asks for them, made visible and finished
// all at once. Here each is written over whatever it held; whose files these are is looked at by
// who derives from it (engine/directory/output_files.hpp). One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

inline constexpr std::string_view standard_output = "-";

class view_files {
 public:
  view_files() = default;
  view_files(view_files&&) = default;
  view_files& operator=(view_files&&) = delete;
  virtual ~view_files() = default;

  // To be called once for each path, at any time of the fold; the sink goes away when it is closed.
  // errc::unwritable, errc::disk, and what who derives from this says.
  result<io::sink*> open(const std::string& path);
  // Cuts the file where its sink ended, and syncs it.
  result<void> close(io::sink* done);
  // Makes what was appended visible to readers.
  result<void> flush();
  // Closes what is still open.
  result<void> finish();

  struct closed_file {
    std::string path;
    std::uint64_t bytes;
    std::uint64_t hash;  // XXH3, 64 bits, seed 0
  };
  const std::vector<closed_file>& closed() const { return closed_; }

 protected:
  virtual result<io::sink> sink_for(const std::string& path);

 private:
  struct open_file {
    std::string path;
    io::sink out;
  };
  std::vector<std::unique_ptr<open_file>> open_;
  std::vector<closed_file> closed_;
};

}  // namespace retort::engine
