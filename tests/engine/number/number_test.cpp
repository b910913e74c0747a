#include "engine/number/number.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using retort::engine::decimal_sign;
using retort::engine::last_boxed;
using retort::engine::number;

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
    CHECK(shown(number::last_in(text).value) == value);
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
               {"- 3", "-3"},
               {"x = - 3", "-3"},
               {"x = -\\frac{1}{2}", "-1/2"},
               {"\u20133", "-3"},
               {"\uff0d3", "-3"},
               {"-(3)", ""},
               {"- **3**", ""}});
  check_last_in({{"is -3", "-3"},
                 {"x=-3", "-3"},
                 {"Answer: - 3", "-3"},
                 {"- 3", "-3"},
                 {"negative 3", "-3"},
                 {"- **18** dollars", "18"},
                 {"total--5", "5"},
                 {"The total \u2014 5", "5"}});
}

TEST_CASE("where a sign could be an operator, a range or a dash, there is no number") {
  for (std::string text : {"16-3", "16 -3", "16 - 3", "x - 3", "x -3", "(2)-3", "50%-3",
                           "\\frac{1}{2}-3", "5+3", "5-.5", "16\u22123", "3\u20135", "Answer - 5",
                           "Answer \u2013 5", "\u2014 5", "3 - 5 apples"}) {
    CAPTURE(text);
    const auto found = number::last_in("7. " + text);
    CHECK(found.found);
    CHECK(shown(found.value) == "");
    CHECK_FALSE(number::parse(text));
  }
}

TEST_CASE("groups of three are thousands, whatever separates them, and so are lakhs") {
  check_parse({{"1,000", "1000"},
               {"1,234,567", "1234567"},
               {"-12,345.75", "-49383/4"},
               {"1{,}000", "1000"},
               {"1\\,000", "1000"},
               {"1,\\!000,\\!000", "1000000"},
               {"1\u202f234\u202f567", "1234567"},
               {"1\u00a0000\u00a0000", "1000000"},
               {"1\u2009000", "1000"},
               {"1 000 000", "1000000"},
               {"1'000'000", "1000000"},
               {"1\u2019000", "1000"},
               {"1_000_000", "1000000"},
               {"1,00,000", "100000"},
               {"12,34,56,789", "123456789"},
               {"999,999,999,999,999,999,999", "999999999999999999999"}});
}

TEST_CASE("any other comma between digits could mean two things") {
  for (std::string text : {"1,2", "3,5", "1,23", "1,2345", "1234,567", "0,123", "1,234{,}567",
                           "2,000,3", "1.234,56", "1,2,345", "5'10", "3, 5]"}) {
    CAPTURE(text);
    CHECK(shown(number::parse(text)) == "");
    CHECK(shown(number::last_in("It is [" + text).value) == "");
  }
}

TEST_CASE("a decimal comma, where the config says so") {
  const auto parse = [](std::string_view text) {
    return shown(number::parse(text, decimal_sign::comma));
  };
  CHECK(parse("3,5") == "7/2");
  CHECK(parse("1.234,56") == "30864/25");
  CHECK(parse("1.234.567") == "1234567");
  CHECK(parse("1.234.567,5") == "2469135/2");
  CHECK(parse("1 234,5") == "2469/2");
  CHECK(parse("3{,}5") == "7/2");
  CHECK(parse("1.234") == "1234");
  CHECK(parse("3.5") == "7/2");  // nothing is grouped by one digit
  CHECK(parse("1,234.5") == "");
  CHECK(shown(number::last_in("Das sind 3,5 km.", decimal_sign::comma).value) == "7/2");
  CHECK(shown(number::last_in("am 24.12.2024", decimal_sign::comma).value) == "");
}

TEST_CASE("currency, percent signs and known units are dropped") {
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
               {"50 percent", "50"},
               {"12%.", "12"},
               {"18 dollars", "18"},
               {"5 km", "5"},
               {"5km", "5"},
               {"5 km/h", "5"},
               {"5 dollars per hour", "5"},
               {"3rd", "3"},
               {"5 m^2", "5"},
               {"5 m^{2}", "5"},
               {"5 m²", "5"},
               {"5 square meters", "5"},
               {"90^\\circ", "90"},
               {"90^{\\circ}", "90"},
               {"90°", "90"},
               {"25 °C", "25"},
               {"18\\text{ dollars}", "18"},
               {"5\\,\\mathrm{cm}", "5"},
               {"5\\text{ m/s}^2", "5"},
               {"3/4 cup", "3/4"},
               {"x = 5", "5"},
               {"x_1 = 5", "5"},
               {"\\theta = 5", "5"},
               {"\\(5\\)", "5"},
               {"\\left( 5 \\right)", "5"},
               {"$5$", "5"},
               {"\"5\"", "5"}});
}

