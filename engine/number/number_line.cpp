#include "engine/number/number_line.hpp"

#include "engine/number/number_units.hpp"

namespace retort::engine {

std::size_t number_line::skip_money(std::size_t begin) const {
  for (;;) {
    const auto& one = before(begin);
    const bool short_form = one.what == kind::dot && begin > 1 &&
                            at(begin - 2).what == kind::word && is_currency(at(begin - 2).text);
    const bool is_money =
        one.what == kind::money || short_form || (one.what == kind::word && is_currency(one.text));
    if (!is_money) return begin;
    --begin;
  }
}

}  // namespace retort::engine
