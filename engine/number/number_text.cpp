#include "engine/number/number_text.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/number/number_reading.hpp"
#include "engine/number/number_spelling.hpp"
#include "engine/text/letter_case.hpp"

namespace retort::engine {
namespace {

bool changes(char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\\' || c < ' '; }

constexpr std::size_t longest_option = 64;       // of what brackets behind a command hold
constexpr std::size_t longest_saying_word = 40;  // of those that say something to a number

// Letters, of ASCII or not, off the front of `text`.
std::size_t size_of_word(std::string_view text) {
  std::string_view left = text;
  while (!left.empty()) {
    std::string_view behind = left;
    const std::uint32_t c = take_code_point(behind);
    if (c < 0x80 ? !is_letter(static_cast<char>(c)) : !is_of_word(c)) break;
    left = behind;
  }
  return text.size() - left.size();
}

// Of a word as it is written. Most are ASCII, and cost no memory.
std::optional<std::string_view> plain_of(std::string_view word) {
  if (word.empty() || word.size() > longest_saying_word) return std::nullopt;
  char small[longest_saying_word];
  bool is_ascii = true;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
    small[i] = static_cast<char>(c | 0x20);  // of letters alone
  }
  return plain_word(is_ascii ? std::string_view(small, word.size()) : without_case(word));
}

class translation {
 public:
  translation(std::string_view in, std::string& out) : in_(in), out_(out) { out_.clear(); }

  void run() {
    while (!in_.empty()) {
      const char c = in_.front();
      if (c == '\\')
        command();
      else if ((is_letter(c) || changes(c)) && take_word())
        continue;
      else if (!changes(c))
        copy();
      else
        character(take_code_point(in_));
    }
    end_script();
  }

 private:
  // A word that says something to a number, by its English; whole, or a phrase where words are not
  // parted.
  bool take_word() {
    if (in_.size() > behind_word_) return false;  // within one
    const std::size_t size = size_of_word(in_);
    const auto plain = plain_of(in_.substr(0, size));
    if (plain) return write_word(size, " " + std::string(*plain) + " ");
    behind_word_ = in_.size() - size;
    const auto found = changes(in_.front()) ? plain_phrase(in_) : std::nullopt;
    return found && write_word(found->bytes, found->plain);
  }
  bool write_word(std::size_t bytes, std::string_view plain) {
    end_script();
    out_ += plain;
    in_.remove_prefix(bytes);
    return true;
  }

  void copy() {
    end_script();
    out_ += in_.front();
    in_.remove_prefix(1);
  }

  void command() {
    end_script();
    in_.remove_prefix(1);
    const auto name = take_while(in_, is_letter);
    if (name.empty()) return escaped();
    if (name == "begin" || name == "end") return environment();
    const auto plain = plain_command(name).value_or("\x10");
    out_ += plain;
    if (plain.starts_with(sign::root)) degree_of_root();
  }

  // \end{align*}: of one formula, which is what it is without it.
  void environment() {
    for (const std::string_view name :
         {"{align", "{equation", "{gather", "{displaymath", "{math"}) {
      if (!in_.starts_with(name)) continue;
      const auto end = in_.substr(0, longest_option).find('}');
      in_.remove_prefix(end == std::string_view::npos ? name.size() : end + 1);
      out_ += ' ';
      return;
    }
    out_ += sign::symbol;
  }

  void escaped() {
    if (in_.empty()) return;
    const char c = in_.front();
    if (changes(c)) return;
    out_ += plain_escape(c).value_or(std::string_view(&in_.front(), 1));
    in_.remove_prefix(1);
  }

  // \sqrt[3]{8}: which root it is does not matter here.
  void degree_of_root() {
    if (!in_.starts_with('[')) return;
    const auto end = in_.substr(0, longest_option).find(']');
    if (end != std::string_view::npos) in_.remove_prefix(end + 1);
  }

  void character(std::uint32_t c) {
    if (is_invisible(c)) return;
    if (const char raised = raised_by(c)) return script('^', raised);
    if (const char lowered = lowered_by(c)) return script('_', lowered);
    end_script();
    if (is_blank(c)) {
      out_ += ' ';
    } else if (const auto plain = plain_character(c)) {
      spell(*plain);
    } else if (c > 0xFF00 && c < 0xFF5F) {
      out_ += static_cast<char>(c - 0xFEE0);
    } else if (c >= 0x20A0 && c < 0x20D0) {
      out_ += '$';
    } else if (const char digit = digit_of(c)) {
      out_ += digit;
    } else {
      out_ += is_mathematical(c) ? sign::symbol : is_letter_beyond_ascii(c) ? 'e' : sign::foreign;
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
  char script_ = 0;                       // that is open
  std::size_t behind_word_ = in_.size();  // how much of `in_` is left behind the word in it
};

}  // namespace

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

std::string_view plain_number_text(std::string_view line, std::string& scratch) {
  if (std::ranges::none_of(line, changes)) return line;
  translation(line, scratch).run();
  return scratch;
}

}  // namespace retort::engine
