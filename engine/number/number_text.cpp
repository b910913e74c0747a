#include "engine/number/number_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

namespace retort::engine {
namespace {

constexpr auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
constexpr auto is_letter = [](char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; };

template <class Key>
struct spelling {
  Key key;
  std::string_view plain;
};

// By code point.
constexpr spelling<std::uint32_t> characters[] = {
    {0xA0, " "},
    {0xA2, " cents "},
    {0xA3, "$"},
    {0xA5, "$"},
    {0xA9, ";"},
    {0xAB, "\""},
    {0xAD, ""},
    {0xAE, ";"},
    {0xB0, "\x06"},
    {0xB1, "\x03"},
    {0xB5, "u"},
    {0xB7, "\x01"},
    {0xBA, "\x06"},
    {0xBB, "\""},
    {0xBC, "1/4"},
    {0xBD, "1/2"},
    {0xBE, "3/4"},
    {0xD7, "\x01"},
    {0xF7, "\x02"},
    {0x2BC, "'"},
    {0x3A9, " ohm "},
    {0x3BC, "u"},
    {0x66B, "\x10"},
    {0x66C, "\x10"},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2012, "-"},
    {0x2013, "-"},
    {0x2014, "\x0e"},
    {0x2015, "\x0e"},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201C, "\""},
    {0x201D, "\""},
    {0x201E, "\""},
    {0x2022, ";"},
    {0x2026, "..."},
    {0x2032, "'"},
    {0x2033, "\""},
    {0x203C, "!"},
    {0x2044, "/"},
    {0x204E, "\x01"},
    {0x2103,
     "\x06"
     "C"},
    {0x2109,
     "\x06"
     "F"},
    {0x2116, ";"},
    {0x2122, ";"},
    {0x2126, " ohm "},
    {0x2150, "1/7"},
    {0x2151, "1/9"},
    {0x2152, "1/10"},
    {0x2153, "1/3"},
    {0x2154, "2/3"},
    {0x2155, "1/5"},
    {0x2156, "2/5"},
    {0x2157, "3/5"},
    {0x2158, "4/5"},
    {0x2159, "1/6"},
    {0x215A, "5/6"},
    {0x215B, "1/8"},
    {0x215C, "3/8"},
    {0x215D, "5/8"},
    {0x215E, "7/8"},
    {0x2189, "0/3"},
    {0x2190, "="},
    {0x2192, "="},
    {0x21D2, "="},
    {0x21D4, "="},
    {0x2208, "\x05"},
    {0x2209, "\x05"},
    {0x220E, ";"},
    {0x2212, "-"},
    {0x2213, "\x03"},
    {0x2215, "/"},
    {0x2217, "\x01"},
    {0x2219, "\x01"},
    {0x221A, "\x04"},
    {0x221B, "\x04"},
    {0x221C, "\x04"},
    {0x2234, ";"},
    {0x2236, ":"},
    {0x223C, "="},
    {0x2243, "="},
    {0x2245, "="},
    {0x2248, "="},
    {0x2260, "\x05"},
    {0x2261, "="},
    {0x2264, "\x05"},
    {0x2265, "\x05"},
    {0x2266, "\x05"},
    {0x2267, "\x05"},
    {0x226A, "\x05"},
    {0x226B, "\x05"},
    {0x2272, "\x05"},
    {0x2273, "\x05"},
    {0x22C5, "\x01"},
    {0x22C6, "\x01"},
    {0x2713, ";"},
    {0x2714, ";"},
    {0x2715, "\x01"},
    {0x2716, "\x01"},
    {0x2796, "-"},
    {0x27F9, "="},
    {0x2A2F, "\x01"},
    {0x2A7D, "\x05"},
    {0x2A7E, "\x05"},
    {0x3000, " "},
    {0x3001, ", "},
    {0x3002, ". "},
    {0x300C, "\""},
    {0x300D, "\""},
    {0x301C, "\x10"},
    {0xFE63, "-"},
    {0xFE69, "$"},
    {0xFE6A, "%"},
    {0xFEFF, ""},
    {0xFF01, " !"},
    {0xFF5E, "\x10"},
    {0xFFE0, " cents "},
    {0xFFE1, "$"},
    {0xFFE5, "$"},
};

// Signs for 万, 億, 만 and the like multiply what is before them: no digits stand for themselves
// there.
constexpr std::uint32_t multipliers[] = {0x4E07, 0x4EBF, 0x5104, 0x5146, 0x5341, 0x5343, 0x767E,
                                         0x842C, 0xB9CC, 0xBC31, 0xC5B5, 0xC870, 0xCC9C};

// The zeros of other scripts (Arabic, Persian, Devanagari, Bengali, Thai), nine digits behind each.
constexpr std::uint32_t zeros[] = {0x660, 0x6F0, 0x966, 0x9E6, 0xE50};
constexpr std::uint32_t mathematical_zero = 0x1D7CE, behind_mathematical_nine = 0x1D800;

