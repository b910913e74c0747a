// Keeps a small file as it was said last, on a thread of its own: the disk, or whatever stands
// behind the file's name, may take its time. put() and finish() on one thread.
#pragma once

#include <condition_variable>
#include <string>
#include <thread>

#include "io/base/mutex.hpp"

namespace retort::engine {

class latest_file {
 public:
  explicit latest_file(std::string path);
  ~latest_file();  // finishes

  // Takes the place of what is not written yet. What cannot be written is left out: the next may.
  void put(std::string text);
  // Waits for a write under way; nothing is written any more then.
  void finish();

 private:
  void write_all();

  std::string path_;
  io::mutex mutex_;
  std::condition_variable wake_;
  std::string next_ RETORT_GUARDED_BY(mutex_);  // "": nothing
  bool over_ RETORT_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace retort::engine
