// Whether a number stands for itself, by what stands beside it: the 3 of 3\pi, x > 3, 3 - 5, 2(3),
// 3!, \sqrt{3}, ±3 or "3 squared" does not. Where two readings are possible ("Answer - 5") it does
// not either. Pure; any thread.
#pragma once

#include "engine/number/number_term.hpp"

namespace retort::engine {

class number_context : number_line {
 public:
  using number_line::number_line;

  // It is part of something else. What stands before the number and belongs to it, as its sign, is
  // taken into it; brackets around it alone are looked through.
  bool is_changed(number_term& of) const;
  // The same, of what stands from `end` on alone.
  bool is_changed_by_right(std::size_t end) const;

 private:
  bool is_changed_by_left(number_term& of) const;
  bool is_changed_by_neighbour(const number_term& of, std::size_t left, bool glued) const;
  bool take_sign(number_term& of) const;
  bool take_words_before(number_term& of) const;
  bool is_argument(std::size_t begin, bool glued) const;
  bool is_bounded_by_words(std::size_t begin) const;
  bool is_changed_by_words(std::size_t begin) const;
  bool is_changed_by_word(std::size_t place) const;
  bool is_part_in_words(std::size_t place) const;
  bool subtracts(std::size_t place) const;
  bool is_rate(const number_token& below) const;
};

}  // namespace retort::engine
