#include "engine/prompt/record_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/prompt/doubled_name.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;
using namespace std::string_view_literals;

// The one member of a mark. A NUL begins it, so that no template can name it.
constexpr std::string_view mark_key = "\0odd"sv;
constexpr std::string_view mark_begin = R"({"\u0000odd":)";
// What stands in place of a name that is odd begins so; its problem follows.
constexpr std::string_view odd_name = "\0odd name:"sv;
constexpr std::string_view structural = "{}[],:";
constexpr std::string_view json_blanks = " \t\r\n";
constexpr std::size_t max_value_bytes = 40;
constexpr int max_depth = 512;  // simdjson's own is twice this

std::string shown_value(std::string_view token) { return io::one_line(token, max_value_bytes); }

template <class T>
bool fits(std::string_view digits) {
  T value{};
  return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
}

// "" for a number that a record can hold.
std::string number_problem(std::string_view token) {
  if (token.find_first_of(".eE") == token.npos) {
    if (fits<std::int64_t>(token) || fits<std::uint64_t>(token)) return "";
    return shown_value(token) + ", a whole number beyond 64 bits (as a text it could be used)";
  }
  if (std::isfinite(std::strtod(std::string(token).c_str(), nullptr))) return "";
  return shown_value(token) + ", beyond the numbers of 64 bits (as a text it could be used)";
}

std::string atom_problem(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return "";
  return providers::is_json_number(token) ? number_problem(token)
                                          : shown_value(token) + ", which is no JSON value";
}

std::optional<std::uint32_t> unit_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  const char* const end = text.data() + at + 6;
  const auto [stop, bad] = std::from_chars(text.data() + at + 2, end, unit, 16);
  return bad == std::errc() && stop == end ? std::optional(unit) : std::nullopt;
}

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The escape at `at`: its length, or 0 with what is wrong with it.
std::size_t check_escape(std::string_view text, std::size_t at, std::string& problem) {
  constexpr std::string_view simple = "\"\\/bfnrt";
  if (at + 1 < text.size() && simple.find(text[at + 1]) != simple.npos) return 2;
  const auto unit = unit_at(text, at);
  if (!unit) {
    problem = "a text with an escape that JSON does not know";
    return 0;
  }
  if (!is_high(*unit) && !is_low(*unit)) return 6;
  const auto other = unit_at(text, at + 6);
  if (is_high(*unit) && other && is_low(*other)) return 12;
  problem = fmt::format("a text with half a surrogate pair ({})", text.substr(at, 6));
  return 0;
}

// `text` is what stands between the quotes.
std::string text_problem(std::string_view text) {
  if (!simdjson::validate_utf8(text)) return "a text that is not UTF-8";
  std::string problem;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x20) return "a text with a bare control character";
    const std::size_t length = text[at] == '\\' ? check_escape(text, at, problem) : 1;
    if (length == 0) return problem;
    at += length;
  }
  return "";
}

// Copies JSON, with a mark in place of each odd value. What else is wrong with the text stays so,
// for the parser to find.
class mender {
 public:
  explicit mender(std::string_view text) : in_(text) { out_.reserve(text.size() + 64); }

  // Nothing when there was nothing to mend.
  std::optional<std::string> mend() {
    while (at_ < in_.size()) step();
    return mended_ ? std::optional(std::move(out_)) : std::nullopt;
  }

 private:
  void step() {
    const char c = in_[at_];
    if (json_blanks.find(c) != json_blanks.npos) return copy(1);
    if (structural.find(c) != structural.npos) return take_structural(c);
    return c == '"' ? take_text() : take_atom();
  }

  void copy(std::size_t bytes) {
    out_ += in_.substr(at_, bytes);
    at_ += bytes;
  }

  void mark(std::size_t bytes, std::string_view problem) {
    out_ += mark_begin;
    io::append_json_string(out_, problem);
    out_ += '}';
    at_ += bytes;
    mended_ = true;
  }

