#include "engine/number/number_units.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/number/number_reading.hpp"

namespace retort::engine {
namespace {

// One unit a line, all of its names. Of one or two letters, only as they are written here.
constexpr std::string_view unit_names[] = {
    "percent pct %",
    "degree degrees deg",
    "celsius C",
    "fahrenheit F",
    "kelvin kelvins K",
    "radian radians rad",
    "dollar dollars $ usd buck bucks",
    "cent cents",
    "euro euros eur",
    "pound pounds gbp lb lbs",
    "yen jpy yuan cny rmb",
    "rupee rupees rs inr",
    "franc francs chf",
    "penny pence pennies",
    "nanometer nanometers nanometre nanometres nm",
    "micrometer micrometers micrometre micrometres um",
    "millimeter millimeters millimetre millimetres mm",
    "centimeter centimeters centimetre centimetres cm",
    "decimeter decimeters decimetre decimetres dm",
    "meter meters metre metres m",
    "kilometer kilometers kilometre kilometres km",
    "inch inches in",
    "foot feet ft",
    "yard yards yd yds",
    "mile miles mi",
    "mph",
    "kph kmh kmph",
    "acre acres",
    "hectare hectares ha",
    "milligram milligrams mg",
    "gram grams g",
    "kilogram kilograms kilo kilos kg Kg KG",
    "ton tons tonne tonnes",
    "ounce ounces oz",
    "milliliter milliliters millilitre millilitres ml mL",
    "centiliter centiliters cl cL",
    "liter liters litre litres l L",
    "gallon gallons gal",
    "quart quarts qt",
    "pint pints",
    "cup cups",
    "tablespoon tablespoons tbsp",
    "teaspoon teaspoons tsp",
    "nanosecond nanoseconds ns",
    "microsecond microseconds us",
    "millisecond milliseconds ms",
    "second seconds sec secs s",
    "minute minutes min mins",
    "hour hours hr hrs h",
    "am AM",
    "pm PM",
    "o'clock",
    "day days",
    "week weeks wk wks",
    "month months",
    "year years yr yrs",
    "decade decades",
    "century centuries",
    "hertz Hz",
    "kilohertz kHz",
    "megahertz MHz",
    "gigahertz GHz",
    "newton newtons N",
    "joule joules J",
    "kilojoule kilojoules kJ",
    "calorie calories cal",
    "kilocalorie kilocalories kcal",
    "watt watts W",
    "kilowatt kilowatts kW",
    "megawatt megawatts MW",
    "kwh kilowatthour kilowatthours",
    "volt volts V",
    "ampere amperes amp amps A",
    "ohm ohms",
    "pascal pascals Pa",
    "kilopascal kilopascals kPa",
    "bar bars",
    "mole moles mol",
    "bit bits",
    "byte bytes",
    "kilobyte kilobytes kB KB",
    "megabyte megabytes MB",
    "gigabyte gigabytes GB",
    "terabyte terabytes TB",
    "unit units",
    "item items",
    "piece pieces",
    "point points pts",
    "mark marks",
    "person persons people",
    "student students",
    "child children",
    "time times",
    "way ways",
    "step steps",
    "page pages",
    "permille permil",
    "bps basis",
    "ppm",
    "ppb",
};

// What people count. One apple is no unit of another kind than one egg: these only count.
constexpr std::string_view counted_names =
    "apples oranges bananas eggs cookies cakes cupcakes pies candies muffins donuts pizzas slices "
    "marbles balls balloons toys dolls blocks cards stickers stamps coins quarters dimes nickels "
    "books pencils pens crayons papers sheets letters words magazines stories songs movies games "
    "puzzles problems questions lessons classes tests boys girls men women kids children adults "
    "friends guests workers employees customers teachers players teams members families dogs cats "
    "cows pigs sheep horses chickens ducks birds fish animals legs trees flowers roses plants "
    "seeds leaves cars trucks buses bikes trains planes boats wheels tickets seats chairs tables "
    "rooms houses buildings floors windows doors boxes bags bottles cans jars packs packages "
    "baskets cups glasses plates shirts shoes pairs sets groups rows columns trips laps rounds "
    "games goals votes orders photos pictures solutions triangles sides edges vertices digits";

// By one or two letters units are told apart by their case: mW, MW.
constexpr std::size_t longest_symbol = 2;

std::string folded(std::string_view word) {
  std::string out(word);
  if (word.size() <= longest_symbol) return out;
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

using unit_table = std::unordered_map<std::string, std::uint8_t>;

unit_table make_units() {
  unit_table units;
  std::uint8_t id = 0;
  for (std::string_view names : unit_names) {
    ++id;
    while (!names.empty()) {
      const std::size_t end = std::min(names.find(' '), names.size());
      units.emplace(folded(names.substr(0, end)), id);
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  for (std::string_view names = counted_names; !names.empty();) {
    const std::size_t end = std::min(names.find(' '), names.size());
    units.emplace(folded(names.substr(0, end)), counted_thing);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return units;
}

constexpr std::size_t longest_word = 16;

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::any_of(words, [&](auto one) { return is_same_word(one, word); });
}

constexpr std::pair<std::string_view, multiple> multiples[] = {
    {"hundred", {1, 2}},      {"thousand", {1, 3}}, {"million", {1, 6}},   {"millions", {1, 6}},
    {"mn", {1, 6}},           {"mln", {1, 6}},      {"mio", {1, 6}},       {"billion", {1, 9}},
    {"billions", {1, 9}},     {"bn", {1, 9}},       {"trillion", {1, 12}}, {"trillions", {1, 12}},
    {"quadrillion", {1, 15}}, {"lakh", {1, 5}},     {"lakhs", {1, 5}},     {"crore", {1, 7}},
    {"crores", {1, 7}},       {"dozen", {12, 0}},   {"dozens", {12, 0}},   {"thousands", {1, 3}},
    {"hundreds", {1, 2}}};

}  // namespace

std::uint8_t unit_named(std::string_view word) {
  static const unit_table units = make_units();
  if (word.size() > longest_word) return 0;
  const auto known = units.find(folded(word));
  return known == units.end() ? 0 : known->second;
}

std::string_view name_of_unit(std::uint8_t unit) {
  if (unit == some_money) return "$";
  if (unit == 0 || unit > std::size(unit_names)) return "";
  const std::string_view names = unit_names[unit - 1];
  return names.substr(0, names.find(' '));
}

int power_before_unit(std::string_view word) {
  static constexpr std::array<std::string_view, 2> squares{"square", "sq"}, cubes{"cubic", "cu"};
  return holds(squares, word) ? 2 : holds(cubes, word) ? 3 : 0;
}

bool modifies_unit(std::string_view word) { return power_before_unit(word) != 0; }

int power_behind_unit(std::string_view word) {
  return is_same_word(word, "squared") ? 2 : is_same_word(word, "cubed") ? 3 : 0;
}

bool is_currency(std::string_view word) {
  static constexpr std::array<std::string_view, 14> words{
      "US", "USD", "EUR", "GBP", "Rs", "INR", "JPY", "CNY", "RMB", "CHF", "AUD", "CAD", "HK", "C"};
  return std::ranges::find(words, word) != words.end();
}

multiple multiple_named(std::string_view word) {
  if (word.size() > longest_word) return {};
  for (const auto& [name, what] : multiples) {
    if (is_same_word(name, word)) return what;
  }
  return {};
}

multiple multiple_attached(std::string_view letters, bool is_money) {
  if (letters == "k" || (is_money && letters == "K")) return {1, 3};
  if (!is_money) return multiple_named(letters);
  if (letters == "M" || letters == "m") return {1, 6};
  if (letters == "B" || letters == "b") return {1, 9};
  if (letters == "T" || letters == "t") return {1, 12};
  return multiple_named(letters);
}

bool is_ordinal(std::string_view letters) {
  static constexpr std::array<std::string_view, 4> words{"st", "nd", "rd", "th"};
  return holds(words, letters);
}

bool takes_number(std::string_view word) {
  static constexpr std::array<std::string_view, 42> words{
      "sqrt",  "cbrt",   "root",   "log",    "ln",     "lg",   "exp",   "sin",    "cos",
      "tan",   "cot",    "sec",    "csc",    "sinh",   "cosh", "tanh",  "asin",   "acos",
      "atan",  "arcsin", "arccos", "arctan", "abs",    "mod",  "gcd",   "lcm",    "max",
      "min",   "floor",  "ceil",   "round",  "minus",  "plus", "times", "modulo", "choose",
      "twice", "gt",     "lt",     "double", "triple", "base"};
  return holds(words, word);
}

bool changes_number(std::string_view word) {
  static constexpr std::array<std::string_view, 27> words{
      "squared", "cubed", "factorial", "mod", "modulo", "choose", "halves", "thirds", "fifths",
      "sixths", "sevenths", "eighths", "ninths", "tenths", "third", "eighth", "hundredths",
      "thousandths", "millionths", "recurring", "repeating",
      // of several meanings
      "mill", "tn", "mil", "bil", "bln", "quintillion"};
  return holds(words, word);
}

}  // namespace retort::engine
