// The pager of `retort inspect`: keys in, what is to be done and what is to be seen out. Knows no
// terminal. Pure; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::engine {

class pager {
 public:
  explicit pager(std::size_t samples) : samples_(samples) {}

  enum class act { none, mark_good, mark_bad, unmark, quit };
  // The next byte that was typed. An arrow or a page key is several.
  act take(char byte);

  std::size_t at() const { return at_; }
  const std::string& note() const { return note_; }  // of the mark that take() has said

  // The lines to be shown on a screen of this size: as much of the sample's text as fits, wrapped,
  // and the status below it. Every line is plain_line().
  std::string screen(std::string_view text, std::string_view status, std::size_t rows,
                     std::size_t columns);

 private:
  act take_note(char byte);
  act take_key(char key);
  void scroll(std::ptrdiff_t lines);
  void step(std::ptrdiff_t samples);

  std::size_t samples_, at_ = 0;
  std::size_t top_ = 0, page_ = 1, most_top_ = 0;
  bool asks_note_ = false;
  act marking_ = act::none;
  std::string note_, escape_;
};

}  // namespace retort::engine
