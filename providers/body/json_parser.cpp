#include "providers/body/json_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "io/base/json_writer.hpp"

namespace retort::providers {
namespace {

struct tape_place;

}  // namespace
}  // namespace retort::providers

// An element tells nobody where it is but those who write it.
template <>
class simdjson::internal::string_builder<retort::providers::tape_place> {
 public:
  static tape_ref place_of(const dom::element& value) { return value.tape; }
};

namespace retort::providers {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using places = simdjson::internal::string_builder<tape_place>;

constexpr std::array<bool, 256> stands_between_words = [] {
  std::array<bool, 256> table{};
  // A byte order mark too.
  for (const char c : std::string_view("{}[],:\" \t\r\n\xef\xbb\xbf")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();
constexpr std::uint64_t payload = (std::uint64_t{1} << 56) - 1;

char kind_at(const simdjson::dom::document& of, std::size_t place) {
  return static_cast<char>(of.tape[place] >> 56);
}

// Where the tape ends, with a word that says nothing: there stands whether a json_parser made it.
std::uint64_t& last_word(const simdjson::dom::document& of) {
  return of.tape[(of.tape[0] & payload) - 1];
}

bool is_between_words(char c) { return stands_between_words[static_cast<unsigned char>(c)]; }

// Behind the quote that ends the string with that first byte.
std::size_t end_of_string(std::string_view text, const std::size_t begin) {
  for (std::size_t at = begin;; ++at) {
    at = text.find('"', at);
    if (at == text.npos) return text.size();
    std::size_t slash = at;
    while (slash > begin && text[slash - 1] == '\\') --slash;
    if ((at - slash) % 2 == 0) return at + 1;
  }
}

// The next number, true, false or null at or behind `at`; the text's end where there is none.
std::size_t next_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_between_words(text[at])) {
    at = text[at] == '"' ? end_of_string(text, at + 1) : at + 1;
  }
  return at;
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_between_words(text[at])) ++at;
  return at;
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

template <class Number>
std::string text_of(Number number) {
  std::string out;
  io::json_writer(out).value(number);
  return out;
}

// What the document has in the element's place; nothing where none knows it.
std::string_view spelling_of(element value) {
  const auto at = places::place_of(value);
  if ((last_word(*at.doc) & payload) == 0) return {};
  return static_cast<const json_parser::document*>(at.doc)->spelling(at.json_index);
}

// One whose exponent std::to_chars chose, to be short (1e+05), is written out within the bounds of
// Python's repr, 1e-4 and 1e16: our reader of Parquet has such numbers, and nobody wrote them so.
std::string written_out(std::string_view spelt, element value) {
  double number = 0;
  if (spelt.find('e') == spelt.npos || value.get_double().get(number)) return std::string(spelt);
  const bool is_plain = std::abs(number) >= 1e-4 && std::abs(number) < 1e16;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  if (!is_plain || spelt != std::string_view(text, end)) return std::string(spelt);
  const auto plain_end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed).ptr;
  std::string out(text, plain_end);
  return out.find('.') == out.npos ? out + ".0" : out;
}

void write(io::json_writer& json, element value);

void write_list(io::json_writer& json, simdjson::dom::array list) {
  json.open_array();
  for (const element one : list) write(json, one);
  json.close_array();
}

void write_object(io::json_writer& json, simdjson::dom::object members) {
  json.open_object();
  for (const auto& [name, one] : members) {
    json.foreign_key(name);
    write(json, one);
  }
  json.close_object();
}

void write_number(io::json_writer& json, element value) {
  const std::string spelt = spelt_number(value);
  json.raw(spelt.empty() ? "null" : spelt);
}

// Recursion ends where the parser lets a document be no deeper.
void write(io::json_writer& json, element value) {
  switch (value.type()) {
    case element_type::OBJECT: return write_object(json, value.get_object().value_unsafe());
    case element_type::ARRAY: return write_list(json, value.get_array().value_unsafe());
    case element_type::STRING: return json.value(value.get_string().value_unsafe());
    case element_type::BOOL: return json.value(value.get_bool().value_unsafe());
    default: return write_number(json, value);
  }
}

// What of a number the tree can hold.
std::string held(std::string_view word) {
  constexpr std::size_t most_digits = 18;
  if (!is_json_number(word)) return std::string(word);
  double value = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
  // Out of a double's range at either end.
  if (read.ec != std::errc()) {
    return std::isinf(std::strtod(std::string(word).c_str(), nullptr)) ? "null" : "0.0";
  }
  const bool is_whole = word.find_first_of(".eE") == word.npos;
  return std::string(word) + (is_whole && word.size() > most_digits ? "e0" : "");
}

std::string with_held_numbers(std::string_view text) {
  std::string out;
  out.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = next_word(text, at), end = end_of_word(text, begin);
    out.append(text.substr(at, begin - at)).append(held(text.substr(begin, end - begin)));
    at = end;
  }
  return out;
}

}  // namespace

json_result json_parser::parse(std::string_view text, std::string_view source) {
  const std::size_t room = source.size() + simdjson::SIMDJSON_PADDING;
  if (document_.source_.capacity() < room) document_.source_.reserve(2 * room);
  document_.source_.assign(source);
  document_.words_.clear();
  const bool is_source = text.data() == source.data();
  const std::string_view parsed = is_source ? document_.source_ : text;
  auto made = parser_.parse_into_document(document_, parsed.data(), parsed.size(), !is_source);
  if (!made.error()) last_word(document_) |= 1;
  return made;
}

json_result parse_any_numbers(json_parser& parser, std::string_view text, std::string_view source) {
  auto made = parser.parse(text, source);
  if (!made.error() || made.error() == simdjson::EMPTY) return made;
  return parser.parse(with_held_numbers(text), source);
}

std::string_view json_parser::document::spelling(std::size_t place) const {
  if (words_.empty()) find_spellings();
  const auto found = std::ranges::lower_bound(words_, place, {}, &word::place);
  if (found == words_.end() || found->place != place) return {};
  const std::string_view source = source_;
  return source.substr(found->begin, end_of_word(source, found->begin) - found->begin);
}

// Tape and text have the same values in the same order.
void json_parser::document::find_spellings() const {
  const std::string_view source = source_;
  const std::size_t end = (tape[0] & payload) - 1;
  std::size_t at = 0;
  for (std::size_t place = 1; place < end; ++place) {
    const char kind = kind_at(*this, place);
    const bool is_number = kind == 'l' || kind == 'u' || kind == 'd';
    if (!is_number && kind != 't' && kind != 'f' && kind != 'n') continue;
    at = next_word(source, at);
    words_.push_back({place, at});
    at = end_of_word(source, at);
    place += is_number;
  }
}

// RFC 8259, section 6.
bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-');
  const std::size_t whole = skip_digits(text, at);
  if (whole == at || (text[at] == '0' && whole - at > 1)) return false;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1);
    if (end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    at += 1 + (at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-'));
    const std::size_t end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

std::string spelt_number(element value) {
  switch (value.type()) {
    case element_type::INT64:
      if (value.get_int64().value_unsafe() == 0) break;  // may be -0
      return text_of(value.get_int64().value_unsafe());
    case element_type::UINT64: return text_of(value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
    case element_type::NULL_VALUE: break;
    default: return "";
  }
  const std::string_view spelt = spelling_of(value);
  if (is_json_number(spelt)) return written_out(spelt, value);
  return value.is_null() ? "" : simdjson::minify(value);
}

std::string exact_json(element value) {
  std::string out;
  io::json_writer json(out);
  write(json, value);
  return out;
}

}  // namespace retort::providers
