#include "engine/number/number_spelling.hpp"

#include <algorithm>
#include <array>

#include "engine/number/number_text.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view only(const char& c) { return {&c, 1}; }
constexpr std::string_view times = only(sign::times), divide = only(sign::divide),
                           plus_minus = only(sign::plus_minus), root = only(sign::root),
                           relation = only(sign::relation), degree = only(sign::degree),
                           fraction = only(sign::fraction), dash = only(sign::dash),
                           symbol = only(sign::symbol);

struct characters_of {
  std::string_view plain;
  std::u32string_view all;
};
constexpr characters_of characters[] = {
    {"", U"\u00ad\ufeff"},
    {" ", U"\u00a0\u3000"},
    {"-", U"\u2010\u2011\u2012\u2013−➖﹣"},
    {dash, U"\u2014\u2015"},
    {"/", U"⁄∕"},
    {":", U"∶"},
    {"!", U"‼"},
    {" !", U"！"},  // closes a sentence: no factorial is written so
    {"%", U"﹪"},
    {"...", U"…"},
    {", ", U"、"},
    {". ", U"。"},
    {"'", U"\u02bc‘’′"},
    {"\"", U"«»“”„″「」"},
    {";", U"©®•№™∎∴✓✔"},
    {"$", U"£¥﹩￡￥"},
    {" cents ", U"¢￠"},
    {" or ", U"∨"},
    {"=", U"←→⇒⇔∼≃≅≈≡⟹"},
    {times, U"·×⁎∗∙⋅⋆✕✖⨯"},
    {divide, U"÷"},
    {plus_minus, U"±∓"},
    {root, U"√∛∜"},
    {relation, U"∈∉≠≤≥≦≧≪≫≲≳⩽⩾"},
    {degree, U"°º"},
    {"\x06"
     "C",
     U"℃"},
    {"\x06"
     "F",
     U"℉"},
    {"u", U"\u00b5\u03bc"},
    {" ohm ", U"\u03a9\u2126"},
    {" permille ", U"‰"},
    {" bps ", U"‱"},
    {symbol, U"₊₋₌"},
    {symbol, U"\u066b\u066c\u301c\uff5e"},  // Arabic separators, and a tilde that makes ranges
    {"0/3", U"↉"},
    {"1/10", U"⅒"},
    {"1/9", U"⅑"},
    {"1/8", U"⅛"},
    {"1/7", U"⅐"},
    {"1/6", U"⅙"},
    {"1/5", U"⅕"},
    {"1/4", U"¼"},
    {"1/3", U"⅓"},
    {"3/8", U"⅜"},
    {"2/5", U"⅖"},
    {"1/2", U"½"},
    {"3/5", U"⅗"},
    {"5/8", U"⅝"},
    {"2/3", U"⅔"},
    {"3/4", U"¾"},
    {"4/5", U"⅘"},
    {"5/6", U"⅚"},
    {"7/8", U"⅞"},
};

struct commands_of {
  std::string_view plain;
  std::string_view all;  // a blank behind each
};
constexpr commands_of commands[] = {
    {"",
     "Big Bigg Biggl Biggr Bigl Bigr Huge LARGE Large bf big bigg bigl bigr bm boldsymbol "
     "displaystyle emph hbox huge it large left mathbf mathit mathnormal mathrm mathsf mathtt mbox "
     "normalsize operatorname right rm small text textbf textit textnormal textrm textsf textstyle "
     "texttt underline "},
    {" ", "hfill medspace n newline par qquad quad space thickspace thinspace "},
    {"$", "euro pounds textdollar texteuro textsterling "},
    {" cents ", "cent cents "},
    {" ohm ", "Omega "},
    {" or ", "lor vee "},
    {"...", "cdots dots ldots "},
    {"(", "langle lbrace "},
    {")", "rangle rbrace "},
    {";", "blacksquare checkmark qed "},
    {"=",
     "Leftrightarrow Longleftrightarrow Longrightarrow Rightarrow approx cong doteq equiv iff "
     "implies longrightarrow rightarrow sim "
     "simeq therefore to "},
    {fraction, "cfrac dfrac frac tfrac "},
    {times, "ast cdot times "},
    {divide, "div "},
    {plus_minus, "mp pm "},
    {root, "sqrt surd "},
    {relation,
     "ge geq geqq geqslant gt gtrsim in le leq leqq leqslant lesssim lt ne neq not notin "},
    {degree, "circ degree textdegree "},
};

// What is not here stands for itself: \% \_ \#
struct escapes_of {
  std::string_view plain, all;
};
constexpr escapes_of escapes[] = {
    {"", "!-/"}, {" ", "(),:;>[\\]"}, {"(", "{"}, {")", "}"}, {symbol, "|"}};

template <class Key>
struct spelling {
  Key key;
  std::string_view plain;
};

