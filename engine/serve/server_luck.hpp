// How often a server that ends by itself is started again. Pure; one thread.
#pragma once

#include <chrono>

namespace retort::engine {

class server_luck {
 public:
  using seconds = std::chrono::seconds;

  // It ended after it had been ready for so long; 0: before it was.
  void ended(std::chrono::steady_clock::duration served) {
    in_a_row_ = served >= long_enough ? 1 : in_a_row_ + 1;
  }
  bool is_hopeless() const { return in_a_row_ > most_in_a_row; }
  int in_a_row() const { return in_a_row_; }
  // Before it is started again: a GPU's memory, or its port, may not be free at once.
  seconds pause() const { return seconds(in_a_row_); }

  static constexpr int most_in_a_row = 3;
  static constexpr seconds long_enough{600};  // what served so long ended of something else

 private:
  int in_a_row_ = 0;
};

}  // namespace retort::engine
