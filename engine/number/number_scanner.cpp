#include "engine/number/number_scanner.hpp"

#include "engine/number/number_context.hpp"
#include "engine/number/number_series.hpp"
#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

// (3, 5) and (x, 5) hold no 5: how much of such a thing has gone by.
class tuple_state {
 public:
  void pass(const number_token& one) {
    using enum number_token::kind;
    if (one.what == open)
      at_ = place::opened;
    else if (one.what == comma || (one.what == other && one.text == ";"))
      at_ = at_ == place::listed ? place::behind_comma : place::outside;
    else if (is_variable(one))
      pass_number();
    else if (!is_any(one.what, {minus, plus, money, symbol, root}))
      at_ = place::outside;
  }
  void pass_number() { at_ = is_open() || is_within() ? place::listed : place::outside; }

  bool is_open() const { return at_ == place::opened; }
  bool is_within() const { return at_ == place::behind_comma; }

 private:
  enum class place { outside, opened, listed, behind_comma } at_ = place::outside;
};

class number_scanner : number_line {
 public:
  explicit number_scanner(std::span<const number_token> line)
      : number_line(line), terms_(line), context_(line), series_(line) {}

  last_number last() const;
  std::optional<number_literal> whole() const;
  // The first token, or the last one, stands for a number that the others may change.
  bool changes_what_is_before() const;
  bool changes_what_is_behind() const;

 private:
  std::optional<number_literal> standing_alone(number_term term, const number_term& earlier,
                                               const tuple_state& tuple) const;
  bool has_doubtful_unit(const number_term& of) const;
  bool skip_wrapping(std::size_t& i, std::size_t& open) const;
  void skip_name(std::size_t& i) const;
  bool ends(std::size_t i, std::size_t open) const;

  number_term_reader terms_;
  number_context context_;
  number_series series_;
};

// In prose a short word may be a word: "5 in all".
bool number_scanner::has_doubtful_unit(const number_term& of) const {
  const auto& last = before(of.end);
  if (last.what != kind::word || last.glued) return false;
  return is_word(last, "a") || is_word(last, "in") || is_word(last, "us");
}

last_number number_scanner::last() const {
  last_number found;
  number_term earlier{0, 0};
  tuple_state tuple;
  for (std::size_t i = 0; i < size();) {
    if (!has_digits(at(i))) {
      tuple.pass(at(i++));
      continue;
    }
    const number_term term = terms_.read(i, skip_money(i) != i);
    found = {true, standing_alone(term, earlier, tuple)};
    tuple.pass_number();
    earlier = term;
    i = term.end;
  }
  return found;
}

std::optional<number_literal> number_scanner::standing_alone(number_term term,
                                                             const number_term& earlier,
                                                             const tuple_state& tuple) const {
  const bool in_tuple = tuple.is_within() || (tuple.is_open() && at(term.end).what == kind::comma &&
                                              is_variable(at(term.end + 1)));
  if (!term.is_number || in_tuple || series_.goes_on(earlier, term)) return std::nullopt;
  const bool is_doubtful = has_doubtful_unit(term);
  if (context_.is_changed(term)) return std::nullopt;
  if (is_doubtful) term.literal.unit = {};
  return term.literal;
}

bool number_scanner::changes_what_is_before() const {
  const number_term box = terms_.read(0, false);
  const number_literal& read_on = box.literal;
  const bool is_one = at(0).what == kind::number && read_on.numerator.whole == "1" &&
                      read_on.numerator.fraction.empty() && !read_on.numerator.power &&
                      !read_on.denominator && read_on.ten == 0 && read_on.times == 1;
  std::size_t behind = box.end;
  while (is_any(at(behind).what, {kind::other, kind::money})) ++behind;
  const bool multiplied =
      at(behind).what == kind::word && !multiple_named(at(behind).text).is_one();
  return !is_one || multiplied ||
         (at(box.end).what != kind::bang && context_.is_changed_by_right(box.end));
}

bool number_scanner::changes_what_is_behind() const {
  const auto box = last().literal;
  const bool is_last = size() > 0 && at(size() - 1).what == kind::number;
  return !is_last || !box || box->negative || box->denominator || box->ten != 0;
}

// Past what may stand around a whole number, counting brackets; true where a currency is among it.
bool number_scanner::skip_wrapping(std::size_t& i, std::size_t& open) const {
  for (bool is_money = false;; ++i) {
    const bool named = at(i).what == kind::word && is_currency(at(i).text);
    const bool short_form = i > 0 && at(i).what == kind::dot && is_currency(at(i - 1).text);
    is_money |= at(i).what == kind::money || named;
    open += at(i).what == kind::open;
    const bool wraps = is_any(at(i).what, {kind::other, kind::open, kind::money});
    if (!wraps && !named && !short_form) return is_money;
  }
}

// "x =", "="
void number_scanner::skip_name(std::size_t& i) const {
  const bool named = at(i + 1).what == kind::equals && !at(i).is_power &&
                     is_any(at(i).what, {kind::word, kind::name, kind::symbol});
  if (named) ++i;
  if (at(i).what == kind::equals) ++i;
}

// Nothing but what closes the wrapping stands from `i` on.
bool number_scanner::ends(std::size_t i, std::size_t open) const {
  for (; i < size(); ++i) {
    if (at(i).what == kind::close && open-- == 0) return false;
    if (!is_any(at(i).what, {kind::other, kind::money, kind::dot, kind::close})) return false;
  }
  return open == 0;
}

std::optional<number_literal> number_scanner::whole() const {
  std::size_t i = 0, open = 0;
  bool is_money = skip_wrapping(i, open);
  skip_name(i);
  is_money |= skip_wrapping(i, open);
  const bool is_negative = at(i).what == kind::minus;
  if (is_negative || at(i).what == kind::plus) {
    is_money |= skip_wrapping(++i, open);
    if (is_any(before(i).what, {kind::open, kind::other})) return std::nullopt;
  }
  if (!has_digits(at(i))) return std::nullopt;
  number_term found = terms_.read(i, is_money);
  if (!found.is_number || !ends(found.end, open)) return std::nullopt;
  found.literal.negative = is_negative;
  return found.literal;
}

}  // namespace

bool changes_box_before(std::span<const number_token> line) {
  return number_scanner(line).changes_what_is_before();
}

bool changes_box_behind(std::span<const number_token> line) {
  return number_scanner(line).changes_what_is_behind();
}

last_number find_last_number(std::span<const number_token> line) {
  return number_scanner(line).last();
}

std::optional<number_literal> read_whole_number(std::span<const number_token> text) {
  return number_scanner(text).whole();
}

}  // namespace retort::engine
