#include "engine/math/math_unit.hpp"

#include <algorithm>
#include <vector>

#include "engine/math/math_text.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

using token_kind = math_token::kind;

constexpr std::size_t longest_unit = 24;  // tokens

bool is_same(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto each) { return is_same_word(word, each); });
}

// A word that has no place in a unit: what stands behind it is something else.
bool ends_unit(std::string_view word) {
  return is_same(word,
                 {"and",     "or",       "if",      "when",  "where",   "for",  "with", "plus",
                  "minus",   "times",    "to",      "by",    "is",      "are",  "not",  "million",
                  "billion", "thousand", "hundred", "dozen", "squared", "cubed"});
}

// "#..." is a word that only counts, "$..." money.
std::string unit_id(std::string_view word) {
  if (is_same(word, {"percentage", "percentages"})) return "percent";
  const auto known = unit_named(word);
  if (known == 0 || known == counted_thing) return "#" + (known != 0 ? "" : folded_words(word));
  for (const std::string_view name : {"percent", "degree"}) {
    if (known == unit_named(name)) return std::string(name);
  }
  for (const std::string_view name :
       {"dollars", "cents", "euros", "pounds", "rupees", "yen", "francs"}) {
    if (known == unit_named(name)) return "$" + std::string(name);
  }
  for (const std::string_view name : {"unit", "item", "piece", "point", "mark", "person", "student",
                                      "child", "time", "way", "step", "page"}) {
    if (known == unit_named(name)) return "#";
  }
  return std::to_string(known);
}

class unit_reader {
 public:
  unit_reader(std::span<const math_token> tokens, bool letters)
      : tokens_(tokens), letters_(letters) {}

  std::optional<unit_phrase> run() {
    while (at_ < tokens_.size() && at_ < longest_unit && step()) {
    }
    if (powers_.empty()) return std::nullopt;
    return unit_phrase{name(), at_};
  }

 private:
  const math_token& peek_token(std::size_t ahead = 0) const {
    static const math_token end;
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : end;
  }

  bool step() {
    const math_token& one = peek_token();
    if (one.what == token_kind::text) return text(one.text);
    if (one.what == token_kind::word) {
      if (one.text.size() == 1 && !letters_ && !follows_division()) return false;
      if (ends_unit(one.text)) return false;
      ++at_;
      return word(one.text);
    }
    return sign(one);
  }

  // The h of km/h.
  bool follows_division() const { return !powers_.empty() && sign_ < 0; }

  bool sign(const math_token& one) {
    static const std::string dollar = "$dollars";
    if (one.is_sign('$') || one.is_command("euro") || one.is_command("pounds")) {
      ++at_;
      add(one.is_sign('$') ? dollar : one.text == "euro" ? "$euros" : unit_id("pounds"));
      return true;
    }
    if (one.is_sign('%')) return ++at_, add("percent"), true;
    if (powers_.empty()) return false;
    if (one.is_sign('/')) {
      sign_ = -1;
      return ++at_, true;
    }
    if (one.is_sign('*') || one.is_command("cdot") || one.is_command("times")) return ++at_, true;
    return one.is_sign('^') && power();
  }

  // ^2, ^{-1}
  bool power() {
    std::size_t ahead = 1;
    const bool braced = peek_token(ahead).is_sign('{');
    ahead += braced;
    const bool negative = peek_token(ahead).is_sign('-');
    ahead += negative;
    const math_token& size = peek_token(ahead);
    if (size.what != token_kind::number || size.text.size() != 1) return false;
    if (braced && !peek_token(++ahead).is_sign('}')) return false;
    raise((negative ? -1 : 1) * (size.text[0] - '0'));
    at_ += ahead + 1;
    return true;
  }

  // \text{cm}^2, \text{ square meters per second}
  bool text(std::string_view inside) {
    std::vector<std::string_view> words;
    for (auto left = inside; !left.empty();) {
      const auto end = std::min(left.find_first_of(" ~-"), left.size());
      if (end > 0) words.push_back(left.substr(0, end));
      left.remove_prefix(std::min(end + 1, left.size()));
    }
    if (std::ranges::any_of(words, ends_unit)) return false;
    ++at_;
    return std::ranges::all_of(words, [&](auto each) { return compound(each); });
  }

  // m/s^2 in one text
  bool compound(std::string_view part) {
    while (!part.empty()) {
      if (part[0] == '/') {
        sign_ = -1;
        part.remove_prefix(1);
        continue;
      }
      const auto end = std::min(part.find_first_of("/^"), part.size());
      if (!word(part.substr(0, end))) return false;
      part.remove_prefix(end);
      if (!part.starts_with('^')) continue;
      if (part.size() < 2 || !is_digit(part[1])) return false;
      raise(part[1] - '0');
      part.remove_prefix(2);
    }
    return true;
  }

  bool word(std::string_view of) {
    while (of.ends_with('.') || of.ends_with(',')) of.remove_suffix(1);
    if (of.empty()) return true;
    if (is_same(of, {"per"})) return sign_ = -1, true;
    if (is_same(of, {"a", "the", "of", "an"})) return true;
    if (is_same(of, {"square", "sq"})) return next_ = 2, true;
    if (is_same(of, {"cubic", "cu"})) return next_ = 3, true;
    if (is_same(of, {"mph"})) return add(unit_id("mile")), sign_ = -1, add(unit_id("hour")), true;
    if (is_same(of, {"kph", "kmh", "kmph"}))
      return add(unit_id("km")), sign_ = -1, add(unit_id("hour")), true;
    const char last = of.back();
    const bool raised = of.size() > 1 && (last == '2' || last == '3') &&
                        unit_named(of.substr(0, of.size() - 1)) != 0;
    add(unit_id(raised ? of.substr(0, of.size() - 1) : of));
    if (raised) raise(last - '0');
    return true;
  }

  void add(const std::string& id) {
    last_ = id;
    last_size_ = sign_ * next_;
    powers_[id] += last_size_;
    next_ = 1;
    sign_ = 1;
  }

  void raise(int by) {
    powers_[last_] += last_size_ * (by - 1);
    last_size_ *= by;
  }

  std::string name() const {
    std::string out;
    for (const auto& [id, power] : powers_) {
      if (power != 0) out.append(id).append("^").append(std::to_string(power)).append(" ");
    }
    return out;
  }

  std::span<const math_token> tokens_;
  bool letters_;
  std::size_t at_ = 0;
  std::map<std::string, int> powers_;
  std::string last_;
  int sign_ = 1, next_ = 1, last_size_ = 1;
};

}  // namespace

std::optional<unit_phrase> read_unit(std::span<const math_token> tokens, bool letters) {
  return unit_reader(tokens, letters).run();
}

bool lacks_freely(std::string_view unit) {
  return unit.empty() || unit[0] == '#' || unit[0] == '$' || unit == percent_unit ||
         unit == degree_unit;
}

bool are_same_units(std::string_view one, std::string_view other) {
  const auto only_counts = [](std::string_view unit) { return unit.starts_with("#^"); };
  if (one == other) return true;
  const bool both = one.starts_with('#') && other.starts_with('#');
  return both && (only_counts(one) || only_counts(other));
}

}  // namespace retort::engine
