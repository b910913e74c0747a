#include "engine/limit_search/spend.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

error bad_spend(std::string_view text) {
  return {errc::usage, fmt::format("--spend \"{}\": expected the most that may be spent, as in "
                                   "500req, 0.50usd or 500req,0.50usd",
                                   excerpt(text))};
}

bool take_part(std::string_view part, spend_limit& into) {
  double number = 0;
  const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
  if (read.ec != std::errc() || !(number > 0 && number <= 1e9)) return false;
  const auto unit = trim(part.substr(static_cast<std::size_t>(read.ptr - part.data())));
  if (unit == "req" && !into.requests && number == std::floor(number)) {
    into.requests = static_cast<std::uint64_t>(number);
    return true;
  }
  if (unit != "usd" || into.usd) return false;
  into.usd = number;
  return true;
}

}  // namespace

result<spend_limit> parse_spend(std::string_view text) {
  spend_limit out;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    if (!take_part(trim(rest.substr(0, comma)), out)) return bad_spend(text);
    if (comma == rest.npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

bool spend_watch::take(const token_load& worst) {
  if (has_sent_all()) return false;
  if (!money_.reserve(worst, at_)) return false;
  ++requests_;
  return true;
}

std::string spend_watch::why_not() const {
  if (has_sent_all()) return "the spend was used up before all was seen";
  return fmt::format(
      "one request may cost {:.4g} USD, more than is left of the spend ({:.4g} of {:.4g} spent)",
      money_.lacking().shown().usd, usd(), limit_.usd.value_or(0));
}

void spend_watch::settle(const token_load& worst, providers::usage used) {
  if (used.input < 0) used.input = worst.input;
  if (used.output < 0) used.output = worst.output;
  money_.pay(worst, at_, used);
}

}  // namespace retort::engine
