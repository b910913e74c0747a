// Numbers that follow each other and are not one each: the parts of an amount, the ends of a range,
// several answers. Pure; any thread.
#pragma once

#include <optional>

#include "engine/number/number_term.hpp"

namespace retort::engine {

class number_series : number_line {
 public:
  using number_line::number_line;

  // `of`, the next number after `earlier`, is not the one that the text says:
  //   5 feet 10 inches, 3 dollars and 50 cents, 4 thousand 500
  //   3 to 5, x = 3 or x = 5, between 3 and 5, 4 by 5, and a bare "3, 5" or "3 and 5"
  // Another way to write the same number is fine: 1/2 or 0.5.
  bool goes_on(const number_term& earlier, const number_term& of) const;

 private:
  struct gap {
    std::size_t end;  // behind signs and a comma
    bool is_list;     // , ;
    bool is_and;      // &
  };
  gap gap_behind(const number_term& earlier) const;
  std::size_t skip(std::size_t place, std::initializer_list<kind> what) const;
  std::size_t back_to_words(const number_term& of) const;

  bool is_one_amount(const number_term& earlier, const number_term& of) const;
  bool are_several(const number_term& earlier, const number_term& of) const;
  std::optional<std::size_t> behind_joint(const number_term& earlier, const number_term& of) const;
  bool are_listed(const number_term& earlier, const number_term& of) const;
  bool repeats_name(const number_term& earlier, std::size_t place) const;
  bool is_operand(const number_term& of) const;
  bool is_bare(const number_term& of) const;
  bool is_scaled(const number_term& of) const;
};

}  // namespace retort::engine
