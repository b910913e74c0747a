#include "engine/directory/latest_file.hpp"

#include <utility>

#include "io/file/file.hpp"

namespace retort::engine {

latest_file::latest_file(std::string path)
    : path_(std::move(path)), thread_([this] { write_all(); }) {}

latest_file::~latest_file() { finish(); }

void latest_file::put(std::string text) {
  const io::lock held(mutex_);
  next_ = std::move(text);
  wake_.notify_one();
}

void latest_file::finish() {
  if (!thread_.joinable()) return;
  {
    const io::lock held(mutex_);
    over_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void latest_file::write_all() {
  for (;;) {
    std::string text;
    {
      io::lock held(mutex_);
      while (next_.empty() && !over_) held.wait(wake_);
      if (over_) return;
      text = std::exchange(next_, {});
    }
    (void)io::replace_file(path_, text);
  }
}

}  // namespace retort::engine