constexpr spelling<std::string_view> commands[] = {
    {"Big", ""},
    {"Bigg", ""},
    {"Biggl", ""},
    {"Biggr", ""},
    {"Bigl", ""},
    {"Bigr", ""},
    {"Huge", ""},
    {"LARGE", ""},
    {"Large", ""},
    {"Leftrightarrow", "="},
    {"Longleftrightarrow", "="},
    {"Longrightarrow", "="},
    {"Omega", " ohm "},
    {"Rightarrow", "="},
    {"approx", "="},
    {"ast", "\x01"},
    {"bf", ""},
    {"big", ""},
    {"bigg", ""},
    {"bigl", ""},
    {"bigr", ""},
    {"blacksquare", ";"},
    {"bm", ""},
    {"boldsymbol", ""},
    {"cdot", "\x01"},
    {"cdots", "..."},
    {"cent", " cents "},
    {"cents", " cents "},
    {"cfrac", "\x07"},
    {"checkmark", ";"},
    {"circ", "\x06"},
    {"cong", "="},
    {"degree", "\x06"},
    {"dfrac", "\x07"},
    {"displaystyle", ""},
    {"div", "\x02"},
    {"dots", "..."},
    {"doteq", "="},
    {"emph", ""},
    {"equiv", "="},
    {"euro", "$"},
    {"frac", "\x07"},
    {"ge", "\x05"},
    {"geq", "\x05"},
    {"geqq", "\x05"},
    {"geqslant", "\x05"},
    {"gt", "\x05"},
    {"gtrsim", "\x05"},
    {"hbox", ""},
    {"hfill", " "},
    {"huge", ""},
    {"iff", "="},
    {"implies", "="},
    {"in", "\x05"},
    {"it", ""},
    {"langle", "("},
    {"large", ""},
    {"lbrace", "("},
    {"ldots", "..."},
    {"le", "\x05"},
    {"left", ""},
    {"leq", "\x05"},
    {"leqq", "\x05"},
    {"leqslant", "\x05"},
    {"lesssim", "\x05"},
    {"longrightarrow", "="},
    {"lt", "\x05"},
    {"mathbf", ""},
    {"mathit", ""},
    {"mathnormal", ""},
    {"mathrm", ""},
    {"mathsf", ""},
    {"mathtt", ""},
    {"mbox", ""},
    {"medspace", " "},
    {"mp", "\x03"},
    {"n", " "},
    {"ne", "\x05"},
    {"neq", "\x05"},
    {"newline", " "},
    {"normalsize", ""},
    {"not", "\x05"},
    {"notin", "\x05"},
    {"operatorname", ""},
    {"par", " "},
    {"pm", "\x03"},
    {"pounds", "$"},
    {"qed", ";"},
    {"qquad", " "},
    {"quad", " "},
    {"rangle", ")"},
    {"rbrace", ")"},
    {"right", ""},
    {"rightarrow", "="},
    {"rm", ""},
    {"sim", "="},
    {"simeq", "="},
    {"small", ""},
    {"space", " "},
    {"sqrt", "\x04"},
    {"surd", "\x04"},
    {"text", ""},
    {"textbf", ""},
    {"textdegree", "\x06"},
    {"textdollar", "$"},
    {"texteuro", "$"},
    {"textit", ""},
    {"textnormal", ""},
    {"textrm", ""},
    {"textsf", ""},
    {"textsterling", "$"},
    {"textstyle", ""},
    {"texttt", ""},
    {"tfrac", "\x07"},
    {"therefore", "="},
    {"thickspace", " "},
    {"thinspace", " "},
    {"times", "\x01"},
    {"to", "="},
    {"underline", ""},
};

// Commands of one character; what is not here stands for itself: \% \_ \#
constexpr spelling<char> escapes[] = {{'!', ""},  {'(', " "},    {')', " "},  {',', " "},
                                      {'-', ""},  {'/', ""},     {':', " "},  {';', " "},
                                      {'>', " "}, {'[', " "},    {'\\', " "}, {']', " "},
                                      {'{', "("}, {'|', "\x10"}, {'}', ")"}};

template <class Key, std::size_t N, class Sought>
std::optional<std::string_view> spelt(const spelling<Key> (&table)[N], const Sought& key) {
  const auto at = std::ranges::lower_bound(table, key, {}, &spelling<Key>::key);
  if (at == std::end(table) || at->key != key) return std::nullopt;
  return at->plain;
}