// The tables turned round and sorted, once, by the compiler.
constexpr auto by_character = [] {
  constexpr auto size = [] {
    std::size_t sum = 0;
    for (const auto& row : characters) sum += row.all.size();
    return sum;
  }();
  std::array<spelling<std::uint32_t>, size> all{};
  auto next = all.begin();
  for (const auto& row : characters) {
    for (const char32_t c : row.all) *next++ = {c, row.plain};
  }
  std::ranges::sort(all, {}, &spelling<std::uint32_t>::key);
  return all;
}();

template <const auto& rows>
constexpr auto by_name = [] {
  constexpr auto size = [] {
    std::size_t sum = 0;
    for (const auto& row : rows) sum += static_cast<std::size_t>(std::ranges::count(row.all, ' '));
    return sum;
  }();
  std::array<spelling<std::string_view>, size> all{};
  auto next = all.begin();
  for (const auto& row : rows) {
    for (auto left = row.all; !left.empty(); left.remove_prefix(left.find(' ') + 1))
      *next++ = {left.substr(0, left.find(' ')), row.plain};
  }
  std::ranges::sort(all, {}, &spelling<std::string_view>::key);
  return all;
}();

template <class Key, std::size_t N>
std::optional<std::string_view> spelt(const std::array<spelling<Key>, N>& table, const Key& key) {
  const auto at = std::ranges::lower_bound(table, key, {}, &spelling<Key>::key);
  if (at == table.end() || at->key != key) return std::nullopt;
  return at->plain;
}

// Words of other languages that say something of the number beside them, in the English of which
// number_units knows what it says. Small letters, a blank behind each. What may be another word in
// English is not here.
constexpr commands_of foreign_words[] = {
    {"or", "oder ou atau veya lub albo eller или або أو یا या hoặc "},
    {"and", "und et och og и і और và "},
    {"between", "zwischen entre antara tussen między между між بين giữa "},
    {"negative", "eksi минус мінус سالب ناقص منفی ऋण माइनस âm μείον πλην מינוס "},
    {"minus", "moins menos meno "},  // "au moins" is another thing
    {"of", "de di von van aus из "},
    {"root", "wurzel quadratwurzel racine carrée raiz raíz cuadrada quadrada radice корень جذر "},
    {"half", "demi demie половиной "},
    {"than", "als que à من "},
    {"more", "mehr mas más mais più أكثر "},
    {"less", "weniger أقل "},
    {"greater",
     "größer grösser grand grande mayor maior maggiore superior superiore supérieur supérieure "
     "أكبر "},
    {"smaller", "kleiner petit petite menor minore inferior inferiore inférieur inférieure أصغر "},
    {"beyond", "больше меньше более менее свыше більше менше понад hơn "},
    {"thousand",
     "mille ribu tausend tysiąc tysiące tysięcy tisíc nghìn ngàn тысяча тысячи тысяч тысячу тыс "
     "тисяча тисячі тисяч тис хиляди ألف آلاف الف हज़ार हज़ार हजार χιλιάδες "},
    {"million",
     "millionen millones millón milhão milhões milioni milion miliony milionów milyon miljoen juta "
     "triệu миллион миллиона миллионов млн мільйон мільйона мільйонів مليون ملايين मिलियन "
     "εκατομμύριο εκατομμύρια "},
    {"billion",
     "milliarde milliarden milliard milliards mrd miliar milyar miljard tỷ tỉ миллиард миллиарда "
     "миллиардов млрд мільярд мільярда мільярдів مليار अरब δισεκατομμύρια "},
    {"lakh", "लाख লাখ লক্ষ "},
    {"crore", "करोड़ करोड़ কোটি "},
    {"dozen",
     "dutzend douzaine douzaines docena docenas dozzina dozzine dúzia dúzias дюжина дюжины дюжин "},
};

// Which sizes there are of those with a first byte, a bit for each: most words are told by these
// not to be one of them.
constexpr auto foreign_sizes = [] {
  std::array<std::uint64_t, 256> all{};
  for (const auto& word : by_name<foreign_words>) {
    all[static_cast<unsigned char>(word.key[0])] |= std::uint64_t{1} << word.key.size();
  }
  return all;
}();

bool may_be_foreign(std::string_view word) {
  return !word.empty() && word.size() < 64 &&
         (foreign_sizes[static_cast<unsigned char>(word[0])] >> word.size() & 1) != 0;
}

