#include "engine/math/math_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/math/math_node.hpp"

namespace retort::engine {
namespace {

// Sorted, so that a name is found by halves.
template <std::size_t N>
constexpr std::array<std::string_view, N> sorted(std::array<std::string_view, N> names) {
  std::ranges::sort(names);
  return names;
}

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::binary_search(names, name);
}

constexpr auto blanks =
    sorted(std::to_array<std::string_view>({"quad", "qquad", "hfill", "medspace", "newline", "par",
                                            "space", "thickspace", "thinspace", "enspace", "n"}));
constexpr auto styles = sorted(std::to_array<std::string_view>(
    {"left",       "right",      "big",        "Big",          "bigg",      "Bigg",
     "bigl",       "bigr",       "Bigl",       "Bigr",         "biggl",     "biggr",
     "Biggl",      "Biggr",      "middle",     "displaystyle", "textstyle", "scriptstyle",
     "limits",     "nolimits",   "mathbf",     "boldsymbol",   "bm",        "mathit",
     "mathnormal", "bf",         "it",         "rm",           "large",     "Large",
     "small",      "normalsize", "cal",        "mathcal",      "mathscr",   "displaylimits",
     "boxed",      "fbox",       "ensuremath", "mathop",       "mathopen",  "mathclose"}));
constexpr auto texts = sorted(std::to_array<std::string_view>(
    {"text", "mathrm", "operatorname", "mbox", "hbox", "textbf", "textit", "textnormal", "textrm",
     "textsf", "texttt", "mathsf", "mathtt", "emph", "textup", "unit"}));
constexpr auto functions = sorted(std::to_array<std::string_view>(
    {"sin",  "cos",  "tan",    "cot",    "sec",    "csc",  "arcsin", "arccos", "arctan", "asin",
     "acos", "atan", "sinh",   "cosh",   "tanh",   "ln",   "log",    "lg",     "exp",    "gcd",
     "lcm",  "max",  "min",    "det",    "floor",  "ceil", "abs",    "tg",     "ctg",    "arctg",
     "sqrt", "cbrt", "arccot", "arcsec", "arccsc", "coth", "sech",   "csch",   "Re",     "Im",
     "arg",  "sgn",  "deg",    "dim",    "rank",   "tr",   "cosec"}));
constexpr auto greeks = sorted(std::to_array<std::string_view>(
    {"alpha",   "beta",     "gamma", "delta",   "epsilon", "varepsilon", "zeta", "eta",
     "theta",   "vartheta", "iota",  "kappa",   "lambda",  "mu",         "nu",   "xi",
     "rho",     "sigma",    "tau",   "upsilon", "phi",     "varphi",     "chi",  "psi",
     "omega",   "Gamma",    "Delta", "Theta",   "Lambda",  "Xi",         "Pi",   "Sigma",
     "Upsilon", "Phi",      "Psi",   "Omega",   "ell",     "hbar",       "aleph"}));
constexpr auto decorations = sorted(
    std::to_array<std::string_view>({"vec", "overrightarrow", "overleftrightarrow", "angle",
                                     "triangle", "measuredangle", "underline", "cancel", "pmb"}));
constexpr auto marks = sorted(std::to_array<std::string_view>(
    {"overline", "bar", "hat", "widehat", "tilde", "widetilde", "dot", "ddot", "overarc"}));

constexpr auto leading = sorted(std::to_array<std::string_view>(
    {"implies", "Rightarrow", "rightarrow", "to", "iff", "Leftrightarrow", "equiv",
     "Longrightarrow", "longrightarrow", "leadsto", "therefore", "because", "colon",
     "Longleftrightarrow", "impliedby", "mapsto", "longmapsto"}));
constexpr auto taking = sorted(std::to_array<std::string_view>(
    {"times",   "cdot",     "div",      "pm",      "mp",     "ast",           "oplus", "ominus",
     "otimes",  "odot",     "setminus", "cup",     "cap",    "wedge",         "vee",   "frac",
     "dfrac",   "tfrac",    "cfrac",    "binom",   "dbinom", "tbinom",        "sum",   "prod",
     "int",     "iint",     "oint",     "lim",     "limsup", "liminf",        "sup",   "inf",
     "pi",      "infty",    "partial",  "nabla",   "surd",   "root",          "neg",   "lnot",
     "not",     "cancel",   "bcancel",  "xcancel", "mid",    "nmid",          "notin", "subset",
     "supset",  "subseteq", "supseteq", "propto",  "perp",   "parallel",      "ll",    "gg",
     "lesssim", "gtrsim",   "prec",     "succ",    "nleq",   "ngeq",          "nless", "ngtr",
     "lfloor",  "rfloor",   "lceil",    "rceil",   "lvert",  "rvert",         "lVert", "rVert",
     "vert",    "Vert",     "langle",   "rangle",  "vec",    "overrightarrow"}));

constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"asin", "arcsin"},    {"acos", "arccos"},  {"atan", "arctan"}, {"tg", "tan"},
    {"ctg", "cot"},        {"arctg", "arctan"}, {"cosec", "csc"},   {"varepsilon", "epsilon"},
    {"vartheta", "theta"}, {"varphi", "phi"}};

