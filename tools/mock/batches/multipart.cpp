#include "tools/mock/batches/multipart.hpp"

#include <fmt/format.h>

#include <boost/algorithm/string/predicate.hpp>
#include <optional>
#include <utility>

namespace retort::mock {
namespace {

constexpr std::string_view blank = " \t";
constexpr std::size_t max_boundary = 70;  // RFC 2046

error broken(std::string message) { return {errc::protocol, std::move(message)}; }

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

// A header's value from one parameter to the next:  form-data; name="file"; filename="a.jsonl"
class parameters {
 public:
  explicit parameters(std::string_view value) : rest_(value) {
    kind_ = trim(rest_.substr(0, rest_.find(';')));
    rest_.remove_prefix(std::min(rest_.size(), rest_.find(';')));
  }

  std::string_view kind() const { return kind_; }

  std::optional<std::pair<std::string_view, std::string>> next() {
    const std::size_t begin = rest_.find_first_not_of("; \t");
    const std::size_t equals = rest_.find('=', begin);
    if (begin == std::string_view::npos || equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trim(rest_.substr(begin, equals - begin));
    rest_ = rest_.substr(equals + 1);
    rest_ = rest_.substr(std::min(rest_.size(), rest_.find_first_not_of(blank)));
    return std::pair(name, rest_.starts_with('"') ? take_quoted() : take_token());
  }

 private:
  std::string take_token() {
    const std::string_view token = rest_.substr(0, rest_.find(';'));
    rest_.remove_prefix(token.size());
    return std::string(trim(token));
  }

  std::string take_quoted() {
    std::string text;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      text += rest_[at];
    }
    rest_.remove_prefix(std::min(rest_.size(), at + 1));
    return text;
  }

  std::string_view kind_, rest_;
};

result<std::string> boundary_of(std::string_view content_type) {
  parameters given(content_type);
  if (!boost::iequals(given.kind(), "multipart/form-data")) {
    return broken("the Content-Type is not multipart/form-data");
  }
  while (const auto parameter = given.next()) {
    const auto& [name, value] = *parameter;
    if (!boost::iequals(name, "boundary")) continue;
    if (value.empty() || value.size() > max_boundary) break;
    return value;
  }
  return broken("the Content-Type names no boundary of 1 to 70 characters");
}

void read_disposition(std::string_view value, form_part& part) {
  parameters given(value);
  while (const auto parameter = given.next()) {
    const auto& [name, text] = *parameter;
    if (boost::iequals(name, "name")) part.name = text;
    if (boost::iequals(name, "filename")) part.filename = text;
  }
}

void read_header(std::string_view line, form_part& part) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const bool disposition = boost::iequals(trim(line.substr(0, colon)), "content-disposition");
  if (disposition) read_disposition(line.substr(colon + 1), part);
}

// One part, from the end of the line of its boundary to the next boundary.
result<form_part> read_part(std::string_view text) {
  form_part part;
  while (!text.starts_with("\r\n")) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return broken("a part has no blank line after its headers");
    read_header(text.substr(0, end), part);
    text.remove_prefix(end + 2);
  }
  part.body = text.substr(2);
  if (part.name.empty()) return broken("a part has no name in its Content-Disposition");
  return part;
}

// Walks over the body from one delimiter to the next. A delimiter is CRLF, two dashes and the
// boundary; the very first needs no CRLF before it.
class splitter {
 public:
  splitter(std::string_view body, std::string_view boundary)
      : delimiter_(fmt::format("\r\n--{}", boundary)), rest_(body) {
    const std::string_view first = std::string_view(delimiter_).substr(2);
    at_delimiter_ = rest_.starts_with(first);
    if (at_delimiter_) rest_.remove_prefix(first.size());
    if (!at_delimiter_) at_delimiter_ = cut().has_value();
  }

  // What lies between the next two delimiters; nothing after the closing one.
  result<std::optional<std::string_view>> next() {
    if (!at_delimiter_) return broken("the boundary does not occur");
    if (rest_.starts_with("--")) return std::optional<std::string_view>();
    const std::size_t line_end = rest_.find_first_not_of(blank);
    if (line_end == std::string_view::npos || !rest_.substr(line_end).starts_with("\r\n")) {
      return broken("a boundary is not followed by the end of its line");
    }
    rest_.remove_prefix(line_end + 2);
    const std::optional<std::string_view> part = cut();
    if (!part) return broken("the closing boundary is missing");
    return part;
  }

 private:
  // What is before the next delimiter, which is passed; nothing when there is none.
  std::optional<std::string_view> cut() {
    const std::size_t end = rest_.find(delimiter_);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view before = rest_.substr(0, end);
    rest_.remove_prefix(end + delimiter_.size());
    return before;
  }

  std::string delimiter_;
  std::string_view rest_;
  bool at_delimiter_ = false;
};

}  // namespace

result<std::vector<form_part>> read_form(std::string_view content_type, std::string_view body) {
  const result<std::string> boundary = boundary_of(content_type);
  if (!boundary) return boundary.error();
  splitter pieces(body, *boundary);
  std::vector<form_part> parts;
  while (true) {
    const auto piece = pieces.next();
    if (!piece) return piece.error();
    if (!*piece) return parts;
    result<form_part> part = read_part(**piece);
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
}

const form_part* find_part(const std::vector<form_part>& parts, std::string_view name) {
  for (const form_part& part : parts) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

}  // namespace retort::mock
