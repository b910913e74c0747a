// When to start a command again is hopeless. Pure; one thread.
#pragma once

namespace retort::engine {

class restart_limit {
 public:
  void answered() {
    has_answered_ = true;
    in_a_row_ = 0;
  }
  void died() { ++in_a_row_; }

  // One that has answered may meet many samples, one after the other, that it cannot bear: each
  // takes two. One that never has is wrong in itself.
  bool is_hopeless() const { return in_a_row_ >= (has_answered_ ? later : first); }
  int in_a_row() const { return in_a_row_; }

 private:
  static constexpr int first = 5, later = 50;
  bool has_answered_ = false;
  int in_a_row_ = 0;  // deaths without an answer in between
};

}  // namespace retort::engine