  void take_structural(char c) {
    const bool opens = c == '{' || c == '[';
    if (opens && depth_ == max_depth) return mark(nested_bytes(), "nested too deep");
    depth_ += opens ? 1 : -(c == '}' || c == ']');
    copy(1);
  }

  // From an opening bracket to behind the one that closes it.
  std::size_t nested_bytes() const {
    std::size_t depth = 0;
    for (std::size_t at = at_; at < in_.size(); ++at) {
      const char c = in_[at];
      if (c == '"') at += text_bytes(at) - 1;
      depth += c == '{' || c == '[';
      if ((c == '}' || c == ']') && --depth == 0) return at + 1 - at_;
    }
    return in_.size() - at_;
  }

  // Of the text at `at`, quotes included; to the end where it is not closed.
  std::size_t text_bytes(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < in_.size() && in_[end] != '"') end += in_[end] == '\\' ? 2 : 1;
    return std::min(end + 1, in_.size()) - at;
  }

  bool is_name(std::size_t end) const {
    const std::size_t next = in_.find_first_not_of(json_blanks, end);
    return next != in_.npos && in_[next] == ':';
  }

  void take_text() {
    const std::size_t bytes = text_bytes(at_);
    if (bytes < 2 || at_ + bytes > in_.size()) return copy(bytes);
    const std::string problem = text_problem(in_.substr(at_ + 1, bytes - 2));
    if (problem.empty()) return copy(bytes);
    if (!is_name(at_ + bytes)) return mark(bytes, problem);
    io::append_json_string(out_, std::string(odd_name) + problem);
    at_ += bytes;
    mended_ = true;
  }

  void take_atom() {
    constexpr std::string_view ends = "{}[],:\" \t\r\n";
    const std::size_t end = std::min(in_.find_first_of(ends, at_), in_.size());
    const std::string_view token = in_.substr(at_, end - at_);
    const std::string problem = atom_problem(token);
    return problem.empty() ? copy(token.size()) : mark(token.size(), problem);
  }

  std::string_view in_;
  std::string out_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool mended_ = false;
};

result<element> checked(simdjson::simdjson_result<element> parsed) {
  element record;
  const auto wrong = parsed.get(record);
  if (wrong) {
    return error{errc::dataset,
                 fmt::format("not a JSON object: {}", simdjson::error_message(wrong))};
  }
  if (!record.is_object()) return error{errc::dataset, "not a JSON object"};
  return record;
}

}  // namespace

result<element> parse_answers(providers::json_parser& parser, std::string_view text) {
  auto record = checked(parser.parse(text));
  if (record) return record;
  const auto mended = mender(text).mend();  // a row that is good costs nothing of this
  if (!mended) return record;
  auto again = checked(parser.parse(*mended));
  if (again && odd_value(*again)) return error{errc::dataset, "not a JSON object"};
  return again;
}

result<element> parse_record(providers::json_parser& parser, std::string_view text) {
  auto record = parse_answers(parser, text);
  const auto doubled = record ? doubled_name(*record) : std::nullopt;
  if (!doubled) return record;
  return error{errc::dataset, fmt::format("the field \"{}\" stands twice in an object: one of its "
                                          "values is not what is meant",
                                          io::one_line(*doubled, max_value_bytes))};
}

std::optional<std::string_view> odd_value(element value) {
  simdjson::dom::object object;
  if (value.get(object)) return std::nullopt;
  for (const auto& [key, words] : object) {
    std::string_view text;
    if (key != mark_key || words.get(text)) return std::nullopt;
    return text;
  }
  return std::nullopt;
}

// Recursion ends where the parser lets a record be no deeper.
std::optional<std::string_view> odd_within(element value) {
  auto found = odd_value(value);
  simdjson::dom::array list;
  simdjson::dom::object map;
  if (found) return found;
  if (!value.get(list)) {
    for (const element one : list) {
      if (found = odd_within(one); found) return found;
    }
  }
  if (!value.get(map)) {
    for (const auto& [key, one] : map) {
      if (key.starts_with(odd_name)) return key.substr(odd_name.size());
      if (found = odd_within(one); found) return found;
    }
  }
  return found;
}

}  // namespace retort::engine