// The same where no blank parts words. A longer one stands before what it begins with.
constexpr commands_of foreign_phrases[] = {
    {plus_minus, "正负 正負 "},
    {relation,
     "大于 大於 小于 小於 多于 多於 少于 少於 高于 低于 超过 超過 不到 不足 以上 以下 以内 左右 "
     "未满 "
     "未滿 未満 より大 より多 より小 より少 이상 이하 미만 초과 보다 มากกว่า น้อยกว่า "},
    {only(sign::foreign), "不超过 不超過 不少于 不少於 不多于 不多於 "},  // as "no more than"
    {root, "根号 根號 ルート 루트 제곱근 "},
    {symbol,
     "次方 次幂 的平方 的立方 的倍数 的倍數 の倍数 乗 제곱 个半 個半 点半 點半 年半 割 หมื่น "},
    {" over ", "分之 分の 분의 "},
    {" negative ", "负 負 零下 マイナス 마이너스 영하 "},
    {" minus ", "ลบ "},
    {" or ", "或者 或 または もしくは 또는 혹은 หรือ "},
    {" and ", "和 と 와 과 "},
    {" to ", "到 至 から 부터 "},
    {" hundred ", "ร้อย "},
    {" thousand ", "พัน "},
    {" lakh ", "แสน "},
    {" million ", "ล้าน "},
};

// 万, 億, 만 and the like.
constexpr std::uint32_t multipliers[] = {0x4E07, 0x4EBF, 0x5104, 0x5146, 0x5341, 0x5343, 0x767E,
                                         0x842C, 0xB9CC, 0xBC31, 0xC5B5, 0xC870, 0xCC9C};

// The zeros of other scripts (Arabic, Persian, Devanagari, Bengali, Thai), nine digits behind each;
// and the digits of mathematical fonts.
constexpr std::uint32_t zeros[] = {0x660, 0x6F0, 0x966, 0x9E6, 0xE50};
constexpr std::uint32_t mathematical_zero = 0x1D7CE, behind_mathematical_nine = 0x1D800;

}  // namespace

std::optional<std::string_view> plain_character(std::uint32_t code_point) {
  return spelt(by_character, code_point);
}

std::optional<std::string_view> plain_command(std::string_view name) {
  return spelt(by_name<commands>, name);
}

std::optional<std::string_view> plain_word(std::string_view word) {
  if (!may_be_foreign(word)) return std::nullopt;
  return spelt(by_name<foreign_words>, word);
}

std::optional<phrase> plain_phrase(std::string_view text) {
  const auto& all = by_name<foreign_phrases>;
  auto at = std::ranges::upper_bound(all, text, {}, &spelling<std::string_view>::key);
  // What `text` begins with stands before it, the longest last.
  for (const auto first = text.substr(0, 3); at != all.begin();) {
    const auto& [key, plain] = *--at;
    if (text.starts_with(key)) return phrase{key.size(), plain};
    if (!key.starts_with(first)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string_view> plain_escape(char command) {
  for (const auto& [plain, all] : escapes) {
    if (all.find(command) != std::string_view::npos) return plain;
  }
  return std::nullopt;
}

char digit_of(std::uint32_t c) {
  if (c >= mathematical_zero && c < behind_mathematical_nine)
    return static_cast<char>('0' + (c - mathematical_zero) % 10);
  for (const std::uint32_t zero : zeros) {
    if (c >= zero && c < zero + 10) return static_cast<char>('0' + (c - zero));
  }
  return 0;
}

char raised_by(std::uint32_t c) {
  if (c == 0xB9) return '1';
  if (c == 0xB2 || c == 0xB3) return static_cast<char>('0' + (c - 0xB0));
  if (c == 0x207A || c == 0x207B) return c == 0x207A ? '+' : '-';
  return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? static_cast<char>('0' + (c - 0x2070)) : 0;
}

char lowered_by(std::uint32_t c) {
  return c >= 0x2080 && c <= 0x2089 ? static_cast<char>('0' + (c - 0x2080)) : 0;
}

bool is_blank(std::uint32_t c) {
  return c <= ' ' || (c >= 0x80 && c < 0xA0) || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F;
}

bool is_invisible(std::uint32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || (c >= 0xFE00 && c <= 0xFE0F);
}

bool is_mathematical(std::uint32_t c) {
  return (c >= 0x370 && c < 0x400) || (c >= 0x1D400 && c < 0x1D800) ||
         (c >= 0x2200 && c < 0x230C) || (c >= 0x2100 && c < 0x2150) ||
         std::ranges::find(multipliers, c) != std::end(multipliers);
}

bool is_letter_beyond_ascii(std::uint32_t c) {
  return (c >= 0xC0 && c < 0x530) || (c >= 0x1E00 && c < 0x1F00);
}

bool is_of_word(std::uint32_t c) {
  constexpr std::u32string_view others = U"×÷؛،؟٪٫٬۔।॥\u200c\u200d";
  return ((c >= 0xC0 && c < 0xE00) || (c >= 0x1E00 && c < 0x2000)) && digit_of(c) == 0 &&
         others.find(static_cast<char32_t>(c)) == others.npos;
}

}  // namespace retort::engine