TEST_CASE("what is neither a number nor a known unit makes a whole text not one number") {
  for (std::string text :
       {"about 18", "12 monkeys", "5 or more", "at least 5", "Catch 22", "5 apples and 3", "so 5",
        "5-year-old", "3 = 3", "18 dollars and 50 cents", "5 cm 3", "eggs.18", "5.x", "(5", "5)"}) {
    CAPTURE(text);
    CHECK_FALSE(number::parse(text));
  }
}

TEST_CASE(
    "of a line without end the end is looked at, and what stands before as lines of their own") {
  const std::string open(300'000, '('), words = [] {
    std::string many;
    for (int i = 0; i < 100'000; ++i) many += "so ";
    return many;
  }();
  CHECK_FALSE(number::last_in(open).found);
  CHECK(shown(number::last_in(words + "5").value) == "5");
  CHECK(shown(number::last_in("It is 7 " + words).value) == "7");
  CHECK_FALSE(number::parse(words + "5"));
}

TEST_CASE("a number that is part of something else is not what a text says") {
  for (std::string text : {"\\sqrt{3}",
                           "\\sqrt[3]{8}",
                           "√3",
                           "3\\sqrt{2}",
                           "3\\pi",
                           "3π",
                           "3 pi",
                           "\\pi/3",
                           "5x",
                           "5 x",
                           "2i",
                           "2e",
                           "3ab",
                           "5M",
                           "3D",
                           "5!",
                           "5!!",
                           "\\pm 5",
                           "±5",
                           "5 ± 1",
                           "x > 3",
                           "x>3",
                           "> 3",
                           "3 < x",
                           "x \\geq 3",
                           "n ≥ 3",
                           "x ≠ 3",
                           "x != 3",
                           "3*5",
                           "3 * 5",
                           "3 × 5",
                           "3 \\times 5",
                           "3 \\cdot 5",
                           "6 ÷ 2",
                           "2^n",
                           "2^{0.5}",
                           "2^{1/2}",
                           "10^6^2",
                           "x^2 + 5",
                           "x^3 - 5",
                           "(5)^2",
                           "2(3)",
                           "(2)(3)",
                           "5(x+1)",
                           "f(3)",
                           "\\log_{2} 8",
                           "\\log(8)",
                           "log 8",
                           "\\sin 30^\\circ",
                           "5 \\pmod 7",
                           "7 mod 5",
                           "101_2",
                           "101_{2}",
                           "(3, 5)",
                           "(3,5)",
                           "[3, 5]",
                           "\\{3, 5\\}",
                           "(x, 5)",
                           "(5, x)",
                           "3:5",
                           "12:30",
                           "3/x",
                           "3/-4",
                           "3..5",
                           "0.\\overline{3}",
                           "|-5|",
                           "\\binom{5}{3}",
                           "0.333...",
                           "5°30'",
                           "5° 30'",
                           "ratio 3 : 5",
                           "\\boxed{5}x",
                           "\\boxed{5} million",
                           "\\boxed{5}\\times 10^3",
                           "\\boxed{5}^2",
                           "\\boxed{5} + 1",
                           "5 squared",
                           "5 cubed",
                           "5 factorial",
                           "square root of 2",
                           "10 divided by 2",
                           "3 over 4",
                           "5 times 3",
                           "minus 5",
                           "5 and a half",
                           "5 hundredths",
                           "2 \\frac{3}{2}",
                           "\\frac{3}{4}x",
                           "5万",
                           "18 dollars and 50 cents",
                           "5 feet 10 inches",
                           "so \\boxed{5",
                           "5'10",
                           "5+"}) {
    CAPTURE(text);
    CHECK(shown(number::parse(text)) == "");
    const auto found = number::last_in("It is 7.\n" + text);
    CHECK(found.found);
    CHECK(shown(found.value) == "");
  }
}

TEST_CASE("in prose, words beside a number are only words") {
  check_last_in({{"about 18", "18"},
                 {"12 monkeys", "12"},
                 {"5-year-old", "5"},
                 {"共5个", "5"},
                 {"I have 5 a day", "5"},
                 {"18 (eighteen)", "18"},
                 {"The answer is **18**!", "18"},
                 {"answer is *18*.", "18"},
                 {"<answer>18</answer>", "18"},
                 {"<18>", "18"},
                 {"| 18 |", "18"},
                 {"-> 18", "18"},
                 {"5 + 3 = 8", "8"},
                 {"18 - that is all", "18"},
                 {"x ≈ 3.14", "157/50"},
                 {"18 people.", "18"},
                 {"(a) 3", "3"},
                 {"5 euros each", "5"}});
}

TEST_CASE("words that multiply do") {
  check_parse({{"1.5 million", "1500000"},
               {"$1.5 billion", "1500000000"},
               {"$5M", "5000000"},
               {"5k", "5000"},
               {"3 hundred thousand", "300000"},
               {"2 dozen", "24"},
               {"5 lakh", "500000"},
               {"1.5-million", "1500000"},
               {"5 million dollars", "5000000"}});
}

TEST_CASE("units of two kinds do not agree") {
  const auto agree = [](std::string_view a, std::string_view b) {
    return number::units_agree(number::parse(a).value(), number::parse(b).value());
  };
  CHECK(agree("5", "5 km"));
  CHECK(agree("5 km", "5 kilometers"));
  CHECK(agree("50%", "50 percent"));
  CHECK_FALSE(agree("5 km/h", "5 m"));
  CHECK_FALSE(agree("5 cm", "5 km"));
  CHECK_FALSE(agree("5 dollars", "5 cents"));
  CHECK_FALSE(agree("$5", "5 cents"));
  CHECK_FALSE(agree("€5", "5 km"));
  CHECK_FALSE(agree("USD 5", "5%"));
  CHECK(agree("$5", "5 dollars"));
  CHECK(agree("£5", "5 pounds"));
  CHECK(agree("$5", "5"));
  CHECK(agree("$5$", "5 km"));
  CHECK(agree("$5 million", "5000000 dollars"));
  CHECK(number::units_agree(number::last_in("5 in all").value.value(),
                            number::parse("5 cm").value()));
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
               {".", ""},
               {"...", ""}});
  check_last_in({{"eggs.18", "18"}, {"(so).18", "18"}, {"It is 5...", "5"}});
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
               {"6.02 × 10^23", "602" + repeated("0", 21)},
               {"3 \\times 10^{8}", "300000000"},
               {"3\\cdot10^8", "300000000"},
               {"3·10⁸", "300000000"},
               {"3x10^8", "300000000"},
               {"3 x 10^8", "300000000"},
               {"3*10^8", "300000000"},
               {"3 * 10**8", "300000000"},
               {"-3 × 10⁻²", "-3/100"},
               {"5e", ""},
               {"5euros", "5"},
               {"3E5F", ""}});
}

