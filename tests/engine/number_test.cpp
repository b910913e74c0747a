#include "engine/number.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using retort::engine::last_boxed;
using retort::engine::number;
using retort::engine::units;

namespace {

struct reading {
  std::string text;
  std::string value;  // "" for no number
};

std::string shown(const std::optional<number>& found) { return found ? found->to_string() : ""; }

void check_parse(const std::vector<reading>& table) {
  for (const auto& [text, value] : table) {
    CAPTURE(text);
    CHECK(shown(number::parse(text)) == value);
  }
}

void check_last_in(const std::vector<reading>& table) {
  for (const auto& [text, value] : table) {
    CAPTURE(text);
    CHECK(shown(number::last_in(text)) == value);
  }
}

std::string repeated(const std::string& part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

std::string power_of_ten(std::size_t exponent) { return "1" + repeated("0", exponent); }

}  // namespace

TEST_CASE("integers keep every digit") {
  check_parse({{"0", "0"},
               {"-0", "0"},
               {"42", "42"},
               {"007", "7"},
               {"  18\n", "18"},
               {"999999999999999999", "999999999999999999"},
               {"1000000000000000000", "1000000000000000000"},
               {"9007199254740993", "9007199254740993"},
               {"18446744073709551617", "18446744073709551617"},
               {"-18446744073709551617", "-18446744073709551617"},
               {power_of_ten(199), power_of_ten(199)},
               {repeated("7", 200), repeated("7", 200)}});
}

TEST_CASE("a number is the same however it is written, small and large") {
  CHECK(number::parse("10/2") == number::parse("5"));
  CHECK(number::parse("5.0") == number::parse("5"));
  CHECK(number::parse("-1e3") == number::parse("-1000"));
  CHECK(number::parse("0/7") == number::parse("-0"));
  CHECK(number::parse("999999999999999999") == number::parse("999999999999999999.0"));
  CHECK(number::parse("10e17") == number::parse("1000000000000000000"));
  CHECK(number::parse("10e16") == number::parse("100,000,000,000,000,000"));
  CHECK(number::parse("1/2") != number::parse("1"));
}

TEST_CASE("neighbours that one double would hold are different numbers") {
  CHECK(number::parse("9007199254740993") != number::parse("9007199254740992"));
  CHECK(number::parse("0.1") != number::parse("0.1000000000000000055511151231257827"));
  CHECK(number::parse(repeated("9", 200)) != number::parse(repeated("9", 199) + "8"));
}

TEST_CASE("signs") {
  check_parse({{"-3", "-3"},
               {"+3", "3"},
               {"\u22123", "-3"},
               {"(-3)", "-3"},
               {"**-3**", "-3"},
               {"=-3", "-3"},
               {"x = -3", "-3"},
               {"-$5", "-5"},
               {"$-5", "-5"},
               {"-\\$5", "-5"},
               {"\u2212€1.50", "-3/2"},
               {"-.5", "-1/2"},
               {"- 3", "3"},
               {"total--5", "5"}});
}

TEST_CASE("a sign after an operand is an operator") {
  check_last_in({{"16-3", "3"},
                 {"16 -3", "-3"},
                 {"16 - 3", "3"},
                 {"(2)-3", "3"},
                 {"50%-3", "3"},
                 {"\\frac{1}{2}-3", "3"},
                 {"5+3", "3"},
                 {"5-.5", "1/2"},
                 {"16\u22123", "3"}});
}

TEST_CASE("commas separate thousands only in groups of three") {
  check_parse({{"1,000", "1000"},
               {"1,234,567", "1234567"},
               {"-12,345.75", "-49383/4"},
               {"1{,}000", "1000"},
               {"1\\,000", "1000"},
               {"1,\\!000,\\!000", "1000000"},
               {"1\u202f234\u202f567", "1234567"},
               {"999,999,999,999,999,999,999", "999999999999999999999"},
               {"1,2", ""},
               {"1,23", ""},
               {"1,2345", ""},
               {"1234,567", ""},
               {"0,123", ""},
               {"1, 234", ""},
               {"1,234{,}567", ""}});
  check_last_in({{"1,2", "2"}, {"1,2345", "2345"}, {"2,000,3", "3"}, {"1234,567", "567"}});
}

TEST_CASE("currency, percent signs and units are dropped") {
  check_parse({{"$18", "18"},
               {"\\$18", "18"},
               {"€1.50", "3/2"},
               {"£3", "3"},
               {"¥1,000", "1000"},
               {"5€", "5"},
               {"US$5", "5"},
               {"Rs.500", "500"},
               {"50%", "50"},
               {"50 %", "50"},
               {"50\\%", "50"},
               {"12%.", "12"},
               {"18 dollars", "18"},
               {"5 km", "5"},
               {"5km", "5"},
               {"5 km/h", "5"},
               {"5/km", "5"},
               {"3rd", "3"},
               {"5-year-old", "5"},
               {"5 m^2", "5"},
               {"5 m^{2}", "5"},
               {"90^\\circ", "90"},
               {"90^{\\circ}", "90"},
               {"18\\text{ dollars}", "18"},
               {"5\\,\\mathrm{cm}", "5"},
               {"about 18", "18"},
               {"x = 5", "5"},
               {"\\(5\\)", "5"},
               {"$5$", "5"},
               {"共5个", "5"}});
}

TEST_CASE("words can be refused") {
  for (std::string bare :
       {"18", " $1,000. ", "-3/4", "\\frac{1}{2}", "50\\%", "1e6", "\\boxed{7}"}) {
    CAPTURE(bare);
    CHECK(number::parse(bare, units::refused));
  }
  for (std::string worded : {"18 dollars", "Catch 22", "5km", "3\\pi", "x2 5", "1.2.3 5", "two"}) {
    CAPTURE(worded);
    CHECK_FALSE(number::parse(worded, units::refused));
  }
}

TEST_CASE("a point is decimal before a digit and a full stop after one") {
  check_parse({{"1.50", "3/2"},
               {".5", "1/2"},
               {"0.5", "1/2"},
               {"5.", "5"},
               {"5. ", "5"},
               {"$1,000.", "1000"},
               {"3.14.", "157/50"},
               {"5.0", "5"},
               {"0.000", "0"},
               {"5.x", "5"},
               {"eggs.18", "18"},
               {"(so).18", "18"},
               {".", ""},
               {"...", ""}});
  check_last_in({{"3..5", "5"}, {"It is 5...", "5"}});
}

TEST_CASE("exponents") {
  check_parse({{"1e6", "1000000"},
               {"1E6", "1000000"},
               {"1e+6", "1000000"},
               {"2.5e-3", "1/400"},
               {"2.5e\u22123", "1/400"},
               {"1e0006", "1000000"},
               {"0e5", "0"},
               {"1e1000", power_of_ten(1000)},
               {"1e-1000", "1/" + power_of_ten(1000)},
               {"5e", "5"},
               {"5 e6", "5"},
               {"5euros", "5"},
               {"3E5F", ""}});
}

TEST_CASE("powers are no numbers") {
  check_parse({{"2^10", ""},
               {"10^{3}", ""},
               {"10^{-3}", ""},
               {"2^-1", ""},
               {"2^n", ""},
               {"x^2", ""},
               {"x^{12}", ""},
               {"x^2.5", ""},
               {"x^2 + 5", "5"}});
}

TEST_CASE("fractions") {
  check_parse({{"3/4", "3/4"},
               {"6/8", "3/4"},
               {"-3/4", "-3/4"},
               {"8/2", "4"},
               {"1.5/2", "3/4"},
               {"1,000/3", "1000/3"},
               {"3/4 cup", "3/4"},
               {"\\frac{3}{4}", "3/4"},
               {"\\dfrac{3}{4}", "3/4"},
               {"\\tfrac{3}{4}", "3/4"},
               {"\\cfrac{3}{4}", "3/4"},
               {"\\frac12", "1/2"},
               {"\\frac1{20}", "1/20"},
               {"-\\frac{1}{2}", "-1/2"},
               {"\\frac{-1}{2}", "-1/2"},
               {"-\\frac{-1}{-2}", "-1/2"},
               {"\\frac{1.5}{0.5}", "3"},
               {"\\frac{1,000}{3}", "1000/3"},
               {"$\\frac{3}{4}$", "3/4"},
               {"0/5", "0"}});
}

TEST_CASE("mixed numbers hold a proper fraction") {
  check_parse({{"1 1/2", "3/2"},
               {"-1 1/2", "-3/2"},
               {"1  1/2", "3/2"},
               {"1 1/2 cups", "3/2"},
               {"1,000 1/2", "2001/2"},
               {"1\\frac{1}{2}", "3/2"},
               {"1 \\frac{1}{2}", "3/2"},
               {"-2\\dfrac{3}{4}", "-11/4"},
               {"3 009/10", "39/10"},
               {"1 3/2", ""},
               {"1 2/2", ""},
               {"2 \\frac{3}{2}", ""},
               {"1.5 1/2", ""},
               {"1\n1/2", ""},
               {"1 1/0", "1"},
               {"5 1/2/2024", "5"}});
}

TEST_CASE("division by zero is no number") {
  check_parse({{"1/0", ""}, {"0/0", ""}, {"1/0.00", ""}, {"\\frac{1}{0}", ""}, {"1/0e5", ""}});
  check_last_in({{"3, then 1/0", "3"}});
}

TEST_CASE("a \\frac of anything but decimals is no number, nor are its parts") {
  check_parse({{"\\frac{\\pi}{4}", ""},
               {"\\frac{1}{\\sqrt{2}}", ""},
               {"\\frac{\\frac{1}{2}}{3}", ""},
               {"\\frac{1}{2", ""},
               {"\\frac{1", ""},
               {"\\frac", ""},
               {"\\frac123", ""},
               {"\\fraction{1}", "1"}});
}

TEST_CASE("digits of a name are no number") {
  for (std::string name :
       {"x2", "H2O", "x_1", "x_{12}", "\\log_2", "\\log_{10}", "GPT-4", "gpt-3.5", "COVID-19",
        "v1.2", "v1.2-3", "0x1F", "2x4", "1920x1080", "4a2f", "1_000", "Q1", "a1b2c3"}) {
    CAPTURE(name);
    CHECK(shown(number::parse(name)) == "");
    CHECK(shown(number::last_in("It is 7 for " + name)) == "7");
  }
}

TEST_CASE("versions, addresses, dates, times and telephone numbers are no numbers") {
  for (std::string chain : {"1.2.3", "192.168.0.1", "192.168.0.1:8080", "2024-01-15", "15/01/2024",
                            "12:30:45", "2024-01-15T10:00:00Z", "555-123-4567", "1.2.3-rc1"}) {
    CAPTURE(chain);
    CHECK(shown(number::parse(chain)) == "");
    CHECK(shown(number::last_in("It is 7 on " + chain + ".")) == "7");
  }
}

TEST_CASE("Markdown emphasis is no part of a number") {
  check_parse({{"**18**", "18"}, {"_18_", "18"}, {"__18__", "18"}, {"`18`", "18"}, {"# 18", "18"}});
}

TEST_CASE("a text without a number or with more than one is none") {
  check_parse({{"", ""},
               {" ", ""},
               {"none", ""},
               {"-", ""},
               {"$", ""},
               {"3 and 4", ""},
               {"3 = 3", ""},
               {"12:30", ""},
               {"3-4", ""},
               {"3/-4", ""},
               {std::string("\0", 1), ""}});
}

TEST_CASE("the box holds the number") {
  check_parse({{"\\boxed{42}", "42"},
               {"\\boxed{\\frac{1}{2}}", "1/2"},
               {"\\boxed{-\\frac{1}{2}}", "-1/2"},
               {"so 3 + 4 = \\boxed{7} apples of 9", "7"},
               {"\\boxed{18 \\text{ dollars}}", "18"},
               {"\\boxed{\\$18.90}", "189/10"},
               {"\\boxed{1{,}000}", "1000"},
               {"\\boxed{50\\%}", "50"},
               {"\\boxed{x_1 = 5}", "5"},
               {"\\boxed{3, 4}", ""},
               {"\\boxed{}", ""},
               {"\\boxed{yes}", ""}});
}

TEST_CASE("the last number of a text") {
  check_last_in({{"", ""},
                 {"no number", ""},
                 {"16 - 3 - 4 = <<16-3-4=9>>9 eggs.\n9 * 2 = $<<9*2=18>>18.\n#### 18", "18"},
                 {"She pays 1,234,567.", "1234567"},
                 {"The answer is 18.", "18"},
                 {"The answer is 18.\n", "18"},
                 {"18\r\n\r\n", "18"},
                 {"18\nThat is all.", "18"},
                 {"between 3 and 4", "4"},
                 {"3 x2", "3"},
                 {"It weighs 1 1/2 kg", "3/2"},
                 {"1\n1/2", "1/2"},
                 {"It is \\frac{3}{4} of 1", "1"},
                 {"{\"answer\": \"8\"}", "8"},
                 {"{\"answer\":-8}", "-8"}});
}

TEST_CASE("the last box outweighs numbers after it") {
  check_last_in({{"\\boxed{5} and not 6", "5"},
                 {"\\boxed{5}, no, \\boxed{6}", "6"},
                 {"\\boxed{\\frac{1}{2}} of 3", "1/2"},
                 {"\\boxed{3, 4}", ""},
                 {"\\boxed{none} of 3", ""},
                 {"so \\boxed{42", "42"}});
}

TEST_CASE("the content of the last box, braces matched") {
  CHECK(last_boxed("\\boxed{42}") == "42");
  CHECK(last_boxed("\\boxed{\\frac{1}{2}}") == "\\frac{1}{2}");
  CHECK(last_boxed("\\boxed{1} \\boxed{2} x") == "2");
  CHECK(last_boxed("\\boxed{\\boxed{3}}") == "3");
  CHECK(last_boxed("\\boxed{\\{1, 2\\}}") == "\\{1, 2\\}");
  CHECK(last_boxed("\\boxed{}") == "");
  CHECK_FALSE(last_boxed("\\boxed{1"));
  CHECK_FALSE(last_boxed("\\boxed{1} \\boxed{2"));
  CHECK_FALSE(last_boxed("\\boxed{1\\}"));
  CHECK_FALSE(last_boxed("\\boxed 1"));
  CHECK_FALSE(last_boxed("boxed{1}"));
  CHECK_FALSE(last_boxed("\\boxed{"));
  CHECK_FALSE(last_boxed("\\boxed{\\"));
  CHECK_FALSE(last_boxed(""));
}

TEST_CASE("equal values are equal however they are written") {
  const std::vector<std::string> same{"1000",   "1,000",         "$1,000.00", "1e3",
                                      "1000.0", "2000/2",        "1000 %",    "\\$1{,}000",
                                      "+1000",  "\\boxed{1000}", "10e2"};
  for (const auto& text : same) {
    CAPTURE(text);
    CHECK(number::parse(text) == number::parse("1000"));
    CHECK(number::parse(text) != number::parse("1001"));
    CHECK(number::parse(text) != number::parse("-1000"));
  }
}

TEST_CASE("numbers beyond the limits are none") {
  CHECK(number::parse(repeated("9", 1000)).has_value());
  CHECK_FALSE(number::parse(repeated("9", 1001)));
  CHECK_FALSE(number::parse("0." + repeated("9", 1000)));
  CHECK_FALSE(number::parse("1/" + repeated("9", 1001)));
  CHECK_FALSE(number::parse(repeated("9", 1001) + " 1/2"));
  CHECK_FALSE(number::parse("1e1001"));
  CHECK_FALSE(number::parse("1e-1001"));
  CHECK_FALSE(number::parse("1e99999999999999999999"));
  CHECK(shown(number::last_in("7 of 1e1001")) == "7");
}

// Quadratic work on these would take minutes.
TEST_CASE("hostile texts cost no more than their length") {
  for (std::string part :
       {"1",      "1 ",      "1/",         "1.",  "1-",       "1,234,",     "1 1/",   "-",
        "\\frac", "\\frac{", "\\frac{1}{", "{",   "}",        "^{",         "x_{",    "x2-",
        "\\",     "$",       "\n",         "1\n", "\\boxed{", "\\boxed{1}", "9e999 ", "\xE2"}) {
    CAPTURE(part);
    const std::string text = repeated(part, 1 << 18);
    number::parse(text);
    number::last_in(text);
    last_boxed(text);
  }
}
