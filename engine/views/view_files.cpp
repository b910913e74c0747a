#include "engine/views/view_files.hpp"

#include <algorithm>

namespace retort::engine {

result<io::sink> view_files::sink_for(const std::string& path) { return io::sink::go_over(path); }

result<io::sink*> view_files::open(const std::string& path) {
  auto made = sink_for(path);
  if (!made) return made.error();
  open_.push_back(std::make_unique<open_file>(open_file{path, std::move(*made)}));
  return &open_.back()->out;
}

result<void> view_files::close(io::sink* done) {
  const auto at = std::ranges::find(open_, done, [](const auto& each) { return &each->out; });
  if (auto finished = done->finish(); !finished) return finished;
  closed_.push_back({(*at)->path, done->size(), done->hash()});
  open_.erase(at);
  return {};
}

result<void> view_files::flush() {
  for (const auto& each : open_) {
    if (auto flushed = each->out.flush(); !flushed) return flushed;
  }
  return {};
}

result<void> view_files::finish() {
  while (!open_.empty()) {
    if (auto done = close(&open_.front()->out); !done) return done;
  }
  return {};
}

}  // namespace retort::engine