TEST_CASE("powers of numbers are numbers, of moderate size") {
  check_parse({{"2^10", "1024"},
               {"2^2", "4"},
               {"-2^2", "-4"},
               {"10^6", "1000000"},
               {"10^{3}", "1000"},
               {"10^{-3}", "1/1000"},
               {"10⁶", "1000000"},
               {"10**6", "1000000"},
               {"2^-1", "1/2"},
               {"1.5^2", "9/4"},
               {"0^2", "0"},
               {"0^{-1}", ""},
               {"10^{999}", ""},
               {"9^{99999999999}", ""},
               {"2^{n}", ""},
               {"2^", ""},
               {"2^{", ""}});
}

TEST_CASE("fractions") {
  check_parse({{"3/4", "3/4"},
               {"6/8", "3/4"},
               {"-3/4", "-3/4"},
               {"8/2", "4"},
               {"1.5/2", "3/4"},
               {"1,000/3", "1000/3"},
               {"3 / 4", "3/4"},
               {"½", "1/2"},
               {"¾", "3/4"},
               {"⅓", "1/3"},
               {"3⁄4", "3/4"},
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
               {"1½", "3/2"},
               {"1 ½", "3/2"},
               {"1 3/2", ""},
               {"1 2/2", ""},
               {"2 \\frac{3}{2}", ""},
               {"1.5 1/2", ""},
               {"1\n1/2", ""},
               {"1 1/0", ""},
               {"5 1/2/2024", ""}});
}

TEST_CASE("division by zero is no number") {
  check_parse({{"1/0", ""}, {"0/0", ""}, {"1/0.00", ""}, {"\\frac{1}{0}", ""}, {"1/0e5", ""}});
  check_last_in({{"3, then 1/0", ""}});
}

TEST_CASE("a \\frac of anything but decimals is no number, nor are its parts") {
  check_parse({{"\\frac{\\pi}{4}", ""},
               {"\\frac{1}{\\sqrt{2}}", ""},
               {"\\frac{\\frac{1}{2}}{3}", ""},
               {"\\frac{1}{2", ""},
               {"\\frac{1", ""},
               {"\\frac", ""},
               {"\\frac123", ""},
               {"\\fraction{1}", ""}});
}