struct relation_commands {
  char sign;
  std::string_view names;  // a blank before and behind each
};
constexpr relation_commands relations[] = {
    {relation_sign::at_most, " le leq leqslant leqq "},
    {relation_sign::at_least, " ge geq geqslant geqq "},
    {relation_sign::less, " lt "},
    {relation_sign::greater, " gt "},
    {relation_sign::unequal, " ne neq "},
    {relation_sign::about, " approx simeq sim doteq "},
    {relation_sign::element, " in "},
    {relation_sign::other,
     " notin subset subseteq supset equiv cong parallel perp propto to "
     "rightarrow mapsto implies Rightarrow iff Leftrightarrow mid "},
};

constexpr std::pair<std::string_view, std::string_view> meanings[] = {
    {"no solution", "none"},
    {"no solutions", "none"},
    {"there is no solution", "none"},
    {"there are no solutions", "none"},
    {"empty set", "none"},
    {"the empty set", "none"},
    {"all real numbers", "all"},
    {"all reals", "all"},
    {"any real number", "all"},
    {"the set of all real numbers", "all"},
    {"undefined", "undefined"},
    {"dne", "undefined"},
    {"does not exist", "undefined"},
    {"infinity", "infinity"}};

template <std::size_t N>
std::string_view looked_up(const std::pair<std::string_view, std::string_view> (&table)[N],
                           std::string_view name, std::string_view otherwise) {
  for (const auto& [key, value] : table) {
    if (key == name) return value;
  }
  return otherwise;
}

}  // namespace

bool is_blank_command(std::string_view name) { return is_among(blanks, name); }
bool is_style_command(std::string_view name) { return is_among(styles, name); }
bool is_text_command(std::string_view name) { return is_among(texts, name); }
bool is_math_function(std::string_view name) { return is_among(functions, name); }
bool is_leading_command(std::string_view name) { return is_among(leading, name); }
bool is_greek(std::string_view name) { return is_among(greeks, name); }
bool is_decoration(std::string_view name) { return is_among(decorations, name); }
bool is_mark(std::string_view name) { return is_among(marks, name); }

std::string_view function_named(std::string_view name) {
  return looked_up(other_names, name, name);
}

char relation_named(std::string_view command) {
  for (const auto& [sign, names] : relations) {
    const auto at = names.find(command);
    if (at != std::string_view::npos && at > 0 && names[at - 1] == ' ' &&
        names[at + command.size()] == ' ')
      return sign;
  }
  return 0;
}

bool takes_operand(std::string_view command) {
  const char relation = relation_named(command);
  const bool compares = relation != 0 && relation != relation_sign::about &&
                        relation != relation_sign::element && relation != relation_sign::other;
  return compares || is_among(taking, command) || is_math_function(command) || is_greek(command) ||
         is_mark(command);
}

std::string_view meaning_of_words(std::string_view folded) {
  return looked_up(meanings, folded, "");
}

}  // namespace retort::engine