bool changes(char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\\' || c < ' '; }

// One code point off the front; 0xFFFD for a byte that is none.
std::uint32_t take_code_point(std::string_view& in) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const unsigned char lead = at(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t value = size == 1 ? lead : lead & (0x7Fu >> size);
  bool whole = size <= in.size() && (lead < 0x80 || lead >= 0xC2);
  for (std::size_t i = 1; whole && i < size; ++i) {
    whole = (at(i) & 0xC0) == 0x80;
    value = value << 6 | (at(i) & 0x3Fu);
  }
  in.remove_prefix(whole ? size : 1);
  return whole ? value : 0xFFFD;
}

// The character that is raised, or 0.
char superscript(std::uint32_t c) {
  if (c == 0xB9) return '1';
  if (c == 0xB2 || c == 0xB3) return static_cast<char>('0' + (c - 0xB0));
  if (c == 0x207A || c == 0x207B) return c == 0x207A ? '+' : '-';
  return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? static_cast<char>('0' + (c - 0x2070)) : 0;
}

// The ASCII digit of the same value, or 0.
char digit_of(std::uint32_t c) {
  if (c >= mathematical_zero && c < behind_mathematical_nine)
    return static_cast<char>('0' + (c - mathematical_zero) % 10);
  for (const std::uint32_t zero : zeros) {
    if (c >= zero && c < zero + 10) return static_cast<char>('0' + (c - zero));
  }
  return 0;
}

bool is_blank(std::uint32_t c) {
  return c <= ' ' || (c >= 0x80 && c < 0xA0) || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F;
}

// Joiners, direction marks and variation selectors.
bool is_invisible(std::uint32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || (c >= 0xFE00 && c <= 0xFE0F);
}

bool is_mathematical(std::uint32_t c) {
  return (c >= 0x370 && c < 0x400) || (c >= 0x1D400 && c < 0x1D800) ||
         (c >= 0x2200 && c < 0x230C) || (c >= 0x2100 && c < 0x2150) ||
         std::ranges::find(multipliers, c) != std::end(multipliers);
}

class translation {
 public:
  translation(std::string_view in, std::string& out) : in_(in), out_(out) { out_.clear(); }

  void run() {
    while (!in_.empty()) {
      const char c = in_.front();
      if (c == '\\')
        command();
      else if (!changes(c))
        copy();
      else
        character(take_code_point(in_));
    }
    end_script();
  }

 private:
  void copy() {
    end_script();
    out_ += in_.front();
    in_.remove_prefix(1);
  }

  void command() {
    end_script();
    in_.remove_prefix(1);
    std::size_t size = 0;
    while (size < in_.size() && is_letter(in_[size])) ++size;
    if (size == 0) return escaped();
    const auto name = in_.substr(0, size);
    in_.remove_prefix(size);
    if (name == "begin" || name == "end") return environment();
    const auto plain = spelt(commands, name).value_or("\x10");
    out_ += plain;
    if (plain.starts_with(sign::root)) degree_of_root();
  }

  // \end{align*}: of one formula, which is what it is without it.
  void environment() {
    const auto end = std::min(in_.find('}'), in_.size());
    for (const std::string_view name :
         {"{align", "{equation", "{gather", "{displaymath", "{math"}) {
      if (!in_.starts_with(name)) continue;
      in_.remove_prefix(std::min(end + 1, in_.size()));
      out_ += ' ';
      return;
    }
    out_ += sign::symbol;
  }

  void escaped() {
    if (in_.empty()) return;
    const char c = in_.front();
    if (changes(c)) return;
    out_ += spelt(escapes, c).value_or(std::string_view(&in_.front(), 1));
    in_.remove_prefix(1);
  }

  // \sqrt[3]{8}: which root it is does not matter here.
  void degree_of_root() {
    const std::size_t end = in_.starts_with('[') ? in_.find(']') : std::string_view::npos;
    if (end != std::string_view::npos) in_.remove_prefix(end + 1);
  }

  void character(std::uint32_t c) {
    if (is_invisible(c)) return;
    if (const char raised = superscript(c)) return script('^', raised);
    if (c >= 0x2080 && c <= 0x2089) return script('_', static_cast<char>('0' + (c - 0x2080)));
    end_script();
    if (is_blank(c)) {
      out_ += ' ';
    } else if (const auto plain = spelt(characters, c)) {
      spell(*plain);
    } else if (c > 0xFF00 && c < 0xFF5F) {
      out_ += static_cast<char>(c - 0xFEE0);
    } else if (c >= 0x20A0 && c < 0x20D0) {
      out_ += '$';
    } else if (const char digit = digit_of(c)) {
      out_ += digit;
    } else {
      out_ += is_mathematical(c) ? sign::symbol : c >= 0xC0 && c < 0x530 ? 'e' : sign::foreign;
    }
  }

  // 2½ is 2 1/2; ½5 is nothing.
  void spell(std::string_view plain) {
    const bool is_fraction = plain.size() > 2 && plain[1] == '/';
    if (is_fraction && !out_.empty() && is_digit(out_.back())) out_ += ' ';
    out_ += plain;
    if (is_fraction && !in_.empty() && is_digit(in_.front())) out_ += sign::symbol;
  }

  // A run of raised or lowered digits is one group: ^{10}, _{12}.
  void script(char which, char c) {
    if (script_ != which) {
      end_script();
      out_ += which;
      out_ += '{';
    }
    script_ = which;
    out_ += c;
  }
  void end_script() {
    if (script_ != 0) out_ += '}';
    script_ = 0;
  }

  std::string_view in_;
  std::string& out_;
  char script_ = 0;  // that is open
};

}  // namespace

std::string_view plain_number_text(std::string_view line, std::string& scratch) {
  if (std::ranges::none_of(line, changes)) return line;
  translation(line, scratch).run();
  return scratch;
}

}  // namespace retort::engine