TEST_CASE("digits of a name are no number") {
  for (std::string name :
       {"x2", "H2O", "x_1", "x_{12}", "\\log_2", "\\log_{10}", "GPT-4", "gpt-3.5", "COVID-19",
        "v1.2", "v1.2-3", "0x1F", "2x4", "1920x1080", "4a2f", "Q1", "a1b2c3"}) {
    CAPTURE(name);
    CHECK(shown(number::parse(name)) == "");
    CHECK(shown(number::last_in("It is 7 for " + name).value) == "7");
  }
}

TEST_CASE("versions, addresses, dates, times and telephone numbers are no numbers") {
  for (std::string chain : {"1.2.3", "192.168.0.1", "192.168.0.1:8080", "2024-01-15", "15/01/2024",
                            "12:30:45", "2024-01-15T10:00:00Z", "555-123-4567", "1.2.3-rc1"}) {
    CAPTURE(chain);
    CHECK(shown(number::parse(chain)) == "");
    CHECK(shown(number::last_in("It is 7 on " + chain + ".").value) == "7");
  }
}

TEST_CASE("digits of full width are digits") {
  check_parse({{"１２３", "123"},
               {"３．５", "7/2"},
               {"１，０００", "1000"},
               {"－３", "-3"},
               {"ｘ＝５", "5"},
               {"￥５００", "500"},
               {"５０％", "50"}});
}

TEST_CASE("a tolerance is exact, too") {
  const auto close = [](std::string_view a, std::string_view b, std::string_view by,
                        bool relative) {
    return number::are_close(number::parse(a).value(), number::parse(b).value(),
                             number::parse(by).value(), relative);
  };
  CHECK(close("0.3333333333", "1/3", "1e-6", false));
  CHECK_FALSE(close("0.333", "1/3", "1e-6", false));
  CHECK(close("3.15", "3.14", "0.01", false));
  CHECK_FALSE(close("3.1500000001", "3.14", "0.01", false));
  CHECK(close("99", "100", "1", true));
  CHECK(close("-101", "-100", "1", true));
  CHECK_FALSE(close("98.99", "100", "1", true));
  CHECK_FALSE(close("0.001", "0", "1", true));
  CHECK(close("5", "5", "0", false));
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
               {"\\boxed {5}", "5"},
               {"\\boxed{x^2+3}", ""},
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
                 {"between 3 and 4", ""},
                 {"3, then x", "3"},
                 {"3 x2", "3"},
                 {"It weighs 1 1/2 kg", "3/2"},
                 {"1\n1/2", "1/2"},
                 {"It is \\frac{3}{4} of 1", ""},
                 {"{\"answer\": \"8\"}", "8"},
                 {"{\"answer\":-8}", "-8"}});
}

TEST_CASE("the last box outweighs numbers after it") {
  check_last_in({{"\\boxed{5} and not 6", "5"},
                 {"\\boxed{5}, no, \\boxed{6}", "6"},
                 {"It is $\\boxed{5}$. I hope it is correct.", "5"},
                 {"\\boxed{5} cm, \\boxed{6}! Done", "6"},
                 {"\\boxed{\\frac{1}{2}} of 3", "1/2"},
                 {"\\boxed{3, 4}", ""},
                 {"\\boxed{none} of 3", ""},
                 {"so \\boxed{42", ""}});
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
  CHECK(shown(number::last_in("7 of 1e1001").value) == "");
}

// Quadratic work on these would take minutes.
TEST_CASE("hostile texts cost no more than their length") {
  for (std::string part :
       {"1",           "1 ",         "1/",      "1.",         "1-",  "1,234,",     "1 1/",
        "-",           "\\frac",     "\\frac{", "\\frac{1}{", "{",   "}",          "^{",
        "x_{",         "x2-",        "\\",      "$",          "\n",  "1\n",        "\\boxed{",
        "\\boxed{1}",  "9e999 ",     "\xE2",    "1,",         "1, ", "(",          "(1",
        "x^{",         "2^",         "**",      "<a",         "_",   "₁",          "¹",
        "1½",          "½",          "\\sqrt[", "--",         "1..", "1 million ", "((1)",
        "\\end{align", "\\begin",    "2^(",     "1 or ",      "1, ", "$",          "\\fbox{",
        "1 &",         "-\\boxed{1}"}) {
    CAPTURE(part);
    const std::string text = repeated(part, 1 << 18);
    number::parse(text);
    number::last_in(text);
    last_boxed(text);
  }
}
