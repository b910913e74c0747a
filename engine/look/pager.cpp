#include "engine/look/pager.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "io/base/console.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr char escape = '\x1b', backspace = '\b', del = '\x7f', control_c = '\x03',
               control_d = '\x04';
constexpr std::string_view keys = "n next  p back  j/k scroll  g good  b bad  u unmark  q quit";

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// A line in pieces of so many code points.
void wrap(std::string_view line, std::size_t columns, std::vector<std::string>& into) {
  std::string piece;
  std::size_t count = 0;
  for (const char c : line) {
    if (starts_character(c) && count++ == columns) {
      into.push_back(std::move(piece));
      piece.clear();
      count = 1;
    }
    piece += c;
  }
  into.push_back(std::move(piece));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('\n'), text.size());
    wrap(io::plain_line(text.substr(0, at)), columns, out);
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return out;
}

std::string cut(std::string_view line, std::size_t columns) {
  std::vector<std::string> pieces;
  wrap(io::plain_line(line), columns, pieces);
  return pieces.front();
}

// What the bytes behind an escape come to: the key that does the same. 0: nothing that is known;
// more may follow where `is_whole` is false.
char key_of(std::string_view sequence, bool& is_whole) {
  is_whole = sequence.size() > 1 && sequence.back() >= '@' && sequence.back() <= '~';
  if (sequence == "[A") return 'k';
  if (sequence == "[B") return 'j';
  if (sequence == "[C") return 'n';
  if (sequence == "[D") return 'p';
  if (sequence == "[5~") return 'K';
  if (sequence == "[6~") return 'J';
  return 0;
}

}  // namespace

void pager::scroll(std::ptrdiff_t lines) {
  const auto top = static_cast<std::ptrdiff_t>(top_) + lines;
  top_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(top, 0, static_cast<std::ptrdiff_t>(most_top_)));
}

void pager::step(std::ptrdiff_t samples) {
  if (samples_ == 0) return;
  const auto to = static_cast<std::ptrdiff_t>(at_) + samples;
  at_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(to, 0, static_cast<std::ptrdiff_t>(samples_) - 1));
  top_ = 0;
}

pager::act pager::take(char byte) {
  if (asks_note_) return take_note(byte);
  if (!escape_.empty()) {
    bool is_whole = false;
    escape_ += byte;
    const char key = key_of(std::string_view(escape_).substr(1), is_whole);
    const bool is_sequence = escape_[1] == '[' && escape_.size() < 8;
    if (!is_whole && is_sequence) return act::none;
    escape_.clear();
    return key ? take_key(key) : act::none;
  }
  if (byte == escape) {
    escape_ = byte;
    return act::none;
  }
  return take_key(byte);
}

pager::act pager::take_key(char key) {
  const auto page = static_cast<std::ptrdiff_t>(page_);
  switch (key) {
    case 'n':
    case ' ': step(1); break;
    case 'p': step(-1); break;
    case 'j': scroll(1); break;
    case 'k': scroll(-1); break;
    case 'J': scroll(page); break;
    case 'K': scroll(-page); break;
    case 'g':
    case 'b':
      if (samples_ == 0) break;
      asks_note_ = true;
      marking_ = key == 'g' ? act::mark_good : act::mark_bad;
      note_.clear();
      break;
    case 'u': return samples_ == 0 ? act::none : act::unmark;
    case 'q':
    case control_c:
    case control_d: return act::quit;
    default: break;
  }
  return act::none;
}

// Enter makes the mark, with the note or without; escape takes it back.
pager::act pager::take_note(char byte) {
  if (byte == '\r' || byte == '\n') {
    asks_note_ = false;
    return marking_;
  }
  if (byte == escape || byte == control_c) {
    asks_note_ = false;
    return byte == control_c ? act::quit : act::none;
  }
  if (byte == backspace || byte == del) {
    while (!note_.empty() && !starts_character(note_.back())) note_.pop_back();
    if (!note_.empty()) note_.pop_back();
  } else if (static_cast<unsigned char>(byte) >= ' ') {
    note_ += byte;
  }
  return act::none;
}

std::string pager::screen(std::string_view text, std::string_view status, std::size_t rows,
                          std::size_t columns) {
  rows = std::max<std::size_t>(rows, 4);
  columns = std::max<std::size_t>(columns, 20);
  page_ = rows - 3;
  const auto lines = wrapped(text, columns);
  most_top_ = lines.size() > page_ ? lines.size() - page_ : 0;
  top_ = std::min(top_, most_top_);
  std::string out;
  for (std::size_t i = top_; i < std::min(top_ + page_, lines.size()); ++i) {
    io::append_line(out, lines[i]);
  }
  const bool has_more = top_ < most_top_;
  out += has_more ? "...\n" : "\n";
  io::append_line(out, cut(status, columns));
  const std::string asked = fmt::format("{}, note (Enter: done, Esc: not after all): {}",
                                        marking_ == act::mark_good ? "good" : "bad", note_);
  return out + cut(asks_note_ ? asked : keys, columns - 1);
}

}  // namespace retort::engine
