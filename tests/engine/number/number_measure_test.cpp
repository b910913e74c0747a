#include "engine/number/number_measure.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/number/number.hpp"
#include "engine/number/number_units.hpp"

using namespace retort::engine;

namespace {

number read(const std::string& text) {
  CAPTURE(text);
  const auto made = number::parse(text);
  REQUIRE(made);
  return *made;
}

bool agree(const std::string& one, const std::string& other) {
  const bool either_way = number::units_agree(read(one), read(other));
  CHECK(either_way == number::units_agree(read(other), read(one)));
  return either_way;
}

// Each row is one measure in many words; none of another row is the same.
const std::vector<std::vector<std::string>> measures{
    {"10 km/h", "10 kph", "10 km/hr", "10 km per hour", "10 kilometers per hour"},
    {"10 mph", "10 miles/hour", "10 miles per hour", "10 mi/h"},
    {"10 m/s", "10 meters per second", "10 \\text{ m/s}"},
    {"10 m/s^2", "10 m/s²", "10 m/s/s", "10 meters per second per second",
     "10 meters per second squared", "10 m/s2", "10 \\text{m/s}^2"},
    {"10 m", "10 meters"},
    {"10 m^2", "10 m²", "10 square meters", "10 sq m", "10 sq. m", "10 meters squared", "10 m2",
     "10 m^{2}"},
    {"10 m^3", "10 m³", "10 cubic meters", "10 meters cubed", "10 m3"},
    {"10 cm", "10 centimeters"},
    {"10 cm²", "10 square centimeters"},
    {"10 ft^2", "10 square feet", "10 sq ft"},
    {"10 ft", "10 feet"},
    {"10 km", "10 kilometers"},
    {"10 km/s"},
    {"10 km^2/h"},
    {"10 kWh", "10 kW*h"},
    {"10 kg*m/s^2", "10 kg·m/s²"},
    {"10 kg/m^3", "10 kilograms per cubic meter"},
    {"10 cents/hour", "10 cents per hour"},
    {"10 cents/day"},
};

}  // namespace

TEST_CASE("a measure is the same in all its words, and no other one") {
  for (const auto& row : measures) {
    for (const auto& one : row) {
      CHECK(agree("10", one));
      for (const auto& other : row) {
        CHECK(agree(one, other));
      }
      for (const auto& others : measures) {
        if (&others != &row) CHECK_FALSE(agree(one, others.front()));
      }
    }
  }
}

TEST_CASE("a rate may be left out of money and of what only counts, and where it is told loosely") {
  CHECK(agree("$5", "$5 per day"));
  CHECK(agree("5 dollars", "$5/day"));
  CHECK(agree("10 pages", "10 pages per day"));
  CHECK(agree("10 eggs", "10 eggs per day"));
  CHECK(agree("10 per day", "$10 per day"));
  CHECK(agree("10 miles a day", "10 miles"));
  CHECK(agree("10 miles a day", "10 miles per day"));
  CHECK_FALSE(agree("10 miles a day", "10 miles per hour"));
  CHECK_FALSE(agree("$5 per day", "$5 per week"));
  CHECK_FALSE(agree("$5 per day", "5 cents per day"));
  CHECK_FALSE(agree("10 eggs per day", "10 km"));
  CHECK_FALSE(agree("$5 per day", "5 km"));
}

TEST_CASE(
    "a day, a week, a month, a year or a thing may be left out of any rate, an hour may not") {
  CHECK(agree("40 hours per week", "40 hours"));
  CHECK(agree("8 hours/day", "8 hours"));
  CHECK(agree("3 liters per day", "3 liters"));
  CHECK(agree("5 miles per day", "5 miles"));
  CHECK(agree("5 miles per month", "5 miles"));
  CHECK(agree("8 inches per year", "8 inches"));
  CHECK(agree("8 minutes per page", "8 minutes"));
  CHECK(agree("2 liters per person per day", "2 liters"));
  CHECK(agree("£8 per week", "8 pounds"));
  CHECK_FALSE(agree("30 gallons per minute", "30 gallons"));
  CHECK_FALSE(agree("10 km/h", "10 km"));
  CHECK_FALSE(agree("10 km/h/day", "10 km"));
  CHECK_FALSE(agree("10 km/day^2", "10 km"));
  CHECK_FALSE(agree("10 km per dollar", "10 km"));
  CHECK_FALSE(agree("10 km per day", "10 miles"));
  CHECK_FALSE(agree("10 km per day", "10 km per week"));
  CHECK_FALSE(agree("10 km per day", "10 km/h"));
  CHECK_FALSE(agree("10 per day", "10 km"));
}

TEST_CASE("square units are units") {
  CHECK(agree("10 square units", "10 units"));
  CHECK(agree("10 cubic units", "10 units"));
  CHECK_FALSE(agree("10 square units", "10 cubic units"));
  CHECK_FALSE(agree("10 square units", "10 square meters"));
  CHECK_FALSE(agree("10 square units", "10 dollars"));
}

TEST_CASE("what is written down of a measure is read as the same") {
  for (const auto& row : measures) {
    const number one = read(row.front());
    CAPTURE(one.with_unit());
    CHECK(read(one.with_unit()) == one);
    CHECK(number::units_agree(read(one.with_unit()), one));
    for (const auto& others : measures) {
      if (&others != &row) CHECK_FALSE(agree(one.with_unit(), others.front()));
    }
  }
  CHECK(read("10 square meters").with_unit() == "10 meter^2");
  CHECK(read("-$5 per hour").with_unit() == "$-5/hour");
  CHECK(read("$-5/hour") == read("-5"));
  CHECK(read("60 miles an hour").with_unit() == "60 mile a hour");
  CHECK(agree("60 mile a hour", "60 miles"));
  CHECK(read("5 kg*m/s^2").with_unit() == "5 kilogram*meter/second^2");
}

TEST_CASE("nobody measures in many units, or in high powers") {
  measure made;
  CHECK(made.is_none());
  CHECK(made.multiply(counted_thing, 1));
  CHECK(made.is_none());
  for (const char* unit : {"m", "s", "kg", "V"}) CHECK(made.multiply(unit_named(unit), 9));
  CHECK_FALSE(made.multiply(unit_named("A"), 1));
  CHECK_FALSE(made.multiply(unit_named("m"), 1));
  CHECK(made.multiply(unit_named("m"), -9));
  CHECK(made.multiply(unit_named("A"), 1));
  CHECK_FALSE(number::parse("5 m^10"));
  CHECK_FALSE(number::parse("5 m^n"));
  CHECK_FALSE(number::parse("5 m^99999999999"));
}

TEST_CASE("a word that could be another is no unit of a rate") {
  CHECK(
      number::units_agree(number::last_in("She read 5 in a day.").value.value(), read("5 pages")));
  CHECK(number::units_agree(read("5 per cent"), read("5%")));
  CHECK_FALSE(number::parse("5/m"));
  CHECK_FALSE(number::parse("5 squared"));
}
