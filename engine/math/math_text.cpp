#include "engine/math/math_text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/number/number_reading.hpp"
#include "engine/number/number_spelling.hpp"
#include "engine/number/number_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::pair<std::u32string_view, std::string_view> formula_characters[] = {
    {U"·×∗∙⋅⋆✕✖⨯", "\\times "},
    {U"÷", "\\div "},
    {U"±", "\\pm "},
    {U"∓", "\\mp "},
    {U"√", "\\sqrt "},
    {U"∛", "\\sqrt[3]"},
    {U"∜", "\\sqrt[4]"},
    {U"∞", "\\infty "},
    {U"≤⩽≦", "\\le "},
    {U"≥⩾≧", "\\ge "},
    {U"≠", "\\ne "},
    {U"≈≅≃", "\\approx "},
    {U"∪", "\\cup "},
    {U"∩", "\\cap "},
    {U"∖", "\\setminus "},
    {U"∈", "\\in "},
    {U"∅⌀", "\\emptyset "},
    {U"∨", "\\lor "},
    {U"°º", "^\\circ "},
    {U"ℝ", "\\mathbb{R}"},
    {U"⟨〈", "\\langle "},
    {U"⟩〉", "\\rangle "},
    {U"⌊", "\\lfloor "},
    {U"⌋", "\\rfloor "},
    {U"⌈", "\\lceil "},
    {U"⌉", "\\rceil "},
    {U"∠", "\\angle "},
    {U"△", "\\triangle "},
    {U"→⇒⟹⇔", "\\implies "},
    {U"\u2010\u2011\u2012\u2013−﹣", "-"},
    {U"′’", "'"},
    {U"€", "\\euro "},
    {U"£", "\\pounds "},
    {U"％﹪", "%"},
    {U"∶：", ":"},
    {U"，、", ", "},
    {U"；", ";"},
    {U"（", "("},
    {U"）", ")"},
    {U"＝", "="},
    {U"⁄∕", "/"},
    {U"π", "\\pi "},
    {U"α", "\\alpha "},
    {U"β", "\\beta "},
    {U"γ", "\\gamma "},
    {U"δ", "\\delta "},
    {U"ε", "\\epsilon "},
    {U"θ", "\\theta "},
    {U"λ", "\\lambda "},
    {U"μ\u00b5", "\\mu "},
    {U"ρ", "\\rho "},
    {U"σ", "\\sigma "},
    {U"τ", "\\tau "},
    {U"φϕ", "\\phi "},
    {U"ω", "\\omega "},
    {U"Δ∆", "\\Delta "},
    {U"Ω", "\\Omega "},
};

class formula_spelling {
 public:
  explicit formula_spelling(std::string_view in) : in_(in) {}

  std::string run() {
    while (!in_.empty()) {
      if (static_cast<unsigned char>(in_.front()) < 0x80) {
        end_script();
        const char c = in_.front();
        out_ += c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
        in_.remove_prefix(1);
        continue;
      }
      const auto before = in_;
      const auto c = take_code_point(in_);
      character(c, before.substr(0, before.size() - in_.size()));
    }
    end_script();
    return std::move(out_);
  }

 private:
  void character(std::uint32_t c, std::string_view bytes) {
    if (is_invisible(c) || c == 0xFEFF) return;
    if (const char raised = raised_by(c)) return script('^', raised);
    if (const char lowered = lowered_by(c)) return script('_', lowered);
    end_script();
    for (const auto& [characters, plain] : formula_characters) {
      if (characters.find(static_cast<char32_t>(c)) == std::u32string_view::npos) continue;
      out_ += plain;
      return;
    }
    other(c, bytes);
  }

  // ½ is 1/2 in number_spelling.hpp, which knows more blanks and digits too.
  void other(std::uint32_t c, std::string_view bytes) {
    const auto plain = plain_character(c);
    if (plain && plain->size() > 2 && is_digit(plain->front())) {
      const auto slash = plain->find('/');
      out_.append("\\frac{").append(plain->substr(0, slash)).append("}{");
      out_.append(plain->substr(slash + 1)).append("}");
    } else if (c > 0xFF00 && c < 0xFF5F) {  // full width
      out_ += static_cast<char>(c - 0xFEE0);
    } else if (const char digit = digit_of(c)) {
      out_ += digit;
    } else if (is_blank(c) || c == 0xA0 || c == 0x3000) {
      out_ += ' ';
    } else if (plain && (*plain == "\"" || *plain == "'")) {
      out_ += *plain;
    } else if (is_letter_beyond_ascii(c) || (c >= 0x3040 && c < 0xFE00)) {
      out_ += bytes;
    } else {
      (out_ += '\0') += bytes;  // nothing reads it, and ♠ is not ♥
    }
  }

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
  std::string out_;
  char script_ = 0;  // that is open
};

constexpr std::pair<std::string_view, std::string_view> wrappings[] = {
    {"$$", "$$"}, {"$", "$"}, {"\\(", "\\)"}, {"\\[", "\\]"}, {"**", "**"},
    {"__", "__"}, {"`", "`"}, {"\"", "\""},   {"'", "'"},
};

// Whether what opens here closes at the end and nowhere before.
bool wraps(std::string_view text, std::string_view open, std::string_view close) {
  if (text.size() < open.size() + close.size() || !text.starts_with(open) || !text.ends_with(close))
    return false;
  const auto inside = text.substr(open.size(), text.size() - open.size() - close.size());
  return inside.find(open) == std::string_view::npos &&
         inside.find(close) == std::string_view::npos && !inside.ends_with('\\');
}

bool unwrap(std::string_view& text) {
  for (const auto& [open, close] : wrappings) {
    if (!wraps(text, open, close)) continue;
    text = text.substr(open.size(), text.size() - open.size() - close.size());
    return true;
  }
  return false;
}

bool ends_sentence(std::string_view text) {
  return (text.ends_with('.') && !text.ends_with("..")) || text.ends_with(',') ||
         text.ends_with(';') || text.ends_with(':');
}

}  // namespace

std::string plain_math_text(std::string_view text) { return formula_spelling(text).run(); }

std::string_view without_wrapping(std::string_view text) {
  for (text = trim(text); !text.empty(); text = trim(text)) {
    if (ends_sentence(text)) {
      text.remove_suffix(1);
    } else if (!unwrap(text)) {
      break;
    }
  }
  return text;
}

std::string folded_words(std::string_view text) {
  constexpr std::string_view around = " \t\r\n.,;:!?\"'`*$()";
  const auto begin = text.find_first_not_of(around);
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, text.find_last_not_of(around) - begin + 1);
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '~') {
      if (!out.ends_with(' ')) out += ' ';
    } else {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
  }
  return out;
}

}  // namespace retort::engine
